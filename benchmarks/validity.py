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
from numpy.typing import ArrayLike, NDArray
from rich.console import Console
from rich.markdown import Markdown
from rich.progress import track
from scipy import signal, stats

import mmlib as mm
from mmlib.stats import intervals

Floats = NDArray[np.float64]
Row = dict[str, str | int | float]

DOCS = Path(__file__).resolve().parent.parent / "docs" / "methods.md"
MARKS = ("<!-- validity -->", "<!-- /validity -->")
SEED = 7
SERIES, QUICK = 1000, 40
RHOS = (0.0, 0.4, 0.7)
TRIALS = (15, 30, 80, 300)
RATED = (3, 5, 8, 12, 20, 40)
STRETCHES = ((5, 8), (10, 20), (40, 30))
NOISE_SD = 4.0
RATING_SD = 0.8
USUAL, NEAR_BEST = 3.4, 4.6
RISE = 2.0
POOR = 0.9
"""Coverage below this is printed bold."""


def noise(rho: float, shape: tuple[int, int], *cell: str | int | float) -> Floats:
    """Return AR(1) noise of standard deviation 1, one series per row; `cell` names what the seed belongs to."""
    rng = np.random.default_rng([SEED, *repr((*cell, shape[1], rho)).encode()])
    shocks = rng.normal(size=shape)
    shocks[:, 1:] *= np.sqrt(1 - rho**2)
    return signal.lfilter([1.0], [1.0, -rho], shocks, axis=1)


def log_of(values: Floats, column: str) -> pd.DataFrame:
    """Return a log with one learner per series, one session a day."""
    series, n = values.shape
    days = pd.Timestamp("2026-01-01") + pd.to_timedelta(np.tile(np.arange(n), series), unit="D")
    learner = np.repeat(np.arange(series), n).astype(str)
    return mm.check_log(pd.DataFrame({"learner": learner, "skill": "a", "start": days, column: values.ravel()}))


def covers(low: ArrayLike, high: ArrayLike, truth: ArrayLike) -> float:
    """Return the share of intervals that hold the truth; a missing interval does not."""
    held = (np.asarray(low) <= truth) & (truth <= np.asarray(high))
    return float(held.mean()) if held.size else np.nan


def truth(form: str, trials: int) -> dict[str, float]:
    """Return the parameters of the simulated curve."""
    return {
        "flat": {"asymptote": 30.0},
        "exponential": {"asymptote": 50.0, "gain": 40.0, "rate": 4 / trials},
        "power": {"asymptote": 60.0, "gain": 50.0, "rate": 0.5},
    }[form]


def mean_curve(form: str, trials: int) -> Floats:
    """Return the true mean performance at every trial."""
    trial, known = np.arange(1.0, trials + 1), truth(form, trials)
    if form == "flat":
        return np.full(trials, known["asymptote"])
    left = np.exp(-known["rate"] * (trial - 1)) if form == "exponential" else trial ** -known["rate"]
    return known["asymptote"] - known["gain"] * left


def curve_row(form: str, trials: int, rho: float, series: int) -> Row:
    """Return how well learning curves of one form and length are found, and how well their intervals cover."""
    level = mean_curve(form, trials)
    log = log_of(level + NOISE_SD * noise(rho, (series, trials), form), "score")
    chosen = mm.payoff.learning_curves(log)["model"]
    row: Row = {"true form": form, "trials": trials, "ρ": rho}
    row |= {"change found": float((chosen != "flat").mean()), "form found": float((chosen == form).mean())}
    if form == "flat":
        return row
    fitted = mm.payoff.learning_curves(log, models=[form])
    points = mm.payoff.curve_points(log, fitted)
    stated = fitted[fitted["identified"]]
    row["asymptote refused"] = 1 - len(stated) / series
    for name, value in truth(form, trials).items():
        row[f"{name} covers"] = covers(stated[f"{name}_low"], stated[f"{name}_high"], value)
    row["mean curve covers"] = covers(points["low"], points["high"], level[points["trial"] - 1])
    return row


def mean_rating(level: float) -> float:
    """Return the mean of a normal variable that is rounded to 1, 2, 3, 4 or 5."""
    return 5.0 - float(stats.norm.cdf((np.arange(1.5, 5.0) - level) / RATING_SD).sum())


def rating_row(n: int, rho: float, series: int) -> Row:
    """Return how well the interval of a mean covers: of any numbers, and of ratings by `payoff.felt`."""
    numbers = noise(rho, (series, n), "numbers")
    found = np.array([intervals.mean_interval(values) for values in numbers])
    row: Row = {"ratings": n, "ρ": rho, "any numbers: covers": covers(found[:, 1], found[:, 2], 0.0)}
    for name, level in (("usual", USUAL), ("near the best", NEAR_BEST)):
        ratings = np.clip(np.round(level + RATING_SD * noise(rho, (series, n), name)), 1, 5)
        felt = mm.payoff.felt(log_of(ratings, "payoff")).query("reward == 'payoff'")
        row[f"{name}: covers"] = covers(felt["low"], felt["high"], mean_rating(level))
    return row


def progress_row(before: int, now: int, rho: float, series: int) -> Row:
    """Return how often `payoff.progress` sees a change where there is none, and covers a steady rise."""
    n = before + now
    rise = np.linspace(0.0, RISE, n)
    change = rise[before:].mean() - rise[:before].mean()
    since = pd.Timestamp("2026-01-01") + pd.Timedelta(days=before)
    window = {"since": since, "until": since + pd.Timedelta(days=now), "before_days": before}
    still = mm.payoff.progress(log_of(noise(rho, (series, n), before), "score"), **window)
    rising = mm.payoff.progress(log_of(rise + noise(rho, (series, n), before), "score"), **window)
    return {
        "trials before": before,
        "trials now": now,
        "ρ": rho,
        "false alarms": float(((still["low"] > 0) | (still["high"] < 0)).mean()),
        "steady rise: covers": covers(rising["low"], rising["high"], change),
        "steady rise: found": float((rising["low"] > 0).mean()),
    }


STUDIES: dict[str, tuple[Callable[..., Row], list[tuple]]] = {
    "Learning curves": (curve_row, list(itertools.product(("flat", "exponential", "power"), TRIALS, RHOS))),
    "Means": (rating_row, list(itertools.product(RATED, RHOS))),
    "Progress": (progress_row, [(*stretch, rho) for stretch in STRETCHES for rho in RHOS]),
}
"""Title of each table: what makes a row of it, and for which rows."""

SIZES = {
    "Learning curves": "{trials} trials",
    "Means": "{ratings} ratings",
    "Progress": "{trials before} trials before and {trials now} now",
}
ABOUT = {
    "Learning curves": f"Noise of standard deviation {NOISE_SD:g} around a flat 30, an exponential curve (gain 40, rate"
    " 4/n for n trials) or a power curve (gain 50, exponent 0.5). *Change found*: a form other than flat was chosen;"
    " for flat series, that is a false alarm. *Asymptote refused* and the coverage are those of the true form, fitted"
    " alone: of asymptote, gain and rate among the series where they were stated, of the mean curve over all trials of"
    " all series.",
    "Means": "The interval of the mean of any numbers, and that of `felt` for ratings: normal, standard deviation"
    f" {RATING_SD:g}, rounded to 1–5, around {USUAL:g} (*usual*) or {NEAR_BEST:g} (*near the best*, where most ratings"
    " are 5).",
    "Progress": "`progress` between two stretches without a change, and within a steady rise of"
    f" {RISE:g} standard deviations of the noise from the first trial to the last. *False alarms*: the interval"
    " excludes 0 though nothing changed; in all other series it covers the truth. *Found*: the whole interval is"
    " above 0.",
}


def _row(job: tuple[Callable[..., Row], tuple, int]) -> Row:
    make, cell, series = job
    return make(*cell, series)


def tables(series: int, *, processes: int = 1) -> dict[str, pd.DataFrame]:
    """Return all tables, by title, from this many simulated series per row."""
    jobs = [(make, cell, series) for make, cells in STUDIES.values() for cell in cells]
    rows = iter(_rows(jobs, processes))
    return {title: pd.DataFrame(itertools.islice(rows, len(cells))) for title, (_, cells) in STUDIES.items()}


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
    for title, table in found.items():
        parts += [f"### {title}", ABOUT[title], _grid(table), _reading(table, SIZES[title])]
    return "\n\n".join(parts)


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
    form = table.get("true form", pd.Series("", index=table.index)).rename("form")
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
