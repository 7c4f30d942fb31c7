"""Normal components, and how noisy moments of their rows change them."""

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from scipy.stats import chi2

from skprivate.queries._mixture_moments import DIAGONAL, FULL, TIED, MixtureMoments

_NEAREST, _FARTHEST = 1.0, 16.0  # longest rows, relative to typical ones of a component
_REACH, _ANY_REACH = 3.0, 4.0  # of a single feature alone; of those that hang together
_TOLERATED = 0.01  # noise relative to the rows of a component, up to which all count
_THINNER = 0.05  # least variance of a direction after a step, relative to before
_NODES = (np.arange(512) + 0.5) / 512


@dataclass(frozen=True, eq=False)
class Components:
    """Weights, means and covariances, in units of the features of all rows.

    Attributes
    ----------
    weights : ndarray of shape (n_components,)
        Positive.
    means : ndarray of shape (n_components, n_features)
    covariances : ndarray of shape (n_components, n_features, n_features)
        Positive definite; or variances, of shape (n_components, n_features).
    """

    weights: np.ndarray
    means: np.ndarray
    covariances: np.ndarray

    @classmethod
    def spheres(cls, means, variance, *, diagonal):
        """Components of equal weight and one variance."""
        k, d = means.shape
        covariances = np.full((k, d), variance)
        if not diagonal:
            covariances = covariances[:, :, None] * np.eye(d)
        return cls(np.full(k, 1 / k), means, covariances)

    @property
    def diagonal(self):
        """Whether features are independent in each component."""
        return self.covariances.ndim == 2

    @cached_property
    def roots(self):
        """Lower triangular roots of covariances; or standard deviations."""
        if self.diagonal:
            return np.sqrt(self.covariances)
        return np.linalg.cholesky(self.covariances)

    @cached_property
    def whites(self):
        """What takes a difference from the mean to a unit sphere, from the right."""
        if self.diagonal:
            return 1 / self.roots
        return np.triu(np.linalg.inv(self.roots).transpose(0, 2, 1))

    @property
    def logs(self):
        """Logarithms of weights times densities at the means, but for a constant."""
        if self.diagonal:
            volumes = np.log(self.whites).sum(axis=1)
        else:
            volumes = np.log(np.diagonal(self.whites, axis1=1, axis2=2)).sum(axis=1)
        return np.log(self.weights) + volumes


@dataclass(frozen=True, eq=False)
class Refinement:
    """Steps of expectation and maximization, from noisy moments.

    Parameters
    ----------
    curator : Curator
    low, high : ndarray of shape (n_features,)
    center, unit : ndarray of shape (n_features,)
        Where components have their zero, and their unit.
    count : float
        Noisy number of rows.
    tied : bool
        Whether all components have one covariance.
    spherical : bool
        Whether all features of a component have one variance.
    reg : float or ndarray
        What is added to variances.
    longest : float, default=None
        Length to which rows are shortened in the units of a component; None lets noise
        decide.
    """

    curator: object
    low: np.ndarray
    high: np.ndarray
    center: np.ndarray
    unit: np.ndarray
    count: float
    tied: bool = False
    spherical: bool = False
    reg: object = 0.0
    longest: float | None = None

    def step(self, components, *, share, sharpness=1.0):
        """Components after one more step, for a share of the budget.

        A component whose rows noise hides stays as it is, with little weight.
        """
        query = self._query(components, share, sharpness)
        answer = self.curator.release(query, share=share)
        noise = self.curator.noise_of(query)
        counts, shifts, inner = _read(self, query, answer, noise)
        hidden = counts < 2 * noise
        shifts[hidden] = 0.0
        one = np.ones(()) if components.diagonal else np.eye(len(self.unit))
        inner[hidden] = one
        if self.tied and not hidden.all():
            inner[:] = inner[~hidden][0]
        return self._moved(components, counts, noise, shifts, inner)

    def _query(self, components, share, sharpness):
        """What a step asks."""
        of_raw = self.unit if components.diagonal else self.unit[:, None]
        logs = components.logs - np.log(components.weights.max())
        fields = {
            "low": self.low,
            "high": self.high,
            "means": self.center + self.unit * components.means,
            "whites": np.ascontiguousarray(components.whites / of_raw),
            "logs": logs,
            "sharpness": float(sharpness),
        }
        d = len(self.unit)
        if self.longest is not None:
            reach = _ANY_REACH * self.longest
            return MixtureMoments(**fields, row_bound=self.longest, reach=reach)
        typical, structure = float(np.sqrt(d + 1)), TIED if self.tied else FULL
        reach = _ANY_REACH * typical
        if components.diagonal:
            structure, reach = DIAGONAL, _REACH
        sizes = {"row_bound": typical, "reach": reach}
        query = MixtureMoments(**fields, **sizes, structure=structure)
        factor = min(max(_NEAREST, self._clear(query, share)), _FARTHEST)
        sizes = {name: min(factor * size, 2.0**12) for name, size in sizes.items()}
        return replace(query, **sizes)

    def _clear(self, query, share):
        """Root of how often noise might be larger, if all rows were cut alike."""
        noise = self.curator.noise_of(query, share=share)
        noise *= query.n_components / self.count
        return np.sqrt(_TOLERATED / noise) if noise > 0 else np.inf

    def _moved(self, components, counts, noise, shifts, inner):
        """Components whose moments, in the units of the last ones, are given."""
        roots = components.roots
        if components.diagonal:
            means = components.means + roots * shifts
            covariances = np.square(roots) * inner
        else:
            means = components.means + np.einsum("kij,kj->ki", roots, shifts)
            covariances = roots @ inner @ roots.transpose(0, 2, 1)
        ends = ((end - self.center) / self.unit for end in (self.low, self.high))
        weights = np.maximum(counts, max(noise / 4, 1e-9))
        return Components(
            weights / weights.sum(),
            np.clip(means, *ends),
            self._regular(covariances),
        )

    def _regular(self, covariances):
        """Covariances that are not too thin, and exactly symmetric."""
        if covariances.ndim == 2:
            return covariances + self.reg
        covariances = (covariances + covariances.transpose(0, 2, 1)) / 2
        d = covariances.shape[1]
        covariances[:, range(d), range(d)] += self.reg
        return covariances


def _read(steps, query, answer, noise):
    """Counts, means and covariances of rows in the units of their components.

    Variances for covariances, if only the diagonal was asked for.
    """
    matrices = query.matrices(answer)
    counts = matrices[:, -1, -1].copy()
    rows = np.maximum(counts, max(noise, 1e-9))
    means = matrices[:, :-1, -1] / rows[:, None]
    d, blocks = means.shape[1], matrices[:, :-1, :-1]
    kept = _kept_variance(d, query.row_bound)
    if query.structure == DIAGONAL:
        squares = np.diagonal(blocks, axis1=1, axis2=2) / rows[:, None]
        inner = _repaired_variances(
            (squares - means**2) / kept, noise / rows, steps.spherical
        )
    else:
        outer = rows[:, None, None] * means[:, :, None] * means[:, None, :]
        blocks, totals = blocks - outer, rows
        if query.structure == TIED:
            seen = counts >= 2 * noise
            blocks = matrices[:1, :-1, :-1] - outer[seen].sum(axis=0)
            blocks = np.broadcast_to(blocks, outer.shape)
            totals = np.full(len(rows), max(rows[seen].sum(), rows.max()))
        inner = blocks / totals[:, None, None] / kept
        doubts = noise / totals
        inner = np.array([_repaired(*of) for of in zip(inner, doubts, strict=True)])
    means = means / (1 + d / 2 * np.square(noise / rows))[:, None]
    return counts, means, inner


def _repaired_variances(variances, doubts, spherical):
    """Variances that are pulled toward one, as far as noise hides them."""
    d = variances.shape[1]
    if spherical:
        variances = np.repeat(variances.mean(axis=1, keepdims=True), d, axis=1)
        doubts = doubts / np.sqrt(d)
    kept = (1 / (1 + np.square(doubts)))[:, None]
    least = np.maximum(_THINNER, np.minimum(0.5, doubts / 2))[:, None]
    return np.maximum(kept * variances + 1 - kept, least)


def _repaired(inner, doubt):
    """A covariance of which no direction is thinner than the noise permits.

    It is pulled toward what it was before the step, a sphere of variance one, as far as
    noise hides it.
    """
    d = len(inner)
    kept = 1 / (1 + d * doubt**2)
    values, axes = np.linalg.eigh(kept * inner + (1 - kept) * np.eye(d))
    least = max(_THINNER, min(0.5, doubt * np.sqrt(d) / 2))
    return (axes * np.maximum(values, least)) @ axes.T


@lru_cache(maxsize=64)
def _kept_variance(n_features, row_bound):
    """Variance that is left of normal rows of variance one that are shortened.

    Relative to the count that is left of them.
    """
    squares = chi2.ppf(_NODES, n_features)
    factor = np.minimum(1.0, row_bound**2 / (squares + 1))
    return float(np.mean(factor * squares) / n_features / np.mean(factor))
