"""Growing success rates against scipy's optimiser, statsmodels' GLM, hand counts and a known truth."""

import time
from dataclasses import fields

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.optimize import approx_fprime, minimize
from scipy.special import expit, logit

from mmlib.errors import MMError
from mmlib.stats import binomial, growth, intervals, logistic, profiles


def simulated(trials, attempts, first, last, rate, *, series=1, seed=0):
    """Return x, successes and attempts of independent attempts around a known curve."""
    x = np.tile(np.arange(1.0, trials + 1), (series, 1))
    chance = last / (1 + (last - first) / first * np.exp(-rate * (x - 1)))
    made = np.random.default_rng(seed).binomial(attempts, chance).astype(float)
    return x, made, np.full(x.shape, float(attempts))


def by_hand(parameters, x, made, tried):
    """The binomial log-likelihood of the formula in the docs."""
    first, last = expit(parameters[:2])
    chance = last / (1 + (last - first) / first * np.exp(-np.exp(parameters[2]) * (x - 1)))
    chance = np.clip(chance, 1e-15, 1 - 1e-15)
    return np.sum(made * np.log(chance) + (tried - made) * np.log1p(-chance))


def best_of_many_starts(x, made, tried, *, starts=20, fixed=None):
    """The highest log-likelihood that scipy finds within the range of rates, some parameters fixed."""
    rng = np.random.default_rng(1)
    bounds = [(-20, 20), (-20, 20), (np.log(0.05 / np.ptp(x)), np.log(2 / (x[1] - x[0])))]
    for place, value in (fixed or {}).items():
        bounds[place] = (value, value)
    found = []
    for _ in range(starts):
        begin = np.clip([*rng.normal(0, 2, 2), rng.uniform(*bounds[2])], *np.transpose(bounds))
        fit = minimize(lambda p: -by_hand(p, x, made, tried), begin, method="L-BFGS-B", bounds=bounds)
        found.append(-fit.fun)
    return max(found)


SERIES = {
    "growing": simulated(40, 10, 0.2, 0.8, 0.12),
    "coins": simulated(60, 1, 0.3, 0.9, 0.08, seed=1),
    "declining": simulated(40, 5, 0.9, 0.4, 0.1, seed=2),
    "flat": simulated(30, 3, 0.5, 0.5, 0.1, seed=3),
    "nearly always": simulated(50, 4, 0.6, 0.99, 0.2, seed=4),
    "a leap": (np.arange(1.0, 21)[None], np.repeat([0.0, 1.0], 10)[None], np.ones((1, 20))),
    "coins weakly": simulated(60, 1, 0.4, 0.6, 0.05, seed=3),
    "few": simulated(8, 2, 0.2, 0.9, 0.5, seed=5),
}


@pytest.mark.parametrize("name", list(SERIES))
def test_no_worse_than_the_best_of_many_starts(name):
    x, made, tried = SERIES[name]
    found = logistic.curves(x, made, tried, models=["logistic"])
    reached = by_hand(found.parameters[0], x[0], made[0], tried[0])
    wanted = best_of_many_starts(x[0], made[0], tried[0])
    assert reached >= wanted - 1e-6 * max(abs(wanted), 1)


def test_gradient_and_observed_information_are_the_derivatives():
    x, made, tried = SERIES["growing"]
    series = growth.trials(np.stack([x, made, tried]), np.ones(1))
    at = np.array([-1.0, 1.2, -2.0])
    here = binomial.slope(at[None], series)
    assert here.value[0] == pytest.approx(by_hand(at, x[0], made[0], tried[0]), rel=1e-12)
    gradient = approx_fprime(at, lambda p: binomial.slope(p[None], series).value[0])
    assert here.gradient[0] == pytest.approx(gradient, rel=1e-4)
    curvature = approx_fprime(at, lambda p: binomial.slope(p[None], series).gradient[0])
    assert here.observed[0] == pytest.approx(-curvature, rel=1e-4)


def test_a_ceiling_of_1_is_logistic_regression():
    x, made, tried = simulated(40, 10, 0.05, 1.0, 0.12, seed=6)
    series = growth.trials(np.stack([x, made, tried]), np.ones(1))
    glm = sm.GLM(np.stack([made[0], tried[0] - made[0]], 1), sm.add_constant(x[0] - 1), sm.families.Binomial()).fit()
    # With the rate that GLM found and the asymptote at 1, the first level alone is left to find.
    begin = np.array([[glm.params[0] - 1, binomial.EDGE, np.log(glm.params[1])]])
    found, _ = binomial.climb(begin, series, free=1)
    assert found[0, 0] == pytest.approx(glm.params[0], abs=1e-5)
    height = binomial.slope(found, series)
    assert height.gradient[0, [0, 2]] == pytest.approx([0, 0], abs=1e-3)
    assert height.information[0][np.ix_([0, 2], [0, 2])][0, 0] == pytest.approx(
        np.linalg.inv(glm.cov_params())[0, 0], rel=1e-4
    )


def test_flat_is_an_intercept_only_regression_with_its_dispersion():
    x, made, tried = simulated(30, 12, 0.4, 0.4, 0.1, seed=7)
    made[0, ::3] = 12 - made[0, ::3]
    found = logistic.curves(x, made, tried, models=["flat"])
    glm = sm.GLM(np.stack([made[0], tried[0] - made[0]], 1), np.ones(30), sm.families.Binomial()).fit()
    assert found.parameters[0, 0] == pytest.approx(glm.params[0])
    assert found.overdispersion[0] == pytest.approx(glm.pearson_chi2 / glm.df_resid)
    assert found.autocorrelation[0] == pytest.approx(intervals.autocorrelation(glm.resid_pearson))
    assert found.noise_sd[0] == pytest.approx((made[0] / 12).std(ddof=1))
    assert (found.weight[0], found.model[0], found.identified[0]) == (1, 0, False)


def test_aicc_without_extra_scatter_is_that_of_statsmodels():
    x, made, tried = simulated(40, 1, 0.6, 0.6, 0.1, seed=8)
    glm = sm.GLM(made[0], np.ones(40), sm.families.Binomial()).fit()
    found = logistic.curves(x, made, tried, models=["flat"])
    size = intervals.effective_size(40, intervals.corrected_autocorrelation(glm.resid_pearson))
    assert found.aicc[0] == pytest.approx(-2 * glm.llf * size / 40 + 2 + 4 / 38, rel=1e-6)


@pytest.mark.parametrize("name", ["growing", "coins", "declining", "nearly always"])
def test_beyond_its_limits_no_curve_is_likely_enough(name):
    x, made, tried = (part[0] for part in SERIES[name])
    series = growth.trials(np.stack(SERIES[name]), np.ones(1))
    best, height = binomial.best(series)
    low, high, slowest = limits_of(best, series, 1.92)
    floor = height[0] - 1.92
    for size, place, scale in (("asymptote", 1, logit), ("rate", 2, np.log)):
        for limit in (low[size], high[size]):
            if 1e-6 < limit < 1 - 1e-6:
                profile = best_of_many_starts(x, made, tried, fixed={place: scale(limit)}, starts=8)
                assert profile == pytest.approx(floor, abs=0.01)
    assert expit(slowest[0, 1]) > 0


def limits_of(best, series, drop):
    low, high, slowest = profiles.limits(best, series, np.array([drop]))
    names = ("asymptote", "gain", "rate")
    return dict(zip(names, low[0], strict=True)), dict(zip(names, high[0], strict=True)), slowest


@pytest.mark.parametrize("name", ["growing", "declining"])
def test_the_gain_goes_as_far_as_likely_curves_allow(name):
    x, made, tried = (part[0] for part in SERIES[name])
    series = growth.trials(np.stack(SERIES[name]), np.ones(1))
    best, height = binomial.best(series)
    low, high, _ = limits_of(best, series, 1.92)
    within = {"type": "ineq", "fun": lambda p: by_hand(p, x, made, tried) - height[0] + 1.92}
    starts = best[0] + np.random.default_rng(2).normal(0, 0.3, (8, 3)) * [1, 1, 0.5]
    for sign, limit in ((1, low["gain"]), (-1, high["gain"])):

        def size(p, sign=sign):
            return sign * (expit(p[1]) - expit(p[0]))

        fits = [minimize(size, start, constraints=[within], method="SLSQP") for start in np.clip(starts, -6, 6)]
        reached = min(fit.fun for fit in fits if within["fun"](fit.x) > -1e-3)
        assert limit == pytest.approx(sign * reached, abs=0.002)


def test_intervals_of_identified_curves_cover_and_flat_ones_stay_flat():
    x, made, tried = simulated(40, 10, 0.2, 0.8, 0.125, series=300, seed=9)
    found = logistic.curves(x, made, tried)
    assert found.identified.mean() >= 0.8
    for name, truth in (("asymptote", 0.8), ("gain", 0.6), ("rate", 0.125)):
        low, high = (getattr(found, f"{name}_{end}")[found.identified] for end in ("low", "high"))
        assert 0.92 <= np.mean((low <= truth) & (truth <= high)) <= 0.99
    x, made, tried = simulated(40, 10, 0.7, 0.7, 0.1, series=300, seed=10)
    assert (logistic.curves(x, made, tried).model == 1).mean() <= 0.06


def test_extra_scatter_widens_the_intervals():
    x, made, tried = simulated(80, 10, 0.2, 0.8, 0.06, seed=11)
    plain = logistic.curves(x, made, tried)
    pairs = np.random.default_rng(0).permuted(np.repeat([[-2.0, 2.0]], 40, 0), axis=1).reshape(1, -1)
    rough = logistic.curves(x, np.clip(made + pairs, 0, 10), tried)
    assert rough.overdispersion[0] > 1.5 > plain.overdispersion[0]
    assert rough.asymptote_high[0] - rough.asymptote_low[0] > plain.asymptote_high[0] - plain.asymptote_low[0]


def test_padding_missing_trials_and_other_series_change_nothing():
    x, made, tried = simulated(50, 10, 0.2, 0.8, 0.1, seed=12)
    alone = logistic.curves(x, made, tried)
    gaps = np.insert(np.stack([x, made, tried]), [5, 20, 20], 0.0, axis=2)
    gaps[:, :, 5] = np.nan
    padded = np.concatenate([gaps, np.full((3, 1, 7), 0.0)], axis=2)
    other = np.stack(simulated(60, 1, 0.5, 0.5, 0.1, seed=13))
    together = logistic.curves(*np.concatenate([other, padded], axis=1))
    for field in fields(logistic.Curves):
        one, two = getattr(alone, field.name)[0], getattr(together, field.name)[1]
        assert one == two if field.name == "reason" else one == pytest.approx(two, rel=1e-6, abs=1e-9)


def test_the_rate_is_per_unit_of_practice():
    x, made, tried = simulated(50, 10, 0.2, 0.8, 0.1, seed=12)
    trials, minutes = logistic.curves(x, made, tried), logistic.curves(15 * x, made, tried, start=15)
    for name in ("rate", "rate_low", "rate_high"):
        assert getattr(minutes, name)[0] == pytest.approx(getattr(trials, name)[0] / 15, rel=1e-3)
    for name in ("asymptote", "gain"):
        assert getattr(minutes, name)[0] == pytest.approx(getattr(trials, name)[0], rel=1e-3)


def test_one_trial_of_ten_attempts_is_not_ten_trials():
    x, made, tried = simulated(9, 10, 0.1, 0.9, 0.6, seed=14)
    single = np.concatenate([np.repeat([1.0, 0.0], [k, 10 - k]) for k in made[0].astype(int)])
    apart = logistic.curves(np.arange(1.0, 91)[None], single[None], np.ones((1, 90)))
    together = logistic.curves(x, made, tried)
    assert (together.n[0], apart.n[0]) == (9, 90)
    assert together.model[0] != apart.model[0] or not together.identified[0]


def told(made, tried=None, **options):
    made = np.atleast_2d(np.asarray(made, dtype=float))
    tried = np.ones_like(made) if tried is None else np.full_like(made, tried)
    return logistic.curves(np.tile(np.arange(1.0, made.shape[1] + 1), (len(made), 1)), made, tried, **options)


@pytest.mark.parametrize(
    ("made", "tried", "reason"),
    [
        ([1] * 23, 1, "all 23 trials succeeded"),
        ([0] * 23, 1, "all 23 trials failed"),
        ([3] * 9, 3, "every attempt in all 9 trials succeeded"),
        ([0] * 9, 3, "every attempt in all 9 trials failed"),
        ([5] * 12, 10, "all 12 trials had the same success rate"),
        ([1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 1, 0, 0], 1, "no change that these 13 trials can tell from noise"),
        ([1, 0, 1, 1, 0], 1, "5 trials with a known success: a curve needs at least 8"),
        ([1], 1, "1 trial with a known success: a curve needs at least 8"),
        ([1] * 9, 0, "no trial with a known success: a curve needs at least 8"),
    ],
)
def test_what_cannot_be_told_is_said_in_words(made, tried, reason):
    found = told(made, tried)
    assert found.reason[0] == reason
    assert not found.identified[0]
    assert found.model[0] == (-1 if "needs at least" in reason else 0)
    assert np.isnan([found.asymptote[0], found.gain_low[0], found.rate_high[0]]).all()
    assert np.isnan(found.aicc[0]) == ("needs at least" in reason)


def test_too_few_distinct_amounts_of_practice_are_said():
    found = logistic.curves([[1, 1, 1, 2, 2, 3, 3, 3, 3]], [[1, 0] * 4 + [1]], np.ones((1, 9)))
    assert found.reason[0] == "3 distinct amounts of practice: a curve needs at least 8"


def test_a_line_on_the_way_up_has_not_bent_yet():
    found = told(np.round(np.linspace(2, 11, 30)), 20)
    assert found.model[0] == 1
    assert found.reason[0] == "the curve has not bent yet: 30 trials show no sign of a ceiling"


def test_a_slip_at_the_start_is_not_a_curve():
    found = told([0, *[18, 17, 19, 18, 18, 17, 18, 19] * 3], 20, models=["logistic"])
    assert found.reason[0] == "all the change lies in the first two of 25 trials: a slip rather than a curve"
    assert told([0, *[18, 17, 19, 18, 18, 17, 18, 19] * 3], 20).model[0] == 0


def test_a_decline_has_a_negative_gain():
    x, made, tried = simulated(60, 20, 0.9, 0.3, 0.1, seed=15)
    found = logistic.curves(x, made, tried)
    assert found.identified[0]
    assert found.gain_low[0] < -0.6 < found.gain_high[0] < 0
    assert found.asymptote_low[0] < 0.3 < found.asymptote_high[0]


def test_a_perfect_end_leaves_the_ceiling_up_to_1():
    made = np.concatenate([np.round(10 * expit(np.linspace(-2, 3, 20))), np.full(20, 10)])
    found = told(made, 10)
    assert found.identified[0]
    assert found.asymptote_high[0] == pytest.approx(1, abs=1e-6)
    # Some 200 successes in a row: a rate below exp(-1.92/200) is out of the question.
    assert 0.95 < found.asymptote_low[0] < 1


def test_the_band_stays_within_0_and_1_and_holds_the_curve():
    names = ["growing", "coins", "declining", "flat", "a leap"]
    for x, made, tried in (SERIES[name] for name in names):
        for model in logistic.MODELS:
            ahead = np.linspace(1, 3 * x.max(), 50)[None]
            fitted, low, high = logistic.predict(ahead, logistic.curves(x, made, tried, models=[model]))
            assert (low >= 0).all() and (high <= 1).all()
            assert (low <= fitted).all() and (fitted <= high).all()


def test_the_fitted_curve_is_the_formula():
    x, made, tried = simulated(60, 20, 0.2, 0.8, 0.1)
    found = logistic.curves(x, made, tried)
    assert found.identified[0]
    fitted, _, _ = logistic.predict(x, found)
    first, gain, rate = found.asymptote - found.gain, found.gain, found.rate
    assert fitted[0] == pytest.approx(found.asymptote / (1 + gain / first * np.exp(-rate * (x[0] - 1))))


def test_the_band_of_a_flat_rate_covers():
    x, made, tried = simulated(20, 5, 0.9, 0.9, 0.1, series=300, seed=16)
    _, low, high = logistic.predict(x, logistic.curves(x, made, tried, models=["flat"]))
    assert 0.92 <= np.mean((low <= 0.9) & (high >= 0.9)) <= 0.995


def test_always_succeeding_leaves_room_for_a_failure():
    fitted, low, high = logistic.predict([[1.0, 20.0, np.nan]], told([1] * 20))
    assert fitted[0, :2] == pytest.approx([1, 1])
    assert 0.6 < low[0, 0] < 0.9
    assert high[0, 0] == pytest.approx(1)
    assert np.isnan([fitted[0, 2], low[0, 2], high[0, 2]]).all()


def test_weights_are_shared_among_the_rivals():
    both, alone = told(np.round(np.linspace(2, 15, 30)), 20), logistic.curves(*SERIES["coins weakly"])
    assert both.weight[0] == pytest.approx(1, abs=1e-3)
    assert 0.5 < alone.weight[0] < 1


def test_no_series_give_no_rows():
    found = logistic.curves(np.empty((0, 9)), np.empty((0, 9)), np.empty((0, 9)))
    assert {len(getattr(found, field.name)) for field in fields(logistic.Curves)} == {0}
    assert logistic.curves(np.empty((2, 0)), np.empty((2, 0)), np.empty((2, 0))).model.tolist() == [-1, -1]


def test_mistakes_are_named():
    with pytest.raises(MMError, match=r'models: found "logistc".*"logistic"'):
        told([1] * 9, models=["logistc"])
    with pytest.raises(MMError, match="found no model"):
        told([1] * 9, models=[])
    with pytest.raises(MMError, match=r"shapes \(1, 3\), \(1, 3\), \(1, 2\)"):
        logistic.curves([[1, 2, 3]], [[1, 0, 1]], [[1, 1]])
    with pytest.raises(MMError, match="more than attempts"):
        told([2] * 9)


def test_a_thousand_series_take_seconds():
    x, made, tried = simulated(100, 10, 0.2, 0.8, 0.05, series=1000, seed=17)
    begun = time.process_time()
    assert logistic.curves(x, made, tried).identified.mean() > 0.9
    assert time.process_time() - begun < 5
