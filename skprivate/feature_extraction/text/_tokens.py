"""Words and pieces of words of one text, by public rules."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from skprivate.rows._refusal import refused

# Scripts that put no spaces between words: kana, Han characters and Hangul.
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORD = re.compile(r"\b\w\w+\b")
_HAS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_MIXED = re.compile(rf"[{_UNSPACED}]+|[^\W{_UNSPACED}]{{2,}}")
_SPACES = re.compile(r"\s+")
ANALYZERS = ("word", "char", "char_wb")


@dataclass(frozen=True)
class Tokens:
    """From one text to its words, or to pieces of words.

    **Guarantee.** A function of the text and of public parameters.

    Parameters
    ----------
    analyzer : {"word", "char", "char_wb"} or callable
    ngram_range : tuple (int, int)
    lowercase : bool
    stop_words : frozenset of str
    stem : callable or None
    max_chars : int
        What is behind so many characters is not read.
    """

    analyzer: object = "word"
    ngram_range: tuple = (1, 1)
    lowercase: bool = True
    stop_words: frozenset = frozenset()
    stem: Callable | None = None
    max_chars: int = 20_000

    def text_of(self, item):
        """A text that can be read, of a text or of bytes, else None."""
        if isinstance(item, bytes):
            item = item[: 4 * self.max_chars].decode("utf-8", "replace")
        if not isinstance(item, str):
            return None
        text = str(item[: self.max_chars])
        if not text.isascii():  # halves of characters have no bytes
            text = text.encode("utf-8", "replace").decode("utf-8")
        return text.lower() if self.lowercase else text

    def counts(self, text):
        """How often each token is in a text, as :meth:`text_of` returns it."""
        if self.analyzer != "char_wb":
            return Counter(self.sequence(text))
        counts = Counter()
        for word, number in Counter(text.split()).items():
            for gram in _grams_in_word(f" {word} ", *self.ngram_range):
                counts[gram] += number
        return counts

    def sequence(self, text):
        """The tokens of a text, in order."""
        low, high = self.ngram_range
        if callable(self.analyzer):
            return [str(token) for token in self.analyzer(text)]
        if self.analyzer == "char":
            return _grams(_SPACES.sub(" ", text), low, high)
        if self.analyzer == "char_wb":
            grams = (_grams_in_word(f" {word} ", low, high) for word in text.split())
            return [*chain.from_iterable(grams)]
        words = self._words(text)
        return words if high == 1 else _phrases(words, low, high)

    def _words(self, text):
        """Words; of scripts without spaces, characters and pairs of them."""
        if text.isascii() or not _HAS_UNSPACED.search(text):
            words = _WORD.findall(text)
        else:
            words = []
            for run in _MIXED.findall(text):
                words += _grams(run, 1, 2) if _HAS_UNSPACED.match(run) else [run]
        if self.stop_words:
            words = [word for word in words if word not in self.stop_words]
        return words if self.stem is None else [str(self.stem(word)) for word in words]


def tokens_of(estimator):
    """The tokens that the parameters of an estimator ask for, checked."""
    low, high = _checked_range(estimator.ngram_range)
    return Tokens(
        analyzer=estimator.analyzer,
        ngram_range=(low, high),
        lowercase=estimator.lowercase,
        stop_words=_stop_words(estimator.stop_words),
        stem=singular if estimator.stem == "plural" else estimator.stem,
        max_chars=estimator.max_chars,
    )


def singular(word):
    """A word of English without the s of a plural (Harman 1991, "s" stemmer)."""
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us")):
        return word
    if word.endswith("ies"):
        return word if word.endswith(("eies", "aies")) else f"{word[:-3]}y"
    if word.endswith("es"):
        return word if word.endswith(("aes", "ees", "oes")) else word[:-1]
    return word[:-1]


def _checked_range(given):
    try:
        low, high = map(int, given)
    except (TypeError, ValueError):
        low, high = 0, 0
    if not 1 <= low <= high:
        raise refused(
            ValueError,
            "ngram_range must be a pair of integers from 1 up, the smaller one first. "
            "Give (1, 1) for single words.",
        )
    return low, high


def _stop_words(given):
    if given is None:
        return frozenset()
    if isinstance(given, str):
        if given != "english":
            raise refused(
                ValueError, "stop_words must be None, 'english' or a list. Use one."
            )
        return ENGLISH_STOP_WORDS
    return frozenset(map(str, given))


def _grams(text, low, high):
    """Pieces of so many characters."""
    found = []
    for n in range(low, high + 1):
        found += [text[i : i + n] for i in range(len(text) - n + 1)]
    return found


def _grams_in_word(word, low, high):
    """Pieces of a word between spaces; a word that is shorter is a piece itself."""
    found = []
    for n in range(low, high + 1):
        found += [word[i : i + n] for i in range(len(word) - n + 1)] or [word]
        if n >= len(word):
            break
    return found


def _phrases(words, low, high):
    """So many words in a row."""
    found = []
    for n in range(low, high + 1):
        shifted = (words[i:] for i in range(n))
        found += words if n == 1 else map(" ".join, zip(*shifted, strict=False))
    return found
