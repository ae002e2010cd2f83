"""The circle drill and its mirror mode: what an attempt is worth, what is said of it, and what is refused."""

import warnings
from itertools import pairwise

import numpy as np
import pytest

import mmlib as mm
from mmlib.simulate import circles, traces
from mmlib.skills import SIX_PARTS, read_skills
from mmlib.widgets.drills.drill import AttemptError
from mmlib.widgets.drills.mirror import HALF_WIDTH, star


def stroke(radius=300.0, turn=2 * np.pi, n=300, wave=0.0, waves=2, shift=0.0):
    angle = np.linspace(0, turn, n)
    length = radius * (1 + wave * np.sin(waves * angle + shift))
    return (500 + np.column_stack([length * np.cos(angle), length * np.sin(angle)])).tolist()


def drawn(points, name="c1", **more):
    return {"id": name, "start": "2026-10-31T18:30:05", "seconds": 4, "points": points, "pointer": "pen"} | more


@pytest.fixture
def circle(tmp_path):
    return mm.drills.circle(tmp_path)


@pytest.fixture
def mirror(tmp_path):
    return mm.drills.circle(tmp_path, mirror=True)


def test_the_drill_is_a_function_however_its_module_was_imported():
    import mmlib.widgets.drills.circles as the_module

    assert mm.drills.circle is the_module.circle


def test_a_stroke_becomes_a_row_in_per_cent_of_the_radius(circle):
    scored = circle.attempt(drawn(stroke(wave=0.04)))
    assert scored.row["score"] == pytest.approx(100 * 0.04 / np.sqrt(2), abs=0.03)
    row = circle.rows().iloc[0]
    assert row[["skill", "part", "variation", "unit", "better"]].tolist() == [
        "circle", "repeat", "pen", "% off", "lower",
    ]  # fmt: skip
    assert row["reps"] == 1 and row["target"] == 2
    assert row["minutes"] == pytest.approx(4 / 60, abs=1e-4)
    assert row.isna()["note"]


def test_the_page_is_told_the_best_fitting_circle(circle):
    shown = circle.attempt(drawn(stroke(radius=250))).shown
    assert shown == pytest.approx({"x": 500, "y": 500, "radius": 250}, abs=0.05)


def test_the_score_is_said_beside_the_best_so_far(circle):
    assert circle.attempt(drawn(stroke(wave=0.04), "1")).said.startswith("2.8 % off a perfect circle: the first")
    worse = circle.attempt(drawn(stroke(wave=0.06), "2")).said
    assert worse.startswith("4.2 % off a perfect circle; your best so far is 2.8 %.")
    better = circle.attempt(drawn(stroke(wave=0.02), "3")).said
    assert better.startswith("1.4 % off a perfect circle: your best so far, after 2.8 %.")


@pytest.mark.parametrize(("where", "side"), [(0, "right"), (90, "bottom"), (135, "bottom left"), (270, "top")])
def test_it_is_said_where_the_circle_bulges_and_where_it_is_flat(circle, where, side):
    angle = np.linspace(0, 2 * np.pi, 400) + 1
    away = (np.degrees(angle) - where + 180) % 360 - 180
    for height, words in ((0.2, f"bulges out most at the {side}."), (-0.2, f"is flattest at the {side}.")):
        radius = 300 * (1 + height * np.exp(-((away / 20) ** 2)))
        points = 500 + np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
        assert words in circle.attempt(drawn(points.tolist(), f"{where}{height}")).said


def test_a_gap_is_said_and_noted(circle):
    scored = circle.attempt(drawn(stroke(turn=np.radians(330))))
    assert "The gap of 30° counts as well." in scored.said
    assert circle.rows()["note"].tolist() == ["gap 30°"]
    assert circle.attempt(drawn(stroke(turn=np.radians(357)), "2")).row.get("note") is None


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ([[5, 5]] * 9, "dot"),
        ([[0, 0], [500, 500], [900, 900]], "line"),
        (stroke(turn=3.0), "less than half a circle"),
        (stroke(radius=20), "too small"),
        ([[1, 2, 3]] * 9, "cannot be read"),
        ([[1, float("nan")]] * 9, "cannot be read"),
        ([[1, 1e9]] * 9, "cannot be read"),
        ([["a", "b"]] * 9, "cannot be read"),
        ([[1, 2], [3]], "cannot be read"),
        ([], "cannot be read"),
        (None, "cannot be read"),
        (7, "cannot be read"),
        ([[1, 2]] * 1_000_000, "1,000,000 points"),
    ],
)
def test_what_is_no_circle_is_refused_and_not_logged(circle, points, words):
    with pytest.raises(AttemptError, match=words):
        circle.attempt(drawn(points))
    assert len(circle.rows()) == 0


def test_an_unknown_pointer_is_left_out(circle):
    circle.attempt(drawn(stroke(), pointer=["nose"]))
    circle.attempt(drawn(stroke(), "2", pointer="elbow"))
    assert circle.rows()["variation"].isna().all()


def test_practised_circles_have_the_curve_they_were_made_with(circle):
    made = {"asymptote": 2.5, "gain": 8.0, "rate": 0.25, "noise": 0.06}
    circle.practise(circles(40, seed=11, **made))
    found = mm.payoff.learning_curves(circle.rows()).iloc[0]
    assert found["model"] == "exponential" and found["identified"]
    for name in ("asymptote", "gain", "rate"):
        assert found[f"{name}_low"] < made[name] < found[f"{name}_high"]


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_card_has_all_six_parts_and_a_target(tmp_path, mirrored):
    drill = mm.drills.circle(tmp_path, mirror=mirrored)
    assert drill.skill not in set(read_skills(tmp_path / "skills.toml")["skill"]), (
        "a skill begins with its first attempt"
    )
    drill.practise(traces(1, drill.outline, drill.half_width) if mirrored else circles(1))
    card = read_skills(tmp_path / "skills.toml").set_index("skill").loc[drill.skill]
    assert card[list(SIX_PARTS)].notna().all()
    assert card["better"] == "lower" and card["target"] > 0


# The mirror star


def traced(points, seconds, name="m1", **more):
    timed = np.column_stack([points, np.linspace(0, seconds, len(points))])
    whole = {"id": name, "start": "2026-10-31T18:30:05", "seconds": seconds, "points": timed.tolist()}
    return whole | {"pointer": "touch"} | more


def along(outline, steps=20):
    parts = [a + (b - a) * np.linspace(0, 1, steps, endpoint=False)[:, None] for a, b in pairwise(outline)]
    return np.concatenate([*parts, outline[-1:]])


def out_of_the_band(points, where):
    """Move three points away from the star's middle, further than the band is wide."""
    moved = points.copy()
    middle = points[:-1].mean(axis=0)
    for i in range(where - 1, where + 2):
        way = (points[i] - middle) / np.hypot(*(points[i] - middle))
        moved[i] += 2.5 * HALF_WIDTH * way
    return moved


def test_the_star_is_regular_and_fits_the_area_and_its_mirror_image():
    corners = star()
    assert corners[0].tolist() == corners[-1].tolist()
    sides = np.hypot(*np.diff(corners, axis=0).T)
    assert sides == pytest.approx(np.full(10, sides[0]), rel=1e-3)
    for seen in (corners, corners * [1, -1] + [0, 1000]):
        assert seen.min() > HALF_WIDTH and seen.max() < 1000 - HALF_WIDTH


def test_a_clean_round_scores_its_seconds(mirror):
    scored = mirror.attempt(traced(along(star()), 42.5))
    assert scored.row["score"] == 42.5
    assert scored.said == "42.5 seconds: the first in the log. 42.5 for the round, and never out of the band."
    row = mirror.rows().iloc[0]
    assert row[["skill", "unit", "better", "variation", "note"]].tolist() == [
        "mirror star", "seconds", "lower", "touch", "42.5 s, 0 errors",
    ]  # fmt: skip


def test_each_excursion_costs_a_second(mirror):
    points = out_of_the_band(out_of_the_band(along(star()), 30), 110)
    scored = mirror.attempt(traced(points, 30))
    assert scored.row["score"] == 32
    assert "30.0 for the round and 2 for leaving the band" in scored.said
    assert mirror.rows()["note"].tolist() == ["30.0 s, 2 errors"]


def test_a_round_that_misses_a_corner_is_refused(mirror):
    corners = star()
    for wrong in (corners[[0, 1, 2, 4, 5, 6, 7, 8, 9, 10]], corners[:10], corners[::-1]):
        with pytest.raises(AttemptError, match="missed a corner"):
            mirror.attempt(traced(along(wrong), 30))
    assert len(mirror.rows()) == 0


@pytest.mark.parametrize(
    "points",
    [
        [],
        [[500, 100, 0]],
        [[500, 100]] * 5,
        [[500, 100, 2], [510, 110, 1]],
        [[500, 100, 1]] * 3,
        [[1, 2, None]],
        "star",
    ],
)
def test_rounds_that_cannot_be_read_are_refused_without_a_warning(mirror, points):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(AttemptError):
            mirror.attempt({"id": "1", "points": points, "seconds": 3})


def test_the_page_knows_the_star_that_is_scored(mirror):
    assert mirror.settings["outline"] == star().tolist()
    assert mirror.settings["half_width"] == HALF_WIDTH == mirror.half_width


def test_simulated_rounds_are_practised_and_fall(mirror):
    mirror.practise(traces(12, mirror.outline, mirror.half_width, seed=1))
    scores = mirror.rows()["score"]
    assert len(scores) == 12
    assert scores[-4:].mean() < scores[:4].mean() / 2


def test_circles_and_stars_wait_in_the_browser_apart(circle, mirror):
    assert circle.place != mirror.place
