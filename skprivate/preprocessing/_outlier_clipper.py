"""Clip what is far out, by private quantiles."""

from numbers import Real
from typing import Literal

import numpy as np
from scipy import sparse
from sklearn.base import OneToOneFeatureMixin
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval, StrOptions
from skprivate._typing import BoundsLike, SeedLike, TableLike
from skprivate.base import DPEstimator, DPTransformerMixin, Geometry, check_bounds
from skprivate.base._range import ValueCells, search_ranges
from skprivate.queries import IntervalTree, private_quantiles
from skprivate.queries._views import Norms, OfView
from skprivate.rows import UnitClip, checked_input

_BOUNDS_SHARE = 0.2
_NORMS = {"l1": 1, "l2": 2, "max": 0}
_LONGEST = 2.0**500  # as the widest bounds


class DPOutlierClipper(OneToOneFeatureMixin, DPTransformerMixin, DPEstimator):
    """Clip rows to a private quantile of their norms, or features to private quantiles.

    Models that clip rows, as private ones must, do best where few rows are far longer
    than others. The quantile is found by three rounds of noisy counts, so no bound has
    to be guessed; ``transform`` then changes each row on its own.

    What a row can change: the norm of a row is one number, of that row alone, which
    falls into one interval of each level of :class:`~skprivate.queries.IntervalTree`.
    So one row costs as much as in a table of a single column, however many columns
    there are. By feature, it falls into one interval of each level and feature.

    Parameters
    ----------
    quantile : float, default=0.99
        Part of the rows that stays as it is, in [0.5, 1]; by feature, each is clipped
        at this quantile and at that of ``1 - quantile``. Noise hides the last few rows,
        so with 1 a few of them are clipped.
    by : {"row", "feature"}, default="row"
        Whether long rows are scaled down, or values far out are moved in.
    norm : {"l1", "l2", "max"}, default="l2"
        Of rows; not used by feature.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features: numbers, or arrays of one number per feature.
        ``"private"`` pays a fifth of the budget for a search.
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
    max_norm_ : float
        Longest norm of a row after ``transform``; only by row.
    low_, high_ : ndarray of shape (n_features,)
        Ends of the values after ``transform``; only by feature.
    output_bounds_ : tuple (low, high) of ndarray of shape (n_features,)
        Range of ``transform``, of any rows.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    RowNormClipper : The same by a public norm, for free.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.preprocessing import DPOutlierClipper
    >>> X = np.random.default_rng(0).normal(size=(5000, 3))
    >>> X[::500] *= 1e6
    >>> clipper = DPOutlierClipper(0.95).fit(X)
    >>> bool(2 < clipper.max_norm_ < 4)
    True
    >>> bool(np.linalg.norm(clipper.transform(X), axis=1).max() < 4)
    True
    """

    def __init__(
        self,
        quantile: float = 0.99,
        *,
        by: Literal["row", "feature"] = "row",
        norm: Literal["l1", "l2", "max"] = "l2",
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
        self.quantile = quantile
        self.by = by
        self.norm = norm
        self.bounds = bounds

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "quantile": [Interval(Real, 0.5, 1, closed="both")],
        "by": [StrOptions({"row", "feature"})],
        "norm": [StrOptions(set(_NORMS))],
        "bounds": "no_validation",  # the curator checks them
    }

    def _fit(self, curator):
        if self.by == "feature":
            low, high = curator.bounds(self.bounds, share=_BOUNDS_SHARE)
            ends, share = [1 - self.quantile, self.quantile], curator.remaining
            found = private_quantiles(curator, ends, low, high, share=share)
            self.low_, self.high_ = found.T.copy()
            self.output_geometry_ = Geometry((self.low_.copy(), self.high_.copy()))
            return
        view = Norms(_NORMS[self.norm])
        low, high = self._norm_bounds(curator, view)

        def tree(*edges_and_ends):
            return OfView(IntervalTree(*edges_and_ends), view)

        share = curator.remaining
        found = private_quantiles(
            curator, [self.quantile], low, high, share=share, tree=tree
        )
        self.max_norm_ = float(found[0, 0])
        ends = np.full(curator.n_features, self.max_norm_)
        self.output_geometry_ = Geometry((-ends, ends))

    def _norm_bounds(self, curator, view):
        """Ends of the norms of rows: of the corner of a box, or found for a share."""
        if isinstance(self.bounds, str) and self.bounds == "private":

            def ask(blocks):
                return OfView(ValueCells(1, blocks=blocks), view)

            found = search_ranges(
                curator, ask, share=_BOUNDS_SHARE, names=["the norm of rows"]
            )
            return np.maximum(found.low, 0.0), np.maximum(found.high, 0.0)
        corner = np.max(np.abs(check_bounds(self.bounds, curator.n_features)), axis=0)
        return np.zeros(1), np.minimum(view(corner.reshape(1, -1))[0], _LONGEST)

    def transform(self, X: TableLike) -> TableLike:
        """Clip the rows of ``X``.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows to clip; sparse only by row.

        Returns
        -------
        {ndarray, sparse matrix} of shape (n_samples, n_features)
        """
        from skprivate.kernels import clip_rows

        check_is_fitted(self)
        X = checked_input(self, X, accept_sparse=self.by == "row")
        if self.by == "feature":
            ends = (end.astype(X.dtype) for end in (self.low_, self.high_))
            return np.clip(X, *ends)
        norm = _NORMS[self.norm]
        if not sparse.issparse(X):
            return clip_rows(np.ascontiguousarray(X), self.max_norm_, norm)
        clipped = X.copy()
        rows = X.data, X.indices, X.indptr, X.shape[1]
        clipped.data = clip_rows(rows, self.max_norm_, norm)
        return clipped

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = self.by == "row"
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
