"""Weights of classes: public ones, or such that all classes weigh the same."""

from dataclasses import dataclass
from math import isfinite, sqrt
from numbers import Real

import numpy as np

from skprivate.rows import refused

MOST_BALANCED = 100.0  # "balanced" makes no class heavier
_HEAVIEST = 512.0  # weights that are larger make all others smaller
_RAREST = 1e-9
_NO_WEIGHTS = (
    "class_weight must have finite numbers that are not negative, and one that is "
    "positive. Give each class a number, or write 'balanced'."
)


@dataclass(frozen=True, eq=False)
class ClassWeights:
    """What the loss of a row is multiplied by, by its class.

    **Guarantee.** A function of public facts and of counts that were released; so the
    factor of a row depends on its class, and on no other row. A query multiplies the
    contribution of a row *before* it is clipped: no weight moves the bound.

    Attributes
    ----------
    by_class : ndarray of shape (n_classes,) or None
        One on average over the rows, or less if some are much larger; None: all are
        one.
    mean : float
        What ``by_class`` was divided by.
    shares : ndarray of shape (n_classes,)
        Share of each class in the rows, as counted.
    """

    by_class: np.ndarray | None
    mean: float
    shares: np.ndarray

    @property
    def largest(self):
        """The largest weight."""
        return 1.0 if self.by_class is None else float(self.by_class.max())

    @property
    def typical(self):
        """Root mean square of the weights over the rows."""
        if self.by_class is None:
            return 1.0
        return sqrt(float(self.shares @ self.by_class**2))

    def times(self, counts):
        """Counts of rows of each class as weights of the classes."""
        return counts if self.by_class is None else self.by_class * counts

    def shares_of(self, counts):
        """Positive share of each class in the loss, from positive counts of rows."""
        counts = self.times(counts)
        if self.by_class is not None:
            counts = np.maximum(counts, _RAREST * counts.sum())
        return counts / counts.sum()


def check_weights(class_weight):
    """Refuse weights that are none, whatever the classes; before these are read."""
    if isinstance(class_weight, dict) and not all(
        map(_is_number, class_weight.values())
    ):
        raise refused(ValueError, _NO_WEIGHTS)


def check_class_weight(class_weight, classes):
    """Refuse weights that are not of these classes; nothing is paid before.

    Parameters
    ----------
    class_weight : dict, "balanced" or None
    classes : ndarray of shape (n_classes,)
    """
    if not isinstance(class_weight, dict):
        return
    if not set(class_weight) <= set(classes.tolist()):
        raise refused(
            ValueError,
            "class_weight has a label that is none of the classes. List weights of "
            "labels in classes only.",
        )
    check_weights(class_weight)
    if not any(_given(class_weight, classes)):
        raise refused(ValueError, _NO_WEIGHTS)


def class_weights(class_weight, classes, counts):
    """The weights that a parameter asks for, given noisy counts.

    Parameters
    ----------
    class_weight : dict, "balanced" or None
        Public weight of each label, one where it has none. "balanced" divides by the
        counts as scikit-learn does, ``n_rows / (n_classes * count)``, and makes
        nothing heavier than 100.
    classes : ndarray of shape (n_classes,)
    counts : ndarray of shape (n_classes,)
        Released, and positive.

    Returns
    -------
    ClassWeights
    """
    shares = counts / counts.sum()
    if class_weight is None:
        return ClassWeights(None, 1.0, shares)
    if isinstance(class_weight, dict):
        weights = _given(class_weight, classes)
    else:
        weights = np.minimum(1 / (len(shares) * shares), MOST_BALANCED)
    mean = max(float(shares @ weights), float(weights.max()) / _HEAVIEST)
    return ClassWeights(weights / mean, mean, shares)


def weighed_priors(class_weight, classes, priors):
    """Priors of a model of each class as if its rows had these weights.

    What such a model says about the rows of a class does not change with the weight of
    the class; so its prior is all that does, and nothing else is paid for.

    Parameters
    ----------
    class_weight : dict, "balanced" or None
    classes : ndarray of shape (n_classes,)
    priors : ndarray of shape (n_classes,)
        Positive, and released or public.

    Returns
    -------
    ndarray of shape (n_classes,)
        They add up to one.
    """
    weights = class_weights(class_weight, classes, priors).by_class
    weighed = priors if weights is None else weights * priors
    return weighed / weighed.sum()


def refuse_two_priors(class_weight, priors, classes):
    """Refuse weights of classes beside priors, or of other classes."""
    check_class_weight(class_weight, classes)
    if class_weight is not None and priors is not None:
        raise ValueError(
            "class_weight and priors both say how much a class counts. Give one of "
            "them."
        )


def factors_of(by_class, y):
    """Factor of each row, by its class; of no class, that of some class."""
    place = np.clip(np.nan_to_num(y), 0, len(by_class) - 1)
    return by_class[place.astype(np.intp)]


def _given(class_weight, classes):
    weights = [class_weight.get(label, 1.0) for label in classes.tolist()]
    return np.array(weights, dtype=np.float64)


def _is_number(weight):
    known = isinstance(weight, Real) and not isinstance(weight, bool)
    return known and isfinite(weight) and weight >= 0
