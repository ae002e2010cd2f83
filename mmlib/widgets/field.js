function render({ model, el }) {
  shield(el, model);
  const kind = model.get("kind");
  el.classList.add("mm-field", `mm-${kind}`);
  const id = named("field");
  const label = make("label", { for: id });
  const tags = { long: "textarea", choice: "select" };
  const input = make(tags[kind] ?? "input", { id, autocomplete: "off", "aria-describedby": `${id}-hint ${id}-error` });
  if (kind === "long") input.rows = 2;
  if (kind === "number") input.inputMode = "decimal";
  const hint = make("div", { id: `${id}-hint`, class: "mm-hint" });
  const error = make("div", { id: `${id}-error`, class: "mm-error" });
  const list = make("datalist", { id: `${id}-list` });
  const chips = make("div", { class: "mm-chips", role: "group", "aria-label": "To choose with one click" });
  el.append(label, input, list, chips, hint, error);

  let waiting; // what is written is told a moment later
  let told = model.get("value");
  let unanswered = 0;
  const commit = () => {
    clearTimeout(waiting);
    waiting = undefined;
    if (input.value === told) return;
    told = input.value;
    unanswered += 1;
    keep(model, { value: told }, el);
  };
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(commit, 250);
  });
  input.addEventListener("change", commit);
  // What is typed takes the place of what stood there.
  const select = () => kind !== "long" && kind !== "choice" && input.select();
  input.addEventListener("focus", select);
  input.addEventListener("keydown", (event) => {
    // Where names are offered, Enter takes one of them and must not save at the same time.
    const saves = kind === "long" ? event.ctrlKey || event.metaKey : kind !== "choice" && !model.get("options").length;
    if (event.key !== "Enter" || event.isComposing || !saves) return;
    event.preventDefault();
    commit();
    el.closest(".mm-form")?.querySelector(".mm-save")?.click();
  });

  const offer = () => {
    const options = model.get("options").map(([value, text]) => {
      const option = make("option", { value }, kind === "choice" ? text : "");
      return option;
    });
    (kind === "choice" ? input : list).replaceChildren(...options);
    if (kind !== "choice" && options.length) input.setAttribute("list", list.id);
    else input.removeAttribute("list");
  };
  const show = () => {
    const value = model.get("value");
    if (value !== input.value && (waiting || unanswered)) {
      // Python spoke before it heard of what is being written now: that stands.
      told = undefined;
      queueMicrotask(() => model.set("value", input.value));
    } else if (value !== input.value) {
      input.value = told = value;
      if (input.matches(":focus")) select(); // a default that comes once the field has been entered
    }
    label.textContent = model.get("label");
    // The chips themselves stay: the focus may be on its way to one of them.
    for (const chip of chips.children) chip.setAttribute("aria-pressed", String(chip.textContent === value));
  };
  const offerChips = () => {
    chips.replaceChildren(
      ...model.get("chips").map((name) => {
        const chip = make("button", { type: "button" }, name);
        chip.addEventListener("click", () => {
          input.value = name;
          commit();
        });
        return chip;
      }),
    );
    show();
  };
  const say = () => {
    if (kind !== "choice") input.placeholder = model.get("placeholder");
    hint.textContent = model.get("hint");
    error.textContent = model.get("error");
    input.toggleAttribute("aria-invalid", false);
    if (model.get("error")) input.setAttribute("aria-invalid", "true");
  };
  const heard = (message) => {
    if (message.kind === "focus") input.focus();
    if (message.kind === "taken") unanswered = Math.max(0, unanswered - 1);
  };
  const ends = [
    follow(model, ["options"], offer),
    follow(model, ["chips"], offerChips),
    follow(model, ["value", "label"], show),
    follow(model, ["placeholder", "hint", "error"], say),
  ];
  model.on("msg:custom", heard);
  return () => {
    clearTimeout(waiting);
    model.off("msg:custom", heard);
    ends.forEach((end) => end());
  };
}

export default { render };
