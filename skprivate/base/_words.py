"""Words of texts: weights that tell which are frequent, though nobody listed them."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from sklearn.utils.murmurhash import murmurhash3_32

from skprivate.base._query import Query
from skprivate.base._shares import affordable, taken_of
from skprivate.mechanisms import Tally, root_above, weighted_counts


@dataclass(frozen=True)
class Words(Query):
    """Weights of words: a unit of k different words adds ``1 / sqrt(k)`` to each.

    **Guarantee.** A unit adds integers to at most ``max_words`` words of its own, whose
    2-norm is at most ``levels``; which words these are depends on that unit alone. A
    unit is a row of positive weight, whatever the weight, or all such rows of a group
    together, however many: what counts is the union of their words. So the bound does
    not grow with the rows of a group. Its 1-norm is at most ``sqrt(n)`` times as large
    for the n words that may count, which is for listed words without ``delta``.

    Proof. A word is a function of a value of that unit and of ``tokens``. Beyond
    ``max_words``, those with the smallest public hashes are kept, equal ones in the
    order of their texts; whether one word comes before another in that order depends on
    these two alone. The rest is the guarantee of ``weighted_counts``.

    Parameters
    ----------
    tokens : object
        From an item to its text (``text_of``), and from that to its words (``counts``).
    max_words : int
        Different words of one unit that count.
    known : tuple of str or None, default=None
        Words that are listed: only these count, and each is released. None: those are
        released that a :class:`~skprivate.mechanisms.ThresholdedRelease` lets pass,
        with weights.
    """

    tokens: object
    max_words: int
    known: tuple | None = None
    bound: ClassVar[float] = 1.0
    of_units: ClassVar[bool] = True

    @property
    def by_key(self) -> bool:
        """Whether nobody has listed the words."""
        return self.known is None

    @property
    def l1_bound(self) -> Any:
        """Largest 1-norm, for listed words: ``k`` words of ``1 / sqrt(k)`` each."""
        if self.known is None:
            return None
        return root_above(min(self.max_words, self.size))

    @property
    def size(self) -> int:
        """Number of words that are listed; one list, if none are."""
        return 1 if self.known is None else len(self.known)

    def tally(
        self, codes: np.ndarray, values: dict[int, Any], units: np.ndarray | None = None
    ) -> Tally:
        """Weights of all words that occur, in grid steps.

        Parameters
        ----------
        codes : ndarray of shape (n_rows, n_columns)
            Indices of values; NaN for what is missing.
        values : dict of int to list
            By column of texts.
        units : ndarray of int of shape (n_rows,), default=None
            Numbers of privacy units. None: each row is one.

        Returns
        -------
        Tally
            From ``(0, word)`` to a weight.
        """
        rows = np.arange(len(codes)) if units is None else units
        rows = np.unique(rows, return_inverse=True)[1]
        index, pairs = {}, []
        for j, listed in values.items():
            sizes, words = self._of_values(listed, index)
            starts = np.append(0, np.cumsum(sizes))
            there = np.flatnonzero(~np.isnan(codes[:, j]))
            chosen = codes[there, j].astype(np.intp)
            counts = sizes[chosen]
            offsets = np.arange(counts.sum()) - np.repeat(
                np.cumsum(counts) - counts, counts
            )
            found = words[np.repeat(starts[chosen], counts) + offsets]
            pairs.append((np.repeat(rows[there], counts), found))
        names, order = _in_public_order(index)
        unit = np.concatenate([np.empty(0, np.int64), *(p[0] for p in pairs)])
        word = np.concatenate([np.empty(0, np.int64), *(order[p[1]] for p in pairs)])
        keys, starts = _kept(unit, word, max(1, len(names)), self.max_words)
        counts = weighted_counts(keys, starts, len(names), int(self.levels))
        return Tally({0: (names, counts)})

    def _of_values(self, values, index):
        """Number of words of each value, and their places in ``index``, which grows."""
        sizes, words = np.zeros(len(values), np.int64), []
        wanted = None if self.known is None else {*self.known}
        for i, value in enumerate(values):
            found = words_of(value, self.tokens)
            if wanted is not None:
                found = [word for word in found if word in wanted]
            sizes[i] = len(found)
            words += [index.setdefault(word, len(index)) for word in found]
        return sizes, np.array(words, np.int64)


def told_words(curator, query, share, reserve):
    """What :meth:`Curator.words` returns."""
    (share,) = affordable(query.name, [float(share)], curator._spent)
    failing = 0.0
    if query.known is None:
        failing, left = taken_of(curator.reserve, reserve)
        mechanism = curator._thresholded(query, share, failing)
        curator.reserve = left
        levels = query.levels
    else:
        pure = curator.budget.pure
        mechanism = curator.budget.mechanism(share, 1 if pure else 2)
        levels = query.l1_bound / query.step if pure else query.levels
    curator._charge([query], [levels], [share], [mechanism], failing=failing)
    question = query, levels, mechanism
    told = curator._told(question, 1, lambda: curator._word_keys(*question))
    curator._tick(1)
    return {word: weight * query.step for word, weight in told.items()}


def words_of(value, tokens):
    """How often each word is in a value, as a mapping; a number is one word.

    Parameters
    ----------
    value : str or number
    tokens : object
        As for :class:`Words`.
    """
    if not isinstance(value, (str, bytes)):
        # The same for 1, 1.0 and True, which are equal.
        return {str(int(value)) if float(value).is_integer() else repr(float(value)): 1}
    text = tokens.text_of(value)
    return tokens.counts(text) if text else {}


def _in_public_order(index):
    """Words by their hashes, and the place of each number of a word in that order."""
    names = sorted(
        index, key=lambda word: (murmurhash3_32(word, 0, positive=True), word)
    )
    order = np.empty(len(names), np.int64)
    order[[index[name] for name in names]] = np.arange(len(names))
    return names, order


def _kept(unit, word, n_words, most):
    """The first words of each unit, unit by unit, and where each unit begins."""
    entries = np.unique(unit * n_words + word)
    unit, word = np.divmod(entries, n_words)
    begins = np.flatnonzero(np.append(True, unit[1:] != unit[:-1])) if len(unit) else []
    begins = np.asarray(begins, np.int64)
    sizes = np.diff(np.append(begins, len(unit)))
    rank = np.arange(len(unit)) - np.repeat(begins, sizes)
    kept = np.minimum(sizes, most)
    return word[rank < most], np.append(0, np.cumsum(kept))
