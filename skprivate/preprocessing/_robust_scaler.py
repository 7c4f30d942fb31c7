"""Scaling by median and quantile range, from private quantiles."""

from typing import Any, Literal

import numpy as np
from scipy.special import ndtri
from sklearn.base import OneToOneFeatureMixin
from sklearn.utils.validation import check_is_fitted

from skprivate._typing import BoundsLike, SeedLike, TableLike
from skprivate.base import DPEstimator, DPTransformerMixin, Geometry
from skprivate.preprocessing._affine import scaled_rows, unscaled_rows
from skprivate.queries import private_quantiles
from skprivate.queries._present import PresentIntervals, bounds_of_present
from skprivate.rows import UnitClip

_BOUNDS_SHARE = 0.2
_FINEST = 2.0**-40  # of the bounds: a narrower range is nothing that was resolved


class DPRobustScaler(OneToOneFeatureMixin, DPTransformerMixin, DPEstimator):
    """Remove the median and scale by a quantile range, under differential privacy.

    The quantiles of all features are found together, in three rounds of noisy counts;
    see :func:`~skprivate.queries.private_quantiles`. Outliers and wide bounds hardly
    move them. A value that is missing counts for nothing, and stays missing.

    Parameters
    ----------
    with_centering : bool, default=True
        Whether to remove the median. Sparse input needs False.
    with_scaling : bool, default=True
        Whether to scale to the quantile range.
    quantile_range : tuple (q_min, q_max), default=(25.0, 75.0)
        Percentages, ``0 <= q_min <= q_max <= 100``.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features: numbers, or arrays of one number per feature.
        ``"private"`` pays a fifth of the budget for a search.
    copy : bool, default=True
        If False, ``transform`` works in place where it can.
    unit_variance : bool, default=False
        Whether normally distributed features get unit variance.
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
    center_ : ndarray of shape (n_features,) or None
        Private median of each feature.
    scale_ : ndarray of shape (n_features,) or None
        Private quantile range of each feature; one where there is none.
    output_bounds_ : tuple (low, high) of ndarray of shape (n_features,)
        Range of ``transform`` for rows within the bounds.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    sklearn.preprocessing.RobustScaler : The same without privacy.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.preprocessing import DPRobustScaler
    >>> X = np.random.default_rng(0).normal(size=(5000, 2)) * [1, 100]
    >>> Z = DPRobustScaler().fit_transform(X)
    >>> bool(0.5 < Z.std() < 1.1)
    True
    """

    _keeps_missing = True  # and makes no value missing

    def __init__(
        self,
        *,
        with_centering: bool = True,
        with_scaling: bool = True,
        quantile_range: tuple[Any, Any] = (25.0, 75.0),
        bounds: BoundsLike | Literal["private"] = "private",
        copy: bool = True,
        unit_variance: bool = False,
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
        self.with_centering = with_centering
        self.with_scaling = with_scaling
        self.quantile_range = quantile_range
        self.bounds = bounds
        self.copy = copy
        self.unit_variance = unit_variance

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "with_centering": ["boolean"],
        "with_scaling": ["boolean"],
        "quantile_range": [tuple],
        "bounds": "no_validation",  # the curator checks them
        "copy": ["boolean"],
        "unit_variance": ["boolean"],
    }

    @property
    def _typed_as_rows(self):
        return ("center_",) if self.with_centering else ()

    def _fit(self, curator):
        first, last = self._checked_range()
        low, high = bounds_of_present(curator, self.bounds, share=_BOUNDS_SHARE)
        wanted = sorted([first, 0.5, last])
        asked = {"share": curator.remaining, "tree": PresentIntervals}
        found = private_quantiles(curator, wanted, low, high, **asked)
        of = dict(zip(wanted, found.T, strict=True))
        self.center_ = of[0.5] if self.with_centering else None
        self.scale_ = None
        if self.with_scaling:
            scale = of[last] - of[first]
            scale = np.where(scale > _FINEST * (high - low), scale, 1.0)
            normal = ndtri(last) - ndtri(first) if self.unit_variance else 1.0
            self.scale_ = scale / normal
        ends = (self._scaled(end) for end in (low, high))
        self.output_geometry_ = Geometry(tuple(ends))

    def _checked_range(self):
        """The quantile range as fractions."""
        first, last = (float(end) / 100 for end in self.quantile_range)
        if not 0 <= first <= last <= 1:
            raise ValueError(
                "Invalid quantile range. Give two percentages (q_min, q_max) with "
                "0 <= q_min <= q_max <= 100."
            )
        if self.unit_variance and not 0 < first < last < 1:
            raise ValueError(
                "unit_variance=True needs 0 < q_min < q_max < 100. Change the "
                "quantile_range."
            )
        return first, last

    def _scaled(self, row):
        """One row, scaled."""
        row = row - (0.0 if self.center_ is None else self.center_)
        return row / self._scale

    @property
    def _scale(self):
        """The scale as an array, whether there is one or not."""
        ones = np.ones(self.n_features_in_)
        return ones if self.scale_ is None else self.scale_

    def transform(self, X: TableLike) -> TableLike:
        """Center and scale ``X``.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows to scale. NaN is kept.

        Returns
        -------
        {ndarray, sparse matrix} of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        return scaled_rows(self, X, self.center_, self._scale)

    def inverse_transform(self, X: TableLike) -> TableLike:
        """Undo the scaling of ``X``.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Scaled rows.

        Returns
        -------
        {ndarray, sparse matrix} of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        return unscaled_rows(self, X, self.center_, self._scale)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = not self.with_centering
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
