"""Standardization from noisy means and variances."""

from typing import Literal

import numpy as np
from sklearn.base import OneToOneFeatureMixin
from sklearn.utils.validation import check_is_fitted

from skprivate._typing import BoundsLike, SeedLike, TableLike
from skprivate.base import (
    Box,
    DPContinuesMixin,
    DPEstimator,
    DPTransformerMixin,
    Geometry,
)
from skprivate.preprocessing._affine import scaled_rows, unscaled_rows
from skprivate.queries._moments import BITS
from skprivate.queries._present import bounds_of_present
from skprivate.queries._present_moments import PresentMoments, moments_of_present
from skprivate.rows import UnitClip

_BOUNDS_SHARE = 0.2


class DPStandardScaler(
    DPContinuesMixin, OneToOneFeatureMixin, DPTransformerMixin, DPEstimator
):
    """Remove the mean and scale to unit variance, under differential privacy.

    All that is learned about the rows is one noisy table of numbers, sums and squares
    of the values that are there, in which a row weighs at most ``sqrt(2.25 *
    n_features)``. A missing value counts nowhere, and stays missing.

    Parameters
    ----------
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features: numbers, or arrays of one number per feature.
        Values outside are moved to the nearest end before they are summed up.
        ``"private"`` pays a fifth of the budget for a search.
    with_mean : bool, default=True
        Whether to remove the mean. Sparse input needs False.
    with_std : bool, default=True
        Whether to scale to unit variance.
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
    mean_ : ndarray of shape (n_features,)
        Noisy mean of each feature.
    var_ : ndarray of shape (n_features,)
        Noisy variance of each feature.
    scale_ : ndarray of shape (n_features,)
        Square root of ``var_``; one for a feature without variance.
    output_bounds_ : tuple (low, high) of ndarray of shape (n_features,)
        Range of ``transform`` for rows within the bounds.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    sklearn.preprocessing.StandardScaler : The same without privacy.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> X = load_iris().data
    >>> scaler = DPStandardScaler(bounds=(0, 10), epsilon=1.0).fit(X)
    >>> scaler.transform(X).shape
    (150, 4)
    >>> round(scaler.privacy_.epsilon(), 6)
    1.0
    """

    _keeps_missing = True  # and makes no value missing

    def __init__(
        self,
        *,
        bounds: BoundsLike | Literal["private"] = "private",
        with_mean: bool = True,
        with_std: bool = True,
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
        self.bounds = bounds
        self.with_mean = with_mean
        self.with_std = with_std
        self.copy = copy

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "bounds": "no_validation",  # the curator checks them
        "with_mean": ["boolean"],
        "with_std": ["boolean"],
        "copy": ["boolean"],
    }

    def _fit(self, curator):
        known = self._resume(curator)
        box = Box.between(*self._box_, BITS) if known else self._look(curator)
        self._box_ = box.low, box.high
        query = PresentMoments(box)
        moments = curator.release(query, share=curator.remaining)
        noise = curator.noise_of(query)
        if known:  # sums of earlier rows add up, and so does their noise
            moments = moments + self._moments_[0]
            noise = float(np.hypot(noise, self._moments_[1]))
        self._moments_ = moments, noise
        count, mean, variance = moments_of_present(moments)
        # A variance that noise alone explains is known no better than that noise.
        least = noise / count
        variance = np.where(variance > least, variance, np.minimum(1.0, least))
        self.mean_ = box.center + box.half * mean
        self.var_ = box.half**2 * variance
        self.scale_ = np.sqrt(self.var_) if self.with_std else np.ones_like(mean)
        self.scale_[self.scale_ == 0] = 1.0
        offset = self.mean_ if self.with_mean else 0.0
        ends = (box.low - offset) / self.scale_, (box.high - offset) / self.scale_
        self.output_geometry_ = Geometry(ends)

    def _look(self, curator):
        """The box of the first fit, which is that of all fits that go on from it."""
        low, high = bounds_of_present(curator, self.bounds, share=_BOUNDS_SHARE)
        return Box.between(low, high, BITS)

    def transform(self, X: TableLike) -> TableLike:
        """Standardize ``X``.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows to standardize. NaN is kept.

        Returns
        -------
        {ndarray, sparse matrix} of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        return scaled_rows(self, X, self.mean_ if self.with_mean else None, self.scale_)

    def inverse_transform(self, X: TableLike) -> TableLike:
        """Undo the standardization of ``X``.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Standardized rows.

        Returns
        -------
        {ndarray, sparse matrix} of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        return unscaled_rows(
            self, X, self.mean_ if self.with_mean else None, self.scale_
        )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = not self.with_mean
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
