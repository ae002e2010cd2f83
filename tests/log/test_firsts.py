"""First payoffs, targets and barriers against hand counts."""

import numpy as np
import pandas as pd
import pytest

from mmlib.log import check_log, empty_log
from mmlib.log.firsts import first_where, milestones_in, passed_barriers


def log_of(scores, better="higher", target=10.0, **columns):
    days = pd.date_range("2026-10-01 18:00", periods=len(scores), unit="us")
    rows = pd.DataFrame({"skill": "a", "start": days, "score": scores, **columns})
    return check_log(rows).assign(better=better, target=target)


def test_one_lucky_score_is_no_target_reached():
    trials = milestones_in(log_of([1, 99, 2, 3, 4, 12, 11, 10]))
    # The last five of the eighth trial are 3 4 12 11 10: the middle one is 10.
    assert trials["at_target"].tolist() == [False] * 7 + [True]
    assert first_where(trials, "at_target")["trial"].tolist() == [8]


def test_lower_may_be_better_and_unscored_trials_do_not_count():
    trials = milestones_in(log_of([30, 9, None, 8, 9, 7], better="lower"))
    assert first_where(trials, "at_target")["trial"].tolist() == [6]
    assert not milestones_in(log_of([30, 9, 8, 9, 7], target=None))["scored"].any()


def test_a_share_of_successes_meets_a_share_as_target():
    none = [None] * 5
    counts = {"reps": [10] * 5, "successes": [8, 9, 9, 10, 7]}
    assert milestones_in(log_of(none, target=0.9, **counts))["at_target"].tolist() == [False] * 4 + [True]
    assert not milestones_in(log_of(none, target=90.0, **counts))["scored"].any()


def test_hours_and_days_run_from_the_first_session_of_the_skill():
    log = log_of([1, 2, 3], minutes=[30, None, 60], payoff=[None, 3, 4])
    trials = milestones_in(log.sample(frac=1, random_state=1))
    assert trials["hours"].tolist() == pytest.approx([0.5, 1.25, 2.25])  # the median session has 45 minutes
    assert trials["days"].tolist() == [0, 1, 2]
    assert trials["rewarding"].tolist() == [False, False, True]
    assert milestones_in(log.assign(minutes=np.nan))["hours"].isna().all()


def test_an_empty_log_has_no_trials():
    empty = milestones_in(empty_log())
    assert len(empty) == 0
    assert first_where(empty, "at_target").empty


def barriers(kinds, passed):
    days = pd.date_range("2026-01-01", periods=len(kinds))
    return pd.DataFrame({"learner": "me", "skill": "a", "kind": kinds, "start": days, "isolated": pd.NA}).assign(
        passed=pd.array(passed, dtype="boolean")
    )


def test_only_a_leap_that_ends_a_plateau_for_good_passes_a_barrier():
    found = barriers(["plateau", "leap", "dip", "leap", "plateau", "leap"], [True, None, None, None, False, None])
    assert passed_barriers(found)["start"].tolist() == [pd.Timestamp("2026-01-02")]
    assert not passed_barriers(found)["isolated"].any()
    assert len(passed_barriers(found.drop(columns="passed"))) == 3


def test_no_table_and_a_table_without_barriers_have_none():
    nothing_found = barriers([None, None], [None, None])
    assert len(passed_barriers(None)) == len(passed_barriers(nothing_found)) == 0
    assert passed_barriers(None).dtypes.to_dict() == passed_barriers(nothing_found).dtypes.to_dict()
