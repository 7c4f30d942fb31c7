"""Rows are cut to a norm, and short ones left alone."""

import numpy as np
import pytest
from scipy import sparse

from skprivate.preprocessing import RowNormClipper

X = np.array([[3.0, -4.0, 0.0], [0.3, 0.4, 0.0], [0.0, 0.0, 0.0], [1e200, 1e200, 0]])


@pytest.mark.parametrize(("norm", "order"), [("l1", 1), ("l2", 2), ("max", np.inf)])
@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_array])
def test_no_row_is_longer_than_the_norm(norm, order, kind):
    Z = RowNormClipper(1.5, norm=norm).fit_transform(kind(X))
    Z = Z.toarray() if sparse.issparse(Z) else Z
    assert np.all(np.linalg.norm(Z, ord=order, axis=1) <= 1.5)
    np.testing.assert_array_equal(Z[1:3], X[1:3])
    assert np.linalg.norm(Z[0], ord=order) == pytest.approx(1.5)


def test_the_input_stays_as_it_was():
    Z = X.copy()
    RowNormClipper().fit_transform(Z)
    np.testing.assert_array_equal(Z, X)


@pytest.mark.parametrize("bad", [0.0, -1.0])
def test_the_norm_is_positive(bad):
    with pytest.raises(ValueError, match="max_norm"):
        RowNormClipper(bad).fit(X)


def test_entries_that_add_up_are_one_value():
    """Each of them is short, and their sum is not."""
    entries = [0.6, 0.6, 0.1], [0, 0, 1], [0, 3]
    X = sparse.csr_array(entries, shape=(1, 2))
    X.has_canonical_format = X.has_sorted_indices = True  # which is not so
    dense = np.array([[1.2, 0.1]])
    found = RowNormClipper().fit_transform(X).toarray()
    np.testing.assert_array_equal(found, RowNormClipper().fit_transform(dense))
