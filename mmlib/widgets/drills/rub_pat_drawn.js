// What rub-pat draws of attempts: where the taps fell, and what isolating first buys.

const REACH = 200; // milliseconds to either side of a beat that are drawn
const ROW = 8; // pixels of a bar in the drawing of where the taps fell
const NAMED = { left: "Left", right: "Right" };

// Where the taps of a hand fell: a row a bar, a column a beat, early to the left.
function fellOf({ deviations, per_bar, said }, { width, window }) {
  const column = width / 3;
  const bars = deviations.length / per_bar;
  const scale = (column * 0.46) / REACH;
  const viewBox = `0 0 ${width} ${bars * ROW + 6}`;
  const drawing = shape("svg", { class: "mm-drawing", viewBox, role: "img", "aria-label": said });
  for (let beat = 0; beat < per_bar; beat++) {
    const x = (beat + 0.5) * column;
    const height = bars * ROW + 4;
    drawing.append(
      shape("rect", { class: "mm-within", x: x - window * scale, y: 0, width: 2 * window * scale, height }),
      shape("line", { class: "mm-on-time", x1: x, x2: x, y1: 0, y2: height }),
    );
  }
  deviations.forEach((off, i) => {
    const x = ((i % per_bar) + 0.5) * column;
    const y = (Math.floor(i / per_bar) + 0.5) * ROW + 2;
    if (off === null) {
      drawing.append(shape("path", { class: "mm-miss", d: `M${x - 3} ${y - 3}l6 6m0 -6l-6 6` }));
    } else {
      const cx = x + scale * Math.max(-REACH, Math.min(REACH, off));
      drawing.append(shape("circle", { class: Math.abs(off) <= window ? "mm-hit" : "mm-off", cx, cy: y, r: 3.2 }));
    }
  });
  return drawing;
}

function fell(box, shown, settings) {
  const width = Math.max(240, box.parentNode.clientWidth);
  const hands = Object.values(shown.hands).flatMap((hand) => [
    make("p", {}, hand.said),
    fellOf(hand, { width, window: settings.window }),
  ]);
  const key =
    `A row is a bar, a line a beat. Left of the line is early, right of it late; within the shade, ` +
    `${settings.window} ms, a beat is hit. A cross is a beat without a tap.`;
  const heading = make("p", { class: "mm-heading" }, "Where your taps fell");
  box.replaceChildren(heading, ...hands, make("p", { class: "mm-fine" }, key));
}

// Both errors of each hand on one scale, alone (a ring) and together (a dot).
function costsOf(hands, width) {
  const left = 46;
  const known = hands.flatMap(({ alone, together }) => [alone, together]).filter((error) => error !== null);
  const most = Math.max(40, ...known) * 1.08;
  const x = (error) => left + ((width - left - 12) * error) / most;
  const drawing = shape("svg", { class: "mm-drawing", viewBox: `0 0 ${width} 74`, "aria-hidden": "true" });
  const step = most > 300 ? 100 : most > 120 ? 50 : 20;
  for (let tick = 0; tick < most; tick += step) {
    drawing.append(
      shape("line", { class: "mm-axis", x1: x(tick), x2: x(tick), y1: 4, y2: 54 }),
      shape("text", { x: x(tick), y: 70, "text-anchor": "middle" }, tick ? `${tick}` : "0 ms"),
    );
  }
  hands.forEach(({ hand, alone, together }, row) => {
    const y = 17 + 25 * row;
    drawing.append(shape("text", { x: 0, y: y + 5 }, NAMED[hand]));
    if (alone !== null && together !== null) {
      drawing.append(shape("line", { class: "mm-cost", x1: x(alone), x2: x(together), y1: y, y2: y }));
    }
    if (together !== null) drawing.append(shape("circle", { class: "mm-together", cx: x(together), cy: y, r: 6 }));
    if (alone !== null) drawing.append(shape("circle", { class: "mm-alone", cx: x(alone), cy: y, r: 5 }));
  });
  return drawing;
}

// The attempts in their order: both together as a line of dots, each hand alone as a mark at the foot.
function courseOf(course, width) {
  const height = 92;
  const foot = 70;
  const left = 46;
  const most = Math.max(40, ...course.filter(([mode]) => mode === "both").map(([, error]) => error)) * 1.08;
  const x = (i) => left + 8 + ((width - left - 20) * i) / Math.max(1, course.length - 1);
  const y = (error) => foot - 8 - ((foot - 14) * error) / most;
  const drawing = shape("svg", { class: "mm-drawing", viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
  for (const tick of [0, most > 300 ? 200 : most > 120 ? 100 : 40]) {
    drawing.append(
      shape("line", { class: "mm-axis", x1: left, x2: width, y1: y(tick), y2: y(tick) }),
      shape("text", { x: 0, y: y(tick) + 4 }, tick ? `${tick}` : "0 ms"),
    );
  }
  const both = course.map(([mode, error], i) => ({ mode, error, i })).filter(({ mode }) => mode === "both");
  const points = both.map(({ error, i }) => `${x(i)},${y(error)}`).join(" ");
  drawing.append(shape("polyline", { class: "mm-course", points }));
  course.forEach(([mode, error], i) => {
    if (mode === "both") drawing.append(shape("circle", { class: "mm-together", cx: x(i), cy: y(error), r: 4 }));
    else drawing.append(shape("text", { x: x(i), y: foot + 14, "text-anchor": "middle" }, mode === "left" ? "L" : "R"));
  });
  return drawing;
}

function buys(box, { hands = [], course = [], said = "" }) {
  if (!course.length) return box.replaceChildren();
  const width = Math.max(240, box.parentNode.clientWidth);
  const inOrder = "Your last attempts in order: a dot is both together, L and R are a hand alone.";
  const drawn = course.length > 1 ? [courseOf(course, width), make("p", { class: "mm-fine" }, inOrder)] : [];
  return box.replaceChildren(
    make("p", { class: "mm-heading" }, "What isolating first buys"),
    costsOf(hands, width),
    make("p", { class: "mm-fine" }, "Milliseconds off: a ring is the hand alone, a dot both together."),
    ...hands.map((hand) => make("p", {}, hand.said)),
    ...drawn,
    make("p", {}, said),
  );
}
