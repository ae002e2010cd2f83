"""The log's schema: one row per practice session, or per attempt where a tool records attempts.

Everything that is said about the columns (type, meaning, expected values, advice) is said here once: the
checks, their messages and the data dictionary in data/README.md are made from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pyarrow as arrow

TEXT = pd.StringDtype("pyarrow", na_value=np.nan)
WHOLE = pd.Int64Dtype()
TIME = np.dtype("datetime64[us]")
NUMBER = np.dtype("float64")
DTYPES = {"text": TEXT, "whole": WHOLE, "time": TIME, "minutes": NUMBER, "number": NUMBER}
PARTS = ("entry_trick", "isolate", "combine", "repeat", "experiment")
REQUIRED = ("skill", "start")


def _column(
    kind: str, description: str, *, expected: str, advice: str, rules: Sequence[pa.Check] = (), nullable: bool = True
) -> pa.Column:
    about = {"kind": kind, "expected": expected, "advice": advice}
    return pa.Column(DTYPES[kind], list(rules), nullable=nullable, description=description, metadata=about)


def _text(description: str, example: str) -> pa.Column:
    return _column("text", description, expected="a text", advice=f"Write {example}.")


def _whole(description: str, expected: str) -> pa.Column:
    advice = "Write such a number, or leave it empty."
    return _column("whole", description, expected=expected, advice=advice, rules=[pa.Check.ge(0)])


def _rating(description: str) -> pa.Column:
    rules = [pa.Check.ge(1), pa.Check.le(5)]
    advice = "Write 1, 2, 3, 4 or 5, or leave it empty."
    return _column("number", description, expected="a number from 1 to 5", advice=advice, rules=rules)


def successes_within_reps(log: pd.DataFrame) -> pd.Series:
    """Return where there are no more successes than repetitions, or one of them is unknown."""
    return ~(log["successes"] > log["reps"]).fillna(False).astype(bool)


ROW_RULES = {"successes_within_reps": successes_within_reps}
SCHEMA = pa.DataFrameSchema(
    {
        "learner": _text('who practised; "me" where the column is left out', "a name or a pseudonym"),
        "skill": _column(
            "text",
            "which micromastery",
            expected="the name of a skill",
            advice="Write the skill, such as juggling.",
            nullable=False,
        ),
        "start": _column(
            "time",
            "local wall-clock time of the start, without a time zone",
            expected="a date and time",
            advice="Write 2026-10-31 18:30.",
            rules=[pa.Check.ge(pd.Timestamp("1900-01-01")), pa.Check.lt(pd.Timestamp("2200-01-01"))],
            nullable=False,
        ),
        "minutes": _column(
            "minutes",
            "how long, in minutes",
            expected="a number of minutes, 0 or more",
            advice="Write 30, 1:30 or 1h30.",
            rules=[pa.Check.ge(0), pa.Check.lt(np.inf)],
        ),
        "reps": _whole("repetitions done", "a whole number, 0 or more"),
        "successes": _whole("how many of the repetitions came off", "a whole number from 0 to reps"),
        "score": _column(
            "number",
            "performance, in the skill's unit; the card says whether higher or lower is better",
            expected="a number",
            advice="Write 23 or 23.5, or leave it empty.",
            rules=[pa.Check.gt(-np.inf), pa.Check.lt(np.inf)],
        ),
        "payoff": _rating("intrinsic reward felt, 1 to 5"),
        "praise": _rating("extrinsic reward received, 1 to 5"),
        "flow": _rating("absorbed, lost track of time, 1 to 5"),
        "challenge": _rating("1 too easy, 3 just right, 5 too hard"),
        "support": _rating("tools, time and place were ready, 1 to 5"),
        "mood_before": _rating("mood before the session, 1 to 5"),
        "mood_after": _rating("mood after the session, 1 to 5"),
        "part": _column(
            "text",
            "what the session worked on: " + ", ".join(PARTS),
            expected="one of " + ", ".join(PARTS),
            advice="Write one of these, or leave it empty.",
            rules=[pa.Check.isin(PARTS)],
        ),
        "variation": _text("what was tweaked", "what was different, such as eyes closed"),
        "self": _text("the self that the session honoured, where it differs from the card's", "a self"),
        "note": _text("anything worth keeping", "a note"),
        "source": _text("the tool that the row came from", "the tool's name"),
        "source_id": _text("the tool's own id for the row: importing twice adds nothing", "the tool's id"),
    },
    checks=[pa.Check(rule, name=name) for name, rule in ROW_RULES.items()],
    name="log",
    strict=True,
)
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
    return DTYPES[about(column)["kind"]]


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
