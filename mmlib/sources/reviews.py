"""Review logs: flashcards asked one by one, as CSV in the form of FSRS and of the tools around it.

One row per review: one repetition, with success where the card was remembered (a rating above 1, "again"). The card's
number is the variation, so that retention is that of each card. The log's time stamp is that of the answer: the start
is that less the review's duration. The file does not name its deck: the skill is the column `deck` where there is one,
or the name of the file. Times without a zone are universal time, as FSRS has them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as arrow
from pyarrow import compute, csv

from mmlib.errors import Problem, SourceError
from mmlib.sources.reading import (
    LAST_SECOND,
    Sample,
    checked_zone,
    clean,
    log_of,
    numbered,
    refused,
    short,
    text_of,
    wall_clock,
)

TITLE = "Review logs"
CARD: dict[str, Any] = {}
EXPECTED = "a review log as CSV with card_id, review_time and review_rating"
ADVICE = "Export the review log as CSV, with one row for each review and its time."

# What each column is called, by tool; the first that is there counts.
NAMES = {
    "card": ("card_id", "card", "cid"),
    "time": ("review_time", "review_datetime", "review_date"),
    "rating": ("review_rating", "rating"),
    "duration": ("review_duration", "duration"),
    "deck": ("deck", "deck_name"),
}
_LONGEST_MS = 24 * 3_600_000
_FIRST_SECOND = 10_000_000  # April 1970: what would be earlier is seconds, days or 20261031, not milliseconds
_DATE = r"\s*\d{4}-?\d\d-?\d\d"
_AGAIN = "The record may be damaged: export again."


def read(path: str | Path, *, learner: str = "me", tz: str | None = None) -> pd.DataFrame:
    """Return the reviews in a review log as a log.

    Parameters
    ----------
    path : str or Path
        The review log (CSV), with times as ISO 8601 or in Unix milliseconds.
    learner : str
        Whose reviews they are.
    tz : str, optional
        The learner's time zone, an IANA name; the system's if left out.

    Returns
    -------
    DataFrame
        The log's columns, sorted by start: `skill` is the deck or the file's name, `minutes` the review's duration,
        `reps` 1, `successes` 0 or 1, `variation` the card. `source_id` is made of the card and the time in Unix
        milliseconds, in whichever form the file has it. Reviews read = rows + those set aside
        (`mmlib.sources.set_aside`).

    Raises
    ------
    SourceError
        If the file is no review log, has no times, or holds no review that can be read.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "kana.csv"
    >>> _ = file.write_text("card_id,review_time,review_rating,review_duration\\n7,1792413030000,3,30000\\n")
    >>> print(read(file, tz="UTC")[["skill", "start", "minutes", "successes"]].to_string(index=False))
    skill               start  minutes  successes
     kana 2026-10-19 12:30:00      0.5          1
    """
    file, tz = Path(path).name, checked_zone(tz)
    texts, rows, problems = _columns(text_of(path, expected=EXPECTED, advice=ADVICE), file)
    filled = np.logical_or.reduce([(values.str.strip() != "").to_numpy() for values in texts.values()])
    texts, rows = _kept(texts, filled), rows[filled]
    texts["card"] = pd.Series([clean(card) for card in texts["card"].tolist()], index=texts["card"].index, dtype="str")
    answered, rating = _seconds(texts["time"]), _numbers(texts["rating"])
    given = texts.get("duration", pd.Series("", index=texts["time"].index, dtype="str"))
    unknown = given.str.strip() == ""
    duration = _numbers(given).mask(unknown, 0.0)
    wrongs = {
        "card": texts["card"] == "",
        "time": ~((answered > _FIRST_SECOND) & (answered < LAST_SECOND)),
        "rating": ~rating.isin([1, 2, 3, 4]),
        "duration": ~((duration >= 0) & (duration <= _LONGEST_MS)),
    }
    good = ~np.logical_or.reduce([wrong.to_numpy() for wrong in wrongs.values()])
    problems += _wrong(file, texts, rows, wrongs)
    if not good.any():
        raise SourceError(problems) if problems else refused(file, "no reviews", EXPECTED, ADVICE)
    texts = _kept(texts, good)
    started = (answered - duration / 1000)[good].to_numpy().round(3)
    stamps = (1000 * answered[good]).round().astype("int64").to_numpy()
    columns = {
        "skill": _decks(texts.get("deck"), clean(Path(file).stem) or "reviews", len(started)),
        "start": wall_clock(started, tz),
        "minutes": np.where(unknown[good], np.nan, (duration[good] / 60_000).round(6)),
        "reps": np.ones(len(started), dtype=int),
        "successes": (rating[good].to_numpy() > 1).astype(int),
        "variation": texts["card"].to_numpy(),
        "source_id": numbered(_joined(texts["card"], stamps)),
    }
    problems.sort(key=lambda problem: problem.row or 0)
    return log_of(columns, problems, learner=learner, source="reviews")


def recognises(sample: Sample) -> bool:
    """Return whether a file looks like a review log."""
    return all(set(NAMES[name]) & set(sample.columns) for name in ("card", "rating")) and any(
        name.startswith("review_") for name in sample.columns
    )


def _columns(text: str, file: str) -> tuple[dict[str, pd.Series], np.ndarray, list[Problem]]:
    """Return the columns by what they are, each record's row, and the problems of rows of another length."""
    head = text.partition("\n")[0]
    separator = max(",;\t", key=head.count)
    names = [name.strip().strip('"').casefold() for name in head.rstrip("\r").split(separator)]
    found = {what: next((name for name in ones if name in names), None) for what, ones in NAMES.items()}
    if found["card"] is None or found["rating"] is None:
        raise refused(file, f"the columns {', '.join(map(short, names[:6]))}", EXPECTED, ADVICE, 1)
    if found["time"] is None:
        raise refused(file, "reviews without times", EXPECTED, "A log needs when each review was. " + ADVICE, 1)
    odd: dict[int, int] = {}

    def skip(row: csv.InvalidRow) -> str:
        odd[row.number] = 0 if row.text == "" else row.actual_columns
        return "skip"

    unique = [f"{name}#{place}" if name in names[:place] else name for place, name in enumerate(names)]
    try:
        table = csv.read_csv(
            arrow.BufferReader(text.encode()),
            read_options=csv.ReadOptions(use_threads=False, column_names=unique, skip_rows=1, block_size=1 << 24),
            parse_options=csv.ParseOptions(delimiter=separator, invalid_row_handler=skip, ignore_empty_lines=False),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(unique, arrow.string()), strings_can_be_null=False,
                include_columns=[name for name in found.values() if name],
            ),
        )  # fmt: skip
    except (arrow.ArrowInvalid, arrow.ArrowKeyError) as error:
        raise refused(file, f"a table that cannot be read ({clean(str(error))[:80]})", EXPECTED, ADVICE) from None
    last = table.num_rows + len(odd)
    rows = np.delete(np.arange(2, last + 2), np.array(sorted(odd), dtype=int) - 2)
    wanted = f"{len(names)}, as in the header"
    problems = [Problem(file, row, "", f"{n} values", wanted, _AGAIN) for row, n in odd.items() if n]
    return {what: table[name].to_pandas().astype("str") for what, name in found.items() if name}, rows, problems


def _numbers(texts: pd.Series) -> pd.Series:
    """Return texts as numbers; pyarrow is quick, but takes all of them or none."""
    try:
        numbers = compute.cast(arrow.array(texts, arrow.large_string()), arrow.float64())
        return pd.Series(numbers.to_numpy(zero_copy_only=False), index=texts.index)
    except arrow.ArrowInvalid:
        pass
    return pd.to_numeric(texts, errors="coerce").astype("float64")


def _seconds(texts: pd.Series) -> pd.Series:
    """Return Unix seconds from Unix milliseconds or from ISO 8601, whichever the file has."""
    milliseconds = _numbers(texts)
    todo = milliseconds.isna()
    if not todo.any():
        return milliseconds / 1000
    dates = texts[todo].where(texts[todo].str.match(_DATE), "")  # pandas takes "now" and "today" for dates, too
    moments = pd.to_datetime(dates, format="ISO8601", utc=True, errors="coerce")
    seconds = milliseconds / 1000
    stamps = moments.dt.tz_convert(None).astype("datetime64[ms]")
    seconds[todo] = stamps.astype("int64").where(stamps.notna()) / 1000
    return seconds


def _kept(texts: dict[str, pd.Series], keep: np.ndarray) -> dict[str, pd.Series]:
    return texts if keep.all() else {what: values[keep] for what, values in texts.items()}


def _joined(cards: pd.Series, stamps: np.ndarray) -> list[str]:
    times = compute.cast(arrow.array(stamps), arrow.large_string())
    dash = arrow.scalar("-", arrow.large_string())
    return compute.binary_join_element_wise(arrow.array(cards, arrow.large_string()), times, dash).to_pylist()


def _decks(decks: pd.Series | None, stem: str, n: int) -> list[str]:
    return [stem] * n if decks is None else [clean(deck) or stem for deck in decks.tolist()]


def _wrong(file: str, texts: dict[str, pd.Series], rows: np.ndarray, wrongs: dict[str, pd.Series]) -> list[Problem]:
    """Return the problem of each bad review: the first that is wrong with it."""
    expected = {
        "card": "the card's number", "time": "a time as ISO 8601 or in Unix milliseconds",
        "rating": "a rating from 1 (again) to 4", "duration": "milliseconds",
    }  # fmt: skip
    problems: dict[int, Problem] = {}
    for what, wrong in wrongs.items():
        if what in texts and wrong.any():
            for row, text in zip(rows[wrong.to_numpy()].tolist(), texts[what][wrong].tolist(), strict=True):
                if row not in problems:
                    problems[row] = Problem(file, row, NAMES[what][0], short(text), expected[what], _AGAIN)
    return list(problems.values())
