"""Power transformations towards normality, from private quantiles."""

from typing import Literal

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import boxcox, boxcox1p, inv_boxcox, inv_boxcox1p
from sklearn.base import OneToOneFeatureMixin
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import StrOptions
from skprivate._typing import BoundsLike, SeedLike, TableLike
from skprivate.base import DPEstimator, DPTransformerMixin, Geometry
from skprivate.queries import private_quantiles
from skprivate.queries._present import PresentIntervals, bounds_of_present
from skprivate.rows import UnitClip, checked_input

_BOUNDS_SHARE = 0.2
_SAMPLE = 255  # quantiles that stand for the rows
_TAIL = 5  # so many on either side say nothing about whether a feature varies
_FARTHEST = 4.0  # from one: exponents beyond would turn noise into large numbers
_OCTAVES = 300.0  # that the output may have: squares must not overflow
_FINEST = 2.0**-40  # of the bounds: a narrower spread is nothing that was resolved
_SMALLEST = 2.0**-20  # of the upper bound: a low end that was found may be zero


class DPPowerTransformer(OneToOneFeatureMixin, DPTransformerMixin, DPEstimator):
    """Make features more like a normal distribution, under differential privacy.

    The exponent of each feature is the most likely one for 255 private quantiles, which
    are found together for all features, in three rounds of noisy counts. A value that
    is missing counts for nothing, and stays missing.

    Parameters
    ----------
    method : {"yeo-johnson", "box-cox"}, default="yeo-johnson"
        Box-Cox is for positive features: smaller values count as the lower bound, or
        as a millionth of the upper one if they are private.
    standardize : bool, default=True
        Whether to scale the output to zero mean and unit variance.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features: numbers, or arrays of one number per feature;
        positive for Box-Cox. ``"private"`` pays a fifth of the budget for a search.
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
    lambdas_ : ndarray of shape (n_features,)
        Exponents, between -3 and 5.
    mean_, scale_ : ndarray of shape (n_features,)
        Mean and deviation after the transformation, as the quantiles have it; zeros and
        ones without ``standardize``.
    smallest_ : ndarray of shape (n_features,)
        Smaller values count as this; minus the largest number for Yeo-Johnson.
    output_bounds_ : tuple (low, high) of ndarray of shape (n_features,)
        Range of ``transform`` for rows within the bounds.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    sklearn.preprocessing.PowerTransformer : The same without privacy.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.preprocessing import DPPowerTransformer
    >>> X = np.random.default_rng(0).lognormal(size=(20_000, 1))
    >>> power = DPPowerTransformer("box-cox", bounds=(1e-3, 1e3)).fit(X)
    >>> bool(abs(power.lambdas_[0]) < 0.3)
    True
    """

    _keeps_missing = True  # and makes no value missing

    def __init__(
        self,
        method: Literal["yeo-johnson", "box-cox"] = "yeo-johnson",
        *,
        standardize: bool = True,
        bounds: BoundsLike | Literal["private"] = "private",
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
        self.method = method
        self.standardize = standardize
        self.bounds = bounds
        self.copy = copy

    _typed_as_rows = ("lambdas_",)
    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "method": [StrOptions({"yeo-johnson", "box-cox"})],
        "standardize": ["boolean"],
        "bounds": "no_validation",  # the curator checks them
        "copy": ["boolean"],
    }

    def _fit(self, curator):
        low, high = self._range(curator)
        wanted = (np.arange(_SAMPLE) + 0.5) / _SAMPLE
        asked = {"share": curator.remaining, "tree": PresentIntervals}
        sample = private_quantiles(curator, wanted, low, high, **asked)
        spread = np.ptp(sample[:, _TAIL:-_TAIL], axis=1) > _FINEST * (high - low)
        power, jacobian = _MAPS[self.method][0], _JACOBIANS[self.method]
        reach = _OCTAVES / np.log2(2 + np.maximum(abs(low), abs(high))) - 1
        reach = np.where(spread, np.clip(reach, 0.0, _FARTHEST), 0.0)
        self.lambdas_ = np.array(
            [
                _most_likely(x, power, jacobian, farthest)
                for x, farthest in zip(sample, reach, strict=True)
            ]
        )
        self.mean_, self.scale_ = np.zeros_like(low), np.ones_like(low)
        if self.standardize:
            normal = power(sample, self.lambdas_[:, None])
            middle = normal[:, _SAMPLE // 2]
            self.mean_ = np.where(spread, normal.mean(axis=1), middle)
            deviation = normal.std(axis=1)  # zero where squares underflow
            self.scale_ = np.where(spread & (deviation > 0), deviation, 1.0)
        self.smallest_ = self._smallest(low, high)
        with np.errstate(over="ignore"):
            ends = (power(end, self.lambdas_) for end in (low, high))
            ends = [np.nan_to_num((z - self.mean_) / self.scale_) for z in ends]
        self.output_geometry_ = Geometry(tuple(ends))

    def _smallest(self, low, high):
        """What smaller values count as."""
        if self.method == "yeo-johnson":
            return np.full_like(low, -np.finfo(float).max)
        return _SMALLEST * high if isinstance(self.bounds, str) else low

    def _range(self, curator):
        """Bounds of the features, positive ones for Box-Cox."""
        low, high = bounds_of_present(curator, self.bounds, share=_BOUNDS_SHARE)
        if self.method != "box-cox":
            return low, high
        if not isinstance(self.bounds, str) and not (low > 0).all():
            raise ValueError(
                "bounds must be positive for the Box-Cox transformation. Give a low "
                "end above zero, or use method='yeo-johnson'."
            )
        high = np.where(high > 0, high, 1.0)
        return np.maximum(low, _SMALLEST * high), high

    def transform(self, X: TableLike) -> TableLike:
        """Apply the power transformation to ``X``.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows to transform. NaN is kept.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        X = checked_input(self, X, copy=self.copy, allow_nan=True)
        power = _MAPS[self.method][0]
        for j, exponent in enumerate(self.lambdas_.astype(np.float64)):
            x = np.maximum(X[:, j], self.smallest_[j])
            X[:, j] = (power(x, exponent) - self.mean_[j]) / self.scale_[j]
        return X

    def inverse_transform(self, X: TableLike) -> TableLike:
        """Undo the power transformation of ``X``.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Transformed rows.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
            NaN for values that ``transform`` never gives.
        """
        check_is_fitted(self)
        X = checked_input(self, X, copy=self.copy, allow_nan=True, names=False)
        inverse = _MAPS[self.method][1]
        for j, exponent in enumerate(self.lambdas_.astype(np.float64)):
            X[:, j] = inverse(X[:, j] * self.scale_[j] + self.mean_[j], exponent)
        return X

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _yeo_johnson(x, exponent):
    """Box-Cox of ``1 + x``, and with another exponent of ``1 - x`` where x < 0."""
    return np.copysign(boxcox1p(abs(x), _of_side(x, exponent)), x)


def _inverse_yeo_johnson(z, exponent):
    return np.copysign(inv_boxcox1p(abs(z), _of_side(z, exponent)), z)


def _of_side(x, exponent):
    """The exponent, or what takes its place below zero."""
    return np.where(x >= 0, exponent, 2 - exponent)


_MAPS = {
    "yeo-johnson": (_yeo_johnson, _inverse_yeo_johnson),
    "box-cox": (boxcox, inv_boxcox),
}
# Logarithm of the derivative of a map, divided by (exponent - 1).
_JACOBIANS = {
    "yeo-johnson": lambda x: np.copysign(np.log1p(abs(x)), x),
    "box-cox": np.log,
}


def _most_likely(x, power, jacobian, reach):
    """The exponent, near one, that most likely makes a sample normal."""
    if reach == 0.0:
        return 1.0
    slope = jacobian(x).mean()

    def surprise(exponent):
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            likelihood = (exponent - 1) * slope - np.log(power(x, exponent).var()) / 2
        return -likelihood if np.isfinite(likelihood) else np.inf

    return minimize_scalar(surprise, bounds=(1 - reach, 1 + reach)).x
