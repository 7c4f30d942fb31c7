"""Names of people, exchanged for words that only a key can make."""

import hashlib
import hmac
import unicodedata
from collections.abc import Sequence
from functools import partial
from numbers import Integral
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from skprivate._typing import TableLike
from skprivate.security._keys import KeyRing
from skprivate.security._sealed import derived

_WORD_BYTES = 16  # two of 2^48 people share a word once in 2^33 tables


class Pseudonymizer(TransformerMixin, BaseEstimator):
    """Exchange identifiers for words that only the owner of a key can make.

    Equal identifiers get equal words, so that tables can still be joined and rows of
    one person stay together (``groups=``). That is all that is gained: the table is
    **not private**. Whoever knows something about a person's rows finds them as
    before, and by law the words are personal data (GDPR article 4(5)). Words of
    another ``scope`` or column cannot be matched without the key.

    Parameters
    ----------
    columns : list of str or int
        Where identifiers stand: texts or integers. Other columns are handed through.
    key : KeyRing
        Its current key makes the words: after :meth:`KeyRing.add` they are others.
    scope : str
        What the words are for, for instance the name of a study.

    Attributes
    ----------
    feature_names_in_ : ndarray of str
        Names of the columns of the fit, if it saw a frame.
    n_features_in_ : int
        Their number.

    Examples
    --------
    >>> import pandas as pd
    >>> from skprivate.security import KeyRing, Pseudonymizer
    >>> visits = pd.DataFrame({"name": ["Ada", "Bob", "Ada"], "cost": [3, 4, 5]})
    >>> words = Pseudonymizer(["name"], KeyRing.new(), scope="visits of 2026")
    >>> names = words.fit_transform(visits)["name"]
    >>> bool(names[0] == names[2] != names[1]), len(names[0])
    (True, 32)
    """

    def __init__(
        self, columns: Sequence[str | int], key: KeyRing, *, scope: str
    ) -> None:
        self.columns = columns
        self.key = key
        self.scope = scope

    def fit(self, X: TableLike, y: Any = None) -> Self:
        """Check parameters and that the columns are there; nothing is learned.

        Parameters
        ----------
        X : frame or array of shape (n_samples, n_features)
            A table.
        y : object
            Ignored.

        Returns
        -------
        self : Pseudonymizer
        """
        self._check()
        names = _names(X)
        for column in self.columns:
            _place(names, column)
        if isinstance(names, list):
            self.feature_names_in_ = np.asarray(names, dtype=object)
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_
        self.n_features_in_ = len(names)
        return self

    def transform(self, X: TableLike) -> TableLike:
        """The table with words in place of identifiers; missing ones stay missing.

        Parameters
        ----------
        X : frame or array of shape (n_samples, n_features)
            A table.

        Returns
        -------
        frame or array
            Of the kind of ``X``, which is left as it is.
        """
        self._check()
        names = _names(X)
        places = [_place(names, column) for column in self.columns]
        return _exchanged(X, places, [self._word(c) for c in self.columns])

    def get_feature_names_out(
        self, input_features: Sequence[str] | None = None
    ) -> np.ndarray:
        """Names of the columns, which stay what they were.

        Parameters
        ----------
        input_features : sequence of str, default=None
            None means those of the fit.

        Returns
        -------
        ndarray of str
        """
        if input_features is None:
            numbers = [f"x{i}" for i in range(self.n_features_in_)]
            input_features = getattr(self, "feature_names_in_", numbers)
        return np.asarray(input_features, dtype=object)

    def __sklearn_is_fitted__(self):
        return True  # nothing is learned

    def _check(self):
        if not isinstance(self.key, KeyRing):
            raise TypeError(
                "key must be a KeyRing: other keys would show in reprs and pickles. "
                "Pass KeyRing([key]) or KeyRing.new()."
            )
        if not isinstance(self.scope, str) or not self.scope:
            raise ValueError("scope must be a text. Say what the words are for.")
        if isinstance(self.columns, (str, bytes)) or not len(self.columns):
            raise ValueError("columns must be a list of columns. Name at least one.")

    def _word(self, column):
        """What makes the words of a column."""
        place = f"{len(self.scope)}:{self.scope}{column}".encode()
        key = derived(self.key.key(), b"pseudonyms")
        own = hmac.digest(key, place, "sha256")
        return partial(_word, hashlib.blake2b(key=own, digest_size=_WORD_BYTES), column)


def _word(start, column, value):
    """A word of 128 bits: keyed BLAKE2b (RFC 7693) of the normal form of a text."""
    if isinstance(value, str):
        text = unicodedata.normalize("NFC", value).encode("utf-8", "surrogatepass")
    elif isinstance(value, Integral) and not isinstance(value, (bool, np.bool_)):
        text = b"%d" % int(value)
    elif isinstance(value, bytes):
        text = value
    else:
        raise TypeError(
            f"Column {column!r} holds values of type {type(value).__name__}. "
            "Identifiers are texts or integers: convert them first, so that equal ones "
            "are written alike."
        )
    word = start.copy()
    word.update(text)
    return word.hexdigest()


def _names(X):
    """Names of columns, or the range of their numbers."""
    if hasattr(X, "columns"):
        return list(X.columns)
    if getattr(X, "ndim", None) == 2:
        return range(X.shape[1])
    raise TypeError("X must be a frame or an array of two dimensions. Pass a table.")


def _place(names, column):
    found = [i for i, name in enumerate(names) if name == column]
    if len(found) != 1:
        there = "is not in the table" if not found else "is there more than once"
        raise ValueError(f"Column {column!r} {there}. Check columns.")
    return found[0]


def _exchanged(X, places, words):
    """A copy of a table with words in some columns."""
    if hasattr(X, "iloc"):
        import pandas as pd

        new = {
            place: pd.Series(
                _column(X.iloc[:, place].to_numpy(dtype=object), word), index=X.index
            )
            for place, word in zip(places, words, strict=True)
        }
        parts = [new.get(i, X.iloc[:, i]) for i in range(X.shape[1])]
        return pd.concat(parts, axis=1).set_axis(X.columns, axis=1)
    if hasattr(X, "with_columns"):
        return X.with_columns(
            type(X.to_series(place))(
                X.columns[place],
                list(_column(np.array(X.to_series(place).to_list(), object), word)),
            )
            for place, word in zip(places, words, strict=True)
        )
    new = np.array(X, dtype=object)
    for place, word in zip(places, words, strict=True):
        new[:, place] = _column(new[:, place], word)
    return new


def _column(values, word):
    """Words of a column."""
    words = [None if _is_missing(value) else word(value) for value in values]
    return np.array(words, dtype=object)


def _is_missing(value):
    """None, NaN, pd.NA or NaT: what differs from itself, or does not say."""
    if value is None:
        return True
    if isinstance(value, (str, bytes, int)):
        return False
    try:
        return bool(value != value)
    except (TypeError, ValueError):
        return True  # pd.NA has no truth
