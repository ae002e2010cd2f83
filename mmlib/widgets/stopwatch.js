function render({ model, el }) {
  shield(el, model);
  el.classList.add("mm-field", "mm-stopwatch");
  const id = named("stopwatch");
  const label = make("div", { id, class: "mm-label" }, "Stopwatch");
  const row = make("div", { class: "mm-row" });
  const face = make("span", { role: "timer", "aria-labelledby": id, "aria-live": "off" });
  const go = make("button", { type: "button", class: "mm-go" });
  const reset = make("button", { type: "button", "aria-label": "Reset the stopwatch" }, "Reset");
  row.append(face, go, reset);
  el.append(label, row);

  const now = () => Date.now() / 1000;
  const two = (n) => String(n).padStart(2, "0");
  const seconds = () => model.get("banked") + (model.get("running") ? Math.max(0, now() - model.get("started")) : 0);
  const tick = () => {
    const all = Math.floor(seconds());
    const hours = Math.floor(all / 3600);
    face.textContent = `${hours ? `${hours}:` : ""}${two(Math.floor(all / 60) % 60)}:${two(all % 60)}`;
  };
  // The kernel's clock may stand in another time zone than the wall before the learner.
  const press = (values) => keep(model, { ...values, offset: -new Date().getTimezoneOffset() }, el);
  go.addEventListener("click", () =>
    press(
      model.get("running")
        ? { running: false, banked: seconds() }
        : { running: true, started: now() },
    ),
  );
  reset.addEventListener("click", () => press({ running: false, banked: 0, started: 0 }));
  const show = () => {
    const running = model.get("running");
    go.textContent = running ? "Stop" : "Start";
    go.setAttribute("aria-label", `${go.textContent} the stopwatch`);
    el.classList.toggle("mm-running", running);
    reset.classList.toggle("mm-away", !running && !model.get("banked"));
    tick();
  };
  // The page alone moves the hands: the kernel hears of a press only.
  const ticking = setInterval(tick, 250);
  const end = follow(model, ["running", "banked", "started"], show);
  press({});
  return () => {
    clearInterval(ticking);
    end();
  };
}

export default { render };
