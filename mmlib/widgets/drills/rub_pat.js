// Two rhythms with two hands: the lanes and their playhead, and the taps.

const CODES = { KeyF: "left", KeyJ: "right" }; // where the keys are, whatever letters a keyboard has on them
const KEYS = { left: "F", right: "J" };
const HANDS = ["left", "right"];
const LEAD = 600; // milliseconds from the start to the count-in
const BEFORE = 0.12; // the part of a bar that is seen before its first beat, so that it can be seen coming
const LANE = 46; // pixels from one lane to the other
const TALL = 2 * LANE + 12;
const HOW =
  "Tap 2 beats in a bar with the left hand and 3 with the right: F and J on a keyboard, the two pads on a phone. The " +
  "line runs over the beats; tap when it meets them. After a bar of count-in the taps are counted. Escape stops.";

function handsOf(mode) {
  return mode === "both" ? HANDS : [mode];
}

// When a browser's event has no time of the page's clock, the clock is read.
function timeOf(event) {
  const now = performance.now();
  return Math.abs(event.timeStamp - now) < 1000 ? event.timeStamp : now;
}

function writes(target) {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable='true'], .cm-editor");
}

// One attempt, from the count-in to the last bar. `over` gets it; nothing if it was stopped.
class Attempt {
  constructor({ mode, settings, stage, pads, tapped, over }) {
    Object.assign(this, { mode, settings, pads, tapped, over });
    this.barMs = 1000 * settings.bar;
    this.first = performance.now() + LEAD + this.barMs; // when the first beat that counts is due
    this.taps = { left: [], right: [] };
    this.keydown = (event) => this.key(event);
    this.hidden = () => document.hidden && this.end();
    // The window hears a key before JupyterLab does, which has shortcuts of its own on F and J.
    window.addEventListener("keydown", this.keydown, true);
    document.addEventListener("visibilitychange", this.hidden);
    this.timer = setTimeout(() => this.end(true), this.first + settings.bars * this.barMs - performance.now());
    this.stage = stage;
    stage.classList.add("mm-playing");
  }

  beats() {
    const { rhythm, bars } = this.settings;
    return handsOf(this.mode).flatMap((hand) => {
      const n = rhythm[hand];
      return Array.from({ length: n * (bars + 1) }, (_, i) => ({ hand, at: this.first + (i / n - 1) * this.barMs }));
    });
  }

  // Where in the attempt a moment is, in bars: below 0 is the count-in.
  bar(now) {
    return (now - this.first) / this.barMs;
  }

  key(event) {
    const hand = CODES[event.code];
    if ((!hand && event.code !== "Escape") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (writes(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.repeat) return;
    if (hand) this.tap(hand, timeOf(event));
    else this.end();
  }

  tap(hand, at) {
    if (!handsOf(this.mode).includes(hand)) return;
    this.taps[hand].push(Math.round(10 * (at - this.first)) / 10);
    this.tapped(hand, at);
  }

  end(whole = false) {
    if (this.ended) return;
    this.ended = true;
    clearTimeout(this.timer);
    window.removeEventListener("keydown", this.keydown, true);
    document.removeEventListener("visibilitychange", this.hidden);
    this.stage.classList.remove("mm-playing");
    const { bar, bars } = this.settings;
    this.over(whole ? { mode: this.mode, bar, bars, seconds: bar * (bars + 1), ...this.taps } : null);
  }
}

// The two lanes: a bar wide, a beat a ring, and a line that runs over them.
class Lanes {
  constructor(rhythm) {
    this.rhythm = rhythm;
    this.marks = [];
    this.node = shape("svg", { class: "mm-lanes", height: TALL, "aria-hidden": "true" });
  }

  x(bars) {
    return this.width * (((((bars + BEFORE) % 1) + 1) % 1) * 0.96 + 0.02);
  }

  y(row) {
    return 34 + row * LANE;
  }

  draw(width, mode) {
    this.width = width;
    this.rings = [];
    this.marks = [];
    this.node.setAttribute("viewBox", `0 0 ${width} ${TALL}`);
    const lanes = HANDS.map((hand, row) => {
      const y = this.y(row);
      const rings = Array.from({ length: this.rhythm[hand] }, (_, i) => {
        const part = i / this.rhythm[hand];
        const ring = shape("circle", { class: "mm-beat", cx: this.x(part), cy: y, r: 9 });
        this.rings.push({ hand, part, ring });
        return ring;
      });
      const resting = handsOf(mode).includes(hand) ? "" : "mm-resting";
      const line = shape("line", { class: "mm-lane-line", x1: 0, x2: width, y1: y, y2: y });
      return shape("g", { class: resting }, line, shape("text", { x: 10, y: y - 14 }, NAMED[hand]), ...rings);
    });
    this.head = shape("line", { class: "mm-head", x1: 0, x2: 0, y1: 0, y2: TALL });
    this.node.replaceChildren(...lanes, this.head);
  }

  move(bars, barMs) {
    const x = this.x(bars);
    this.head.setAttribute("x1", x);
    this.head.setAttribute("x2", x);
    for (const { part, ring } of this.rings) {
      const since = ((((bars - part) % 1) + 1) % 1) * barMs;
      ring.classList.toggle("mm-now", since < 120);
    }
    while (this.marks.length && this.marks[0].until < bars) this.marks.shift().mark.remove();
  }

  mark(hand, bars) {
    const y = this.y(HANDS.indexOf(hand)) + 16;
    const mark = shape("circle", { class: "mm-tap", cx: this.x(bars), cy: y, r: 4 });
    this.node.append(mark);
    this.marks.push({ mark, until: bars + 0.8 });
  }

  still() {
    for (const { ring } of this.rings) ring.classList.remove("mm-now");
    for (const { mark } of this.marks) mark.remove();
    this.marks = [];
  }
}

function modeButtons(settings, chosen) {
  const buttons = Object.entries(settings.names).map(([mode, name]) =>
    make("button", { type: "button", "data-mode": mode, onclick: () => chosen(mode) }, name),
  );
  return make("div", { class: "mm-modes", role: "group", "aria-label": "Which hands" }, ...buttons);
}

function padOf(hand) {
  const name = `${NAMED[hand]} hand`;
  const label = `${name}, key ${KEYS[hand]}`;
  const attributes = { class: "mm-hand", type: "button", tabindex: "-1", "data-hand": hand, "aria-label": label };
  return make("button", attributes, make("kbd", {}, KEYS[hand]), name);
}

function render({ model, el }) {
  const settings = model.get("settings");
  const clicks = new Clicks();
  const lanes = new Lanes(settings.rhythm);
  let mode = Object.keys(settings.skills).find((each) => settings.skills[each] === model.get("skill")) ?? "both";
  let attempt = null;
  let last = null; // where the taps of the last attempt fell

  const heard = (answer) => {
    if (answer.kind !== "scored" || !answer.shown?.hands) return;
    last = answer.shown;
    fell(fallen, last, settings);
  };
  const parts = frame(model, el, { title: "Rub and pat: two against three", how: HOW, heard });
  const pads = Object.fromEntries(HANDS.map((hand) => [hand, padOf(hand)]));
  const where = make("p", { class: "mm-where" });
  const fallen = make("div", { class: "mm-fell" });
  const bought = make("div", { class: "mm-buys" });
  const modes = modeButtons(settings, (each) => choose(each));
  const press = () => (attempt ? attempt.end() : begin());
  const start = make("button", { type: "button", class: "mm-start", onclick: press });
  const sound = make("button", { type: "button", onclick: () => hush() });
  const tray = make("div", { class: "mm-pads" }, ...Object.values(pads));
  parts.controls.append(modes, start);
  if (window.AudioContext) parts.controls.append(sound);
  parts.stage.append(lanes.node, where, tray);
  parts.notice.after(fallen);
  el.querySelector(".mm-beside").append(bought);

  const idle = () => {
    const playing = handsOf(mode);
    for (const hand of HANDS) pads[hand].disabled = !playing.includes(hand);
    for (const button of modes.children) {
      button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
      button.disabled = Boolean(attempt);
    }
    start.textContent = attempt ? "Stop" : "Start";
    sound.textContent = clicks.on ? "Clicks: on" : "Clicks: off";
    sound.setAttribute("aria-pressed", String(clicks.on));
    if (!attempt) {
      const many = counted(settings.bars, "bar");
      where.textContent = `${many} of ${settings.bar} s, after one of count-in`;
    }
  };
  const layout = () => {
    const width = Math.max(240, parts.stage.clientWidth);
    if (width !== lanes.width) lanes.draw(width, mode);
    if (last) fell(fallen, last, settings);
    buys(bought, model.get("buys"));
  };
  const choose = (each) => {
    mode = each;
    lanes.draw(Math.max(240, parts.stage.clientWidth), mode);
    idle();
    model.set("skill", settings.skills[mode]);
    model.save_changes();
  };
  const hush = () => {
    clicks.toggle();
    idle();
  };
  const run = () => {
    if (!attempt) return;
    const bars = attempt.bar(performance.now());
    lanes.move(bars, attempt.barMs);
    const n = Math.min(settings.bars, Math.floor(bars) + 1);
    const text = n < 1 ? "Count-in: get ready" : `Bar ${n} of ${settings.bars}`;
    if (where.textContent !== text) where.textContent = text;
    requestAnimationFrame(run);
  };
  const tapped = (hand, at) => {
    lanes.mark(hand, attempt.bar(at));
    pads[hand].classList.add("mm-down");
    setTimeout(() => pads[hand].classList.remove("mm-down"), 90);
  };
  const over = (done) => {
    attempt = null;
    lanes.still();
    if (done) parts.send(done);
    else clicks.silence();
    parts.say(done ? "" : "Stopped: this attempt does not count and is not logged.");
    idle();
    start.focus({ preventScroll: true });
  };
  const begin = () => {
    parts.say("");
    attempt = new Attempt({ mode, settings, stage: parts.stage, pads, tapped, over });
    clicks.plan(attempt.beats());
    idle();
    parts.stage.scrollIntoView({ block: "nearest" });
    requestAnimationFrame(run);
  };
  const touch = (event) => {
    const hand = event.target.closest(".mm-hand")?.dataset.hand;
    if (!hand || !attempt) return;
    event.preventDefault(); // no click, no selection, and the focus stays where it is
    attempt.tap(hand, timeOf(event));
  };
  tray.addEventListener("pointerdown", touch);
  tray.addEventListener("contextmenu", (event) => event.preventDefault());
  const seen = new ResizeObserver(layout);
  seen.observe(parts.stage);
  model.on("change:buys", layout);
  idle();
  return () => {
    seen.disconnect();
    model.off("change:buys", layout);
    if (attempt) {
      attempt.over = () => {};
      attempt.end();
    }
    clicks.on = false;
    clicks.silence();
    parts.clean();
  };
}

export default { render };
