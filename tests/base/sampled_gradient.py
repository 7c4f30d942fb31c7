"""A classifier by gradient steps on samples: small, to see how rounds are used."""

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from skprivate.base import Box, DPEstimator
from skprivate.queries import LogisticGradient


class SampledGradient(ClassifierMixin, DPEstimator):
    """Logistic regression for two classes, by steps on Poisson samples."""

    def __init__(
        self,
        *,
        bounds="private",
        classes=None,
        rate=0.1,
        n_rounds=5,
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
        self.rate = rate
        self.n_rounds = n_rounds

    def _discovers(self):
        return True

    def _fit(self, curator):
        self.classes_ = curator.classes(self.classes)
        low, high = curator.bounds(self.bounds, share=0.1)
        n_rows = curator.count(share=0.1)
        rounds = curator.rounds(self.n_rounds, self.rate, share=curator.remaining)
        batch = self.rate * n_rows
        box = Box.between(low, high, bits=16)
        coef = np.zeros(curator.n_features + 1)
        for _ in range(self.n_rounds):
            gradient = rounds.release(LogisticGradient(box, coef, clip=1.0))
            coef = np.clip(coef - 2.0 * gradient / batch, -10, 10)
        self.box_, self.coef_ = box, coef

    def predict(self, X):
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, order="C", reset=False)
        z = (X - self.box_.center) / self.box_.half
        margin = (z * self.coef_[:-1]).sum(axis=1) + self.coef_[-1]
        return self.classes_[(margin > 0).astype(int) % len(self.classes_)]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags
