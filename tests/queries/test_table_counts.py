"""What a row can add to the counts of a table, to ranks and to views of rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skprivate.queries import IntervalTree
from skprivate.queries._rank_moments import RankMoments
from skprivate.queries._table_counts import CategoryCounts, MissingValues
from skprivate.queries._views import Columns, Norms, OfView

EDGES = np.tile(np.linspace(-1.0, 1.0, 9)[1:-1], (2, 1))
QUANTILES = np.array([[-1.0, 0.0, 2.0], [5.0, 5.0, 5.0]])
QUERIES = {
    "missing": MissingValues(2),
    "categories": CategoryCounts((3, 1)),
    "ranks": RankMoments(QUANTILES, np.array([0.25, 0.5, 0.75]), ()),
    "ranks with gaps": RankMoments(QUANTILES, np.array([0.25, 0.5, 0.75]), (1,)),
    "columns": OfView(IntervalTree(EDGES[:1], -np.ones(1), np.ones(1)), Columns((1,))),
    "norms": OfView(IntervalTree(EDGES[:1], -np.ones(1), np.ones(1)), Norms(2)),
}
VALUES = st.one_of(
    st.sampled_from([np.nan, np.inf, -np.inf, 1e308, -1e308, 5e-324, -0.0, 0.5, 7.0]),
    st.floats(allow_nan=True),
    st.integers(-2, 4).map(float),
)
every_query = pytest.mark.parametrize("name", QUERIES)


@every_query
@given(x=st.tuples(VALUES, VALUES), weight=st.one_of(st.none(), st.floats(0, 1)))
def test_a_row_adds_no_more_than_it_may(name, x, weight):
    query = QUERIES[name]
    weights = np.empty(0) if weight is None else np.array([weight])
    total = query(np.array([x]), None, weights)
    assert total.size == query.size
    assert np.array_equal(total, np.rint(total))
    scaled = total.ravel() / (1.0 if query.weights is None else query.weights)
    assert np.linalg.norm(scaled) * query.step <= query.bound * (1 + 1e-12)
    assert abs(total).sum() * query.step <= query.l1_bound * (1 + 1e-12)
    if np.isinf(x).any() and name != "columns":
        assert not total.any()


@every_query
def test_rows_add_up(name, rng):
    query = QUERIES[name]
    X = rng.integers(-1, 5, (50, 2)).astype(float)
    X[rng.random(X.shape) < 0.2] = np.nan
    weight = rng.random(50)
    whole = query(X, None, weight)
    one_by_one = sum(query(X[i : i + 1], None, weight[i : i + 1]) for i in range(50))
    np.testing.assert_array_equal(whole, one_by_one)


def test_counts_are_those_of_numpy():
    X = np.array([[0.0, 0.0], [2.0, np.nan], [3.0, 0.0], [np.nan, np.nan], [0.5, -1.0]])
    no_weights = np.empty(0)
    missing = MissingValues(2)
    assert (missing(X, None, no_weights) * missing.step).tolist() == [1, 2]
    counts = CategoryCounts((3, 1))
    found = counts(X, None, no_weights) * counts.step
    assert found.tolist() == [1, 0, 1, 2, 2, 1]


def test_ranks_are_in_the_middle_of_equal_values():
    query = RankMoments(QUANTILES, np.array([0.25, 0.5, 0.75]), ())
    row = query(np.array([[1.0, 5.0]]), None, np.empty(0)) * query.step
    # (0.25, 0, 1): halfway between the ranks 0.5 and 0.75; all 5.0 are in the middle.
    np.testing.assert_allclose(row, [0.0625, 0.0, 0.25, 0.0, 0.0, 1.0], atol=1e-4)
