"""A private vocabulary, and rows of its words of length one."""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from sklearn.preprocessing import normalize

from skprivate._sklearn import StrOptions
from skprivate._typing import SeedLike, TableLike
from skprivate.base import Geometry
from skprivate.feature_extraction.text._count_vectorizer import DPVocabulary
from skprivate.rows import UnitClip


class DPTfidfVectorizer(DPVocabulary):
    """Words as rows of length one, rare ones weighing more, with a private vocabulary.

    The vocabulary is found as by `DPCountVectorizer`, and what is released of each word
    tells how frequent it is, too: weights of words cost nothing more. To classify,
    `HashedText` is free, and often better.

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
        Different words of a unit that count when weights are released.
    max_features : int, default=None
        Keep only so many words, the most frequent.
    norm : {"l2", "l1"}, default="l2"
        The norm that is one for each row.
    use_idf : bool, default=True
        Whether rare words weigh more: one, and the logarithm of how much rarer a word
        is than the most frequent one.
    sublinear_tf : bool, default=False
        Whether counts become one and their logarithm.
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
    idf_ : ndarray of shape (n_words,)
        Weights of words.
    word_weights_ : ndarray of shape (n_words,)
        Noisy, of which ``idf_`` is made.
    output_norm_ : float
        Largest norm of a row: one.
    privacy_ : PrivacyReport
        The release.

    See Also
    --------
    HashedText : No vocabulary, and no price.

    Notes
    -----
    All rows of a group count, as one document, whatever ``max_rows_per_group`` is.
    Without ``delta`` nothing can be found: give a vocabulary.

    Examples
    --------
    >>> from skprivate.feature_extraction.text import DPTfidfVectorizer
    >>> texts = ["good film", "bad film"] * 500
    >>> vectorizer = DPTfidfVectorizer().fit(texts)
    >>> vectorizer.transform(["film"]).toarray().tolist()
    [[0.0, 1.0, 0.0]]
    """

    _parameter_constraints = {
        **DPVocabulary._parameter_constraints,
        "norm": [StrOptions({"l2", "l1"})],
        "use_idf": ["boolean"],
        "sublinear_tf": ["boolean"],
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
        norm: Literal["l2", "l1"] = "l2",
        use_idf: bool = True,
        sublinear_tf: bool = False,
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
        self.norm = norm
        self.use_idf = use_idf
        self.sublinear_tf = sublinear_tf

    def _fit(self, curator):
        self._learn_words(curator, weighted=self.use_idf)
        self.idf_ = np.ones(len(self.vocabulary_))
        if len(self.word_weights_):
            weights = np.maximum(self.word_weights_, 1.0)
            self.idf_ = 1.0 + np.log(weights.max() / weights)
        ones = np.ones(self._width())
        self.output_geometry_ = Geometry((0 * ones, ones), 1.0)

    def transform(self, X: TableLike) -> TableLike:
        """Weights of words, of which each row has norm one.

        Parameters
        ----------
        X : list or column of texts, or table of columns of texts
            Rows.

        Returns
        -------
        CSR matrix of shape (n_samples, n_words)
        """
        rows = self._counts(X)
        if self.sublinear_tf:
            rows.data = 1.0 + np.log(rows.data)
        rows.data *= self.idf_[rows.indices]
        return normalize(rows, norm=self.norm, copy=False)
