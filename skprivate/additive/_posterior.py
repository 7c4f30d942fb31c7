"""Shapes that are most likely, given noisy gradients and what was assumed of them.

A gradient of the sums of a loss over cells is, near the point where it was taken, ``g +
H (theta - point)``. At the best shapes it is zero but for the chance of which rows
there are, of covariance ``dispersion H``, and for the noise that was added. So each
gradient is an observation of the shapes, and all of them count, weighted by their
precision, however early they were taken: no part of the budget is lost.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import blas, cho_solve, cholesky, lapack, solve_triangular

from skprivate.additive._steepness import Steepness

_PSEUDO = 10.0  # observations of a prior of one, for each term
_PSEUDO_SLOPE = 1.0  # the same for each slope
_SLOPE = np.eye(1)  # precision of a slope
_FULL_TERMS = 2.0  # so many terms may be as large as a prior says
_LOUD = 1e8  # noise, beside gradients, of which a difference keeps too few digits
_FREE = 1e-4  # precision of what is hardly assumed: the intercept


class Evidence:
    """The mean of all gradients of one margin, as a linear function of its values.

    Parameters
    ----------
    size : int
        Number of cells; the last of the values is the intercept.
    memory : float, default=1.0
        Weight of what was seen before, when something is added.
    harmless : float, default=inf
        See :class:`Steepness`.
    """

    def __init__(self, size, memory=1.0, harmless=np.inf):
        self.memory, self.weight = memory, 0.0
        self.gradient, self.moved = np.zeros(size), np.zeros(size)
        self.assumed, self.steepness = np.zeros((size, size + 1)), Steepness(harmless)

    def add(self, gradient, slope, point, noise):
        """Add a gradient at a point, with its derivative and deviation of noise."""
        self.steepness.see(gradient, slope, point, noise)
        old, new = self.memory * self.weight, noise**-2
        self.weight = old + new
        part = new / self.weight
        self.gradient += part * (gradient - self.gradient)
        self.moved += part * (slope @ point - self.moved)
        self.assumed += part * (slope - self.assumed)

    @property
    def slope(self):
        """Derivative of the mean gradient."""
        factor = self.steepness.factor
        return self.assumed if factor == 1.0 else factor * self.assumed

    @property
    def constant(self):
        """Mean gradient, less what its points add to it."""
        return self.gradient - self.steepness.factor * self.moved

    def information(self, dispersion):
        """Precision matrix of the values, and it times their most likely values.

        It is the square of the slope over a root of the covariance of gradients. Since
        that is ``dispersion * H + noise``, ``H @ inv(covariance)`` is ``(1 - noise *
        inv(covariance)) / dispersion``: the inverse takes the place of two products.

        Returns
        -------
        precision : ndarray of shape (size + 1, size + 1)
            Its lower triangle; nothing is above.
        target : ndarray of shape (size + 1,)
        """
        noise, slope = 1 / self.weight, self.slope
        covariance = np.array(slope[:, :-1].T * dispersion, order="F")  # symmetric
        covariance[np.diag_indices(len(covariance))] += noise
        root = cholesky(covariance, lower=True, overwrite_a=True)
        others = np.column_stack([slope[:, -1], self.constant])
        weighted = cho_solve((root, True), others)
        of_cells = (others - noise * weighted).T / dispersion
        of_all = others[:, 0] @ weighted
        precision = np.zeros((len(root) + 1, len(root) + 1), order="F")
        precision[:-1, :-1] = _of_cells(slope[:, :-1].T, root, noise, dispersion)
        precision[-1] = np.append(of_cells[0], of_all[0])
        return precision, -np.append(of_cells[1], of_all[1])


@dataclass(frozen=True, eq=False)
class Posterior:
    """Values of all terms and of the intercept, of one margin.

    Attributes
    ----------
    values : ndarray of shape (size + 1,)
    errors : ndarray of shape (size + 1,), or None
        Standard deviations, where they are wanted.
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
    evidence,
    dispersion,
    priors,
    slopes,
    start,
    relevance,
    expected,
    n_rounds,
    with_errors=True,
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
    with_errors : bool, default=True
        Whether errors are wanted, too, which take as long as a round.

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
    for last in [*[False] * n_rounds, True]:
        precision = np.array(matrix, order="F")
        precision[size - 1, size - 1] += _FREE
        for part, scale, block in zip(parts, relevance, blocks, strict=True):
            precision[part, part] += scale * block
        root = cholesky(precision, lower=True, overwrite_a=True)
        values = cho_solve((root, True), target)
        if last:
            break
        covariance = _lower_inverse(root)
        relevance = np.array(
            [
                (len(block) + many)
                / (
                    values[part] @ block @ values[part]
                    + _trace(block, covariance[part, part])
                    + many / expected
                )
                for part, block, many in zip(parts, blocks, assumed, strict=True)
            ]
        )
    errors = _errors(_lower_inverse(root), slopes) if with_errors else None
    return Posterior(values[:size] + slopes @ values[size:], errors, relevance)


def _of_cells(curved, root, noise, dispersion):
    """Precision of all values but the intercept; its lower triangle."""
    if noise > _LOUD * dispersion**2:  # or next to nothing would be a difference
        weighted = solve_triangular(root, curved, lower=True)
        return np.tril(weighted.T @ weighted)
    precision = _lower_inverse(root)
    precision *= (noise / dispersion) ** 2
    precision += np.tril(curved) / dispersion
    precision[np.diag_indices(len(precision))] -= noise / dispersion**2
    return precision


def _errors(covariance, slopes):
    """Deviations of values and slopes together; `covariance` is a lower triangle."""
    size = len(slopes)
    along = covariance[size:, size:]
    along = along + np.tril(along, -1).T
    variances = np.diag(covariance)[:size] + 2 * np.sum(
        covariance[size:, :size].T * slopes, axis=1
    )
    variances = variances + np.sum((slopes @ along) * slopes, axis=1)
    return np.sqrt(np.maximum(variances, 0.0))


def _with_slopes(precision, target, slopes):
    """The same of values, and of slopes as values behind them."""
    size, n_slopes = slopes.shape
    along = blas.dsymm(1.0, precision, slopes, lower=1)
    both = np.zeros((size + n_slopes, size + n_slopes), order="F")
    both[:size, :size], both[size:, :size] = precision, along.T
    both[size:, size:] = slopes.T @ along
    return both, np.append(target, slopes.T @ target)


def _lower_inverse(root):
    """Lower triangle of the inverse of ``root @ root.T``; zero above. Takes `root`."""
    return lapack.dpotri(root, lower=1, overwrite_c=1)[0]


def _trace(block, lower):
    """Trace of a symmetric matrix times one whose lower triangle is given."""
    return 2.0 * np.sum(block * lower) - np.diag(block) @ np.diag(lower)
