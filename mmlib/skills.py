"""Skill cards: what a learner knows about a skill beforehand, one table per skill in skills.toml."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import tomlkit
from filelock import FileLock
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Table

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
ZONE = "tz"  # the one field of a skills.toml that is no card


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
    return cards_table(_cards(_parsed(_text(path).replace("\r\n", "\n"), path.name)))


def folder_zone(path: str | Path) -> str | None:
    """Return the time zone that a skills.toml names above its cards (`tz = "Europe/Berlin"`), if it does.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "skills.toml"
    >>> _ = file.write_text('tz = "Europe/Berlin"\\n[juggling]\\nunit = "catches"\\n')
    >>> folder_zone(file)
    'Europe/Berlin'
    """
    path = Path(path)
    zone = _parsed(_text(path).replace("\r\n", "\n"), path.name).get(ZONE)
    return str(zone) if isinstance(zone, str) else None


def _cards(document: tomlkit.TOMLDocument) -> dict[str, dict]:
    return {skill: card for skill, card in document.unwrap().items() if not _is_zone(skill, card)}


def _is_zone(name: str, value: object) -> bool:
    return name == ZONE and isinstance(value, str)


def _text(path: Path) -> str:
    """Return a file's text with its own line ends; nothing where it isn't there."""
    try:
        return path.read_bytes().decode("utf-8-sig") if path.exists() else ""
    except UnicodeDecodeError:
        advice = "Save the file again with the encoding UTF-8."
        raise CardError([Problem(path.name, None, "", "bytes that are not UTF-8", "text in UTF-8", advice)]) from None


def _parsed(text: str, file: str) -> tomlkit.TOMLDocument:
    """Return a skills.toml as tomlkit holds it, if all its cards are good."""
    try:
        document = tomlkit.parse(text)
    except TOMLKitError as error:
        found, advice = f"text that is not TOML ({error})", 'Write a card as [juggling] and then unit = "catches".'
        raise CardError([Problem(file, None, "", found, "one table per skill", advice)]) from None
    problems = [problem for skill, card in document.unwrap().items() for problem in _problems(file, skill, card)]
    if problems:
        raise CardError(problems)
    return document


def _problems(file: str, skill: str, card: object) -> Iterable[Problem]:
    if _is_zone(skill, card):
        return
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
    rows = [{"skill": skill, **card} for skill, card in cards.items()]
    said = {name: [str(row.get(name) or "").strip() or None for row in rows] for name in ("skill", *FIELDS)}
    said["target"] = [row.get("target") for row in rows]
    columns = {name: pd.array(said[name], dtype="float64" if name == "target" else TEXT) for name in said}
    return pd.DataFrame({**columns, "has_card": True}, index=range(len(rows)))


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
    if set(cards) <= set(read_skills(path)["skill"]):
        return []
    with _locked(path):
        text = _text(path)
        there = _cards(_parsed(text, path.name))
        new = {skill: dict(card) for skill, card in cards.items() if skill not in there}
        if new:
            replace_file(path.resolve(), _with_more(text, new))
    return list(new)


def save_card(path: str | Path, skill: str, fields: Mapping[str, object]) -> list[str]:
    """Write fields of one skill's card into a skills.toml, and return the names of those that changed.

    Fields that are not named stay as they are; so do the comments and the other cards, byte for byte. The file is
    locked meanwhile, replaced as a whole, and only by one that `read_skills` takes.

    Parameters
    ----------
    path : str or Path
        The skills.toml; it is made if it isn't there.
    skill : str
        Whose card it is; a card that isn't there is added at the end.
    fields : mapping
        Values by field (see `FIELDS`). An empty text or None takes the field out of the card.

    Returns
    -------
    list of str
        The fields that were set or taken out.

    Raises
    ------
    CardError
        If the file, or a field, is bad, or the card is written in a way that cannot be changed from here. The file
        stays as it was.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "skills.toml"
    >>> _ = file.write_text('[juggling]  # my first\\nunit = "throws"\\n')
    >>> save_card(file, "juggling", {"unit": "catches", "target": 100, "self": ""})
    ['unit', 'target']
    >>> print(file.read_text(), end="")
    [juggling]  # my first
    unit = "catches"
    target = 100
    """
    path, skill = Path(path), skill.strip()
    wanted = {name: _tidy(value) for name, value in fields.items()}
    problems = [*_problems(path.name, skill, {name: value for name, value in wanted.items() if value is not None})]
    if not skill:
        problems.append(Problem(path.name, None, "", "no name", "the skill's name", "Write one, such as juggling."))
    if problems:
        raise CardError(problems)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _locked(path):
        text = _text(path)
        windows = "\n" in text and text.count("\n") == text.count("\r\n")
        plain = text.replace("\r\n", "\n") if windows else text
        card = _cards(_parsed(plain, path.name)).get(skill, {})
        changed = {name: value for name, value in wanted.items() if value != card.get(name)}
        if changed:
            new = _with_changes(plain, path.name, skill, changed)
            replace_file(path.resolve(), new.replace("\n", "\r\n") if windows else new)
    return list(changed)


def _locked(path: Path) -> FileLock:
    return FileLock(path.with_name(f".{path.name}.lock"), timeout=30)


def _tidy(value: object) -> object:
    """Return a field's value as a card holds it: whole numbers as such, nothing as None."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return (value.strip() or None) if isinstance(value, str) else value


def _with_more(text: str, cards: Mapping[str, Mapping]) -> str:
    """Return the text of a skills.toml with new cards at its end."""
    return text.rstrip("\n") + ("\n\n" if text.strip() else "") + tomlkit.dumps(cards)


def _with_changes(text: str, file: str, skill: str, changed: Mapping[str, object]) -> str:
    """Return the text of a skills.toml with other values in one card; what it says is checked by reading it again."""
    document = _parsed(text, file)
    cards = _cards(document)
    wanted = {name: value for name, value in {**cards.get(skill, {}), **changed}.items() if value is not None}
    if skill not in document:
        new = _with_more(text, {skill: {name: wanted[name] for name in FIELDS if name in wanted}})
    else:
        if isinstance(document[skill], Table):
            _change(document[skill], changed)
        new = tomlkit.dumps(document)
    try:
        if _cards(_parsed(new, file)) == cards | {skill: wanted}:
            return new
    except CardError:
        pass
    found, expected = "a card written in one line or with dots", f"it under a line [{tomlkit.key(skill).as_string()}]"
    raise CardError([Problem(file, None, skill, found, expected, "Change it in the file itself.")])


def _change(card: Table, changed: Mapping[str, object]) -> None:
    """Give a card other values; new fields follow the last one there, before the remarks on the next card."""
    new = {name: changed[name] for name in FIELDS if name in changed and name not in card}
    for name in changed.keys() - new.keys():
        if changed[name] is None:
            del card[name]
        else:
            card[name] = changed[name]
    # tomlkit itself would add a field after those remarks, so it goes to the end of the line before them.
    last = card[list(card)[-1]] if len(card) else card
    last.trivia.trail = (last.trivia.trail or "\n") + tomlkit.dumps(new)
