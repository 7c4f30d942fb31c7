"""CSR matrices in one canonical form."""

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from skprivate.rows import ArrayRows
from skprivate.rows import _sparse as sparse_module
from skprivate.rows._sparse import canonical


def raw(rows, n_features, trusted=True):
    """A CSR matrix of rows of (column, value) pairs, in the order given."""
    pairs = [pair for row in rows for pair in row]
    X = sp.csr_array(
        (
            np.array([value for _, value in pairs], float),
            np.array([column for column, _ in pairs], np.int32),
            np.cumsum([0, *map(len, rows)]).astype(np.int32),
        ),
        shape=(len(rows), n_features),
    )
    if trusted:  # flags are caches that anybody may set
        X.has_sorted_indices = X.has_canonical_format = True
    return X


ROWS = st.lists(
    st.lists(st.tuples(st.integers(0, 4), st.integers(-9, 9)), max_size=6), max_size=9
)


@given(ROWS, st.integers(1, 5))
def test_indices_are_sorted_and_summed(rows, block):
    X = raw(rows, 5)
    before = [part.copy() for part in (X.data, X.indices, X.indptr)]
    expected = np.zeros(X.shape)
    for i, row in enumerate(rows):
        for column, value in row:
            expected[i, column] += value
    size, sparse_module._ENTRIES = sparse_module._ENTRIES, block
    try:
        result = canonical(X)
    finally:
        sparse_module._ENTRIES = size
    for i in range(len(rows)):
        indices = result.indices[result.indptr[i] : result.indptr[i + 1]]
        assert (np.diff(indices) > 0).all()
    np.testing.assert_array_equal(result.toarray(), expected)
    is_sorted = all(sorted({c for c, _ in row}) == [c for c, _ in row] for row in rows)
    assert (result is X) == is_sorted
    for part, then in zip((X.data, X.indices, X.indptr), before, strict=True):
        np.testing.assert_array_equal(part, then)


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("indices", [0, 1, 7]),
        ("indices", [0, -1, 1]),
        ("indices", [0, 1]),
        ("indptr", [0, 2, 9]),
        ("indptr", [0, 3, 2]),
        ("indptr", [1, 2, 3]),
        ("indptr", [0, 3]),
    ],
)
def test_a_matrix_that_points_outside_of_itself_is_refused(attribute, value):
    X = raw([[(0, 1), (2, 5)], [(1, 2)]], 3)
    setattr(X, attribute, np.array(value, np.int32))
    with pytest.raises(ValueError, match="malformed"):
        ArrayRows(X)


@pytest.mark.parametrize("dtype", [np.int32, np.int64])
def test_both_kinds_of_indices_are_kept(spy, dtype):
    X = raw([[(0, 1), (2, 5)], [(1, 2)]], 3)
    X.indices, X.indptr = X.indices.astype(dtype), X.indptr.astype(dtype)
    ArrayRows(X).total([spy])
    ((_, indices, indptr, _), _, _) = spy.seen[0]
    assert indices.dtype == indptr.dtype == dtype
