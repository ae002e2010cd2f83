"""The quick verdict by extremes agrees with pandera's, which sees every row."""

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmlib.log import COLUMNS, SCHEMA, check_log, empty_log
from mmlib.log.schema import ROW_RULES
from mmlib.log.verdict import CHOICE, KNOWN, keeps_rules

NUMBERS = [0.0, 1.0, 3.5, 5.0, np.nan, -1.0, 5.5, np.inf, -np.inf, 1e300]
TIMES = ["1900-01-01", "2199-12-31 23:59:59.999999", "2026-10-31", None, "1899-12-31", "2200-01-01"]
TEXTS = ["a", "isolate", "repeat", None, "isolated"]


def values(name):
    kind = SCHEMA.columns[name].metadata["kind"]
    few = {"text": TEXTS, "time": TIMES, "whole": [0, 3, 7, None, -1]}
    return few.get(kind, NUMBERS)


@st.composite
def damaged(draw):
    rows = draw(st.integers(1, 6))
    log = empty_log().reindex(range(rows)).astype(empty_log().dtypes)
    log["skill"], log["start"] = "a", np.datetime64("2026-10-31", "us")
    for name in draw(st.lists(st.sampled_from(COLUMNS), unique=True, max_size=6)):
        good = [value for value in values(name)[:3] if name != "part" or value != "a"]
        choice = st.sampled_from(good if draw(st.booleans()) else values(name))
        log[name] = pd.Series(draw(st.lists(choice, min_size=rows, max_size=rows)), dtype=log[name].dtype)
    return log


@settings(max_examples=100, deadline=None)
@given(damaged())
def test_the_quick_verdict_is_panderas(log):
    try:
        SCHEMA.validate(log, lazy=True)
        good = True
    except pa.errors.SchemaErrors:
        good = False
    assert keeps_rules(log, COLUMNS) is good
    known = [name for name in COLUMNS if log[name].notna().any()]
    assert keeps_rules(log, known) is good


def test_the_schema_has_only_rules_that_extremes_stand_for():
    names = {check.name for column in SCHEMA.columns.values() for check in column.checks}
    assert names <= KNOWN
    assert {check.name for check in SCHEMA.checks} == set(ROW_RULES)
    texts = [name for name, column in SCHEMA.columns.items() if column.metadata["kind"] == "text"]
    assert {check.name for name in texts for check in SCHEMA.columns[name].checks} <= {CHOICE}
    assert not any(column.unique or column.coerce or not column.required for column in SCHEMA.columns.values())
    assert not (SCHEMA.unique or SCHEMA.coerce or SCHEMA.index)


def test_a_rule_of_another_kind_is_left_to_pandera(monkeypatch):
    log = check_log(pd.DataFrame({"skill": ["a"], "start": ["2026-10-31"], "minutes": [4.0]}))
    assert keeps_rules(log, COLUMNS)
    even = pa.Check(lambda minutes: minutes % 2 == 0, name="even")
    monkeypatch.setattr(SCHEMA.columns["minutes"], "checks", [even])
    assert not keeps_rules(log, COLUMNS)


@pytest.mark.parametrize("wrong", ["another column", "a column less", "another type"])
def test_a_table_that_is_not_a_log_is_left_to_pandera(wrong):
    log = check_log(pd.DataFrame({"skill": ["a"], "start": ["2026-10-31"], "minutes": [4.0]}))
    log = {
        "another column": log.assign(other=1),
        "a column less": log.drop(columns="note"),
        "another type": log.astype({"minutes": "int64"}),
    }[wrong]
    assert not keeps_rules(log, COLUMNS)


def test_the_empty_log_is_good():
    assert keeps_rules(empty_log(), COLUMNS)
