function render({ model, el }) {
  shield(el, model);
  el.classList.add("mm-recent");
  const frame = make("div", { class: "mm-frame", tabindex: -1 });
  el.append(frame);

  const line = (row) => {
    const tr = make("tr");
    const first = make("td");
    if (row.id) {
      const undo = make("button", { type: "button", "aria-label": `Undo: ${row.cells.filter(Boolean).join(", ")}` }, "Undo");
      undo.addEventListener("click", () => {
        undo.disabled = true; // a second click on it would ask for what is gone
        setTimeout(() => (undo.disabled = false), 1500);
        model.send({ kind: "undo", id: row.id });
      });
      first.append(undo);
    }
    tr.append(first, ...row.cells.map((text, place) => make(place ? "td" : "th", place ? {} : { scope: "row" }, text)));
    if (model.get("columns").at(-1) === "Remarks") tr.lastChild.classList.add("mm-told");
    return tr;
  };
  const show = () => {
    const inside = frame.contains(document.activeElement);
    const rows = model.get("rows");
    const table = make("table");
    const head = make("tr");
    head.append(make("td"), ...model.get("columns").map((name) => make("th", { scope: "col" }, name)));
    table.append(make("caption", {}, model.get("caption")));
    if (rows.length) table.append(make("thead"), make("tbody"));
    table.tHead?.append(head);
    table.tBodies[0]?.append(...rows.map(line));
    frame.replaceChildren(table);
    if (inside) frame.focus();
  };
  return follow(model, ["rows", "columns", "caption"], show);
}

export default { render };
