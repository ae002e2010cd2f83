"""The scorecard against hand counts."""

import numpy as np
import pandas as pd
import pytest

from mmlib.log import check_log, empty_log
from mmlib.measures import structure

PARTS = [
    "entry_trick",
    "rub_pat_barrier",
    "background_support",
    "payoff",
    "repeatability",
    "experimental_possibilities",
]


@pytest.fixture
def log():
    return check_log(
        pd.DataFrame(
            {
                "skill": ["surfing"] * 7 + ["tea"],
                "start": pd.to_datetime(
                    [f"2026-09-{day:02}" for day in (1, 2, 3, 8, 9, 10, 29)] + ["2026-10-05"],
                ),
                "payoff": [5, None, 2, 4, 3, 4, 1, None],
                "support": [4, 4, None, None, None, None, None, None],
                "part": ["entry_trick", "isolate", None, "combine", None, None, None, None],
                "variation": ["long board", "long board", "dusk", None, None, None, None, None],
            }
        )
    )


@pytest.fixture
def skills():
    return pd.DataFrame(
        {
            "skill": ["surfing", "tea"],
            "has_card": [True, False],
            "entry_trick": ["pop-up on the living-room floor", None],
            "payoff": ["The glide!", None],
        }
    )


def row(table, skill, part):
    return table.set_index(["skill", "part"]).loc[(skill, part)]


def test_scores_by_hand(skills, log):
    table = structure.scorecard(skills, log)
    practice = table[table["skill"] == "surfing"].set_index("part")["practice"]
    # Rated payoffs 5 2 4 3 4: three of five. First session 1 September, last day of the log 5 October: 5 weeks,
    # with sessions in the first, second and fifth.
    expected = [3 / 5, 1, 3 / 4, (19 / 6 - 1) / 4, 3 / 5, 2 / 3]
    assert practice.tolist() == pytest.approx(expected)
    assert practice.index.tolist() == PARTS
    entry = row(table, "surfing", "entry_trick")
    assert entry["score"] == pytest.approx(0.8)
    assert entry["evidence"] == (
        "Card: pop-up on the living-room floor. Log: payoff of 4 or more in 3 of the first 5 rated sessions; "
        "1 session on the entry trick."
    )


def test_evidence_reads_as_sentences(skills, log):
    table = structure.scorecard(skills, log)
    assert row(table, "surfing", "payoff")["evidence"] == "Card: The glide! Log: mean payoff 3.2 of 5 in 6 sessions."
    assert row(table, "surfing", "rub_pat_barrier")["evidence"] == (
        "Card: nothing said. Log: 1 session isolated the parts and 1 combined them."
    )
    assert row(table, "surfing", "repeatability")["evidence"].endswith(
        "practised in 3 of 5 weeks since the first session."
    )


def test_no_card_is_not_an_empty_card(skills, log):
    table = structure.scorecard(skills, log)
    assert table.loc[table["skill"] == "tea", "card"].isna().all()
    assert row(table, "surfing", "rub_pat_barrier")["card"] == 0
    tea = row(table, "tea", "payoff")
    assert np.isnan(tea["score"])
    assert tea["evidence"] == "Card: it describes no part. Log: no payoff rated."


def test_too_new_to_tell(skills, log):
    tea = row(structure.scorecard(skills, log), "tea", "repeatability")
    assert np.isnan(tea["practice"])
    assert tea["evidence"].endswith("begun only 1 week before the log ends, too new to tell.")


def test_half_a_barrier_and_none(skills, log):
    def barrier(parts):
        changed = log.assign(part=pd.Series(parts, dtype="str"))
        return row(structure.scorecard(skills, changed), "surfing", "rub_pat_barrier")["practice"]

    assert barrier(["isolate"] * 8) == 0.5
    assert barrier(["repeat"] * 8) == 0
    assert np.isnan(barrier([None] * 8))


def test_variations_unknown_or_unused(skills, log):
    unused = row(structure.scorecard(skills, log), "tea", "experimental_possibilities")
    assert unused["practice"] == 0
    unknown = structure.scorecard(skills, log.assign(variation=pd.Series([None] * 8, dtype="str")))
    assert unknown.loc[unknown["part"] == "experimental_possibilities", "practice"].isna().all()


def test_skills_of_either_table_appear(skills, log):
    assert structure.scorecard(skills, empty_log())["skill"].unique().tolist() == ["surfing", "tea"]
    assert structure.scorecard(skills.iloc[:0], log)["skill"].unique().tolist() == ["surfing", "tea"]
    assert len(structure.scorecard(skills, log)) == 12


def test_empty_tables_keep_columns_and_types(skills, log):
    empty = structure.scorecard(skills.iloc[:0], empty_log())
    assert len(empty) == 0
    assert empty.dtypes.to_dict() == structure.scorecard(skills, log).dtypes.to_dict()


def test_learners_are_taken_together(skills, log):
    both = pd.concat([log, log.assign(learner="you")], ignore_index=True)
    one, two = structure.scorecard(skills, log), structure.scorecard(skills, both)
    assert two["practice"].to_numpy() == pytest.approx(one["practice"].to_numpy(), nan_ok=True)
    assert "6 of the first 10 rated sessions" in row(two, "surfing", "entry_trick")["evidence"]


def test_a_card_with_a_unit_only_says_nothing_of_the_parts(log):
    cards = pd.DataFrame({"skill": ["surfing"], "has_card": [True], "unit": ["seconds"]})
    assert structure.scorecard(cards, log)["card"].isna().all()
