function render({ model, el }) {
  shield(el, model);
  el.classList.add("mm-fold");
  const button = make("button", { type: "button" });
  el.append(button);
  button.addEventListener("click", () => keep(model, { unfolded: !model.get("unfolded") }, el));
  return follow(model, ["unfolded", "label"], () => {
    button.textContent = `${model.get("unfolded") ? "▾" : "▸"} ${model.get("label")}`;
    button.setAttribute("aria-expanded", String(model.get("unfolded")));
  });
}

export default { render };
