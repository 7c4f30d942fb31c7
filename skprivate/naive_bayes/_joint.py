"""What naive Bayes classifiers share: predictions, and priors that are given."""

import numpy as np

from skprivate._typing import TableLike
from skprivate.base import DPClassifierMixin, log_probabilities, probabilities


class JointModelMixin(DPClassifierMixin):
    """Mixin of classifiers that define ``predict_joint_log_proba``."""

    def predict(self, X: TableLike) -> np.ndarray:
        """Most probable class of each row.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows; sparse ones where ``fit`` takes them.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        best = self.predict_joint_log_proba(X).argmax(axis=1)
        return self.classes_[best]

    def predict_log_proba(self, X: TableLike) -> np.ndarray:
        """Logarithm of the probability of each class.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows; sparse ones where ``fit`` takes them.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
        """
        return log_probabilities(self.predict_joint_log_proba(X))

    def predict_proba(self, X: TableLike) -> np.ndarray:
        """Probability of each class.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows; sparse ones where ``fit`` takes them.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
        """
        return probabilities(self.predict_joint_log_proba(X))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True  # noise dominates a few hundred rows
        return tags


def checked_priors(priors, n_classes):
    """The priors that were given, or None."""
    if priors is None:
        return None
    priors = np.asarray(priors, dtype=np.float64)
    if priors.shape != (n_classes,):
        raise ValueError(
            "Number of priors must match number of classes. Give one each."
        )
    if not np.isclose(priors.sum(), 1.0):
        raise ValueError("The sum of the priors should be 1. Divide them by their sum.")
    if not np.all(priors >= 0):
        raise ValueError("Priors must be non-negative. Give probabilities.")
    return priors
