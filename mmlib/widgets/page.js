// What all widgets share: how the parts of a page are made.

// `on…` attributes are listeners; those that are false or missing are left out. Texts are never read as HTML.
function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return shielded(node);
}

// JupyterLab takes keys for its own commands (D twice deletes the cell), unless what has the focus says that it doesn't.
function shielded(node) {
  node.setAttribute("data-lm-suppress-shortcuts", "true");
  return node;
}
