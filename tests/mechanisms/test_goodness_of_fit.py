"""Noise has the law it claims: chi-square tests, with numbers fixed in advance.

The default run draws from a seed, so it is the same every time; the slow run draws
from the operating system. No test is ever repeated on failure.
"""

import numpy as np
import pytest
from scipy import stats

from skprivate.mechanisms import (
    DiscreteGaussian,
    DiscreteLaplace,
    Entropy,
    Gaussian,
    Laplace,
)

ALPHA = 1e-6  # of each test
DRAWS = 2_000_000
CHUNK = 1 << 20
MOST_CELLS = 1000
LAWS = {Gaussian: stats.norm, Laplace: stats.laplace}
SCALES = [0.2, 0.5, 1.0, 3.0, 40.5, 2.0**10, 2.0**24, 2.0**35]
both = pytest.mark.parametrize("mechanism", [Gaussian(1.0), Laplace(1.0)], ids=repr)


def cells(law, scale):
    """Half-integer edges of cells of integers, and the cells' exact probabilities."""
    far = np.ceil(law.isf(1e-6) * scale)
    if far <= MOST_CELLS:
        integers = np.arange(-far, far + 1)
    else:
        integers = np.rint(law.ppf(np.arange(1, MOST_CELLS) / MOST_CELLS) * scale)
    edges = np.unique(integers) - 0.5
    cdf, sf = law.cdf(edges / scale), law.sf(edges / scale)
    # Differences of the smaller tail, so that rare cells keep their digits.
    middle = np.where(edges[1:] > 0, sf[:-1] - sf[1:], cdf[1:] - cdf[:-1])
    return edges, np.concatenate([[cdf[0]], middle, [sf[-1]]])


def chi_square(counts, probabilities):
    """P-value; cells that expect fewer than 10 draws are pooled."""
    expected = probabilities * counts.sum()
    rare = expected < 10
    counts = np.append(counts[~rare], counts[rare].sum())
    expected = np.append(expected[~rare], expected[rare].sum())
    keep = expected > 0
    statistic = ((counts - expected)[keep] ** 2 / expected[keep]).sum()
    return stats.chi2.sf(statistic, keep.sum() - 1)


def p_value(mechanism, scale, n, entropy, assumed=None):
    """P-value of n draws under the rounded law of the assumed scale."""
    edges, probabilities = cells(LAWS[type(mechanism)], assumed or scale)
    counts = np.zeros(probabilities.size, np.int64)
    for start in range(0, n, CHUNK):
        zeros = np.zeros(min(CHUNK, n - start), np.int64)
        draws = mechanism(zeros, scale, entropy, str(start).encode())
        at = np.searchsorted(edges, draws)
        counts += np.bincount(at, minlength=counts.size)
    return chi_square(counts, probabilities)


@both
@pytest.mark.parametrize("scale", SCALES)
def test_rounded_noise_has_its_law(mechanism, scale):
    assert p_value(mechanism, scale, DRAWS, Entropy(0)) > ALPHA


@both
@pytest.mark.parametrize("scale", [3.0, 2.0**10])
@pytest.mark.parametrize("factor", [0.98, 1.02])
def test_the_test_rejects_a_scale_off_by_two_percent(mechanism, scale, factor):
    p = p_value(mechanism, scale * factor, DRAWS, Entropy(0), assumed=scale)
    assert p < ALPHA


@pytest.mark.slow
@both
@pytest.mark.parametrize("scale", [40.5])
def test_rounded_noise_has_its_law_on_many_draws(mechanism, scale):
    assert p_value(mechanism, scale, 100_000_000, Entropy()) > ALPHA


@both
def test_the_slow_path_alone_has_the_law(mechanism):
    draws = mechanism(np.zeros(3000, np.int64), 2.0**50, Entropy(0)) / 2.0**50
    law = LAWS[type(mechanism)]
    assert stats.kstest(draws, law.cdf).pvalue > ALPHA


@both
def test_coordinates_are_independent(mechanism):
    """Neighbouring draws: quartile cells of all pairs are equally likely."""
    draws = mechanism(np.zeros(DRAWS, np.int64), 2.0**20, Entropy(1))
    quartiles = LAWS[type(mechanism)].ppf([0.25, 0.5, 0.75]) * 2.0**20
    cell = np.searchsorted(quartiles, draws)
    for lag in (1, 2, 512, 1024):
        pairs = np.bincount(4 * cell[lag:] + cell[:-lag], minlength=16)
        assert chi_square(pairs, np.full(16, 1 / 16)) > ALPHA


@both
def test_weights_multiply_the_noise_of_each_coordinate(mechanism):
    weights = np.array([1.0, 3.0, 10.0])
    zeros = np.zeros((300_000, 3), np.int64)
    draws = mechanism(zeros, 1000.0, Entropy(0), weights=weights)
    law = LAWS[type(mechanism)]
    for column, weight in zip(draws.T, weights, strict=True):
        edges, probabilities = cells(law, 1000.0 * weight)
        counts = np.bincount(np.searchsorted(edges, column))
        assert chi_square(counts, probabilities) > ALPHA


def discrete_law(mechanism, k, scale):
    if isinstance(mechanism, DiscreteLaplace):
        weights = np.exp(-np.abs(k) / scale)
    else:
        weights = np.exp(-(k**2) / (2 * scale**2))
    return weights / weights.sum()


@pytest.mark.parametrize(
    "mechanism", [DiscreteGaussian(1.0), DiscreteLaplace(1.0)], ids=repr
)
@pytest.mark.parametrize("scale", [0.4, 2.5, 37.25])
def test_discrete_noise_has_its_law(mechanism, scale):
    draws = mechanism(np.zeros(200_000, np.int64), scale, Entropy(0))
    reach = int(60 * scale) + 10
    k = np.arange(-reach, reach + 1)
    counts = np.bincount(np.clip(draws, -reach, reach) + reach, minlength=k.size)
    assert chi_square(counts, discrete_law(mechanism, k, scale)) > ALPHA
    wrong = discrete_law(mechanism, k, 1.05 * scale)
    assert chi_square(counts, wrong) < ALPHA
