"""k-means by a few noisy steps of Lloyd's algorithm, from many public centers."""

from numbers import Integral, Real
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import ClassNamePrefixFeaturesOutMixin, ClusterMixin
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval, StrOptions
from skprivate._typing import BoundsLike, SeedLike, TableLike
from skprivate.base import (
    Box,
    DPContinuesMixin,
    DPEstimator,
    DPTransformerMixin,
    Geometry,
)
from skprivate.base._products import squared_distances
from skprivate.queries._center_queries import CenterInertia
from skprivate.queries._lloyd import Lloyd
from skprivate.queries._spread import look_at_features
from skprivate.rows import UnitClip, checked_input

_BOUNDS_SHARE = 0.1
_INERTIA_SHARE = 0.02
_FARTHEST = 2.0  # distances that count in full, in deviations of all rows, if k is one


class DPKMeans(
    DPContinuesMixin,
    ClassNamePrefixFeaturesOutMixin,
    ClusterMixin,
    DPTransformerMixin,
    DPEstimator,
):
    """k-means clustering, under differential privacy.

    A tenth of the budget finds out roughly where the rows lie, and another tenth counts
    the rows near each of many points that are spread there without looking. Their
    k-means give four to eight centers for each cluster, a surplus that finds clusters
    which so few steps would otherwise miss. With the rest, Lloyd's algorithm takes
    ``max_iter`` steps; on the way the surplus is merged. A row can pull its center no
    farther than about the spread of all rows, whatever the bounds.

    There are no ``labels_``, which would tell about single rows; two parts in a hundred
    of the budget are for ``inertia_``, a noisy answer.

    Parameters
    ----------
    n_clusters : int, default=8
        Number of clusters.
    init : "spread" or array-like of shape (n_clusters, n_features), default="spread"
        Public centers to begin with, known without a look at the rows: those of an
        earlier private fit, say. ``"spread"`` finds some, for a tenth of the budget.
    max_iter : int, default=3
        Number of steps, all of which are taken; two thirds of them with surplus
        centers.
        More steps have more noise each: raise it only where noise is small.
    tol : float, default=0.0
        Steps end early when no center has moved farther than this, relative to the
        standard deviation of all rows. That saves time: the budget is for ``max_iter``
        steps either way.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features: numbers, or arrays of one number per feature.
        Values outside are moved to the nearest end. ``"private"`` pays a tenth of the
        budget for a search.
    row_norm : float, default=None
        Public length of the longest row, which pipelines hand on from steps that
        announce it, as ``Normalizer``. It stands for bounds that are not given; and
        with fewer than ``16 n_features / mu`` rows, rows are taken about zero and
        alike in all features, in place of the first look. Longer rows count less: a
        wrong number costs accuracy, not privacy.
    warm_start : bool, default=False
        Whether ``fit`` starts from the centers of the last fit, as ``partial_fit`` does
        from the second call on: all but a tenth of the budget is then for steps. Each
        fit has its price, and ``privacy_`` adds them up.
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
    cluster_centers_ : ndarray of shape (n_clusters, n_features)
        Noisy centers, within the bounds.
    n_iter_ : int
        Number of steps: ``max_iter``, unless ``tol`` ended them, by released centers.
    inertia_ : float
        Noisy sum of squared distances of rows to their nearest centers. A row that is
        farther away than the standard deviation of all rows (up to twice that, for up
        to three clusters) counts as if it were so far.
    output_bounds_ : tuple (low, high) of ndarray of shape (n_clusters,)
        Range of ``transform`` for rows within the bounds.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    sklearn.cluster.KMeans : The same without privacy.

    Notes
    -----
    Clipping the distance of rows to their centers is an idea of FastLloyd [1]_.

    References
    ----------
    .. [1] Diaa, Humphries, Kerschbaum (2025). FastLloyd: federated, accurate, secure,
       and tunable k-means clustering with differential privacy. USENIX Security.

    Examples
    --------
    >>> from sklearn.datasets import make_blobs
    >>> from skprivate.cluster import DPKMeans
    >>> X, _ = make_blobs(5000, centers=3, random_state=0)
    >>> model = DPKMeans(n_clusters=3, bounds=(-20, 20)).fit(X)
    >>> model.cluster_centers_.shape
    (3, 2)
    """

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        init: ArrayLike | Literal["spread"] = "spread",
        max_iter: int = 3,
        tol: float = 0.0,
        bounds: BoundsLike | Literal["private"] = "private",
        row_norm: float | None = None,
        warm_start: bool = False,
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
        self.n_clusters = n_clusters
        self.init = init
        self.max_iter = max_iter
        self.tol = tol
        self.bounds = bounds
        self.row_norm = row_norm
        self.warm_start = warm_start

    _typed_as_rows = ("cluster_centers_",)
    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "n_clusters": [Interval(Integral, 1, None, closed="left")],
        "init": [StrOptions({"spread"}), "array-like"],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="left")],
        "bounds": "no_validation",  # the curator checks them
        "row_norm": [Interval(Real, 0, None, closed="neither"), None],
        "warm_start": ["boolean"],
    }

    def _fit(self, curator):
        known = self._resume(curator)
        if known and len(self.cluster_centers_) != self.n_clusters:
            raise ValueError(
                "n_clusters is not the number of centers of the last fit, from which "
                "this one goes on. Set it back, or make a new estimator."
            )
        given = self._given_centers(curator.n_features)
        if known:
            given = self.cluster_centers_
        bounds = self._ends_ if known else self.bounds
        low, high = curator.bounds(bounds, share=_BOUNDS_SHARE, norm=self.row_norm)
        rows = look_at_features(curator, low, high, self.row_norm)
        box = _even_box(low, high)
        lloyd = Lloyd(curator, box, rows, self.n_clusters, self.max_iter)
        if given is None:
            centers = lloyd.start()
        else:
            centers = lloyd.on_grid((given - box.center) / lloyd.unit)
        share = curator.remaining - _INERTIA_SHARE
        centers, self.n_iter_ = lloyd.steps(centers, share=share, tol=self.tol)
        self.inertia_ = _inertia(curator, box, lloyd, centers)
        self._ends_ = low, high
        self.cluster_centers_ = np.clip(box.center + box.half * centers, low, high)
        self.output_geometry_ = Geometry(self._output_bounds(low, high))

    def _given_centers(self, n_features):
        """Public centers; None where they have to be found."""
        if isinstance(self.init, str):
            return None
        centers = np.asarray(self.init)
        fits = centers.shape == (self.n_clusters, n_features)
        if not (fits and centers.dtype.kind in "iuf" and np.isfinite(centers).all()):
            raise ValueError(
                "init must hold one finite center of n_features numbers for each of "
                "n_clusters, known without a look at the rows; or be 'spread'."
            )
        return centers.astype(np.float64)

    def _output_bounds(self, low, high):
        """Smallest and largest distance to each center over the box."""
        farther = np.maximum(high - self.cluster_centers_, self.cluster_centers_ - low)
        return np.zeros(self.n_clusters), np.linalg.norm(farther, axis=1)

    def predict(self, X: TableLike) -> np.ndarray:
        """Index of the center nearest to each row.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        squares = squared_distances(self._checked(X), self.cluster_centers_)
        return squares.argmin(axis=1)

    def transform(self, X: TableLike) -> TableLike:
        """Distance of each row to each center.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_clusters)
        """
        X = self._checked(X)
        squares = squared_distances(X, self.cluster_centers_)
        return np.sqrt(squares).astype(X.dtype, copy=False)

    def score(self, X: TableLike, y: Any = None) -> float:
        """Minus the sum of squared distances of rows to their nearest centers.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.
        y : None
            Ignored.

        Returns
        -------
        float
        """
        squares = squared_distances(self._checked(X), self.cluster_centers_)
        return -float(np.sum(squares.min(axis=1)))

    def fit_predict(self, X: TableLike, y: Any = None, **fit_params: Any) -> np.ndarray:
        """Fit, then predict the rows themselves.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.
        y : None
            Ignored.
        **fit_params : dict
            ``sample_weight`` or ``groups``, for ``fit``.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        return self.fit(X, y, **fit_params).predict(X)

    def _checked(self, X):
        """Rows as numbers, of the width seen in ``fit``."""
        check_is_fitted(self)
        return checked_input(self, X, accept_sparse=True)

    @property
    def _n_features_out(self):
        """Number of columns of ``transform``, for the names of its columns."""
        return self.n_clusters

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _inertia(curator, box, lloyd, centers):
    """Noisy sum of squared distances to the nearest centers, not negative."""
    radius = max(_FARTHEST / np.sqrt(len(centers)), 1.0) * lloyd.width
    query = CenterInertia(box, lloyd.on_grid(centers), radius)
    (total,) = curator.release(query, share=min(_INERTIA_SHARE, curator.remaining))
    length = query.radius * float(box.half[0])
    return max(float(total), 0.0) * length * length


def _even_box(low, high):
    """Box with the same unit for all features, so that distances stay what they are."""
    from skprivate.kernels import center_bits

    half = np.full_like(low, np.max((high - low) / 2))
    return Box(low, high, low + (high - low) / 2, half, center_bits(len(low)))
