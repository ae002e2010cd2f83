function render({ model, el }) {
  shield(el, model);
  el.classList.add("mm-said");
  const text = make("div", { role: "status", "aria-live": "polite" });
  const choices = make("div", { class: "mm-chips" });
  el.append(text, choices);
  const show = () => {
    const said = model.get("value");
    el.classList.toggle("mm-away", !said);
    for (const kind of ["good", "bad", "note"]) el.classList.toggle(`mm-${kind}`, kind === model.get("kind"));
    text.replaceChildren(...said.split("\n").map((line) => make("div", {}, line)));
    choices.replaceChildren(
      ...model.get("choices").map((name, place) => {
        const choice = make("button", { type: "button" }, name);
        choice.addEventListener("click", () => model.send({ kind: "chosen", place }));
        return choice;
      }),
    );
  };
  let waiting;
  const heard = (message) => {
    clearTimeout(waiting);
    show();
    if (message.kind === "focus") choices.firstChild?.focus();
  };
  // Where Python is gone, a click would be lost without a word.
  const wait = (event) => {
    if (!event.target.closest(".mm-save") || el.classList.contains("mm-remark")) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      el.classList.remove("mm-away", "mm-good");
      el.classList.add("mm-bad");
      text.replaceChildren(make("div", {}, "No answer yet: Python is busy, or the notebook's kernel is not running."));
    }, 4000);
  };
  let form;
  requestAnimationFrame(() => {
    form = el.closest(".mm-form");
    form?.addEventListener("click", wait, true);
  });
  const end = follow(model, ["value", "kind", "choices"], show);
  model.on("msg:custom", heard);
  return () => {
    clearTimeout(waiting);
    form?.removeEventListener("click", wait, true);
    model.off("msg:custom", heard);
    end();
  };
}

export default { render };
