"""The rub-pat drill: an attempt becomes a row, the hands are compared, and the words say no more than the numbers."""

import json
import warnings

import numpy as np
import pandas as pd
import pytest

import mmlib as mm
from mmlib.errors import MMError
from mmlib.simulate import taps
from mmlib.skills import SIX_PARTS, read_skills
from mmlib.stats.tapping import beats
from mmlib.widgets.drills.drill import AttemptError
from mmlib.widgets.drills.isolating import bought, by_hand, cost_said, costs, course_said

LEFT, RIGHT = beats(2, 2000, 8), beats(3, 2000, 8)
SKILLS = ["rub-pat", "rub-pat left", "rub-pat right"]


def attempt(mode="both", left=(), right=(), name="t1", **more):
    start = "2026-10-31T18:30:05"
    hands = {"left": list(left), "right": list(right)}
    return {"id": name, "start": start, "seconds": 18, "mode": mode, "bar": 2.0, "bars": 8} | hands | more


@pytest.fixture
def drill(tmp_path):
    return mm.drills.rub_pat(tmp_path / "practice")


def logged(drill):
    return mm.load(drill.folder).log


def table(*rows):
    """Attempts as (mode, left, right)."""
    start = pd.date_range("2026-10-31 10:00", periods=len(rows), freq="30s")
    made = pd.DataFrame(rows, columns=["mode", "left", "right"]).astype({"left": float, "right": float})
    return made.assign(start=start)[["start", "mode", "left", "right"]]


def test_the_drill_is_a_function_however_its_module_was_imported():
    import mmlib.widgets.drills.tapping as the_module

    assert mm.drills.rub_pat is the_module.rub_pat


def test_both_hands_become_one_row_with_the_mean_error_and_both_errors_in_the_note(drill):
    wobble = np.tile([20, -20], 8)
    drill.practise([attempt(left=LEFT + wobble, right=RIGHT + 100 * (np.arange(24) % 2))])
    row = logged(drill).iloc[0]
    assert row[["skill", "part", "variation", "unit", "better"]].tolist() == [
        "rub-pat", "combine", "both", "ms off", "lower",
    ]  # fmt: skip
    assert row["score"] == pytest.approx((20 + 50) / 2)
    assert (row["reps"], row["successes"]) == (40, 40 - 12)
    assert row["note"] == "left 20.0 ms, right 50.0 ms"
    assert row["minutes"] == pytest.approx(0.3)


@pytest.mark.parametrize(("hand", "rhythm"), [("left", LEFT), ("right", RIGHT)])
def test_a_hand_alone_is_a_skill_of_its_own(drill, hand, rhythm):
    drill.practise([attempt(hand, **{hand: rhythm - 30})])
    row = logged(drill).iloc[0]
    assert row[["skill", "part", "variation", "note"]].tolist() == [
        f"rub-pat {hand}", "isolate", f"{hand} alone", f"{hand} 0.0 ms",
    ]  # fmt: skip
    assert (row["score"], row["reps"], row["successes"]) == (0, rhythm.size, rhythm.size)


def test_taps_of_a_hand_that_rests_do_not_count(drill):
    drill.practise([attempt("left", left=LEFT, right=[1.0, 2.0, 3.0])])
    assert logged(drill)["score"].tolist() == [0]


def test_a_hand_that_did_not_tap_is_no_attempt(drill):
    with pytest.raises(AttemptError, match="The right hand did not tap"):
        drill.attempt(attempt(left=LEFT))
    with pytest.raises(AttemptError, match="The left and right hand did not tap"):
        drill.attempt(attempt())
    assert logged(drill).empty


@pytest.mark.parametrize(
    "wrong",
    [
        {"mode": "feet"}, {"left": ["x"]}, {"left": [float("nan")]}, {"left": [[1.0]]}, {"left": list(range(3000))},
        {"left": None}, {"bars": "many"}, {"bar": None},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_and_not_logged(drill, wrong):
    with pytest.raises(AttemptError):
        drill.attempt(attempt(left=LEFT, right=RIGHT) | wrong)
    assert logged(drill).empty


@pytest.mark.parametrize("wrong", [{"bar": 0.2}, {"bar": 60}, {"bar": float("nan")}, {"bars": 1}, {"bars": 2.5}])
def test_a_tempo_that_hands_cannot_keep_is_refused_with_advice(tmp_path, wrong):
    with pytest.raises(MMError, match=r"expected .* Write bars?="):
        mm.drills.rub_pat(tmp_path, **wrong)


def test_an_attempt_whose_tempo_cannot_be_is_refused_and_does_not_wait_for_ever(drill):
    with pytest.raises(AttemptError):
        drill.attempt(attempt(left=LEFT, right=RIGHT, bar=0.01))


def test_another_tempo_is_a_variation_and_is_compared_with_itself_only(tmp_path):
    usual, slow = mm.drills.rub_pat(tmp_path), mm.drills.rub_pat(tmp_path, bar=3.0)
    usual.practise(taps(2))
    slow.practise(taps(3, seed=1, bar=3.0))
    assert logged(slow)["variation"].value_counts().to_dict() == {"both, bar of 3 s": 3, "both": 2}
    assert (len(usual.hands()), len(slow.hands())) == (2, 3)


def test_the_page_is_told_each_beats_deviation(drill):
    late = LEFT.copy()
    late[1] += 40
    shown = drill.attempt(attempt("left", left=np.delete(late, 5))).shown["hands"]["left"]
    assert shown["deviations"][:3] == [0, 40, 0]
    assert shown["deviations"][5] is None
    assert shown["per_bar"] == 2
    assert shown["said"].startswith("Left: 34 ms off, 15 of 16 beats within 75 ms, 1 missed")
    json.dumps(shown, allow_nan=False)


def test_what_is_said_names_the_hands_and_the_constant_that_was_taken_out(drill):
    said = drill.attempt(attempt(left=LEFT - 40, right=RIGHT - 60)).said
    assert said.startswith("Both hands: 0 ms off (left 0, right 0); 40 of 40 beats hit.")
    assert "You were 50 ms early on the whole, as people are; that is taken out." in said
    assert "late" in drill.attempt(attempt("left", left=LEFT + 60, name="2")).said
    assert drill.attempt(attempt("left", left=LEFT + 5, name="3")).said == "Left alone: 0 ms off; 16 of 16 beats hit."


def test_swapped_hands_are_asked_about(drill):
    assert "Were the hands swapped?" in drill.attempt(attempt(left=RIGHT, right=LEFT)).said
    assert "swapped" not in drill.attempt(attempt(left=LEFT, right=RIGHT, name="2")).said


def test_each_skill_gets_its_card_with_the_six_parts(drill):
    drill.practise([*taps(1), *taps(1, mode="left"), *taps(1, mode="right")])
    cards = read_skills(drill.folder / "skills.toml").set_index("skill").loc[SKILLS]
    assert cards[list(SIX_PARTS)].notna().all(axis=None)
    assert set(cards["better"]) == {"lower"}
    assert (cards["target"] > 0).all()


def test_the_curve_is_that_of_the_chosen_mode(drill):
    drill.practise([*taps(4), *taps(3, mode="left", after={"both": 4})])
    assert drill.attempts == 4
    drill.skill = "rub-pat left"
    assert drill.attempts == 3
    assert "left" in drill.alt.lower()


def test_the_errors_by_hand_are_read_back_from_the_log(drill):
    drill.practise([*taps(3, 7), *taps(2, 7, "left", after={"both": 3}), *taps(2, 7, "right", after={"both": 3})])
    hands, log = mm.drills.rub_pat(drill.folder).hands(), logged(drill)
    assert hands["mode"].value_counts().to_dict() == {"both": 3, "left": 2, "right": 2}
    both = hands[hands["mode"] == "both"]
    assert both[["left", "right"]].mean(axis=1).tolist() == pytest.approx(
        log.loc[log["skill"] == "rub-pat", "score"].tolist(), abs=0.11
    )
    assert hands.loc[hands["mode"] == "left", "left"].tolist() == log.loc[log["skill"] == SKILLS[1], "score"].tolist()
    assert hands.loc[hands["mode"] == "left", "right"].isna().all()


def test_another_learners_attempts_are_not_compared(tmp_path):
    mm.drills.rub_pat(tmp_path, "ada").practise(taps(3))
    assert mm.drills.rub_pat(tmp_path, "bob").hands().empty


def test_rows_without_the_errors_in_their_note_do_not_break_the_drill(drill):
    row = {"learner": "me", "skill": "rub-pat", "start": "2026-10-30 10:00", "score": 80, "variation": "both"}
    mm.append_sessions(drill.folder, pd.DataFrame([row]))
    drill.practise(taps(1))
    assert drill.buys["hands"][0]["together"] is not None
    assert len(drill.buys["course"]) == 1


def test_interference_is_the_error_together_less_the_error_alone():
    rows = [("both", 90, 120)] * 2 + [("both", 80, 110), ("left", 40, None), ("left", 44, None), ("left", 42, None)]
    found = costs(table(*rows)).set_index("hand")
    assert found.loc["left", "estimate"] == pytest.approx(np.mean([90, 90, 80]) - 42)
    assert found.loc["left", "low"] < found.loc["left", "estimate"] < found.loc["left", "high"]
    assert found.loc["left", "n"] == 6
    assert np.isnan(found.loc["right", "estimate"])


def test_only_the_last_ten_of_each_kind_are_compared():
    rows = [("both", 900, 900)] * 5 + [("both", 90 + k % 2, 100) for k in range(10)]
    rows += [("left", 400, None)] * 3 + [("left", 40 + k % 2, None) for k in range(10)]
    assert costs(table(*rows)).set_index("hand").loc["left", "estimate"] == pytest.approx(50)


@pytest.mark.parametrize(
    ("rows", "hand", "said"),
    [
        ([], 0, "Left: no attempts yet."),
        ([("both", 80, 90)], 0, "Left: 80 ms off together; not tapped alone yet."),
        ([("left", 40, None)], 0, "Left: 40 ms off alone; not tapped together yet."),
        (
            [("both", 80, 90), ("left", 40, None)],
            0,
            "Left: 40 ms off alone, 80 ms together. Too few to tell (1 attempt alone, 1 together; at least 3 of each).",
        ),
    ],
)
def test_with_few_attempts_it_says_what_is_missing(rows, hand, said):
    assert bought(table(*rows))["hands"][hand]["said"] == said


def test_a_clear_and_an_unclear_interference_are_told_apart():
    clear = [("both", 90, 50), ("both", 84, 70), ("both", 88, 31)]
    alone = [("left", 40, None), ("left", 44, None), ("left", 38, None)]
    alone += [("right", None, 60), ("right", None, 30), ("right", None, 45)]
    left, right = (cost_said(row) for row in costs(table(*clear, *alone)).itertuples())
    assert "the other hand costs it 47 ms (95%: " in left
    assert left.endswith("n = 6).")
    assert right.endswith("That may be chance.")


def test_before_and_after_is_said_as_no_proof():
    said = course_said(np.array([120, 118, 122, 119]), np.array([80, 82, 79, 81]), True)
    assert said.startswith("Both together: 120 ms off before the first attempt alone (n = 4), 80 ms since (n = 4): ")
    assert "39 ms less (95%: " in said
    assert "is not shown" in said
    assert course_said(np.array([120, 80, 100]), np.array([80, 120, 95]), True).endswith("That may be chance.")
    assert course_said(np.array([120.0]), np.array([80.0]), True).endswith("Too few to tell.")
    assert "Tap each hand alone" in course_said(np.array([120.0]), np.array([]), False)
    assert "nothing before it" in course_said(np.array([]), np.array([80.0]), True)
    assert "both again" in course_said(np.array([90.0]), np.array([]), True)


def test_what_the_page_shows_can_be_sent():
    json.dumps(bought(table()), allow_nan=False)
    json.dumps(bought(table(("both", 80, 90), ("left", 40, None))), allow_nan=False)


def test_by_hand_ignores_other_skills():
    log = pd.DataFrame({"start": pd.to_datetime(["2026-10-31"]), "skill": "omelette", "note": "left 3 ms"})
    assert by_hand(log).empty


def test_a_static_picture_is_the_learning_curve(drill):
    assert drill.still() == "No attempts at rub-pat yet."
    drill.practise(taps(3))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert drill.still().svg.startswith("<svg")
