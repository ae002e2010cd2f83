"""The log's schema: one row per practice session, or per attempt where a tool records attempts.

Everything that is said about the columns (type, meaning, expected values, advice) is said here once: the
checks, their messages and the data dictionary in data/README.md are made from it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pyarrow as arrow

TEXT = pd.StringDtype("pyarrow", na_value=np.nan)
WHOLE = pd.Int64Dtype()
TIME = np.dtype("datetime64[us]")
PARTS = ("entry_trick", "isolate", "combine", "repeat", "experiment")
REQUIRED = ("skill", "start")


def _about(kind: str, expected: str, advice: str) -> dict[str, str]:
    return {"kind": kind, "expected": expected, "advice": advice}


def _text(description: str, example: str) -> object:
    return pa.Field(nullable=True, description=description, metadata=_about("text", "a text", f"Write {example}."))


def _whole(description: str, expected: str) -> object:
    return pa.Field(
        ge=0,
        nullable=True,
        description=description,
        metadata=_about("whole", expected, "Write such a number, or leave it empty."),
    )


def _rating(description: str) -> object:
    about = _about("number", "a number from 1 to 5", "Write 1, 2, 3, 4 or 5, or leave it empty.")
    return pa.Field(ge=1, le=5, nullable=True, description=description, metadata=about)


def successes_within_reps(log: pd.DataFrame) -> pd.Series:
    """Return where there are no more successes than repetitions, or one of them is unknown."""
    return ~(log["successes"] > log["reps"]).fillna(False).astype(bool)


class LogSchema(pa.DataFrameModel):
    """The log table; `LogSchema.to_schema()` is the pandera schema that `check_log` validates with."""

    learner: TEXT = _text('who practised; "me" where the column is left out', "a name or a pseudonym")
    skill: TEXT = pa.Field(
        nullable=False,
        description="which micromastery",
        metadata=_about("text", "the name of a skill", "Write the skill, such as juggling."),
    )
    start: TIME = pa.Field(
        nullable=False,
        ge=pd.Timestamp("1900-01-01"),
        lt=pd.Timestamp("2200-01-01"),
        description="local wall-clock time of the start, without a time zone",
        metadata=_about("time", "a date and time", "Write 2026-10-31 18:30."),
    )
    minutes: float = pa.Field(
        ge=0,
        lt=np.inf,
        nullable=True,
        description="how long, in minutes",
        metadata=_about("minutes", "a number of minutes, 0 or more", "Write 30, 1:30 or 1h30."),
    )
    reps: WHOLE = _whole("repetitions done", "a whole number, 0 or more")
    successes: WHOLE = _whole("how many of the repetitions came off", "a whole number from 0 to reps")
    score: float = pa.Field(
        gt=-np.inf,
        lt=np.inf,
        nullable=True,
        description="performance, in the skill's unit; the card says whether higher or lower is better",
        metadata=_about("number", "a number", "Write 23 or 23.5, or leave it empty."),
    )
    payoff: float = _rating("intrinsic reward felt, 1 to 5")
    praise: float = _rating("extrinsic reward received, 1 to 5")
    flow: float = _rating("absorbed, lost track of time, 1 to 5")
    challenge: float = _rating("1 too easy, 3 just right, 5 too hard")
    support: float = _rating("tools, time and place were ready, 1 to 5")
    mood_before: float = _rating("mood before the session, 1 to 5")
    mood_after: float = _rating("mood after the session, 1 to 5")
    part: TEXT = pa.Field(
        isin=list(PARTS),
        nullable=True,
        description="what the session worked on: " + ", ".join(PARTS),
        metadata=_about("text", "one of " + ", ".join(PARTS), "Write one of these, or leave it empty."),
    )
    variation: TEXT = _text("what was tweaked", "what was different, such as eyes closed")
    self: TEXT = _text("the self that the session honoured, where it differs from the card's", "a self")
    note: TEXT = _text("anything worth keeping", "a note")
    source: TEXT = _text("the tool that the row came from", "the tool's name")
    source_id: TEXT = _text("the tool's own id for the row: importing twice adds nothing", "the tool's id")

    @pa.dataframe_check(name="successes_within_reps")
    def successes_within_reps(cls, log: pd.DataFrame) -> pd.Series:
        """No more successes than repetitions, where both are known."""
        return successes_within_reps(log)

    class Config:
        """Columns that the log does not know are refused."""

        strict = True


SCHEMA = LogSchema.to_schema()
ROW_RULES = {"successes_within_reps": successes_within_reps}  # those of the schema, by name
COLUMNS = list(SCHEMA.columns)
CARD_COLUMNS = ("domain", "unit", "better", "target")


def about(column: str) -> dict[str, str]:
    """Return what the schema says of a column: `kind`, `expected` and `advice`."""
    return SCHEMA.columns[column].metadata


def empty_log() -> pd.DataFrame:
    """Return a log of no rows, with every column in its type.

    Examples
    --------
    >>> empty_log().shape
    (0, 20)
    """
    return pd.DataFrame({name: pd.Series(dtype=dtype(name)) for name in COLUMNS})


def dtype(column: str) -> object:
    """Return the pandas dtype of one of the log's columns."""
    return {"text": TEXT, "whole": WHOLE, "time": TIME}.get(about(column)["kind"], np.dtype("float64"))


def blank(kind: object, rows: int) -> pd.Series:
    """Return a column of one of the log's types with nothing known in any row.

    Examples
    --------
    >>> blank(TEXT, 2).isna().tolist()
    [True, True]
    """
    if kind == TEXT:
        return pd.Series(TEXT.__from_arrow__(arrow.nulls(rows, arrow.large_string())), copy=False)
    if kind == WHOLE:
        return pd.Series(pd.arrays.IntegerArray(np.zeros(rows, "int64"), np.ones(rows, bool)), copy=False)
    return pd.Series(np.full(rows, np.nan if kind == np.float64 else np.datetime64("NaT"), kind), copy=False)


def data_dictionary() -> str:
    """Return the table of the log's columns in Markdown, as printed in data/README.md."""
    types = {
        "text": "text",
        "whole": "whole number",
        "time": "date and time",
        "minutes": "number",
        "number": "number",
    }
    rows = ["| column | type | meaning | expected |", "|---|---|---|---|"]
    for name in COLUMNS:
        said = about(name)
        required = ", **required**" if name in REQUIRED else ""
        meaning = SCHEMA.columns[name].description
        rows.append(f"| `{name}` | {types[said['kind']]}{required} | {meaning} | {said['expected']} |")
    return "\n".join(rows) + "\n"


def write_dictionary(path: str | Path) -> None:
    """Write the data dictionary between the two marks in a Markdown file."""
    path = Path(path)
    before, begin, rest = path.read_text(encoding="utf-8").partition("<!-- columns -->\n")
    _, end, after = rest.partition("<!-- /columns -->\n")
    path.write_text(before + begin + data_dictionary() + end + after, encoding="utf-8")
