"""Texts as means of vectors of their words, or as what an encoder makes of them."""

from collections.abc import Callable
from functools import lru_cache
from numbers import Integral
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from skprivate._sklearn import Interval
from skprivate._typing import PathLike
from skprivate.base import Geometry, PublicMapMixin
from skprivate.feature_extraction.text._reading import ReadsTexts
from skprivate.feature_extraction.text._tokens import Tokens
from skprivate.feature_extraction.text._vectors import read_vectors
from skprivate.rows._refusal import refused

_MADE_UP = "a text that nobody wrote"


class TextEmbedder(ReadsTexts, PublicMapMixin, BaseEstimator):
    """Texts as rows of length one, by vectors of words that are public.

    Vectors that were learned from public texts cost nothing. With few rows, or a small
    epsilon, they are better than hashed words; with many rows, hashed words are, and
    both beside each other. They are read from a file that is on this machine, such as
    one that ships in a wheel, after its hash has been compared. Nothing is
    ever fetched.

    Parameters
    ----------
    model : str, Path or callable
        A file of vectors, see below; or a function from one text to a vector. It is
        asked about one text at a time, so that a row is the same in any company.
    n_features : int, default=256
        Length of a vector. A function is asked about a made-up text, to see that it
        agrees.
    sha256 : str, default=None
        Hexadecimal digest of the file; needed for a file.
    tokenizer : callable, str or None, default=None
        For files whose vectors have no words, but numbers, such as safetensors: a
        function from a text to these numbers, or the path of a ``tokenizer.json``, for
        which the package tokenizers is needed.
    max_chars : int, default=20_000
        What is behind so many characters is not read.

    Attributes
    ----------
    output_norm_ : float
        Largest norm of a row: one.

    See Also
    --------
    HashedText : Without public vectors.

    Notes
    -----
    A file is one of NumPy (``.npz``, with ``words`` and ``vectors``), of safetensors
    with one matrix, or of text, with a word and its numbers in each line. Whether the
    rows were among the texts that the vectors are from is for you to know.

    Examples
    --------
    >>> from skprivate.feature_extraction.text import TextEmbedder
    >>> def encoder(text):
    ...     return [text.count("good"), text.count("bad")]
    >>> rows = TextEmbedder(encoder, n_features=2).fit_transform(["good, good", None])
    >>> rows.round(6).tolist()
    [[1.0, 0.0], [0.0, 0.0]]
    """

    _parameter_constraints = {
        "model": [str, Path, callable],
        "n_features": [Interval(Integral, 1, 2**20, closed="both")],
        "sha256": [str, None],
        "tokenizer": [callable, str, Path, None],
        "max_chars": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(
        self,
        model: PathLike | Callable[..., Any],
        *,
        n_features: int = 256,
        sha256: str | None = None,
        tokenizer: Callable[..., Any] | str | None = None,
        max_chars: int = 20_000,
    ) -> None:
        self.model = model
        self.n_features = n_features
        self.sha256 = sha256
        self.tokenizer = tokenizer
        self.max_chars = max_chars

    def _width(self):
        return int(self.n_features)

    def _geometry(self):
        if callable(self.model):
            self._check_length()
        else:
            self._encoder()  # refused here, not at the first row
        ones = np.ones(self._width())
        return Geometry((-ones, ones), 1.0)

    def _check_length(self):
        """Refuse a function that makes other numbers of features of a made-up text.

        All rows would be zeros. One that cannot read this text may yet read others.
        """
        try:
            length = np.asarray(self.model(_MADE_UP), np.float64).size
        except Exception:
            return
        if length != self._width():
            raise refused(
                ValueError,
                f"model makes {length} numbers of a text, and n_features is "
                f"{self._width()}. Set n_features={length}.",
            )

    def _decoded(self, item):
        text = Tokens(lowercase=False, max_chars=self.max_chars).text_of(item)
        return text or None

    def _mapped(self, values):
        encode = self.model if callable(self.model) else self._encoder()
        rows = np.zeros((len(values), self._width()))
        for row, text in zip(rows, values, strict=True):
            row[:] = self._of_text(encode, text)
        return rows

    def _of_text(self, encode, text):
        """A vector of length one; zeros for a text that the encoder cannot read."""
        try:
            vector = np.asarray(encode(text), np.float64).reshape(self._width())
        except Exception:  # its message may quote the text, and others must not see it
            return 0.0
        if not np.isfinite(vector).all():
            return 0.0
        vector = vector / max(np.abs(vector).max(), 1e-300)
        return vector / max(np.sqrt((vector * vector).sum()), 1e-12) * (1 - 1e-12)

    def _encoder(self):
        if self.sha256 is None:
            raise refused(
                ValueError,
                "sha256 must be the digest of the file of model, so that it is what "
                "was checked. Give it, as `sha256sum` prints it.",
            )
        words, vectors = _vectors_at(str(self.model), self.sha256)
        if vectors.shape[1] != self.n_features:
            raise refused(
                ValueError,
                f"n_features must be {vectors.shape[1]}, as the vectors of model are "
                "long. Set it.",
            )
        if words is None and self.tokenizer is None:
            raise refused(
                ValueError,
                "tokenizer must be given, since model has vectors without words. Give "
                "a function, or the path of a tokenizer.json.",
            )
        return MeanOfVectors(words, vectors, _tokenizer(self.tokenizer))


class MeanOfVectors:
    """From a text to the sum of the vectors of its words, in their order.

    Parameters
    ----------
    words : list of str or None
    vectors : ndarray of shape (n_words, n_features)
    tokenizer : callable or None
        From a text to words, or to numbers of vectors if there are no words.
    """

    def __init__(self, words, vectors, tokenizer):
        self._places = None if words is None else {w: i for i, w in enumerate(words)}
        self._vectors = vectors
        self._tokenizer = tokenizer or (lambda text: Tokens().sequence(text.lower()))

    def __call__(self, text):
        """The sum; its length does not matter."""
        places = self._tokenizer(text)
        if self._places is not None:
            places = [self._places[word] for word in places if word in self._places]
        return self._vectors[np.asarray(places, np.int64)].sum(axis=0)


@lru_cache(maxsize=4)
def _vectors_at(path, digest):
    return read_vectors(path, digest)


def _tokenizer(given):
    if given is None or callable(given):
        return given
    return _tokenizer_at(str(given))


@lru_cache(maxsize=4)
def _tokenizer_at(path):
    try:
        from tokenizers import Tokenizer
    except ImportError:
        raise refused(
            ImportError,
            "tokenizer is a file, which the package tokenizers reads. "
            "Install it, or give a function.",
        ) from None
    read = Tokenizer.from_file(path)
    return lambda text: read.encode(text, add_special_tokens=False).ids
