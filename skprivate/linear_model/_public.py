"""What is no secret and known before a fit: example rows, or coefficients."""

from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from skprivate._typing import TableLike
from skprivate.rows import refused
from skprivate.rows._features import checked_features
from skprivate.rows._kinds import is_sparse

_LARGEST = 1e30  # so that powers of products with values are numbers


class PublicRows:
    """Rows that are no secret, of which a private fit learns free of charge.

    As ``public=PublicRows(X, y)`` of linear models: where rows lie, how they are
    correlated, and coefficients to start from and to shrink towards.

    **Guarantee.** A fit uses them as it uses its parameters: they are in no sum over
    private rows, and no private row decides how they are used. So they cost nothing,
    *if* they are public. Nobody can check that here: rows of people who are also, or
    are like, those of the private rows need a reason to be public. Reports list them.

    Parameters
    ----------
    X : {array-like, sparse matrix} of shape (n_rows, n_features)
        As the model sees rows: behind the transformers of a pipeline. A copy is kept.
        Of thousands of columns, coefficients that were fitted elsewhere are faster.
    y : array-like of shape (n_rows,)
        Their targets.

    See Also
    --------
    PublicCoef : Coefficients of a model that was fitted elsewhere.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.linear_model import DPLogisticRegression, PublicRows
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(1300, 4))
    >>> y = (X @ [1, 1, -1, 0] > 0).astype(int)
    >>> example = PublicRows(X[:300], y[:300])
    >>> example
    PublicRows(300 rows, 4 columns)
    >>> model = DPLogisticRegression(classes=[0, 1], public=example, epsilon=0.1)
    >>> model.fit(X[300:], y[300:]).score(X, y) > 0.9
    True
    """

    def __init__(self, X: TableLike, y: ArrayLike) -> None:
        names = getattr(X, "columns", None)
        self.names = None if names is None else tuple(map(str, names))
        self.X = checked_features(X, accept_sparse=True, min_rows=1, copy=True)
        _check_size(self.X.data if is_sparse(self.X) else self.X, "X of PublicRows")
        self.y = np.array(y)
        if self.y.shape != (self.X.shape[0],):
            raise refused(
                ValueError,
                "y of PublicRows is not one of each row. Give as many targets as rows.",
            )
        if self.y.dtype.kind == "f":
            _check_size(self.y, "y of PublicRows")

    @property
    def width(self) -> int:
        """Number of columns."""
        return self.X.shape[1]

    def dense(self) -> Any:
        """The rows as an array of float64."""
        X = self.X.toarray() if is_sparse(self.X) else self.X
        return X.astype(np.float64)

    def norm(self, most: float = 0.9) -> Any:
        """Length that most rows do not exceed; positive."""
        X = self.X
        squares = X.multiply(X).sum(axis=1) if is_sparse(X) else (X * X).sum(axis=1)
        norm = float(np.quantile(np.sqrt(np.asarray(squares, float)), most))
        return norm if norm > 0 else 1.0

    @property
    def in_short(self) -> Any:
        """What reports show of a parameter: no value."""
        return repr(self)

    def __repr__(self):
        return f"PublicRows({self.X.shape[0]} rows, {self.width} columns)"

    def __deepcopy__(self, memo):
        return self  # nothing alters it: clones share the rows


class PublicCoef:
    """Coefficients that are no secret: where a private fit starts.

    As ``public=PublicCoef(coef, intercept)`` of linear models: fits start from them,
    and penalties draw coefficients to them instead of to zero.

    **Guarantee.** A parameter like any other, if it was found without the private rows.
    Nobody can check that here; reports list it.

    Parameters
    ----------
    coef : array-like of shape (n_features,) or (n_margins, n_features)
        Of features as they are given, like ``coef_`` of a model of scikit-learn.
    intercept : float or array-like of shape (n_margins,), default=0.0
        Constant terms.

    See Also
    --------
    PublicRows : Rows also tell where private rows may lie.

    Examples
    --------
    >>> from sklearn.datasets import make_regression
    >>> from sklearn.linear_model import LinearRegression
    >>> from skprivate.linear_model import DPLinearRegression, PublicCoef
    >>> X, y = make_regression(400, n_features=3, noise=1.0, random_state=0)
    >>> known = LinearRegression().fit(X[:50], y[:50])
    >>> public = PublicCoef(known.coef_, known.intercept_)
    >>> bounds = {"bounds": (-5, 5), "target_bounds": (-500, 500)}
    >>> model = DPLinearRegression(public=public, **bounds).fit(X[50:], y[50:])
    >>> model.score(X, y) > 0.9
    True
    """

    def __init__(self, coef: ArrayLike, intercept: float | ArrayLike = 0.0) -> None:
        self.coef = np.atleast_2d(_numbers(coef, "coef"))
        self.intercept = np.atleast_1d(_numbers(intercept, "intercept"))
        if self.coef.ndim != 2 or self.intercept.ndim != 1:
            raise refused(
                ValueError, "PublicCoef has too many dimensions. Give one row a margin."
            )
        if len(self.intercept) == 1:
            self.intercept = np.repeat(self.intercept, len(self.coef))
        if len(self.intercept) != len(self.coef):
            raise refused(
                ValueError,
                "intercept of PublicCoef is not one of each row of coef. Give as many.",
            )

    @property
    def width(self) -> int:
        """Number of features."""
        return self.coef.shape[1]

    @property
    def margins(self) -> np.ndarray:
        """A row for each margin, intercepts last."""
        return np.column_stack([self.coef, self.intercept])

    @property
    def in_short(self) -> Any:
        """What reports show of a parameter: no value."""
        return repr(self)

    def __repr__(self):
        return f"PublicCoef({self.width} columns)"

    def __deepcopy__(self, memo):
        return self


def check_public(public, n_features, names=None):
    """Refuse what is neither of these, or of other columns.

    Parameters
    ----------
    public : object
    n_features : int
    names : sequence of str, default=None
        Of the private columns, where they are known.
    """
    if not isinstance(public, (PublicRows, PublicCoef)):
        raise refused(
            TypeError,
            "public is neither PublicRows nor PublicCoef. Give "
            "public=PublicRows(X, y), or public=PublicCoef(coef, intercept).",
        )
    if public.width != n_features:
        raise refused(
            ValueError,
            f"public has another number of columns than X, which has {n_features}. "
            "Give it as the model sees rows, behind the transformers of a pipeline.",
        )
    known = getattr(public, "names", None)
    if known is not None and names is not None and known != tuple(map(str, names)):
        raise refused(
            ValueError,
            "public has columns of other names than X, or in another order. Name them "
            "alike, or give an array.",
        )


def _numbers(values, name):
    """Finite numbers, or an error that shows none of them."""
    array = np.array(values, dtype=object)
    real = all(isinstance(v, Real) and np.isfinite(v) for v in array.ravel())
    if not real or array.size == 0:
        raise refused(
            ValueError,
            f"{name} of PublicCoef holds what is no finite number. Give such numbers.",
        )
    array = array.astype(np.float64)
    _check_size(array, f"{name} of PublicCoef")
    return array


def _check_size(array, name):
    """Refuse numbers of which sums of squares would be none."""
    if np.any(np.abs(array) > _LARGEST):
        raise refused(
            ValueError,
            f"{name} has a number that is larger than {_LARGEST}. Give it in other "
            "units.",
        )
