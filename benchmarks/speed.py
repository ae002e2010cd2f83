"""Speed, as ratios within one run: loading, learning curves, a whole report. Run with `make bench`."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table
from scipy.optimize import curve_fit

import mmlib as mm
from benchmarks.loading import loading
from mmlib.log import check_log
from mmlib.reports.monthly import monthly
from mmlib.simulate import practice, write


def seconds(task: Callable[[], object], *, repeat: int = 3) -> float:
    """Return the best wall-clock time of a few runs."""
    times = []
    for _ in range(repeat):
        begin = time.perf_counter()
        task()
        times.append(time.perf_counter() - begin)
    return min(times)


def curves(trials: int) -> list[tuple[str, float, float, str]]:
    """Return the time of our three forms with intervals beside scipy's curve_fit of two of them, no intervals."""
    random = np.random.default_rng(2)
    n = np.arange(1.0, trials + 1)
    score = 50 - 40 * np.exp(-30 / trials * (n - 1)) + random.normal(0, 4, trials)
    log = check_log(
        pd.DataFrame({"skill": "a", "start": pd.Timestamp(2026, 1, 1) + pd.to_timedelta(n, unit="h"), "score": score})
    )

    def scipy_alone() -> None:
        curve_fit(
            lambda x, a, b, r: a + b * np.exp(-r * (x - 1)), n, score, p0=(score[-1], score[0] - score[-1], 30 / trials)
        )
        curve_fit(lambda x, a, b, c: a + b * x**-c, n, score, p0=(score[-1], score[0] - score[-1], 0.5), maxfev=20_000)

    bare, ours = seconds(scipy_alone), seconds(lambda: mm.payoff.learning_curves(log))
    return [(f"learning curve of {trials:,} trials / two bare scipy fits", ours, bare, f"{ours * 1e3:,.0f} ms")]


def reports(folder: Path) -> list[tuple[str, float, float, str]]:
    """Return the time of a monthly report, HTML and PDF, beside that of the HTML alone."""
    write(practice(), folder / "ada")
    one = seconds(lambda: monthly(folder / "ada", out=folder / "out", formats=["html"], progress=False), repeat=2)
    both = seconds(lambda: monthly(folder / "ada", out=folder / "out", progress=False), repeat=2)
    return [("a monthly report, HTML and PDF / HTML alone", both, one, "")]


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=5_000_000, help="rows of the log that is loaded")
    rows = options.parse_args().rows
    table = Table("what / beside what", "ours, s", "beside, s", "ratio", "", box=None)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = [*loading(rows, folder), *curves(200), *curves(20_000), *reports(folder)]
    for what, ours, beside, remark in found:
        table.add_row(what, f"{ours:.3f}", f"{beside:.3f}", f"{ours / beside:.2f}", remark)
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
