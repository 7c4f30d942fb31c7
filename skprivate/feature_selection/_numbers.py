"""A target of numbers: what is asked about it and features, and what follows."""

from dataclasses import dataclass, replace

import numpy as np

from skprivate.base import Box
from skprivate.feature_selection import _scores
from skprivate.feature_selection._contrasts import FeatureMoments, TargetContrasts
from skprivate.feature_selection._look import look
from skprivate.feature_selection._region import Region, reach_for, squares_of
from skprivate.queries import Moments, means_and_variances
from skprivate.queries._moments import BITS
from skprivate.queries._target_moments import TargetMoments

_BOUNDS_SHARE = 0.1
_MOMENTS_SHARE = 0.05
_REACH = 4.0  # deviations of the target that are looked at, if noise matters
_CLOSER = 2.0  # where one row counts as much as its largest product


@dataclass(frozen=True, eq=False)
class Numbers:
    """A target of numbers, as far as it is released.

    Attributes
    ----------
    name : {"f_regression", "r_regression"}
        The score function.
    spread : Spread
        Location and spread of the features.
    count : float
        Number of rows, at least one.
    deviation : float
        Standard deviation of the target, in units of ``box``.
    box : Box
        Of the target: where it is looked at, in units of its spread.
    """

    name: str
    spread: object
    count: float
    deviation: float
    box: Box

    @classmethod
    def released(cls, curator, name, low, high, target_bounds):
        """Spend 15 percent of the budget on the spread of features and target."""
        ends = curator.target_bounds(target_bounds, share=_BOUNDS_SHARE)
        ends = [np.array([end]) for end in ends]
        spread, target = look(
            curator,
            Moments(Box.between(low, high, BITS)),
            TargetMoments(Box.between(*ends, BITS)),
        )
        unit = TargetMoments(Box.between(*ends, BITS))
        noise = curator.noise_of(unit, share=_MOMENTS_SHARE)
        region = Region.around(target, *ends, reach_for(target.count, noise, _REACH))
        query = TargetMoments(region.unit_box)
        moments = curator.release(query, share=_MOMENTS_SHARE)
        (count,), _, ((variance,),) = means_and_variances(moments)
        least = min(1.0, curator.noise_of(query) / count)
        box = Box(region.low, region.high, region.center, region.scale, BITS)
        reach = region.unit_box.half[0] / region.scale[0] if box.varies[0] else 0.0
        deviation = reach * np.sqrt(max(variance, least))
        return cls(name, spread, float(count), float(deviation), box)

    def closer(self):
        """The same, cut to two deviations of the target."""
        ends = self.box.center + _CLOSER * np.stack([-self.box.half, self.box.half])
        low, high = np.clip(ends, self.box.low, self.box.high)
        return replace(self, box=replace(self.box, low=low, high=high))

    @property
    def lengths(self):
        """An ordinary value of the target in standard units, and the largest."""
        return 1.0, max(1.0, self.largest)

    @property
    def largest(self):
        """Largest value of the target in standard units, up to the last few bits."""
        box = self.box
        reach = np.maximum(box.high - box.center, box.center - box.low)
        return float(reach[0] / box.half[0]) if box.varies[0] else 0.0

    def contrasts(self, box, clip):
        """The query that tells what features have to do with the target."""
        return TargetContrasts(box, self.box, clip)

    def moments(self, region):
        """The query that brings contrasts to scale."""
        return FeatureMoments(region.unit_box, 2)

    def scores(self, contrasts, moments, region, noise):
        """Statistics of the features; see the same method of ``Classes``."""
        unit = region.scale / self.deviation if self.deviation > 0 else 0.0
        contrasts = -contrasts[:-1] * unit
        noise = noise * unit * np.ones_like(contrasts)
        squares = squares_of(moments, region, self.count)
        score = getattr(_scores, self.name)
        return score(contrasts, squares, self.count, noise)
