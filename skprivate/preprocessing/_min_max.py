"""Scaling to a range, from a private search for the ends of each feature."""

from typing import Any, Literal

import numpy as np
from sklearn.base import OneToOneFeatureMixin
from sklearn.utils.validation import check_is_fitted

from skprivate._typing import BoundsLike, SeedLike, TableLike
from skprivate.base import DPContinuesMixin, DPEstimator, DPTransformerMixin, Geometry
from skprivate.base._box import THINNEST
from skprivate.preprocessing._affine import scaled_rows, unscaled_rows
from skprivate.queries import outermost_cell
from skprivate.queries._cells import DEPTH
from skprivate.queries._present import bounds_of_present
from skprivate.queries._present_moments import PresentDyadicCells
from skprivate.rows import UnitClip

_BOUNDS_SHARE = 0.2


class DPMinMaxScaler(
    DPContinuesMixin, OneToOneFeatureMixin, DPTransformerMixin, DPEstimator
):
    """Scale each feature to a range, under differential privacy.

    The smallest and the largest value cannot be known privately: one row makes them. In
    their place stand the ends of the outermost intervals that hold more rows than noise
    explains, found in two rounds of noisy counts. Where all such lie at one end of
    ``bounds``, as zeros do, these are the ends. A missing value counts nowhere, and
    stays missing.

    Parameters
    ----------
    feature_range : tuple (min, max), default=(0, 1)
        Range of the output.
    bounds : tuple (low, high) or "private", default="private"
        Public range within which to search: numbers, or arrays of one number per
        feature. ``"private"`` pays a fifth of the budget to find it.
    clip : bool, default=False
        Whether ``transform`` cuts its output to ``feature_range``.
    copy : bool, default=True
        If False, ``transform`` works in place where it can.
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
    data_min_, data_max_, data_range_ : ndarray of shape (n_features,)
        Private ends of each feature, and their distance.
    min_, scale_ : ndarray of shape (n_features,)
        ``transform`` is ``X * scale_ + min_``.
    output_bounds_ : tuple (low, high) of ndarray of shape (n_features,)
        Range of ``transform`` for rows within the private ends.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    sklearn.preprocessing.MinMaxScaler : The same without privacy.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skprivate.preprocessing import DPMinMaxScaler
    >>> X = load_iris().data
    >>> scaler = DPMinMaxScaler(bounds=(0, 10), clip=True).fit(X)
    >>> Z = scaler.transform(X)
    >>> bool(Z.min() >= 0 and Z.max() <= 1)
    True
    """

    _keeps_missing = True  # and makes no value missing
    _typed_as_rows = "data_max_", "data_min_", "data_range_", "min_", "scale_"

    def __init__(
        self,
        feature_range: tuple[Any, Any] = (0, 1),
        *,
        bounds: BoundsLike | Literal["private"] = "private",
        clip: bool = False,
        copy: bool = True,
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
        self.feature_range = feature_range
        self.bounds = bounds
        self.clip = clip
        self.copy = copy

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "feature_range": [tuple],
        "bounds": "no_validation",  # the curator checks them
        "clip": ["boolean"],
        "copy": ["boolean"],
    }

    def _fit(self, curator):
        first, last = self.feature_range
        if not first < last:
            raise ValueError("feature_range must be increasing. Give (min, max).")
        known = self._resume(curator)
        low, high = bounds_of_present(curator, self.bounds, share=_BOUNDS_SHARE)
        low, high = _narrowed(curator, low, high)
        if known:
            low = np.minimum(low, self.data_min_)
            high = np.maximum(high, self.data_max_)
        self.data_min_, self.data_max_, self.data_range_ = low, high, high - low
        width = np.where(self.data_range_ > THINNEST, self.data_range_, 1.0)
        self.scale_ = (last - first) / width
        self.min_ = first - low * self.scale_
        ends = np.full_like(low, first), np.full_like(low, last)
        self.output_geometry_ = Geometry(ends)

    def transform(self, X: TableLike) -> TableLike:
        """Scale ``X`` to ``feature_range``.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows to scale. NaN is kept.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        X = scaled_rows(self, X, *self._shift_and_width())
        if self.clip:
            np.clip(X, *self.feature_range, out=X)
        return X

    def inverse_transform(self, X: TableLike) -> TableLike:
        """Undo the scaling of ``X``.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Scaled rows.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        return unscaled_rows(self, X, *self._shift_and_width())

    def _shift_and_width(self):
        """What rows are shifted by, and then divided by."""
        scale = self.scale_.astype(np.float64)
        return -self.min_ / scale, 1 / scale

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _narrowed(curator, low, high):
    """Ends of the outermost intervals with rows: first coarsely, then within each."""
    share = curator.remaining
    whole = PresentDyadicCells(low, high)
    counts = curator.release(whole, share=share / 2)
    noise = curator.noise_of(whole)
    lowest = outermost_cell(counts, low, high, noise, top=False)
    highest = outermost_cell(counts, low, high, noise, top=True)

    below, above = (True, False), (False, True)
    queries = PresentDyadicCells(*lowest, below), PresentDyadicCells(*highest, above)
    counts = curator.release(*queries, share=curator.remaining)
    noise = curator.noise_of(whole)
    first, _ = outermost_cell(counts[0], *lowest, noise, top=False)
    _, last = outermost_cell(counts[1], *highest, noise, top=True)
    if noise > 0:
        # Where all that is seen lies at an end, as zeros of counts do, a few values
        # elsewhere, which noise hides, must not be thrown out of all proportion.
        thin = last - first <= (high - low) / 2**DEPTH
        hidden = thin & ((first == low) | (last == high))
        first, last = np.where(hidden, (low, high), (first, last))
    return first, np.maximum(first, last)
