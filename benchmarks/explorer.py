"""How long a change of a control takes in the explorer until the new picture is painted, in JupyterLab.

A log of 10,000 sessions of a dozen skills, and every chart that is offered: it is opened, and then the dates, the
skills and the scale are changed, always to a choice that has not been shown before. Beside the wall-clock times in the
browser stands the processor's time in Python for the same changes, which a busy machine does not lengthen as much. Run
with `make bench`.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pandas as pd
from rich.console import Console
from rich.table import Table

import mmlib as mm
from benchmarks.many import DAYS, FIRST, SKILLS, practice_folder
from mmlib.widgets.explorer.menu import THEMES, Offer
from tests.lab import Lab, Notebook
from tests.lab_server import Server, chromium

PROMISED = 150  # milliseconds
DATES, CHIPS = 4, 3
LAST = FIRST + pd.Timedelta(days=DAYS - 10)
CODE = "import mmlib as mm\nexplorer = mm.explore({!r})\nexplorer"
# Sets a control as a person does, and answers when the frame with the new picture has been painted. The line of code is
# renewed with each picture, and differs even where two pictures are alike.
CHANGE = """([name, value]) => new Promise((resolve, reject) => {
  const root = document.querySelector('.mm-explorer');
  const chip = root.querySelector(`input[name="${name}"][value="${value}"]`);
  const control = chip ?? root.querySelector(`[name="${name}"]`);
  setTimeout(() => reject(new Error(`nothing new was drawn: ${name} ${value}`)), 20000);
  new MutationObserver((_, observer) => {
    observer.disconnect();
    requestAnimationFrame(() => {
      const painted = new MessageChannel();
      painted.port1.onmessage = () => resolve(performance.now() - begin);
      painted.port2.postMessage(null);
    });
  }).observe(root.querySelector('code'), { childList: true });
  const begin = performance.now();
  if (chip) return chip.click();
  control.value = value;
  control.dispatchEvent(new Event('change', { bubbles: true }));
})"""
Choice = dict[str, object]
Change = tuple[str, str, Choice]


def views() -> Iterator[tuple[Offer, Choice, list[Change]]]:
    """Yield each chart, the choice to begin with (another chart), and the changes: control, value, what they choose."""
    offers = [(theme, one) for theme, ones in THEMES.items() for one in ones]
    for number, (theme, one) in enumerate(offers):
        days = [f"{LAST - pd.Timedelta(days=5 * number + i):%Y-%m-%d}" for i in range(DATES + 1)]
        other = next(each.name for each in THEMES[theme] if each is not one)
        begin = {"theme": theme, "chart": other, "skills": [], "until": days[0], "over": "trials", "skill": ""}
        found: list[Change] = [("chart", one.name, {"chart": one.name})]
        found += [("until", day, {"until": day}) for day in days[1:]]
        chosen = [list(SKILLS)[(number + i) % len(SKILLS)] for i in range(CHIPS)]
        if one.large:  # of one skill: which others are chosen is all the same
            found += [("skill", skill, {"skill": skill}) for skill in chosen]
        else:
            found += [("skills", skill, {"skills": chosen[: i + 1]}) for i, skill in enumerate(chosen)]
        found += [("over", "minutes", {"over": "minutes"})] if one.scaled else []
        yield one, begin, found


def in_the_browser(notebook: Notebook, begin: Choice, changes: list[Change]) -> list[float]:
    """Return the milliseconds from each change of a control until the new picture is painted."""
    notebook.value(f"setattr(explorer, 'choice', {{**explorer.choice, **{begin!r}}})")
    notebook.page.wait_for_timeout(300)
    return [notebook.page.evaluate(CHANGE, [name, value]) for name, value, _ in changes]


def in_python(folder: Path) -> dict[str, list[float]]:
    """Return the milliseconds of the processor that the same changes take in Python, by chart."""
    explorer, found = mm.explore(folder), {}
    for one, begin, changes in views():
        explorer.choice = {**explorer.choice, **begin}
        for *_, change in changes:
            start = time.process_time()
            explorer.choice = {**explorer.choice, **change}
            found.setdefault(one.label, []).append(1000 * (time.process_time() - start))
    return found


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=10_000, help="sessions in the log")
    rows = options.parse_args().rows
    table = Table("chart", "median, ms", "worst, ms", "Python's median, ms", "Python's worst, ms", box=None)
    with tempfile.TemporaryDirectory() as name:
        folder = practice_folder(Path(name) / "many", rows)
        ours = in_python(folder)
        every = []
        with Server() as server, chromium() as browser, Lab(server, browser) as lab:
            notebook = lab.notebook([CODE.format(str(folder))])
            notebook.run(0).locator(".mm-picture svg").wait_for()
            for one, begin, changes in views():
                times = in_the_browser(notebook, begin, changes)
                every += times
                shown = [median(times), max(times), median(ours[one.label]), max(ours[one.label])]
                table.add_row(one.label, *(f"{value:.0f}" for value in shown))
    Console(width=120).print(table)
    late = sum(value > PROMISED for value in every)
    print(f"{rows:,} sessions; {len(every)} changes, median {median(every):.0f} ms, {late} took over {PROMISED} ms.")


if __name__ == "__main__":
    main()
