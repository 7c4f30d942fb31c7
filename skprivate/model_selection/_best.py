"""What a search passes on to its best estimator."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from skprivate._typing import TableLike
from skprivate.base._tiles import responses


def _best_has(method):
    """Whether the best estimator, or the one to be configured, has a method."""

    def check(search):
        return hasattr(getattr(search, "best_estimator_", search.estimator), method)

    return check


class BestEstimatorMixin:
    """Methods and attributes of ``best_estimator_``, as those of the search."""

    @available_if(_best_has("predict"))
    def predict(self, X: TableLike) -> np.ndarray:
        """Predict with the best estimator.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        return responses(self._fitted(), "predict", X)

    @available_if(_best_has("predict_proba"))
    def predict_proba(self, X: TableLike) -> np.ndarray:
        """Probability of each class, by the best estimator.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
        """
        return responses(self._fitted(), "predict_proba", X)

    @available_if(_best_has("predict_log_proba"))
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
        return responses(self._fitted(), "predict_log_proba", X)

    @available_if(_best_has("decision_function"))
    def decision_function(self, X: TableLike) -> np.ndarray:
        """Margins of rows, by the best estimator.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_classes)
        """
        return responses(self._fitted(), "decision_function", X)

    @available_if(_best_has("transform"))
    def transform(self, X: TableLike) -> TableLike:
        """Transform rows with the best estimator.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        array-like of shape (n_samples, n_features_out)
        """
        return responses(self._fitted(), "transform", X)

    @available_if(_best_has("inverse_transform"))
    def inverse_transform(self, X: TableLike) -> TableLike:
        """Undo ``transform``.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features_out)
            Rows.

        Returns
        -------
        array-like of shape (n_samples, n_features)
        """
        return responses(self._fitted(), "inverse_transform", X)

    @available_if(_best_has("score"))
    def score(self, X: TableLike, y: ArrayLike | None = None, **params: Any) -> float:
        """Exact score of the best estimator: for public rows only.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.
        y : array-like of shape (n_samples,), default=None
            Their target.
        **params : dict
            Passed on.

        Returns
        -------
        float
        """
        return self._fitted().score(X, y, **params)

    @property
    def classes_(self) -> Any:
        """Class labels, if the estimator is a classifier."""
        return self._fitted().classes_

    @property
    def n_features_in_(self) -> int:
        """Number of features seen in ``fit``."""
        if not hasattr(self, "best_estimator_"):
            raise AttributeError(
                f"{type(self).__name__} has no n_features_in_ before fit. Call fit."
            )
        return self.best_estimator_.n_features_in_

    @property
    def feature_names_in_(self) -> Any:
        """Names of the features, if they have names."""
        return self._fitted().feature_names_in_

    def _fitted(self):
        check_is_fitted(self, "best_estimator_")
        return self.best_estimator_
