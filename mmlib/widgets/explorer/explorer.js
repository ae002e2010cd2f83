// The page of the explorer. It keeps no state of its own: `choice` goes to Python, `view` comes back.

const PATIENCE = 300; // milliseconds until the picture is shown as an old one
let made = 0;

function field(label, control) {
  control.id = `mm-control-${++made}`;
  return make("div", { class: "mm-field" }, make("label", { class: "mm-label", for: control.id }, label), control);
}

function options(select, pairs, chosen) {
  select.replaceChildren(...pairs.map(([value, text]) => make("option", { value, selected: value === chosen }, text)));
  select.value = chosen;
}

// Colours of the charts on a dark page: JupyterLab says on <body> which theme it has.
function darkRules(dark) {
  const rules = [];
  for (const [light, shade] of Object.entries(dark)) {
    for (const part of ["fill", "stroke"]) {
      const drawn = `.mm-explorer .mm-picture [style*="${part}: ${light}" i]`;
      rules.push(`[data-jp-theme-light="false"] ${drawn} { ${part}: ${shade} !important; }`);
    }
  }
  return rules.join("\n");
}

// The letters of the charts are text, which is drawn sooner than outlines are; so the page needs the charts' fonts, once.
function bringFonts(model) {
  if (document.mmFonts) return;
  document.mmFonts = true;
  const brought = (said, buffers) => {
    if (said.kind !== "fonts") return;
    model.off("msg:custom", brought);
    said.faces.forEach(({ family, weight }, i) => document.fonts.add(new FontFace(family, buffers[i], { weight })));
  };
  model.on("msg:custom", brought);
  model.send({ kind: "fonts" });
}

// Where the server hands out a file, if it lies below the server's own folder.
function address(path, home) {
  const found = document.getElementById("jupyter-config-data");
  if (!found) return null;
  const config = JSON.parse(found.textContent);
  const root = (config.serverRoot ?? "").replace(/^~/, home).replace(/\/$/, "");
  if (!config.serverRoot || !path.startsWith(`${root}/`)) return null;
  const parts = path.slice(root.length + 1).split("/").map(encodeURIComponent);
  return `${config.baseUrl ?? "/"}files/${parts.join("/")}`;
}

async function copied(text, node) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // no permission, or no secure page: select it, and copy as of old
    const range = document.createRange();
    range.selectNodeContents(node);
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    return document.execCommand("copy");
  }
}

class Page {
  constructor(model, el) {
    this.model = model;
    this.offers = model.get("offers");
    this.id = `mm-explorer-${++made}`;
    this.root = make("div", { class: "mm-explorer" });
    this.build();
    el.append(this.root);
    this.showChoice();
    this.showView();
    this.showReport();
  }

  build() {
    const set = (name) => (event) => this.choose({ [name]: event.target.value });
    this.learner = make("select", { name: "learner", onchange: set("learner") });
    this.since = make("input", { name: "since", type: "date", onchange: set("since") });
    this.until = make("input", { name: "until", type: "date", onchange: set("until") });
    this.whole = make("button", { type: "button", onclick: () => this.choose({ since: "", until: "" }) }, "All dates");
    this.skills = make("div", { class: "mm-skills" });
    this.tabs = make("div", { class: "mm-tabs", role: "tablist", "aria-label": "Theme", onkeydown: (e) => this.arrow(e) });
    this.chart = make("select", { name: "chart", onchange: set("chart") });
    this.skill = make("select", { name: "skill", onchange: set("skill") });
    this.over = make("select", { name: "over", onchange: set("over") });
    options(this.over, [["trials", "trials"], ["minutes", "time practised"]], "trials");
    this.skillField = field("Skill", this.skill);
    this.overField = field("Over", this.over);
    this.picture = make("figure", { class: "mm-picture" });
    this.reading = make("p", { class: "mm-reading", "aria-live": "polite" });
    this.said = make("p", { class: "mm-said", role: "status" });
    this.panel = make("div", { role: "tabpanel", id: `${this.id}-panel` },
      make("div", { class: "mm-row" }, field("Chart", this.chart), this.skillField, this.overField),
      this.picture, this.said, this.reading);
    this.line = make("code", { "aria-label": "The same view as code" });
    this.copy = make("button", { type: "button", onclick: () => this.copyLine() }, "Copy as code");
    this.make = make("button", { type: "button", onclick: () => this.model.send({ kind: "report" }) }, "Make this a report");
    this.progress = make("progress", { max: 1, "aria-label": "The report" });
    this.told = make("p", { class: "mm-told", role: "status" });
    this.root.append(
      make("style", {}, darkRules(this.offers.dark)),
      make("div", { class: "mm-row" }, field("Learner", this.learner), field("From", this.since),
        field("To", this.until), this.whole),
      make("fieldset", {}, make("legend", {}, "Skills (none marked: all)"), this.skills),
      this.tabs, this.panel,
      make("div", { class: "mm-line" }, this.line, this.copy),
      make("div", { class: "mm-make" }, this.make, this.progress, this.told),
    );
  }

  choose(change) {
    this.model.set("choice", { ...this.model.get("choice"), ...change });
    this.model.save_changes();
    clearTimeout(this.late);
    this.late = setTimeout(() => this.picture.setAttribute("aria-busy", "true"), PATIENCE);
    this.showChoice();
  }

  theme() {
    return this.offers.themes.find((theme) => theme.name === this.model.get("choice").theme) ?? this.offers.themes[0];
  }

  showChoice() {
    const choice = this.model.get("choice");
    options(this.learner, this.offers.learners.map((name) => [name, name]), choice.learner);
    for (const [input, name] of [[this.since, "since"], [this.until, "until"]]) {
      if (document.activeElement !== input || !choice[name]) input.value = choice[name];
      input.min = this.offers.first;
      input.max = this.offers.last;
    }
    this.whole.disabled = !choice.since && !choice.until;
    this.showSkills(choice);
    this.showTabs(choice);
    const theme = this.theme();
    const shown = theme.charts.find((chart) => chart.name === choice.chart) ?? theme.charts[0];
    options(this.chart, theme.charts.map((chart) => [chart.name, chart.label]), shown.name);
    this.skillField.hidden = !shown.large;
    this.overField.hidden = !shown.scaled;
    this.over.value = choice.over;
  }

  showSkills(choice) {
    const names = this.offers.skills[choice.learner] ?? [];
    const key = JSON.stringify(names);
    if (key !== this.known) {
      this.known = key;
      this.skills.replaceChildren(...names.map((name) => make("label", { class: "mm-chip" },
        make("input", { type: "checkbox", name: "skills", value: name, onchange: () => this.mark() }), make("span", {}, name))));
    }
    for (const box of this.boxes()) box.checked = choice.skills.includes(box.value);
    // The chosen ones as they are listed in the choice, or all: those whose curve may be shown.
    const offered = choice.skills.length ? names.filter((name) => choice.skills.includes(name)) : names;
    options(this.skill, offered.map((name) => [name, name]), this.model.get("view").skill ?? "");
  }

  boxes() {
    return [...this.skills.querySelectorAll("input")];
  }

  mark() {
    this.choose({ skills: this.boxes().filter((box) => box.checked).map((box) => box.value) });
  }

  showTabs(choice) {
    if (!this.tabs.children.length) {
      this.tabs.append(...this.offers.themes.map((theme) => make("button",
        { type: "button", role: "tab", id: `${this.id}-${theme.name}`, "aria-controls": `${this.id}-panel`,
          onclick: () => this.open(theme.name) }, theme.label)));
    }
    for (const [i, tab] of [...this.tabs.children].entries()) {
      const open = this.offers.themes[i].name === choice.theme;
      tab.setAttribute("aria-selected", String(open));
      tab.tabIndex = open ? 0 : -1;
      if (open) this.panel.setAttribute("aria-labelledby", tab.id);
    }
  }

  // A theme shows again the chart that it showed last.
  open(theme) {
    const choice = this.model.get("choice");
    this.last = { ...this.last, [choice.theme]: choice.chart };
    this.choose({ theme, chart: this.last[theme] ?? "" });
  }

  arrow(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const themes = this.offers.themes.map((theme) => theme.name);
    const end = { Home: 0, End: themes.length - 1 }[event.key];
    if (step === undefined && end === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const at = themes.indexOf(this.model.get("choice").theme);
    const next = end ?? (at + step + themes.length) % themes.length;
    this.open(themes[next]);
    this.tabs.children[next].focus();
  }

  showView() {
    const view = this.model.get("view");
    clearTimeout(this.late);
    this.picture.removeAttribute("aria-busy");
    if (view.svg !== this.shown) this.picture.innerHTML = view.svg ?? "";
    this.shown = view.svg;
    this.reading.textContent = view.reading ?? "";
    this.said.textContent = view.said ?? "";
    this.line.textContent = view.line ?? "";
    this.copy.disabled = !view.line;
    this.copy.textContent = "Copy as code";
    if (view.skill) this.skill.value = view.skill;
  }

  async copyLine() {
    const done = await copied(this.line.textContent, this.line);
    this.copy.textContent = done ? "Copied" : "Press Ctrl+C to copy";
  }

  showReport() {
    const report = this.model.get("report");
    const working = report.state === "working";
    this.make.disabled = working;
    this.progress.hidden = !working;
    if (working) this.progress.value = report.share;
    const href = report.path && address(report.path, this.offers.home);
    const link = href && make("a", { href, target: "_blank", rel: "noopener" }, "Open the report");
    this.told.replaceChildren(...(link ? [link, make("br"), report.said] : [report.said ?? ""]));
    this.told.classList.toggle("mm-said", report.state === "failed");
  }
}

function render({ model, el }) {
  bringFonts(model);
  const page = new Page(model, el);
  const watch = { "change:choice": () => page.showChoice(), "change:view": () => page.showView(), "change:report": () => page.showReport() };
  for (const [event, answer] of Object.entries(watch)) model.on(event, answer);
  return () => {
    for (const [event, answer] of Object.entries(watch)) model.off(event, answer);
  };
}

export default { render };
