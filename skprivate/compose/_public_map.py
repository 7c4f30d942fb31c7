"""Any transformer that is fixed, as a public map with an announced norm."""

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval, fit_context
from skprivate._typing import Estimator, TableLike
from skprivate.base import Geometry, PublicMapMixin
from skprivate.base._tiles import TILE_ROWS, in_tiles
from skprivate.preprocessing import RowNormClipper
from skprivate.rows._items import items_of
from skprivate.rows._refusal import refused


class PublicMap(PublicMapMixin, BaseEstimator):
    """A transformer that is fixed, or a function, whose output has an announced norm.

    It is never fitted here: it learns nothing by its nature, or it was fitted on public
    rows before. That this is so, you say by writing ``PublicMap``. It is asked in
    stacks of one shape, so that a row is the same in any company; rows that are longer
    than the norm are shortened, and those that it cannot read become zeros.

    Parameters
    ----------
    transformer : transformer or callable
        Such as a fitted PCA of public images; or a function that makes one vector of
        one item, such as an encoder.
    output_norm : float, default=1.0
        Longest row that leaves.
    n_features : int, default=None
        Number of columns; needed for a function.

    Attributes
    ----------
    output_norm_ : float
        Largest norm of a row.

    See Also
    --------
    skprivate.feature_extraction : Maps that are at hand.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.decomposition import PCA
    >>> from skprivate.compose import PublicMap
    >>> public = np.random.default_rng(0).normal(size=(100, 8))
    >>> axes = PublicMap(PCA(2).fit(public), output_norm=3.0)
    >>> axes.fit_transform(public[:5]).shape
    (5, 2)
    """

    _parameter_constraints = {
        "transformer": "no_validation",
        "output_norm": [Interval(Real, 0, None, closed="neither")],
        "n_features": [Interval(Integral, 1, None, closed="left"), None],
    }
    reads_flat_rows = True

    def __init__(
        self,
        transformer: Estimator,
        *,
        output_norm: float = 1.0,
        n_features: int | None = None,
    ) -> None:
        self.transformer = transformer
        self.output_norm = output_norm
        self.n_features = n_features

    def __sklearn_clone__(self):
        """A copy with the same transformer, which stays as it is: it is fixed."""
        copied = type(self)(
            self.transformer,
            output_norm=self.output_norm,
            n_features=self.n_features,
        )
        if hasattr(self, "_sklearn_output_config"):
            copied._sklearn_output_config = dict(self._sklearn_output_config)
        return copied

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: TableLike = None, y: Any = None) -> Self:
        """Check that the transformer is fixed; it is not fitted.

        A function is asked about made-up items, as far as it can read them, whether
        it returns ``n_features`` numbers.

        Parameters
        ----------
        X : array-like, default=None
            Ignored.
        y : None
            Ignored.

        Returns
        -------
        self : object
            The map.
        """
        step = self.transformer
        if hasattr(step, "transform") and not isinstance(step, type):
            if get_tags(step).requires_fit:
                self._check_fitted()
        elif not callable(step) or isinstance(step, type):
            raise refused(
                TypeError,
                "transformer must be a transformer, or a function of one item. Give an "
                "instance.",
            )
        elif self.n_features is None:
            raise refused(
                ValueError,
                "n_features must say how many numbers the function returns. Set it.",
            )
        else:
            self._check_length()
        self.output_geometry_ = self._geometry()
        return self

    def _check_length(self):
        """Refuse a function that makes other numbers of features of whatever it reads.

        All rows would be zeros. It is asked about made-up items, of which no two have
        one shape, so that what only reshapes an item is not held to their sizes.
        """
        lengths = []
        for item in _made_up():
            try:
                length = np.asarray(self.transformer(item), np.float64).size
            except Exception:  # it may yet read others
                continue
            lengths.append(length)
            if length == self.n_features or length != lengths[0]:
                return
        if len(lengths) > 1:
            raise refused(
                ValueError,
                f"transformer makes {lengths[0]} numbers of an item, and n_features is "
                f"{self.n_features}. Set n_features={lengths[0]}.",
            )

    def _check_fitted(self):
        try:
            check_is_fitted(self.transformer)
        except Exception:
            raise refused(
                ValueError,
                "transformer is not fitted, and a public map is not fitted on private "
                "rows. Fit it on public rows before, or use an estimator of skprivate.",
            ) from None

    def transform(self, X: ArrayLike | Sequence[Any]) -> TableLike:
        """What the transformer makes of rows, no longer than the norm.

        Parameters
        ----------
        X : array-like, or list of items
            One for each row.

        Returns
        -------
        {ndarray, CSR matrix} of shape (n_samples, n_features_out)
        """
        self._validate_params()
        if hasattr(self.transformer, "transform"):
            rows = self._of_table(X)
        else:
            items = items_of(X)
            rows = np.zeros((len(items), self._width()))
            for row, item in zip(rows, items, strict=True):
                row[:] = self._of_item(item)
        clipper = RowNormClipper(float(self.output_norm) * (1 - 1e-12))
        return clipper.fit(rows).transform(rows) if rows.shape[0] else rows

    def _of_item(self, item):
        """A vector of one item; zeros where the function cannot read it."""
        try:
            vector = np.asarray(self.transformer(item), np.float64)
            vector = vector.reshape(self._width())
        except Exception:  # its message may quote the item, and others must not see it
            return 0.0
        return vector if np.isfinite(vector).all() else 0.0

    def _of_table(self, X):
        """Rows of a transformer: in stacks of one shape, one by one where it fails."""
        n_rows = X.shape[0] if hasattr(X, "shape") else len(X)
        ask, parts = self.transformer.transform, []
        for start in range(0, n_rows, TILE_ROWS):
            rows = _slice(X, start, start + TILE_ROWS)
            try:
                parts.append(_finite(in_tiles(ask, rows)))
            except Exception:
                singles = [
                    self._of_row(_slice(rows, i, i + 1)) for i in range(_size(rows))
                ]
                parts.append(np.vstack(singles))
        if not parts:
            return np.zeros((0, self._width()))
        whole = sparse.vstack if all(map(sparse.issparse, parts)) else _stack
        return whole(parts)

    def _of_row(self, row):
        try:
            found = _finite(in_tiles(self.transformer.transform, row))
        except Exception:
            return np.zeros((1, self._width()))
        return found.toarray() if sparse.issparse(found) else found

    def _width(self):
        if self.n_features is not None:
            return int(self.n_features)
        try:
            return len(self.transformer.get_feature_names_out())
        except Exception:
            raise refused(
                ValueError,
                "n_features must say how many columns the transformer returns, since "
                "it does not. Set it.",
            ) from None

    def _geometry(self):
        return Geometry(norm=float(self.output_norm))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        if hasattr(self.transformer, "transform"):
            tags.input_tags = get_tags(self.transformer).input_tags
        return tags


def _made_up():
    """Items that nobody sent: texts, series and images, all of different shapes."""
    yield from ("a text that nobody wrote", "another one")
    for shape in ((50,), (80,), (60, 2), (40, 3), (32, 24, 3), (48, 40, 1)):
        yield np.zeros(shape, np.uint8 if len(shape) == 3 else np.float64)


def _slice(X, start, stop):
    return X.iloc[start:stop] if hasattr(X, "iloc") else X[start:stop]


def _size(X):
    return X.shape[0] if hasattr(X, "shape") else len(X)


def _finite(rows):
    """Dense float64 rows, or CSR; zeros in place of a row that is not finite."""
    if sparse.issparse(rows):
        rows = rows.tocsr().astype(np.float64)
        return rows if np.isfinite(rows.data).all() else _finite(rows.toarray())
    rows = np.ascontiguousarray(rows, np.float64)
    return np.where(np.isfinite(rows).all(axis=1, keepdims=True), rows, 0.0)


def _stack(parts):
    dense = (part.toarray() if sparse.issparse(part) else part for part in parts)
    return np.vstack([*dense])
