"""A classifier that is asked about noisy copies of a row, so it is hard to push."""

import hashlib
from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, is_regressor
from sklearn.exceptions import NotFittedError

from skprivate._typing import Estimator, TableLike

_CELLS = 2**22  # numbers of noisy copies that are held at a time
_FIRST = 100  # copies that only say which class is tried


class SmoothedClassifier(ClassifierMixin, BaseEstimator):
    """Any fitted classifier, smoothed by noise, with a radius that nobody can cross.

    The class of a row is the one that the classifier says most often of copies of the
    row with normal noise. If it says so of a share ``p > 1/2`` of all copies, no row
    within ``sigma * Phi^-1(p)`` (Euclidean) gets another answer. ``p`` is known from
    ``n_samples`` copies, by a bound that fails with a chance of ``alpha`` for each row.

    It uses the classifier and nothing else, so what is private stays so, at no further
    price. Noise follows from the row and ``random_state``: a row gets the same answer
    alone and in any company.

    Parameters
    ----------
    estimator : estimator
        A fitted classifier of rows of numbers.
    sigma : float, default=0.25
        Standard deviation of the noise, in units of the features.
    n_samples : int, default=1000
        Noisy copies of a row.
    alpha : float, default=0.001
        Chance that a radius is too large.
    columns : list of int or str, default=None
        Columns that can be moved; the others are taken to be out of reach. None: all.
        Noise makes no sense on columns of zeros and ones that stand for a category.
    random_state : int, default=0
        Whoever knows it can look for rows on which it is wrong: keep it to yourself
        where somebody may try.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Class labels, those of ``estimator``.

    See Also
    --------
    certified_radius : The exact radius of a linear model, at once.

    References
    ----------
    Cohen, Rosenfeld and Kolter (2019). Certified adversarial robustness via randomized
    smoothing. ICML, Theorem 1 and algorithm CERTIFY.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skprivate.robustness import SmoothedClassifier
    >>> from skprivate.tree import DPDecisionTreeClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> tree = DPDecisionTreeClassifier(
    ...     bounds=(0, 8), classes=[0, 1, 2], epsilon=8.0
    ... ).fit(X, y)
    >>> labels, radius = SmoothedClassifier(tree, sigma=0.3).certify(X[:5])
    >>> labels.shape, radius.shape
    ((5,), (5,))
    """

    def __init__(
        self,
        estimator: Estimator,
        *,
        sigma: float = 0.25,
        n_samples: int = 1000,
        alpha: float = 0.001,
        columns: Sequence[int | str] | None = None,
        random_state: int = 0,
    ) -> None:
        self.estimator = estimator
        self.sigma = sigma
        self.n_samples = n_samples
        self.alpha = alpha
        self.columns = columns
        self.random_state = random_state

    def fit(self, X: Any = None, y: Any = None) -> Self:
        """Check parameters; nothing is learned, and no row is looked at.

        Parameters
        ----------
        X, y : object
            Ignored.

        Returns
        -------
        self : SmoothedClassifier
        """
        self._check()
        return self

    def predict(self, X: TableLike) -> np.ndarray:
        """The class that is said most often of copies of each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows of numbers.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        said = self._counts(X).argmax(axis=1)
        return self.classes_[said]

    def certify(self, X: TableLike) -> tuple[np.ndarray, np.ndarray]:
        """The class of each row, and how far the row can be moved.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows of numbers.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
            What :meth:`predict` says of a part of the copies.
        radius : ndarray of shape (n_samples,)
            Zero where nothing can be said.
        """
        from scipy.special import betaincinv, ndtri

        first, counts = self._counts(X, apart=True)
        tried = first.argmax(axis=1)
        found = counts[np.arange(len(tried)), tried]
        missed = self.n_samples - found
        # Clopper and Pearson: below this at a chance of alpha.
        low = np.zeros(len(found))
        some = found > 0
        low[some] = betaincinv(found[some], missed[some] + 1, self.alpha)
        radius = np.where(low > 0.5, self.sigma * ndtri(np.maximum(low, 0.5)), 0.0)
        return self.classes_[tried], radius

    @property
    def classes_(self) -> Any:
        """Class labels."""
        return self.estimator.classes_

    def __sklearn_is_fitted__(self):
        return hasattr(self.estimator, "classes_")

    def _counts(self, X, apart=False):
        """How often each class was said of each row; of the first copies apart."""
        self._check()
        rows, names = _numbers(X)
        moved = self._moved(rows.shape[1], names)
        n_copies = self.n_samples + (_FIRST if apart else 0)
        at_once = max(1, _CELLS // (n_copies * max(1, rows.shape[1])))
        counts = np.zeros((2, len(rows), len(self.classes_)), dtype=np.int64)
        for start in range(0, len(rows), at_once):
            part = rows[start : start + at_once]
            copies = np.repeat(part[:, None], n_copies, axis=1)
            for row, own in zip(part, copies, strict=True):
                own[:, moved] += self._noise(row, n_copies, len(moved))
            said = self._said(copies.reshape(-1, rows.shape[1]), X)
            said = said.reshape(len(part), n_copies)
            kinds = said[..., None] == np.arange(len(self.classes_))
            split = _FIRST if apart else 0
            counts[0, start : start + at_once] = kinds[:, :split].sum(axis=1)
            counts[1, start : start + at_once] = kinds[:, split:].sum(axis=1)
        return counts if apart else counts[1]

    def _noise(self, row, n_copies, width):
        """Noise of a row: a function of its values and the seed."""
        seed = hashlib.sha256(b"%d|" % self.random_state + row.tobytes()).digest()
        draw = np.random.Generator(np.random.PCG64(int.from_bytes(seed, "big")))
        return draw.normal(scale=self.sigma, size=(n_copies, width))

    def _said(self, rows, like):
        """Numbers of the classes that the classifier says."""
        if hasattr(like, "columns"):
            import pandas as pd

            rows = pd.DataFrame(rows, columns=list(like.columns))
        said = self.estimator.predict(rows)
        return np.searchsorted(self.classes_, said)

    def _moved(self, width, names):
        """Places of the columns that can be moved."""
        if self.columns is None:
            return np.arange(width)
        if isinstance(self.columns, (str, Real)):
            raise TypeError("columns must be a list of columns. Pass [0], say.")
        places = []
        for column in self.columns:
            if isinstance(column, str):
                if column not in names:
                    raise ValueError(
                        f"columns names {column!r}, and X has no such column. Give "
                        "names or numbers of its columns."
                    )
                places.append(names.index(column))
            elif not isinstance(column, Integral) or isinstance(column, bool):
                raise TypeError("columns must hold names or whole numbers.")
            elif not -width <= column < width:
                raise ValueError(
                    f"columns has {column}, and X has {width} columns. Give numbers "
                    f"from 0 to {width - 1}."
                )
            else:
                places.append(int(column) % width)
        return np.array(places, dtype=int)

    def _check(self):
        if not hasattr(self.estimator, "classes_"):
            if is_regressor(self.estimator):
                raise TypeError(
                    f"{type(self.estimator).__name__} is no classifier. Pass one."
                )
            raise NotFittedError(
                f"{type(self.estimator).__name__} is not fitted. Fit it first."
            )
        _check_number("sigma", self.sigma, 0, np.inf)
        _check_number("alpha", self.alpha, 0, 1)
        n, seed = self.n_samples, self.random_state
        if not isinstance(n, Integral) or isinstance(n, bool) or n < 1:
            raise ValueError("n_samples must be a whole number of at least 1.")
        if not isinstance(seed, Integral) or isinstance(seed, bool):
            raise ValueError("random_state must be a whole number.")


def _check_number(name, value, low, high):
    if not isinstance(value, Real) or not low < value < high:
        raise ValueError(f"{name} must be a number between {low} and {high}.")


def _numbers(X):
    """Rows of numbers, and names of columns if there are any."""
    names = list(X.columns) if hasattr(X, "columns") else []
    for name in dict.fromkeys(names):
        if np.asarray(X[name]).dtype.kind not in "fiu":
            raise TypeError(
                f"Column {name!r} holds no numbers, so noise makes no sense on it. "
                "Pass the rows as the classifier sees them, and columns=."
            )
    names = [str(name) for name in names]
    try:
        rows = np.array(X.toarray() if hasattr(X, "toarray") else X, dtype=float)
    except (TypeError, ValueError):  # its message may hold a value
        rows = np.array(np.nan)
    if rows.ndim != 2 or not np.isfinite(rows).all():
        raise ValueError("X must be a table of finite numbers. Fill gaps first.")
    return rows, names
