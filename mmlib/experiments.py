"""The files of a randomised experiment: its plan as a table and as a calendar, beside the log."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import icalendar
import pandas as pd

from mmlib.errors import MMError, PracticeError
from mmlib.log import replace_file
from mmlib.words import capital

MINUTES = 20


def write_plan(plan: pd.DataFrame, folder: str | Path, *, minutes: int = MINUTES) -> list[Path]:
    """Write a plan beside the log: a table, which `experiment_effect` reads, and a calendar for the phone.

    A plan that is there already stays: a schedule that may be drawn again until it pleases is not drawn at random.

    Parameters
    ----------
    plan : DataFrame
        What `synergy.plan_experiment` returned.
    folder : str or Path
        The practice folder.
    minutes : int, default 20
        How much practice of the second skill the calendar asks for on a day "with".

    Returns
    -------
    list of Path
        The table (CSV) and the calendar (.ics).

    Raises
    ------
    PracticeError
        If the folder is not there, or holds a plan for these two skills whose days overlap.

    Examples
    --------
    >>> import tempfile
    >>> days = pd.to_datetime(["2026-11-02", "2026-11-08"])
    >>> plan = pd.DataFrame({"block": [1], "start": days[:1], "end": days[1:], "condition": "with",
    ...                      "from_skill": "harmonica", "to_skill": "ukulele", "seed": 1})
    >>> [file.name for file in write_plan(plan, tempfile.mkdtemp())]
    ['experiment-harmonica-ukulele-2026-11-02.csv', 'experiment-harmonica-ukulele-2026-11-02.ics']
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise PracticeError(f"{folder}: no such folder. Name the practice folder, or make one with: mm init {folder}")
    _refuse_another(plan, folder)
    name = _name(plan)
    files = [folder / f"{name}.csv", folder / f"{name}.ics"]
    if files[0].exists():
        raise PracticeError(f"{files[0]}: there is such a file already. Move it, or begin on another day.")
    dated = calendar(plan, minutes=minutes)
    days = {column: plan[column].dt.strftime("%Y-%m-%d") for column in ("start", "end")}
    replace_file(files[0], plan.assign(**days).to_csv(index=False, lineterminator="\n"))
    replace_file(files[1], dated)
    return files


def _name(plan: pd.DataFrame) -> str:
    one = plan.iloc[0]
    skills = [re.sub(r"[^\w]+", "_", str(one[column])).strip("_") or "skill" for column in ("from_skill", "to_skill")]
    return f"experiment-{skills[0][:40]}-{skills[1][:40]}-{one['start']:%Y-%m-%d}"


def _refuse_another(plan: pd.DataFrame, folder: Path) -> None:
    """Refuse to draw once more what has been drawn."""
    for file in sorted(folder.glob("experiment-*.csv")):
        other = read_plan(file)
        same = all(set(other[column]) == set(plan[column]) for column in ("from_skill", "to_skill"))
        if same and other["end"].max() >= f"{plan['start'].min():%Y-%m-%d}":
            raise PracticeError(
                f"{file}: there is a plan for these two skills already, from {other['start'].min()} to "
                f"{other['end'].max()}. It is not drawn again: whoever draws until the schedule pleases chooses it, "
                "and then the test no longer holds. Follow it, or begin a new one after it has ended."
            )


def read_plan(path: str | Path) -> pd.DataFrame:
    """Return a plan's table as it was written; `experiment_effect` checks and understands it.

    Parameters
    ----------
    path : str or Path
        The CSV that `write_plan` made.

    Returns
    -------
    DataFrame
        All columns as text.

    Raises
    ------
    PracticeError
        If it is not there, or no such table.
    """
    path = Path(path)
    if not path.is_file():
        there = sorted(file.name for file in path.parent.glob("experiment-*.csv")) if path.parent.is_dir() else []
        hint = f"There are: {', '.join(there)}." if there else "Make one with: mm experiment plan"
        raise PracticeError(f"{path}: no such plan. {hint}")
    try:
        plan = pd.read_csv(path, dtype="str", encoding="utf-8-sig", keep_default_na=False)
    except (UnicodeDecodeError, ValueError) as error:
        raise PracticeError(f"{path}: cannot be read as a table ({str(error).splitlines()[0]}).") from None
    missing = [name for name in ("start", "end", "condition", "from_skill", "to_skill") if name not in plan]
    if missing:
        raise PracticeError(f"{path}: found no column {', '.join(missing)}; expected a plan of mm experiment plan.")
    return plan


def calendar(plan: pd.DataFrame, *, minutes: int = MINUTES) -> str:
    """Return a plan as an iCalendar file: one all-day event for each block.

    Parameters
    ----------
    plan : DataFrame
        What `synergy.plan_experiment` returned.
    minutes : int, default 20
        How much practice of the second skill is asked for on a day "with".

    Returns
    -------
    str
        The same plan gives the same text, so a calendar that imports it twice holds each block once.

    References
    ----------
    Desruisseaux, B. (2009). Internet calendaring and scheduling core object specification (iCalendar). RFC 5545.

    Examples
    --------
    >>> days = pd.to_datetime(["2026-11-02", "2026-11-08"])
    >>> plan = pd.DataFrame({"block": [1], "start": days[:1], "end": days[1:], "condition": "without",
    ...                      "from_skill": "harmonica", "to_skill": "ukulele", "seed": 1})
    >>> event = icalendar.Calendar.from_ical(calendar(plan)).events[0]
    >>> str(event["SUMMARY"]), str(event.start), str(event.end)
    ('No harmonica; ukulele as usual', '2026-11-02', '2026-11-09')
    """
    book = icalendar.Calendar()
    book.add("prodid", "-//mmlib//experiment//EN")
    book.add("version", "2.0")
    if minutes < 1:
        raise MMError(f"minutes: found {minutes}, expected at least 1.")
    for row in plan.to_dict("records"):
        event = icalendar.Event()
        event.add("uid", _uid(plan, row["block"]))
        event.add("dtstamp", plan["start"].min().tz_localize("UTC").to_pydatetime())
        event.add("dtstart", row["start"].date())
        event.add("dtend", (row["end"] + pd.Timedelta(days=1)).date())
        event.add("summary", _summary(row, minutes))
        event.add("description", _description(row, len(plan)))
        event.add("transp", "TRANSPARENT")
        book.add_component(event)
    return book.to_ical().decode("utf-8")


def _uid(plan: pd.DataFrame, block: int) -> str:
    one = plan.iloc[0]
    words = "\n".join([str(one["from_skill"]), str(one["to_skill"]), str(one["start"].date()), str(one["seed"])])
    return f"{hashlib.sha256(words.encode()).hexdigest()[:16]}-{block}@mmlib"


def _summary(row: dict, minutes: int) -> str:
    if row["condition"] == "with":
        return f"{capital(row['from_skill'])}: yes, at least {minutes} minutes a day; {row['to_skill']} as usual"
    return f"No {row['from_skill']}; {row['to_skill']} as usual"


def _description(row: dict, blocks: int) -> str:
    return (
        f"Block {row['block']} of {blocks} of an experiment: does {row['from_skill']} help {row['to_skill']}? "
        "Log every session of both, and follow the plan as it was drawn, also where it goes badly."
    )
