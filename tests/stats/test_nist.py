"""NIST's certified problems of nonlinear regression that have the form of a learning curve."""

import re

import numpy as np
import pytest

from mmlib.stats.curves import fit
from mmlib.stats.forms import rates
from mmlib.stats.series import Series


def problem(path):
    """Return certified parameters, the certified residual sum of squares, x and y, from the file as NIST prints it."""
    text = path.read_text()
    certified = [float(line.split()[4]) for line in re.findall(r"^\s*b\d+ = .*$", text, re.MULTILINE)]
    rss = float(re.search(r"Residual Sum of Squares:\s+(\S+)", text)[1])
    start, end = (int(n) for n in re.search(r"Data\s+\(lines\s+(\d+)\s+to\s+(\d+)\)", text).groups())
    rows = [[float(value) for value in line.split()] for line in text.splitlines()[start - 1 : end]]
    y, x = np.array(rows).T
    return certified, rss, x, y


def digits(found, certified):
    """The fewest digits that agree (NIST's log relative error)."""
    error = np.abs(np.array(found) / np.array(certified) - 1)
    return float(-np.log10(np.maximum(error, 1e-15)).min())


def fitted(z, y, form, level):
    order = np.argsort(z, kind="stable")
    series = Series(z[order][None, :], y[order][None, :], np.ones((1, y.size), dtype=bool))
    found = fit(series, form, level=level)
    rate, prior = rates(form, found.decay, found.second, series.last)
    return found, float(rate[0]), float(prior[0])


@pytest.mark.parametrize("name", ["Misra1a", "BoxBOD"])
def test_exponential_rise_from_zero(real_data, name):
    certified, rss, x, y = problem(real_data / "nist_strd" / f"{name}.dat")
    found, rate, _ = fitted(1 + x, y, "exponential", "start")
    assert digits([found.level[0], rate, found.rss[0]], [*certified, rss]) >= 6


def test_power_through_zero(real_data):
    certified, rss, x, y = problem(real_data / "nist_strd" / "DanWood.dat")
    # b1·x^b2 grows, so practice runs backwards: (max/x)^-b2 falls from 1.
    found, rate, _ = fitted(x.max() / x, y, "power", "zero")
    assert digits([found.distance[0] / x.max() ** rate, rate, found.rss[0]], [*certified, rss]) >= 6


def test_power_with_prior_practice(real_data):
    certified, rss, x, y = problem(real_data / "nist_strd" / "Bennett5.dat")
    found, rate, prior = fitted(x, y, "power_prior", "zero")
    assert digits([found.distance[0] * (1 + prior) ** rate, prior, 1 / rate, found.rss[0]], [*certified, rss]) >= 6
