"""Targets that tell one class from the rest."""

from dataclasses import dataclass

import numpy as np

from skprivate.rows import Door, bounded_weights
from skprivate.rows._labels import encode, sorted_classes, sorted_labels
from skprivate.rows._target import checked_target


@dataclass(frozen=True, eq=False)
class OneAgainstRest:
    """From labels to one where a row is of a class, else zero.

    **Guarantee.** What a row gets is a function of its own label. One that is not
    listed is refused, in words that do not name it.

    Parameters
    ----------
    classes : ndarray
        All labels.
    code : int
        Which of them.
    """

    classes: np.ndarray
    code: int

    def __call__(self, y):
        codes = encode(checked_target(y, "class"), self.classes)
        return (codes == self.code).astype(np.int8)


def codes_of(y, classes, sample_weight):
    """Index in ``classes`` of each label; a row of weight zero may have any label."""
    y = checked_target(y, "class", "DPOneVsRestClassifier")
    weight = bounded_weights(sample_weight, 1.0, len(y))
    return encode(y, classes, weight > 0 if len(weight) else None)


def labels_of(rows):
    """The labels that occur, of a source or in memory, sorted."""
    if rows.y is None:
        return sorted_classes(rows.X.through(Door("class")).labels())
    return sorted_labels(checked_target(rows.y, "class", "DPOneVsRestClassifier"))
