"""The part of the feature space that is looked at closely, in units of the spread."""

from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from skprivate.base import Box
from skprivate.queries import LogisticGradient
from skprivate.queries._moments import BITS

_TOLERATED = 0.01  # noise relative to the rows at which nothing is cut
EVERYWHERE = 2.0**30  # deviations: beyond any bounds, as a spread is not that thin
_SHORTEST = 1.0  # of the typical norm, to which long rows are cut


@dataclass(frozen=True, eq=False)
class Region:
    """Where features are looked at; values beyond are moved to its ends.

    Attributes
    ----------
    low, high : ndarray of shape (n_features,)
        Ends, within the bounds.
    center, scale : ndarray of shape (n_features,)
        Noisy mean (zero, if sums are to be about zero) and spread.
    """

    low: np.ndarray
    high: np.ndarray
    center: np.ndarray
    scale: np.ndarray

    @classmethod
    def around(cls, spread, low, high, reach):
        """The part of the bounds that is within ``reach`` deviations."""
        with np.errstate(over="ignore"):
            low = np.maximum(low, spread.center - reach * spread.scale)
            high = np.minimum(high, spread.center + reach * spread.scale)
        return cls(low, high, spread.center, spread.scale)

    def only(self, features):
        """The same for some of the features: the others tell nothing."""
        mask = np.isin(np.arange(len(self.scale)), features)
        return replace(self, scale=np.where(mask, self.scale, 0.0))

    @property
    def standardized(self):
        """Box in units of the spread, as fine as contrasts allow."""
        box = Box(self.low, self.high, self.center, self.scale, BITS)
        return replace(box, bits=LogisticGradient.bits(box.reach))

    @property
    def unit_box(self):
        """Box of [-1, 1] with the same center: what is asked about squares."""
        reach = np.maximum(self.high - self.center, self.center - self.low)
        half = np.where(self.scale > 0, reach, 0.0)
        return Box(self.low, self.high, self.center, half, BITS)

    @property
    def half_box(self):
        """Box whose low and high ends are -1 and 1: what is asked about sums."""
        box = Box.between(self.low, self.high, BITS)
        return replace(box, half=np.where(self.scale > 0, box.half, 0.0))


def reach_for(count, noise, closest):
    """Deviations up to which values are left as they are: all, if noise is small.

    Parameters
    ----------
    count : float
        Number of rows.
    noise : float
        Noise of a sum to come, of values of at most one.
    closest : float
        The least.
    """
    return max(closest, sqrt(_TOLERATED * count / noise) if noise > 0 else EVERYWHERE)


def clip_for(curator, query, count, longest, share):
    """Norm to which the rows of contrasts are cut, by what noise of it they are worth.

    Parameters
    ----------
    curator : Curator
    query : Query
        Contrasts with a ``clip`` of one.
    count : float
        Number of rows.
    longest : tuple (typical, most)
        Norm of an ordinary row, and of the longest there may be.
    share : float
        Of the release to come.
    """
    typical, most = longest
    noise = curator.noise_of(query, share=share)
    room = _TOLERATED * count / noise if noise > 0 else np.inf
    return min(most, max(_SHORTEST * typical, room), 2.0**36 / query.box.one)


def norms(box):
    """Norm of an ordinary row ``(z, 1)`` of a standardized box, and of the longest."""
    typical = sqrt(1.0 + np.count_nonzero(box.varies))
    return typical, sqrt(1.0 + float(np.sum(box.reach**2)))


def squares_of(moments, region, count):
    """Sum of squares about the center, from the moments of the unit box of a region."""
    box = region.unit_box
    squares = np.maximum((moments + count) / 2, 0.0) * box.half**2
    return np.where(box.varies, squares, 0.0)
