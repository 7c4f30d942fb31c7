"""Features whose noisy variance is large enough."""

from numbers import Real
from typing import Literal

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval
from skprivate._typing import BoundsLike, SeedLike
from skprivate.base import DPEstimator, DPTransformerMixin, Geometry
from skprivate.feature_selection._region import EVERYWHERE, Region, reach_for
from skprivate.feature_selection._sealed import SealedSelectorMixin
from skprivate.queries import Moments, means_and_variances
from skprivate.queries._spread import look_at_features
from skprivate.rows import UnitClip

_BOUNDS_SHARE = 0.1
_REACH = 4.0  # deviations to which features are looked at, if noise matters
_SURE = 3.0  # deviations of the noise
_FINEST = 2.0**-18  # in units of the box: the grid makes so much of nothing


class DPVarianceThreshold(SealedSelectorMixin, DPTransformerMixin, DPEstimator):
    """Leave out features that hardly vary, under differential privacy.

    A tenth of the budget finds out roughly how much each feature varies. With the rest,
    one noisy table of sums and squares near its mean is released.

    Parameters
    ----------
    threshold : float, default=0.0
        Features are kept if their variance exceeds this by more than noise explains
        (three standard deviations). If there are none, those are kept for which noise
        does not let decide.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features: numbers, or arrays of one number per feature.
        Values outside are moved to the nearest end. ``"private"`` pays a tenth of the
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
    variances_ : ndarray of shape (n_features,)
        Noisy variance of each feature.
    support_ : ndarray of bool of shape (n_features,)
        Which features are kept.
    output_bounds_ : tuple (low, high) of ndarray
        Bounds of the features that are kept.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    sklearn.feature_selection.VarianceThreshold : The same without privacy.

    Notes
    -----
    Missing values are refused, other than by scikit-learn: put a
    :class:`~skprivate.impute.DPSimpleImputer` before it.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.feature_selection import DPVarianceThreshold
    >>> X = np.random.default_rng(0).normal(size=(20_000, 3)) * [1, 0, 2]
    >>> DPVarianceThreshold(bounds=(-10, 10)).fit(X).get_support()
    array([ True, False,  True])
    """

    def __init__(
        self,
        threshold: float = 0.0,
        *,
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
        self.threshold = threshold
        self.bounds = bounds

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "threshold": [Interval(Real, 0, None, closed="left")],
        "bounds": "no_validation",  # the curator checks them
    }

    def _fit(self, curator):
        low, high = curator.bounds(self.bounds, share=_BOUNDS_SHARE)
        spread = look_at_features(curator, low, high)
        query = Moments(Region.around(spread, low, high, EVERYWHERE).unit_box)
        noise = curator.noise_of(query, share=curator.remaining)
        reach = reach_for(spread.count, noise, _REACH)
        query = Moments(Region.around(spread, low, high, reach).unit_box)
        moments = curator.release(query, share=curator.remaining)
        (count,), (mean,), (variance,) = means_and_variances(moments)
        variance = np.where(variance > _FINEST, variance, 0.0)
        noise = curator.noise_of(query) / count
        unit = query.box.half**2
        self.variances_ = variance * unit
        # Of half the sum of a count and a moment, and of the square of a mean.
        doubt = _SURE * noise * np.hypot(np.sqrt(0.5), 2 * mean) * unit
        excess = self.variances_ - self.threshold
        self.support_ = excess > doubt
        if not self.support_.any():
            self.support_ = np.abs(excess) <= doubt
        if not self.support_.any():
            raise ValueError(
                "No feature meets the variance threshold. Give a lower threshold."
            )
        self.output_geometry_ = Geometry((low[self.support_], high[self.support_]))

    def _get_support_mask(self):
        check_is_fitted(self)
        return self.support_

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags
