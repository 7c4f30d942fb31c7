"""What a synthesizer learns: single columns, which pairs matter, and these pairs."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from skprivate.base import Count
from skprivate.marginals import GraphicalModel, JunctionTree, Measured, fitted_model
from skprivate.queries import GroupCells, OfView, TableGaps
from skprivate.rows import Frozen
from skprivate.synthesis._asked import check_room
from skprivate.synthesis._choice import (
    chosen_pairs,
    expected_by_chance,
    shares_by_size,
)
from skprivate.synthesis._columns import Singles, groups_of

_SINGLES, _SCORES = 0.2, 0.15  # of what is spent after bins
_DOUBT = 2.0  # deviations of noise that a score must exceed
_COARSE_ERROR = 0.04  # of the rows may be out of place in a table, by noise
_FEWEST_GROUPS, _MOST_GROUPS = 3, 32


@dataclass(frozen=True, eq=False)
class TableModel(Frozen):
    """A distribution of the codes of all columns.

    Parameters
    ----------
    model : GraphicalModel
        Of groups of codes, and of the label.
    groups : tuple of ndarray of int
        The group of each code of each column; of the label, each code is one.
    within : tuple of ndarray of shape (n_codes, n_labels)
        Odds of each code within its group, by label.
    label : int or None
        Number of the variable that is the label.
    n_rows : float
        Noisy number of rows.
    noise : float
        Standard deviation of that number, about.
    pairs : tuple of tuple of int
        Columns that were looked at together.
    """

    model: GraphicalModel
    groups: tuple
    within: tuple
    label: int | None
    n_rows: float
    noise: float
    pairs: tuple

    @property
    def of_labels(self):
        """Rows of each label."""
        return self.n_rows * self.model.marginal((self.label,))

    def problems(self):
        """Yield what is wrong with it, wherever it came from."""
        if not isinstance(self.model, GraphicalModel):
            yield "there is no model of groups"
        elif len(self.groups) != len(self.within):
            yield "not all columns have odds within groups"


def learned_model(curator, layout, possible, *, method, max_cells, forced):
    """Learn the model, with what is left of the budget.

    **Guarantee.** What is asked are counts of rows in cells of columns
    (:class:`CellTotals`) and how far such counts are from released ones
    (:class:`TableGaps`); all else is a function of answers and public facts.

    Parameters
    ----------
    curator : Curator
    layout : Layout
    possible : list of ndarray of bool
        For each column which codes rows can have at all.
    method : {"swift", "mst", "independent"}
    max_cells : int
    forced : set of tuple of int
        Pairs of columns that are looked at in any case.
    """
    features = layout.features
    check_room(max_cells, layout.n_labels)
    only_singles = method == "independent" or len(features) < 2
    budget = curator.remaining
    first = budget if only_singles else _SINGLES * budget
    singles = Singles.of(curator, layout, possible, share=first)
    for_pairs = curator.remaining * (1 - _SCORES)
    noise = max(curator.noise_of(Count(), share=for_pairs or 1.0), 1e-9)
    groups = _groups(layout, singles, noise, max_cells)
    coarse = [
        _summed(table, groups[j])
        for table, j in zip(singles.counts, features, strict=True)
    ]
    pairs, tables = [], []
    if not only_singles:
        pairs, tables = _pairs(
            curator, layout, groups, coarse, singles, noise,
            only_tree=method == "mst", max_cells=max_cells, forced=forced,
        )  # fmt: skip
    if curator.remaining > 0:  # no pair is worth its noise: columns are looked at again
        singles = Singles.of(
            curator, layout, possible, share=curator.remaining, earlier=singles
        )
    measured = [*_of_singles(layout, groups, singles), *tables]
    tree = _tree(layout, groups, pairs)
    total = float(singles.total.sum())
    known = {} if layout.label is None else {layout.label: singles.total > 0}
    model = fitted_model(tree, measured, total, possible=known)
    within = _within(layout, groups, singles)
    return TableModel(
        model,
        tuple(groups),
        within,
        layout.label,
        total,
        singles.noise_of_total,
        tuple(pairs),
    )


def _groups(layout, singles, noise, max_cells):
    """Groups of the codes of each column; as many as noise allows in tables of two."""
    n_rows, k = singles.total.sum(), layout.n_labels
    d = max(len(layout.features) - 1, 1)
    cells = _COARSE_ERROR * n_rows / (noise * np.sqrt(d))
    most = int(np.clip(np.sqrt(cells / k), _FEWEST_GROUPS, _MOST_GROUPS))
    most = max(1, min(most, int(np.sqrt(max_cells / k)) - 1))
    groups = [np.arange(n) for n in layout.bins.n_codes]
    ordered = ~layout.bins.categorical
    for j, counts in zip(layout.features, singles.counts, strict=True):
        groups[j] = groups_of(counts, most, ordered[j])
    return groups


def _pairs(
    curator, layout, groups, coarse, singles, noise, *, only_tree, max_cells, forced
):
    """Pairs that were chosen, and their tables."""
    places = {j: i for i, j in enumerate(layout.features)}
    pairs = list(combinations(layout.features, 2))

    def make(terms):
        return GroupCells(tuple(groups), terms)

    expected = [
        _independent(coarse[places[a]], coarse[places[b]], singles.total)
        for a, b in pairs
    ]
    query = TableGaps(
        layout.counts(make, pairs),
        np.concatenate([table.ravel() for table in expected]) / curator.max_weight,
    )
    share = curator.remaining * _SCORES
    gaps = curator.release(OfView(query, layout.view), share=share)
    gains = gaps - [expected_by_chance(table) for table in expected]
    gains -= _DOUBT * curator.noise_of(query)
    cells = np.array([table.size for table in expected])
    chosen = chosen_pairs(
        pairs, gains, cells, noise, lambda some: _tree(layout, groups, some), forced,
        (max_cells, only_tree),
    )  # fmt: skip
    if not chosen:
        return [], []
    pairs = [pairs[i] for i in chosen]
    shapes = [expected[i].shape[:-1] for i in chosen]
    queries = [layout.counts(make, [pair]) for pair in pairs]
    shares = curator.remaining * shares_by_size(cells[chosen])
    answers = curator.release(
        *(OfView(query, layout.view) for query in queries), share=shares.tolist()
    )
    answers = answers if isinstance(answers, tuple) else (answers,)
    tables = []
    for pair, answer, shape, query, part in zip(
        pairs, answers, shapes, queries, shares, strict=True
    ):
        (table,) = layout.as_tables(answer, [shape])
        found = curator.noise_of(query, share=part)
        tables.append(_measured(layout, pair, table, max(found, 1e-9)))
    return pairs, tables


def _tree(layout, groups, pairs):
    """Junction tree of pairs and the label."""
    sizes = [int(group.max()) + 1 for group in groups]
    label = () if layout.label is None else (layout.label,)
    if layout.n_classes is not None:
        sizes.append(layout.n_classes)
    singles = [(j, *label) for j in layout.features]
    return JunctionTree.around(sizes, [*singles, *((*p, *label) for p in pairs)])


def _measured(layout, columns, table, noise):
    """A table by columns and label, with its axes in the order of variables."""
    noise = np.broadcast_to(noise, table.shape)
    if layout.label is None:
        return Measured(columns, table[..., 0], noise[..., 0])
    variables = (*columns, layout.label)
    order = np.argsort(variables)
    return Measured(
        tuple(variables[k] for k in order),
        np.transpose(table, order),
        np.transpose(noise, order),
    )


def _of_singles(layout, groups, singles):
    """Rows of each group, by label."""
    for j, table in zip(layout.features, singles.counts, strict=True):
        group = groups[j]
        n_codes = np.bincount(group).astype(float)[:, None]
        noise = np.broadcast_to(
            singles.noise * np.sqrt(n_codes), (len(n_codes), table.shape[1])
        )
        yield _measured(layout, (j,), _summed(table, group), noise)


def _summed(table, group):
    """Rows of groups of codes."""
    found = np.zeros((int(group.max()) + 1, table.shape[1]))
    np.add.at(found, group, table)
    return found


def _independent(first, second, total):
    """What two columns have together if all they share is the label."""
    return first[:, None, :] * second[None, :, :] / np.maximum(total, 1.0)


def _within(layout, groups, singles):
    """Odds of codes within groups, pulled towards those of all labels together."""
    found = [np.ones((n, layout.n_labels)) for n in layout.bins.n_codes]
    for j, table in zip(layout.features, singles.counts, strict=True):
        group = groups[j]
        rows = _summed(table, group)[group]
        all_rows = rows.sum(axis=1, keepdims=True)
        of_all = table.sum(axis=1, keepdims=True) / np.maximum(all_rows, 1e-9)
        many = np.bincount(group)[group][:, None]
        weight = rows / (rows + many * singles.noise)
        own = table / np.maximum(rows, 1e-9)
        found[j] = weight * own + (1 - weight) * of_all
    return tuple(found)
