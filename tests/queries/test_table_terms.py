"""Terms and scores that are looked up by cells, and scores of pairs."""

import numpy as np
import pytest

from skprivate.base import Box
from skprivate.binning import BinCodes, Bins
from skprivate.losses import Logistic, Multinomial
from skprivate.queries import (
    AddCellTerms,
    CellTotals,
    ColumnCells,
    Derived,
    GroupCells,
    LossSteps,
    OfScores,
    OfView,
    SecondMoments,
)
from skprivate.queries._pair_scores import PairScores
from skprivate.rows import DerivedColumns

NO_WEIGHTS = np.empty(0)
RNG = np.random.default_rng(0)
CODES = RNG.integers(0, 3, (50, 2)).astype(np.uint8)
GROUPS = np.array([0, 0, 1]), np.array([0, 1, 1])


def test_terms_of_pairs_are_those_of_their_cells():
    tables = GroupCells(GROUPS, ((0,), (0, 1)))
    values = RNG.normal(size=(6, 1))
    margins = AddCellTerms(tables, values)(DerivedColumns(CODES, np.zeros((50, 1))))
    for (a, b), margin in zip(CODES, margins.margins[:, 0], strict=True):
        first, second = GROUPS[0][a], GROUPS[1][b]
        assert margin == values[first, 0] + values[2 + 2 * first + second, 0]


def test_terms_of_other_bins_are_refused():
    tables = ColumnCells(np.array([3, 3]), ((0,),))
    terms = AddCellTerms(tables, np.zeros((3, 1)))
    bins = Bins.of_edges([[0.0], [0.0, 1.0]])
    view = Derived((BinCodes(bins, np.zeros(1)),)).then(terms)
    with pytest.raises(ValueError, match="other bins"):
        view.width_of(2)
    with pytest.raises(ValueError, match="makes no sense"):
        AddCellTerms(tables, np.zeros((4, 1)))


def test_moments_of_scores_are_those_of_a_lookup():
    tables = ColumnCells(np.array([3, 3]), ((0,), (1,)))
    values = RNG.normal(size=(6, 1))
    box = Box(-np.full(2, 4.0), np.full(2, 4.0), np.zeros(2), np.ones(2), 14)
    query = OfScores(SecondMoments(box, None, 9.0), tables, values)
    columns = DerivedColumns(CODES, np.zeros((50, 1)))
    rows = np.column_stack([values[CODES[:, 0], 0], values[3 + CODES[:, 1], 0]])
    expected = query.query(rows, None, NO_WEIGHTS)
    assert np.array_equal(query(columns, None, NO_WEIGHTS), expected)
    lost = DerivedColumns(CODES, np.full((50, 1), np.nan))
    assert not query(lost, None, NO_WEIGHTS).any()


@pytest.mark.parametrize("loss", [Logistic(), Multinomial(3)])
def test_no_row_moves_a_score_of_a_pair_by_more_than_the_bound(loss):
    tables = GroupCells(GROUPS, ((0, 1), (0,)))
    totals = CellTotals(tables, LossSteps.of(loss, (1.0,)))
    query = PairScores(totals, np.array([0.5, 2.0]))
    margins = RNG.normal(scale=4, size=(50, loss.n_margins))
    y = RNG.integers(0, max(2, loss.n_margins), 50).astype(float)

    def scores(keep):
        columns = DerivedColumns(CODES[keep], margins[keep])
        return query.scores(query(columns, y[keep], NO_WEIGHTS))

    whole = scores(np.ones(50, bool))
    moved = [np.abs(whole - scores(np.arange(50) != i)).max() for i in range(50)]
    assert 0.5 * query.levels < max(moved) <= query.levels


def test_chance_is_taken_off():
    tables = GroupCells(GROUPS, ((0, 1),))
    totals = CellTotals(tables, LossSteps.of(Logistic(), (1.0,)))
    columns = DerivedColumns(CODES, np.zeros((50, 1)))
    plain, less = (PairScores(totals, np.array([c])) for c in (0.0, 3.0))
    total = plain(columns, np.ones(50), NO_WEIGHTS)
    assert (plain.scores(total) - less.scores(total)) * plain.step == pytest.approx(3.0)


def test_a_pair_score_of_something_else_is_refused():
    tables = GroupCells(GROUPS, ((0, 1),))
    view = Derived((BinCodes(Bins.of_edges([[0.0], [0.0]]), np.zeros(1)),))
    both = CellTotals(tables, LossSteps.of(Logistic()))
    with pytest.raises(ValueError, match="no gradients"):
        OfView(PairScores(both, np.zeros(1)), view).check(2)
    one = CellTotals(tables, LossSteps.of(Logistic(), (1.0,)))
    with pytest.raises(ValueError, match="one number"):
        OfView(PairScores(one, np.zeros(2)), view).check(2)
