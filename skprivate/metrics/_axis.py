"""A public axis on which every score has a place, and cells that follow the rows.

Scores are probabilities, which crowd at 0 and at 1, or margins, which may be anywhere.
So the axis is logarithmic around 0 and on the inner side of 1, and cells are found by
halving, so to speak, the number of rows and not the length: three or four rounds of
noisy counts, each with cells that hold about as many rows according to the last.
"""

from dataclasses import dataclass
from math import log2

import numpy as np

from skprivate.base._query_check import edge_problems
from skprivate.metrics._tables import Cells, release

N_CELLS = 64
ROUNDS = 4
START, END = -2.0, 4.0
_MOST = 1075.0  # no exponent of a double is larger
_UNIT = log2(1 + _MOST)


def key_of(score):
    """Place of scores on the axis: increasing, from -2 through 0 and 2 to 4.

    The places of 0, 1/2 and 1 are 0, 1 and 2. Towards 0 from both sides, towards 1, and
    towards infinity an equal step is an ever larger factor.
    """
    score = np.asarray(score, dtype=np.float64)
    with np.errstate(all="ignore"):
        parts = [
            -1.0 - _log(-score),
            1.0 + _log(2.0 * score),
            1.0 - _log(2.0 * (1.0 - score)),
            3.0 + _log(score - 1.0),
        ]
    return np.select([score <= 0.0, score < 0.5, score <= 1.0], parts[:3], parts[3])


def score_at(key):
    """The score at a place; undoes :func:`key_of`."""
    key = np.asarray(key, dtype=np.float64)
    parts = [
        -_power(-1.0 - key),
        _power(key - 1.0) / 2.0,
        1.0 - _power(1.0 - key) / 2.0,
        1.0 + _power(key - 3.0),
    ]
    return np.select([key < 0.0, key < 1.0, key <= 2.0], parts[:3], parts[3])


def _log(value):
    """From -1 at zero through 0 at one to 1 at infinity, slower than a logarithm."""
    exponent = np.clip(np.log2(value), -_MOST, _MOST)
    return np.sign(exponent) * np.log2(1.0 + np.abs(exponent)) / _UNIT


def _power(value):
    """Undo :func:`_log`."""
    exponent = np.sign(value) * (np.exp2(np.abs(value) * _UNIT) - 1.0)
    power = np.exp2(np.clip(exponent, -_MOST, 1023.0))
    return np.where(value <= -1.0, 0.0, power)


@dataclass(frozen=True, eq=False)
class ScoreCells(Cells):
    """Number of rows in each cell of the axis, of all classes or of each of two.

    Parameters
    ----------
    edges : ndarray of shape (n_cells + 1,)
        Places; what lies beyond the ends counts in the outermost cells.
    positive : int, default=None
        Code of the positive class, whose cells come last; None does not look at
        classes.
    """

    edges: np.ndarray
    positive: int | None = None

    def problems(self):
        """Edges ascend."""
        yield from edge_problems(self.edges[None])

    @property
    def n_cells(self):
        """Number of cells of a class."""
        return len(self.edges) - 1

    @property
    def size(self):
        """Number of cells."""
        return self.n_cells * (1 if self.positive is None else 2)

    @property
    def name(self):
        """With or without classes."""
        return "ScoreCells" if self.positive is None else "ClassScoreCells"

    def cells(self, X, y):
        """A score on an edge is in the cell above it."""
        cells = np.searchsorted(self.edges[1:-1], key_of(X[:, 0]), side="right")
        if self.positive is None:
            return cells
        return np.where(y < 0, -1, cells + self.n_cells * (y == self.positive))


def found_edges(curator, share, n_rows, n_top=np.inf):
    """Edges of cells that hold about as many rows each, or fewer at the top.

    Parameters
    ----------
    curator : Curator
    share : float
        Of the budget, for all rounds.
    n_rows : float
        Number of rows, as far as it is known: the sum of noisy cells says it less well.
    n_top : float, default=infinity
        Cells grow with the number of rows above them, from where there are so many.

    Returns
    -------
    edges : ndarray
        Places, some 64, increasing.
    """
    edges = np.linspace(START, END, N_CELLS + 1)
    for _ in range(ROUNDS):
        counts, _ = release(curator, ScoreCells(edges), share / ROUNDS)
        counts = weighed_by_rank(nonnegative(counts, n_rows), n_top)
        edges = equal_cells(edges, counts, N_CELLS)
    return edges


def weighed_by_rank(counts, n_top):
    """Counts whose rows weigh ``1 / (1 + rank / n_top)``; the highest score ranks 0."""
    ranks = np.concatenate([[0.0], np.cumsum(counts[::-1])])
    sums = ranks if n_top == np.inf else n_top * np.log1p(ranks / n_top)
    return np.diff(sums)[::-1]


def equal_cells(edges, counts, n_cells):
    """Edges of about ``n_cells`` cells with equal counts, taking cells as even inside.

    Edges of a cell that holds much more than its part are kept, lest what is crowded at
    one end of it be cut off by the first new edge inside.
    """
    total = np.concatenate([[0.0], np.cumsum(counts)])
    wanted = total[-1] * np.arange(1, n_cells) / n_cells
    rising = total + np.arange(len(total)) * (1e-12 * total[-1])  # no flat parts
    inner = np.interp(wanted, rising, edges)
    heavy = np.flatnonzero(counts > 2 * total[-1] / n_cells)
    kept = edges[heavy], edges[heavy + 1]
    return np.unique(np.concatenate([[START], inner, *kept, [END]]))


def nonnegative(counts, total):
    """The nearest counts that are not negative and have a given total.

    They are the noisy counts less one number, cut at zero (Duchi, Shalev-Shwartz,
    Singer and Chandra 2008, Figure 1). The total is at least one. Of many tables, each
    along the last axis, each has its total.
    """
    total = np.maximum(total, 1.0)[..., None]
    falling = -np.sort(-counts, axis=-1)
    excess = np.cumsum(falling, axis=-1) - total
    excess /= np.arange(1, counts.shape[-1] + 1)
    last = np.count_nonzero(falling > excess, axis=-1, keepdims=True) - 1
    return np.maximum(counts - np.take_along_axis(excess, last, axis=-1), 0.0)


def thinned(edges, n_cells):
    """About ``n_cells`` cells, each made of neighbours."""
    n_cells = min(n_cells, len(edges) - 1)
    chosen = np.linspace(0, len(edges) - 1, n_cells + 1)
    return edges[np.unique(np.rint(chosen).astype(int))]
