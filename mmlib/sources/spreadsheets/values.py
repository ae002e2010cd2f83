"""The values of one of the log's columns, as text in a form that the log takes."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pandas as pd

from mmlib.log import forms
from mmlib.log.schema import TEXT
from mmlib.sources.reading import moment_of, on_the_wall
from mmlib.sources.spreadsheets.grid import Grid
from mmlib.sources.spreadsheets.mapping import UNITS, UNIX, Mapping


def column(grid: Grid, mapping: Mapping, name: str, tz: str | None) -> list[str | None]:
    """Return what each row of a table holds for a column of the log; what cannot be read stays as it is written."""
    if name not in mapping.columns:
        return [mapping.fixed[name]] * len(grid.rows)
    parts = [grid.column(own) for own in mapping.columns[name]]
    texts = [" ".join(filter(None, values)) for values in zip(*parts, strict=True)]
    if name == "start":
        texts = _starts(texts, mapping, tz)
    if name == "minutes" and mapping.forms.get("minutes", "minutes") != "minutes":
        texts = _minutes(texts, mapping, "," if mapping.decimal == "," or grid.separator == ";" else ".")
    renamed = mapping.rename.get(name, {})
    kept = [renamed.get(text, text) or mapping.fixed.get(name, "") for text in texts]
    return [text or None for text in kept]


def _starts(texts: list[str], mapping: Mapping, tz: str | None) -> list[str]:
    form = mapping.forms.get("start", "")
    moments = [_unix(text, UNIX[form]) if form in UNIX else _moment(text, form) for text in texts]
    zone = ZoneInfo(mapping.zone) if mapping.zone else None
    return [
        text if moment is None else on_the_wall(moment.replace(tzinfo=moment.tzinfo or zone), tz).isoformat(" ")
        for text, moment in zip(texts, moments, strict=True)
    ]


def _moment(text: str, form: str) -> datetime | None:
    if form:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            return None
    moment = moment_of(text)
    if moment is None:
        plain = forms.times(pd.Series([text], dtype=TEXT))[0]
        moment = None if pd.isna(plain) else plain.to_pydatetime()
    return moment


def _unix(text: str, each: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(float(text) / each, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _minutes(texts: list[str], mapping: Mapping, decimal: str) -> list[str]:
    """Return plain numbers of another unit as minutes; 1:30 and 90 min say themselves what they are."""
    numbers = forms.numbers(pd.Series(texts, dtype=TEXT), decimal=decimal) * UNITS[mapping.forms["minutes"]]
    return [text if pd.isna(number) else f"{number:.6f}" for text, number in zip(texts, numbers, strict=True)]
