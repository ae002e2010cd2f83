"""Breadth and hours per domain, against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mmlib.charts import style, synergy


def table(effective, practised, change=None, reach=0.4):
    """Return a table of `synergy.breadth`; `change` is the interval of the last change, NaN where none was told."""
    periods = pd.date_range("2026-05-01", periods=len(effective), freq="MS")
    made = pd.DataFrame({"learner": "ada", "period": periods, "hill_1": effective, "n_practised": practised})
    made = made.assign(hill_1_low=made["hill_1"] - reach, hill_1_high=made["hill_1"] + 2 * reach)
    made["change_low"] = made["change_high"] = np.nan
    if change is not None:
        made.loc[len(made) - 1, ["change_low", "change_high"]] = change
    return made


@pytest.mark.parametrize(
    ("effective", "change", "finding"),
    [
        ([6.1, 5.2], (-1.6, -0.2), "5.2 effective skills, down from 6.1 in May 2026"),
        ([5.0, 5.2], (0.1, 0.3), "5.2 effective skills, up from 5.0 in May 2026"),
        ([6.1, 5.2], (-1.8, 0.1), "5.2 effective skills, not clearly fewer than the 6.1 of May 2026"),
        ([5.0, 5.2], (-0.3, 0.9), "5.2 effective skills, not clearly more than the 5.0 of May 2026"),
        ([6.1, 5.2], None, "5.2 effective skills, after 6.1 in May 2026"),
        ([1.0, 1.0], None, "1.0 effective skill, as in May 2026"),
        ([5.21, 5.22], (0.001, 0.02), "5.2 effective skills, as in May 2026"),
        ([np.nan, 2.0], None, "2.0 effective skills"),
    ],
)
def test_breadth_calls_a_change_only_what_its_interval_supports(effective, change, finding):
    ax = synergy.breadth(table(effective, [8] * len(effective), change))
    assert ax.finding == f"Practice in June 2026 was spread over {finding}"


def test_breadth_of_one_month_and_of_none():
    assert synergy.breadth(table([2.0], [8])).finding == "Practice in May 2026 was spread over 2.0 effective skills"
    assert synergy.breadth(table([2.0, np.nan], [8, 0])).finding == "There was no practice in June 2026"


def test_breadth_does_not_compare_a_part_of_a_month_with_a_whole_one():
    two = table([6.1, 5.2], [8, 8], (-1.6, -0.2))
    part = synergy.breadth(two, until="2026-06-10").finding
    assert part == "Practice from 1 to 10 June 2026 was spread over 5.2 effective skills"
    whole = "Practice in June 2026 was spread over 5.2 effective skills, down from 6.1 in May 2026"
    assert synergy.breadth(two, until=pd.Timestamp("2026-06-29 21:00")).finding == whole
    weeks = two.assign(period=pd.to_datetime(["2026-10-05", "2026-10-12"]))
    assert "down from" not in synergy.breadth(weeks, until="2026-10-16").finding
    assert "down from" in synergy.breadth(weeks, until="2026-10-18").finding


def test_breadth_draws_the_intervals_as_a_band(words):
    ax = synergy.breadth(table([3.0, 4.0, 3.5], [5, 6, 5], (-1.0, 0.2)))
    (band,) = [each for each in ax.collections if each.get_paths() and len(each.get_paths()[0].vertices) > 2]
    assert style.mpl.colors.to_hex(band.get_facecolor()[0]) == style.BAND
    heights = band.get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == pytest.approx((2.6, 4.8))
    assert "95% interval is 3.1 to 4.3" in ax.alt_text
    assert "with its 95% interval" in words(ax)
    assert "The band" in ax.reading


def test_breadth_draws_a_lonely_interval_as_a_line_and_keeps_a_long_one_in_bounds():
    lonely = table([3.0, 4.0, 3.5], [5, 6, 5])
    lonely.loc[[0, 2], ["hill_1_low", "hill_1_high"]] = np.nan
    lonely.loc[1, "hill_1_high"] = 300.0
    ax = synergy.breadth(lonely)
    (line,) = [each for each in ax.collections if each.get_paths() and len(each.get_paths()[0].vertices) == 2]
    assert line.get_segments()[0][:, 1].tolist() == [3.6, 300.0]
    assert ax.get_ylim()[1] == pytest.approx(9)


def test_breadth_without_intervals_speaks_of_none(words):
    bare = table([6.1, 5.2], [8, 8])[["learner", "period", "hill_1", "n_practised"]]
    ax = synergy.breadth(bare)
    assert "interval" not in words(ax) + ax.alt_text
    assert "band" not in ax.reading


def test_breadth_of_one_skill_is_a_sentence():
    ax = synergy.breadth(table([1.0, 1.0], [1, 1]))
    assert ax.finding == "There is no breadth to show: never more than one skill has been practised in a month."
    assert ax.is_empty


def test_breadth_draws_both_numbers(words):
    ax = synergy.breadth(table([3.0, np.nan, 2.5], [5, 0, 4]), of="self")
    assert np.array_equal(ax.lines[0].get_ydata(), [3.0, np.nan, 2.5], equal_nan=True)
    assert list(ax.lines[1].get_ydata()) == [5, 0, 4]
    assert "4 practised" in words(ax)
    assert "2.5 effective selves" in words(ax)
    assert "from 2.5 to 3.0 over 3 months" in ax.alt_text


def test_hours_draws_each_domain_and_highlights_the_last_month(tiles, words):
    months = pd.to_datetime(["2026-08-01", "2026-10-01"])
    hours = pd.DataFrame(
        {"domain": ["music", "music", "body"], "period": [*months, months[1]], "minutes": [600.0, 380.0, 45.0],
         "sessions": 3}
    )  # fmt: skip
    ax = synergy.hours(hours)
    assert ax.finding == "Music got the most time in October 2026: 6 h 20 min of 7 h 5 min"
    bars = sorted(tiles(ax))
    assert [bar.x for bar in bars] == [0, 0, 1, 1, 2, 2]  # 2 domains, 3 months: September without practice is there
    assert max(bar.height for bar in bars[2:4]) == 0
    music, body = sorted(bars[4:], key=lambda bar: -bar.height)
    assert max(bar.height for bar in bars[:2]) / music.height == pytest.approx(600 / 380)
    assert body.height / music.height == pytest.approx(45 / 380)
    assert music.y < body.y
    assert {bar.color for bar in bars if bar.x == 2} == {style.HIGHLIGHT}
    assert style.HIGHLIGHT not in {bar.color for bar in bars if bar.x < 2}
    assert "45 min" in words(ax)


def test_hours_without_any_domain_says_so():
    hours = pd.DataFrame({"domain": ["unknown"], "period": pd.Timestamp("2026-10-01"), "minutes": [5.0], "sessions": 1})
    assert synergy.hours(hours).finding == "There are no domains to compare: no card in skills.toml names one yet."


def test_hours_of_many_domains_draws_the_largest(tiles, words):
    hours = pd.DataFrame(
        {"domain": [f"domain {i}" for i in range(27)], "period": pd.Timestamp("2026-10-01"),
         "minutes": np.arange(27.0) + 1, "sessions": 1}
    )  # fmt: skip
    ax = synergy.hours(hours)
    assert len(tiles(ax)) == 12
    assert "Not drawn: 15 more, together 2 h in October 2026" in words(ax)
    assert ax.finding.startswith("Domain 26 got the most time in October 2026: 27 min of 6 h 18 min")


def test_practice_without_a_domain_is_named_as_such():
    hours = pd.DataFrame({"domain": ["unknown", "body"], "period": [pd.Timestamp("2026-10-01")] * 2})
    chart = synergy.hours(hours.assign(minutes=[60.0, 15.0], sessions=1))
    assert chart.finding == "Skills without a domain got the most time in October 2026: 1 h of 1 h 15 min"
