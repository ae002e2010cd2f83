"""A first mapping for a table: from the names of its columns, and from what stands in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import product
from pathlib import Path

import pandas as pd

from mmlib.errors import Problem, SourceError
from mmlib.log import forms
from mmlib.log.schema import COLUMNS, TEXT, about
from mmlib.sources.reading import moment_of
from mmlib.sources.spreadsheets.grid import Grid
from mmlib.sources.spreadsheets.mapping import UNIX, Mapping

LOOKED_AT = 500  # rows
MOSTLY = 0.9
OFTEN = 0.6  # of a column's dates: a diary has slips
# What people call the log's columns, in English, German, French and Spanish; the likelier first.
NAMES = {
    "learner": "learner student participant pupil player name who schüler lernende teilnehmer élève eleve alumno",
    "skill": "skill activity exercise habit what subject piece topic project task instrument übung uebung fertigkeit "
             "tätigkeit was thema projekt activité exercice quoi actividad ejercicio qué habilidad",
    "start": "start started begin date when day timestamp datetime time beginn datum tag wann zeitstempel "
             "début debut jour quand fecha inicio día dia cuándo",
    "minutes": "minutes mins min duration length spent hours seconds dauer minuten stunden std durée duree heures "
               "duración duracion minutos horas",
    "reps": "reps repetitions repeats attempts tries count rounds wiederholungen versuche anzahl répétitions essais "
            "repeticiones intentos",
    "successes": "successes successful hits made correct treffer erfolge réussites aciertos",
    "score": "score result points wpm speed bpm tempo level best ergebnis punkte résultat resultado puntos",
    "payoff": "payoff enjoyment fun joy reward satisfaction spaß freude plaisir disfrute",
    "praise": "praise applause feedback lob éloge elogio",
    "flow": "flow focus concentration absorbed konzentration",
    "challenge": "challenge difficulty effort rpe schwierigkeit difficulté dificultad",
    "mood_before": "mood_before", "mood_after": "mood_after mood stimmung humeur ánimo",
    "variation": "variation variant variante", "self": "self selves",
    "note": "note notes comment comments remark remarks thoughts journal notiz notizen bemerkung kommentar "
            "commentaire remarques nota notas comentario",
    "source_id": "id uuid guid",
}  # fmt: skip
CLOCKS = ("time", "hour", "uhrzeit", "zeit", "heure", "hora", "at")
UNIT_WORDS = {"hours": r"\b(h|hours?|hrs?|stunden|std|heures|horas)\b", "seconds": r"\b(s|secs?|seconds?|sekunden)\b",
              "milliseconds": r"\b(ms|milliseconds?)\b"}  # fmt: skip
DAYS = ("%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d/%m/%y", "%m/%d/%y", "%d.%m.%y", "%B %d, %Y", "%d %B %Y",
        "%b %d, %Y", "%d %b %Y", "%Y%m%d")  # fmt: skip
TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", " %Hh%M", ", %H:%M", ", %H:%M:%S", ", %I:%M %p")


def guessed(grid: Grid) -> Mapping:
    """Return a mapping that fits a table, to be looked at by the person whose table it is.

    Raises
    ------
    SourceError
        If no column holds dates, or theirs fit two orders of day and month.
    """
    known: dict[str, list[str]] = {}
    for place, name in enumerate(grid.names):
        if name and name not in known:
            known[name] = [text for _, values in grid.rows[:LOOKED_AT] if (text := values[place])]
    starts, form = _start(grid, known)
    free = [name for name in known if name not in starts]
    columns: dict[str, tuple[str, ...]] = {}
    for column in COLUMNS:
        if column == "start":
            columns["start"] = starts
        elif column in NAMES and (found := _named(column, [name for name in free if known[name]], known)):
            columns[column] = (found,)
            free.remove(found)
    fixed = {}
    if "skill" not in columns:
        few = [name for name in free if _few(known[name])]
        if few:
            columns["skill"] = (few[0],)
        else:
            fixed["skill"] = Path(grid.file).stem
    said = {"start": form} if form else {}
    if "minutes" in columns:
        units = [unit for unit, word in UNIT_WORDS.items() if _says(word, columns["minutes"][0])]
        said |= {"minutes": units[0]} if units else {}
    ordered = {column: columns[column] for column in ("skill", "start", *COLUMNS) if column in columns}
    return Mapping(columns=ordered, fixed=fixed, forms=said)


def _words(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name.casefold()).strip()


def _says(word: str, name: str) -> bool:
    return bool(re.search(word, _words(name)))


def _named(column: str, free: Sequence[str], known: dict[str, list[str]]) -> str | None:
    """Return the column of the table that is called so, and whose values can be such."""
    for word in (column, *NAMES[column].split()):
        whole = [name for name in free if _words(name) == _words(word)]
        within = [name for name in free if _words(word) in _words(name).split()]
        for name in [*whole, *within]:
            if _can_be(column, known[name]):
                return name
    return None


def _can_be(column: str, texts: list[str]) -> bool:
    kind = about(column)["kind"]
    if kind == "text":
        return True
    series = pd.Series(texts, dtype=TEXT)
    values = forms.minutes(series, decimal=",") if kind == "minutes" else forms.numbers(series, decimal=",")
    fine = values.notna() & (values >= 0 if kind in ("minutes", "whole") else True)
    if kind == "whole":
        fine &= values % 1 == 0
    if "1 to 5" in about(column)["expected"]:
        fine &= values.between(1, 5)
    return bool(fine.mean() >= MOSTLY)


def _few(texts: list[str]) -> bool:
    """Return whether texts recur, as the names of skills do."""
    numbers = forms.numbers(pd.Series(texts, dtype=TEXT), decimal=",")
    return bool(texts) and bool(numbers.isna().mean() >= MOSTLY) and len(set(texts)) <= max(3, len(texts) / 3)


def _start(grid: Grid, known: dict[str, list[str]]) -> tuple[tuple[str, ...], str]:
    """Return the columns that hold the start, and its form where the log does not take it as it stands."""
    candidates = sorted(known, key=_like_a_start)
    unclear = ""
    for name in candidates:
        found = _forms(known[name])
        if len(found) > 1:
            unclear = unclear or name
        if len(found) == 1:
            clock = None if _has_clock(known[name]) else _clock(known, name)
            if clock is None:
                return (name,), found[0]
            both = [" ".join(pair) for pair in zip(known[name], known[clock], strict=False)]
            joined = [form for form in _forms(both) if form.startswith(found[0])]
            if joined and len(known[name]) == len(known[clock]):
                return (name, clock), joined[0]
            return (name,), found[0]
    if unclear:
        found, expected = f"dates such as {known[unclear][0]}", "dates that show which number is the day"
        advice = 'Write a mapping with forms.start = "%d/%m/%Y" (day first) or "%m/%d/%Y"; see docs/sources.md.'
        raise SourceError([Problem(grid.file, None, unclear, found, expected, advice)])
    found, advice = "no column of dates", "Add one, or say with a mapping how its dates are written."
    raise SourceError([Problem(grid.file, None, "", found, "a column that says when", advice)])


def _like_a_start(name: str) -> int:
    words = _words(name).split()
    return min((place for place, word in enumerate(NAMES["start"].split()) if word in words), default=99)


def _has_clock(texts: list[str]) -> bool:
    return sum(bool(re.search(r"\d:\d\d|\dh\d\d|T\d\d", text)) for text in texts) >= OFTEN * len(texts)


def _clock(known: dict[str, list[str]], day: str) -> str | None:
    """Return a column of times of the day."""
    for name, texts in known.items():
        clocks = sum(bool(re.fullmatch(r"\d{1,2}:\d\d(:\d\d)?( ?[AaPp]\.?[Mm]\.?)?", text)) for text in texts)
        starts = any(word in _words(name).split() for word in (*CLOCKS, *NAMES["start"].split()))
        if name != day and starts and texts and clocks >= MOSTLY * len(texts):
            return name
    return None


def _forms(texts: list[str]) -> list[str]:
    """Return the forms that fit the most dates: "" for one that the log takes as it stands; several if unclear."""
    series = pd.Series(texts, dtype=TEXT)
    plain = forms.times(series).notna() | pd.Series([moment_of(text) is not None for text in texts], dtype=bool)
    seconds = forms.numbers(series)
    fits = {"": int(plain.sum())}
    fits |= {form: int((seconds / each).between(631_152_000, 4_102_444_800).sum()) for form, each in UNIX.items()}
    if max(fits.values()) < len(texts):
        fits |= {day + time: _fit(texts, day + time) for day, time in product(DAYS, TIMES)}
    most = max(fits.values())
    return [form for form, fit in fits.items() if fit == most] if most and most >= OFTEN * len(texts) else []


def _fit(texts: list[str], form: str) -> int:
    return sum(_is_date(text, form) for text in texts)


def _is_date(text: str, form: str) -> bool:
    try:
        return 1900 <= datetime.strptime(text, form).year < 2200
    except ValueError:
        return False
