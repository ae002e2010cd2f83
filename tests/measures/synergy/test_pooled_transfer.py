"""Pooled transfer against the textbook's formulas, on tables of estimates with a known truth."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects

from mmlib.log import check_log
from mmlib.measures.synergy import pooled_transfer
from mmlib.measures.synergy.pooled_transfer import POOLED, _pooled
from mmlib.measures.synergy.transfer import transfer

Z = stats.norm.ppf(0.975)


def estimates(pair, values, errors, **columns):
    """Return one pair's rows of a table of `synergy.transfer`, one learner each."""
    value, error = np.asarray(values, dtype=float), np.asarray(errors, dtype=float)
    table = pd.DataFrame({"estimate": value, "low": value - Z * error, "high": value + Z * error})
    table = table.assign(learner=[f"p{i}" for i in range(len(value))], from_skill=pair[0], to_skill=pair[1], n=50)
    table = table.assign(p_value=0.5, q_value=0.5, hours_sd=1.0, window_days=7, verdict="none found", reason="")
    return table.assign(per="hour").assign(**columns)


def test_a_pair_is_pooled_as_statsmodels_does():
    y, se = np.array([0.9, 0.5, 0.7, 0.2, 0.8]), np.array([0.2, 0.1, 0.3, 0.15, 0.2])
    row = _pooled(estimates(("harmonica", "ukulele"), y, se), 0.95).iloc[0]
    expected = combine_effects(y, se**2, method_re="pm", use_t=True)
    assert row["estimate"] == pytest.approx(expected.mean_effect_re)
    assert (row["low"], row["high"]) == pytest.approx(tuple(expected.conf_int()[1]))
    assert row["tau"] ** 2 == pytest.approx(expected.tau2)
    assert row["i2"] == pytest.approx(1 - 4 / expected.q)
    assert row["heterogeneity_p"] == pytest.approx(expected.test_homogeneity().pvalue)
    assert (row["n"], row["days"], row["per"], row["reason"]) == (5, 250, "hour", "")
    assert row["prediction_low"] < row["low"] < row["high"] < row["prediction_high"]


def test_standard_errors_are_read_from_the_interval_or_the_column():
    table = estimates(("a", "b"), [0.1, 0.2, 0.6], [0.2, 0.2, 0.2])
    narrow = table.assign(low=table["estimate"] - stats.norm.ppf(0.9) * 0.2)
    narrow["high"] = 2 * narrow["estimate"] - narrow["low"]
    other = table.assign(low=-9.0, high=9.0, se=0.2)
    widths = [_pooled(each, share).loc[0, "tau"] for each, share in ((table, 0.95), (narrow, 0.8), (other, 0.95))]
    assert widths == pytest.approx([widths[0]] * 3)
    high = [_pooled(each, 0.95).loc[0, "high"] for each in (table, other)]
    assert high[0] == pytest.approx(high[1])


def test_fewer_than_three_learners_give_a_reason():
    two = estimates(("a", "b"), [0.5, 0.6, np.nan], [0.1, 0.1, 0.1])
    one = estimates(("b", "a"), [0.5], [0.1])
    none = estimates(("a", "c"), [np.nan], [np.nan])
    found = _pooled(pd.concat([two, one, none]), 0.95).set_index(["from_skill", "to_skill"])
    assert found["n"].to_dict() == {("a", "b"): 2, ("a", "c"): 0, ("b", "a"): 1}
    assert found.loc[("a", "b"), "reason"] == "2 learners with an estimate: pooling needs 3"
    assert found.loc[("b", "a"), "reason"] == "1 learner with an estimate: pooling needs 3"
    assert found.loc[("a", "c"), "reason"] == "no learner with an estimate: pooling needs 3"
    assert found[["estimate", "low", "high", "p_value", "q_value", "tau", "prediction_low"]].isna().all(axis=None)
    assert (found["verdict"] == "too few learners").all()


def test_hours_and_sessions_are_not_mixed():
    pair = ("a", "b")
    hours = estimates(pair, [0.5, 0.6, 0.7], [0.1] * 3)
    sessions = estimates(pair, [0.1, 0.1, 0.2, 0.2], [0.1] * 4, per="session")
    found = _pooled(pd.concat([hours, sessions]), 0.95).set_index("per")
    assert found["n"].to_dict() == {"hour": 3, "session": 4}
    assert found["estimate"].to_dict() == pytest.approx({"hour": 0.6, "session": 0.15})


def test_q_values_are_benjamini_and_hochbergs_over_the_pairs_that_could_be_pooled():
    rng = np.random.default_rng(0)
    tables = [estimates(("a", f"b{i}"), mean + 0.1 * rng.normal(size=6), [0.1] * 6)
              for i, mean in enumerate([0.8, -0.7, 0, 0, 0, 0])]  # fmt: skip
    tables.append(estimates(("a", "c"), [0.3], [0.1]))
    found = _pooled(pd.concat(tables), 0.95)
    p = np.sort(found["p_value"].dropna())
    by_hand = np.minimum.accumulate((p * 6 / np.arange(1, 7))[::-1])[::-1]
    assert np.sort(found["q_value"].dropna()) == pytest.approx(by_hand)
    verdicts = found.set_index("to_skill")["verdict"]
    assert verdicts["b0"] == "better after more"
    assert verdicts["b1"] == "worse after more"
    assert verdicts["c"] == "too few learners"
    assert (verdicts[["b2", "b3", "b4", "b5"]] == "none found").all()


def test_a_truth_that_differs_between_learners_is_found_with_its_spread():
    rng = np.random.default_rng(3)
    errors = 0.15 * np.exp(0.4 * rng.normal(size=60))
    values = 0.6 + 0.3 * rng.normal(size=60) + errors * rng.normal(size=60)
    row = _pooled(estimates(("a", "b"), values, errors), 0.95).iloc[0]
    assert row["low"] < 0.6 < row["high"]
    assert row["tau_low"] < 0.3 < row["tau_high"]
    assert row["heterogeneity_p"] < 0.001
    assert row["prediction_high"] - row["prediction_low"] == pytest.approx(2 * 1.96 * 0.3, rel=0.25)


def test_unusable_errors_are_left_out():
    table = estimates(("a", "b"), [0.5, 0.6, 0.7, 5.0, 6.0], [0.1, 0.1, 0.1, 0.0, np.inf])
    row = _pooled(table, 0.95).iloc[0]
    assert row["n"] == 3
    assert row["estimate"] == pytest.approx(0.6)


def test_an_empty_table_keeps_its_columns():
    found = _pooled(estimates(("a", "b"), [], []), 0.95)
    assert found.empty
    assert found.dtypes.astype(str).to_dict() == POOLED


def test_the_table_is_left_as_it_was():
    table = estimates(("a", "b"), [0.5, 0.6, 0.7], [0.1] * 3)
    copy = table.copy(deep=True)
    _pooled(table, 0.95)
    pd.testing.assert_frame_equal(table, copy)


def fed(learners, per_hour, days=120):
    """Return a log in which an hour of "scales" in the week before lifts "song" by so many standard deviations."""
    parts = []
    for i in range(learners):
        rng = np.random.default_rng([7, i])
        day = np.arange(days)
        minutes = np.where(rng.random(days) < 0.5, rng.integers(10, 60, days), 0)
        recent = np.array([minutes[max(t - 7, 0) : t].sum() / 60 for t in day])
        score = 50 + 5 * (1 - np.exp(-day / 20)) + per_hour * recent + rng.normal(size=days)
        start = pd.Timestamp("2026-01-01 18:00") + pd.to_timedelta(day, unit="D")
        song = pd.DataFrame({"skill": "song", "start": start, "minutes": 15.0, "score": score})
        scales = pd.DataFrame({"skill": "scales", "start": start + pd.Timedelta(hours=1), "minutes": minutes})
        scales = scales[scales["minutes"] > 0].assign(score=20 + rng.normal(size=(minutes > 0).sum()))
        parts.append(pd.concat([song, scales]).assign(learner=f"p{i}"))
    return check_log(pd.concat(parts, ignore_index=True))


def test_what_feeds_in_each_learner_is_found_in_all_of_them():
    log = fed(5, 0.6)
    found = pooled_transfer(log).set_index(["from_skill", "to_skill"])
    row = found.loc[("scales", "song")]
    assert row["n"] == 5
    assert row["low"] < 0.6 < row["high"]
    assert row["verdict"] == "better after more"
    assert found.loc[("song", "scales"), "verdict"] in ("none found", "too few learners")
    pd.testing.assert_frame_equal(found.reset_index()[list(POOLED)], _pooled(transfer(log), 0.95))


def test_an_empty_log_gives_an_empty_table():
    found = pooled_transfer(fed(1, 0.0).head(0))
    assert found.empty
    assert found.dtypes.astype(str).to_dict() == POOLED
