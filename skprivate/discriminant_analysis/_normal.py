"""What models of normal classes share: priors, probabilities, sound covariances."""

import numpy as np

from skprivate._typing import TableLike
from skprivate.base import DPClassifierMixin, log_probabilities, probabilities
from skprivate.base._single import rounded_to

_THINNEST = 1e-5  # least variance of a direction, relative to the largest


class NormalClassesMixin(DPClassifierMixin):
    """Mixin of classifiers that define ``_scores``: one number for each class.

    It is the logarithm of the density of a row and a class, but for what all classes
    have in common. Beside them it says in which type the answers are to be.
    """

    def decision_function(self, X: TableLike) -> np.ndarray:
        """Logarithm of the density of each class, up to what they have in common.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_classes)
            One number per row if there are two classes: positive for the second.
        """
        scores, kind = self._scores(X)
        if scores.shape[1] == 2:
            scores = scores[:, 1] - scores[:, 0]
        return rounded_to(scores, kind)

    def predict(self, X: TableLike) -> np.ndarray:
        """Most probable class of each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        best = self._scores(X)[0].argmax(axis=1)
        return self.classes_[best]

    def predict_proba(self, X: TableLike) -> np.ndarray:
        """Probability of each class.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
        """
        scores, kind = self._scores(X)
        return rounded_to(probabilities(scores), kind)

    def predict_log_proba(self, X: TableLike) -> np.ndarray:
        """Logarithm of the probability of each class.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
        """
        scores, kind = self._scores(X)
        return rounded_to(log_probabilities(scores), kind)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True  # noise dominates a few hundred rows
        return tags


def priors_of(given, counts):
    """The priors that were given, or the shares of the classes."""
    if given is None:
        return counts / counts.sum()
    given = np.asarray(given, dtype=np.float64)
    if given.shape != counts.shape:
        raise ValueError(
            "Number of priors must match number of classes. Give one each."
        )
    if not (np.all(given >= 0) and np.isclose(given.sum(), 1.0)):
        raise ValueError(
            "priors must be probabilities that add up to one. Divide them by their sum."
        )
    return given


def check_classes(classes):
    """Refuse a single class, of which nothing can be told apart."""
    if len(classes) < 2:
        raise ValueError(
            "There is only one class. Give rows of at least two classes, or list them "
            "in classes=..."
        )


def log_priors(priors):
    """Logarithms; a prior of zero that was asked for is minus infinity."""
    with np.errstate(divide="ignore"):
        return np.log(priors)


def sound(covariance, doubt):
    """A covariance of which no direction is known better than the noise permits.

    Parameters
    ----------
    covariance : ndarray of shape (n_features, n_features)
        In units in which noise is alike in all features.
    doubt : float
        What noise alone makes of the variance of a direction.

    Returns
    -------
    values : ndarray of shape (n_features,)
        Positive eigenvalues.
    vectors : ndarray of shape (n_features, n_features)
        Eigenvectors, in columns.
    """
    values, vectors = np.linalg.eigh(covariance)
    least = max(doubt, _THINNEST * float(values[-1]), np.finfo(float).tiny ** 0.5)
    return np.maximum(values, least), vectors


def toward_sphere(covariance, shrinkage):
    """A covariance pulled toward a multiple of the identity, as scikit-learn does."""
    if not shrinkage:
        return covariance
    n_features = len(covariance)
    pulled = (1 - shrinkage) * covariance
    pulled.flat[:: n_features + 1] += shrinkage * np.trace(covariance) / n_features
    return pulled
