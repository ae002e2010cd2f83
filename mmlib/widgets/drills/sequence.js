// Four lights in a row and a key for each: blocks of reaction times, one attempt each.

const CODES = ["KeyD", "KeyF", "KeyJ", "KeyK"]; // where the keys are, whatever letters a keyboard has on them
const NAMES = ["D", "F", "J", "K"];
const READY = 1000; // milliseconds from the start to the first light
const WRONG = 250; // milliseconds for which a wrong key is shown
const HOW =
  "When a light goes on, press its key: D and F with the left hand, J and K with the right. On a phone, touch it. " +
  "Be as quick as you can without mistakes; after a wrong key the light waits for the right one. A block that is " +
  "stopped, with Escape or the button, does not count.";

function pad(name, i) {
  const light = make("span", { class: "mm-light" });
  const attributes = { class: "mm-pad", type: "button", tabindex: "-1", "aria-label": `Light ${i + 1}, key ${name}` };
  return make("button", attributes, light, make("span", { class: "mm-key" }, name));
}

function writes(target) {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable='true'], .cm-editor");
}

// One block, from the first light to the last press. `over` gets the attempt; nothing if it was stopped.
class Block {
  constructor({ pads, upcoming, rest, progress, over }) {
    Object.assign(this, { pads, upcoming, rest, progress, over });
    this.at = 0;
    this.times = [];
    this.right = [];
    this.onset = null; // when the present light was painted; nothing while all are dark
    this.timers = new Set();
    this.began = performance.now();
    this.keydown = (event) => this.key(event);
    // The window hears a key before JupyterLab does, which has shortcuts of its own on D, F, J and K.
    window.addEventListener("keydown", this.keydown, true);
    this.later(READY, () => this.show());
  }

  get place() {
    return this.upcoming.order[this.at];
  }

  get answered() {
    return this.times.length > this.at;
  }

  later(milliseconds, what) {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      what();
    }, milliseconds);
    this.timers.add(timer);
  }

  show() {
    const pad = this.pads[this.place];
    requestAnimationFrame((now) => {
      if (this.ended) return;
      pad.classList.add("mm-lit");
      this.onset = now;
      // What is changed in one frame can be seen when the next begins.
      requestAnimationFrame((painted) => {
        if (this.onset === now && !this.answered) this.onset = painted;
      });
    });
  }

  key(event) {
    const place = CODES.indexOf(event.code);
    const meant = place >= 0 || ["Escape", "Space"].includes(event.code); // a thumb on the space bar scrolls nothing
    if (!meant || event.ctrlKey || event.metaKey || event.altKey || writes(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.repeat) return;
    if (event.code === "Escape") this.end();
    else if (place >= 0) this.press(place, event.timeStamp);
  }

  press(place, at) {
    if (this.onset === null) return; // before the light: nothing to answer yet
    if (!this.answered) {
      this.times.push(Math.round(10 * Math.max(0, at - this.onset)) / 10);
      this.right.push(place === this.place);
    }
    if (place === this.place) this.next();
    else this.wrong(this.pads[place]);
  }

  wrong(pad) {
    pad.classList.add("mm-wrong");
    this.later(WRONG, () => pad.classList.remove("mm-wrong"));
  }

  next() {
    this.pads[this.place].classList.remove("mm-lit");
    this.onset = null;
    this.at += 1;
    this.progress(this.at);
    if (this.at === this.upcoming.order.length) this.end(true);
    else this.later(this.rest, () => this.show());
  }

  end(whole = false) {
    this.ended = true;
    window.removeEventListener("keydown", this.keydown, true);
    for (const timer of this.timers) clearTimeout(timer);
    for (const pad of this.pads) pad.classList.remove("mm-lit", "mm-wrong");
    const seconds = Math.round(performance.now() - this.began) / 1000;
    this.over(whole ? { seconds, block: this.upcoming.block, times: this.times, right: this.right } : null);
  }
}

function render({ model, el }) {
  const settings = model.get("settings");
  let block = null;
  let sent = null; // the block that the kernel has not answered yet
  const heard = (answer) => {
    if (["refused", "kept"].includes(answer.kind)) sent = null;
    idle();
  };
  const parts = frame(model, el, { title: settings.title, how: HOW, heard });
  const pads = NAMES.map(pad);
  const text = make("span", {});
  const bar = make("progress", { value: "0", "aria-label": "This block" });
  const start = make("button", { type: "button", onclick: () => (block ? block.end() : begin()) });
  const lights = make("div", { class: "mm-lights", tabindex: "-1" }, ...pads);
  const told = make("p", { class: "mm-told", role: "status" });
  parts.stage.append(lights, make("div", { class: "mm-progress" }, bar, text));
  parts.said.after(told);
  parts.controls.append(start);

  const progress = (n) => {
    bar.value = n;
    text.textContent = `${n} of ${bar.max}`;
  };
  const idle = () => {
    if (block) return;
    const upcoming = model.get("upcoming");
    const ready = sent !== upcoming.block;
    start.disabled = !ready;
    start.textContent = ready ? `Start ${upcoming.name}` : "Waiting for the kernel …";
    bar.max = upcoming.order.length;
    bar.value = 0;
    text.textContent = counted(upcoming.order.length, "light");
    told.textContent = model.get("told");
    if (ready && document.activeElement === lights) start.focus({ preventScroll: true }); // the space bar goes on
  };
  const over = (attempt) => {
    block = null;
    if (attempt) {
      sent = attempt.block;
      parts.send(attempt);
    } else {
      parts.say("Stopped: this block does not count and is not logged.");
    }
    idle();
  };
  const begin = () => {
    parts.say("");
    told.textContent = "";
    start.textContent = "Stop";
    progress(0);
    lights.focus({ preventScroll: true }); // else the space bar would press the button that stops
    block = new Block({ pads, upcoming: model.get("upcoming"), rest: settings.rest, progress, over });
  };
  const touch = (event) => {
    const place = pads.indexOf(event.target.closest(".mm-pad"));
    if (place < 0) return;
    event.preventDefault(); // no second click, no selection, and the focus stays where it is
    block?.press(place, event.timeStamp);
  };
  lights.addEventListener("pointerdown", touch);
  lights.addEventListener("contextmenu", (event) => event.preventDefault());
  model.on("change:upcoming change:told", idle);
  idle();
  return () => {
    model.off("change:upcoming change:told", idle);
    if (block) {
      block.over = () => {};
      block.end();
    }
    parts.clean();
  };
}

export default { render };
