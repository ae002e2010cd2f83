"""Curve fits against scipy, certified values, closed forms and a known truth."""

import numpy as np
import pytest
from scipy.optimize import least_squares

from mmlib.stats import curves
from mmlib.stats.forms import FORMS, rates
from mmlib.stats.projection import Problem, point
from mmlib.stats.series import Series, tables

N = 60
Z = np.arange(1, N + 1.0)
BENT = [form for form in FORMS if form != "flat"]
SHAPES = {
    "exponential": lambda z, r, _: np.exp(-r * (z - 1)),
    "power": lambda z, c, _: z**-c,
    "power_prior": lambda z, c, e: ((z + e) / (1 + e)) ** -c,
    "apex": lambda z, a, b: np.exp(-a * (z - 1)) * z**-b,
}
SERIES = {
    "rising": 50 - 40 * np.exp(-0.08 * (Z - 1)),
    "falling": 12 + 30 * Z**-0.6,
    "late": 60 - 50 * ((Z + 8) / 9) ** -1.5,
    "worse": 40 - 0.2 * Z,
    "leap": 20 + 15 * (Z > 30),
    "flat": np.full(N, 30.0),
}


def noisy(name, *, sd=3.0, seed=0):
    return SERIES[name] + sd * np.random.default_rng(seed).normal(size=N)


def whole(values, z=Z):
    values = np.atleast_2d(values)
    return Series(z, values, np.ones(values.shape, dtype=bool))


def limits(form):
    """The ranges of the two parameters of a shape, by hand, as `curves.fit` promises them."""
    first, end, e = (0.1, 2 * (N - 1)), N - 1, np.log1p(10 * N)
    return {
        "exponential": [(first[0] / end, 2.0), (0.0, 1e-9)],
        "power": [(first[0] / np.log(N), 2 / np.log(2)), (0.0, 1e-9)],
        "power_prior": [first, (0.0, e)],
        "apex": [first, (0.0, 1.0)],
    }[form]


def shaped(form, z, p, q):
    """The shape from parameters within `limits`, by its textbook formula."""
    if form == "power_prior":
        prior = np.expm1(q)
        return SHAPES[form](z, p / np.log((N + prior) / (1 + prior)), prior)
    if form == "apex":
        return SHAPES[form](z, p * q / (N - 1), p * (1 - q) / np.log(N))
    return SHAPES[form](z, p, q)


def best_of_random_starts(form, y, starts=20):
    """The least residual sum of squares that scipy finds from random starts within the same limits."""
    rng, (one, two) = np.random.default_rng(1), limits(form)

    def residuals(parameters):
        basis = np.column_stack([np.ones(N), shaped(form, Z, np.exp(parameters[0]), parameters[1])])
        return y - basis @ np.linalg.lstsq(basis, y, rcond=None)[0]

    low, high = (np.log(one[0]), two[0]), (np.log(one[1]), two[1])
    found = [least_squares(residuals, rng.uniform(low, high), bounds=(low, high), xtol=1e-12) for _ in range(starts)]
    return min(2 * each.cost for each in found)


@pytest.mark.parametrize("form", BENT)
@pytest.mark.parametrize("name", list(SERIES))
def test_no_worse_than_the_best_of_20_random_starts(form, name):
    y = noisy(name)
    assert curves.fit(whole(y), form).rss[0] <= best_of_random_starts(form, y) * (1 + 1e-6)


@pytest.mark.parametrize(
    ("form", "p", "q"), [("exponential", 0.3, 0), ("power", 0.7, 0), ("power_prior", 1.2, 9.0), ("apex", 0.02, 0.4)]
)
@pytest.mark.parametrize("n", [30, 200])
def test_exact_curves_are_found_exactly(form, p, q, n):
    z = np.arange(1, n + 1.0)
    found = curves.fit(whole(30.0 - 25.0 * SHAPES[form](z, p, q), z), form)
    rate, prior = rates(form, found.decay, found.second, np.array([float(n)]))
    assert found.level[0] == pytest.approx(30, rel=1e-5)
    assert found.distance[0] == pytest.approx(-25, rel=1e-5)
    assert rate[0] == pytest.approx(p + q if form == "apex" else p, rel=1e-5)
    if form == "power_prior":
        assert prior[0] == pytest.approx(q, rel=1e-4)


@pytest.mark.parametrize("form", BENT)
def test_derivatives_are_those_of_finite_differences(form):
    y = noisy("rising") - noisy("rising").mean()
    series = whole(y / np.sqrt(y @ y))
    problem = Problem(form, series.z, series.y, np.ones((1, N)), series.size, series.first, series.last)
    at, step = np.array([np.log(3.0), 0.4]), 1e-6

    def there(move):
        return point(problem, np.exp(at[:1] + move[0]), at[1:] + move[1])

    for i, move in enumerate(np.eye(2)[: 2 if FORMS[form].shapes > 1 else 1] * step):
        up, down = there(move), there(-move)
        assert (up.explained - down.explained) / (2 * step) == pytest.approx(there([0, 0]).gradient[:, i], abs=1e-8)
        slope = (up.gradient - down.gradient) / (2 * step)
        assert slope == pytest.approx(there([0, 0]).curvature[:, i], abs=1e-7)


@pytest.mark.parametrize("form", BENT)
def test_together_or_alone_long_or_short_the_fit_is_the_same(form):
    values = np.stack([noisy(name, seed=i) for i, name in enumerate(SERIES)])
    together = curves.fit(whole(values), form)
    alone = [curves.fit(whole(row), form).rss[0] for row in values]
    assert together.rss == pytest.approx(alone, rel=1e-9)
    # The same observations as amounts of practice of each series' own, which takes the other way through the code.
    own = Series(np.tile(Z, (len(values), 1)), values, np.ones(values.shape, dtype=bool))
    assert curves.fit(own, form).rss == pytest.approx(alone, rel=1e-6)


@pytest.mark.parametrize("form", BENT)
def test_missing_trials_and_padding_change_nothing(form):
    y, rng = noisy("falling"), np.random.default_rng(3)
    kept = np.sort(rng.choice(N - 15, 30, replace=False))
    seen = np.zeros((1, N), dtype=bool)
    seen[0, kept] = True
    padded = curves.fit(Series(Z, np.where(seen, y, 0.0), seen), form)
    dense = curves.fit(Series(Z[kept][None, :], y[kept][None, :], np.ones((1, 30), dtype=bool)), form)
    assert padded.rss[0] == pytest.approx(dense.rss[0], rel=1e-6)
    assert padded.predict(Z[kept], np.array([Z[kept[-1]]])) == pytest.approx(
        dense.predict(Z[kept][None, :], np.array([Z[kept[-1]]])), rel=1e-3
    )


def test_richer_forms_never_fit_worse():
    for name in SERIES:
        rss = {form: curves.fit(whole(noisy(name)), form).rss[0] for form in FORMS}
        assert max(rss["exponential"], rss["power"]) <= rss["flat"] * (1 + 1e-12)
        assert rss["power_prior"] <= rss["power"] * (1 + 1e-9)
        assert rss["apex"] <= min(rss["power"], rss["exponential"]) * (1 + 1e-9)


def test_a_constant_series_does_no_harm():
    for form in FORMS:
        found = curves.fit(whole(np.full(N, 7.0)), form)
        assert found.rss[0] == pytest.approx(0, abs=1e-20)
        assert found.predict(Z, np.array([60.0])) == pytest.approx(np.full((1, N), 7.0))


def test_minutes_in_units_of_the_first_session_give_the_same_curve():
    minutes = np.cumsum(np.random.default_rng(5).integers(5, 40, N)).astype(float)
    scores = 20 + 30 * (minutes / minutes[0]) ** -0.4
    [(groups, series)] = tables(np.zeros(N, int), minutes / minutes[0], scores, shared=False)
    found = curves.fit(series, "power")
    assert groups.tolist() == [0]
    assert rates("power", found.decay, found.second, series.last)[0][0] == pytest.approx(0.4, rel=1e-6)
