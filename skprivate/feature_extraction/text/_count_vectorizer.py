"""A private vocabulary, and counts of its words."""

from collections.abc import Callable
from numbers import Integral
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval, StrOptions
from skprivate._typing import SeedLike, TableLike
from skprivate.base import DPEstimator, DPTransformerMixin, Geometry, Words
from skprivate.feature_extraction.text._documents import as_column, word_counts
from skprivate.feature_extraction.text._hashed import TEXT_CONSTRAINTS
from skprivate.feature_extraction.text._tokens import tokens_of
from skprivate.rows import UnitClip
from skprivate.tables._categories import as_categories, table_tags

_NONE = "no_word"  # of a column of zeros, where no word was found
_ALL = 2**31  # rows of a group that count: what counts is the union of their words


class DPVocabulary(DPTransformerMixin, DPEstimator):
    """What both vectorizers are: a vocabulary that is given, or found at a price."""

    _takes_tables = True
    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "vocabulary": [StrOptions({"private"}), "array-like", set],
        **TEXT_CONSTRAINTS,
        "max_words": [Interval(Integral, 1, 2**16, closed="both")],
        "max_features": [Interval(Integral, 1, None, closed="left"), None],
    }

    def _admitted(self, X, y, sample_weight, groups, **options):
        """Rows, of which all count, however many a group has; see `Words`."""
        given, self.max_rows_per_group = self.max_rows_per_group, _ALL
        try:
            rows = as_column(X), y, sample_weight, groups
            return super()._admitted(*rows, **options)
        finally:
            self.max_rows_per_group = given

    def _rehearse(self, given):
        super()._rehearse(given.with_table(as_column(given.X)))

    def _unit(self, X, sample_weight, groups):
        """A group is one document, whatever ``max_rows_per_group`` is."""
        max_weight, max_rows = super()._unit(X, sample_weight, groups)
        return max_weight, None if max_rows is None else 1

    def _read_as(self, columns):
        return as_categories(columns)

    def _discovers(self):
        return isinstance(self.vocabulary, str)

    def _learn_words(self, curator, *, weighted):
        """Set ``vocabulary_``; weights of its words, if these are found or wanted."""
        listed = None if self._discovers() else _listed(self.vocabulary)
        found = {}
        if listed is None or weighted:
            known = None if listed is None else tuple(listed)
            query = Words(tokens_of(self), self.max_words, known)
            found = curator.words(query, share=curator.remaining)
        names = listed
        if listed is None:
            kept = sorted(found, key=lambda word: (-found[word], word))
            names = sorted(kept[: self.max_features])
        self.vocabulary_ = {name: column for column, name in enumerate(names)}
        self.word_weights_ = np.array([found[name] for name in names if name in found])

    def _counts(self, X):
        """Counts of known words in rows."""
        check_is_fitted(self)
        rows = word_counts(self, as_column(X), tokens_of(self), self.vocabulary_)
        rows.resize(rows.shape[0], self._width())
        return rows

    def get_feature_names_out(self, input_features: None = None) -> np.ndarray:
        """The words, in the order of the columns.

        Parameters
        ----------
        input_features : None
            Ignored.

        Returns
        -------
        ndarray of str
        """
        check_is_fitted(self)
        return np.array([*self.vocabulary_] or [_NONE], object)

    def _width(self):
        return max(1, len(self.vocabulary_))

    def __sklearn_tags__(self):
        return table_tags(super().__sklearn_tags__())


class DPCountVectorizer(DPVocabulary):
    """Counts of words, of a vocabulary that is found under differential privacy.

    A vocabulary is a list of what people wrote. A word is listed only if its noisy
    weight is above a threshold that a word of a single unit does not pass, except with
    a probability within ``delta``; each unit has a weight of one, spread over its words
    (Gopi, Gulhane, Kulkarni, Shen, Shokouhi and Yekhanin 2020). So frequent words are
    found, rare ones never. To classify, `HashedText` is free, and often better: learn a
    vocabulary to name things.

    Parameters
    ----------
    vocabulary : "private" or array-like of str, default="private"
        Public words; ``"private"`` finds them.
    analyzer : {"word", "char", "char_wb"} or callable, default="word"
        What is counted; see `HashedText`.
    ngram_range : tuple (int, int), default=(1, 1)
        Shortest and longest run, of words or of characters.
    stop_words : {"english"}, list or None, default=None
        Words that are left out.
    stem : {"plural"}, callable or None, default=None
        What becomes of each word.
    lowercase : bool, default=True
        Whether to ignore case.
    max_chars : int, default=20_000
        What is behind so many characters of a text is not read.
    max_words : int, default=300
        Different words of a unit that count when the vocabulary is found.
    max_features : int, default=None
        Keep only so many words, the most frequent.
    binary : bool, default=False
        Whether a word counts once for each row.
    epsilon : float, default=1.0
        Budget of a fit; see :class:`~skprivate.base.DPEstimator`.
    delta : float, default=1e-6
        Budget of a fit; zero asks for pure differential privacy.
    max_weight : float, default=1.0
        Larger sample weights are cut to this.
    max_rows_per_group : int or UnitClip, default=1
        Rows of one group that count.
    random_state : int, RandomState instance or None, default=None
        A seed makes the fit repeatable, and not private.

    Attributes
    ----------
    vocabulary_ : dict of str to int
        Column of each word.
    word_weights_ : ndarray of shape (n_words,)
        Noisy: about the number of units that hold a word, each divided by the root of
        how many words it holds. Empty where a given vocabulary needed none.
    privacy_ : PrivacyReport
        The release.

    See Also
    --------
    HashedText : No vocabulary, and no price.
    DPTfidfVectorizer : Rows of length one, rare words weighing more.

    Notes
    -----
    All rows of a group count, as one document, whatever ``max_rows_per_group`` is.
    Without ``delta`` nothing can be found: give a vocabulary.

    Examples
    --------
    >>> from skprivate.feature_extraction.text import DPCountVectorizer
    >>> texts = ["good film", "bad film"] * 500 + ["a secret"]
    >>> DPCountVectorizer().fit(texts).get_feature_names_out().tolist()
    ['bad', 'film', 'good']
    """

    _parameter_constraints = {
        **DPVocabulary._parameter_constraints,
        "binary": ["boolean"],
    }

    def __init__(
        self,
        *,
        vocabulary: ArrayLike | Literal["private"] = "private",
        analyzer: Callable[..., Any] | Literal["word", "char", "char_wb"] = "word",
        ngram_range: tuple[int, int] = (1, 1),
        stop_words: list[Any] | Literal["english"] | None = None,
        stem: Callable[..., Any] | Literal["plural"] | None = None,
        lowercase: bool = True,
        max_chars: int = 20_000,
        max_words: int = 300,
        max_features: int | None = None,
        binary: bool = False,
        epsilon: float = 1.0,
        delta: float = 1e-6,
        max_weight: float = 1.0,
        max_rows_per_group: int | UnitClip = 1,
        random_state: SeedLike = None,
    ) -> None:
        super().__init__(
            epsilon=epsilon,
            delta=delta,
            max_weight=max_weight,
            max_rows_per_group=max_rows_per_group,
            random_state=random_state,
        )
        self.vocabulary = vocabulary
        self.analyzer = analyzer
        self.ngram_range = ngram_range
        self.stop_words = stop_words
        self.stem = stem
        self.lowercase = lowercase
        self.max_chars = max_chars
        self.max_words = max_words
        self.max_features = max_features
        self.binary = binary

    def _fit(self, curator):
        self._learn_words(curator, weighted=False)
        ones = np.ones(self._width())
        self.output_geometry_ = Geometry((0 * ones, ones) if self.binary else None)

    def transform(self, X: TableLike) -> TableLike:
        """Counts of words.

        Parameters
        ----------
        X : list or column of texts, or table of columns of texts
            Rows.

        Returns
        -------
        CSR matrix of shape (n_samples, n_words)
        """
        counts = self._counts(X)
        if self.binary:
            counts.data[:] = 1.0
        return counts


def _listed(vocabulary):
    """Words that are given: sorted, each once."""
    return sorted({str(word) for word in vocabulary})
