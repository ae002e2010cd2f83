// What all parts of a form share.

function make(tag, attributes = {}, text = "") {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = text; // never as HTML: names are the user's
  return element;
}

function named(part) {
  return `mm-${part}-${Math.random().toString(36).slice(2, 10)}`;
}

// JupyterLab takes Enter, digits and letters as commands to the notebook, and a new line out of a text: not in a form.
function shield(el) {
  const mark = (element) => element?.setAttribute("data-lm-suppress-shortcuts", "true");
  mark(el);
  requestAnimationFrame(() => mark(el.closest(".mm-form")));
  el.addEventListener("keydown", (event) => {
    const command = event.ctrlKey || event.metaKey || event.altKey; // such as Ctrl+S, which saves the notebook
    if (event.key === "Enter" || !command) event.stopPropagation();
  });
}

// Run now and whenever one of these names changes; returns what undoes it.
function follow(model, names, show) {
  const events = names.map((name) => `change:${name}`);
  for (const event of events) model.on(event, show);
  show();
  return () => events.forEach((event) => model.off(event, show));
}

// Tell Python what was written. A state update would wait where the kernel is busy, and a click that follows it would
// overtake it; messages keep their order.
function keep(model, values) {
  for (const [name, value] of Object.entries(values)) model.set(name, value);
  model.send({ kind: "set", values });
}
