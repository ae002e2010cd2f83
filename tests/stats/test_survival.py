"""Kaplan-Meier against a published trial, statsmodels, scipy, R's numbers and a simulated truth."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.duration.survfunc import SurvfuncRight

from mmlib.stats.survival import kaplan_meier

# Freireich et al. (1963): weeks of remission of 21 leukaemia patients under 6-mercaptopurine.
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]


def test_gives_the_published_table_of_the_6_mp_trial():
    curve = kaplan_meier(WEEKS, RELAPSED)
    relapses = curve.events > 0
    assert curve.time[relapses].tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.at_risk[relapses].tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert curve.estimate[relapses].round(3).tolist() == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    # The log-log limits that Stata's `sts list` prints for these data.
    assert curve.low[relapses].round(4).tolist() == [0.6197, 0.5631, 0.5032, 0.4316, 0.3675, 0.2678, 0.1881]
    assert curve.high[relapses].round(4).tolist() == [0.9516, 0.9228, 0.8894, 0.8491, 0.8049, 0.7468, 0.6801]


@pytest.mark.filterwarnings("ignore:The confidence interval is undefined")
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_agrees_with_statsmodels_and_scipy(seed, confidence):
    rng = np.random.default_rng(seed)
    time, event = rng.integers(1, 40, 60), rng.random(60) < 0.6
    curve = kaplan_meier(time, event, confidence=confidence)
    theirs = SurvfuncRight(time, event)
    some = curve.events > 0
    assert curve.time[some].tolist() == theirs.surv_times.tolist()
    assert curve.estimate[some] == pytest.approx(theirs.surv_prob)
    assert curve.at_risk[some].tolist() == theirs.n_risk.tolist()
    sample = stats.CensoredData(uncensored=time[event], right=time[~event])
    limits = stats.ecdf(sample).sf.confidence_interval(confidence, method="log-log")
    inside = (curve.estimate[1:] > 0) & (curve.estimate[1:] < 1)
    assert curve.low[1:][inside] == pytest.approx(limits.low.probabilities[inside])
    assert curve.high[1:][inside] == pytest.approx(limits.high.probabilities[inside])


def test_clusters_of_one_are_no_clusters():
    alone = kaplan_meier(WEEKS, RELAPSED)
    named = kaplan_meier(WEEKS, RELAPSED, cluster=[f"patient {i}" for i in range(21)])
    assert named.low.tolist() == pytest.approx(alone.low.tolist(), nan_ok=True)


def test_the_variance_within_clusters_is_the_sum_of_squared_influences():
    # Every duration three times in one cluster: the truth is known from as few independent ones as there are clusters.
    time, event, cluster = np.repeat(WEEKS, 3), np.repeat(RELAPSED, 3), np.repeat(np.arange(21), 3)
    tripled = kaplan_meier(time, event, cluster=cluster)
    single = kaplan_meier(WEEKS, RELAPSED)
    naive = kaplan_meier(time, event)
    assert tripled.estimate == pytest.approx(single.estimate)

    def se(curve, quantile):
        return np.log(np.log(curve.low[1:]) / np.log(curve.estimate[1:])) / quantile

    t, z = stats.t.ppf(0.975, 20), stats.norm.ppf(0.975)
    # The influence of a clustered tripling is thrice the single one of a third the weight: Greenwood's × 21/20.
    assert se(tripled, t) == pytest.approx(se(single, z) * np.sqrt(21 / 20))
    assert (se(naive, z) < 0.6 * se(single, z)).all()


def test_the_limits_are_missing_where_all_or_none_survive():
    curve = kaplan_meier([3, 5], [False, True])
    assert curve.estimate.tolist() == [1, 1, 0]
    assert np.isnan(curve.low).all()
    assert np.isnan(curve.high).all()


def test_of_nothing_nothing_is_known():
    curve = kaplan_meier([], [])
    assert np.isnan(curve.estimate).all()
    assert curve.at_risk.tolist() == [0]


def test_intervals_cover_the_truth_where_durations_resemble_each_other_within_clusters():
    # Rates from a gamma distribution, one for each cluster of six: the share that lives longer than t is (1 + t/16)^-2.
    rng, at, whose = np.random.default_rng(3), 10.0, np.repeat(np.arange(30), 6)
    truth, held = (1 + at / 16) ** -2, {True: 0, False: 0}
    for _ in range(300):
        life = rng.exponential(1 / np.repeat(rng.gamma(2, 1 / 16, 30), 6))
        watched = rng.uniform(5, 40, 180)
        for clustered in held:
            cluster = whose if clustered else None
            curve = kaplan_meier(np.minimum(life, watched), life <= watched, cluster=cluster)
            last = np.flatnonzero(curve.time <= at)[-1]
            held[clustered] += curve.low[last] <= truth <= curve.high[last]
    assert 0.92 <= held[True] / 300 <= 0.98
    assert held[False] / 300 < 0.92
