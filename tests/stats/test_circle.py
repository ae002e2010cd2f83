"""Roundness against known shapes: closed forms, quadrature, and what must not change it."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import minimize_scalar

from mmlib.stats.circle import StrokeError, even, fitted_circle, roundness

TURN = 2 * np.pi


def polar(radius, *, begin=0.0, end=TURN, n=4000):
    angle = np.linspace(begin, end, n)
    length = radius(angle) if callable(radius) else np.full(n, radius)
    return np.column_stack([length * np.cos(angle), length * np.sin(angle)])


def polygon(corners):
    angle = np.arange(corners + 1) * TURN / corners
    return np.column_stack([np.cos(angle), np.sin(angle)])


def percent(stroke):
    return 100 * roundness(stroke).deviation


def test_an_exact_circle_is_found_and_scores_nought():
    found = roundness(polar(3.0) + np.array([10, -20]))
    assert (found.x, found.y, found.radius) == pytest.approx((10, -20, 3), abs=1e-5)
    assert found.deviation == pytest.approx(0, abs=1e-6)
    assert found.gap == pytest.approx(0, abs=1e-6)
    assert found.overlap == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("ratio", [1.02, 1.1, 1.5])
def test_an_ellipse_has_the_deviation_of_the_integral_along_its_length(ratio):
    def along(value):
        def speed(t):
            return np.hypot(ratio * np.sin(t), np.cos(t))

        def distance(t):
            return np.hypot(ratio * np.cos(t), np.sin(t))

        length = quad(speed, 0, np.pi / 2)[0]
        return quad(lambda t: value(distance(t)) * speed(t), 0, np.pi / 2)[0] / length

    radius = along(lambda d: d)
    expected = np.sqrt(along(lambda d: (d - radius) ** 2)) / radius
    angle = np.linspace(0, TURN, 4000)
    found = roundness(np.column_stack([ratio * np.cos(angle), np.sin(angle)]))
    assert found.deviation == pytest.approx(expected, rel=2e-3)
    assert found.radius == pytest.approx(radius, rel=1e-4)


@pytest.mark.parametrize("corners", [4, 6, 12])
def test_a_regular_polygon_has_its_closed_form(corners):
    # On a side at height h, with half width w, the distance from the centre is √(h² + x²), x even from 0 to w.
    h, w = np.cos(np.pi / corners), np.sin(np.pi / corners)
    mean = (w * np.hypot(h, w) + h**2 * np.arcsinh(w / h)) / (2 * w)
    square = h**2 + w**2 / 3
    expected = np.sqrt(square - mean**2) / mean
    found = roundness(polygon(corners))
    assert found.radius == pytest.approx(mean, rel=1e-4)
    assert found.deviation == pytest.approx(expected, rel=5e-3)


@pytest.mark.parametrize("waves", [2, 3, 5, 9])
def test_a_wave_around_the_circle_has_its_amplitude_over_the_root_of_two(waves):
    found = roundness(polar(lambda angle: 1 + 0.002 * np.sin(waves * angle)))
    assert found.deviation == pytest.approx(0.002 / np.sqrt(2), rel=2e-3)


def test_noise_across_the_line_has_its_standard_deviation():
    # A smooth wander: a thousand points of white noise would make the line itself longer.
    rng = np.random.default_rng(5)
    waves, height = np.arange(2, 40), 0.0005 * rng.standard_normal(38)
    shift = rng.uniform(0, TURN, 38)
    stroke = polar(lambda angle: 1 + np.sin(np.outer(angle, waves) + shift) @ height)
    assert roundness(stroke).deviation == pytest.approx(np.sqrt(np.sum(height**2) / 2), rel=0.02)


def test_half_a_circle_scores_badly():
    # The stroke itself is 0 off; its diameter is off by 1 - |x|, with mean square 1/3, and is 2 of 2 + π long.
    assert roundness(polar(1.0, end=np.pi + 1e-9)).deviation == pytest.approx(np.sqrt(2 / 3 / (2 + np.pi)), rel=1e-3)


def test_less_than_half_a_turn_is_refused_and_says_what_to_do():
    with pytest.raises(StrokeError, match="less than half a circle: go all the way round"):
        roundness(polar(1.0, end=3.0))


def test_there_and_back_over_half_a_circle_does_not_pass_for_a_whole_one():
    there = polar(1.0, end=np.pi + 0.01)
    assert percent(np.concatenate([there, there[::-1]])) > 25


@pytest.mark.parametrize("missing", [10, 30, 60])
def test_a_gap_counts_as_the_straight_line_that_closes_it(missing):
    gap = np.radians(missing)
    found = roundness(polar(1.0, end=TURN - gap))
    half, height = np.sin(gap / 2), np.cos(gap / 2)
    square = quad(lambda x: (1 - np.hypot(height, x)) ** 2, 0, half)[0] / half
    expected = np.sqrt(square * 2 * half / (2 * half + TURN - gap))
    assert found.deviation == pytest.approx(expected, rel=1e-3, abs=1e-6)
    assert np.degrees(found.gap) == pytest.approx(missing, abs=1e-3)


def test_small_gaps_cost_little_and_large_ones_much():
    scores = [percent(polar(1.0, end=TURN - np.radians(gap))) for gap in (0, 10, 45, 90, 179)]
    assert scores == sorted(scores)
    assert scores[1] < 0.1 and scores[2] > 1 and scores[3] > 8


@pytest.mark.parametrize("turns", [1.1, 1.5, 2, 3])
def test_going_round_more_than_once_is_no_fault(turns):
    found = roundness(polar(1.0, end=turns * TURN))
    assert found.deviation == pytest.approx(0, abs=1e-5)
    assert found.overlap == pytest.approx((turns - 1) * TURN, rel=1e-3)


def test_two_turns_of_one_shape_score_as_one_turn_does():
    def shape(angle):
        return 1 + 0.03 * np.cos(2 * angle)

    assert percent(polar(shape, end=2 * TURN)) == pytest.approx(percent(polar(shape)), rel=2e-3)


def test_a_spiral_is_off():
    assert percent(polar(lambda angle: 1 + 0.2 * angle / TURN)) > 2


@pytest.mark.parametrize(
    "stroke",
    [
        [],
        [[5, 5]],
        [[5, 5]] * 50,
        [[0, 0], [1, 1]],
        np.column_stack([np.arange(20.0), 3 * np.arange(20.0)]),
        [[0, 0], [1, 1], [0, 0], [1, 1]],
        [[0, np.nan], [1, 1], [2, 0]],
        [[0, np.inf], [1, 1], [2, 0]],
        [1, 2, 3],
        np.zeros((5, 3)),
    ],
    ids=["nothing", "point", "dot", "two", "line", "line back", "nan", "inf", "flat", "wide"],
)
def test_what_is_no_circle_is_refused(stroke):
    with pytest.raises(StrokeError):
        roundness(stroke)


def wobbly():
    return polar(lambda angle: 1 + 0.05 * np.sin(2 * angle) + 0.02 * np.cos(5 * angle), end=0.97 * TURN)


@pytest.mark.parametrize(
    "changed",
    [
        lambda stroke: stroke + np.array([1e4, -3e4]),
        lambda stroke: 250 * stroke,
        lambda stroke: 1e-6 * stroke,
        lambda stroke: stroke @ [[np.cos(1), np.sin(1)], [-np.sin(1), np.cos(1)]],
        lambda stroke: stroke * [1, -1],
        lambda stroke: stroke[::-1],
        lambda stroke: np.repeat(stroke, 3, axis=0),
        lambda stroke: stroke[np.unique(np.r_[0, np.random.default_rng(2).integers(0, 4000, 900), 3999])],
    ],
    ids=["moved", "larger", "tiny", "turned", "mirrored", "backwards", "standing still", "unevenly sampled"],
)
def test_the_score_depends_on_the_shape_only(changed):
    assert percent(changed(wobbly())) == pytest.approx(percent(wobbly()), rel=2e-3)


def test_how_fast_the_hand_went_makes_no_difference():
    slow_at_first = np.linspace(0, 1, 3000) ** 3 * TURN
    radius = 1 + 0.04 * np.sin(3 * slow_at_first)
    stroke = np.column_stack([radius * np.cos(slow_at_first), radius * np.sin(slow_at_first)])
    assert percent(stroke) == pytest.approx(percent(polar(lambda angle: 1 + 0.04 * np.sin(3 * angle))), rel=5e-3)


def test_fifty_points_and_fifty_thousand_give_the_same():
    def shape(angle):
        return 1 + 0.04 * np.sin(2 * angle)

    assert percent(polar(shape, n=50_000)) == pytest.approx(percent(polar(shape, n=50)), rel=0.03)


def test_the_fit_is_the_least_squares_circle():
    rng = np.random.default_rng(8)
    points = polar(2.0, end=4.0, n=60) + 0.1 * rng.standard_normal((60, 2))
    x, y, radius = fitted_circle(points)

    def squares(x, y, r):
        return np.sum((np.hypot(points[:, 0] - x, points[:, 1] - y) - r) ** 2)

    for which in range(3):

        def moved(by, which=which):
            return squares(*(np.array([x, y, radius]) + by * np.eye(3)[which]))

        best = minimize_scalar(moved, bounds=(-0.5, 0.5), method="bounded", options={"xatol": 1e-9})
        assert best.x == pytest.approx(0, abs=1e-5)


def test_the_offsets_say_where_it_bulges():
    found = roundness(polar(lambda angle: 1 + 0.1 * np.exp(-(((angle - np.pi) / 0.4) ** 2))))
    x, y = found.points[found.offset.argmax()]
    assert x < -1 and abs(y) < 0.1


def test_pieces_are_of_equal_length():
    points, length = even(np.array([[0.0, 0.0], [3.0, 0.0], [3.0, 4.0]]), pieces=7)
    assert length == 7
    assert points.tolist() == [[0.5, 0], [1.5, 0], [2.5, 0], [3, 0.5], [3, 1.5], [3, 2.5], [3, 3.5]]
