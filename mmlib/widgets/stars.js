function render({ model, el }) {
  shield(el, model);
  el.classList.add("mm-field", "mm-stars");
  const id = named("stars");
  const label = make("div", { id, class: "mm-label" });
  const row = make("div", { class: "mm-row" });
  const group = make("div", { role: "radiogroup", "aria-labelledby": id, "aria-describedby": `${id}-error` });
  const stars = [1, 2, 3, 4, 5].map((n) => make("button", { type: "button", role: "radio" }, "★"));
  const clear = make("button", { type: "button", class: "mm-clear", tabindex: -1 }, "×");
  const word = make("div", { class: "mm-hint", "aria-hidden": "true" });
  const error = make("div", { id: `${id}-error`, class: "mm-error" });
  group.append(...stars);
  row.append(group, clear);
  el.append(label, row, word, error);

  const words = () => model.get("words");
  const said = (n) => (n ? `${n} · ${words()[n - 1]}` : "\u00a0");
  const choose = (n) => keep(model, { value: n || null }, el);
  const show = () => {
    const value = model.get("value") ?? 0;
    label.textContent = model.get("label");
    stars.forEach((star, place) => {
      star.classList.toggle("mm-lit", place < value);
      star.setAttribute("aria-checked", String(place + 1 === value));
      star.setAttribute("aria-label", `${place + 1} of 5: ${words()[place]}`);
      star.tabIndex = place + 1 === (value || 1) ? 0 : -1;
    });
    clear.setAttribute("aria-label", `${model.get("label")}: leave empty`);
    clear.title = "Leave it empty (or press 0)";
    clear.classList.toggle("mm-away", !value);
    word.textContent = said(value);
    error.textContent = model.get("error");
  };
  const glance = (n) => {
    stars.forEach((star, place) => star.classList.toggle("mm-glance", place < n));
    word.textContent = said(n || model.get("value"));
  };
  stars.forEach((star, place) => {
    star.addEventListener("click", () => choose(model.get("value") === place + 1 ? 0 : place + 1));
    star.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && glance(place + 1));
  });
  group.addEventListener("pointerleave", () => glance(0));
  clear.addEventListener("click", () => {
    choose(0);
    stars[0].focus();
  });
  group.addEventListener("keydown", (event) => {
    const value = model.get("value") ?? 0;
    const steps = { ArrowRight: value + 1, ArrowUp: value + 1, ArrowLeft: value - 1, ArrowDown: value - 1 };
    const keys = { ...steps, Home: 1, End: 5, Delete: 0, Backspace: 0, 0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 5 };
    if (!(event.key in keys) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const next = Math.max(event.key in steps ? 1 : 0, Math.min(5, keys[event.key]));
    choose(next);
    stars[Math.max(next, 1) - 1].focus();
  });
  const focus = (message) => message.kind === "focus" && stars[(model.get("value") || 1) - 1].focus();
  const end = follow(model, ["value", "label", "error"], show);
  model.on("msg:custom", focus);
  return () => {
    model.off("msg:custom", focus);
    end();
  };
}

export default { render };
