"""The mapping: which column of a table is which of the log, as a small TOML file says it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomlkit

from mmlib.errors import Problem, SourceError, did_you_mean
from mmlib.log.schema import COLUMNS, REQUIRED
from mmlib.sources.reading import checked_zone

if TYPE_CHECKING:
    from mmlib.sources.spreadsheets.grid import Grid

UNITS = {"minutes": 1.0, "hours": 60.0, "seconds": 1 / 60, "milliseconds": 1 / 60_000}
UNIX = {"unix": 1, "unix ms": 1000}
CARD_FIELDS = ("unit", "better", "domain")
ADVICE = "See docs/sources.md, or let one be proposed with: mm import csv FILE --guess"


@dataclass(frozen=True)
class Mapping:
    """What a mapping file says.

    Attributes
    ----------
    columns : dict
        By column of the log, the names of the table's columns whose values it gets; several are joined by a blank.
    fixed : dict
        By column of the log, the value that all rows have.
    forms : dict
        `start`: a date's form ("%d/%m/%Y %H:%M", "unix", "unix ms"); `minutes`: "hours", "seconds", "milliseconds".
    rename : dict
        By column of the log, what values become.
    card : dict
        `unit`, `better` and `domain` for the cards of new skills.
    sheet, header, separator, encoding, decimal, zone
        Where the table is not as usual: the sheet's name, the row of the names, the separator, the encoding, the
        decimal mark, the zone of its times.
    """

    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    fixed: dict[str, str] = field(default_factory=dict)
    forms: dict[str, str] = field(default_factory=dict)
    rename: dict[str, dict[str, str]] = field(default_factory=dict)
    card: dict[str, str] = field(default_factory=dict)
    sheet: str = ""
    header: int = 0
    separator: str = ""
    encoding: str = ""
    decimal: str = ""
    zone: str = ""
    file: str = "mapping"

    @property
    def names(self) -> list[str]:
        """The log's columns that are filled."""
        return [name for name in COLUMNS if name in self.columns or name in self.fixed]

    def shown(self, name: str) -> str:
        """Return a column of the log by the names that it has in the table."""
        return " and ".join(self.columns.get(name, (name,)))

    def fits(self, grid: Grid) -> None:
        """Raise a SourceError where the mapping names a column that the table has not."""
        problems = [
            Problem(self.file, None, f"columns.{name}", f'"{one}"', f"a column of {grid.file}", _near(one, grid.names))
            for name, ones in self.columns.items()
            for one in ones
            if one not in grid.names
        ]
        if problems:
            raise SourceError(problems)


def _near(name: str, names: Iterable[str]) -> str:
    return did_you_mean(name, [each for each in names if each])


def read_mapping(path: str | Path) -> Mapping:
    """Return the mapping in a TOML file.

    Raises
    ------
    SourceError
        Names everything in it that is not as it should be.
    """
    path = Path(path)
    try:
        said = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError:
        raise SourceError([Problem(str(path), None, "", "no such file", "a mapping in TOML", ADVICE)]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        found = f"text that is not TOML ({error})"
        raise SourceError([Problem(path.name, None, "", found, "a mapping in TOML", ADVICE)]) from None
    problems = [Problem(path.name, None, where, *wrong, ADVICE) for where, *wrong in _wrongs(said)]
    if problems:
        raise SourceError(problems)
    columns = {name: (own,) if isinstance(own, str) else tuple(own) for name, own in said.get("columns", {}).items()}
    texts = {
        name: {key: str(value) for key, value in said.get(name, {}).items()} for name in ("fixed", "forms", "card")
    }
    chosen = Mapping(**{**said, **texts, "columns": columns, "file": path.name})
    checked_zone(chosen.zone or None)
    return chosen


def _wrongs(said: dict[str, Any]) -> Iterable[tuple[str, str, str]]:
    """Yield where, what was found and what was expected."""
    known = [one.name for one in fields(Mapping) if one.name != "file"]
    for name, value in said.items():
        if name not in known:
            yield name, "a word that mappings do not have", f"one of {', '.join(known)}"
        elif name in ("columns", "fixed", "forms", "rename", "card"):
            yield from _wrong_table(name, value)
        elif name == "header" and (type(value) is not int or not 1 <= value <= 10_000):
            yield name, f'"{value}"', "the row that names the columns, such as 3"
        elif name != "header" and (not isinstance(value, str) or not value):
            yield name, f'"{value}"', "a text"
        elif (name == "separator" and len(value) != 1) or (name == "decimal" and value not in (".", ",")):
            yield name, f'"{value}"', "one character" if name == "separator" else '"." or ","'
    own, fixed = said.get("columns"), said.get("fixed", {})
    filled = {*(own if isinstance(own, dict) else ()), *(fixed if isinstance(fixed, dict) else ())}
    for name in REQUIRED:
        if name not in filled:
            yield f"columns.{name}", "nothing", "the column that holds it"


def _wrong_table(name: str, value: Any) -> Iterable[tuple[str, str, str]]:
    if not isinstance(value, dict):
        yield name, f'"{value}"', f"a table that begins with [{name}]"
        return
    known = {"forms": ("start", "minutes"), "card": CARD_FIELDS}.get(name, COLUMNS)
    for key, one in value.items():
        texts = one if isinstance(one, list) and name == "columns" else [one]
        if key not in known:
            yield f"{name}.{key}", "a name that is not known", f"one of {', '.join(known)}"
        elif name == "rename":
            if not isinstance(one, dict) or not all(isinstance(new, str) for new in one.values()):
                yield f"{name}.{key}", "something else", "old and new names"
        elif name == "forms" and key == "minutes" and one not in UNITS:
            yield f"{name}.{key}", f'"{one}"', f"one of {', '.join(UNITS)}"
        elif name == "card" and key == "better" and one not in ("higher", "lower"):
            yield f"{name}.{key}", f'"{one}"', '"higher" or "lower"'
        elif not texts or not all(isinstance(text, str) or (name == "fixed" and _number(text)) for text in texts):
            yield f"{name}.{key}", f'"{one}"', "a text"


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def written(mapping: Mapping) -> str:
    """Return a mapping as the TOML that `read_mapping` reads.

    Examples
    --------
    >>> print(written(Mapping({"skill": ("What",), "start": ("Day", "Hour")})))
    [columns]
    skill = "What"
    start = ["Day", "Hour"]
    <BLANKLINE>
    """
    document = tomlkit.document()
    for name in ("sheet", "header", "separator", "encoding", "decimal", "zone"):
        if getattr(mapping, name):
            document[name] = getattr(mapping, name)
    columns = {name: own[0] if len(own) == 1 else list(own) for name, own in mapping.columns.items()}
    for name, table in {
        "columns": columns,
        **{name: getattr(mapping, name) for name in ("fixed", "forms", "rename", "card")},
    }.items():
        if table:
            document[name] = table
    return tomlkit.dumps(document)
