"""Shapes that are most likely, given noisy gradients and what was assumed of them.

A gradient of the sums of a loss over cells is, near the point where it was taken, ``g +
H (theta - point)``. At the best shapes it is zero but for the chance of which rows
there are, of covariance ``dispersion H``, and for the noise that was added. So each
gradient is an observation of the shapes, and all of them count, weighted by their
precision, however early they were taken: no part of the budget is lost.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cholesky, lapack, solve_triangular

_PSEUDO = 10.0  # observations of a prior of one, for each term
_PSEUDO_SLOPE = 1.0  # the same for each slope
_SLOPE = np.eye(1)  # precision of a slope
_FULL_TERMS = 2.0  # so many terms may be as large as a prior says
_BLOCK = 64  # rows that are mirrored at a time
_FREE = 1e-4  # precision of what is hardly assumed: the intercept


class Evidence:
    """The mean of all gradients of one margin, as a linear function of its values.

    Parameters
    ----------
    size : int
        Number of cells; the last of the values is the intercept.
    memory : float, default=1.0
        Weight of what was seen before, when something is added.
    """

    def __init__(self, size, memory=1.0):
        self.memory, self.weight = memory, 0.0
        self.constant = np.zeros(size)
        self.slope = np.zeros((size, size + 1))

    def add(self, gradient, slope, point, noise):
        """Add a gradient at a point, with its derivative and deviation of noise."""
        old, new = self.memory * self.weight, noise**-2
        self.weight = old + new
        part = new / self.weight
        self.constant += part * (gradient - slope @ point - self.constant)
        self.slope += part * (slope - self.slope)

    def information(self, dispersion):
        """Precision matrix of the values, and it times their most likely values."""
        slope = self.slope
        noise = slope[:, :-1] + slope[:, :-1].T
        noise *= dispersion / 2
        noise[np.diag_indices(len(noise))] += 1 / self.weight
        root = cholesky(noise.T, lower=True, overwrite_a=True)  # it is symmetric
        weighted = solve_triangular(root, slope, lower=True)
        constant = solve_triangular(root, self.constant, lower=True)
        del noise, root  # each is as large as what is still to come
        return weighted.T @ weighted, -(weighted.T @ constant)


@dataclass(frozen=True, eq=False)
class Posterior:
    """Values of all terms and of the intercept, of one margin.

    Attributes
    ----------
    values : ndarray of shape (size + 1,)
    errors : ndarray of shape (size + 1,)
        Standard deviations.
    relevance : ndarray of shape (n_terms + n_slopes,)
        What the prior of each term was multiplied by, and then of each slope.
    """

    values: np.ndarray
    errors: np.ndarray
    relevance: np.ndarray


def expected_relevance(n_terms):
    """Scale of a prior before anything is seen: of many terms, each is smaller."""
    return max(1.0, n_terms / _FULL_TERMS)


def most_likely(
    evidence, dispersion, priors, slopes, start, relevance, expected, n_rounds
):
    """Values under priors, of which each has a scale of its own (MacKay 1992).

    The scale of a term follows from what is seen of it: a term of which nothing can be
    seen is shrunk to zero. The slope of a number has a scale of its own, since one
    that is steep need not be rough.

    Parameters
    ----------
    evidence : Evidence
    dispersion : float
        See :meth:`Evidence.information`.
    priors : list of ndarray
        Precision of the values of each term.
    slopes : ndarray of shape (size + 1, n_slopes)
        Values of a term for each unit of its slope.
    start : float
        Intercept that is assumed, hardly.
    relevance : ndarray of shape (n_terms + n_slopes,)
        Scales to begin with.
    expected : float
        Scale of all before anything is seen.
    n_rounds : int

    Returns
    -------
    Posterior
    """
    matrix, target = _with_slopes(*evidence.information(dispersion), slopes)
    size, n_slopes = slopes.shape
    target[size - 1] += _FREE * start
    ends = np.cumsum([len(prior) for prior in priors])
    parts = [slice(e - len(p), e) for e, p in zip(ends, priors, strict=True)]
    parts += [slice(j, j + 1) for j in range(size, size + n_slopes)]
    blocks = [*priors, *[_SLOPE] * n_slopes]
    assumed = [_PSEUDO] * len(priors) + [_PSEUDO_SLOPE] * n_slopes
    precision = np.empty_like(matrix, order="F")
    for _ in range(n_rounds + 1):
        precision[:] = matrix
        precision[size - 1, size - 1] += _FREE
        for part, scale, block in zip(parts, relevance, blocks, strict=True):
            precision[part, part] += scale * block
        covariance = _inverse(precision)
        values, used = covariance @ target, relevance
        relevance = np.array(
            [
                (len(block) + many)
                / (
                    values[part] @ block @ values[part]
                    + np.sum(block * covariance[part, part])
                    + many / expected
                )
                for part, block, many in zip(parts, blocks, assumed, strict=True)
            ]
        )
    values, along = values[:size] + slopes @ values[size:], covariance[size:, size:]
    variances = np.diag(covariance)[:size] + 2 * np.sum(
        covariance[:size, size:] * slopes, axis=1
    )
    variances = variances + np.sum((slopes @ along) * slopes, axis=1)
    return Posterior(values, np.sqrt(np.maximum(variances, 0.0)), used)


def _with_slopes(matrix, target, slopes):
    """Information about values, and about slopes as values behind them."""
    along = matrix @ slopes
    matrix = np.block([[matrix, along], [along.T, slopes.T @ along]])
    return matrix, np.concatenate([target, slopes.T @ target])


def _inverse(matrix):
    """Inverse of a positive definite matrix, column by column, in its place."""
    root = cholesky(matrix, lower=True, overwrite_a=True)
    inverse, _ = lapack.dpotri(root, lower=1, overwrite_c=1)
    for start in range(0, len(inverse), _BLOCK):  # what is above the diagonal
        here, later = slice(start, start + _BLOCK), slice(start + _BLOCK, None)
        corner = np.tril(inverse[here, here])
        inverse[here, here] = corner + np.tril(corner, -1).T
        inverse[here, later] = inverse[later, here].T
    return inverse.T
