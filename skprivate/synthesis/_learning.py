"""What a synthesizer learns: single columns, which pairs matter, and these pairs."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from skprivate.base import Count
from skprivate.marginals import GraphicalModel, fitted_model
from skprivate.queries import OfView, TableGaps
from skprivate.rows import Frozen
from skprivate.synthesis._adaptive import EXPLAINED, Adaptive
from skprivate.synthesis._asked import check_room
from skprivate.synthesis._choice import (
    chosen_pairs,
    expected_by_chance,
    shares_by_size,
    tells,
)
from skprivate.synthesis._columns import Singles, groups_of
from skprivate.synthesis._groups import Grouped, summed

_SINGLES, _SCORES = 0.2, 0.15  # of what is spent after bins
_DOUBT = 2.0  # deviations of noise that a score must exceed
_COARSE_ERROR = 0.04  # of the rows may be out of place in a table, by noise
_IN_ROUNDS = 0.15  # the same, where each table is worth its noise as it is chosen
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
    (:class:`CellTotals`), how far such counts are from released ones
    (:class:`TableGaps`) and which of these is largest (:class:`FarthestTable`); all
    else is a function of answers and public facts.

    Parameters
    ----------
    curator : Curator
    layout : Layout
    possible : list of ndarray of bool
        For each column which codes rows can have at all.
    method : {"swift", "mst", "aim", "independent"}
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
    error = _IN_ROUNDS if method == "aim" else _COARSE_ERROR
    grouped = Grouped(layout, _groups(layout, singles, noise, error, max_cells))
    total = float(singles.total.sum())
    known = {} if layout.label is None else {layout.label: singles.total > 0}
    pairs, tables = [], []
    if method == "aim" and not only_singles:
        rounds = Adaptive(curator, grouped, total, known, max_cells)
        pairs, tables = rounds.tables([*grouped.of_singles(singles)], forced)
    elif not only_singles:
        pairs, tables = _pairs(
            curator, grouped, singles, noise,
            only_tree=method == "mst", max_cells=max_cells, forced=forced,
        )  # fmt: skip
    if curator.remaining > 0:  # no pair is worth its noise: columns are looked at again
        singles = Singles.of(
            curator, layout, possible, share=curator.remaining, earlier=singles
        )
    measured = [*grouped.of_singles(singles), *tables]
    close = {"explained": EXPLAINED} if method == "aim" else {}
    tree = grouped.tree(pairs)
    model = fitted_model(tree, measured, total, possible=known, **close)
    return TableModel(
        model,
        grouped.groups,
        _within(grouped, singles, possible),
        layout.label,
        total,
        singles.noise_of_total,
        tuple(pairs),
    )


def _groups(layout, singles, noise, error, max_cells):
    """Groups of the codes of each column; as many as noise allows in tables of two."""
    n_rows, k = singles.total.sum(), layout.n_labels
    d = max(len(layout.features) - 1, 1)
    cells = error * n_rows / (noise * np.sqrt(d))
    most = int(np.clip(np.sqrt(cells / k), _FEWEST_GROUPS, _MOST_GROUPS))
    most = max(1, min(most, int(np.sqrt(max_cells / k)) - 1))
    groups = [np.arange(n) for n in layout.bins.n_codes]
    ordered = ~layout.bins.categorical
    for j, counts in zip(layout.features, singles.counts, strict=True):
        groups[j] = groups_of(counts, most, ordered[j])
    return tuple(groups)


def _pairs(curator, grouped, singles, noise, *, only_tree, max_cells, forced):
    """Pairs that were chosen by one joint look at all, and their tables."""
    features, layout = grouped.layout.features, grouped.layout
    coarse = {
        j: summed(table, grouped.groups[j])
        for table, j in zip(singles.counts, features, strict=True)
    }
    pairs = list(combinations(features, 2))
    expected = [_independent(coarse[a], coarse[b], singles.total) for a, b in pairs]
    query = TableGaps(
        grouped.counts(pairs),
        np.concatenate([table.ravel() for table in expected]) / curator.max_weight,
    )
    share = curator.remaining * _SCORES
    gaps = curator.release(OfView(query, layout.view), share=share)
    gains = gaps - [expected_by_chance(table) for table in expected]
    gains -= _DOUBT * curator.noise_of(query)
    gains[[not tells(grouped, pair) for pair in pairs]] = -np.inf
    cells = np.array([table.size for table in expected])
    chosen = chosen_pairs(
        pairs, gains, cells, noise, grouped.tree, forced, (max_cells, only_tree)
    )
    if not chosen:
        return [], []
    pairs = [pairs[i] for i in chosen]
    shares = curator.remaining * shares_by_size(cells[chosen])
    return pairs, grouped.counted(curator, pairs, shares.tolist())


def _independent(first, second, total):
    """What two columns have together if all they share is the label."""
    return first[:, None, :] * second[None, :, :] / np.maximum(total, 1.0)


def _within(grouped, singles, possible):
    """Odds of codes within groups, pulled towards those of all labels together.

    Codes of a group in which there seem to be no rows are as likely as each other.
    """
    layout = grouped.layout
    found = [np.ones((n, layout.n_labels)) for n in layout.bins.n_codes]
    for j, table in zip(layout.features, singles.counts, strict=True):
        group = grouped.groups[j]
        rows = summed(table, group)[group]
        all_rows = rows.sum(axis=1, keepdims=True)
        of_all = table.sum(axis=1, keepdims=True) / np.maximum(all_rows, 1e-9)
        many = np.bincount(group)[group][:, None]
        weight = rows / (rows + many * singles.noise)
        own = table / np.maximum(rows, 1e-9)
        found[j] = weight * own + (1 - weight) * of_all
        can = possible[j].astype(float)
        can[np.bincount(group, can)[group] == 0] = 1.0
        found[j] = np.where(all_rows > 0, found[j], can[:, None])
    return tuple(found)
