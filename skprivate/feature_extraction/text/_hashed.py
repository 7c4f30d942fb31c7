"""Texts as rows of hashed words, of length one."""

from collections.abc import Callable, Mapping
from math import log1p, sqrt
from numbers import Integral, Real
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.feature_extraction import FeatureHasher
from sklearn.preprocessing import normalize

from skprivate._sklearn import Interval, StrOptions
from skprivate.base import Geometry, PublicMapMixin
from skprivate.feature_extraction.text._common_words import english_idf
from skprivate.feature_extraction.text._reading import ReadsTexts
from skprivate.feature_extraction.text._tokens import ANALYZERS, tokens_of
from skprivate.rows._refusal import refused

_TF = {
    "sqrt": sqrt,
    "binary": lambda count: 1.0,
    "log": log1p,
    "linear": float,
}
TEXT_CONSTRAINTS = {
    "analyzer": [StrOptions(set(ANALYZERS)), callable],
    "ngram_range": "no_validation",  # checked with a clearer message
    "lowercase": ["boolean"],
    "stop_words": [StrOptions({"english"}), "array-like", set, frozenset, None],
    "stem": [StrOptions({"plural"}), callable, None],
    "max_chars": [Interval(Integral, 1, None, closed="left")],
}


class HashedText(ReadsTexts, PublicMapMixin, BaseEstimator):
    """Words of a text in columns that a public hash chooses, as a row of length one.

    Nothing is learned, so no privacy is spent, and the next private step is told that
    no row is longer than one. Square roots of counts, and weights that are public, are
    better under noise than counts. Chinese, Japanese and Korean need no parameters:
    characters and pairs of them stand in for words.

    Parameters
    ----------
    n_features : int, default=2**14
        Number of columns.
    analyzer : {"word", "char", "char_wb"} or callable, default="word"
        What is counted: words; runs of characters; runs of them inside of words; or
        what a function makes of one text, which is taken to remember no other.
    ngram_range : tuple (int, int), default=(1, 1)
        Shortest and longest run, of words or of characters.
    tf : {"sqrt", "binary", "log", "linear"}, default="sqrt"
        What becomes of the number of times that a word occurs.
    idf : {"english"}, mapping, array of shape (n_features,) or None, default=None
        Public weights: of the commonest words of English, of words by name (others get
        the largest), or of columns.
    idf_power : float, default=0.5
        Power of the weights.
    stop_words : {"english"}, list or None, default=None
        Words that are left out.
    stem : {"plural"}, callable or None, default=None
        What becomes of each word: ``"plural"`` cuts the s of English plurals.
    lowercase : bool, default=True
        Whether to ignore case.
    max_chars : int, default=20_000
        What is behind so many characters is not read.
    salt : int, default=0
        Another number makes other words fall together. It is no secret.

    Attributes
    ----------
    output_norm_ : float
        Largest norm of a row: one.

    See Also
    --------
    DPTfidfVectorizer : Columns that can be named, at a price.
    sklearn.feature_extraction.text.HashingVectorizer : Without weights.

    Examples
    --------
    >>> from skprivate.feature_extraction.text import HashedText
    >>> rows = HashedText().fit_transform(["good good film", None])
    >>> rows.shape, sorted(abs(rows.data).round(2).tolist())
    ((2, 16384), [0.58, 0.82])
    """

    _parameter_constraints = {
        "n_features": [Interval(Integral, 1, 2**22, closed="both")],
        **TEXT_CONSTRAINTS,
        "tf": [StrOptions(set(_TF))],
        "idf": [StrOptions({"english"}), dict, Mapping, "array-like", None],
        "idf_power": [Interval(Real, 0, None, closed="left")],
        "salt": [Interval(Integral, 0, 2**32 - 1, closed="both")],
    }
    _sparse = True

    def __init__(
        self,
        n_features: int = 2**14,
        *,
        analyzer: Callable[..., Any] | Literal["word", "char", "char_wb"] = "word",
        ngram_range: tuple[int, int] = (1, 1),
        tf: Literal["sqrt", "binary", "log", "linear"] = "sqrt",
        idf: Mapping[Any, Any] | ArrayLike | Literal["english"] | None = None,
        idf_power: float = 0.5,
        stop_words: list[Any] | Literal["english"] | None = None,
        stem: Callable[..., Any] | Literal["plural"] | None = None,
        lowercase: bool = True,
        max_chars: int = 20_000,
        salt: int = 0,
    ) -> None:
        self.n_features = n_features
        self.analyzer = analyzer
        self.ngram_range = ngram_range
        self.tf = tf
        self.idf = idf
        self.idf_power = idf_power
        self.stop_words = stop_words
        self.stem = stem
        self.lowercase = lowercase
        self.max_chars = max_chars
        self.salt = salt

    def _width(self):
        return int(self.n_features)

    def _geometry(self):
        tokens_of(self), self._weights()  # refused here, not at the first row
        ones = np.ones(self._width())
        return Geometry((-ones, ones), 1.0)

    def _decoded(self, item):
        tokens = tokens_of(self)
        text = tokens.text_of(item)
        return tokens.counts(text) if text else None

    def _mapped(self, values):
        weights, other, columns = self._weights()
        tf, prefix = _TF[self.tf], f"{self.salt} " if self.salt else ""
        pairs = (
            [(prefix + w, tf(n) * weights.get(w, other)) for w, n in counts.items()]
            for counts in values
        )
        rows = FeatureHasher(self.n_features, input_type="pair").transform(pairs)
        if columns is not None:
            rows.data *= columns[rows.indices]
        return normalize(rows, copy=False)

    def _weights(self):
        """Weights of words, that of all others, and weights of columns or None."""
        if self.idf is None:
            return {}, 1.0, None
        if isinstance(self.idf, str):
            weights, other = english_idf()
        elif isinstance(self.idf, Mapping):
            weights = {str(w): float(value) for w, value in self.idf.items()}
            other = max(weights.values(), default=1.0)
        else:
            return {}, 1.0, self._checked(np.asarray(self.idf, np.float64))
        _refuse_weights([*weights.values(), other])
        power = self.idf_power
        return {w: value**power for w, value in weights.items()}, other**power, None

    def _checked(self, columns):
        if columns.shape != (self.n_features,):
            raise refused(
                ValueError,
                f"idf must have one weight for each of {self.n_features} columns. Give "
                "as many, or a mapping from words to weights.",
            )
        _refuse_weights(columns)
        return columns**self.idf_power


def _refuse_weights(values):
    values = np.asarray(values)
    if not (np.isfinite(values).all() and (values >= 0).all()):
        raise refused(
            ValueError, "idf must hold finite weights that are not negative. Give such."
        )
