// What all parts of a form share.

function named(part) {
  return `mm-${part}-${Math.random().toString(36).slice(2, 10)}`;
}

// JupyterLab takes Enter, digits and letters as commands to the notebook, and a new line out of a text: not in a form.
function shield(el, model) {
  shielded(el);
  requestAnimationFrame(() => {
    const form = el.closest(".mm-form");
    if (form) shielded(form).addEventListener("click", hold, true); // the same function is added once only
  });
  model.on("msg:custom", (message) => message.kind === "taken" && untold(el, -1));
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

// Messages of one widget may overtake those of another. So a click that acts on the form waits until Python has taken
// all that was written, lest it save what stood there before.
function hold(event) {
  const form = event.currentTarget;
  const button = event.target.closest(".mm-save, .mm-said button");
  if (!button || !form.querySelector("[data-untold]")) return;
  event.stopPropagation();
  form.mmHeld = button;
}

function untold(el, by) {
  const left = Math.max(0, Number(el.dataset.untold ?? 0) + by);
  if (left) el.dataset.untold = left;
  else delete el.dataset.untold;
  const form = el.closest(".mm-form");
  const button = form?.mmHeld;
  if (!button || form.querySelector("[data-untold]")) return;
  form.mmHeld = undefined;
  button.click();
}

// Tell Python what was written. A state update would wait where the kernel is busy, and a click that follows it would
// overtake it; a widget's messages keep their order.
function keep(model, values, el) {
  untold(el, 1);
  for (const [name, value] of Object.entries(values)) model.set(name, value);
  model.send({ kind: "set", values });
}
