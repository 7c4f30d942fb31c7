"""Which pairs of columns are worth their noise."""

import numpy as np

from skprivate.synthesis._columns import TYPICAL

_KEPT = 0.5  # of the noise of a table is left once the model is fitted
ENOUGH_CELLS = 2 * 10**5  # of all cliques together
_MOST_COLUMNS = 24  # of a clique: with two values each, its table has 2**24 cells
_EXPLAINED = 0.5  # of a gain is left, where the columns are joined by others already


def expected_by_chance(counts):
    """Sum of absolute deviations that counts have by chance alone."""
    return float(np.minimum(TYPICAL * np.sqrt(counts), 2 * counts).sum())


def tells(grouped, pair):
    """Whether both columns have several groups: of one, there is nothing to learn."""
    return min(grouped.shape(pair)) > 1


def fits(tree, largest, all_cells=ENOUGH_CELLS):
    """Whether cliques are small enough, each and together; there are few axes, too."""
    few = max(map(len, tree.cliques)) <= _MOST_COLUMNS
    return few and tree.largest <= largest and tree.n_cells <= all_cells


def shares_by_size(sizes):
    """Shares of a budget among tables, for the least sum of absolute errors.

    With the part s of a budget, each of c cells has noise of the order of ``s**-0.5``:
    so the best parts are as ``c**(2/3)``.
    """
    parts = np.asarray(sizes, dtype=float) ** (2 / 3)
    return parts / parts.sum()


def chosen_pairs(pairs, gains, cells, noise, tree_of, forced, limits):
    """Pairs that gain more than their noise costs, and that a junction tree can hold.

    Parameters
    ----------
    pairs : list of tuple
    gains : ndarray
        Rows that are out of place without each pair.
    cells : ndarray
        Of each table.
    noise : float
        Of a count that has all that can be spent.
    tree_of : callable
        Junction tree of some pairs.
    forced : set of tuple
        Pairs that are wanted in any case.
    limits : tuple of int
        Cells of the largest clique, and whether only a tree is wanted.

    Returns
    -------
    list of int
        Numbers of pairs, in order.
    """
    largest, only_tree = limits
    chosen, powers, gained = [], 0.0, 0.0
    joined = _Joined()
    order = sorted(range(len(pairs)), key=lambda i: (pairs[i] not in forced, -gains[i]))
    for late in (False, True):
        for i in order:
            forces = pairs[i] in forced
            if i in chosen or (joined.are(*pairs[i]) != late and not forces):
                continue
            if late and (only_tree or (not forces and gains[i] <= 0)):
                continue
            more = powers + cells[i] ** (2 / 3)
            cost = _KEPT * TYPICAL * noise * (more**1.5 - powers**1.5)
            gain = gains[i] * (_EXPLAINED if late else 1.0)
            if gain <= cost and not forces:
                continue
            if not fits(tree_of([pairs[k] for k in (*chosen, i)]), largest):
                continue
            chosen.append(i)
            powers, gained = more, gained + gain
            joined.join(*pairs[i])
    return chosen


class _Joined:
    """Which columns are joined already, by whatever way."""

    def __init__(self):
        self._root = {}

    def _of(self, j):
        while j in self._root:
            j = self._root[j]
        return j

    def are(self, a, b):
        return self._of(a) == self._of(b)

    def join(self, a, b):
        a, b = self._of(a), self._of(b)
        if a != b:
            self._root[a] = b
