"""Folds and splits that move no row because of another."""

import numbers
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator

from skprivate._typing import SeedLike, TableLike
from skprivate.base import entropy_of
from skprivate.base._coins import WORD, coins, number_of_rows
from skprivate.base._tables import take


class IndependentFolds(BaseEstimator):
    """Cross-validation where each row gets its fold by a coin of its own.

    ``KFold`` cuts by position and ``StratifiedKFold`` by counts of classes: one row
    more or less moves hundreds of others to another fold. Then one person takes part in
    all fits in every role, and prices that were added up fold by fold are too low. Here
    a row stays where it is, whatever the others do, so that a unit is in
    ``n_splits - 1`` training folds and in one validation fold.

    Folds have random sizes, which may not be known: they are equal in expectation only.

    Parameters
    ----------
    n_splits : int, default=5
        Number of folds, at least 2.
    random_state : int, RandomState instance or None, default=None
        None takes coins from the operating system, new ones at each call of ``split``.
        A seed repeats them, for tests: coins that others know hide less.

    See Also
    --------
    dp_cross_val_score : Private scores on such folds.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.model_selection import IndependentFolds
    >>> folds = IndependentFolds(n_splits=3)
    >>> parts = [test for _, test in folds.split(np.zeros((30, 2)))]
    >>> np.sort(np.concatenate(parts)).tolist() == list(range(30))
    True
    """

    def __init__(self, n_splits: int = 5, *, random_state: SeedLike = None) -> None:
        self.n_splits = n_splits
        self.random_state = random_state

    def split(
        self, X: TableLike, y: Any = None, groups: ArrayLike | None = None
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Indices of the rows to fit on, and to score on, fold by fold.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The rows; only their number is used.
        y : object, default=None
            Not used: folds that follow classes would move other rows.
        groups : array-like of shape (n_samples,), default=None
            Rows with equal values belong to one privacy unit, and go to one fold.

        Yields
        ------
        train, test : ndarray of int
        """
        fold = self.fold_of_rows(X, groups)
        for k in range(self.n_splits):
            yield np.flatnonzero(fold != k), np.flatnonzero(fold == k)

    def fold_of_rows(self, X: TableLike, groups: ArrayLike | None = None) -> np.ndarray:
        """The fold of each row: one draw of coins.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The rows; only their number is used.
        groups : array-like of shape (n_samples,), default=None
            Rows with equal values go to one fold.

        Returns
        -------
        ndarray of int of shape (n_samples,)
        """
        n_splits = self.n_splits
        if not _is_whole(n_splits) or n_splits < 2:
            raise ValueError("n_splits must be an integer >= 2. Use 5, for example.")
        n_rows = number_of_rows(X, groups)
        entropy = entropy_of(self.random_state)
        words = coins(n_rows, groups, entropy, b"folds")
        # Not uniform by 2**-64 times n_splits, which nobody can notice.
        return (words % np.uint64(n_splits)).astype(np.int64)

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Number of folds.

        Parameters
        ----------
        X, y, groups : object, default=None
            Not used.

        Returns
        -------
        int
        """
        return self.n_splits


def dp_train_test_split(
    *arrays: TableLike,
    test_size: float = 0.25,
    groups: ArrayLike | None = None,
    random_state: SeedLike = None,
) -> list[Any]:
    """Split tables at random, each row (or unit) by a coin of its own.

    The drop-in for :func:`sklearn.model_selection.train_test_split`, whose parts have
    fixed sizes, so that one row more moves others; stratified, it looks at ``y``, too.

    Parameters
    ----------
    *arrays : array-like, data frame or sparse matrix
        Tables of the same number of rows.
    test_size : float in (0, 1), default=0.25
        Probability of the second part. Sizes are random.
    groups : array-like of shape (n_samples,), default=None
        Rows with equal values belong to one privacy unit, and stay together.
    random_state : int, RandomState instance or None, default=None
        None takes coins from the operating system.

    Returns
    -------
    list of tables
        Train and test part of each table.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skprivate.model_selection import dp_train_test_split
    >>> X, y = load_iris(return_X_y=True)
    >>> X_train, X_test, y_train, y_test = dp_train_test_split(X, y)
    >>> len(X_train) + len(X_test) == len(y_train) + len(y_test) == 150
    True
    """
    if not arrays:
        raise ValueError("There is nothing to split. Give at least one table.")
    in_test = falls_below(
        check_fraction(test_size, "test_size"),
        number_of_rows(*arrays, groups),
        groups,
        entropy_of(random_state),
    )
    parts = np.flatnonzero(~in_test), np.flatnonzero(in_test)
    return [take(table, part) for table in arrays for part in parts]


def falls_below(fraction, n_rows, groups, entropy):
    """Mask of rows: true with probability ``fraction``, by a coin for each unit."""
    words = coins(n_rows, groups, entropy, b"parts")
    return words < np.uint64(int(fraction * WORD))


def check_fraction(fraction, name):
    """A fraction strictly between 0 and 1, as a float."""
    if isinstance(fraction, bool) or not isinstance(fraction, numbers.Real):
        raise TypeError(f"{name} must be a number between 0 and 1, such as 0.2.")
    if not 0 < fraction < 1:  # also refuses NaN
        raise ValueError(f"{name} is outside (0, 1). Give a fraction such as 0.2.")
    return float(fraction)


def _is_whole(number):
    return isinstance(number, numbers.Integral) and not isinstance(number, bool)
