"""The rules: which window is which skill, as a small TOML file says it."""

from __future__ import annotations

import re
import tomllib
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmlib.errors import did_you_mean
from mmlib.sources.reading import clean, refused, short, text_of

FIELDS = ("app", "title", "url", "file", "project", "language", "label")  # what watchers say of an event
EXPECTED = "a TOML file with a table for each skill"
EXAMPLE = 'Write for example [guitar] and, on the next line, app = "Guitar Pro|TuxGuitar" into a file rules.toml'
SETTINGS = ("gap", "shortest")
LONGEST = 1440  # minutes


@dataclass(frozen=True)
class Rules:
    """What a rule file says.

    Attributes
    ----------
    skills : dict
        By skill the alternatives: each a regular expression by field, all of which must be found.
    idle : frozenset
        The skills that count while keyboard and mouse rest.
    gap, shortest : float
        Minutes: what lies no further apart is one session, and what is shorter is none.
    """

    skills: dict[str, list[dict[str, re.Pattern]]]
    idle: frozenset[str]
    gap: float = 5.0
    shortest: float = 1.0

    def skill(self, said: tuple[str, ...]) -> str | None:
        """Return the first skill that an event fits, by what is said of it in the order of `FIELDS`."""
        values = dict(zip(FIELDS, said, strict=True))
        for skill, alternatives in self.skills.items():
            for patterns in alternatives:
                if all(pattern.search(values[name]) for name, pattern in patterns.items()):
                    return skill
        return None


def read_rules(path: str | Path) -> Rules:
    """Return what a rule file says.

    Raises
    ------
    SourceError
        If it is not there, is no TOML, or says something that is not understood.
    """
    text, file = text_of(path, expected=EXPECTED, advice=f"{EXAMPLE}."), Path(path).name
    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise refused(file, f"TOML that cannot be read ({clean(str(error))})", EXPECTED, f"{EXAMPLE}.") from None
    settings = {name: tables.pop(name) for name in SETTINGS if not isinstance(tables.get(name, {}), dict | list)}
    for name, value in settings.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LONGEST:
            raise refused(file, f"{name} = {short(value)}", f"minutes from 0 to {LONGEST}", f"Write {name} = 5.")
    skills, idle = {}, set()
    for name, said in tables.items():
        skill = clean(name) or "unnamed"
        alternatives = said if isinstance(said, list) else [said]
        if not alternatives or not all(isinstance(one, dict) for one in alternatives):
            raise refused(file, f"{short(name)} without a table", EXPECTED, f"{EXAMPLE}.")
        skills[skill] = [_patterns(one, skill, file) for one in alternatives]
        idle |= {skill for one in alternatives if one.get("idle")}
    if not skills:
        raise refused(file, "no rules", EXPECTED, f"{EXAMPLE}.")
    return Rules(skills, frozenset(idle), **settings)


def _patterns(table: dict[str, Any], skill: str, file: str) -> dict[str, re.Pattern]:
    """Return the expressions of one of a skill's tables."""
    found = {}
    for name, value in table.items():
        if name == "idle" and isinstance(value, bool):
            continue
        if name not in FIELDS:
            expected = f"one of {', '.join(FIELDS)}, or idle = true"
            raise refused(file, f"{short(name)} in the rule [{skill}]", expected, did_you_mean(name, FIELDS))
        found[name] = _pattern(value, f"{name} = {short(value)} in the rule [{skill}]", file)
    if not found:
        advice = f"{EXAMPLE}."
        raise refused(file, f"nothing to look for in the rule [{skill}]", f"one of {', '.join(FIELDS)}", advice)
    return found


def _pattern(value: object, shown: str, file: str) -> re.Pattern:
    try:
        with warnings.catch_warnings(action="ignore"):  # what Python may read otherwise one day
            return re.compile(value, re.IGNORECASE)
    except (re.error, TypeError, ValueError, OverflowError, RecursionError) as error:
        advice = f"It says: {clean(str(error))}. Put a backslash before a sign that means itself, as in 'C\\+\\+'."
        raise refused(file, shown, "a regular expression", advice) from None
