"""Noise that remembers by one number: against the Cholesky factor of its correlation."""

import numpy as np
import pytest
from scipy import linalg

from mmlib.stats.memory import STEP, chain


def noise(n):
    rng = np.random.default_rng(n)
    fade = np.column_stack([np.zeros(2), rng.uniform(0.2, 0.99, size=(2, n - 1))])
    fade[:, n // 2] = 0.0
    return fade, np.array([1.0, 0.6]), np.vstack([np.full(n, 1e-9), rng.uniform(0.1, 0.8, size=n)])


def correlation(fade, shared, own):
    n = fade.size
    resembling = [[np.prod(fade[min(i, j) + 1 : max(i, j) + 1]) for j in range(n)] for i in range(n)]
    return shared * np.array(resembling) + np.diag(own)


@pytest.mark.parametrize("n", [2, STEP - 1, STEP, STEP + 1, 3 * STEP + 5])
def test_it_is_the_product_with_the_cholesky_factor_its_inverse_and_their_transposes(n):
    given = noise(n)
    found = chain(*given)
    columns = np.random.default_rng(1).normal(size=(n, 3))
    both = np.stack([columns, columns])
    white, back = found.whitening().times(columns), found.whitening().transposed_times(both)
    coloured, transposed = found.colouring().times(columns), found.colouring().transposed_times(both)
    for s in range(2):
        matrix = correlation(*(part[s] for part in given))
        factor = np.linalg.cholesky(matrix)
        assert white[s] == pytest.approx(linalg.solve_triangular(factor, columns, lower=True))
        assert back[s] == pytest.approx(linalg.solve_triangular(factor.T, columns))
        assert coloured[s] == pytest.approx(factor @ columns)
        assert transposed[s] == pytest.approx(factor.T @ columns)
        assert found.log_determinant[s] == pytest.approx(np.linalg.slogdet(matrix)[1])


def test_some_structures_are_as_they_are_among_all():
    found, columns = chain(*noise(40)), np.random.default_rng(1).normal(size=(40, 2))
    every = found.whitening().times(columns)
    assert (found.only(np.array([1])).whitening().times(columns)[0] == every[1]).all()
    assert [part.times(columns)[0].tolist() for part in found.whitening().each()] == every.tolist()
