"""Counts of the values that are there, in dense and in sparse rows."""

import numpy as np
import pytest
from scipy import sparse

from skprivate.queries._present import PresentCells, PresentIntervals
from skprivate.rows import ArrayRows
from skprivate.rows._door import Door
from skprivate.testing import hostile_rows

NONE = np.empty(0)
EDGES = np.tile(np.linspace(-1.0, 1.0, 65)[1:-1], (4, 1))
QUERIES = [PresentCells(4), PresentIntervals(EDGES, -np.ones(4), np.ones(4))]


def rows_with_gaps(rng, n_rows=700):
    X = rng.normal(size=(n_rows, 4)) * (rng.random((n_rows, 4)) < 0.4)
    X[100:][rng.random((n_rows - 100, 4)) < 0.2] = np.nan  # none of the first
    return X


def total(query, X, weight=None):
    door = Door(accept_sparse=True, allow_nan=True)
    return ArrayRows(X, None, weight).through(door).total([query])[0]


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
@pytest.mark.parametrize("weighted", [False, True])
def test_sparse_rows_count_as_dense_ones(query, weighted, rng):
    X = rows_with_gaps(rng)
    weight = rng.random(len(X)) if weighted else None
    dense = total(query, X, weight)
    np.testing.assert_array_equal(total(query, sparse.csr_array(X), weight), dense)
    for j in range(4):  # the other columns do not matter
        alone = X.copy()
        alone[:, np.arange(4) != j] = 0.0
        np.testing.assert_array_equal(total(query, alone, weight)[j], dense[j])


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
@pytest.mark.parametrize("weight", [NONE, np.array([0.3])])
def test_hostile_rows_add_at_most_what_is_declared(query, weight):
    X = hostile_rows(300, 4)
    X[::4, 1] = np.nan
    for x in X:
        row = x[None]
        added = query(row, None, weight)
        assert np.linalg.norm(added) <= query.levels * (1 + 1e-12)
        assert not added[np.isnan(x)].any()
        if np.isinf(x).any():
            assert not added.any()
        stored = sparse.csr_array(row)
        chunk = stored.data, stored.indices, stored.indptr, np.int64(4)
        np.testing.assert_array_equal(query(chunk, None, weight), added)


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.name)
@pytest.mark.parametrize("make", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("gaps", [False, True])
def test_infinity_is_refused_wherever_it_is(query, make, gaps, rng):
    X = rows_with_gaps(rng) if gaps else rng.normal(size=(700, 4))
    X[-1, 2] = -np.inf
    with pytest.raises(ValueError, match="contains infinity"):
        total(query, make(X))
