"""Validity, by simulation: do the intervals cover the truth as often as they say? Run with `make validate`.

Every series is simulated with a known truth and AR(1) noise, becomes a log, and goes through the public measures;
the interval of a mean is also tried on bare numbers.
Each row of a table has its own seed, so it comes out the same whatever else runs.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.markdown import Markdown
from rich.progress import track

from benchmarks.studies import STUDIES
from benchmarks.studies.simulated import Row

DOCS = Path(__file__).resolve().parent.parent / "docs" / "methods.md"
MARKS = ("<!-- validity -->", "<!-- /validity -->")
POOR = 0.9
"""Coverage below this is printed bold."""


SERIES, QUICK = 1000, 40


def _row(job: tuple[Callable[..., Row], tuple, int]) -> Row:
    make, cell, series = job
    return make(*cell, series)


def tables(series: int, *, processes: int = 1) -> dict[str, pd.DataFrame]:
    """Return all tables, by title, from this many simulated series per row."""
    jobs = [(study.row, cell, series) for study in STUDIES for cell in study.cells]
    rows = iter(_rows(jobs, processes))
    return {study.title: pd.DataFrame(itertools.islice(rows, len(study.cells))) for study in STUDIES}


def _rows(jobs: list[tuple], processes: int) -> Iterator[Row]:
    if processes == 1:
        yield from map(_row, jobs)
        return
    # Two processes with several threads each would get in each other's way: it takes twice as long.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from track(pool.map(_row, jobs), "Simulating", len(jobs), transient=True)


def markdown(found: dict[str, pd.DataFrame], series: int) -> str:
    """Return the tables with their titles and a sentence each on what they hold, as Markdown."""
    error = 50 / np.sqrt(series)
    parts = [
        f"{series:,} simulated series for each row; ρ is the lag-1 autocorrelation of the noise. Intervals are for"
        f" 95 %; coverage below {_percent(POOR)} and false alarms above {_percent(1 - POOR)} are **bold**. The"
        f" figures have a standard error of up to {error:.1f} percentage points, more where most asymptotes were"
        " refused."
    ]
    for study in STUDIES:
        if study.title in found:
            table = found[study.title]
            parts += [
                f"### {study.title}",
                study.about,
                _grid(table),
                _reading(table, study.size) if study.size else "",
            ]
    return "\n\n".join(part for part in parts if part)


def _grid(table: pd.DataFrame) -> str:
    """Return a table in Markdown."""
    rules = [":---" if table[name].dtype == "str" else "---:" for name in table]
    rows = [[_cell(name, value) for name, value in row.items()] for row in table.to_dict("records")]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [list(table), rules, *rows])


def _percent(share: float) -> str:
    return "–" if np.isnan(share) else f"{100 * share:.0f} %"


def _cell(name: str, value: str | int | float) -> str:
    if isinstance(value, str | int) or name == "ρ":
        return str(value) if isinstance(value, str) else f"{value:g}"
    missed = 1 - value if name.endswith("covers") else value if name == "false alarms" else 0.0
    poor = round(missed, 2) > round(1 - POOR, 2)
    return f"**{_percent(value)}**" if poor else _percent(value)


def _reading(table: pd.DataFrame, size: str) -> str:
    """Return from which size on all coverage is good, for each form and ρ, in sentences."""
    form = table.get("form", pd.Series("", index=table.index)).rename("form")
    lowest = table.filter(regex="covers$").min(axis=1).round(2)
    sentences = []
    for name, rows in table[lowest.notna()].groupby(form, sort=False):
        parts = [f"{_from(part, lowest[part.index], size)} for ρ = {rho:g}" for rho, part in rows.groupby("ρ")]
        curve = f" for {name} curves" if name else ""
        sentences.append(
            f"Coverage{curve} is at least {_percent(POOR)} {', '.join(parts[:-1])} and {parts[-1]};"
            f" the lowest is {_percent(lowest[rows.index].min())}."
        )
    return " ".join(sentences)


def _from(rows: pd.DataFrame, lowest: pd.Series, size: str) -> str:
    """Return the size from which on all coverage is good, in words; the rows ascend in size."""
    good = (lowest >= POOR)[::-1].cummin()[::-1]
    sizes = [size.format_map(row) for row in rows[good].to_dict("records")]
    return f"from {sizes[0]}" if sizes else "at no size tried"


def between_marks(document: str, text: str) -> str:
    """Return the document with the text between the marks in place of what stood there."""
    begin, end = MARKS
    if document.count(begin) != 1 or document.count(end) != 1:
        raise ValueError(f"{DOCS.name} needs the lines {begin} and {end}, each once, where the tables shall stand.")
    return re.sub(f"{begin}.*{end}", lambda _: f"{begin}\n\n{text}\n\n{end}", document, flags=re.DOTALL)


def main() -> None:
    """Print the tables and write them into docs/methods.md."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help=f"{QUICK} series a row; the docs stay as they are")
    options.add_argument("--write", action="store_true", help="write the docs after a quick run too")
    asked = options.parse_args()
    series = QUICK if asked.quick else SERIES
    text = markdown(tables(series, processes=2), series)
    if asked.write or not asked.quick:
        DOCS.write_text(between_marks(DOCS.read_text(encoding="utf-8"), text), encoding="utf-8")
    Console(width=120).print(Markdown(text))


if __name__ == "__main__":
    main()
