"""Calendar, totals and spacing, against counts made by hand."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from mmlib.charts import repetition, style


def days(first, last, sessions, minutes=20.0):
    dates = pd.date_range(first, last)
    counts = np.resize(np.asarray(sessions), len(dates))
    return pd.DataFrame({"learner": "ada", "date": dates, "sessions": counts, "minutes": counts * minutes})


def cells(ax):
    """Return the colour of each day's square by its place (week, weekday)."""
    found = {}
    for patch in ax.patches:
        x, y = patch.get_xy()
        if y < 6.6:
            found[round(x + 0.43), round(y + 0.43)] = mpl.colors.to_hex(patch.get_facecolor())
    return found


def test_calendar_counts_the_days_of_the_last_month():
    table = pd.concat([days("2026-09-01", "2026-09-30", 1), days("2026-10-01", "2026-10-31", [1, 0])])
    ax = repetition.calendar(table)
    assert ax.finding == "Ada practised on 16 of the 31 days of October 2026"
    assert "46 days of 61 (75%)" in ax.alt_text
    assert "46 days of 61 (75%)" in ax.reading


@pytest.mark.parametrize(
    ("first", "last", "sessions", "finding"),
    [
        ("2026-10-31", "2026-10-31", 1, "Ada practised on 31 October 2026"),
        ("2026-10-31", "2026-10-31", 0, "Ada did not practise on 31 October 2026"),
        ("2026-10-01", "2026-10-31", 0, "Ada did not practise in October 2026"),
        ("2026-10-01", "2026-10-31", 2, "Ada practised on every one of the 31 days of October 2026"),
        ("2026-10-01", "2026-10-12", [1, 0, 0], "Ada practised on 4 of the 12 days from 1 to 12 October 2026"),
    ],
)
def test_calendar_titles(first, last, sessions, finding):
    assert repetition.calendar(days(first, last, sessions)).finding == finding


def test_calendar_squares_stand_in_the_right_week_and_weekday():
    # 1 October 2026 is a Thursday; the 5th the Monday of the next week.
    table = days("2026-10-01", "2026-10-12", 0)
    table.loc[table["date"] == "2026-10-05", ["sessions", "minutes"]] = [1, 130.0]
    found = cells(repetition.calendar(table))
    assert len(found) == 12
    assert found[0, 3] == style.PANEL
    assert found[1, 0] == style.AMOUNTS[4]


def test_calendar_of_ten_years_draws_the_last_53_weeks():
    found = cells(repetition.calendar(days("2016-01-01", "2026-10-31", 1)))
    assert max(week for week, _ in found) == 52
    assert len(found) == 53 * 7 - 1  # 31 October 2026 is a Saturday


def test_a_session_of_unknown_length_is_not_an_empty_day():
    table = days("2026-10-01", "2026-10-02", 1)
    table["minutes"] = [np.nan, 30.0]
    assert cells(repetition.calendar(table))[0, 3] == style.AMOUNTS[0]


def test_calendar_counts_sessions_where_no_minutes_are_known(words):
    table = days("2026-10-01", "2026-10-31", 4, minutes=np.nan)
    ax = repetition.calendar(table)
    assert set(cells(ax).values()) == {style.AMOUNTS[2]}
    assert "16 sessions or more a day" in words(ax)


def amounts(names, minutes, sessions=3):
    return pd.DataFrame({"learner": "ada", "skill": names, "minutes": minutes, "sessions": sessions})


def test_totals_draws_the_minutes_and_the_period_before(words):
    now, before = amounts(["ukulele", "omelette"], [380.0, 60.0]), amounts(["ukulele", "surf"], [335.0, 20.0])
    ax = repetition.totals(now, before=before)
    assert [bar.get_width() for bar in ax.patches] == [380, 60, 0]
    ticks = [path.vertices[0, 0] for path in ax.collections[0].get_paths()]
    assert ticks == [335, 20]
    assert ax.finding == "Ukulele got the most time: 6 h 20 min of 7 h 20 min"
    assert "6 h 20 min (+45 min)" in words(ax)
    assert "0 min (−20 min)" in words(ax)
    assert "The period before had 5 h 55 min" in ax.reading


def test_totals_of_27_skills_folds_the_smallest(words):
    table = amounts([f"skill {i:02d}" for i in range(27)], np.arange(27.0) + 1)
    ax = repetition.totals(table)
    assert len(ax.patches) == 15
    assert "13 others" in words(ax)
    assert sum(bar.get_width() for bar in ax.patches) == 27 * 28 / 2
    assert ax.patches[14].get_width() == sum(range(1, 14))


def test_totals_counts_sessions_where_minutes_are_unknown(words):
    ax = repetition.totals(amounts(["cube", "clock"], np.nan, [5, 1]))
    assert ax.finding == "Cube got the most sessions: 5 of 6 sessions"
    assert "1 session " in words(ax)
    one = repetition.totals(amounts(["cube"], np.nan, [1]))
    assert one.finding == "The only session went to cube"


def test_totals_does_not_change_its_input():
    table = amounts(["b", "a"], [1.0, 2.0])
    copy = table.copy(deep=True)
    repetition.totals(table, before=table)
    pd.testing.assert_frame_equal(table, copy)


def gaps(**skills):
    return pd.concat([pd.DataFrame({"learner": "ada", "skill": k, "gap_days": v}) for k, v in skills.items()])


def test_spacing_marks_the_median_of_each_skill():
    ax = repetition.spacing(gaps(juggling=[np.nan, 5.0, 6.0, 10.0], ukulele=[np.nan, 1.0, 2.0]))
    medians = [path.vertices[0, 0] for path in ax.collections[0].get_paths()]
    assert medians == [1.5, 6.0]
    assert sorted(ax.lines[0].get_xdata()) == [1.0, 2.0]
    assert sorted(ax.lines[1].get_xdata()) == [5.0, 6.0, 10.0]
    assert ax.finding == (
        "Ukulele is taken up again soonest, typically after 1.5 days; juggling waits longest (6 days)"
    )
    assert "5 pauses" in ax.reading
    assert ax.get_xscale() == "log"


def test_spacing_takes_attempts_seconds_apart_and_in_the_same_second():
    ax = repetition.spacing(gaps(cube=[np.nan, 0.0, 12 / 86_400, 15 / 86_400]))
    assert ax.finding == "Between two sessions of cube there are typically 12 s"
    assert min(ax.lines[0].get_xdata()) > 0


def test_spacing_says_when_it_draws_only_some_skills(words):
    ax = repetition.spacing(gaps(**{f"skill{i}": [np.nan, 1.0 + i] for i in range(27)}))
    assert "the 15 most practised of 27 skills" in words(ax)
    assert len(ax.lines) == 15
