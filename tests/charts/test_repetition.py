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


@pytest.fixture
def cells(tiles):
    """Return the colour of each day's square by its week and weekday."""
    return lambda ax: {(tile.x, tile.y): tile.color for tile in tiles(ax) if tile.y < 7}


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


def test_calendar_squares_stand_in_the_right_week_and_weekday(cells):
    # 1 October 2026 is a Thursday; the 5th the Monday of the next week.
    table = days("2026-10-01", "2026-10-12", 0)
    table.loc[table["date"] == "2026-10-05", ["sessions", "minutes"]] = [1, 130.0]
    found = cells(repetition.calendar(table))
    assert len(found) == 12
    assert found[0, 3] == style.PANEL
    assert found[1, 0] == style.AMOUNTS[4]


def test_calendar_of_ten_years_draws_the_last_53_weeks(cells):
    found = cells(repetition.calendar(days("2016-01-01", "2026-10-31", 1)))
    assert max(week for week, _ in found) == 52
    assert len(found) == 53 * 7 - 1  # 31 October 2026 is a Saturday


def test_a_session_of_unknown_length_is_not_an_empty_day(cells):
    table = days("2026-10-01", "2026-10-02", 1)
    table["minutes"] = [np.nan, 30.0]
    assert cells(repetition.calendar(table))[0, 3] == style.AMOUNTS[0]


def test_calendar_counts_sessions_where_no_minutes_are_known(cells, words):
    table = days("2026-10-01", "2026-10-31", 4, minutes=np.nan)
    table.loc[3, ["sessions", "minutes"]] = [0, 0.0]  # no practice is no minutes, also where none are recorded
    ax = repetition.calendar(table)
    assert set(cells(ax).values()) == {style.AMOUNTS[2], style.PANEL}
    assert "16 sessions or more a day" in words(ax)
    assert "shaded by sessions" in words(ax)
    attempts = repetition.calendar(days("2026-10-01", "2026-10-31", [130, 30, 4], minutes=np.nan))
    assert set(cells(attempts).values()) == {style.AMOUNTS[4], style.AMOUNTS[2], style.AMOUNTS[0]}
    assert "100 sessions or more a day" in words(attempts)


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


def test_spacing_speaks_of_the_next_day_whatever_the_hour():
    starts = pd.to_datetime(["2026-10-01 20:00", "2026-10-02 18:00", "2026-10-03 21:00", "2026-10-04 17:00"])
    hours = [np.nan, 22.0, 27.0, 20.0]
    early = pd.DataFrame({"skill": "ukulele", "start": starts, "gap_days": [hour / 24 for hour in hours]})
    late = early.assign(skill="piano", gap_days=[np.nan, 1.1, 1.1, 1.1])
    ax = repetition.spacing(pd.concat([early, late]))
    assert ax.finding == "Both skills are typically taken up again after 1 day"
    assert repetition.spacing(early).finding == "Between two sessions of ukulele there is typically 1 day"
    same_day = early.assign(start=starts[0] + pd.to_timedelta([0, 40, 80, 120], unit="min"), gap_days=40 / 1440)
    assert "40 min" in repetition.spacing(same_day).finding


def test_spacing_says_when_it_draws_only_some_skills(words):
    ax = repetition.spacing(gaps(**{f"skill{i}": [np.nan, 1.0 + i] for i in range(27)}))
    assert "the 15 most practised of 27 skills" in words(ax)
    assert len(ax.lines) == 15


def strengths(**skills):
    """Return a habit table with so many days per skill, all ending on 31 October 2026."""
    tables = []
    for skill, values in skills.items():
        dates = pd.date_range(end="2026-10-31", periods=len(values))
        tables.append(pd.DataFrame({"learner": "ada", "skill": skill, "date": dates, "strength": values}))
    return pd.concat(tables, ignore_index=True)


def test_habit_draws_each_strength_and_names_the_strongest(words):
    ax = repetition.habit(strengths(ukulele=np.linspace(0.2, 0.8, 40), juggling=np.linspace(0.9, 0.3, 40)))
    heights = [0.4 - line.get_ydata() + row for row, line in enumerate(ax.lines[::2])]
    assert heights[0] / 0.8 == pytest.approx(np.linspace(0.2, 0.8, 40))
    assert heights[1] / 0.8 == pytest.approx(np.linspace(0.9, 0.3, 40))
    assert ax.finding == "The strongest habit is ukulele: 80%, 43 points more than 28 days before"
    assert "juggling 30%" in ax.alt_text
    assert "+43" in words(ax)
    assert "−43" in words(ax)


def test_habit_leaves_out_what_is_at_zero_and_draws_a_year(words):
    ax = repetition.habit(strengths(ukulele=np.full(900, 0.5), surf=np.full(900, 1e-6)))
    assert len(ax.get_yticklabels()) == 1
    assert len(ax.lines[0].get_xdata()) == 365
    assert "the strongest of 2 skills" in words(ax)
    both = repetition.habit(strengths(surf=np.full(9, 1e-6), ukulele=np.full(9, 1e-6)))
    assert both.finding == "No habit is alive: the strength of all is near 0%"
    assert repetition.habit(strengths(surf=np.full(9, 1e-6))).finding == (
        "The habit of surf is not alive: its strength is near 0%"
    )
    assert repetition.habit(strengths(races=np.full(9, 0.3))).finding == "The habit of races is at 30%"


def curve(estimate, days=(0, 40, 100), n=8, resumed=(0, 1, 0), events=(0, 2, 2)):
    table = pd.DataFrame({"learner": "ada", "days": days, "estimate": estimate, "at_risk": [n, n, n - 2]})
    table["low"], table["high"] = table["estimate"] - 0.2, np.minimum(table["estimate"] + 0.1, 1)
    table.loc[table["estimate"] == 1, ["low", "high"]] = np.nan
    return table.assign(events=events, resumed=resumed, n=n, reason="")


def test_survival_steps_down_with_the_numbers_followed_below():
    ax = repetition.survival(curve([1.0, 0.75, 0.5]))
    assert ax.lines[0].get_xdata().tolist() == [0, 0, 40, 100, 100]
    assert ax.lines[0].get_ydata().tolist() == [1, 1, 0.75, 0.5, 0.5]
    assert ax.finding == "Half of the skills are kept up for 100 days or more before a rest of more than 28 days"
    assert "4 of 8 skills came to a rest of more than 28 days; 1 of these was taken up again later" in ax.reading
    assert "After 91 days: 75% (95% interval 55% to 85%)." in ax.alt_text
    numbers = [text.get_text() for text in ax.texts if text.get_text().isdigit()]
    assert ax.get_xticks().tolist() == [0, 30, 60, 90]
    assert numbers == ["8", "8", "6", "6"]


@pytest.mark.parametrize(
    ("table", "finding"),
    [
        (curve([1.0, 1.0, 1.0], events=0, resumed=0), "None of 8 skills came to a rest of more than 28 days"),
        (curve([0.4, 0.3, 0.2]), "60% of the skills were left after their first day"),
        (curve([1.0, 0.9, 0.8]), "80% of the skills are kept up for more than 100 days"),
    ],
)
def test_survival_titles(table, finding):
    assert repetition.survival(table).finding == finding


@pytest.mark.parametrize(
    ("table", "end"),
    [
        (curve([1.0, 0.5, 0.0], n=2, events=(0, 1, 1)),
         "2 were followed. Both came to a rest of more than 28 days, 40 and 100 days after the first session."),
        (curve([1.0, 0.0, 0.0], n=1, events=(0, 1, 0)),
         "1 was followed. It came to a rest of more than 28 days, 40 days after the first session."),
        (curve([1.0, 1.0, 1.0], n=1, events=0), "1 was followed. It had no rest of more than 28 days."),
        (curve([1.0, 0.5, 0.5], n=4, events=(0, 2, 0)),
         "4 were followed. 2 of them came to a rest of more than 28 days, 40 and 40 days after the first session."),
    ],
)  # fmt: skip
def test_survival_of_a_few_skills_is_a_sentence(table, end):
    ax = repetition.survival(table)
    assert ax.finding == f"There is no survival to show: a share needs at least 5 skills, and {end}"
    assert ax.is_empty


def rests(**skills):
    rows = [(skill, *values) for skill, values in skills.items()]
    return pd.DataFrame(rows, columns=["skill", "days_since", "median_gap_days", "state"]).assign(learner="ada")


def test_rest_puts_the_sleepy_first_and_says_how_long(words):
    ax = repetition.rest(
        rests(
            old=(400, 2.0, "quit"),
            late=(30, 2.0, "quit"),
            juggling=(0, 1.0, "awake"),
            origami=(15, 2.0, "falling asleep"),
            choir=(20, np.nan, "falling asleep"),
        )
    )
    assert [label.get_text() for label in ax.get_yticklabels()] == ["choir", "origami", "juggling", "late", "old"]
    assert ax.collections[1].get_offsets()[:, 0].tolist() == [20, 15, 0.5, 30, 400]
    assert ax.finding == "Choir and origami are falling asleep"
    assert "1 awake, 2 falling asleep, 2 quit" in ax.reading
    assert "juggling today (awake)" in ax.alt_text
    assert "400 days, quit" in words(ax)


@pytest.mark.parametrize(
    ("skills", "finding"),
    [
        ({"a": (9, 1.0, "falling asleep")}, "A is falling asleep: 9 days of rest, where 1 is usual"),
        ({"a": (9, np.nan, "falling asleep")}, "A is falling asleep: 9 days of rest"),
        ({"a": (1, 1.0, "awake"), "b": (0, 1.0, "awake")}, "No skill is falling asleep"),
        ({"a": (1, 1.0, "awake"), "b": (90, 1.0, "quit")}, "No skill is falling asleep; 1 of 2 skills is awake"),
        ({"a": (90, 1.0, "quit")}, "A has been quit"),
        ({f"s{i}": (9 + i, 1.0, "falling asleep") for i in range(5)}, "S4, s3 and 3 others are falling asleep"),
    ],
)
def test_rest_titles(skills, finding):
    assert repetition.rest(rests(**skills)).finding == finding


def rhythms(**skills):
    rows = [(skill, *values) for skill, values in skills.items()]
    names = ["skill", "days", "burstiness", "usual_weekday", "usual_hour"]
    return pd.DataFrame(rows, columns=names).assign(learner="ada", median_gap_days=2.0)


def test_rhythm_goes_from_the_most_even_to_the_most_bursty(words):
    ax = repetition.rhythm(
        rhythms(omelette=(9, 0.4, None, np.nan), choir=(30, -0.62, "Thursday", 19.5), new=(4, np.nan, None, np.nan))
    )
    assert ax.lines[-1].get_xdata().tolist() == [-0.62, 0.4]
    assert ax.finding == "Choir is practised most evenly (burstiness −0.62), omelette most in bursts (0.4)"
    assert "Thursdays around 19:30" in words(ax)
    assert "any time" in words(ax)
    assert "1 skill with fewer than six practice days: left out." in ax.reading


@pytest.mark.parametrize(("hour", "clock"), [(23.95, "around 0:00"), (0.1, "around 0:00"), (7.98, "around 8:00")])
def test_rhythm_rounds_the_hour_to_a_quarter_round_the_clock(words, hour, clock):
    assert clock in words(repetition.rhythm(rhythms(a=(9, 0.1, None, hour), b=(9, 0.2, None, hour))))


def test_week_adds_up_the_skills_and_shades_by_the_busiest_hour(cells):
    table = pd.DataFrame(
        {"skill": ["a", "b", "b", "b"], "weekday": ["Monday", "Monday", "Sunday", "Friday"], "hour": [8, 8, 23, None],
         "sessions": [6, 4, 2, 3]}
    ).astype({"hour": "Int64"})  # fmt: skip
    ax = repetition.week(table)
    colours = {(x - 0.5, y): color for (x, y), color in cells(ax).items()}
    assert len(colours) == 7 * 24
    assert colours[8, 0] == style.AMOUNTS[4]
    assert colours[23, 6] == style.AMOUNTS[0]
    assert sorted(set(colours.values())) == sorted({style.PANEL, style.AMOUNTS[0], style.AMOUNTS[4]})
    assert ax.finding == "83% of the sessions begin between 6:00 and 9:00; Monday is the busiest day (67%)"
    assert "For 3 sessions the time of day is not known." in ax.reading


def test_week_finds_a_window_over_midnight_and_no_busiest_day_where_there_is_none():
    days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    table = pd.DataFrame({"weekday": days * 2, "hour": [23] * 7 + [0] * 7, "sessions": 5})
    assert repetition.week(table).finding == (
        "100% of the sessions begin between 22:00 and 1:00; all weekdays are much alike (14% to 14%)"
    )


DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


@pytest.mark.parametrize(
    ("sessions", "end"),
    [
        ([2, 17, 16, 16, 16, 16, 17], "Monday is the quietest day (2%)"),
        (
            [0, 20, 20, 20, 20, 20, 0],
            "Tuesday, Wednesday, Thursday, Friday and Saturday are the busiest days (20% each)",
        ),
        ([13, 15, 14, 14, 15, 15, 14], "All weekdays are much alike (13% to 15%)"),
    ],
)
def test_week_without_any_time_of_day_draws_the_weekdays_alone(sessions, end, words):
    table = pd.DataFrame({"weekday": DAYS, "hour": pd.array([None] * 7, dtype="Int64"), "sessions": sessions})
    ax = repetition.week(table)
    assert [bar.get_width() for bar in ax.patches] == sessions
    assert ax.finding == end
    assert ax.reading.endswith("The time of day is not known.")
    assert ":00" not in words(ax)


def loads(**skills):
    rows = [(skill, *values) for skill, values in skills.items()]
    names = ["skill", "acute_minutes", "chronic_minutes", "share", "flag"]
    table = pd.DataFrame(rows, columns=names).assign(learner="ada", reason="")
    return table.assign(ratio=table["acute_minutes"] / table["chronic_minutes"])


def test_load_draws_this_week_beside_the_usual_one(words):
    ax = repetition.load(loads(a=(30.0, 40.0, 0.1, ""), b=(300.0, 100.0, 0.6, "sudden"), c=(0.0, 0.0, 0.0, "")))
    assert [bar.get_width() for bar in ax.patches] == [300, 30]
    assert [path.vertices[0, 0] for path in ax.collections[0].get_paths()] == [100, 40]
    assert ax.finding == "B is sudden: 5 h in the last 7 days, 3 times the usual 1 h 40 min"
    assert "sudden" in words(ax)
    assert "5 h 30 min in the last 7 days, 2 h 20 min in a usual week before, in 2 skills" in ax.reading


@pytest.mark.parametrize(
    ("flags", "finding"),
    [
        (("", ""), "No skill stands out as narrow or sudden: 2 h in the last 7 days, 1 h in a usual week before"),
        (("narrow", ""), "A is narrow: 50% of the time of the last 28 days, hardly ever varied"),
        (("narrow", "narrow and sudden"), "A is narrow and b is narrow and sudden"),
    ],
)
def test_load_titles(flags, finding):
    table = loads(a=(60.0, 30.0, 0.5, flags[0]), b=(60.0, 30.0, 0.5, flags[1]))
    assert repetition.load(table).finding == finding


def test_load_says_where_it_cannot_tell_whether_a_skill_is_narrow(words):
    table = loads(cube=(30.0, 40.0, 1.0, "")).assign(
        reason="whether it is narrow is not known: no session says what was varied"
    )
    ax = repetition.load(table)
    assert ax.finding.startswith("No skill stands out as sudden: ")
    assert "Whether cube (100% of the time) is narrow is not known: no session says what was varied" in words(ax)
    assert "at least an hour" in ax.reading
    assert "a quarter of an hour or more" in ax.reading


def runs(**skills):
    rows = [(skill, *values, pd.Timestamp("2026-09-12")) for skill, values in skills.items()]
    return pd.DataFrame(rows, columns=["skill", "current_days", "longest_days", "longest_end"]).assign(learner="ada")


def test_streaks_draws_the_longest_and_what_runs_of_it(words):
    ax = repetition.streaks(runs(a=(0, 5), b=(3, 12)))
    assert [bar.get_width() for bar in ax.patches] == [12, 5, 3, 0]
    assert ax.finding == "The longest streak is 12 days of b, to 12 September 2026"
    assert "12 days (now 3)" in words(ax)
    assert "1 of 2 skills has a streak that is running" in ax.reading
    one = repetition.streaks(runs(a=(4, 4)))
    assert one.finding == "The longest streak is running: 4 days of a"
    assert one.reading.startswith("The streak is running;")
    assert repetition.streaks(runs(a=(0, 4))).reading.startswith("The streak is over;")
    assert repetition.streaks(runs(a=(0, 4), b=(0, 3))).reading.startswith("None of 2 skills has a streak")
    alone = repetition.streaks(runs(a=(1, 4)).drop(columns="skill"))
    assert alone.finding == "The longest streak is 4 days, to 12 September 2026"
    assert "The present streak is 1 day" in alone.reading


HARD = ["a name that goes on and on until it has sixty characters, truly", "win $5 and $6", "$x_1$ snake_case^2",
        "日本語のあいさつ", r"back\slash \$ {brace}"]  # fmt: skip
NAMES = [*HARD, *(f"skill {i:02d}" for i in range(25))]


def made(chart, names, known):
    """Return a table for a chart with these skills, or one without estimates."""
    many, value = len(names), 0.5 if known else np.nan
    if chart == "habit":
        tables = [strengths(x=[value] * 40).assign(skill=name) for name in names]
        return pd.concat(tables) if tables else strengths(x=[]).head(0)
    if chart == "survival":
        return curve([1.0, value, value / 2], n=max(many, 5)).head(3 if names else 0)
    if chart == "rest":
        return rests(
            **{name: (5 * i, value, ["awake", "falling asleep", "quit"][i % 3]) for i, name in enumerate(names)}
        )
    if chart == "rhythm":
        return rhythms(**dict.fromkeys(names, (9, value, "Monday" if known else None, value)))
    if chart == "week":
        hours = pd.array([9 if known else None] * many, dtype="Int64")
        return pd.DataFrame({"skill": names, "weekday": "Monday", "hour": hours, "sessions": 1})
    if chart == "load":
        return loads(
            **{name: (value * i, value, value, "sudden" if i % 2 and known else "") for i, name in enumerate(names)}
        )
    return runs(**{name: (i % 2, i + 1) for i, name in enumerate(names)})


NEW = ("habit", "survival", "rest", "rhythm", "week", "load", "streaks")


@pytest.mark.parametrize("chart", NEW)
@pytest.mark.parametrize("known", [True, False], ids=["known", "all unknown"])
@pytest.mark.parametrize("names", [[], ["omelette"], HARD, NAMES], ids=["none", "one", "hard names", "30 skills"])
def test_every_chart_survives_extremes(chart, names, known):
    table = made(chart, names, known)
    before = table.copy(deep=True)
    ax = getattr(repetition, chart)(table)
    pd.testing.assert_frame_equal(table, before)
    assert ax.alt_text.endswith(".")
    assert "nan" not in (ax.finding + ax.alt_text + ax.reading).lower()
    assert bool(ax.reading) != hasattr(ax, "is_empty")
    assert hasattr(ax, "is_empty") or names
    assert style.svg(ax.figure)


@pytest.mark.parametrize("chart", NEW)
def test_every_chart_draws_on_the_users_own_axes(chart):
    _, ax = mpl.pyplot.subplots()
    assert getattr(repetition, chart)(made(chart, ["omelette", "ukulele"], True), ax=ax) is ax
    assert ax.get_title(loc="left").replace("\n", " ") == ax.finding
