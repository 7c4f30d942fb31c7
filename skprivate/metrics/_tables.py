"""Tables of counts: each row adds one to one cell."""

from dataclasses import dataclass

import numpy as np

from skprivate.base import Query
from skprivate.mechanisms import root_above

_TWICE = root_above(2)


def release(curator, query, share):
    """Noisy values of a query and the variances of their noise.

    Both are in units of the heaviest weight, so that a row counts at most once.
    """
    unit = curator.max_weight
    values = curator.release(query, share=share) / unit
    deviation = curator.noise_of(query) / unit
    weights = 1.0 if query.weights is None else query.weights
    return values, np.broadcast_to((deviation * weights) ** 2, values.shape)


class Cells(Query):
    """Number of rows in each cell. Subclasses define ``size`` and ``cells``.

    A row is in one cell, or nowhere, and adds at most one to it: both norms of what it
    adds are at most one. A row whose features are not finite is nowhere.
    """

    bound = 1.0
    l1_bound = 1.0

    def cells(self, X, y):
        """Number of the cell of each row; negative is nowhere."""
        raise TypeError(f"{type(self).__name__} must define cells(X, y).")

    def __call__(self, X, y, weight):
        from skprivate.kernels import class_counts

        with np.errstate(all="ignore"):
            cells = np.where(np.isfinite(X).all(axis=1), self.cells(X, y), -1)
        return class_counts(cells.astype(np.int32), self.size, weight, self.levels)


def predicted_codes(X, n_classes):
    """Codes of predicted classes, the one feature; -1 for what is none."""
    codes = X[:, 0]
    known = (codes >= 0) & (codes < n_classes) & (codes == np.trunc(codes))
    return np.where(known, codes, -1.0).astype(np.int32)


def known_codes(y, n_classes):
    """Codes of true classes; -1 for what is none."""
    return np.where((y >= 0) & (y < n_classes), y, -1)


@dataclass(frozen=True)
class Agreement(Cells):
    """Number of right and of wrong predictions."""

    n_classes: int
    size = 2

    def cells(self, X, y):
        """Zero where prediction and truth agree, else one."""
        return np.where(predicted_codes(X, self.n_classes) == y, 0, 1)


@dataclass(frozen=True)
class ClassAgreement(Cells):
    """Number of right and of wrong predictions for each true class."""

    n_classes: int

    @property
    def size(self):
        """Two cells for each class."""
        return 2 * self.n_classes

    def cells(self, X, y):
        """The even cell of a class where prediction and truth agree, else the odd."""
        wrong = predicted_codes(X, self.n_classes) != y
        return np.where(known_codes(y, self.n_classes) < 0, -1, 2 * y + wrong)


@dataclass(frozen=True)
class Confusion(Cells):
    """Number of rows of each true class that were given each predicted class."""

    n_classes: int

    @property
    def size(self):
        """One cell for each pair of classes."""
        return self.n_classes**2

    def cells(self, X, y):
        """Row by row: true classes are rows, predicted ones columns."""
        predicted = predicted_codes(X, self.n_classes)
        actual = known_codes(y, self.n_classes)
        nowhere = (predicted < 0) | (actual < 0)
        return np.where(nowhere, -1, actual * self.n_classes + predicted)


@dataclass(frozen=True)
class Detections(Cells):
    """True positives, false positives and false negatives of one class."""

    n_classes: int
    positive: int
    size = 3

    def cells(self, X, y):
        """True negatives are nowhere: they cost nothing."""
        said = predicted_codes(X, self.n_classes) == self.positive
        is_so = y == self.positive
        return np.select([said & is_so, said, is_so], [0, 1, 2], -1)


@dataclass(frozen=True)
class GroupOutcomes(Cells):
    """Number of rows of each outcome of a prediction, in each of several groups.

    Outcomes are true positive, false negative, false positive, and, of rows of other
    classes that were not called positive, those with the right class and, if there are
    more than two classes, those with a wrong one.

    A row has one outcome, and the code in its last column puts it into one group, or
    nowhere: it adds at most one to one cell, however many groups there are. So what one
    unit can change is what it could change in a single count, and all groups together
    cost what one number does. Which cell it is depends on this row alone.

    Parameters
    ----------
    n_classes, positive, n_groups : int
        Number of classes, code of the positive one, and number of groups.
    """

    n_classes: int
    positive: int
    n_groups: int

    @property
    def n_outcomes(self):
        """Number of cells of a group."""
        return 4 if self.n_classes == 2 else 5

    @property
    def size(self):
        """A cell for each outcome in each group."""
        return self.n_groups * self.n_outcomes

    def cells(self, X, y):
        """Group by group; a row of no group is nowhere."""
        said = predicted_codes(X, self.n_classes)
        actual = known_codes(y, self.n_classes)
        group = predicted_codes(X[:, -1:], self.n_groups)
        is_so, is_said = actual == self.positive, said == self.positive
        outcome = np.select(
            [is_so & is_said, is_so, is_said, said == actual], [0, 1, 2, 3], 4
        )
        nowhere = (said < 0) | (actual < 0) | (group < 0)
        return np.where(nowhere, -1, group * self.n_outcomes + outcome)


@dataclass(frozen=True)
class ClassOutcomes(Query):
    """True positives, false negatives and false positives of every class.

    A right prediction adds one to a true positive. A wrong one adds one to a false
    negative and one to a false positive, which both get ``sqrt(2)`` times the noise:
    divided by that, what it adds has a 2-norm of ``sqrt(1/2 + 1/2)``, too, and a 1-norm
    of ``sqrt(2)``. With more than two classes there is less noise in these sums than in
    those of a confusion matrix, of which each adds up a row or a column.
    """

    n_classes: int
    bound = 1.0
    l1_bound = root_above(2)

    @property
    def size(self):
        """Three counts for each class."""
        return 3 * self.n_classes

    @property
    def weights(self):
        """Noise of each count, relative to that of true positives."""
        return np.repeat([1.0, _TWICE, _TWICE], self.n_classes)

    def __call__(self, X, y, weight):
        from skprivate.kernels import class_counts

        said, actual = predicted_codes(X, self.n_classes), np.asarray(y)
        known = (known_codes(actual, self.n_classes) >= 0) & (said >= 0)
        right = said == actual
        parts = [
            np.where(known & right, actual, -1),
            np.where(known & ~right, actual, -1),
            np.where(known & ~right, said, -1),
        ]
        counts = [
            class_counts(part.astype(np.int32), self.n_classes, weight, self.levels)
            for part in parts
        ]
        return np.concatenate(counts)
