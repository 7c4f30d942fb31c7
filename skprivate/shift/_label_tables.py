"""Counts that tell how often a model mistakes one class for another."""

from dataclasses import dataclass

import numpy as np

from skprivate.metrics._question import LabelQuestion
from skprivate.metrics._tables import Cells, Confusion, predicted_codes, release


@dataclass(frozen=True)
class Predicted(Cells):
    """Number of rows of each predicted class."""

    n_classes: int

    @property
    def size(self):
        """One for each class."""
        return self.n_classes

    def cells(self, X, y):
        """The predicted class."""
        return predicted_codes(X, self.n_classes)


@dataclass(frozen=True, eq=False)
class JointCounts(LabelQuestion):
    """How many rows of each true class were given each predicted class; as released."""

    def ask(self, curator, z):
        """Counts, which may be negative, true classes in rows; deviation of noise."""
        n_classes = len(curator.classes(self.classes))
        counts, variance = release(curator, Confusion(n_classes), 1.0)
        return counts.reshape(n_classes, n_classes), float(np.sqrt(variance[0]))


@dataclass(frozen=True, eq=False)
class PredictedCounts(LabelQuestion):
    """How many rows were given each class, whatever they are; as released."""

    target = "none"

    def read(self, y_true, y_pred):
        """Codes of the predicted labels as the one feature."""
        X, _, known = super().read(y_pred, y_pred)
        return X, None, known

    def ask(self, curator, z):
        """Counts, which may be negative, and the deviation of their noise."""
        counts, variance = release(curator, Predicted(self.n_classes), 1.0)
        return counts, float(np.sqrt(variance[0]))
