// The circle: one stroke, and the circle that fits it best under it.

const EARLIER = 4; // faint strokes from before
const SHORT = 150; // units: less is a slip of the hand, no attempt

// The space between a stroke and its circle: what lies outside, and what inside.
function between(points, { x, y, radius }) {
  const onto = ([px, py]) => {
    const far = Math.hypot(px - x, py - y) || 1;
    return [x + ((px - x) * radius) / far, y + ((py - y) * radius) / far];
  };
  const parts = { out: "", in: "" };
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1], points[i]];
    const middle = Math.hypot((a[0] + b[0]) / 2 - x, (a[1] + b[1]) / 2 - y);
    parts[middle > radius ? "out" : "in"] += line([a, b, onto(b), onto(a)], true);
  }
  return parts;
}

function render({ model, el }) {
  let stroke = null; // while it is drawn
  let last = null; // {id, points} of the last one
  const page = frame(model, el, {
    title: "Draw a circle",
    how:
      "Press, go all the way round in one stroke, and let go. By keyboard: Enter puts the pen down and lifts it, the " +
      "arrow keys move it (two at once for a slope), Escape starts again.",
    heard: (answer) => {
      if (last && answer.id === last.id && answer.kind === "scored") judged(answer.shown);
    },
  });
  const earlier = shape("g", { class: "mm-earlier" });
  const out = shape("path", { class: "mm-out" });
  const inside = shape("path", { class: "mm-in" });
  const best = shape("circle", { class: "mm-best", r: 0 });
  const drawn = shape("path", { class: "mm-drawn" });
  const tip = shape("circle", { class: "mm-tip", r: 9, visibility: "hidden" });
  const hint = shape("text", { class: "mm-hint", x: STAGE / 2, y: STAGE / 2, "text-anchor": "middle" }, "Draw here");
  const legend = make("p", { class: "mm-legend", hidden: true });
  legend.innerHTML =
    '<span class="mm-swatch mm-best"></span>the best-fitting circle ' +
    '<span class="mm-swatch mm-out"></span>outside it <span class="mm-swatch mm-in"></span>inside it';

  const judged = (circle) => {
    const parts = between(last.points, circle);
    out.setAttribute("d", parts.out);
    inside.setAttribute("d", parts.in);
    for (const [name, value] of [["cx", circle.x], ["cy", circle.y], ["r", circle.radius]]) best.setAttribute(name, value);
    legend.hidden = false;
  };
  const clear = () => {
    if (last) {
      earlier.append(shape("path", { d: line(last.points) }));
      if (earlier.children.length > EARLIER) earlier.firstChild.remove();
    }
    last = null;
    for (const path of [out, inside, drawn]) path.setAttribute("d", "");
    best.setAttribute("r", 0);
  };
  const pen = {
    down(at, how) {
      clear();
      hint.remove();
      stroke = new Stroke();
      tip.setAttribute("visibility", how === "keys" ? "visible" : "hidden");
      page.say("");
      pen.move(at, how);
    },
    move(at, how) {
      if (how === "keys") {
        tip.setAttribute("visibility", "visible");
        tip.setAttribute("cx", at[0]);
        tip.setAttribute("cy", at[1]);
      }
      if (stroke && stroke.add(at)) drawn.setAttribute("d", line(stroke.points));
    },
    up(pointer) {
      const { points, seconds, length } = stroke ?? { points: [], length: 0 };
      const whole = stroke && length >= SHORT;
      stroke = null;
      if (!whole) {
        drawn.setAttribute("d", "");
        page.say("A circle is drawn in one stroke: press, go all the way round, and let go.");
        return;
      }
      const plain = points.map(([x, y]) => [x, y]);
      last = { points: plain };
      last.id = page.send({ points: plain, seconds: Math.round(seconds * 1000) / 1000, pointer });
    },
    leave() {},
    cancel() {
      if (!stroke) return;
      stroke = null;
      drawn.setAttribute("d", "");
      page.say("Begun again: that stroke is not in the log.");
    },
  };
  const { area } = drawingArea(
    "Drawing area. Enter puts the pen down and lifts it, the arrow keys move it, Escape starts again.", pen,
  );
  area.append(hint, earlier, out, inside, best, drawn, tip);
  page.stage.append(area);
  page.stage.after(legend);
  return page.clean;
}

export default { render };
