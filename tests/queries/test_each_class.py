"""Sums of rows, and queries by class, beside naive ones."""

import numpy as np
import pytest
from scipy import sparse

from skprivate.base import Box
from skprivate.queries import EachClass, Moments, OfView, RowSums, SecondMoments
from skprivate.queries._views import Ones

rng = np.random.default_rng(0)
X, Y = rng.normal(size=(300, 6)), rng.integers(0, 4, 300)
ONE = np.empty(0)
LONG, FAR = 16.0, 64.0


def chunk_of(X):
    X = sparse.csr_array(X)
    return X.data, X.indices, X.indptr, X.shape[1]


def sums_of(radius=2.0, d=6):
    bits = RowSums.bits(np.broadcast_to(FAR * LONG, d))
    return RowSums(Box.around_ball(d, FAR * radius, radius / LONG, bits), LONG)


def test_sums_are_those_of_shortened_rows():
    query = sums_of()
    norms = np.linalg.norm(X, axis=1, keepdims=True)
    expected = (X * np.minimum(1, 2.0 / norms)).sum(axis=0)
    found = query(X, None, ONE) * query.step * 2.0 / LONG
    np.testing.assert_allclose(found, expected, atol=0.05)
    rows = query(X, None, ONE)
    np.testing.assert_array_equal(query(chunk_of(X), None, ONE), rows)
    alone = [query(X[i : i + 1], None, ONE) for i in range(len(X))]
    np.testing.assert_array_equal(np.sum(alone, axis=0), rows)
    assert max(np.linalg.norm(a) for a in alone) <= query.levels
    assert max(np.abs(a).sum() for a in alone) <= query.l1_bound / query.step


def test_the_one_norm_of_many_columns_is_that_of_a_ball():
    wide = sums_of(d=2**20)
    assert wide.l1_bound == pytest.approx(2**10 * wide.bound)


@pytest.mark.parametrize(
    "inner",
    [
        sums_of(),
        Moments(Box.between(-2 * np.ones(6), 2 * np.ones(6), 17)),
        SecondMoments(Box.between(-2 * np.ones(6), 2 * np.ones(6), 16), None, 3.0),
    ],
    ids=lambda q: q.name,
)
@pytest.mark.parametrize("form", [np.asarray, chunk_of], ids=["dense", "sparse"])
def test_each_class_has_the_answer_of_its_rows(inner, form):
    query, weight = EachClass(inner, 5), rng.random(300)
    query.check(6)
    codes = np.where(rng.random(300) < 0.1, -1, Y)  # some are of no class
    for some in (ONE, weight):
        found = query(form(X), codes, some).reshape(5, -1)
        for k in range(5):
            rows = codes == k
            part = some[rows] if len(some) else some
            expected = inner(form(X[rows]), None, part)
            np.testing.assert_array_equal(found[k], np.ravel(expected))
    none = query(form(X[:0]), codes[:0], ONE)
    np.testing.assert_array_equal(none, np.zeros(query.size))


def test_queries_by_class_that_make_no_sense_are_refused():
    for query in (
        EachClass(sums_of(), 0),
        EachClass(sums_of(), -3),
        EachClass(None, 2),
        OfView(sums_of(), Ones(-1.0)),
        OfView(sums_of(), Ones(np.nan)),
    ):
        with pytest.raises((TypeError, ValueError)):
            query.check(6)


def test_ones_leave_what_is_no_number():
    odd = np.array([[0.2, 0.6, np.nan], [0.5, np.inf, 0.0]])
    expected = [[0.0, 1.0, np.nan], [0.0, np.inf, 0.0]]
    np.testing.assert_array_equal(Ones(0.5)(odd), expected)
    found = Ones(0.5)(chunk_of(odd))
    np.testing.assert_array_equal(found[0], [0, 1, np.nan, 0, np.inf])


def test_rows_without_classes_are_refused():
    with pytest.raises(ValueError, match="no target"):
        EachClass(sums_of(), 3)(X, None, ONE)


def test_targets_that_are_no_codes_count_nowhere():
    """Of two that would become one code, the second took the place of the first."""
    box = Box.between(-np.ones(2), np.ones(2), RowSums.bits(np.ones(2)))
    query, X = EachClass(RowSums(box, 2.0), 2), np.full((4, 2), 0.5)
    none = np.zeros(0)
    some = query(X, np.array([0.2, 0.7, 1.0, np.nan]), none)
    np.testing.assert_array_equal(some, query(X[2:3], np.array([1.0]), none))
