"""Coupling: generalised least squares, its weights and its null, against statsmodels and by hand."""

import numpy as np
import pytest
from scipy import linalg, signal, stats
from statsmodels.regression.linear_model import GLS, OLS

from mmlib.stats import coupling as module
from mmlib.stats.coupling import _fits, apart, coupling, partial_residuals, varies
from mmlib.stats.gls import Design, designed
from mmlib.stats.likeness import Likeness, likenesses

N = 90


def autoregressive(rho):
    return Likeness(f"{rho}", np.r_[0.0, np.full(N - 1, rho)], 1.0, np.zeros(N))


@pytest.fixture
def data():
    rng = np.random.default_rng(5)
    columns = np.column_stack([np.ones(N), np.linspace(-1, 1, N)])
    donors = signal.lfilter([1], [1, -0.8], rng.normal(size=(N, 3)), axis=0)
    noise = signal.lfilter([1], [1, -0.5], rng.normal(size=N))
    return columns @ [3, 2] + donors @ [0.6, 0, 0] + noise, columns, donors


def test_with_one_structure_it_is_generalised_least_squares(data):
    values, columns, donors = data
    for rho in (0.0, 0.5):
        found = coupling(values, columns, donors, None, [autoregressive(rho)], np.random.default_rng(1))
        sigma = linalg.toeplitz(rho ** np.arange(N))
        expected = GLS(values, np.column_stack([columns, donors]), sigma=sigma).fit()
        assert found.estimate == pytest.approx(expected.params[2:])
        assert found.error == pytest.approx(expected.bse[2:])


@pytest.mark.parametrize("beside", [False, True])
def test_leaving_out_structures_of_next_to_no_weight_changes_next_to_nothing(monkeypatch, beside):
    rng, n = np.random.default_rng(7), 600
    columns, donors = np.ones((n, 1)), rng.exponential(size=(n, 3))
    values = donors @ [0.1, 0, 0] + signal.lfilter([1], [1, -0.6], rng.normal(size=n))
    others = donors.sum(axis=1, keepdims=True) - donors if beside else None
    possible, kept, roughly = likenesses(np.arange(n) * 1.0, np.ones(n)), [], Design.roughly
    monkeypatch.setattr(Design, "roughly", lambda design, some: kept.append(some.size) or roughly(design, some))
    few = coupling(values, columns, donors, others, possible, np.random.default_rng(1))
    monkeypatch.setattr(module, "NEGLIGIBLE", -1.0)
    every = coupling(values, columns, donors, others, possible, np.random.default_rng(1))
    assert kept[0] < kept[1] == len(possible)
    for name in ("estimate", "error", "scale", "freedom", "p_value"):
        assert getattr(few, name) == pytest.approx(getattr(every, name), rel=1e-3)


def test_others_as_a_sum_are_one_more_column_for_each_donor(data):
    values, columns, donors = data
    others = donors.sum(axis=1, keepdims=True) - donors
    found = coupling(values, columns, donors, others, [autoregressive(0.0)], np.random.default_rng(1))
    for j in range(3):
        expected = OLS(values, np.column_stack([columns, donors[:, j], others[:, j]])).fit()
        assert found.estimate[j] == pytest.approx(expected.params[2])
        assert found.error[j] == pytest.approx(expected.bse[2])


def test_structures_are_weighed_by_their_restricted_likelihood(data):
    values, columns, donors = data
    rhos = (0.0, 0.4, 0.8)
    fits = _fits(values[:, None], designed(columns, donors, [autoregressive(rho) for rho in rhos]), 3)
    design = np.column_stack([columns, donors])

    def restricted(rho):
        inverse = np.linalg.inv(linalg.toeplitz(rho ** np.arange(N)))
        middle = design.T @ inverse @ design
        residual = values - design @ np.linalg.solve(middle, design.T @ inverse @ values)
        variance = residual @ inverse @ residual / (N - 5)
        return -0.5 * ((N - 5) * np.log(variance) - np.linalg.slogdet(inverse)[1] + np.linalg.slogdet(middle)[1])

    expected = np.array([restricted(rho) for rho in rhos])
    assert np.diff(fits.likelihood[:, 0, 0]) == pytest.approx(np.diff(expected))
    weight = np.exp(expected - expected.max()) / np.exp(expected - expected.max()).sum()
    assert fits.averaged()[2][:, 0, 0] == pytest.approx(weight)
    assert fits.averaged()[0][:, 0] == pytest.approx(weight @ fits.estimate[:, :, 0])


def test_intervals_and_p_values_agree_and_are_never_narrower_than_students(data):
    values, columns, donors = data
    found = coupling(values, columns, donors, None, likenesses(np.arange(90.0), np.ones(N)), np.random.default_rng(1))
    outside = np.abs(found.estimate) > found.half(0.95)
    assert ((found.p_value < 0.05) == outside).all()
    assert (found.half(0.95) >= stats.t.ppf(0.975, N - 5) * found.error - 1e-12).all()


def test_the_same_seed_gives_the_same_and_the_unit_of_a_donor_does_not_matter(data):
    values, columns, donors = data
    possible = likenesses(np.arange(90.0), np.ones(N))
    first, again, minutes = (
        coupling(values, columns, donors * unit, None, possible, np.random.default_rng(1)) for unit in (1, 1, 60)
    )
    assert (first.p_value == again.p_value).all()
    assert minutes.p_value == pytest.approx(first.p_value)
    assert minutes.estimate * 60 == pytest.approx(first.estimate)


def test_five_in_a_hundred_are_found_where_there_is_nothing():
    rng = np.random.default_rng(8)
    possible, found = likenesses(np.arange(60.0), np.ones(60)), []
    columns = np.column_stack([np.ones(60), np.arange(60.0)])
    for _ in range(150):
        donors = signal.lfilter([1], [1, -0.9], rng.normal(size=(60, 3)), axis=0)
        noise = signal.lfilter([1], [1, -0.6], rng.normal(size=60))
        found += list(coupling(noise, columns, donors, None, possible, rng).p_value)
    assert 0.02 <= np.mean(np.array(found) <= 0.05) <= 0.08


def test_partial_residuals_have_the_slope_of_the_estimate(data):
    values, columns, donors = data
    alone = autoregressive(0.0)
    fit = OLS(values, np.column_stack([columns, donors])).fit()
    design = np.column_stack([columns, donors[:, 1:]])
    partial = partial_residuals(values, design, donors[:, 0], fit.params[2], alone)
    assert np.polyfit(donors[:, 0], partial, 1)[0] == pytest.approx(fit.params[2])
    assert partial == pytest.approx(fit.resid + fit.params[2] * (donors[:, 0] - donors[:, 0].mean()))


def test_too_few_observations_are_refused(data):
    values, columns, donors = data
    with pytest.raises(ValueError, match="24 observations are too few for 5 columns"):
        coupling(values[:24], columns[:24], donors[:24], None, [], np.random.default_rng(1))


def test_a_donor_that_the_columns_or_other_donors_make_up_is_not_apart(data):
    _, columns, donors = data
    follows = columns @ [1.0, 2.0] + 1e-7 * donors[:, 0]
    together = np.column_stack([donors, donors[:, 0] - 3 * donors[:, 1], follows])
    left = together - columns @ np.linalg.lstsq(columns, together, rcond=None)[0]
    assert varies(left, together).tolist() == [True, True, True, True, False]
    assert apart(left[:, :4], together[:, :4]).tolist() == [False, False, True, False]
