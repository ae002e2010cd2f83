"""Simulated hands: strokes that have the deviation, and rounds that have the errors, they were made with."""

import json

import numpy as np
import pytest

from mmlib.simulate import circles, traces
from mmlib.stats.circle import roundness
from mmlib.stats.tracing import corners_passed, excursions
from mmlib.widgets.drills.mirror import HALF_WIDTH, REACH, star


def scores(attempts):
    return np.array([100 * roundness(attempt["points"]).deviation for attempt in attempts])


def test_circles_follow_the_curve_that_they_were_asked_for():
    asked = {"asymptote": 3.0, "gain": 5.0, "rate": 0.3}
    found = np.mean([scores(circles(12, seed=seed, noise=0.1, **asked)) for seed in range(25)], axis=0)
    expected = 3 + 5 * np.exp(-0.3 * np.arange(12))
    assert found == pytest.approx(expected, rel=0.08)


def test_without_noise_a_circle_is_as_far_off_as_asked():
    assert scores(circles(6, seed=4, asymptote=4.0, gain=0.0, noise=0.0)) == pytest.approx(np.full(6, 4.0), rel=0.05)


def test_the_same_seed_gives_the_same_and_no_two_circles_are_alike():
    first, again, other = circles(5, seed=1), circles(5, seed=1), circles(5, seed=2)
    assert first == again
    shapes = [json.dumps(attempt["points"]) for attempt in first + other]
    assert len(set(shapes)) == 10


def test_a_longer_series_begins_as_a_shorter_one():
    assert circles(7, seed=3)[:4] == circles(4, seed=3)


def test_attempts_are_what_a_page_can_send():
    attempts = circles(3) + traces(3, star(), HALF_WIDTH)
    assert json.loads(json.dumps(attempts)) == attempts
    assert len({attempt["id"] for attempt in attempts}) == 6
    assert all({"id", "start", "seconds", "points", "pointer"} == set(attempt) for attempt in attempts)


def test_circles_stay_on_the_drawing_area():
    points = np.concatenate([attempt["points"] for attempt in circles(200, seed=6)])
    assert points.min() > 0 and points.max() < 1000


def test_rounds_pass_every_corner_and_their_score_follows_the_curve():
    found = []
    for seed in range(12):
        rounds = traces(10, star(), HALF_WIDTH, seed=seed, curve=(20.0, 50.0, 0.3))
        for attempt in rounds:
            points = np.array(attempt["points"])
            assert corners_passed(points[:, :2], star(), REACH) == 11
            errors, _ = excursions(points[:, :2], star(), HALF_WIDTH)
            found.append(attempt["seconds"] + errors)
    expected = 20 + 50 * np.exp(-0.3 * np.arange(10))
    assert np.reshape(found, (12, 10)).mean(axis=0) == pytest.approx(expected, rel=0.12)
