"""Speed, as ratios within one run: loading a log, building a report, testing for transfer. Run with `make bench`."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

import mmlib as mm
from benchmarks.loading import loading
from benchmarks.studies.candidates import cochrane_orcutt_pairs
from benchmarks.studies.learners import Life, learner
from mmlib.measures.synergy.recent import diaries
from mmlib.measures.synergy.target import targets
from mmlib.reports.monthly import monthly
from mmlib.simulate import practice, write

SKILLS = 27


def seconds(task: Callable[[], object], *, repeat: int = 3) -> float:
    """Return the best wall-clock time of a few runs."""
    times = []
    for _ in range(repeat):
        begin = time.perf_counter()
        task()
        times.append(time.perf_counter() - begin)
    return min(times)


def reports(folder: Path) -> list[tuple[str, float, float, str]]:
    """Return the time of a monthly report, HTML and PDF, beside that of the HTML alone."""
    write(practice(), folder / "ada")
    one = seconds(lambda: monthly(folder / "ada", out=folder / "out", formats=["html"], progress=False), repeat=2)
    both = seconds(lambda: monthly(folder / "ada", out=folder / "out", progress=False), repeat=2)
    return [("a monthly report, HTML and PDF / HTML alone", both, one, "")]


def transfers() -> list[tuple[str, float, float, str]]:
    """Return the time of all pairs of 27 skills over two years, beside one AR(1) fit of statsmodels for each."""
    log = learner(Life(SKILLS, 2 * 365, 0.5), 0).log
    ours = seconds(lambda: mm.synergy.transfer(log), repeat=1)
    beside = seconds(
        lambda: [cochrane_orcutt_pairs(target) for target in targets(log, diaries(log), 7.0).values()], repeat=1
    )
    pairs = SKILLS * (SKILLS - 1)
    return [(f"transfer, {pairs} pairs, 999 resamples of each skill / statsmodels' GLSAR", ours, beside, "")]


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=5_000_000, help="rows of the log that is loaded")
    rows = options.parse_args().rows
    table = Table("what / beside what", "ours, s", "beside, s", "ratio", "", box=None)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = [*loading(rows, folder), *reports(folder), *transfers()]
    for what, ours, beside, remark in found:
        table.add_row(what, f"{ours:.3f}", f"{beside:.3f}", f"{ours / beside:.2f}", remark)
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
