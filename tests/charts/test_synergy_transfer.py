"""The matrix, the network, the week before and the forest of pooled transfer: what they say and what they draw."""

from __future__ import annotations

import itertools
import re

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import FancyArrowPatch, Rectangle

from mmlib import charts
from mmlib.charts import style
from mmlib.charts.layout import WIDTH
from mmlib.errors import MMError

HARD = [
    "a name that goes on and on until it has sixty characters, truly",
    "win $5 and $6",
    "$x_1$ snake_case^2",
    "<b>bold</b> & --> co",
    "日本語のあいさつ",
    "Donaudampfschifffahrtsgesellschaftskapitänsmützenherstellung",
    r"back\slash \$ {brace}",
]
ADA = ["juggling", "omelette", "harmonica", "ukulele"]
MANY = [f"skill {i:02d}" for i in range(27)]


def table(names, links=(), untested=(), **columns):
    """Return a table of `synergy.transfer`: links are (from, to, estimate), all else is near nothing."""
    found = {(start, end): value for start, end, value in links}
    rows = []
    for i, pair in enumerate(itertools.permutations(names, 2)):
        value = found.get(pair, np.nan if pair in untested else 0.01 * (-1) ** i)
        clear = "better after more" if value > 0 else "worse after more"
        verdict = "too little overlap" if pair in untested else clear if pair in found else "none found"
        small = 1e-4 if pair in found else np.nan if pair in untested else 0.6
        reason = "4 trials of ukulele: it takes 20" if pair in untested else ""
        rows.append((*pair, value, value - 0.4, value + 0.4, small, small, 60, verdict, reason))
    names = ["from_skill", "to_skill", "estimate", "low", "high", "p_value", "q_value", "n", "verdict", "reason"]
    kinds = dict.fromkeys(names[:2], "str") | dict.fromkeys(names[2:7], "float64")
    made = pd.DataFrame(rows, columns=names).astype(kinds)
    return made.assign(learner="ada", hours_sd=1.0, window_days=7.0, per="hour").assign(**columns)


def points(start="harmonica", end="ukulele", n=60, **columns):
    """Return a table of `synergy.transfer_points` whose deviations rise by 0.9 an hour."""
    hours = np.where(np.arange(n) % 3 == 0, 0.0, np.linspace(0.2, 2.0, n))
    made = pd.DataFrame({"trial": range(1, n + 1), "hours": hours, "deviation": 0.9 * (hours - hours.mean())})
    made = made.assign(learner="ada", from_skill=start, to_skill=end, per="hour").assign(**columns)
    return made.assign(start=pd.date_range("2026-01-01", periods=n))


def pooled(names, links=(), untested=(), **columns):
    """Return a table of `synergy.pooled_transfer`."""
    made = table(names, links, untested).drop(columns=["learner", "hours_sd"])
    made["verdict"] = made["verdict"].replace("too little overlap", "too few learners")
    made = made.assign(n=12, days=700, tau=0.2, tau_low=0.0, tau_high=0.5, i2=0.4)
    return made.assign(prediction_low=made["low"] - 0.3, prediction_high=made["high"] + 0.3).assign(**columns)


FEEDS = [("harmonica", "ukulele", 0.9)]
BOTH = [*FEEDS, ("juggling", "omelette", -0.5)]


def cells(ax, color):
    """Return where the matrix has cells of a colour, as (row, column)."""
    same = [each for each in ax.patches if mpl.colors.to_hex(each.get_facecolor()) == color]
    return {(round(each.get_y() + 0.46), round(each.get_x() + 0.46)) for each in same if isinstance(each, Rectangle)}


def arrows(ax):
    return [each for each in ax.patches if isinstance(each, FancyArrowPatch)]


def way(arrow):
    """Return the start, the bend and the end of an arrow as it was meant, in the chart's own units."""
    return arrow._path_original.vertices


def test_only_what_survives_is_coloured_and_numbered():
    ax = charts.transfer(table(ADA, BOTH, untested=[("omelette", "ukulele")]))
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == [label.get_text() for label in ax.get_xticklabels()] == sorted(ADA)
    place = names.index
    assert cells(ax, style.ACCENT) == {(place("harmonica"), place("ukulele"))}
    assert cells(ax, style.BAD) == {(place("juggling"), place("omelette"))}
    assert len(cells(ax, style.PANEL)) == 4 * 3 - 2 - 1
    crosses = [(line.get_ydata()[0], line.get_xdata()[0]) for line in ax.lines if line.get_marker() == "x"]
    assert crosses == [(place("omelette"), place("ukulele"))]
    numbers = [text.get_text() for text in ax.texts if re.fullmatch(r"[+−][\d.]+", text.get_text())]
    assert sorted(numbers) == ["+0.9", "−0.5"]


def test_the_larger_estimate_has_the_deeper_colour():
    ax = charts.transfer(table(ADA, [("harmonica", "ukulele", 0.9), ("juggling", "omelette", 0.3)]))
    colored = [each for each in ax.patches if mpl.colors.to_hex(each.get_facecolor()) == style.ACCENT]
    depth = {round(each.get_x() + 0.46): each.get_alpha() for each in colored}
    assert depth[sorted(ADA).index("ukulele")] > depth[sorted(ADA).index("omelette")]


@pytest.mark.parametrize(
    ("names", "links", "finding"),
    [
        (ADA, FEEDS, "Of 12 pairs tested, 1 stands out: ukulele goes better after more harmonica"),
        (ADA, BOTH, "Of 12 pairs tested, 2 stand out: ukulele goes better after more harmonica and omelette goes worse "
         "after more juggling"),
        (ADA, [*BOTH, ("ukulele", "omelette", 0.4)],
         "Of 12 pairs tested, 3 stand out, most clearly that ukulele goes better after more harmonica"),
        (ADA, [], "None of 12 pairs tested stands out: what differs may well be chance"),
        (ADA[2:], [], "Neither of the two pairs tested stands out: what differs may well be chance"),
        (ADA[2:], [*FEEDS, ("ukulele", "harmonica", 0.4)], "Both pairs tested stand out: ukulele goes better after "
         "more harmonica and harmonica goes better after more ukulele"),
    ],
)  # fmt: skip
def test_the_matrix_says_how_many_of_how_many_stand_out(names, links, finding):
    assert charts.transfer(table(names, links)).finding == finding


def test_one_tested_pair_is_told_as_one():
    untested = [("ukulele", "harmonica")]
    assert charts.transfer(table(ADA[2:], FEEDS, untested)).finding == "Ukulele goes better after more harmonica"
    found = charts.transfer(table(ADA[2:], [], untested)).finding
    assert found == "The one pair tested does not stand out: what differs may well be chance"


def test_the_reading_tells_association_from_effect_and_expects_false_findings():
    ax = charts.transfer(table(MANY[:10], [("skill 01", "skill 02", 0.9)]))
    assert "an association, not an effect" in ax.reading
    assert "Of 90 such comparisons about 4 would have p ≤ 0.05 by chance alone" in ax.reading
    assert "of ten such pairs about one may be chance" in ax.reading
    assert "+0.9 SD per hour (+0.5 to +1.3)" in ax.alt_text


def test_untested_pairs_are_counted_and_explained(words):
    ax = charts.transfer(table(ADA, FEEDS, untested=[("omelette", "ukulele"), ("juggling", "ukulele")]))
    assert "cross: too little overlap to test" in words(ax)
    assert "2 pairs could not be tested" in ax.alt_text
    none = charts.transfer(table(ADA[:2], untested=list(itertools.permutations(ADA[:2], 2))))
    assert none.finding == "No pair of skills could be tested for transfer: 4 trials of ukulele: it takes 20."


def test_27_skills_are_all_drawn_with_the_clearest_named_below(words):
    ax = charts.transfer(table(MANY, [("skill 03", "skill 20", 0.9)]))
    assert [label.get_text() for label in ax.get_yticklabels()] == MANY
    assert "Change in SD per hour: skill 03 → skill 20 +0.9" in words(ax)
    ax.figure.draw_without_rendering()
    boxes = [label.get_window_extent() for label in ax.get_xticklabels()]
    assert all(one.x1 <= other.x0 + 2 for one, other in itertools.pairwise(boxes))


def test_40_skills_are_reduced_to_those_that_stand_out_first(words):
    names = [f"skill {i:02d}" for i in range(40)]
    ax = charts.transfer(table(names, [("skill 38", "skill 39", 0.9)]))
    assert {"skill 38", "skill 39"} <= {label.get_text() for label in ax.get_yticklabels()}
    assert len(ax.get_yticklabels()) == 27
    assert "13 of 40 skills are not drawn, but are counted" in words(ax)
    assert ax.finding.startswith("Of 1,560 pairs tested, 1 stands out")


def test_a_skill_that_no_pair_could_be_tested_of_is_named_below(words):
    alone = [pair for pair in itertools.permutations(ADA, 2) if "juggling" in pair]
    ax = charts.transfer(table(ADA, FEEDS, untested=alone))
    assert [label.get_text() for label in ax.get_yticklabels()] == ["harmonica", "omelette", "ukulele"]
    assert "Too little overlap with any other skill: juggling" in words(ax)
    assert "cross" not in words(ax)
    assert "6 pairs could not be tested" in ax.alt_text


@pytest.mark.parametrize("chart", [charts.transfer, charts.transfer_network])
def test_a_table_of_two_learners_is_refused(chart):
    two = pd.concat([table(ADA, FEEDS), table(ADA, FEEDS, learner="bob")])
    with pytest.raises(MMError, match=r'found 2 learners, expected one.*transfer\["learner"\] == "ada"'):
        chart(two)


def test_arrows_lead_from_the_skill_that_feeds_to_the_one_that_is_fed(words):
    ax = charts.transfer_network(table(ADA, FEEDS))
    dots = [line.get_xydata()[0] for line in ax.lines]
    (arrow,) = arrows(ax)
    ends = way(arrow)[[0, -1]]
    labels = {text.get_text(): text.get_position() for text in ax.texts}
    assert labels["harmonica"][0] < ends[0, 0] < ends[1, 0] < labels["ukulele"][0]
    assert len(dots) == 2
    assert "+0.9" in labels
    assert "Without a link that stands out: juggling and omelette" in words(ax)
    assert mpl.colors.to_hex(arrow.get_edgecolor()) == style.ACCENT


def test_arrows_are_wider_and_orange_by_their_estimates():
    ax = charts.transfer_network(table(ADA, [("harmonica", "ukulele", 0.9), ("juggling", "omelette", -0.3)]))
    look = {mpl.colors.to_hex(each.get_edgecolor()): each.get_linewidth() for each in arrows(ax)}
    assert set(look) == {style.ACCENT, style.BAD}
    assert look[style.ACCENT] > look[style.BAD]
    assert "harmonica → ukulele +0.9 SD per hour" in ax.alt_text


def test_two_skills_that_feed_each_other_have_two_arrows_apart():
    ax = charts.transfer_network(table(ADA, [("harmonica", "ukulele", 0.9), ("ukulele", "harmonica", 0.5)]))
    middles = [way(each)[1, 1] for each in arrows(ax)]
    assert abs(middles[0] - middles[1]) > 15


@pytest.mark.parametrize("n", [2, 5, 9, 27])
def test_names_in_the_network_do_not_overlap(n):
    pairs = list(itertools.permutations(MANY[:n], 2))
    ax = charts.transfer_network(table(MANY[:n], [(*pair, 0.5 + 0.01 * i) for i, pair in enumerate(pairs[:: n - 1])]))
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts if text.get_text().startswith("skill")]
    assert len(boxes) >= 2
    assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))
    assert all(box.x0 >= 0 and box.x1 <= ax.figure.bbox.width for box in boxes)


def test_many_arrows_are_cut_to_the_clearest(words):
    links = [(*pair, 0.5) for pair in list(itertools.permutations(MANY, 2))[::17]]
    ax = charts.transfer_network(table(MANY, links))
    assert len(arrows(ax)) == 20
    assert ax.finding.startswith(f"{len(links)} links stand out, most clearly that skill")
    assert "of which the 20 clearest are drawn" in words(ax)


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (table(ADA), "There is no network to show: none of the 12 pairs tested for transfer stands out."),
        (table(ADA[:2]), "There is no network to show: neither of the two pairs tested for transfer stands out."),
        (table([]), "There is no network to show: no pair of skills could be tested for transfer."),
    ],
)
def test_without_links_there_is_a_sentence(made, sentence):
    assert charts.transfer_network(made).finding == sentence


def test_the_week_before_draws_the_line_of_the_estimate_and_the_means_of_the_groups(words):
    made = points()
    ax = charts.week_before(made, table(ADA, FEEDS))
    assert ax.finding == (
        "Ukulele goes better after more harmonica: +0.9 SD for each hour in the week before (+0.5 to +1.3)"
    )
    line = next(each for each in ax.lines if each.get_color() == style.ACCENT)
    x, y = line.get_data()
    assert np.polyfit(x, y, 1)[0] == pytest.approx(0.9)
    assert np.interp(made["hours"].mean(), x, y) == pytest.approx(made["deviation"].mean())
    diamonds = next(each for each in ax.lines if each.get_marker() == "D")
    some = made[made["hours"] > 0]
    middle = some["hours"].median()
    by_hand = [made[made["hours"] == 0], some[some["hours"] <= middle], some[some["hours"] > middle]]
    assert diamonds.get_ydata() == pytest.approx([part["deviation"].mean() for part in by_hand])
    assert "none (n = 20)" not in words(ax)
    assert "(n = 20)" in ax.alt_text
    assert "hours of harmonica in the week before" in ax.get_xlabel()


def test_the_band_holds_the_slopes_of_the_interval():
    ax = charts.week_before(points(), table(ADA, FEEDS))
    corners = ax.collections[0].get_paths()[0].vertices
    right = corners[corners[:, 0] == corners[:, 0].max()]
    made = points()
    off = made["hours"].max() - made["hours"].mean()
    assert right[:, 1].max() == pytest.approx(made["deviation"].mean() + 1.3 * off)
    assert right[:, 1].min() == pytest.approx(made["deviation"].mean() + 0.5 * off)


def test_the_week_before_of_a_pair_that_does_not_stand_out():
    ax = charts.week_before(points("juggling"), table(ADA, window_days=14))
    assert ax.finding.startswith("Ukulele goes neither clearly better nor clearly worse after more juggling: ")
    assert "in the 14 days before" in ax.finding
    assert "a level one may be among them" in ax.reading


def test_a_pair_that_only_many_trials_brought_up_is_called_chance():
    made = table(ADA)
    pair = (made["from_skill"] == "harmonica") & (made["to_skill"] == "ukulele")
    made.loc[pair, ["estimate", "low", "high", "p_value"]] = [-0.5, -0.9, -0.1, 0.02]
    ax = charts.week_before(points(), made)
    assert ax.finding.startswith(
        "Ukulele went worse after more harmonica, but among 12 pairs that may well be chance: −0.5"
    )
    assert "where 12 pairs are tried, some do so by chance" in ax.reading


def test_where_practice_was_never_missing_the_days_are_cut_into_thirds():
    made = points().assign(hours=np.linspace(1, 4, 60))
    assert "least −" in charts.week_before(made, table(ADA, FEEDS)).alt_text
    same = points().assign(hours=2.0)
    assert "all " in charts.week_before(same, table(ADA, FEEDS)).alt_text


def test_sessions_are_called_sessions():
    ax = charts.week_before(points(per="session"), table(ADA, FEEDS, per="session"))
    assert "for each session in the week before" in ax.finding
    assert ax.get_xlabel().startswith("sessions of harmonica")
    assert "SD per session" in charts.transfer(table(ADA, FEEDS, per="session")).alt_text


def test_the_week_before_refuses_what_does_not_fit():
    with pytest.raises(MMError, match="found 2 pairs of learner and skills, expected one"):
        charts.week_before(pd.concat([points(), points("juggling")]), table(ADA))
    with pytest.raises(MMError, match=r'no row of "harmonika" → "ukulele".*Did you mean "harmonica → ukulele"'):
        charts.week_before(points("harmonika"), table(ADA))


def test_the_week_before_without_an_estimate_says_why():
    made = table(ADA, untested=[("harmonica", "ukulele")])
    assert charts.week_before(points(), made).finding == (
        "Whether ukulele goes better or worse after more harmonica could not be tested: "
        "4 trials of ukulele: it takes 20."
    )
    assert charts.week_before(points().head(0), made).finding.startswith("There is no week before to show")


def test_dots_far_out_do_not_flatten_the_rest(words):
    made = points()
    made.loc[0, "deviation"] = 60.0
    ax = charts.week_before(made, table(ADA, FEEDS))
    assert ax.get_ylim()[1] < 10
    assert "1 dot beyond the edge" in words(ax)


def test_the_forest_draws_means_and_predictions(words):
    ax = charts.pooled_transfer(pooled(ADA, FEEDS))
    assert ax.finding == "Over 12 learners, ukulele goes better after more harmonica: +0.9 SD per hour (+0.5 to +1.3)"
    assert ax.get_yticklabels()[0].get_text() == "harmonica → ukulele"
    first = ax.collections[0].get_segments()[0]
    assert first[:, 0] == pytest.approx([0.2, 1.6])
    blue = [line for line in ax.lines if line.get_color() == style.ACCENT]
    assert np.nanmax(blue[0].get_xdata()) == 0.9
    assert np.isnan(blue[0].get_xdata()).sum() == 11
    assert words(ax).count("n = 12") == 12
    assert "one more learner is likely to go the same way" in ax.reading
    assert "one more +0.2 to +1.6" in ax.alt_text


def test_the_forest_names_those_with_too_few_learners_and_keeps_hours_apart(words):
    made = pd.concat([pooled(ADA[2:], FEEDS), pooled(ADA[2:], per="session")], ignore_index=True)
    ax = charts.pooled_transfer(made)
    assert {"harmonica → ukulele (per hour)", "harmonica → ukulele (per session)"} <= {
        label.get_text() for label in ax.get_yticklabels()
    }
    untested = charts.pooled_transfer(pooled(ADA[2:], FEEDS, [("ukulele", "harmonica")]))
    assert "Too few learners: ukulele → harmonica" in words(untested)
    none = pooled(ADA[2:], [], list(itertools.permutations(ADA[2:], 2)))
    assert charts.pooled_transfer(none).finding.startswith("There is no pooled transfer to show")


def test_the_forest_shows_the_clearest_of_many(words):
    ax = charts.pooled_transfer(pooled(MANY, [("skill 20", "skill 03", -0.9)]))
    assert len(ax.get_yticklabels()) == 15
    assert ax.get_yticklabels()[-1].get_text() == "skill 20 → skill 03"
    assert "the 15 clearest of 702 pairs" in words(ax)


EXTREMES = {
    "nothing": ([], []),
    "two": (ADA[2:], FEEDS),
    "hard names": (HARD, [(HARD[0], HARD[5], 0.9), (HARD[4], HARD[1], -0.4), (HARD[5], HARD[0], 0.3)]),
    "27 skills": (MANY, [(*pair, 0.5) for pair in list(itertools.permutations(MANY, 2))[::40]]),
}
DRAWN = {
    "transfer": lambda names, links, **where: charts.transfer(table(names, links), **where),
    "transfer_network": lambda names, links, **where: charts.transfer_network(table(names, links), **where),
    "pooled_transfer": lambda names, links, **where: charts.pooled_transfer(pooled(names, links), **where),
    "week_before": lambda names, links, **where: charts.week_before(
        points(*links[0][:2]) if links else points().head(0), table(names, links), **where
    ),
}


@pytest.mark.parametrize("names", EXTREMES)
@pytest.mark.parametrize("name", DRAWN)
def test_every_chart_stays_on_its_page(name, names):
    ax = DRAWN[name](*EXTREMES[names])
    assert ax.finding
    assert ax.alt_text.endswith(".")
    assert ax.reading.endswith(".") or (ax.reading == "" and ax.finding == ax.alt_text)
    assert "nan" not in (ax.alt_text + ax.reading).lower()
    width = float(re.search(r'<svg [^>]*?width="([\d.]+)pt"', charts.svg(ax.figure), re.DOTALL)[1])
    assert width == pytest.approx(WIDTH * 72, abs=4)
    texts = [text.get_window_extent() for text in ax.figure.texts if text.get_text()]
    assert not any(one.overlaps(other) for one, other in itertools.combinations(texts, 2))


@pytest.mark.parametrize("name", DRAWN)
def test_every_chart_draws_on_the_users_own_axes(name):
    _, ax = plt.subplots()
    assert DRAWN[name](ADA, FEEDS, ax=ax) is ax
    assert ax.get_title(loc="left").replace("\n", " ") == ax.finding
    assert charts.svg(ax.figure)


def test_no_chart_changes_its_table():
    made, own, every = table(ADA, FEEDS), points(), pooled(ADA, FEEDS)
    copies = [each.copy(deep=True) for each in (made, own, every)]
    charts.transfer(made)
    charts.transfer_network(made)
    charts.week_before(own, made)
    charts.pooled_transfer(every)
    for each, copy in zip((made, own, every), copies, strict=True):
        pd.testing.assert_frame_equal(each, copy)
