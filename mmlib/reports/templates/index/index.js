"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const table = document.querySelector("table.reports");
  const body = table?.tBodies[0];
  const heads = table ? [...table.tHead.rows[0].cells].filter((cell) => cell.dataset.key) : [];
  const items = [...document.querySelectorAll("[data-report]")];
  const rows = body ? [...body.rows] : [];
  const fields = { q: $("q"), learner: $("learner"), month: $("month") };
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const texts = new Map(items.map((item) => [item, plain(`${item.dataset.month} ${item.textContent}`)]));
  const first = { learner: "up" }; // every other column begins with the newest or the most
  const usual = { key: "month", way: "down" };
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true, sensitivity: "base" });
  let order = usual;

  function values(key) {
    if (key === "learner" || key === "month") return rows.map((row) => row.dataset[key]);
    const at = heads.find((head) => head.dataset.key === key).cellIndex;
    return rows.map((row) => row.cells[at].dataset.value).map((value) => (value === undefined ? null : Number(value)));
  }

  function compared(a, b) {
    return typeof a === "number" ? a - b : collator.compare(a, b);
  }

  function sort() {
    const found = values(order.key);
    const turn = order.way === "down" ? -1 : 1;
    const places = rows.map((_, n) => n); // as the page was written: the newest month first
    places.sort((a, b) => {
      const [one, two] = [found[a], found[b]];
      if (one === null || two === null) return (one === null) - (two === null) || a - b;
      return turn * compared(one, two) || a - b;
    });
    const sorted = places.map((place) => rows[place]);
    if (sorted.some((row, n) => row !== body.children[n])) body.append(...sorted);
    for (const head of heads) {
      if (head.dataset.key === order.key) head.setAttribute("aria-sort", order.way === "up" ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    }
    if (!$("sort")) return;
    $("sort").value = `${order.key} ${order.way}`;
    $("order").textContent = `, sorted by ${$("sort").selectedOptions[0].text}`;
  }

  function choose() {
    const words = plain(fields.q.value).split(/\s+/).filter(Boolean);
    const { learner, month } = { learner: fields.learner.value, month: fields.month.value };
    let count = 0;
    for (const item of items) {
      const { dataset } = item;
      const shown =
        (!learner || dataset.learner === learner) &&
        (!month || dataset.month === month) &&
        words.every((word) => texts.get(item).includes(word));
      if (item.hidden === shown) item.hidden = !shown;
      count += shown;
    }
    for (const section of document.querySelectorAll("main > section")) {
      section.hidden = !section.querySelector("[data-report]:not([hidden])");
    }
    const reports = items.length === 1 ? "report" : "reports";
    $("found").textContent = count === items.length ? `${count} ${reports}` : `${count} of ${items.length} ${reports}`;
    $("all").hidden = count === items.length;
  }

  function remember() {
    const kept = new URLSearchParams();
    for (const [name, field] of Object.entries(fields)) if (field.value) kept.set(name, field.value);
    if (order.key !== usual.key || order.way !== usual.way) kept.set("sort", `${order.key} ${order.way}`);
    history.replaceState(null, "", `${kept.size ? "#" : location.pathname + location.search}${kept}`);
  }

  function recall() {
    const kept = new URLSearchParams(location.hash.slice(1));
    for (const [name, field] of Object.entries(fields)) field.value = kept.get(name) ?? "";
    for (const field of [fields.learner, fields.month]) if (field.selectedIndex < 0) field.value = "";
    const [, key, way] = (kept.get("sort") ?? "").match(/^(.+) (up|down)$/) ?? [];
    order = heads.some((head) => head.dataset.key === key) ? { key, way } : usual;
    sort();
    choose();
  }

  for (const head of heads) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const { key } = head.dataset;
      const turned = order.way === "up" ? "down" : "up";
      order = { key, way: order.key === key ? turned : (first[key] ?? "down") };
      sort();
      remember();
    });
  }
  $("sort")?.addEventListener("change", () => {
    const [, key, way] = $("sort").value.match(/^(.+) (up|down)$/);
    order = { key, way };
    sort();
    remember();
  });
  $("controls").addEventListener("input", () => {
    choose();
    remember();
  });
  $("controls").addEventListener("submit", (event) => event.preventDefault());
  $("all").addEventListener("click", () => {
    for (const field of Object.values(fields)) field.value = "";
    choose();
    remember();
    fields.q.focus();
  });
  addEventListener("hashchange", recall);
  $("controls").hidden = false;
  recall();
})();
