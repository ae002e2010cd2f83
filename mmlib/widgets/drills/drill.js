// What all drills share: the outbox, which keeps attempts until they are in the log, and the frame of the page.

const WAIT = 4000; // milliseconds until a missing answer is worth a word
const outboxes = new Map();

function local(date) {
  const shifted = new Date(date.getTime() - date.getTimezoneOffset() * 60000);
  return shifted.toISOString().slice(0, 19);
}

function counted(n, noun) {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

// Attempts wait in the browser's own store under the drill's place (drill, folder, learner).
class Outbox {
  constructor(model) {
    this.model = model;
    this.key = `mmlib:${model.get("place")}`;
    this.memory = [];
    this.listeners = new Set();
    model.on("msg:custom", (answer) => this.answered(answer));
    for (const attempt of this.waiting()) this.post(attempt);
  }

  waiting() {
    try {
      this.memory = JSON.parse(localStorage.getItem(this.key)) ?? [];
    } catch {
      // no store here: what waits is kept in this page only
    }
    return this.memory;
  }

  keep(attempts) {
    this.memory = attempts;
    try {
      localStorage.setItem(this.key, JSON.stringify(attempts));
    } catch {
      // full or forbidden: as above
    }
  }

  add(attempt) {
    const id = Date.now().toString(36) + Math.random().toString(36).slice(2, 12);
    const whole = { id, start: local(new Date(Date.now() - 1000 * (attempt.seconds ?? 0))), ...attempt };
    this.keep([...this.waiting(), whole]);
    this.post(whole);
    return id;
  }

  post(attempt) {
    try {
      this.model.send({ kind: "attempt", attempt });
    } catch {
      // the kernel is gone: the attempt waits
    }
    setTimeout(() => {
      if (this.waiting().some((each) => each.id === attempt.id)) this.tell({ kind: "waiting", id: attempt.id });
    }, WAIT);
  }

  answered(answer) {
    const before = this.waiting();
    if (answer.kind === "scored" || answer.kind === "refused") {
      const left = before.filter((each) => each.id !== answer.id);
      this.keep(left);
      // one that could not be written before may be written now
      if (answer.kind === "scored" && this.failed) for (const attempt of left) this.post(attempt);
      this.failed = false;
    }
    if (answer.kind === "kept") this.failed = true;
    this.tell(answer);
  }

  tell(answer) {
    for (const listener of this.listeners) listener(answer);
  }
}

function outbox(model) {
  const uid = model.get("uid");
  if (!outboxes.has(uid)) outboxes.set(uid, new Outbox(model));
  return outboxes.get(uid);
}

function shape(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// A chart's own colours, or those that take their place on a dark page.
function themed(model, drawing) {
  const dark = document.body.dataset.jpThemeLight === "false";
  if (!dark) return drawing;
  return Object.entries(model.get("dark")).reduce((text, [light, other]) => text.replaceAll(light, other), drawing);
}

// The frame: a title and how it is done, the stage where the drill plays, what was said of the last attempt, and
// the learning curve beside them. Returns its parts; `heard` is called with each answer of the kernel, and `send`
// returns the attempt's id, which is the answer's too.
function frame(model, el, { title, how, heard = () => {} }) {
  const box = outbox(model);
  const stage = make("div", { class: "mm-stage" });
  const controls = make("div", { class: "mm-controls" });
  const said = make("p", { class: "mm-said", role: "status", "aria-live": "polite" }, model.get("said"));
  const notice = make("p", { class: "mm-notice", role: "alert" });
  const count = make("p", { class: "mm-count" });
  const image = make("img", { class: "mm-curve", hidden: true });
  const play = make("div", { class: "mm-play" }, controls, stage, said, notice);
  const beside = make("div", { class: "mm-beside" }, count, image);
  const heading = make("div", { class: "mm-title", role: "heading", "aria-level": "3" }, title);
  el.classList.add("mm-drill");
  shielded(el);
  el.append(heading, make("p", { class: "mm-how" }, how), make("div", { class: "mm-columns" }, play, beside));

  const redraw = () => {
    const n = model.get("attempts");
    count.textContent = n ? `${counted(n, "attempt")} in the log` : "No attempts yet";
    const drawn = model.get("curve") ? model.get("drawn") : "";
    image.hidden = !drawn;
    const source = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(themed(model, drawn))}`;
    if (drawn && image.src !== source) image.src = source;
    image.alt = model.get("alt");
  };
  const listen = (answer) => {
    const waiting = box.waiting().length;
    if (answer.kind === "waiting") {
      notice.textContent =
        `${counted(waiting, "attempt")} not in the log yet, but kept in this browser: nothing is lost. If the kernel ` +
        "has stopped, restart it; then run the cell of this drill again.";
    } else {
      notice.textContent = answer.kind === "kept" ? answer.said : "";
      if (answer.kind !== "kept") said.textContent = answer.said;
    }
    heard(answer);
  };
  box.listeners.add(listen);
  const repeat = () => (said.textContent = model.get("said")); // also what was said of attempts from elsewhere
  model.on("change:said", repeat);
  for (const name of ["drawn", "alt", "curve", "attempts"]) model.on(`change:${name}`, redraw);
  const theme = new MutationObserver(redraw);
  theme.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  redraw();
  const clean = () => {
    theme.disconnect();
    model.off("change:said", repeat);
    box.listeners.delete(listen);
    for (const name of ["drawn", "alt", "curve", "attempts"]) model.off(`change:${name}`, redraw);
  };
  return { stage, controls, said, notice, clean, send: (attempt) => box.add(attempt), say: (text) => (said.textContent = text) };
}
