// The mirror star: the hand is not seen, only its line, and that upside down.

const TURN = 22; // the radius of the ring around the corner that comes next

function away([x, y], outline) {
  let nearest = Infinity;
  for (let i = 1; i < outline.length; i++) {
    const [[ax, ay], [bx, by]] = [outline[i - 1], outline[i]];
    const [dx, dy] = [bx - ax, by - ay];
    const along = Math.min(Math.max(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy), 0), 1);
    nearest = Math.min(nearest, Math.hypot(x - ax - along * dx, y - ay - along * dy));
  }
  return nearest;
}

function render({ model, el }) {
  const { outline, half_width: half, reach } = model.get("settings");
  const begin = outline[0];
  const corners = outline.length - 1;
  let stroke = null; // while a round is under way
  let next = 0;
  let down = false;
  const page = frame(model, el, {
    title: "Trace the star in the mirror",
    how:
      "Stay between the two lines, from the ring at the top clockwise all the way round. Your hand is hidden, and what " +
      "you see is its mirror image: up is down. Each time you leave the band costs a second. Press when the dot is in " +
      "the ring; then there is no need to hold the button. By keyboard: Enter begins, the arrow keys move the dot. " +
      "Escape gives up.",
  });
  const star = line(outline, true);
  const trace = shape("path", { class: "mm-drawn" });
  const errors = shape("path", { class: "mm-error" });
  const ring = shape("circle", { class: "mm-ring", r: TURN });
  const dot = shape("circle", { class: "mm-tip", r: 10, visibility: "hidden" });
  const number = shape("text", { class: "mm-number", "text-anchor": "middle", "dominant-baseline": "central" });

  const show = () => {
    const [x, y] = outline[next % corners];
    for (const [name, value] of [["cx", x], ["cy", y]]) ring.setAttribute(name, value);
    // The number stands outside the star's tips and inside its notches.
    const [mx, my] = [STAGE / 2, begin[1] + (outline[corners / 2][1] - begin[1]) * 0.56];
    const far = Math.hypot(x - mx, y - my);
    const beyond = next % 2 ? 1 - (half + 34) / far : 1 + (half + 30) / far;
    number.setAttribute("x", mx + (x - mx) * beyond);
    number.setAttribute("y", my + (y - my) * beyond);
    number.textContent = stroke ? String(next) : "";
  };
  const draw = () => {
    const parts = { in: "", out: "" };
    for (let i = 1; i < stroke.points.length; i++) {
      const pair = stroke.points.slice(i - 1, i + 1);
      parts[away(pair[1], outline) > half ? "out" : "in"] += line(pair);
    }
    trace.setAttribute("d", parts.in);
    errors.setAttribute("d", parts.out);
  };
  const near = (at, corner) => Math.hypot(at[0] - corner[0], at[1] - corner[1]) <= reach;
  const start = (at) => {
    stroke = new Stroke();
    next = 1;
    stroke.add(at);
    page.say("");
    for (const path of [trace, errors]) path.setAttribute("d", "");
    show();
  };
  const finish = (pointer) => {
    const { points } = stroke;
    stroke = null;
    next = 0;
    down = false;
    pad.lift();
    pad.put(begin);
    show();
    page.send({ points, seconds: points.at(-1)[2], pointer });
  };
  const pen = {
    down(at, how) {
      down = true;
      if (how === "keys" && !stroke) start(begin);
      pen.move(at, how);
    },
    move(at, how) {
      const seen = how === "keys" ? at : [at[0], rounded(STAGE - at[1])];
      for (const [name, value] of [["cx", seen[0]], ["cy", seen[1]], ["visibility", "visible"]]) dot.setAttribute(name, value);
      if (!stroke && down && near(seen, begin)) start(seen);
      if (!stroke || !stroke.add(seen)) return;
      while (next <= corners && near(seen, outline[next])) next += 1;
      draw();
      if (next > corners) finish(how);
      else show();
    },
    up() {
      down = false;
      if (!stroke) page.say("Bring the dot into the ring at the top, and press there.");
    },
    leave() {
      if (!stroke) dot.setAttribute("visibility", "hidden");
    },
    cancel() {
      if (!stroke) return;
      stroke = null;
      next = 0;
      down = false;
      pad.put(begin);
      for (const path of [trace, errors]) path.setAttribute("d", "");
      show();
      page.say("Given up: that round is not in the log.");
    },
  };
  const upsideDown = { ...ARROWS, ArrowUp: ARROWS.ArrowDown, ArrowDown: ARROWS.ArrowUp };
  const pad = drawingArea(
    "A star between two lines. Enter begins at its top, the arrow keys move the dot, up and down exchanged; Escape gives up.",
    pen,
    { from: begin, keyMap: upsideDown },
  );
  pad.area.classList.add("mm-hidden-hand");
  pad.area.append(
    shape("path", { class: "mm-edge", d: star, "stroke-width": 2 * half + 6 }),
    shape("path", { class: "mm-band", d: star, "stroke-width": 2 * half }),
    trace, errors, ring, number, dot,
  );
  show();
  page.stage.append(pad.area);
  return page.clean;
}

export default { render };
