"""A practice folder: the log, the skill cards and the milestones, loaded together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from mmlib import sources
from mmlib.errors import LogFormatError, PracticeError, Problem, did_you_mean
from mmlib.log import TEXT, append_sessions, data_dictionary, empty_log, read_log, replace_file, write_log
from mmlib.log.database import TABLE, is_database, read_database
from mmlib.log.derived import through
from mmlib.log.order import in_order, numbered
from mmlib.skills import add_cards, all_skills, cards_table, folder_zone, joined, read_skills

STARTER = Path(__file__).parent / "starter"
MILESTONES = ("learner", "date", "kind", "skill", "field", "note")


@dataclass(frozen=True)
class Practice:
    """What a practice folder holds.

    Attributes
    ----------
    log : DataFrame
        One row per practice session: the log's columns (data/README.md) and the card's `domain`, `unit`,
        `better`, `target`; an empty `self` is filled from the card. Sorted by learner and start.
    skills : DataFrame
        One row per skill: its card's fields, the six parts, and `has_card`.
    milestones : DataFrame
        learner, date, kind, skill, field, note.
    """

    log: pd.DataFrame
    skills: pd.DataFrame
    milestones: pd.DataFrame

    def only(
        self, learner: str | None = None, skills: Sequence[str] = (), since: object = None, until: object = None
    ) -> Practice:
        """Return the part of it that belongs to one learner, some skills and a span of time.

        Parameters
        ----------
        learner, skills, since, until
            As for `load`.

        Raises
        ------
        PracticeError
            If there is no such learner or skill, or a date is none.
        """
        log, cards, milestones = self.log, self.skills, self.milestones
        if learner:
            log, milestones = _only(log, learner), milestones[milestones["learner"] == learner]
        if len(skills or ()):
            names = _known(skills, {*self.log["skill"].unique(), *cards["skill"]})
            log, cards, milestones = (table[table["skill"].isin(names)] for table in (log, cards, milestones))
        log = _between(log, "start", since, until)
        milestones = _between(milestones, "date", since, until)
        return Practice(log, cards.reset_index(drop=True), milestones.reset_index(drop=True))


def load(
    path: str | Path,
    learner: str | None = None,
    since: object = None,
    until: object = None,
    errors: str = "raise",
    *,
    skills: Sequence[str] = (),
    table: str = TABLE,
) -> Practice:
    """Load a practice folder, one log file, or a log in a database.

    Parameters
    ----------
    path : str or Path
        A folder with log.csv or log/*.csv, log/*.parquet (all files are one log), and optionally skills.toml
        and milestones.csv; or a single log file, beside which cards and milestones are looked for; or a database's
        URL, such as "sqlite:///practice.db" or "postgresql://me@localhost/practice", which holds neither.
    learner : str, optional
        Only this learner; an empty text means all.
    since, until : date or datetime, optional
        Only sessions that started from `since` through `until`; a date without a time means its whole day, an empty
        text no limit.
    errors : {"raise", "quarantine"}
        Whether bad rows raise, or are set aside in a file beside the log with a `SetAsideWarning`.
    skills : sequence of str, optional
        Only these skills, their cards and milestones; none named means all.
    table : str
        For a database: the log's table, or a SELECT that gives the log's columns.

    Returns
    -------
    Practice
        `log`, `skills` and `milestones`.

    Raises
    ------
    PracticeError
        If there is no log, database or table, no such learner or skill, or a date is none.
    LogFormatError, CardError
        If the log or the cards are bad; every problem is named.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "log.csv").write_text("skill,start,minutes\\njuggling,2026-10-31 18:30,15\\n")
    >>> load(folder).log[["learner", "skill", "minutes"]].values.tolist()
    [['me', 'juggling', 15.0]]
    """
    whole = _in_a_database(str(path), table, errors) if is_database(path) else _in_files(Path(path), errors)
    part = whole.only(learner, skills, since, until)
    numbers, names = numbered(part.log["skill"])
    whole = joined(part.log, part.skills, numbers, names).reset_index(drop=True)
    return Practice(whole, all_skills(part.skills, names), part.milestones)


def _in_files(path: Path, errors: str) -> Practice:
    logs = [read_log(file, errors=errors) for file in log_files(path)]
    log = in_order(pd.concat(logs, ignore_index=True)) if len(logs) > 1 else logs[0]
    folder = path if path.is_dir() else path.parent
    return Practice(log, read_skills(folder / "skills.toml"), read_milestones(folder / "milestones.csv"))


def _in_a_database(url: str, table: str, errors: str) -> Practice:
    return Practice(read_database(url, table, errors=errors), cards_table({}), _no_milestones())


def log_files(path: Path) -> list[Path]:
    """Return the files that are a practice folder's log."""
    if path.is_file():
        return [path]
    if not path.exists():
        beside = [entry.name for entry in path.parent.iterdir() if entry.is_dir()] if path.parent.is_dir() else []
        near = did_you_mean(path.name, beside) if beside else ""
        hint = near if near.startswith("Did") else "Make a practice folder with: mm init " + path.name
        raise PracticeError(f"{path}: no such folder or file. {hint}")
    found = [path / "log.csv"] if (path / "log.csv").is_file() else []
    parts = sorted([*(path / "log").glob("*.csv"), *(path / "log").glob("*.parquet")])
    found += [file for file in parts if not file.name.endswith(".quarantine.csv")]
    if not found:
        there = ", ".join(sorted(entry.name for entry in path.iterdir())[:8]) or "nothing"
        raise PracticeError(
            f"{path}: found {there}, expected log.csv, or files in log/. "
            "Name the practice folder, or make one with: mm init DIR"
        )
    return found


def read_milestones(path: str | Path) -> pd.DataFrame:
    """Return the milestones in a milestones.csv: learner, date, kind, skill, field, note; none if it isn't there."""
    path = Path(path)
    if not path.exists():
        return _no_milestones()
    try:
        table = pd.read_csv(
            path, dtype=TEXT, keep_default_na=False, na_values=[""], encoding="utf-8-sig", index_col=False
        )
    except (UnicodeDecodeError, ValueError) as error:  # pandas' own errors of parsing are ValueErrors
        found = f"a table that cannot be read ({str(error).splitlines()[0]})"
        advice = "Save it as CSV with the encoding UTF-8, each row with as many values as the header."
        raise LogFormatError([Problem(path.name, None, "", found, f"CSV: {', '.join(MILESTONES)}", advice)]) from None
    unknown = [name for name in table.columns if name not in MILESTONES]
    missing = [name for name in ("date", "kind") if name not in table]
    problems = [
        Problem(path.name, 1, name, "an unknown column", "a milestone's column", did_you_mean(name, MILESTONES))
        for name in unknown
    ]
    problems += [Problem(path.name, 1, name, "no such column", "it in each row", "Add it.") for name in missing]
    if not problems:
        dates = pd.to_datetime(table["date"], format="ISO8601", errors="coerce")
        problems = [
            Problem(path.name, row + 2, "date", f'"{table["date"][row]}"', "a date", "Write 2026-10-31.")
            for row in table.index[dates.isna()]
        ]
    if problems:
        raise LogFormatError(problems)
    table = table.reindex(columns=list(MILESTONES)).astype(TEXT).assign(date=dates.astype("datetime64[us]"))
    return table.assign(learner=table["learner"].fillna("me"))


def _no_milestones() -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=TEXT) for name in MILESTONES}).astype({"date": "datetime64[us]"})


def _only(log: pd.DataFrame, learner: str) -> pd.DataFrame:
    chosen = log[log["learner"] == learner]
    if chosen.empty and not log.empty:
        raise PracticeError(f'No learner "{learner}" in the log. {did_you_mean(learner, sorted(set(log["learner"])))}')
    return chosen


def _known(skills: Sequence[str], names: set[str]) -> list[str]:
    chosen = [skills] if isinstance(skills, str) else list(skills)
    for skill in chosen:
        if skill not in names:
            raise PracticeError(f'No skill "{skill}" in the log or the cards. {did_you_mean(skill, sorted(names))}')
    return chosen


def _between(table: pd.DataFrame, column: str, since: object, until: object) -> pd.DataFrame:
    if since not in (None, ""):
        table = table[table[column] >= _moment("since", since)]
    if until not in (None, ""):
        table = table[table[column] <= through(_moment("until", until))]
    return table


def _moment(name: str, value: object) -> pd.Timestamp:
    try:
        moment = pd.Timestamp(value)
    except (ValueError, TypeError):
        moment = pd.NaT
    if pd.isna(moment):
        raise PracticeError(f'{name}: found "{value}", expected a date. Write 2026-10-31.')
    return moment


def new_practice(folder: str | Path) -> list[Path]:
    """Make a practice folder: an empty log, two example cards and a README that explains every column.

    Parameters
    ----------
    folder : str or Path
        It is made if it isn't there; what is in it already stays as it is.

    Returns
    -------
    list of Path
        The files that were made.

    Examples
    --------
    >>> import tempfile
    >>> [file.name for file in new_practice(tempfile.mkdtemp())]
    ['log.csv', 'skills.toml', 'README.md']
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    made = [folder / name for name in ("log.csv", "skills.toml", "README.md") if not (folder / name).exists()]
    for file in made:
        if file.name == "log.csv":
            write_log(empty_log(), file)
        else:
            starter = (STARTER / file.name).read_text(encoding="utf-8")
            replace_file(file, starter.replace("<!-- columns -->\n", data_dictionary()))
    return made


def add_export(
    folder: str | Path,
    tool: str | None,
    file: str | Path,
    *,
    learner: str = "me",
    tz: str | None = None,
    mapping: str | Path | None = None,
) -> dict[str, int | str]:
    """Import a tool's export into a practice folder; what is there already is not added again.

    Parameters
    ----------
    folder : str or Path
        The practice folder; it is made if it isn't there.
    tool : str or None
        One of `mmlib.sources.tools()`; None recognises the file.
    file : str or Path
        The export.
    learner : str
        Whose practice it is.
    tz : str, optional
        The learner's time zone, such as "Europe/Berlin", for tools that store universal time. Without one, the
        folder's (`tz` in skills.toml); without that, the system's.
    mapping : str or Path, optional
        The TOML file that says what in the export is what, for the tools that need one.

    Returns
    -------
    dict
        The `tool`; how many records were `read`, `added`, `known` already and `set_aside`; `skills` in the export.

    Raises
    ------
    SourceError
        If the tool is unknown, or the file as a whole cannot be read.
    """
    folder = Path(folder)
    tool = tool or sources.recognised(file)
    tz = tz or folder_zone(folder / "skills.toml")
    sessions = sources.read(tool, file, learner=learner, tz=tz, mapping=mapping)
    aside = sources.set_aside(sessions)
    source, own = sources.source(tool), sessions.attrs.get("cards") or {}
    cards = {skill: own.get(skill, source.CARD) for skill in sorted(set(sessions["skill"]))}
    sessions.attrs = {}
    folder.mkdir(parents=True, exist_ok=True)
    added = append_sessions(folder / "log.csv", sessions)
    add_cards(folder / "skills.toml", {skill: card for skill, card in cards.items() if card})
    if len(aside):
        kept = folder / f"{Path(file).stem}.set-aside.csv"
        replace_file(kept, aside.to_csv(index=False, lineterminator="\n"))
    return {
        "tool": tool,
        "read": len(sessions) + len(aside),
        "added": added,
        "known": len(sessions) - added,
        "set_aside": len(aside),
        "skills": sessions["skill"].nunique(),
    }
