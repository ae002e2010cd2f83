"""A simulated practice folder: its tables, the truth behind them, and how they are written."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import pandas as pd
import tomlkit

from mmlib.log import COLUMNS, check_log, replace_file, write_log
from mmlib.practice import MILESTONES
from mmlib.skills import FIELDS, cards_table, with_cards


@dataclass(frozen=True, eq=False)
class Simulated:
    """A simulated practice with the truth it was made from.

    Attributes
    ----------
    log : DataFrame
        The log with its cards' columns, as `mmlib.load` gives it.
    skills : DataFrame
        One row per skill: its card's fields and `has_card`.
    milestones : DataFrame
        learner, date, kind, skill, field, note.
    truth : dict
        The model's numbers, as plain values and tables; what they mean stands with `practice` and `cohort`.
    """

    log: pd.DataFrame
    skills: pd.DataFrame
    milestones: pd.DataFrame
    truth: dict[str, Any]


def settings(name: str) -> dict[str, dict]:
    """Return the tables of a settings file of this package: one per skill, in the file's order."""
    return tomllib.loads(resources.files("mmlib.simulate").joinpath(name).read_text(encoding="utf-8"))


def cards(specs: Mapping[str, Mapping]) -> pd.DataFrame:
    """Return the skills table of settings that hold a `card` for each skill."""
    return cards_table({skill: spec["card"] for skill, spec in specs.items()})


def tidied(rows: pd.DataFrame, skills: pd.DataFrame) -> pd.DataFrame:
    """Return the rows as a checked log with all its columns and the cards joined."""
    return with_cards(check_log(rows.reindex(columns=COLUMNS)), skills)


def milestones(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the milestones with their columns and types, sorted by learner and date."""
    table = rows.reindex(columns=list(MILESTONES))
    table = table.astype({name: "str" for name in MILESTONES if name != "date"} | {"date": "datetime64[us]"})
    return table.sort_values(["learner", "date", "kind", "skill"], ignore_index=True)


def write(simulated: Simulated, folder: str | Path) -> None:
    """Write log.csv, skills.toml and milestones.csv; the same tables give the same bytes.

    Parameters
    ----------
    simulated : Simulated
        What `practice` or `cohort` returned.
    folder : str or Path
        Made where it does not exist; the three files are replaced.

    Examples
    --------
    The sample folders are made by ``simulate.write(simulate.practice(), "data/sample")`` and
    ``simulate.write(simulate.cohort(), "data/sample-cohort")``.

    >>> import tempfile
    >>> from mmlib import simulate
    >>> folder = Path(tempfile.mkdtemp())
    >>> simulate.write(simulate.practice(), folder)
    >>> sorted(path.name for path in folder.iterdir())
    ['log.csv', 'milestones.csv', 'skills.toml']
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    write_log(_without_cards(simulated), folder / "log.csv")
    replace_file(folder / "skills.toml", tomlkit.dumps(_as_toml(simulated.skills)))
    dated = simulated.milestones.assign(date=simulated.milestones["date"].dt.strftime("%Y-%m-%d"))
    replace_file(folder / "milestones.csv", dated.to_csv(index=False, lineterminator="\n"))


def _without_cards(simulated: Simulated) -> pd.DataFrame:
    log = simulated.log[list(COLUMNS)].copy()
    usual = log["skill"].map(simulated.skills.set_index("skill")["self"])
    log["self"] = log["self"].mask(log["self"] == usual)
    return log


def _as_toml(skills: pd.DataFrame) -> dict[str, dict]:
    return {
        row["skill"]: {name: _plain(row[name]) for name in FIELDS if not pd.isna(row[name])}
        for row in skills.to_dict("records")
    }


def _plain(value: str | float) -> str | float | int:
    return int(value) if isinstance(value, float) and value.is_integer() else value
