"""Counts of rows by bins of a score: what probabilities are put right by."""

from dataclasses import dataclass

import numpy as np

from skprivate.base import Query
from skprivate.mechanisms import root_above
from skprivate.metrics._question import Question
from skprivate.metrics._tables import release

_TELLING = 3.0  # deviations of its noise, from which on a bin has rows
_UNIT, _REACH = 0.5, 4.4  # from -20 to 20, of which half the bins are within 2


def edges_of(n_bins):
    """Ends of public bins of log-odds, finer where they are small.

    Parameters
    ----------
    n_bins : int
        The first and the last have no outer end.

    Returns
    -------
    ndarray of shape (n_bins - 1,)
    """
    return _UNIT * np.sinh(np.linspace(-_REACH, _REACH, n_bins + 1)[1:-1])


def centers_of(n_bins):
    """A log-odds in each of these bins."""
    ends = np.linspace(-_REACH, _REACH, n_bins + 1)
    return _UNIT * np.sinh((ends[1:] + ends[:-1]) / 2)


@dataclass(frozen=True, eq=False)
class ScoreBins(Query):
    """Rows of each bin of each score, those of its class and all others apart.

    **Guarantee.** A row is in one bin of each score, and there with its class or with
    the others: so it adds at most one to one count for each score. Of ``k`` scores the
    2-norm of what it adds is at most ``sqrt(k)``, and the 1-norm at most ``k``. A row
    that is not finite, or has no class, adds nothing.

    Parameters
    ----------
    edges : ndarray of shape (n_bins - 1,)
        Public ends of bins, increasing.
    codes : tuple of int
        The class that each score is about.
    """

    edges: np.ndarray
    codes: tuple

    def problems(self):
        """Edges ascend, and there is a score."""
        if np.ndim(self.edges) != 1 or (np.diff(self.edges) <= 0).any():
            yield "edges do not ascend"
        if not self.codes:
            yield "there is no score"

    @property
    def width(self):
        """One column for each score."""
        return len(self.codes)

    @property
    def bound(self):
        """Root of the number of scores."""
        return root_above(len(self.codes))

    @property
    def l1_bound(self):
        """Number of scores."""
        return float(len(self.codes))

    @property
    def n_cells(self):
        """Counts of one score."""
        return 2 * (len(self.edges) + 1)

    @property
    def size(self):
        """Two counts for each bin of each score."""
        return self.n_cells * len(self.codes)

    def __call__(self, X, y, weight):
        from skprivate.kernels import class_counts

        y, one = np.asarray(y), 1.0 / self.step
        there = np.isfinite(X).all(axis=1) & (y >= 0)
        counts = []
        for column, code in enumerate(self.codes):
            bins = np.searchsorted(self.edges, X[:, column], side="right")
            cells = bins + (y == code) * (len(self.edges) + 1)
            cells = np.where(there, cells, -1).astype(np.int32)
            counts.append(class_counts(cells, self.n_cells, weight, one))
        return np.concatenate(counts)


@dataclass(frozen=True, eq=False)
class Tables(Question):
    """How often each score was right, by bins.

    Parameters
    ----------
    classes : ndarray
        All labels.
    n_bins : int
        Of each score.
    """

    classes: np.ndarray
    n_bins: int

    @property
    def codes(self):
        """The class that each score is about; of two, the last."""
        number = len(self.classes)
        return (1,) if number == 2 else tuple(range(number))

    def check_width(self, n_columns):
        """Scores are made here."""

    def ask(self, curator, z):
        """Counts of all tables, of rows without and with the class of each.

        Returns
        -------
        counts : ndarray of shape (n_scores, 2, n_bins)
            As they were released: they may be negative.
        noise : float
            Standard deviation of the noise of a count.
        """
        curator.classes(self.classes)
        query = ScoreBins(edges_of(self.n_bins), self.codes)
        counts, variance = release(curator, query, 1.0)
        counts = counts.reshape(len(self.codes), 2, self.n_bins)
        return counts, float(np.sqrt(variance[0]))


def telling(counts, noise):
    """Counts of at least zero; and zero in bins that may have no row.

    Else noise far out, where no row is, would have the most to say.
    """
    seen = counts.sum(axis=1, keepdims=True) > _TELLING * np.sqrt(2.0) * noise
    return np.where(seen, np.maximum(counts, 0.0), 0.0)
