"""What a network asks before its first step: where rows lie, and how many there are."""

from dataclasses import dataclass, replace

import numpy as np

from skprivate.base import Box, Count
from skprivate.base._class_weights import ClassWeights
from skprivate.kernels import gradient_bits
from skprivate.queries import ClassesAndMoments, Moments
from skprivate.queries._moments import BITS as BITS_OF_MOMENTS
from skprivate.queries._networks import BITS
from skprivate.queries._spread import first_look
from skprivate.queries._target_moments import TargetMoments

LOOK_SHARE = 0.12
_FARTHEST = 5.0  # deviations, to which rows are cut: a long row has little more to say
_LEAST_DEVIATION = 0.01  # of half of a range: no feature is magnified further
_TARGET_BITS = 17
_HIDDEN = 4.0  # deviations: so many rows may be none


@dataclass(frozen=True, eq=False)
class Look:
    """Noisy geometry in which features have mean zero and variance one, roughly.

    Attributes
    ----------
    n_rows : float
        Number of rows (sum of their weights), positive.
    box : Box
        Takes features to standard units.
    mu : float
        The budget of a fit: the cost of a sum to which a row adds one, if all were
        spent on it.
    prior : ndarray of shape (n_classes,)
        Positive share of each class in the loss; empty where there are none.
    target : Box or None
        Takes a number to standard units.
    weights : ClassWeights or None
        Of the classes in the loss.
    """

    n_rows: float
    box: Box
    mu: float
    prior: np.ndarray
    target: Box | None = None
    weights: ClassWeights | None = None

    @property
    def by_class(self):
        """Weight of each class in the loss; None: all are one."""
        return None if self.weights is None else self.weights.by_class

    @property
    def typical(self):
        """Size of the weight of a row in the loss."""
        return 1.0 if self.weights is None else self.weights.typical

    @property
    def signal(self):
        """Number of rows times ``mu``: all accuracy comes from it."""
        return self.mu * self.n_rows


def look_at_classes(curator, low, high, n_classes, weigh):
    """Counts of classes, means and variances of features; `weigh` counts to weights."""
    mu = mu_of(curator)
    query = ClassesAndMoments(Box.between(low, high, BITS_OF_MOMENTS), n_classes)
    answer = curator.release(query, share=LOOK_SHARE * curator.remaining)
    counts, sums, squares = np.split(answer, [n_classes, n_classes + len(low)])
    noise = curator.noise_of(query)
    of_counts = noise * query.weights[0]
    n_rows = float(max(counts.sum(), 2 * of_counts)) or 1.0
    _doubt_number(curator, n_rows, of_counts)
    weights = weigh(np.maximum(counts, max(of_counts, 1.0)))
    prior = weights.shares_of(np.maximum(counts, 0.0) + 1.0 + of_counts / 4)
    deviation = noise / n_rows
    mean = np.clip(sums / n_rows, -1.0, 1.0)
    variance = np.clip((squares / n_rows + 1) / 2 - mean**2, 0.0, 1.0)
    scale = np.sqrt(np.maximum(variance, min(deviation, 0.25)))
    center, half = query.box.center + query.box.half * mean, query.box.half * scale
    box = standard_box(query.box, center, half)
    return Look(n_rows, box, mu, prior, weights=weights)


def look_at_numbers(curator, low, high, target_low, target_high):
    """Means and variances of features, and of a target."""
    mu = mu_of(curator)
    ends = np.array([target_low]), np.array([target_high])
    queries = [
        Moments(Box.between(low, high, BITS_OF_MOMENTS)),
        TargetMoments(Box.between(*ends, BITS_OF_MOMENTS)),
    ]
    found, target = first_look(curator, *queries)
    _doubt_number(curator, found.count, curator.noise_of(queries[0]))
    box = standard_box(queries[0].box, found.center, found.scale)
    least = 1e-6 * (target_high - target_low) or 1.0
    unit = np.maximum(target.scale, least)
    of_target = Box(*ends, target.center, unit, _TARGET_BITS)
    return Look(found.count, box, mu, np.empty(0), of_target)


def look_at_features(curator, low, high):
    """Means and variances of features."""
    mu = mu_of(curator)
    query = Moments(Box.between(low, high, BITS_OF_MOMENTS))
    (found,) = first_look(curator, query)
    _doubt_number(curator, found.count, curator.noise_of(query))
    box = standard_box(query.box, found.center, found.scale)
    return Look(found.count, box, mu, np.empty(0))


def standard_box(box, center, scale):
    """The box that standardizes, and cuts rows to some deviations."""
    half = np.maximum(scale, _LEAST_DEVIATION * box.half)
    low = np.maximum(box.low, center - _FARTHEST * half)
    high = np.minimum(box.high, center + _FARTHEST * half)
    standard = Box(low, np.maximum(low, high), center, half, BITS)
    bits = min(BITS, gradient_bits(box.n_features, standard.reach))
    return replace(standard, bits=bits)


def mu_of(curator):
    """The cost of a sum to which a row adds one, if all that is left were spent."""
    noise = curator.noise_of(Count(), share=curator.remaining)
    return 1 / noise if noise > 0 else np.inf


def _doubt_number(curator, n_rows, noise):
    if n_rows < _HIDDEN * noise:
        curator.doubt("noise hides the number of rows")
