"""What classifiers share."""

from numpy.typing import ArrayLike
from sklearn.base import ClassifierMixin

from skprivate._typing import TableLike
from skprivate.rows._target import checked_target


class DPClassifierMixin(ClassifierMixin):
    """Mixin of classifiers: ``score`` reads labels as ``fit`` does."""

    def score(
        self, X: TableLike, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float:
        """Exact mean accuracy: for public rows only.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.
        y : array-like of shape (n_samples,)
            Their labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights.

        Returns
        -------
        float
        """
        # scikit-learn would refuse whole numbers in a column of objects.
        return super().score(X, checked_target(y, "class"), sample_weight)
