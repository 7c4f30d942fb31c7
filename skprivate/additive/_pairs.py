"""Pairs of columns: which of them matter, and what they add to the shapes."""

from dataclasses import dataclass
from itertools import combinations
from numbers import Integral

import numpy as np

from skprivate.additive._posterior import Evidence, most_likely
from skprivate.additive._priors import (
    centred,
    of_categories,
    of_numbers,
    of_pair,
)
from skprivate.queries import (
    AddCellTerms,
    CellTotals,
    GroupCells,
    OfView,
)
from skprivate.queries._pair_scores import PairScores

_MOST_GROUPS = 8  # of a column
_CHOICE_SHARE = 0.2  # of what is spent on pairs
_N_STEPS = 4
_N_EXACT_STEPS = 10
_ROUNDS = 5
_RELEVANCE = 8.0  # of a pair before anything is seen: small, beside single columns
_TYPICAL = 0.8  # mean absolute value of a normal number of deviation one
_SIGNAL_OF_PAIR = 500.0  # rows times mu that a pair is worth, of a few columns
_FEW_COLUMNS = 5.0  # beyond which what a pair costs is taken from more of them
_MOST_PAIRS = 3
_LEAST_CURVED = 0.05  # of the curvature that was expected
_LEAST_LIKELY = 0.2  # rows of a cell, as a part of what independent columns have


@dataclass(frozen=True, eq=False)
class Pairs:
    """Shapes of pairs of columns.

    Attributes
    ----------
    tables : GroupCells or None
        None: there are no pairs.
    values, errors : ndarray of shape (size, n_margins)
    masses : ndarray of shape (size,)
    """

    tables: GroupCells | None
    values: np.ndarray
    errors: np.ndarray
    masses: np.ndarray


def checked_pairs(interactions, names, directions):
    """Pairs of columns that are asked for, or how many are to be chosen.

    Parameters
    ----------
    interactions : int, "auto" or list of pairs of names or numbers
    names : list of str
    directions : ndarray of int
        Monotone columns, which are in no pair: a sum would not be monotone.

    Returns
    -------
    list of tuple, int or None
        None: as many as the rows can tell apart.
    """
    free = np.flatnonzero(directions == 0)
    most = len(free) * (len(free) - 1) // 2
    if isinstance(interactions, str):
        return None
    if isinstance(interactions, Integral):
        return min(int(interactions), most)
    pairs = []
    for pair in interactions:
        if not _is_pair(pair):
            raise ValueError(
                "interactions must hold pairs of columns. Write a list of tuples, such "
                "as [('age', 'income')]."
            )
        numbers = tuple(sorted(_number(end, names) for end in pair))
        if numbers[0] == numbers[1] or numbers in pairs:
            raise ValueError(
                "interactions names a pair twice, or a column with itself. Use "
                "different ones."
            )
        if directions[list(numbers)].any():
            raise ValueError(
                "interactions names a column that monotonic_cst gives a direction: "
                "with a pair it would not keep it. Leave one of them out."
            )
        pairs.append(numbers)
    return pairs


def _is_pair(pair):
    """Whether it is two names or numbers, in an order."""
    if not isinstance(pair, (tuple, list)) and getattr(pair, "ndim", 0) != 1:
        return False
    return len(pair) == 2 and all(np.ndim(end) == 0 for end in pair)


def _number(column, names):
    if column in names:
        return names.index(column)
    if isinstance(column, Integral) and 0 <= column < len(names):
        return int(column)
    raise ValueError(
        f"interactions names a column that there is not, {column!r}. Use names or "
        "numbers of columns."
    )


def affordable_pairs(n_rows, mu, n_columns):
    """How many pairs so many rows tell apart: a rule in a noisy count."""
    most = min(_MOST_PAIRS, n_columns * (n_columns - 1) // 2)
    worth = _SIGNAL_OF_PAIR * max(1.0, n_columns / _FEW_COLUMNS)
    return int(min(most, n_rows * mu / worth))


def learn_pairs(curator, shapes, bins, task, wanted, free, *, share):
    """Shapes of pairs, for a share of the budget.

    Parameters
    ----------
    curator : Curator
    shapes : Shapes
        Of single columns.
    bins : Bins
    task : Task
    wanted : list of tuple, or int
    free : ndarray of int
        Columns of which pairs may be chosen.
    share : float

    Returns
    -------
    Pairs
    """
    if not wanted:
        nothing = np.zeros((0, len(task.start)))
        return Pairs(None, nothing, nothing, np.zeros(0))
    groups = tuple(
        _groups(part, of_categories)
        for part, of_categories in zip(
            np.split(shapes.masses, bins.offsets[1:]), bins.categorical, strict=True
        )
    )
    steps = task.steps()
    coarse = _Coarse(bins, groups, shapes)
    if isinstance(wanted, int):
        part = _CHOICE_SHARE * share
        wanted = _chosen(curator, shapes, coarse, steps, wanted, free, share=part)
        share -= part
    priors = [coarse.prior(pair) for pair in wanted]
    return _fitted(curator, shapes, coarse, task, wanted, priors, share=share)


def _chosen(curator, shapes, coarse, steps, n, free, *, share):
    """Pairs with large scores, chosen one after another."""
    left, chosen = list(combinations(free.tolist(), 2)), []
    chances = np.array([coarse.chance(pair) for pair in left])
    for _ in range(n):
        tables = GroupCells(coarse.groups, tuple(left))
        query = PairScores(CellTotals(tables, steps), chances)
        place = curator.choose(OfView(query, shapes.view), share=share / n)
        chosen.append(left.pop(place))
        chances = np.delete(chances, place)
    return chosen


def _fitted(curator, shapes, coarse, task, pairs, priors, *, share):
    """Values of the cells of some pairs, by a few noisy gradients."""
    tables = GroupCells(coarse.groups, tuple(pairs))
    masses = np.concatenate([coarse.masses(pair) for pair in pairs])
    size, n_margins = len(masses), len(task.start)
    curved = _Curved(masses * coarse.curvature)
    ends = np.cumsum(tables.sizes)
    cells = [slice(e - n, e) for e, n in zip(ends, tables.sizes, strict=True)]
    query = CellTotals(tables, task.curved_steps())
    solvers = [
        [_OnePair(prior, coarse.slope(pair)) for _ in range(n_margins)]
        for pair, prior in zip(pairs, priors, strict=True)
    ]
    values, errors = np.zeros((size, n_margins)), np.zeros((size, n_margins))
    view, there = shapes.view, values.copy()
    n_steps = _N_STEPS if curator.budget.private else _N_EXACT_STEPS
    for left in reversed(range(n_steps)):
        answer = curator.release(OfView(query, view), share=share / n_steps)
        parts = answer.reshape(size, -1)
        gradients = parts[:, :n_margins]
        if parts.shape[1] > n_margins:
            curved.add(parts[:, 1], curator.noise_of(query) * query.terms.noise[1])
        noise = max(curator.noise_of(query), 1e-3 * np.sqrt(masses.mean()))
        for here, solver in zip(cells, solvers, strict=True):
            for k in range(n_margins):
                seen = gradients[here, k], curved.likely[here], values[here, k], noise
                found = solver[k].best(*seen, task.dispersion, with_errors=not left)
                values[here, k] = found.values[:-1]
                if not left:
                    errors[here, k] = found.errors[:-1]
        view = view.then(AddCellTerms(tables, values - there))
        there = values.copy()
    return Pairs(tables, values, errors, masses)


class _OnePair:
    """One margin of a pair: nothing is assumed of what it has in common with others."""

    def __init__(self, prior, slope):
        self.prior = prior
        self.slopes = np.append(slope, 0.0)[:, None]  # the intercept comes last
        self.evidence = Evidence(len(prior))
        self.relevance = np.full(2, _RELEVANCE)

    def best(self, gradient, curvature, values, noise, dispersion, *, with_errors):
        """Take a gradient into account: what is most likely by then."""
        slope = np.column_stack([np.diag(curvature), np.zeros(len(values))])
        self.evidence.add(gradient, slope, np.append(values, 0.0), noise)
        found = most_likely(
            self.evidence, dispersion, [self.prior], self.slopes, 0.0,
            self.relevance, _RELEVANCE, _ROUNDS, with_errors,
        )  # fmt: skip
        self.relevance = found.relevance
        return found


class _Curved:
    """Curvature of each cell: what is expected of it, mended by what was seen.

    Columns may depend on each other in ways that a correlation does not tell, so that
    what is expected may be off by its own size. A step that follows from too little
    curvature would go too far.
    """

    def __init__(self, expected):
        self.expected, self.likely = expected, expected
        self.seen, self.weight = np.zeros_like(expected), 0.0

    def add(self, curvatures, noise):
        """Take noisy curvatures into account."""
        new = 1 / max(noise, 1e-9) ** 2
        self.weight += new
        self.seen = self.seen + (curvatures - self.seen) * new / self.weight
        trust = self.expected**2 / (self.expected**2 + 1 / self.weight)
        likely = self.expected + trust * (self.seen - self.expected)
        self.likely = np.maximum(likely, _LEAST_CURVED * self.expected)


@dataclass(frozen=True, eq=False)
class _Coarse:
    """Groups of the codes of each column, and the rows that are in two at once."""

    bins: object
    groups: tuple
    shapes: object

    @property
    def curvature(self):
        """Mean curvature of the loss in a cell."""
        return self.shapes.curvature

    def masses(self, pair):
        """Rows in each cell of a pair."""
        first, second = (self._ones(j) for j in pair)
        a, b = (self._part(j) for j in pair)
        together = first @ self.shapes.moments[a, b] @ second.T
        alone = first @ self.shapes.masses[a], second @ self.shapes.masses[b]
        apart = np.outer(*alone) / alone[0].sum()
        return np.maximum(together, _LEAST_LIKELY * apart).ravel()

    def chance(self, pair):
        """What is expected of the score of a pair that tells nothing."""
        variances = self.masses(pair) * self.curvature
        few = 2 * variances  # of a cell that mostly holds one row, or none
        return float(np.minimum(_TYPICAL * np.sqrt(variances), few).sum())

    def prior(self, pair):
        """Prior of the cells of a pair."""
        prior = of_pair(*(self._prior(j) for j in pair))
        masses = self.masses(pair).reshape(-1, int(self.groups[pair[1]].max()) + 1)
        for line in range(len(masses)):
            prior = centred(prior, _only(masses, line))
        for line in range(masses.shape[1]):
            prior = centred(prior, _only(masses.T, line, flipped=True))
        return prior

    def slope(self, pair):
        """Product of the scores of two numbers, in each cell; zeros for categories."""
        first, second = (self._ones(j) @ self._weighted(j) for j in pair)
        a, b = (self._ones(j) @ self.shapes.masses[self._part(j)] for j in pair)
        product = np.outer(first / a, second / b).ravel()
        return product * (not self.bins.categorical[list(pair)].any())

    def _weighted(self, j):
        part = self._part(j)
        return self.shapes.masses[part] * self.shapes.scores[part]

    def _prior(self, j):
        n = int(self.groups[j].max()) + 1
        if self.bins.categorical[j]:
            return of_categories(n)
        return of_numbers(n - 1)

    def _part(self, j):
        start = self.bins.offsets[j]
        return slice(start, start + self.bins.n_codes[j])

    def _ones(self, j):
        group = self.groups[j]
        return (group == np.arange(group.max() + 1)[:, None]).astype(float)


def _only(masses, line, *, flipped=False):
    """Masses of one line of a grid, zero elsewhere, as one row of cells."""
    found = np.zeros_like(masses)
    found[line] = masses[line]
    return (found.T if flipped else found).ravel()


def _groups(masses, of_categories):
    """Few groups of about as many rows each; the last one is of missing values."""
    n = len(masses) - 1
    if of_categories:
        order = np.argsort(-masses[:n], kind="stable")
        group = np.empty(n, dtype=np.int64)
        group[order] = np.minimum(np.arange(n), _MOST_GROUPS - 1)
    else:
        middle = np.cumsum(masses[:n]) - masses[:n] / 2
        wanted = np.floor(middle / masses[:n].sum() * _MOST_GROUPS).astype(np.int64)
        group = np.unique(wanted, return_inverse=True)[1]
    return np.append(group, group.max() + 1).astype(np.int64)
