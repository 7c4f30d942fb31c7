"""Densities from noisy counts of cells, as fine as noise permits."""

from numbers import Integral
from typing import Any, Literal

import numpy as np
from sklearn.base import DensityMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import StrOptions
from skprivate._typing import BoundsLike, SeedLike, TableLike
from skprivate.base import DPEstimator
from skprivate.queries import IntervalTree, OfView
from skprivate.queries._intervals import FAN_OUT, consistent_counts, level_variances
from skprivate.queries._places import GridCells
from skprivate.rows import UnitClip, checked_input

_BOUNDS_SHARE = 0.1
_BITS_OF_EIGHT = 3
_DEPTHS = {1: 3, 2: 4, 3: 5}  # levels of eight, of a grid of so many features
_JOINTLY = 3  # so many features have one grid, if nothing is said
_DOUBTED = 1.5  # deviations, of noise and of chance, that a difference must exceed
_UNSEEN = 0.5  # rows that are taken to be spread evenly over all cells


class DPHistogramDensity(DensityMixin, DPEstimator):
    """Density of a few features, under differential privacy.

    One release counts the rows in the cells of a grid, and in groups of eight cells, of
    eight groups, and so on. From above to below, a group has its rows in the proportion
    that the counts say, as far as a difference is more than noise and chance explain,
    and evenly else: so cells are fine where there are many rows, and coarse elsewhere.

    **Guarantee.** A row is in one cell of each level: see
    :class:`~skprivate.queries.IntervalTree`. Everything else follows from the counts.

    Parameters
    ----------
    structure : {"auto", "joint", "independent"}, default="auto"
        ``"joint"`` is one grid of all features, three at most. ``"independent"``
        multiplies the densities of features, each for a part of the budget. ``"auto"``
        is the former for up to three features.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features: numbers, or arrays of one number per feature.
        Values outside are counted at the nearest end. ``"private"`` pays a tenth of the
        budget for a search.
    epsilon : float, default=1.0
        Budget of a fit; see :class:`~skprivate.base.DPEstimator`.
    delta : float, default=1e-6
        Budget of a fit; zero asks for pure differential privacy.
    max_weight : float, default=1.0
        Larger sample weights are cut to this.
    max_rows_per_group : int or UnitClip, default=1
        Rows of one group that count.
    random_state : int, RandomState instance or None, default=None
        A seed makes the fit repeatable, and not private.

    Attributes
    ----------
    densities_ : list of ndarray
        Probabilities of cells: an array with an axis for each feature, or one array for
        each feature.
    bounds_ : tuple (low, high) of ndarray of shape (n_features,)
        Where the cells begin and end; a cell is a part of equal width.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    sklearn.neighbors.KernelDensity : Densities without privacy.
    skprivate.mixture.DPGaussianMixture : For more features that depend on each other.

    Notes
    -----
    Counts of all levels are made to agree as in [1]_. Rows outside of the bounds have
    the least density that is anywhere.

    References
    ----------
    .. [1] Hay, Rastogi, Miklau, Suciu (2010). Boosting the accuracy of differentially
       private histograms through consistency. PVLDB.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.neighbors import DPHistogramDensity
    >>> X = np.random.default_rng(0).normal(size=(5000, 1))
    >>> model = DPHistogramDensity(bounds=(-5, 5)).fit(X)
    >>> bool(0.25 < np.exp(model.score_samples([[0.0]])[0]) < 0.55)
    True
    """

    def __init__(
        self,
        *,
        structure: Literal["auto", "joint", "independent"] = "auto",
        bounds: BoundsLike | Literal["private"] = "private",
        epsilon: float = 1.0,
        delta: float = 1e-6,
        max_weight: float = 1.0,
        max_rows_per_group: int | UnitClip = 1,
        random_state: SeedLike = None,
    ) -> None:
        super().__init__(
            epsilon=epsilon,
            delta=delta,
            max_weight=max_weight,
            max_rows_per_group=max_rows_per_group,
            random_state=random_state,
        )
        self.structure = structure
        self.bounds = bounds

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "structure": [StrOptions({"auto", "joint", "independent"})],
        "bounds": "no_validation",  # the curator checks them
    }

    def _fit(self, curator):
        d = curator.n_features
        joint = self.structure == "joint" or (
            self.structure == "auto" and d <= _JOINTLY
        )
        if joint and d > _JOINTLY:
            raise ValueError(
                f"structure='joint' is for {_JOINTLY} features at most: cells of more "
                "have too few rows. Take 'independent', or DPGaussianMixture."
            )
        low, high = curator.bounds(self.bounds, share=_BOUNDS_SHARE)
        depth = _DEPTHS[d] if joint else _DEPTHS[1]
        bits = _BITS_OF_EIGHT * depth // (d if joint else 1)
        if joint:
            n_cells, view = FAN_OUT**depth, GridCells(low, high, bits)
            first, last = np.full(1, -0.5), np.full(1, n_cells - 0.5)
            query = OfView(_tree(first, last, n_cells), view)
        else:
            query = _tree(low, high, FAN_OUT**depth)
        answer = curator.release(query, share=curator.remaining)
        noise = curator.noise_of(query)
        found = [_smooth(c, noise, depth) for c in consistent_counts(answer)]
        if joint:
            cells = np.empty((2**bits,) * d)
            cells[tuple(view.corners().T)] = found[0]
            found = [cells]
        self.densities_, self.bounds_ = found, (low, high)

    def _grids(self):
        """Features of each array, and the grid that it is about."""
        low, high = self.bounds_
        d, bits = len(low), len(self.densities_[0]).bit_length() - 1
        parts = [[*range(d)]] if len(self.densities_) == 1 else [[j] for j in range(d)]
        return [(part, GridCells(low[part], high[part], bits)) for part in parts]

    def score_samples(self, X: TableLike) -> np.ndarray:
        """Logarithm of the density at each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        check_is_fitted(self)
        X = np.ascontiguousarray(checked_input(self, X), dtype=np.float64)
        logs = np.zeros(len(X))
        for (part, grid), cells in zip(self._grids(), self.densities_, strict=True):
            own = np.ascontiguousarray(X[:, part])
            inside = ((grid.low <= own) & (own <= grid.high)).all(axis=1)
            found = cells[tuple(grid.places(own).T)]
            chance = np.where(inside, found, cells.min())
            logs += np.log(chance) - np.sum(np.log(grid.widths))
        return logs

    def score(self, X: TableLike, y: Any = None) -> float:
        """Sum of the logarithms of the density of rows.

        It is an exact function of ``X``: of private rows it is not private;
        :func:`~skprivate.metrics.dp_log_likelihood` is.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.
        y : object
            Ignored.

        Returns
        -------
        float
        """
        return float(np.sum(self.score_samples(X)))

    def sample(self, n_samples: int = 1, random_state: SeedLike = None) -> np.ndarray:
        """Draw rows from the density: no further look at the data, at no price.

        Parameters
        ----------
        n_samples : int, default=1
            Number of rows.
        random_state : int, RandomState instance or None, default=None
            Of the draws.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        if not isinstance(n_samples, Integral) or n_samples < 1:
            raise ValueError("n_samples must be a whole number from one on. Give one.")
        rng, rows = check_random_state(random_state), []
        for (_, grid), cells in zip(self._grids(), self.densities_, strict=True):
            numbers = rng.choice(cells.size, size=n_samples, p=cells.ravel())
            places = np.stack(np.unravel_index(numbers, cells.shape), axis=1)
            inside = (places + rng.random_sample(places.shape)) * grid.widths
            rows.append(np.clip(grid.low + inside, grid.low, grid.high))
        return np.concatenate(rows, axis=1)


def _tree(low, high, n_cells):
    """Counts of cells of equal width between ends, and of groups of them."""
    part = np.arange(1, n_cells) / n_cells
    edges = low[:, None] + (high - low)[:, None] * part
    return IntervalTree(np.maximum.accumulate(edges, axis=1), low, high)


def _smooth(counts, noise, depth):
    """Probabilities of cells, no finer than noise and chance permit.

    A group of cells is halved again and again. The noise of the difference of two
    halves, given the group, is that of as many counts as they have of one level: a sum
    that both share cancels out.

    Parameters
    ----------
    counts : ndarray of shape (n_cells,)
        Consistent.
    noise : float
        Deviation of the noise of a count as it was released.
    depth : int
        Number of levels.

    Returns
    -------
    ndarray of shape (n_cells,)
        Positive, and one together.
    """
    chance, variances = np.ones(1), noise**2 * np.array(level_variances(depth))
    for variance in variances:
        for n_counts in (8, 4, 2):
            halves = counts.reshape(2 * len(chance), -1).sum(axis=1)
            first, second = halves[::2], halves[1::2]
            rows, apart = np.maximum(first + second, 0.0), first - second
            doubt = _DOUBTED**2 * (n_counts * variance + rows)
            square = np.maximum(np.square(apart), 1e-300)
            kept = np.maximum(1 - doubt / square, 0.0)
            lean = kept * apart / np.maximum(rows, np.abs(apart) + 1e-300)
            parts = np.stack([1 + lean, 1 - lean], axis=1) / 2
            chance = (chance[:, None] * parts).ravel()
    unseen = _UNSEEN + noise
    even = unseen / (unseen + max(float(counts.sum()), 1.0))
    chance = (1 - even) * chance + even / len(chance)
    return chance / chance.sum()
