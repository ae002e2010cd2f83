"""What the simulated learners share: learning curves, noise that lasts, and ratings as people give them.

Only the generator's plainest draws are used and everything is rounded, so that a seed gives the same bytes
on every machine.
"""

from __future__ import annotations

import numpy as np

SIGN = {"higher": 1.0, "lower": -1.0}


def learned(curve: dict, trial: np.ndarray, better: str) -> np.ndarray:
    """Return the true performance at each trial.

    Parameters
    ----------
    curve : dict
        `form` ("exponential": e^(-rate (trial - 1)), "power": trial^(-rate), "flat": no change), `asymptote`,
        `gain` (from trial 1 to the asymptote, positive = better) and `rate`.
    trial : numpy.ndarray
        1 for the first.
    better : str
        "higher" or "lower".

    Examples
    --------
    >>> curve = {"form": "power", "asymptote": 10.0, "gain": 8.0, "rate": 1.0}
    >>> learned(curve, np.array([1, 2, 4]), "higher").tolist()
    [2.0, 6.0, 8.0]
    """
    trial = np.asarray(trial, dtype=float)
    left = {
        "exponential": lambda: np.exp(-curve["rate"] * (trial - 1)),
        "power": lambda: trial ** -curve["rate"],
        "flat": lambda: np.zeros_like(trial),
    }[curve["form"]]()
    return curve["asymptote"] - SIGN[better] * curve["gain"] * left


def lasting_noise(rng: np.random.Generator, n: int, autocorrelation: float) -> np.ndarray:
    """Return n values of a stationary AR(1) process with standard deviation 1.

    Examples
    --------
    >>> lasting_noise(np.random.default_rng(1), 3, 0.5).round(2).tolist()
    [0.35, 0.88, 0.73]
    """
    fresh = rng.standard_normal(n)
    fresh[1:] *= np.sqrt(1 - autocorrelation**2)
    for i in range(1, n):
        fresh[i] += autocorrelation * fresh[i - 1]
    return fresh


def whole(rng: np.random.Generator, values: np.ndarray) -> np.ndarray:
    """Round at random to the integer below or above, so that the mean stays what it was.

    Examples
    --------
    >>> whole(np.random.default_rng(0), np.full(10_000, 2.3)).mean().round(2).item()
    2.3
    """
    return np.floor(values + rng.random(len(values)))


def rated(rng: np.random.Generator, latent: np.ndarray, spread: float = 0.6) -> np.ndarray:
    """Return whole ratings from 1 to 5 around a latent mean.

    Examples
    --------
    >>> rated(np.random.default_rng(0), np.array([0.0, 3.0, 9.0])).tolist()
    [1.0, 3.0, 5.0]
    """
    return np.clip(whole(rng, latent + spread * rng.standard_normal(len(latent))), 1, 5)


def sometimes(rng: np.random.Generator, values: np.ndarray, share: float | np.ndarray) -> np.ndarray:
    """Keep each value with probability `share`; the others become missing.

    Examples
    --------
    >>> sometimes(np.random.default_rng(0), np.array([1.0, 2.0, 3.0]), 0.5).tolist()
    [nan, 2.0, 3.0]
    """
    return np.where(rng.random(len(values)) < share, values, np.nan)


def chosen(rng: np.random.Generator, choices: list[str], n: int) -> np.ndarray:
    """Return n of the choices, each equally likely.

    Examples
    --------
    >>> chosen(np.random.default_rng(0), ["chives", "less heat"], 3).tolist()
    ['less heat', 'less heat', 'less heat']
    """
    return np.array(choices, dtype=object)[rng.integers(0, len(choices), n)]
