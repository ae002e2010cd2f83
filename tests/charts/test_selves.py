"""The balance of selves, the change of mood, and the progress that can be seen."""

from __future__ import annotations

import itertools

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from mmlib.charts import selves, style


def shares(*months):
    starts = pd.date_range("2026-09-01", periods=len(months), freq="MS")
    rows = [(start, name, share) for start, month in zip(starts, months, strict=True) for name, share in month.items()]
    return pd.DataFrame(rows, columns=["period", "self", "share"]).assign(learner="ada")


def test_balance_names_the_neglected(tiles, words):
    ax = selves.balance(shares({"player": 0.5, "cook": 0.3, "artist": 0.2}, {"player": 0.54, "cook": 0.46}))
    assert ax.finding == "Player got 54% of the practice in October 2026; nothing went to artist"
    assert "artist 0%" in words(ax)
    assert "cook 46%" in words(ax)
    heights = [tile.height for tile in tiles(ax)]
    assert heights == pytest.approx([0.5, 0.54, 0.3, 0.46, 0.2, 0.0])
    assert "player 54%, cook 46% and artist 0%" in ax.alt_text


def test_balance_labels_do_not_overlap():
    many = {f"self {i}": share for i, share in enumerate([0.9, 0.02, 0.02, 0.02, 0.01, 0.01, 0.01, 0.005, 0.005])}
    ax = selves.balance(shares(many))
    ax.figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in ax.texts if text.get_text().startswith("self")]
    boxes.sort(key=lambda box: box.y0)
    assert len(boxes) == 9
    assert all(lower.y1 <= upper.y0 + 1 for lower, upper in itertools.pairwise(boxes))
    assert boxes[0].y0 >= 0


def test_twelve_selves_are_folded_to_nine(words):
    ax = selves.balance(shares({f"self {i:02d}": 1 / 12 for i in range(12)}))
    assert "others 33%" in words(ax)
    assert len(ax.patches) == 9


def test_balance_without_any_self_says_so():
    assert selves.balance(shares({"unnamed": 1.0})).finding.startswith("There are no selves to compare")


def moods(names, values, half=0.3, by="skill"):
    values = np.asarray(values, dtype=float)
    table = pd.DataFrame({by: names, "before": 3.0, "after": 3 + values, "estimate": values, "n": 20})
    return table.assign(low=values - half, high=values + half, reason="")


def test_mood_lift_draws_and_sorts_the_estimates(words):
    ax = selves.mood_lift(moods(["ukulele", "harmonica", "circle"], [0.1, 0.9, np.nan]))
    assert ax.finding == "After harmonica, mood is 0.9 points higher than before (0.6 to 1.2)"
    assert list(ax.lines[1].get_xdata()) == [0.9, 0.1]
    assert "3.0 → 3.9, n = 20" in words(ax)
    assert "Too few notes on mood: circle (n = 20)" in words(ax)
    assert "ukulele +0.1 (n = 20)" in ax.alt_text


@pytest.mark.parametrize(
    ("values", "finding"),
    [
        ([0.1, 0.2], "No skill goes with a clear change of mood yet"),
        ([0.1, -0.8], "After b, mood is 0.8 points lower than before (−1.1 to −0.5)"),
        ([np.nan, np.nan], "There is no change of mood to show: rate mood before and after in the log, from 1 to 5."),
    ],
)  # fmt: skip
def test_mood_lift_titles(values, finding):
    assert selves.mood_lift(moods(["a", "b"], values)).finding == finding


def test_mood_lift_takes_selves():
    assert selves.mood_lift(moods(["the cook"], [0.1], by="self")).finding.startswith("No self goes with")


def test_balance_tells_over_how_many_selves_it_was_spread():
    table = shares({"player": 0.5, "cook": 0.5}, {"player": 0.8, "cook": 0.2}).assign(evenness=[1, 1, 0.82, 0.82])
    assert selves.balance(table).reading.endswith("In October 2026 it was spread over 1.6 effective selves of 2.")


def test_mood_lift_shows_the_plain_means_beside_the_shrunken_ones(words):
    table = moods(["ukulele", "harmonica"], [0.3, 0.7]).assign(raw=[0.1, 0.9])
    ax = selves.mood_lift(table)
    grey = [line for line in ax.lines if line.get_color() == style.OBSERVED]
    assert list(grey[0].get_xdata()) == [0.9, 0.1]
    assert "grey: before shrinkage" in words(ax)
    assert "shrinkage" not in words(selves.mood_lift(table.assign(raw=table["estimate"])))


def usual(**changes):
    table = pd.DataFrame({"self": ["the cook", "the player", "the maker"], "share": [0.02, 0.9, 0.08]})
    table = table.assign(usual=[0.2, 0.7, 0.1], usual_low=[0.1, 0.6, 0.0], usual_high=[0.3, 0.8, 0.2])
    return table.assign(days_since=[20, 0, 1], neglected=[True, False, False], learner="ada").assign(**changes)


def test_neglected_names_who_went_short(words):
    ax = selves.neglected(usual())
    assert ax.finding == "The cook went short in the last 28 days: 2%, usually 20% of the practice"
    dots = ax.collections[1]
    assert dots.get_offsets()[:, 0].tolist() == [0.02, 0.08, 0.9]
    assert mpl.colors.to_hex(dots.get_facecolors()[0]) == style.BAD
    assert "20 days ago" in words(ax)
    assert "1 day ago" in words(ax)
    assert "the player 90% (usually 70%)" in ax.alt_text


def test_neglected_titles():
    assert selves.neglected(usual(neglected=False)).finding == "No self got clearly less than usual in the last 28 days"
    two = selves.neglected(usual(neglected=[True, False, True])).finding
    assert two == "2 selves went short in the last 28 days: the cook (2%, usually 20%) and the maker (8%, usually 10%)"
    assert selves.neglected(usual(share=np.nan)).finding.startswith("No self can have gone short")
    assert selves.neglected(usual().head(0)).finding.startswith("There are no selves to compare")


def progress(n, names=("omelette", "juggling", "drawing a circle")):
    rng = np.random.default_rng(n)
    kinds = ["new door", "first payoff", "barrier passed", "target reached", "milestone"]
    days = pd.Timestamp("2025-05-01") + pd.to_timedelta(rng.integers(0, 540, n), unit="D")
    table = pd.DataFrame({"learner": "ada", "date": days, "kind": rng.choice(kinds, n), "skill": rng.choice(names, n)})
    return table.assign(what="It folded by itself.")


def test_agency_counts_and_dates_the_events(words):
    table = progress(3).assign(
        date=pd.to_datetime(["2026-08-01", "2026-09-16", "2026-10-18"]),
        kind=["new door", "new door", "target reached"],
        skill=["juggling", "omelette", "omelette"],
    )
    ax = selves.agency(table)
    assert ax.finding == "Ada opened 2 doors and reached a target in 3 months"
    assert [label.get_text() for label in ax.get_yticklabels()] == ["new doors", "targets reached"]
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    assert list(dots[0].get_xdata()) == [0, 1.5]
    assert dots[1].get_color() == style.TARGET
    assert words(ax).count("omelette") == 2
    assert "The latest is of 18 October 2026: target reached in omelette (It folded by itself)." in ax.reading


@pytest.mark.parametrize("n", [1, 3, 60, 200])
def test_agency_labels_do_not_overlap(n):
    ax = selves.agency(progress(n))
    ax.figure.draw_without_rendering()
    names = [text for text in ax.texts if text.get_text() in ("omelette", "juggling", "drawing a circle")]
    boxes = [text.get_window_extent() for text in names]
    assert boxes
    assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))
    assert all(box.x1 <= ax.figure.bbox.width for box in boxes)
    assert len(names) == n or n > 3


def test_agency_takes_hard_names_and_milestones_without_a_skill():
    names = ["a name that goes on and on until it has sixty characters, truly", "win $5", "$x_1$", "日本語のあいさつ"]
    ax = selves.agency(progress(12, names).assign(learner="me"))
    style.svg(ax.figure)
    assert ax.finding.startswith("You ")
    bare = progress(1).assign(kind="milestone", skill=None, what=None)
    assert selves.agency(bare).reading.endswith(": milestone.")
    assert selves.agency(progress(0)).finding.startswith("There is no progress to show yet")
