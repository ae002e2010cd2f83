"""The drill of four lights: blocks are scored and logged, the hidden one stays hidden, and nothing is remembered."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mmlib as mm
from mmlib.errors import MMError
from mmlib.stats import sequences
from mmlib.widgets.drills.blocks import REPEATING, blocks, is_hidden, slowings
from mmlib.widgets.drills.drill import AttemptError
from mmlib.widgets.drills.serial import revealed


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "practice"


def block(number, times=(400, 500), right=None, n=24):
    times = np.resize(np.array(times, dtype=float), n).tolist()
    right = [True] * n if right is None else right
    return {"id": f"b{number}", "start": "2026-10-31T18:30:00", "seconds": 20, "block": number, "times": times,
            "right": right}  # fmt: skip


def rows(folder):
    return pd.read_csv(folder / "log.csv")


def test_a_block_becomes_a_row_with_its_median_its_presses_and_its_number(folder):
    drill = mm.drills.sequence(folder, curve=False)
    times = [*range(400, 420), 50, 3500, 900, 950]
    right = [True] * 22 + [False] * 2
    drill.practise([block(1, times, right)])
    (row,) = rows(folder).to_dict("records")
    assert (row["learner"], row["skill"], row["part"], row["variation"]) == ("me", "sequence", "repeat", "repeating")
    assert row["score"] == 409.5, "the median of 400 to 419: an anticipation, a lapse and two errors do not count"
    assert (row["reps"], row["successes"]) == (24, 22)
    assert row["minutes"] == pytest.approx(1 / 3, abs=1e-3)
    assert row["note"].startswith("block 1: 20 reaction times counted, standard error ")
    assert (row["source"], row["source_id"]) == ("drill", "b1")
    assert drill.said == (
        "Block 1 of 7: 410 ms, 22 of 24 right at once. 2 right presses before 100 ms or after 3 s do not count."
    )


def test_the_hidden_block_is_logged_as_reaction_and_the_curve_of_the_sequence_stays_clean(folder):
    mm.drills.sequence(folder, curve=False).practise(mm.simulate.key_presses(7))
    log = mm.load(folder).log
    assert log["variation"].tolist() == ["repeating"] * 5 + ["hidden block", "repeating"]
    assert log["skill"].tolist() == ["sequence"] * 5 + ["reaction", "sequence"]
    assert set(log["unit"]) == {"ms"}
    assert set(log["better"]) == {"lower"}


def test_until_the_round_is_over_nothing_tells_the_hidden_block_from_the_others(folder):
    drill = mm.drills.sequence(folder, curve=False)
    drill.practise(mm.simulate.key_presses(6))
    assert drill.attempts == 6
    assert set(drill.blocks()["order"]) == {"not told yet"}
    assert drill.learnt().empty
    assert drill.told == ""
    assert "random" not in drill.said
    drill.curve = True
    assert "random" not in drill.drawn + drill.alt
    assert drill.alt.startswith("Your quickest block so far is number ")


def test_after_the_last_block_of_a_round_the_page_tells_what_the_order_was_worth(folder):
    drill = mm.drills.sequence(folder)
    drill.practise(mm.simulate.key_presses(7, seed=3))
    (found,) = drill.learnt().to_dict("records")
    medians = rows(folder)["score"]
    assert found["estimate"] == pytest.approx(medians[5] - (medians[4] + medians[6]) / 2)
    assert found["low"] < found["estimate"] < found["high"]
    assert f"You were {found['estimate']:.0f} ms slower in it ({found['low']:.0f} to {found['high']:.0f}" in drill.told
    assert drill.told.startswith("In block 6 the order was random.")
    assert drill.alt.startswith(f"You were {found['estimate']:.0f} ms slower when the order was random")
    assert drill.blocks()["order"].tolist() == ["repeating"] * 5 + ["hidden block", "repeating"]
    assert drill.attempts == len(drill.rows()) == 7
    drill.practise(mm.simulate.key_presses(1, seed=3, first=8))
    assert drill.told == ""
    assert drill.upcoming["name"] == "round 2, block 2 of 7"


def test_the_simulated_benefit_is_found_again(tmp_path):
    found, truth = [], []
    for seed in range(12):
        drill = mm.drills.sequence(tmp_path / str(seed), curve=False)
        drill.practise(mm.simulate.key_presses(7, seed=seed, benefit=90))
        found.append(drill.learnt().iloc[0])
        truth = [90 * (1 - np.exp(-0.25 * before)) for before in (4, 5)]
    estimates = [each["estimate"] for each in found]
    assert np.mean(estimates) == pytest.approx(np.mean(truth), abs=12)
    assert sum(each["low"] <= np.mean(truth) <= each["high"] for each in found) >= 9


def test_what_comes_next_follows_from_the_log_alone(folder):
    first = mm.drills.sequence(folder, curve=False)
    for number in range(1, 15):
        assert first.upcoming["block"] == number
        again = mm.drills.sequence(folder, curve=False)
        assert again.upcoming == first.upcoming
        first.practise(mm.simulate.key_presses(1, first=number))
    assert mm.drills.sequence(folder, curve=False).blocks()["block"].tolist() == list(range(1, 15))


def test_the_page_gets_the_learners_own_order_and_a_random_one_in_the_hidden_block_only(folder):
    drill = mm.drills.sequence(folder, learner="bob", curve=False)
    for number in range(1, 15):
        drill.practise(mm.simulate.key_presses(1, first=number))
        order, upcoming = drill.upcoming["order"], drill.upcoming["block"]
        assert len(order) == 60
        share = sequences.shared_triplets(order, drill.own)
        assert share <= 1 / 3 if is_hidden(upcoming) else share == 1
        assert np.bincount(order).tolist() == [15] * 4


def test_each_name_has_its_order_for_good(tmp_path):
    names = [f"learner {i}" for i in range(20)]
    orders = [mm.drills.sequence(tmp_path, learner=name, curve=False).secret() for name in names]
    assert len(set(orders)) > 8
    assert orders[0] == mm.drills.sequence(tmp_path / "elsewhere", learner=names[0], curve=False).secret()


def test_in_each_round_one_block_is_hidden_with_others_on_both_sides():
    for number in range(12):
        places = [place for place in range(1, 8) if is_hidden(7 * number + place)]
        assert len(places) == 1
        assert 3 <= places[0] <= 6
    assert is_hidden(6)


def test_an_attempt_that_comes_twice_is_logged_once_and_one_played_twice_counts_once(folder):
    drill = mm.drills.sequence(folder, curve=False)
    drill.practise([block(1), block(1)])
    assert drill.attempts == 1
    drill.practise([block(1, times=(300,)) | {"id": "other page", "start": "2026-10-31T18:40:00"}])
    assert drill.attempts == 1
    assert drill.upcoming["block"] == 2
    assert drill.blocks()["median"].tolist() == [300]
    assert len(rows(folder)) == 2


def test_a_block_of_too_few_good_presses_is_refused_and_comes_again(folder):
    drill = mm.drills.sequence(folder, curve=False)
    with pytest.raises(AttemptError, match="9 of 24 presses were right and between 100 ms and 3 s, and 10 are needed"):
        drill.attempt(block(1, right=[True] * 9 + [False] * 15))
    assert drill.upcoming["block"] == 1
    assert rows(folder).empty


@pytest.mark.parametrize(
    "wrong",
    [
        {"block": 0},
        {"block": 10_000},
        {"block": "six"},
        {"times": [400.0]},
        {"times": None},
        {"right": "yes"},
        {"times": ["quick"] * 24},
    ],
)
def test_an_attempt_that_cannot_be_read_is_refused(folder, wrong):
    drill = mm.drills.sequence(folder, curve=False)
    with pytest.raises(AttemptError):
        drill.attempt(block(1) | wrong)
    assert rows(folder).empty


def test_many_mistakes_bring_the_advice_to_slow_down(folder):
    drill = mm.drills.sequence(folder, curve=False)
    drill.practise([block(1, right=[True] * 20 + [False] * 4)])
    assert drill.said.endswith("20 of 24 right at once. A little slower would be more careful.")


def test_the_plain_drill_is_random_throughout_and_counts_its_own_blocks_only(folder):
    mm.drills.sequence(folder, curve=False).practise(mm.simulate.key_presses(7))
    drill = mm.drills.reaction(folder, curve=False, trials=24)
    assert drill.upcoming["block"] == 1
    orders = set()
    for number in range(1, 9):
        assert len(drill.upcoming["order"]) == 24
        orders.add(tuple(drill.upcoming["order"]))
        drill.practise(mm.simulate.key_presses(1, first=number, benefit=0, seed=9))
    assert len(orders) == 8
    assert drill.attempts == 8
    assert set(drill.rows()["variation"]) == {"random"}
    assert drill.told == ""
    log = mm.load(folder).log
    assert log["variation"].value_counts().to_dict() == {"random": 8, "repeating": 6, "hidden block": 1}
    assert set(log.loc[log["variation"] == "random", "skill"]) == {"reaction"}
    assert mm.drills.sequence(folder, curve=False).upcoming["block"] == 8


def test_learners_and_rows_by_hand_do_not_mix(folder):
    mm.drills.sequence(folder, learner="ada", curve=False).practise(mm.simulate.key_presses(3))
    mm.log.append_sessions(folder, {"skill": "sequence", "start": "2026-10-31", "score": 500, "learner": "bob"})
    drill = mm.drills.sequence(folder, learner="bob", curve=False)
    assert drill.upcoming["block"] == 1
    assert drill.attempts == 0


def test_a_length_that_is_no_multiple_of_twelve_is_refused_with_those_that_are(folder):
    with pytest.raises(MMError, match="found 50, expected a multiple of 12"):
        mm.drills.sequence(folder, trials=50)


def test_the_cards_say_all_six_parts(folder):
    mm.drills.sequence(folder, curve=False).practise([block(1)])
    mm.drills.reaction(folder).practise([block(1) | {"id": "r1"}])
    cards = mm.load(folder).skills.set_index("skill").loc[["sequence", "reaction"]]
    assert set(cards["unit"]) == {"ms"}
    assert not cards[["entry_trick", "rub_pat_barrier", "background_support", "payoff", "repeatability",
                      "experimental_possibilities"]].isna().any(axis=None)  # fmt: skip


def test_a_guess_is_told_how_much_of_the_order_it_has(folder):
    drill = mm.drills.sequence(folder, curve=False)
    assert drill.known(drill.secret()) == 1
    assert drill.known(" - ".join(drill.secret().lower())) == 1
    assert drill.known("DFDFDFDF") < 0.6
    with pytest.raises(MMError, match="at least three of the keys"):
        drill.known("D, F")


def told_of(estimate, low, high):
    return revealed(pd.Series({"round": 2, "block": 12, "estimate": estimate, "low": low, "high": high, "n": 170}))


def test_the_reveal_says_no_more_than_the_interval_allows():
    assert told_of(5, -12, 22).endswith(
        "You were 5 ms slower in it (from 12 quicker to 22 slower, n = 170), which may be chance. Did you notice it?"
    )
    assert "You were 30 ms quicker in it (10 to 50, n = 170): no sign of the order yet." in told_of(-30, -50, -10)
    assert told_of(5, np.nan, np.nan).endswith("You were 5 ms slower in it; how sure that is cannot be told.")
    assert told_of(np.nan, np.nan, np.nan).endswith("so there is nothing to compare it with.")
    assert told_of(60, 40, 80).startswith("In block 5 the order was random.")


def table(medians, start=1):
    return pd.DataFrame(
        {
            "block": range(start, start + len(medians)),
            "round": [(b - 1) // 7 + 1 for b in range(start, start + len(medians))],
            "order": REPEATING,
            "median": medians,
            "error": 8.0,
            "n": 57,
        }
    )


def test_a_block_that_is_missing_leaves_its_round_without_an_answer():
    whole = table([400.0] * 14)
    found = slowings(whole[whole["block"] != 5])
    assert found["reason"].tolist() == ["a block is missing", ""]
    assert found["estimate"].isna().tolist() == [True, False]
    assert slowings(whole.head(6)).empty


def test_rows_whose_note_was_changed_are_left_out():
    log = pd.DataFrame(
        {
            "note": ["block 2: 50 reaction times counted, standard error 8.0 ms", "a good one", None,
                     "block 1: 9 reaction times counted, standard error unknown"],
            "score": [400.0, 410.0, 420.0, 430.0],
        }
    )  # fmt: skip
    found = blocks(log.assign(variation=REPEATING))
    assert found["block"].tolist() == [1, 2]
    assert found["median"].tolist() == [430, 400]
    assert found["error"].isna().tolist() == [True, False]


def test_without_a_kernel_the_drill_leaves_its_curve_or_the_reveal(folder):
    drill = mm.drills.sequence(folder)
    assert drill.still() == "No attempts at sequence yet."
    drill.practise(mm.simulate.key_presses(3))
    assert drill.still().svg.startswith("<svg")
    drill.practise(mm.simulate.key_presses(4, first=4))
    assert "when the order was random" in drill.still().alt
