"""Randomised schedules and their test, against enumeration by hand and simulation."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import stats

from mmlib.stats import randomised, schedules


def allowed(row):
    """Half with, half without, and no more than three of a kind in a row, said anew."""
    runs = [len(list(same)) for _, same in itertools.groupby(row)]
    return sum(row) * 2 == len(row) and max(runs) <= 3


def by_hand(blocks):
    return [row for row in itertools.product((False, True), repeat=blocks) if allowed(row)]


@pytest.mark.parametrize("blocks", [2, 4, 6, 8, 10, 12])
def test_every_schedule_is_found_once(blocks):
    found = schedules.every(blocks)
    assert {tuple(row) for row in found.tolist()} == set(by_hand(blocks))
    assert len(found) == len(by_hand(blocks)) == schedules.number(blocks)


def test_each_schedule_is_drawn_as_often_as_any_other():
    rows = schedules.drawn(8, np.random.default_rng(1).random((31_000, 8)))
    counts = np.unique(rows, axis=0, return_counts=True)[1]
    assert counts.size == 62
    assert stats.chisquare(counts).pvalue > 0.001


def test_long_schedules_are_drawn_within_the_rules():
    rows = schedules.drawn(60, np.random.default_rng(1).random((200, 60)))
    assert all(allowed(row) for row in rows.tolist())


def test_the_followed_schedule_comes_first_and_once():
    followed = np.array(by_hand(8)[17])
    rows = schedules.schedules(followed, 10_000, np.random.default_rng(0))
    assert rows[0].tolist() == followed.tolist()
    assert np.unique(rows, axis=0).shape == rows.shape == (62, 8)
    some = schedules.schedules(followed, 40, np.random.default_rng(0))
    assert some.shape == (41, 8)
    assert some[0].tolist() == followed.tolist()


def test_exposure_is_the_share_of_the_days_before():
    plan = np.array([[False, True, True, False]])
    days = [0.5] * 6 + np.repeat(plan[0], 3).astype(float).tolist()
    for window, ago in ((1, 0), (3, 0), (2, 4)):
        by_day = [np.mean(days[end - window : end]) for end in range(7 - ago, 19 - ago)]
        assert schedules.exposure(plan, 3, window, ago=ago)[0].tolist() == pytest.approx(by_day)


def effect(y, exposed, covariates):
    """Ordinary least squares: the slope of the exposure and its t statistic."""
    design = np.column_stack([exposed, covariates])
    beta, rss, *_ = np.linalg.lstsq(design, y, rcond=None)
    cover = np.linalg.inv(design.T @ design)[0, 0]
    return beta[0], beta[0] / np.sqrt(rss[0] / (len(y) - design.shape[1]) * cover)


def p_by_hand(y, rows, covariates):
    t = [abs(effect(y, row.astype(float), covariates)[1]) for row in rows]
    return np.mean(np.array(t) >= t[0] * (1 - 1e-9))


def one_experiment(seed, tau=1.0):
    rng = np.random.default_rng(seed)
    rows = schedules.schedules(np.array(by_hand(8)[rng.integers(62)]), 10_000, rng)
    covariates = np.column_stack([np.ones(8), np.log(np.arange(5, 13))])
    return rows, covariates, rng.normal(size=8) + tau * rows[0] + 2 * covariates[:, 1]


@pytest.mark.parametrize("seed", range(4))
def test_the_p_value_is_that_of_all_t_statistics_computed_one_by_one(seed):
    rows, covariates, y = one_experiment(seed)
    compared = randomised.contrasts(rows.astype(float), covariates)
    found = randomised.effects(y[None], compared)
    assert found.estimate[0] == pytest.approx(effect(y, rows[0].astype(float), covariates)[0])
    assert found.p_value[0] == pytest.approx(p_by_hand(y, rows, covariates))


@pytest.mark.parametrize("seed", range(4))
def test_the_interval_holds_the_effects_that_are_not_rejected_one_by_one(seed):
    rows, covariates, y = one_experiment(seed)
    found = randomised.effects(y[None], randomised.contrasts(rows.astype(float), covariates), 0.9)
    for tau in np.linspace(-6, 8, 141):
        kept = p_by_hand(y - tau * rows[0], rows, covariates) > 0.1
        if min(abs(tau - found.low[0]), abs(tau - found.high[0])) > 1e-6:
            assert kept == (found.low[0] < tau < found.high[0]), tau


def test_a_shift_of_the_effect_moves_estimate_and_interval_by_as_much():
    rows, covariates, y = one_experiment(1)
    compared = randomised.contrasts(rows.astype(float), covariates)
    one, other = (randomised.effects((y + tau * rows[0])[None], compared) for tau in (0.0, 2.5))
    for name in ("estimate", "low", "high"):
        assert getattr(other, name) - getattr(one, name) == pytest.approx(2.5)


def test_with_too_few_schedules_there_are_no_limits():
    rows = schedules.schedules(np.array([True, False, False, True]), 100, np.random.default_rng(0))
    compared = randomised.contrasts(rows.astype(float), np.ones((4, 1)))
    found = randomised.effects(np.array([[9.0, 1.0, 2.0, 8.0]]), compared)
    assert (found.low[0], found.high[0]) == (-np.inf, np.inf)
    assert found.p_value[0] == pytest.approx(2 / 6) == randomised.least_p(compared)


def test_an_exposure_that_is_the_trend_cannot_be_told():
    exposed = np.array([[0.0, 0.0, 1.0, 1.0], [0.0, 1.0, 0.0, 1.0]])
    assert randomised.contrasts(exposed, np.column_stack([np.ones(4), exposed[0]])) is None


@pytest.mark.parametrize("rho", [0.0, 0.7, 0.95])
def test_the_test_keeps_its_level_whatever_the_autocorrelation(rho):
    rng = np.random.default_rng(3)
    rows = schedules.every(10)
    noise = rng.normal(size=(50, 200, 50))
    for day in range(1, 50):
        noise[..., day] = rho * noise[..., day - 1] + np.sqrt(1 - rho**2) * noise[..., day]
    p = []
    for i, series in enumerate(noise):
        order = np.r_[i, np.delete(np.arange(len(rows)), i)]
        compared = randomised.contrasts(schedules.exposure(rows[order], 5, 3), np.ones((50, 1)))
        p.append(randomised.effects(series, compared).p_value)
    assert np.mean(np.concatenate(p) <= 0.05) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 50 / 20)


def test_the_power_is_the_share_of_series_in_which_the_effect_is_found():
    rows = schedules.schedules(np.array(by_hand(10)[40]), 10_000, np.random.default_rng(0))
    exposed = schedules.exposure(rows, 5, 1)
    compared = randomised.contrasts(exposed, np.ones((50, 1)))
    power = randomised.power(compared, rho=0.5, draws=4000)
    rng = np.random.default_rng(9)
    noise = rng.normal(size=(4000, 50))
    for day in range(1, 50):
        noise[:, day] = 0.5 * noise[:, day - 1] + np.sqrt(0.75) * noise[:, day]
    for tau in (0.0, 0.8, -1.2):
        found = randomised.effects(noise + tau * exposed[0], compared).p_value <= 0.05
        assert power.at(tau) == pytest.approx(found.mean(), abs=0.03)
    assert power.at(power.smallest(0.8)) == pytest.approx(0.8, abs=0.02)


def test_carry_over_is_found_where_there_is_some_and_seldom_else():
    rng = np.random.default_rng(4)
    rows = schedules.schedules(np.array(by_hand(12)[300]), 10_000, rng)
    exposed, older = schedules.exposure(rows, 7, 7), schedules.exposure(rows, 7, 7, ago=7)
    covariates = np.ones((84, 1))
    there, none = [], []
    for _ in range(200):
        noise = rng.normal(size=84) + 2 * exposed[0]
        there.append(randomised.carried_over(noise + 3 * older[0], exposed, older, covariates))
        none.append(randomised.carried_over(noise, exposed, older, covariates)[1])
    assert np.mean([estimate for estimate, _ in there]) == pytest.approx(3, abs=0.3)
    assert np.mean([p <= 0.05 for _, p in there]) > 0.8
    assert np.mean(np.array(none) <= 0.05) <= 0.1
