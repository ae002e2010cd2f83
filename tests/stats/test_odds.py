"""Odds ratios against R's published output, scipy, statsmodels and all tables there are."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats
from scipy.stats import contingency
from statsmodels.stats.contingency_tables import StratifiedTable, Table2x2

from benchmarks.studies import odds as study
from mmlib.errors import MMError
from mmlib.stats import odds, strata
from mmlib.stats.evalue import e_value, risk_ratio

# Admitted and rejected, men and women, in Berkeley's six largest departments (R's UCBAdmissions).
BERKELEY = np.array([
    [[512, 313], [89, 19]], [[353, 207], [17, 8]], [[120, 205], [202, 391]],
    [[138, 279], [131, 244]], [[53, 138], [94, 299]], [[22, 351], [24, 317]],
])  # fmt: skip


def every_table(n):
    return np.array([
        [[a, b], [c, n - a - b - c]]
        for a in range(n + 1) for b in range(n + 1 - a) for c in range(n + 1 - a - b)
    ])  # fmt: skip


def brute_tail(table, ratio, *, up):
    """The chance of a count as large, or as small, by summing binomial coefficients."""
    (a, b), (c, d) = table.tolist()
    row, other, column = a + b, c + d, a + c
    counts = range(max(0, column - other), min(row, column) + 1)
    weights = {k: math.comb(row, k) * math.comb(other, column - k) * ratio**k for k in counts}
    return sum(w for k, w in weights.items() if (k >= a if up else k <= a)) / sum(weights.values())


@pytest.fixture(scope="module")
def random_tables():
    rng = np.random.default_rng(3)
    tables = np.concatenate([rng.integers(0, high, (60, 2, 2)) for high in (3, 8, 30, 200)])
    return tables[(tables.sum(axis=1) > 0).all(axis=1) & (tables.sum(axis=2) > 0).all(axis=1)]


# R's documentation of fisher.test, as it prints it; its root finder stops within 0.00012, of 1/limit for large ones.
@pytest.mark.parametrize(
    ("table", "confidence", "estimate", "low", "high"),
    [
        ([[3, 1], [1, 3]], 0.90, 6.408309, 0.3135693, 309.4590),  # tea: 0.3135693 is also the one-sided 95 % limit
        ([[2, 10], [15, 3]], 0.95, 0.04693661, 0.003325764, 0.363182271),  # convictions of twins
    ],
)
def test_exact_gives_what_r_prints(table, confidence, estimate, low, high):
    found = odds.exact(table, confidence)
    assert found.estimate[0] == pytest.approx(estimate, rel=1e-5)
    assert found.low[0] == pytest.approx(low, abs=1.3e-4)
    assert 1 / found.high[0] == pytest.approx(1 / high, abs=1.3e-4)


def test_exact_limits_have_the_tails_that_they_promise():
    tables = every_table(9)
    found = odds.exact(tables, 0.9)
    for table, low, high in zip(tables, found.low, found.high, strict=True):
        if low > 0:
            assert brute_tail(table, low, up=True) == pytest.approx(0.05)
        if high < np.inf:
            assert brute_tail(table, high, up=False) == pytest.approx(0.05)


def test_exact_agrees_with_scipy(random_tables):
    found = odds.exact(random_tables)
    for i, table in enumerate(random_tables):
        result = contingency.odds_ratio(table)
        limits = result.confidence_interval()
        mine = [found.estimate[i], found.low[i], found.high[i]]
        assert mine == pytest.approx([result.statistic, limits.low, limits.high], rel=1e-8)


def test_exact_is_right_with_zeros_and_says_nothing_of_empty_margins():
    found = odds.exact([[[0, 5], [7, 9]], [[5, 0], [7, 9]], [[0, 0], [3, 4]], [[3, 0], [4, 0]]])
    assert found.estimate.tolist()[:2] == [0, np.inf]
    assert np.isnan(found.estimate[2:]).all()
    assert found.low.tolist()[0] == 0
    assert found.high.tolist()[1] == np.inf
    assert (found.low[2:].tolist(), found.high[2:].tolist()) == ([0, 0], [np.inf, np.inf])
    assert found.p_value[2:].tolist() == [1, 1]


def test_exact_holds_for_large_counts():
    found = odds.exact([[50_000, 1], [1, 50_000]])
    assert found.low[0] < found.estimate[0] < found.high[0] < np.inf
    assert found.low[0] > 1e7


def test_the_p_value_agrees_with_the_interval_in_every_table():
    tables = every_table(14)
    for confidence in (0.8, 0.95):
        found = odds.exact(tables, confidence)
        leaves_out = (found.low > 1) | (found.high < 1)
        assert (leaves_out == (found.p_value < 1 - confidence)).all()


def test_the_p_value_doubles_the_smaller_tail(random_tables):
    (a, b), (c, d) = random_tables.transpose(1, 2, 0)
    margins = (a + b + c + d, a + b, a + c)
    smaller = np.minimum(stats.hypergeom.cdf(a, *margins), stats.hypergeom.sf(a - 1, *margins))
    assert odds.exact(random_tables).p_value == pytest.approx(np.minimum(2 * smaller, 1))


def test_no_table_of_seven_leaves_out_1_and_one_of_eight_does():
    some = {n: odds.exact(every_table(n)) for n in (7, 8)}
    assert [((found.low > 1) | (found.high < 1)).any() for found in some.values()] == [False, True]


@pytest.mark.parametrize("n", [5, 12])
def test_exact_covers_at_least_as_often_as_it_says(n):
    for row, column in itertools.product(range(1, n), range(1, n)):
        counts = np.arange(max(0, row + column - n), min(row, column) + 1)
        tables = np.stack([counts, row - counts, column - counts, n - row - column + counts], axis=-1)
        found = odds.exact(tables.reshape(-1, 2, 2))
        for ratio in np.exp(np.linspace(-6, 6, 41)):
            chance = stats.nchypergeom_fisher.pmf(counts, n, row, column, ratio)
            assert chance[(found.low <= ratio) & (ratio <= found.high)].sum() >= 0.95 - 1e-9


@pytest.mark.parametrize("band", study.BANDS)
def test_exact_covers_in_every_table_of_up_to_60(band):
    row = study.exact_row(*band, 0)
    assert row["exact: at least covers"] >= 0.95 - 1e-9
    assert row["exact: at least covers"] <= min(row["exact: at 1 covers"], row["exact: at 3 covers"])


def test_the_enumeration_finds_the_least_coverage_that_a_fine_grid_finds():
    least = 1.0
    for row, column in itertools.product(range(1, 8), range(1, 8)):
        counts = np.arange(max(0, row + column - 8), min(row, column) + 1)
        tables = np.stack([counts, row - counts, column - counts, 8 - row - column + counts], axis=-1)
        found = odds.exact(tables.reshape(-1, 2, 2))
        ends = np.concatenate([found.low, found.high])
        ends = ends[(ends > 0) & np.isfinite(ends)]
        for ratio in [*(ends * (1 - 1e-9)), *(ends * (1 + 1e-9)), *np.exp(np.linspace(-7, 7, 81))]:
            chance = stats.nchypergeom_fisher.pmf(counts, 8, row, column, ratio)
            least = min(least, chance[(found.low <= ratio) & (ratio <= found.high)].sum())
    assert study.exact_row(8, 8, 0)["exact: at least covers"] == pytest.approx(least, abs=1e-6)


def test_strata_keep_false_alarms_down_in_the_confounded_cohorts():
    few, many = study.avocation_row(200, 2, 200), study.avocation_row(200, 10, 200)
    assert few["crude: false alarms"] > 0.8
    assert few["false alarms"] > 0.1
    assert many["false alarms"] <= 0.1
    assert many["odds ratio 3: covers"] >= 0.92


def test_haldane_adds_one_half_to_all_four_counts():
    found = odds.haldane([[[5, 0], [7, 9]], [[5, 2], [7, 9]]])
    assert found.estimate == pytest.approx([5.5 * 9.5 / (0.5 * 7.5), 5.5 * 9.5 / (2.5 * 7.5)])
    error = np.sqrt(1 / 5.5 + 1 / 0.5 + 1 / 7.5 + 1 / 9.5)
    assert np.log(found.high[0] / found.estimate[0]) == pytest.approx(1.959964 * error)
    # statsmodels adds it to the zero only, and to none where there is no zero.
    assert Table2x2(np.array([[5, 0], [7, 9]])).oddsratio == pytest.approx(5 * 9 / (0.5 * 7))
    assert found.p_value[1] == pytest.approx(2 * stats.norm.sf(np.log(found.estimate[1]) / np.sqrt(
        1 / 5.5 + 1 / 2.5 + 1 / 7.5 + 1 / 9.5)))  # fmt: skip


def test_berkeley_is_as_r_prints_it():
    found = strata.stratified(BERKELEY)
    # mantelhaen.test(UCBAdmissions) and DescTools::BreslowDayTest(UCBAdmissions)
    assert [found.estimate, found.low, found.high] == pytest.approx([0.9046968, 0.7719074, 1.0603298], rel=1e-6)
    assert (found.breslow_day, found.breslow_day_p) == pytest.approx((18.8255, 0.002071), rel=1e-3)
    assert found.p_value == pytest.approx(0.21692, rel=1e-4)
    assert odds.exact(BERKELEY.sum(axis=0)).low[0] > 1


def test_berkeley_with_the_counts_of_statsmodels_is_as_r_prints_it_for_them():
    # statsmodels' own test has 278 and 139 for the men of department D.
    theirs = BERKELEY.copy()
    theirs[3, 0] = [139, 278]
    found = strata.stratified(theirs[:, :, ::-1])
    assert [found.estimate, found.low, found.high] == pytest.approx([1.101879, 0.9402012, 1.2913602], rel=1e-6)
    assert (found.breslow_day, found.breslow_day_p) == pytest.approx((18.83297, 0.002064786), rel=1e-6)


def test_stratified_agrees_with_statsmodels_without_its_shift():
    rng = np.random.default_rng(5)
    for _ in range(100):
        tables = rng.integers(0, 25, (4, 2, 2))
        told = tables[(tables.sum(axis=1) > 0).all(axis=1) & (tables.sum(axis=2) > 0).all(axis=1)]
        found, theirs = strata.stratified(tables), StratifiedTable(told.transpose(1, 2, 0).copy())
        low, high = theirs.oddsratio_pooled_confint()
        equal = theirs.test_equal_odds()
        assert found.n_strata == len(told)
        assert [found.estimate, found.low, found.high] == pytest.approx([theirs.oddsratio_pooled, low, high])
        assert found.p_value == pytest.approx(theirs.test_null_odds().pvalue, abs=1e-12)
        assert found.breslow_day == pytest.approx(equal.statistic, rel=1e-6)
        assert found.breslow_day_p == pytest.approx(equal.pvalue, rel=1e-6, abs=1e-12)


def test_a_zero_in_a_stratum_shifts_nothing():
    tables = np.array([[[5, 0], [3, 4]], [[4, 6], [2, 7]]])
    by_hand = (5 * 4 / 12 + 4 * 7 / 19) / (0 * 3 / 12 + 6 * 2 / 19)
    assert strata.stratified(tables).estimate == pytest.approx(by_hand)
    shifted = StratifiedTable(tables.transpose(1, 2, 0).copy(), shift_zeros=True)
    assert shifted.oddsratio_pooled != pytest.approx(by_hand, rel=0.05)


def test_strata_in_which_all_are_on_one_side_contribute_nothing():
    more = np.array([[[0, 0], [0, 0]], [[3, 0], [4, 0]], [[0, 0], [2, 5]], [[0, 2], [0, 5]], [[1, 0], [0, 0]]])
    alone, among = strata.stratified(BERKELEY), strata.stratified(np.concatenate([more, BERKELEY]))
    assert alone == among
    nothing = strata.stratified(more)
    assert nothing.n_strata == 0
    assert np.isnan(nothing.estimate)


def test_one_stratum_has_the_sample_odds_ratio_and_no_test_of_equality():
    found = strata.stratified([[[12, 4], [15, 28]]])
    assert found.estimate == pytest.approx(12 * 28 / (4 * 15))
    assert np.isnan(found.breslow_day)


def test_strata_that_agree_on_1_exactly_are_no_trouble():
    found = strata.stratified([[[2, 3], [4, 6]], [[4, 6], [2, 3]]])
    assert (found.estimate, found.breslow_day) == (1.0, pytest.approx(0.0, abs=1e-12))


def test_a_common_odds_ratio_of_infinity_has_the_exact_limit():
    tables = np.array([[[3, 0], [1, 2]], [[2, 0], [2, 5]]])
    found = strata.stratified(tables)
    assert (found.estimate, found.high) == (np.inf, np.inf)
    # The chance of the sum 5 under the low limit, by brute force over both strata.
    chances = [
        stats.nchypergeom_fisher.pmf(np.arange(6), t.sum(), t[0].sum(), t[:, 0].sum(), found.low) for t in tables
    ]
    assert np.convolve(*chances)[5:].sum() == pytest.approx(0.025)
    turned = strata.stratified(tables[:, ::-1])
    assert (turned.estimate, turned.low) == (0, 0)
    assert turned.high == pytest.approx(1 / found.low)


def test_the_expected_count_gives_the_odds_ratio(random_tables):
    for ratio in (0.05, 0.999999, 1.0, 1.000001, 7.0):
        a = strata.expected(random_tables, ratio)
        row, other, column = random_tables[:, 0].sum(1), random_tables[:, 1].sum(1), random_tables[:, :, 0].sum(1)
        b, c = row - a, column - a
        d = other - c
        assert (np.array([a, b, c, d]) >= -1e-9).all()
        assert a * d == pytest.approx(ratio * b * c, rel=1e-6, abs=1e-9)


def test_what_is_no_table_of_counts_is_refused():
    with pytest.raises(MMError, match="shape"):
        odds.exact([1, 2, 3])
    for wrong in ([[1, -1], [2, 3]], [[1.5, 1], [2, 3]], [["a", "b"], ["c", "d"]]):
        with pytest.raises(MMError, match="whole numbers"):
            odds.exact(wrong)


def test_no_tables_give_no_odds_ratios():
    assert all(part.size == 0 for part in odds.exact(np.zeros((0, 2, 2), dtype=int)))


def test_e_values_are_those_of_the_paper():
    # VanderWeele & Ding (2017): a risk ratio of 3.9 (limit 1.8) has the E-value 7.26 (3.0).
    assert e_value([3.9, 1.8, 1.0, 0.0, np.inf]) == pytest.approx([7.26, 3.0, 1.0, np.inf, np.inf], abs=0.005)
    assert e_value(1 / 3.9) == pytest.approx(e_value(3.9))
    assert risk_ratio([9.0, 9.0], [0.149, 0.15]).tolist() == [9.0, 3.0]
