"""What votes are about: shares of classes, or the range and mean of numbers."""

import numpy as np

from skprivate.base import Box, DPEstimator
from skprivate.base._read_labels import ReadsLabels
from skprivate.queries import ClassCounts, means_and_variances
from skprivate.queries._target_moments import TargetMoments
from skprivate.rows._labels import encode
from skprivate.rows._target import checked_target


class _Target(ReadsLabels, DPEstimator):
    """Reads a target, and nothing else of the rows."""

    default_weight = 1.0
    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "known": "no_validation",
    }

    def __init__(
        self,
        known=None,
        *,
        epsilon=1.0,
        delta=1e-6,
        max_weight=1.0,
        max_rows_per_group=1,
        random_state=None,
    ):
        super().__init__(
            epsilon=epsilon,
            delta=delta,
            max_weight=max_weight,
            max_rows_per_group=max_rows_per_group,
            random_state=random_state,
        )
        self.known = known


class TargetShares(_Target):
    """Class labels, and noisy shares of the classes.

    Parameters
    ----------
    known : array-like or None, default=None
        Labels; None reads them, as assumed public.
    epsilon, delta, max_weight, max_rows_per_group, random_state
        As in :class:`~skprivate.base.DPEstimator`.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    prior_ : ndarray of shape (n_values,)
        What a teacher says that knows nothing: the share of the second of two classes,
        or of each.
    """

    def _fit(self, curator):
        self.classes_ = curator.classes(self.known, least=2)
        query = ClassCounts(len(self.classes_))
        counts = np.maximum(curator.release(query, share=curator.remaining), 1.0)
        shares = counts / counts.sum()
        self.prior_ = shares[1:] if len(shares) == 2 else shares

    def _target_kind(self):
        return "class"

    @property
    def width(self):
        """Values of one vote."""
        return 1 if len(self.classes_) == 2 else len(self.classes_)

    def read(self, y):
        """Code of the class of each row."""
        labels = checked_target(y, "class", "DPBaggingClassifier")
        return encode(labels, self.classes_)

    def taught(self, codes):
        """What a teacher learns: labels."""
        return self.classes_[codes]

    def only(self, codes):
        """The vote of a teacher that sees one class; None if it sees several."""
        if (codes != codes[0]).any():
            return None
        return np.eye(len(self.classes_))[codes[0]][-self.width :]

    def said(self, teacher, rows):
        """Probabilities of a fitted teacher, or its labels, as values in [0, 1]."""
        n_classes = len(self.classes_)
        if not hasattr(teacher, "predict_proba"):
            labels = checked_target(teacher.predict(rows), "class")
            codes = encode(labels, self.classes_)
            return np.eye(n_classes)[codes][:, -self.width :]
        odds = np.asarray(teacher.predict_proba(rows), dtype=np.float64)
        places = encode(np.asarray(teacher.classes_), self.classes_)
        whole = np.zeros((odds.shape[0], n_classes))
        whole[:, places] = odds
        return whole[:, -self.width :]


class TargetScale(_Target):
    """Range of a target, and its noisy mean.

    Parameters
    ----------
    known : tuple (low, high) or "private", default=None
        Public range; None or ``"private"`` searches for it.
    epsilon, delta, max_weight, max_rows_per_group, random_state
        As in :class:`~skprivate.base.DPEstimator`.

    Attributes
    ----------
    low_, high_ : float
        The range.
    prior_ : ndarray of shape (1,)
        The mean, in units of the range.
    """

    width = 1

    def _fit(self, curator):
        bounds = "private" if self.known is None else self.known
        self.low_, self.high_ = curator.target_bounds(bounds, share=0.7)
        if not self.low_ < self.high_:
            self.high_ = np.nextafter(self.low_, np.inf)
        query = TargetMoments(
            Box.between(np.array([self.low_]), np.array([self.high_]), 17)
        )
        moments = curator.release(query, share=curator.remaining)
        _, means, _ = means_and_variances(moments.reshape(1, -1))
        self.prior_ = (means[0] + 1) / 2

    def _target_kind(self):
        return "number"

    def _scaled(self, values):
        return (values - self.low_) / (self.high_ - self.low_)

    def read(self, y):
        """The number of each row, cut to the range."""
        values = checked_target(y, "number", "DPBaggingRegressor")
        return np.clip(values, self.low_, self.high_)

    def taught(self, values):
        """What a teacher learns: numbers."""
        return values

    def only(self, values):
        """A teacher of any numbers is fitted."""
        return None

    def said(self, teacher, rows):
        """Predictions, as values in [0, 1]."""
        found = np.asarray(teacher.predict(rows), dtype=np.float64).reshape(-1, 1)
        return np.clip(self._scaled(found), 0.0, 1.0)

    def unscaled(self, votes):
        """Votes as numbers of the target."""
        return self.low_ + votes * (self.high_ - self.low_)
