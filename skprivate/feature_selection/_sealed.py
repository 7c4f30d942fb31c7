"""What all selectors do with rows."""

from sklearn.feature_selection import SelectorMixin
from sklearn.utils.validation import check_is_fitted

from skprivate._typing import TableLike
from skprivate.rows._arrow import framed
from skprivate.rows._refusal import sealed


class SealedSelectorMixin(SelectorMixin):
    """scikit-learn's mixin, of which no message holds a value of the data."""

    def transform(self, X: TableLike) -> TableLike:
        """Leave out features that were not selected.

        Parameters
        ----------
        X : array-like, data frame or sparse matrix of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        array-like of shape (n_samples, n_selected)
        """
        check_is_fitted(self)
        select = super().transform
        X = framed(X)
        return sealed(lambda: select(X))

    def inverse_transform(self, X: TableLike) -> TableLike:
        """Put zeros where features were left out.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_selected)
            Output of ``transform``.

        Returns
        -------
        array-like of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        restore = super().inverse_transform
        X = framed(X)
        return sealed(lambda: restore(X))
