"""Texts as sequences of hashed words, of a public length."""

from collections.abc import Callable
from numbers import Integral
from typing import Any, Literal

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.murmurhash import murmurhash3_32

from skprivate._sklearn import Interval, StrOptions
from skprivate.base import Geometry, PublicMapMixin
from skprivate.feature_extraction.text._hashed import TEXT_CONSTRAINTS
from skprivate.feature_extraction.text._reading import ReadsTexts
from skprivate.feature_extraction.text._tokens import tokens_of


class HashedSequence(ReadsTexts, PublicMapMixin, BaseEstimator):
    """Words of a text, in order, as numbers of buckets; padded and cut to a length.

    The length is a parameter: the longest text of the rows would be one person's. Zero
    is for padding.

    Parameters
    ----------
    length : int, default=64
        Number of columns.
    n_buckets : int, default=2**14
        Words get numbers from 1 to this, by a public hash.
    cut : {"end", "start"}, default="end"
        Which part of a long text is left out. Short ones are padded there.
    analyzer : {"word", "char", "char_wb"} or callable, default="word"
        What stands in a column; see :class:`HashedText`.
    ngram_range : tuple (int, int), default=(1, 1)
        Shortest and longest run.
    stop_words : {"english"}, list or None, default=None
        Words that are left out.
    stem : {"plural"}, callable or None, default=None
        What becomes of each word.
    lowercase : bool, default=True
        Whether to ignore case.
    max_chars : int, default=20_000
        What is behind so many characters is not read.
    salt : int, default=0
        Another number makes other words fall together. It is no secret.

    Attributes
    ----------
    output_bounds_ : tuple (low, high) of ndarray
        From zero to ``n_buckets``.

    See Also
    --------
    HashedText : Without order.

    Examples
    --------
    >>> from skprivate.feature_extraction.text import HashedSequence
    >>> rows = HashedSequence(4).fit_transform(["so good, so good", "so what"])
    >>> rows[0, 0] == rows[0, 2] == rows[1, 0], rows[1, 2:].tolist()
    (np.True_, [0.0, 0.0])
    """

    _parameter_constraints = {
        "length": [Interval(Integral, 1, 2**16, closed="both")],
        "n_buckets": [Interval(Integral, 1, 2**24, closed="both")],
        "cut": [StrOptions({"end", "start"})],
        **TEXT_CONSTRAINTS,
        "salt": [Interval(Integral, 0, 2**32 - 1, closed="both")],
    }

    def __init__(
        self,
        length: int = 64,
        *,
        n_buckets: int = 2**14,
        cut: Literal["end", "start"] = "end",
        analyzer: Callable[..., Any] | Literal["word", "char", "char_wb"] = "word",
        ngram_range: tuple[int, int] = (1, 1),
        stop_words: list[Any] | Literal["english"] | None = None,
        stem: Callable[..., Any] | Literal["plural"] | None = None,
        lowercase: bool = True,
        max_chars: int = 20_000,
        salt: int = 0,
    ) -> None:
        self.length = length
        self.n_buckets = n_buckets
        self.cut = cut
        self.analyzer = analyzer
        self.ngram_range = ngram_range
        self.stop_words = stop_words
        self.stem = stem
        self.lowercase = lowercase
        self.max_chars = max_chars
        self.salt = salt

    def _width(self):
        return int(self.length)

    def _geometry(self):
        tokens_of(self)
        high = np.full(self._width(), float(self.n_buckets))
        return Geometry((0 * high, high), codes=high.astype(np.int64) + 1)

    def _decoded(self, item):
        tokens = tokens_of(self)
        text = tokens.text_of(item)
        return tokens.sequence(text) if text else None

    def _mapped(self, values):
        rows = np.zeros((len(values), self.length))
        for row, words in zip(rows, values, strict=True):
            kept = words[: self.length]
            if self.cut == "start":
                kept = words[-self.length :]
            start = self.length - len(kept) if self.cut == "start" else 0
            row[start : start + len(kept)] = [self._bucket(word) for word in kept]
        return rows

    def _bucket(self, word):
        hashed = murmurhash3_32(word, self.salt, positive=True)
        return 1 + hashed % self.n_buckets
