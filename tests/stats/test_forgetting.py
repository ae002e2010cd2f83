"""The forgetting curve against the published constants of FSRS, a numeric optimum and simulated truth."""

import numpy as np
import pytest
from scipy import optimize

from mmlib.stats import forgetting


@pytest.mark.parametrize(("decay", "factor"), [(1.0, 1 / 9), (0.5, 19 / 81), (0.1542, 0.9 ** (1 / -0.1542) - 1)])
def test_the_curve_is_that_of_fsrs_4_5_and_6(decay, factor):
    days, stability = np.array([0.0, 1.0, 7.0, 30.0, 400.0]), 12.0
    found = forgetting.recall(days, stability, decay)
    assert found == pytest.approx((1 + factor * days / stability) ** -decay)
    assert forgetting.recall(stability, stability, decay) == pytest.approx(0.9)


def reviews(n=6000, seed=0):
    rng = np.random.default_rng(seed)
    features = np.column_stack([np.ones(n), np.log1p(rng.integers(0, 8, n))])
    days = np.exp(rng.uniform(-0.5, 4, n))
    true = forgetting.recall(days, np.exp(features @ [0.7, 1.1]), 0.3)
    return features, days, rng.random(n) < true, np.arange(n) % 500


def test_the_truth_is_recovered_within_three_standard_errors():
    features, days, remembered, items = reviews()
    fit = forgetting.forgetting(features, days, remembered, items)
    away = np.append(fit.slopes, np.log(fit.decay)) - [0.7, 1.1, np.log(0.3)]
    assert (np.abs(away) < 3 * np.sqrt(np.diag(fit.covariance))).all()
    assert (np.sqrt(np.diag(fit.covariance)) < 0.25).all()


def test_the_fit_is_the_maximum_of_the_penalised_likelihood():
    features, days, remembered, items = reviews(800, seed=1)
    fit = forgetting.forgetting(features, days, remembered, items)

    def against(beta):
        chance = forgetting.recall(days, np.exp(features @ beta[:2]), np.exp(beta[2]))
        log_likelihood = np.log(np.where(remembered, chance, 1 - chance)).sum()
        return -log_likelihood + beta[1] ** 2 / 18 + (beta[2] - np.log(0.1542)) ** 2 / 2

    best = optimize.minimize(against, [1.0, 0.0, -1.0], method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-9})
    assert np.append(fit.slopes, np.log(fit.decay)) == pytest.approx(best.x, abs=2e-2)
    assert against(np.append(fit.slopes, np.log(fit.decay))) == pytest.approx(best.fun, abs=1e-3)


def test_intervals_of_the_mean_cover_the_truth():
    features = np.column_stack([np.ones(600), np.log1p(np.arange(600) % 6)])
    days = np.exp(np.resize(np.linspace(-0.5, 4, 43), 600))
    true = forgetting.recall(days, np.exp(features @ [0.7, 1.1]), 0.3)
    rng, held = np.random.default_rng(5), []
    for _ in range(150):
        fit = forgetting.forgetting(features, days, rng.random(600) < true, np.arange(600))
        mean, error = fit.mean_recall(features, np.full(600, 7.0))
        truth = forgetting.recall(7.0, np.exp(features @ [0.7, 1.1]), 0.3).mean()
        held.append(abs(mean - truth) < 1.96 * error)
    assert 0.89 <= np.mean(held) <= 0.99


def test_repeated_items_widen_the_interval():
    features, days, remembered, _ = reviews(400, seed=2)
    single = forgetting.forgetting(features, days, remembered, np.arange(400))
    twice = forgetting.forgetting(
        *(np.repeat(each, 4, axis=0) for each in (features, days, remembered)), np.repeat(np.arange(400), 4)
    )
    assert twice.log_stability(features)[1] == pytest.approx(single.log_stability(features)[1], rel=0.15)


def test_log_loss_and_its_baseline_by_hand():
    found = forgetting.judged([0.8, 0.6], [True, False], ["a", "b"], rate=0.7, factor=1.96)
    assert found.log_loss == pytest.approx(-(np.log(0.8) + np.log(0.4)) / 2)
    assert found.log_loss_baseline == pytest.approx(-(np.log(0.7) + np.log(0.3)) / 2)
    assert found.rmse_bins == pytest.approx(np.sqrt((0.2**2 + 0.6**2) / 2))
    assert found.rmse_bins_baseline == pytest.approx(np.sqrt((0.3**2 + 0.7**2) / 2))


def test_forecasts_without_knowledge_do_not_beat_the_baseline():
    rng = np.random.default_rng(3)
    happened = rng.random(500) < 0.7
    blind = forgetting.judged(rng.uniform(0.5, 0.9, 500), happened, np.arange(500), rate=0.7, factor=1.96)
    assert not blind.beats_baseline
    same = forgetting.judged(np.full(500, 0.7), happened, np.arange(500), rate=0.7, factor=1.96)
    assert not same.beats_baseline
    assert same.log_loss == same.log_loss_baseline
