"""Skill cards: what a learner knows about a skill beforehand, one table per skill in skills.toml."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import tomlkit
from tomlkit.exceptions import TOMLKitError

from mmlib.errors import CardError, Problem, did_you_mean
from mmlib.log import CARD_COLUMNS, TEXT, replace_file
from mmlib.log.order import numbered
from mmlib.log.schema import blank

SIX_PARTS = (
    "entry_trick",
    "rub_pat_barrier",
    "background_support",
    "payoff",
    "repeatability",
    "experimental_possibilities",
)
FIELDS = ("title", "domain", "unit", "better", "target", "self", *SIX_PARTS)
BETTER = ("higher", "lower")


def read_skills(path: str | Path) -> pd.DataFrame:
    """Return the skill cards in a skills.toml.

    Parameters
    ----------
    path : str or Path
        One TOML table per skill, with any of the fields title, domain, unit, better ("higher" or "lower"),
        target (in the unit), self, and the six parts as texts. A file that isn't there holds no cards.

    Returns
    -------
    DataFrame
        One row per skill: `skill`, the fields, and `has_card` (True).

    Raises
    ------
    CardError
        Names every unknown field and every value of the wrong kind.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "skills.toml"
    >>> _ = file.write_text('[juggling]\\nunit = "catches"\\ntarget = 100\\n')
    >>> read_skills(file)[["skill", "unit", "target"]].values.tolist()
    [['juggling', 'catches', 100.0]]
    """
    path = Path(path)
    if not path.exists():
        return cards_table({})
    try:
        cards = tomlkit.parse(path.read_text(encoding="utf-8-sig")).unwrap()
    except TOMLKitError as error:
        found, advice = f"text that is not TOML ({error})", 'Write a card as [juggling] and then unit = "catches".'
        raise CardError([Problem(path.name, None, "", found, "one table per skill", advice)]) from None
    except UnicodeDecodeError:
        advice = "Save the file again with the encoding UTF-8."
        raise CardError([Problem(path.name, None, "", "bytes that are not UTF-8", "text in UTF-8", advice)]) from None
    problems = [problem for skill, card in cards.items() for problem in _problems(path.name, skill, card)]
    if problems:
        raise CardError(problems)
    return cards_table(cards)


def _problems(file: str, skill: str, card: object) -> Iterable[Problem]:
    if not isinstance(card, Mapping):
        advice = f'Write the card\'s skill first, as [juggling], then {skill} = "…".'
        yield Problem(file, None, skill, "a field outside of any card", "one table per skill", advice)
        return
    for field, value in card.items():
        where = f"{skill}.{field}"
        if field not in FIELDS:
            found, advice = "a field that cards do not have", f"{did_you_mean(field, FIELDS)} Rename it or take it out."
            yield Problem(file, None, where, found, "a card's field", advice)
        elif field == "better" and value not in BETTER:
            yield Problem(file, None, where, f'"{value}"', '"higher" or "lower"', did_you_mean(str(value), BETTER))
        elif field == "target" and (isinstance(value, bool) or not isinstance(value, int | float)):
            yield Problem(file, None, where, f'"{value}"', "a number in the skill's unit", "Write 100.")
        elif field not in ("better", "target") and not isinstance(value, str):
            yield Problem(file, None, where, str(value), "a text", f'Write {field} = "…".')


def cards_table(cards: Mapping[str, Mapping]) -> pd.DataFrame:
    """Return cards, as skills.toml holds them, as a table with one row per skill."""
    table = pd.DataFrame([{"skill": skill, **card} for skill, card in cards.items()], columns=["skill", *FIELDS])
    table = table.astype({name: "float64" if name == "target" else TEXT for name in table.columns})
    text = [name for name in table.columns if name != "target"]
    table[text] = table[text].apply(lambda column: column.str.strip()).replace("", np.nan)
    return table.assign(has_card=True)


def known_skills(skills: pd.DataFrame, log: pd.DataFrame) -> pd.DataFrame:
    """Return the cards and, with `has_card` False, the skills of a log that have none, by name."""
    return all_skills(skills, log["skill"].unique())


def all_skills(skills: pd.DataFrame, names: Iterable[str]) -> pd.DataFrame:
    """Return the cards and, with `has_card` False, the skills of these names that have none, by name."""
    cardless = sorted(set(names) - set(skills["skill"]))
    if not cardless:
        return skills
    more = cards_table({skill: {} for skill in cardless}).assign(has_card=False)
    return pd.concat([skills, more], ignore_index=True)


def with_cards(log: pd.DataFrame, skills: pd.DataFrame) -> pd.DataFrame:
    """Return the log with its cards' `domain`, `unit`, `better` and `target`; an empty `self` is the card's."""
    return joined(log, skills, *numbered(log["skill"]))


def joined(log: pd.DataFrame, skills: pd.DataFrame, numbers: np.ndarray, names: pd.Index) -> pd.DataFrame:
    """Return the log with its cards, where each row's skill is known by its number among the names."""
    cards = skills.set_index("skill").reindex(names)
    with ThreadPoolExecutor() as threads:
        spread = threads.map(lambda name: _spread(cards[name], numbers, log.index), (*CARD_COLUMNS, "self"))
        *fields, self_of_card = spread
    columns = {name: log[name] for name in log} | dict(zip(CARD_COLUMNS, fields, strict=True))
    own = log["self"]
    columns["self"] = self_of_card if own.isna().all() else own.fillna(self_of_card).astype(TEXT)
    return pd.DataFrame({name: columns[name] for name in [*log.columns, *CARD_COLUMNS]}, copy=False)


def _spread(values: pd.Series, numbers: np.ndarray, index: pd.Index) -> pd.Series:
    """Return each row's value, by the row's number among the values."""
    if values.isna().all():
        return blank(values.dtype, len(index)).set_axis(index)
    return pd.Series(values.array.take(numbers), index=index, copy=False)


def add_cards(path: str | Path, cards: Mapping[str, Mapping]) -> list[str]:
    """Add cards for skills that have none to a skills.toml, and return their names; what is there stays as it is.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "skills.toml"
    >>> add_cards(file, {"3x3": {"unit": "seconds", "better": "lower"}})
    ['3x3']
    >>> add_cards(file, {"3x3": {"unit": "minutes"}})
    []
    """
    path = Path(path)
    there = set(read_skills(path)["skill"])
    new = {skill: dict(card) for skill, card in cards.items() if skill not in there}
    if new:
        text = path.read_text(encoding="utf-8-sig") if path.exists() else ""
        gap = "\n" if text.strip() else ""
        replace_file(path, text.rstrip("\n") + ("\n" if text.strip() else "") + gap + tomlkit.dumps(new))
    return list(new)
