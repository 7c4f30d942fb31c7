"""Means of classes, from counts and sums of rows about one point."""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from skprivate.base import Box
from skprivate.queries._class_counts import ClassCounts
from skprivate.queries._each_class import EachClass
from skprivate.queries._row_sums import RowSums

_COUNTS_SHARE = 0.1  # of what counts and sums get together
_LEAST_COUNT = 1e-9  # keeps the mean of a class without rows finite
_SHORTEST = 1.25  # of rows that keep their length, relative to a typical one
_TOLERATED = 0.01  # noise relative to the rows of a class up to which all keep it


@dataclass(frozen=True, eq=False)
class ClassMeans:
    """Number and mean of the rows of each class.

    Attributes
    ----------
    counts : ndarray of shape (n_classes,)
        None below its noise.
    unsure : float
        Standard deviation of the noise of a count.
    means : ndarray of shape (n_classes, n_features)
        About the center of all rows, in units that were given. That of a class with
        fewer rows than the noise has is pulled toward zero.
    """

    counts: np.ndarray
    unsure: float
    means: np.ndarray


def released_class_means(curator, rows, low, high, unit, n_classes, *, share):
    """Spend a share of the budget on the means of the classes.

    Rows are cut to a norm that follows their noisy number: noise grows with it.

    Parameters
    ----------
    curator : Curator
    rows : Spread
        Where the rows are, roughly.
    low, high : ndarray of shape (n_features,)
        Bounds of the features.
    unit : ndarray of shape (n_features,)
        In which noise is the same for all features; zero for what is constant.
    n_classes : int
    share : float

    Returns
    -------
    ClassMeans
    """
    box = _box(rows, low, high, unit)
    shares = _COUNTS_SHARE * share, (1 - _COUNTS_SHARE) * share
    longest = _longest(curator, rows, box, n_classes, shares[1])
    counting = ClassCounts(n_classes)
    adding = EachClass(RowSums(box, longest), n_classes)
    counts, sums = curator.release(counting, adding, share=shares)
    unsure = curator.noise_of(counting)
    present = np.maximum(counts, max(unsure, _LEAST_COUNT))
    trust = np.maximum(counts, 0.0) / np.hypot(present, unsure)
    means = sums.reshape(n_classes, -1) * (trust / present)[:, None]
    return ClassMeans(present, unsure, means)


def _box(rows, low, high, unit):
    """About the center of the rows; alike in all features if only a norm is known."""
    if rows.norm < np.inf:
        n_features, unit = len(unit), float(unit[0])
        reach = np.broadcast_to(rows.norm / unit, n_features)
        return Box.around_ball(n_features, rows.norm, unit, RowSums.bits(reach))
    box = Box(low, high, rows.center, unit, 0)
    far = np.maximum(high - rows.center, rows.center - low)
    reach = np.divide(far, unit, out=np.zeros_like(far), where=box.varies)
    return Box(
        low, high, rows.center, unit, RowSums.bits(reach + 1.0)
    )  # the grid may be farther


def _longest(curator, rows, box, n_classes, share):
    """Norm from which on rows are shortened, in units of the box."""
    scale = np.divide(
        rows.scale, box.half, out=np.zeros(len(box.half)), where=box.varies
    )
    typical = max(1.0, float(np.linalg.norm(scale)))
    reach = float(np.linalg.norm(box.reach))
    if rows.norm < np.inf:
        typical = reach = rows.norm / float(box.half[0])
    of_one = curator.noise_of(ClassCounts(n_classes), share=share)
    noise = of_one * typical * sqrt(box.n_features) * n_classes
    factor = sqrt(_TOLERATED * rows.count / noise) if noise > 0 else np.inf
    return max(1.0, min(reach, max(_SHORTEST, factor) * typical))
