"""Where the rows lie, roughly: a cheap first look that makes later releases sharper."""

from dataclasses import dataclass, replace

import numpy as np

from skprivate.base import Box, Count
from skprivate.queries._moments import BITS, Moments, means_and_variances

SHARE = 0.1
_COUNT_SHARE = 0.03
_SIGNAL_FOR_LOOK = 16.0  # rows times mu for each feature, from where a look pays
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
    norm : float, default=inf
        Public length of rows, where that is all that is known of their spread.
    """

    count: float
    center: np.ndarray
    scale: np.ndarray
    norm: float = np.inf

    @property
    def around_zero(self):
        """The same rows, but the spread is measured from zero."""
        center, scale = np.zeros_like(self.center), np.hypot(self.center, self.scale)
        return replace(self, center=center, scale=scale)

    def of_column(self, number):
        """One of the columns alone."""
        one = slice(number, number + 1)
        return replace(self, center=self.center[one], scale=self.scale[one])


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


def look_at_features(curator, low, high, norm=None):
    """Spend a tenth of the budget on the location and spread of the features.

    Where ``norm``, a public length of rows, says as much, a count of rows is enough:
    see :func:`rows_in_ball`.
    """
    rows = rows_in_ball(curator, norm)
    return rows or first_look(curator, Moments(Box.between(low, high, BITS)))[0]


def rows_in_ball(curator, norm, length=None):
    """Rows of a public length, about zero and alike in all features, if they are few.

    In units in which rows have the given length: without one, all features together
    have as much weight as so many of variance one.

    Up to 16 rows times mu for each feature, the noise of a look is as large as what it
    sees. A wrong norm costs accuracy, not privacy: this is only a choice of units.

    Returns
    -------
    Spread or None
        None if no norm is announced, or if there is signal for a look.
    """
    if norm is None:
        return None
    n_features, of_one = curator.n_features, curator.noise_of(Count(), share=1.0)
    count = curator.count(share=_COUNT_SHARE)
    if count > _SIGNAL_FOR_LOOK * n_features * of_one:
        return None
    scale = np.full(n_features, norm / (length or np.sqrt(n_features)))
    return Spread(count, np.zeros(n_features), scale, float(norm))


def _spread_of(moments, query, curator):
    """Location and spread that a release suggests."""
    box, noise = query.box, curator.noise_of(query)
    (count,), (mean,), (variance,) = means_and_variances(moments)
    deviation = np.sqrt(np.minimum(1.0, variance + noise / count))
    scale = np.where(box.varies, box.half * np.maximum(deviation, _THINNEST), 0.0)
    return Spread(float(count), box.center + box.half * mean, scale)
