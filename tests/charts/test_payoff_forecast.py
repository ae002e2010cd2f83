"""The chart of the forecast: what it draws for each state, what it says, and what it survives."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.dates import date2num

from mmlib import charts
from mmlib.charts.layout import MOST_ROWS, WIDTH

TODAY = pd.Timestamp("2026-10-31")
HARD = [
    "a name that goes on and on until it has sixty characters, truly",
    "win $5 and $6",
    "$x_1$ snake_case^2",
    "<b>bold</b> & --> co",
    "日本語のあいさつ",
    "Donaudampfschifffahrtsgesellschaftskapitänsmützenherstellung",
    r"back\slash \$ {brace}",
]
MANY = [f"skill {i:02d}" for i in range(30)]
STATES = ("on the way", "open", "reached", "not reachable", "unknown")


def row(skill="juggling", state="on the way", *, trials=(30, 20, np.inf), per_day=1.0, reason="", now=81.0):
    """A row of payoff.forecast; per_day None means no recent practice."""
    ends = dict(zip(("", "_low", "_high"), trials, strict=True))
    found = {"skill": skill, "unit": "catches", "better": "higher", "target": 100.0, "now": now, "state": state}
    found |= {f"trials{end}": float(count) for end, count in ends.items()}
    found |= {f"hours{end}": count / 4 if per_day else np.nan for end, count in ends.items()}
    for end, count in ends.items():
        known = bool(per_day) and np.isfinite(count)
        found[f"date{end}"] = TODAY + pd.Timedelta(days=count / per_day) if known else pd.NaT
    return found | {"n": 60, "learner": "ada", "reason": reason}


def by_state(skill, state):
    nothing = (np.nan, np.nan, np.nan)
    return {
        "on the way": row(skill),
        "open": row(skill, "open", trials=(np.nan, 40, np.inf), reason="the curve levels off at 99 (95 to 103)"),
        "reached": row(skill, "reached", trials=(0, 0, 0), now=104.0),
        "not reachable": row(skill, "not reachable", trials=nothing, reason="the curve levels off at 80 (78 to 82)"),
        "unknown": row(skill, "unknown", trials=nothing, now=np.nan, reason="5 trials with a score"),
    }[state]


def table(*rows):
    return pd.DataFrame(list(rows), columns=list(row()))


def every_state():
    return table(*(by_state(state.replace(" ", "-"), state) for state in STATES))


def labels(ax):
    ax.figure.draw_without_rendering()
    return [label.get_text() for label in ax.get_yticklabels()]


def dots(ax):
    return [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "o"]


def arrows(ax):
    return [line.get_ydata()[0] for line in ax.lines if line.get_marker() == ">"]


def bars(ax):
    found = []
    for part in ax.collections:
        found += [(segment[0, 1], segment[0, 0], segment[1, 0]) for segment in part.get_segments()]
    return sorted(found)


def check(ax):
    assert ax.finding
    assert ax.alt_text.endswith(".")
    assert ax.reading.endswith(".") or ax.finding == ax.alt_text
    said = (ax.alt_text + ax.reading + " ".join(text.get_text() for text in ax.texts)).lower()
    assert not re.search(r"\bnan\b|\bnat\b|\binf\b|<na>", said)
    width = float(re.search(r'<svg [^>]*?width="([\d.]+)pt"', charts.svg(ax.figure), re.DOTALL)[1])
    assert width == pytest.approx(WIDTH * 72, abs=4)
    return ax


def test_dots_and_bars_stand_at_their_days_and_an_arrow_where_there_is_no_end():
    ax = charts.forecast(table(row("a", trials=(30, 20, 45)), row("b", trials=(50, 25, np.inf))), as_of=TODAY)
    today, right = date2num(TODAY), ax.get_xlim()[1]
    assert dots(ax) == [today + 30, today + 50]
    assert bars(ax) == [(0, today + 20, today + 45), (1, today + 25, right)]
    assert arrows(ax) == [1]
    assert {text.get_text() for text in ax.texts} >= {"30 Nov 2026", "20 Dec 2026"}


def test_a_bar_that_runs_far_beyond_the_others_gets_an_arrow_too():
    ax = charts.forecast(table(row("a", trials=(30, 20, 900))), as_of=TODAY)
    assert ax.get_xlim()[1] < date2num(TODAY) + 60
    assert arrows(ax) == [0]


def test_each_state_has_its_word_and_the_soonest_comes_first():
    ax = charts.forecast(pd.concat([every_state(), table(row("sooner", trials=(9, 5, 12)))]), as_of=TODAY)
    assert labels(ax) == ["sooner", "on-the-way", "open", "reached", "not-reachable", "unknown"]
    words = {text.get_text() for text in ax.texts}
    assert words >= {"9 Nov 2026", "30 Nov 2026", "open", "reached", "not reachable", "unknown"}
    assert words >= {"now 104, target 100 catches", "now 81, target 100 catches", "target 100 catches"}
    assert len(dots(ax)) == 2
    for state in ("Open: ", "Not reachable: ", "Unknown: "):
        assert state in ax.reading


def test_reasons_stand_below_once_each(words):
    rows = [row(name, per_day=None, reason="no trial in the last 28 days") for name in ("a", "b", "c")]
    ax = charts.forecast(table(row("z"), *rows), as_of=TODAY)
    assert "a, b and c: no trial in the last 28 days" in words(ax)


def test_without_a_pace_the_trials_stand_in_the_row():
    ax = charts.forecast(table(row("a"), row("b", per_day=None), row("c", trials=(1, 0, 9), per_day=None)))
    words = [text.get_text() for text in ax.texts]
    assert "30 more trials (20 or more)" in words
    assert words.count("on the way") == 2
    only = charts.forecast(table(row("a", trials=(1, 0, 9), per_day=None)))
    assert only.finding == "A should reach its target after about 1 more trial (0 to 9)"
    assert dots(only) == [1]


def test_it_can_be_drawn_in_trials():
    ax = charts.forecast(table(row("a", trials=(30, 20, 45)), row("b", trials=(300, 25, np.inf))), by="trials")
    assert dots(ax) == [30, 300]
    assert bars(ax)[0] == (0, 20, 45)
    assert {text.get_text() for text in ax.texts} == {"30 trials", "300 trials"}
    assert "more trials" in ax.get_xlabel()


@pytest.mark.parametrize(
    ("state", "finding"),
    [
        ("on the way", "Juggling should reach its target around 30 November 2026 (20 November 2026 or later)"),
        ("open", "Whether juggling reaches its target is open"),
        ("reached", "Juggling has reached its target"),
        ("not reachable", "Juggling does not come to its target on this curve"),
        ("unknown", "Whether juggling reaches its target cannot be told yet"),
    ],
)
def test_one_skill_in_each_state(state, finding):
    ax = check(charts.forecast(table(by_state("juggling", state)), as_of=TODAY))
    assert ax.finding == finding


def test_titles_of_several():
    reached = table(*(by_state(name, "reached") for name in "ab"))
    assert charts.forecast(reached).finding == "All targets are reached"
    mixed = pd.concat([reached, table(by_state("c", "unknown"))])
    assert charts.forecast(mixed).finding == "No target can be dated: 2 reached and 1 unknown"


def test_the_alt_text_has_the_numbers_of_every_skill():
    said = charts.forecast(every_state(), as_of=TODAY).alt_text
    assert "on the way, 30 November 2026 (20 November 2026 or later), 30 more trials (20 or more), 7.5 h" in said
    assert "open, 40 more trials or not at all" in said
    assert "reached, now 104, target 100 catches" in said


def test_an_empty_table_gives_one_sentence():
    ax = check(charts.forecast(table()))
    assert ax.finding == ax.alt_text == "There is no forecast to show: no skill's card has a target yet."


@pytest.mark.parametrize("names", [["omelette"], HARD, MANY[:12], MANY], ids=["1", "hard", "12", "30"])
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("by", ["date", "trials"])
def test_it_draws_one_skill_hard_names_and_many(names, state, by):
    ax = check(charts.forecast(table(*(by_state(name, state) for name in names)), by=by, as_of=TODAY))
    assert len(labels(ax)) == min(len(names), MOST_ROWS)


def test_a_table_without_any_estimate_survives():
    bare = every_state().assign(now=np.nan, unit=None)
    for name in ("trials", "hours", "date"):
        for end in ("", "_low", "_high"):
            bare[f"{name}{end}"] = pd.NaT if name == "date" else np.nan
    check(charts.forecast(bare[bare["state"].ne("on the way")]))


def test_nothing_overlaps():
    names = [*MANY[:7], *HARD[:5]]
    rows = [by_state(name, STATES[i % 5]) for i, name in enumerate(names)]
    ax = charts.forecast(table(*rows), as_of=TODAY)
    ax.figure.draw_without_rendering()
    texts = [text for text in [*ax.texts, *ax.get_yticklabels()] if text.get_text()]
    boxes = [text.get_window_extent() for text in texts]
    assert not any(one.overlaps(other) for i, one in enumerate(boxes) for other in boxes[:i])


def test_it_draws_on_the_users_own_axes_and_leaves_the_table_as_it_was():
    _, ax = plt.subplots()
    rows = every_state()
    copy = rows.copy(deep=True)
    assert charts.forecast(rows, ax=ax) is ax
    pd.testing.assert_frame_equal(rows, copy)
