"""A chart's data as a table: what is kept of it, and how it reads."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from mmlib import charts
from mmlib.charts.data import as_texts, figure_tables


def column(values, name="value"):
    return [row[-1] for row in as_texts("x", pd.DataFrame({"row": range(len(values)), name: values}))["rows"]]


def test_numbers_have_three_or_four_digits_and_no_exponent():
    values = [3.14159, 1234567.0, 0.000412345, 12.5, -0.25, 99.9999, 0.5, 1e-9, -1e-9, np.inf, -np.inf, 0.0]
    said = ["3.142", "1,234,567", "0.000412", "12.5", "−0.25", "100", "0.5"]
    assert column(values) == [*said, "under 0.0001", "over −0.0001", "∞", "−∞", "0"]
    assert column(pd.array([1500, None], dtype="Int64")) == ["1,500", "–"]
    assert column([True, False]) == ["yes", "no"]


def test_days_are_days_and_sessions_have_their_time():
    assert column(pd.to_datetime(["2026-10-03", None])) == ["3 Oct 2026", "–"]
    assert column(pd.to_datetime(["2026-10-03 08:05", "2026-10-04 00:00"])) == [
        "3 Oct 2026, 08:05",
        "4 Oct 2026, 00:00",
    ]
    assert column(pd.to_datetime(["2026-10-01", "2026-11-01"]), "period") == ["October 2026", "November 2026"]


def test_nothing_is_a_dash_and_text_is_one_line():
    assert column(["a\n b", None, "", "entry_trick"]) == ["a b", "–", "–", "entry_trick"]
    assert column(["entry_trick", "isolate"], "part") == ["entry trick", "isolate"]


def test_columns_are_words():
    names = ["gap_days", "hours_low", "n", "n_blocks", "p_value", "trend_per_10_sessions_high", "gain_per_hour"]
    frame = pd.DataFrame([[1.0] * len(names)], columns=names)
    assert as_texts("x", frame)["columns"] == [
        "gap (days)", "hours, low end", "number", "number of blocks", "p-value", "trend per 10 sessions, high end",
        "gain per hour",
    ]  # fmt: skip


def test_what_is_the_same_in_every_row_is_said_once():
    frame = pd.DataFrame({"learner": "ada", "skill": ["a", "b"], "minutes": 5.0, "reason": "", "score": np.nan})
    table = as_texts("Totals", frame)
    assert table["caption"] == "Totals. In every row, learner: ada."
    assert table["columns"] == ["skill", "minutes"]
    assert as_texts("One", frame.head(1))["columns"] == ["learner", "skill", "minutes"]


def test_of_many_rows_some_are_chosen_from_the_first_to_the_last():
    table = as_texts("x", pd.DataFrame({"trial": np.arange(20_000)}))
    assert (len(table["rows"]), table["of"]) == (200, 20_000)
    shown = [int(row[0].replace(",", "")) for row in table["rows"]]
    assert (shown[0], shown[-1]) == (0, 19_999)
    assert set(np.diff(shown)) <= {100, 101}


def test_of_days_the_last_year_is_whole():
    days = pd.date_range("2024-01-01", "2026-10-31")
    table = as_texts("x", pd.DataFrame({"date": days, "minutes": 1.0}))
    assert [table["rows"][0][0], table["rows"][-1][0]] == ["31 Oct 2025", "31 Oct 2026"]
    assert (len(table["rows"]), table["of"]) == (366, len(days))


@pytest.fixture
def totals():
    return pd.DataFrame({"skill": ["ukulele", "juggling"], "minutes": [380.0, 30.0], "sessions": [12, 2]})


def test_each_table_of_a_chart_is_kept_once_its_own_first(totals):
    ax = charts.totals(totals, before=totals.head(1))
    assert [table["caption"] for table in figure_tables(ax.figure)] == ["Totals", "Totals: before"]
    points = pd.DataFrame({"skill": "a", "trial": [1, 2, 3], "start": pd.Timestamp("2026-10-01"), "observed": 1.0})
    points = points.assign(fitted=1.0, low=0.5, high=1.5, better="higher", unit="s", target=2.0, model="flat")
    axes = charts.learning_curves(pd.concat([points, points.assign(skill="b")]))
    assert [table["of"] for table in figure_tables(axes[0, 0].figure)] == [6], "two panels, one table"


def test_the_table_is_what_was_drawn_even_if_the_frame_changes_afterwards(totals):
    ax = charts.totals(totals)
    totals.loc[0, "minutes"] = 1.0
    assert figure_tables(ax.figure)[0]["rows"][0] == ["ukulele", "380", "12"]


def test_a_chart_of_nothing_and_a_users_own_have_no_table(totals):
    assert figure_tables(charts.totals(totals.head(0)).figure) == []
    figure, ax = plt.subplots()
    ax.plot([1, 2])
    assert figure_tables(figure) == []
