// What the drawing drills share: an area of 1000 by 1000 units, a pen that mouse, finger, pen and keys move.

const STAGE = 1000;
const STEP = 3; // units: nearer points of one stroke say nothing new
const PACE = 300; // units a second, by keyboard
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

function line(points, closed = false) {
  return points.length ? `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}${closed ? "Z" : ""}` : "";
}

function rounded(value) {
  return Math.round(value * 10) / 10;
}

// The drawing area; what it draws with is said to `pen`: down(at, how), move(at, how), up(how), leave() and cancel(),
// each `at` a point [x, y] and each `how` one of mouse, touch, pen and keys.
function drawingArea(label, pen, { from = [STAGE / 2, STAGE / 5], keyMap = ARROWS } = {}) {
  const area = shielded(shape("svg", {
    viewBox: `0 0 ${STAGE} ${STAGE}`, class: "mm-area", tabindex: "0", role: "application", "aria-label": label,
  }));
  let pointer = null; // the one that draws, while it draws
  const held = new Set(); // arrow keys
  let at = from, moved = 0, frame = 0, byKeys = false;

  const place = (event) => {
    const box = area.getBoundingClientRect();
    return [rounded(((event.clientX - box.left) * STAGE) / box.width), rounded(((event.clientY - box.top) * STAGE) / box.height)];
  };
  const each = (event) => {
    const all = event.getCoalescedEvents?.() ?? [];
    return all.length ? all : [event];
  };
  const how = (event) => (["touch", "pen"].includes(event.pointerType) ? event.pointerType : "mouse");
  area.addEventListener("pointerdown", (event) => {
    if (pointer !== null || byKeys || event.button !== 0) return;
    event.preventDefault(); // no selection, no drag
    area.focus({ preventScroll: true });
    pointer = event.pointerId;
    area.setPointerCapture(pointer);
    pen.down(place(event), how(event));
  });
  area.addEventListener("pointermove", (event) => {
    if (byKeys || (pointer !== null && event.pointerId !== pointer)) return;
    for (const one of each(event)) pen.move(place(one), how(event));
  });
  area.addEventListener("pointerup", (event) => {
    if (event.pointerId !== pointer) return;
    pointer = null;
    pen.up(how(event));
  });
  area.addEventListener("pointercancel", (event) => {
    if (event.pointerId !== pointer) return;
    pointer = null;
    pen.cancel();
  });
  area.addEventListener("pointerleave", () => pointer === null && !byKeys && pen.leave());
  area.addEventListener("contextmenu", (event) => pointer !== null && event.preventDefault());

  const walk = (now) => {
    const dt = Math.min(now - moved, 50) / 1000; // a page that was hidden does not jump
    moved = now;
    const ways = [...held].map((key) => keyMap[key]);
    const [dx, dy] = [0, 1].map((i) => ways.reduce((sum, way) => sum + way[i], 0));
    const long = Math.hypot(dx, dy);
    if (long) {
      at = [dx, dy].map((d, i) => Math.min(Math.max(at[i] + (d / long) * PACE * dt, 0), STAGE));
      pen.move(at.map(rounded), "keys");
    }
    frame = held.size ? requestAnimationFrame(walk) : 0;
  };
  area.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key in ARROWS) {
      held.add(event.key);
      if (!byKeys) pen.move(at.map(rounded), "keys");
      if (!frame) {
        moved = performance.now();
        frame = requestAnimationFrame(walk);
      }
    } else if ((event.key === "Enter" || event.key === " ") && !event.repeat && pointer === null) {
      byKeys = !byKeys;
      if (byKeys) pen.down(at.map(rounded), "keys");
      else pen.up("keys");
    } else if (event.key === "Escape") {
      byKeys = false;
      pointer = null;
      pen.cancel();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  area.addEventListener("keyup", (event) => held.delete(event.key));
  area.addEventListener("blur", () => held.clear());
  return {
    area,
    // the drill is done with this stroke by itself
    lift: () => {
      byKeys = false;
      pointer = null;
    },
    put: (point) => (at = point),
  };
}

// The points of a stroke, without those that say nothing new.
class Stroke {
  constructor() {
    this.points = [];
    this.began = performance.now();
  }

  get seconds() {
    return (performance.now() - this.began) / 1000;
  }

  add([x, y]) {
    const last = this.points.at(-1);
    const new_ = !last || Math.hypot(x - last[0], y - last[1]) >= STEP;
    if (new_) this.points.push([x, y, Math.round(this.seconds * 1000) / 1000]);
    return new_;
  }

  get length() {
    return this.points.slice(1).reduce((sum, [x, y], i) => sum + Math.hypot(x - this.points[i][0], y - this.points[i][1]), 0);
  }
}
