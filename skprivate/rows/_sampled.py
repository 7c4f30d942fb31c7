"""Poisson samples of rows, drawn where the rows are."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from skprivate.rows._derived import DerivedColumns, MadeBy, maps_of
from skprivate.rows._handed import AfterMap, Handed
from skprivate.rows._refusal import refused
from skprivate.rows._rows import Rows, check_queries, read_only

_VALUES = 2**64  # that a coin has


@dataclass(frozen=True)
class Coins:
    """Decides for one round which privacy units are in. Sent to where the rows are.

    **Guarantee.** Every unit has a coin of its own, made of fresh words, and is in with
    a probability of at most ``rate``, and hardly less. No coin depends on the values of
    rows, on how many there are, or on other coins. Nothing remembers them.

    Parameters
    ----------
    rate : float in (0, 1]
        Public.
    entropy : Entropy
        Where coins come from.
    context : bytes
        Names the round, if the entropy is seeded.
    max_rows : int, default=1
        Largest number of rows of a unit.
    often : bool, default=False
        Whether there will be so many rounds that derived columns of all rows are worth
        keeping: else more of them are made than are asked about.
    """

    rate: float
    entropy: object
    context: bytes
    max_rows: int = 1
    often: bool = False

    def drawn(self, X, y, unit=None):
        """Mask of the rows that are in.

        Parameters
        ----------
        X, y : ndarray or CSR matrix, ndarray or None
            Only their lengths matter.
        unit : ndarray of int of shape (n_rows,), default=None
            Number of the unit of each row; None: each is one of its own.
        """
        n = X.shape[0] if unit is None else int(unit.max(initial=-1)) + 1
        within = int(Fraction(self.rate) * _VALUES)
        if within == _VALUES:
            return np.ones(X.shape[0], bool)
        mask = self.entropy.words(n, self.context) < np.uint64(within)
        if unit is None:
            return mask
        return mask[unit] if n else np.zeros(X.shape[0], bool)


def sampled_rows(rows, coins):
    """A fresh sample of rows, to be added up once, as their source draws it.

    Where a source knows nothing of samples, each chunk draws coins of its own.
    """
    if hasattr(rows, "sampled"):
        return rows.sampled(coins)
    return SampledRows(rows, coins)


class SampledRows(Rows):
    """A sample of the rows of any source: each chunk draws its own coins as it is read.

    A chunk that is read again is sampled again.

    Parameters
    ----------
    rows : Rows
    coins : Coins
    """

    def __init__(self, rows, coins):
        refuse_units(coins)
        self.n_features, self._rows, self._coins = rows.n_features, rows, coins

    def total(self, queries):
        """Exact sums over a fresh sample; see :meth:`Rows.total`."""
        check_queries(queries, self.n_features)
        return self._rows.total([_of_sample(query, self._coins) for query in queries])

    def encoded(self, classes):
        """Refused: a sample is added up, and that is all."""
        raise refused(TypeError, "Encode the rows before they are sampled.")


@dataclass(frozen=True, eq=False)
class _OfSample(Handed):
    """A query of a sample, asked about all rows of a chunk."""

    coins: Coins

    def __call__(self, X, y, weight):
        if self.coins.entropy.seeded:  # and chunks do not know their places
            raise refused(
                ValueError,
                "With random_state only rows in memory can be sampled: the coins of "
                "chunks could not be repeated. Pass random_state=None, or such rows.",
            )
        X = _matrix(X) if isinstance(X, tuple) else X
        kept = np.flatnonzero(self.coins.drawn(X, y))
        X = _taken(X, kept)
        y = y if y is None else read_only(y[kept])
        weight = weight if len(weight) == 0 else read_only(weight[kept])
        return self.query(X, y, weight)


def _of_sample(query, coins):
    """A query of a sample, as the source of all rows sees it.

    Derived columns are made of all rows, which the source may keep, and then sampled.
    """
    maps = maps_of([query])
    if maps is None:
        return _OfSample(query, coins)
    return AfterMap(_OfSample(query.query, coins), MadeBy(maps))


def refuse_units(coins):
    """Refuse units of several rows, where nothing tells which rows they have."""
    if coins.max_rows > 1:
        raise refused(
            ValueError,
            "These rows do not tell which of them belong to one group, so groups "
            "cannot be sampled. Give X and groups in memory.",
        )


def _matrix(X):
    """A chunk of sparse rows that can be taken apart."""
    from scipy.sparse import csr_array

    *parts, width = X
    return csr_array(tuple(parts), shape=(len(X[2]) - 1, int(width)))


def _taken(X, kept):
    """Some rows of a chunk, as queries read them."""
    if isinstance(X, DerivedColumns):
        return X.taken(kept)
    X = X[kept]
    if isinstance(X, np.ndarray):
        return read_only(X)
    parts = X.data, X.indices, X.indptr, np.int64(X.shape[1])
    return tuple(map(_kept_from_writing, parts))


def _kept_from_writing(part):
    return read_only(part) if np.ndim(part) else part
