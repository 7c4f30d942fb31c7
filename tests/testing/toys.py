"""A private classifier in plain NumPy, small enough to plant defects in."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from skprivate.base import Box, DPEstimator, Query, check_bounds
from skprivate.queries import Moments, SecondMoments, means_and_variances
from skprivate.rows import checked_input

BITS = 18


@dataclass(frozen=True, eq=False)
class ClassSums(Query):
    """Per class, the sum of ``(1, z)`` with ``z`` in [-1, 1]."""

    low: np.ndarray
    high: np.ndarray
    n_classes: int
    step = 2.0**-BITS

    @property
    def bound(self):
        return sqrt(1 + len(self.low))

    @property
    def l1_bound(self):
        return 1.0 + len(self.low)

    @property
    def size(self):
        return self.n_classes * (1 + len(self.low))

    def __call__(self, X, y, weight):
        total = np.zeros((self.n_classes, 1 + len(self.low)))
        np.add.at(total, y, self.steps(X, weight))
        return total

    def steps(self, X, weight):
        """Contributions of the rows, whole numbers."""
        finite = np.isfinite(X).all(axis=1, keepdims=True)
        rows = np.hstack([finite, self.clipped(X)])
        if len(weight):
            rows = rows * weight[:, None]
        return np.trunc(rows / self.step)

    def clipped(self, X):
        """Rows in the cube; those that are not finite become zero rows."""
        finite = np.isfinite(X).all(axis=1, keepdims=True)
        inside = np.clip(np.where(finite, X, 0.0), self.low, self.high)
        center, half = (self.low + self.high) / 2, (self.high - self.low) / 2
        return np.where(finite, (inside - center) / half, 0.0)


@dataclass(frozen=True)
class ClassVotes(Query):
    """Number of rows of each class, as scores."""

    n_classes: int
    bound = 1.0
    norm = np.inf

    @property
    def size(self):
        return self.n_classes

    def __call__(self, X, y, weight):
        votes = np.full(len(X), self.levels)
        if len(weight):
            votes = np.trunc(votes * weight)
        return np.bincount(y, votes, minlength=self.n_classes)


class Toy(ClassifierMixin, DPEstimator):
    """Nearest centroid, and the most popular class."""

    def __init__(
        self,
        *,
        bounds=(-2.0, 2.0),
        classes=None,
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
        self.bounds = bounds
        self.classes = classes

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "bounds": "no_validation",
        "classes": ["array-like", None],
    }

    sums, votes = ClassSums, ClassVotes

    def _fit(self, curator):
        self.classes_ = curator.classes(self.classes)
        n_classes = len(self.classes_)
        low, high = check_bounds(self.bounds, curator.n_features)
        popular = curator.choose(self.votes(n_classes), share=0.2)
        self.popular_ = self.classes_[popular]
        self.count_ = curator.count(share=0.2)
        sums = curator.release(self.sums(low, high, n_classes), share=curator.remaining)
        z = sums[:, 1:] / np.maximum(sums[:, :1], 1.0)
        self.centroids_ = (low + high) / 2 + np.clip(z, -1, 1) * (high - low) / 2

    def predict(self, X):
        check_is_fitted(self)
        X = checked_input(self, X)
        distances = ((X[:, None] - self.centroids_) ** 2).sum(axis=2)
        return self.classes_[distances.argmin(axis=1)]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True
        return tags


class ToyMoments(Toy):
    """Learns moments of each class."""

    def _fit(self, curator):
        self.classes_ = curator.classes(self.classes)
        low, high = check_bounds(self.bounds, curator.n_features)
        box = Box.between(low, high, 17)
        query = Moments(box, len(self.classes_))
        self.moments_ = curator.release(query, share=curator.remaining)
        _, means, _ = means_and_variances(self.moments_)
        self.centroids_ = box.center + box.half * means


class ToyTriangle(Toy):
    """Learns second moments of all rows."""

    def _fit(self, curator):
        self.classes_ = curator.classes(self.classes)
        low, high = check_bounds(self.bounds, curator.n_features)
        box = Box.between(low, high, SecondMoments.bits(2.0))
        query = SecondMoments(box, None, 2.0)
        self.triangle_ = curator.release(query, share=curator.remaining)
        self.centroids_ = np.zeros((len(self.classes_), curator.n_features))


class ToyRounds(Toy):
    """Learns sums of each class by rounds on samples."""

    n_rounds, rate = 4, 0.5

    def _discovers(self):
        return True

    def _fit(self, curator):
        self.classes_ = curator.classes(self.classes)
        n_classes = len(self.classes_)
        low, high = check_bounds(self.bounds, curator.n_features)
        rounds = curator.rounds(self.n_rounds, self.rate, share=curator.remaining)
        query = self.sums(low, high, n_classes)
        sums = sum(self.round(rounds, query) for _ in range(self.n_rounds))
        z = sums[:, 1:] / np.maximum(sums[:, :1], 1.0)
        self.centroids_ = (low + high) / 2 + np.clip(z, -1, 1) * (high - low) / 2

    def round(self, rounds, query):
        """One of them."""
        return rounds.release(query)
