"""Where the rows lie, roughly: a cheap first look that makes later releases sharper."""

from dataclasses import dataclass, replace

import numpy as np

from skprivate.base import Box
from skprivate.queries._moments import BITS, Moments, means_and_variances

SHARE = 0.1
_THINNEST = 2.0**-10  # in units of the box: a thinner feature is not looked at closer


@dataclass(frozen=True, eq=False)
class Spread:
    """Noisy location and spread of the rows.

    Attributes
    ----------
    count : float
        Number of rows (sum of their weights), at least one.
    center : ndarray of shape (n_features,)
        Mean of each feature.
    scale : ndarray of shape (n_features,)
        Standard deviation of each feature, widened by what the noise leaves open.
        Zero only for a feature that the bounds declare constant.
    """

    count: float
    center: np.ndarray
    scale: np.ndarray

    @property
    def around_zero(self):
        """The same rows, but the spread is measured from zero."""
        center, scale = np.zeros_like(self.center), np.hypot(self.center, self.scale)
        return replace(self, center=center, scale=scale)


def first_look(curator, *queries):
    """Spend a tenth of the budget on the location and spread of features, or a target.

    Parameters
    ----------
    curator : Curator
    *queries : Moments
        Each of all rows together. The budget is divided equally.

    Returns
    -------
    list of Spread
        One for each query.
    """
    answers = curator.release(*queries, share=SHARE)
    if len(queries) == 1:
        answers = [answers]
    return [_spread_of(*pair, curator) for pair in zip(answers, queries, strict=True)]


def look_at_features(curator, low, high):
    """Spend a tenth of the budget on the location and spread of the features."""
    return first_look(curator, Moments(Box.between(low, high, BITS)))[0]


def _spread_of(moments, query, curator):
    """Location and spread that a release suggests."""
    box, noise = query.box, curator.noise_of(query)
    (count,), (mean,), (variance,) = means_and_variances(moments)
    deviation = np.sqrt(np.minimum(1.0, variance + noise / count))
    scale = np.where(box.varies, box.half * np.maximum(deviation, _THINNEST), 0.0)
    return Spread(float(count), box.center + box.half * mean, scale)
