"""Learning curves of success rates, and of several learners at once."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.special import expit

from mmlib.log import check_log
from mmlib.measures import payoff


def sessions(learner="me", skill="card trick", *, n=80, start="2026-01-01", **columns):
    days = pd.Timestamp(start) + pd.to_timedelta(np.arange(n), unit="D")
    return pd.DataFrame({"learner": learner, "skill": skill, "start": days, **columns})


def tries(n=80, seed=0, attempts=20):
    chance = 0.9 / (1 + 3.5 * np.exp(-0.08 * np.arange(n)))
    return {"reps": attempts, "successes": np.random.default_rng(seed).binomial(attempts, chance)}


def test_a_success_rate_grows_along_a_logistic_curve():
    log = check_log(sessions(**tries()))
    found = payoff.learning_curves(log).iloc[0]
    assert (found["model"], found["unit"], found["identified"]) == ("logistic", "success rate", True)
    assert found["asymptote_low"] <= 0.9 <= found["asymptote_high"] <= 1
    assert found["gain_low"] <= 0.7 <= found["gain_high"]
    assert found["rate_low"] <= 0.08 <= found["rate_high"]
    assert np.isnan(found["prior"])


def test_it_is_the_maximum_of_the_binomial_likelihood():
    made = tries(seed=3)
    log = check_log(sessions(**made))
    found = payoff.learning_curves(log).iloc[0]
    day = np.arange(80)

    def loss(at):
        level, first = expit(at[0]), expit(at[1])
        p = np.clip(level / (1 + (level - first) / first * np.exp(-np.exp(at[2]) * day)), 1e-9, 1 - 1e-9)
        return -np.sum(made["successes"] * np.log(p) + (20 - made["successes"]) * np.log(1 - p))

    best = min(
        (minimize(loss, [2, -1, rate], method="Nelder-Mead", tol=1e-9) for rate in (-4, -3, -2)), key=lambda r: r.fun
    )
    assert found["asymptote"] == pytest.approx(expit(best.x[0]), abs=1e-3)
    assert found["rate"] == pytest.approx(np.exp(best.x[2]), rel=1e-2)


def test_its_points_stay_between_0_and_1_and_follow_the_trials():
    log = check_log(sessions(n=40, **tries(n=40)))
    points = payoff.curve_points(log, payoff.learning_curves(log))
    assert points[["low", "fitted", "high"]].to_numpy().min() >= 0
    assert points[["low", "fitted", "high"]].to_numpy().max() <= 1
    assert (points["low"] <= points["fitted"]).all()
    assert points["observed"].to_numpy() == pytest.approx(log["successes"].to_numpy(float) / 20)


def test_learners_and_skills_together_are_the_same_as_alone():
    rng = np.random.default_rng(1)
    parts = [
        sessions(
            f"learner {i}", skill, n=n, score=50 - 40 * np.exp(-0.1 * np.arange(n)) + rng.normal(0, 2, n), minutes=20.0
        )
        for i, n in enumerate((12, 30, 31, 200))
        for skill in ("juggling", "ukulele")
    ]
    parts.append(sessions("learner 0", "card trick", n=30, **tries(n=30)))
    for over in ("trial", "minutes"):
        whole = check_log(pd.concat(parts, ignore_index=True))
        together = payoff.learning_curves(whole, over=over)
        points = payoff.curve_points(whole, together)
        assert len(points) == len(whole)
        for part in parts:
            learner, skill = part[["learner", "skill"]].iloc[0]
            alone = payoff.learning_curves(check_log(part), over=over)
            row = together[together["learner"].eq(learner) & together["skill"].eq(skill)].reset_index(drop=True)
            pd.testing.assert_frame_equal(row, alone, rtol=1e-4)
            mine = points[points["learner"].eq(learner) & points["skill"].eq(skill)].reset_index(drop=True)
            pd.testing.assert_frame_equal(mine, payoff.curve_points(check_log(part), alone), rtol=1e-3)


def test_failed_attempts_get_a_place_on_the_curve():
    scores = 60 - 30 * np.exp(-0.1 * np.arange(40.0)) + np.random.default_rng(0).normal(size=40)
    scores[::3] = np.nan
    log = check_log(sessions(skill="cube", n=40, score=scores, minutes=5.0))
    for over in ("trial", "minutes"):
        points = payoff.curve_points(log, payoff.learning_curves(log, over=over))
        assert points["fitted"].notna().all()
        assert points["fitted"].is_monotonic_increasing
        assert points["observed"].isna().sum() == 14
