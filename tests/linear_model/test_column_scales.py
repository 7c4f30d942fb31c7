"""Columns of wide rows count by how much of all rows is in them."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.preprocessing import normalize

from skprivate.federated import dumps, loads
from skprivate.linear_model import DPLinearSVC, DPLogisticRegression
from skprivate.linear_model._column_scales import squares_of
from skprivate.queries._views import OfView, Scaled, Squares
from skprivate.rows import UnitClip
from skprivate.testing import record, replay

NONE = np.empty(0)
WIDE = 1100


def rows(n=3000, seed=0):
    """A word that all rows share takes up most of each; others tell the class."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n)
    X = sparse.random(n, WIDE, density=0.01, random_state=seed, format="lil")
    X[:, 0], X[np.arange(n), 1 + y] = 3.0, 1.0
    return normalize(X.tocsr()), y


def triple(X):
    return X.data, X.indices, X.indptr, np.int64(X.shape[1])


@pytest.mark.parametrize("view", [Squares(), Scaled(np.linspace(0, 1, WIDE))])
def test_views_of_dense_and_sparse_rows_are_the_same(view):
    X, _ = rows(20)
    data, indices, indptr, _ = view(triple(X))
    again = sparse.csr_matrix((data, indices, indptr), X.shape).toarray()
    np.testing.assert_array_equal(again, view(X.toarray()))
    assert view(X.toarray().astype(np.float32)).dtype == np.float32


@pytest.mark.parametrize("size", [1.0, 1e3, 1e200, np.inf, np.nan])
def test_no_row_adds_more_squares_than_declared(size):
    query = squares_of(WIDE, 1.0)
    query.check(WIDE)
    for X in (np.full((1, WIDE), size), np.append(size, np.zeros(WIDE - 1))[None]):
        for chunk in (X, triple(sparse.csr_matrix(X))):
            added = query(chunk, None, NONE)
            assert np.linalg.norm(added) <= query.levels


@pytest.mark.parametrize("factors", [np.full(3, 2.0), np.full(3, np.nan), np.ones(2)])
def test_factors_that_lengthen_rows_are_refused(factors):
    with pytest.raises(ValueError, match="Scaled needs a factor"):
        Scaled(factors).width_of(3)


def test_parties_can_be_asked():
    message = {"views": [Squares(), Scaled(np.array([0.5, 1.0]))]}
    squares, scaled = loads(dumps(message))["views"]
    assert squares == Squares()
    np.testing.assert_array_equal(scaled.factors, [0.5, 1.0])


def test_a_view_has_sums_by_unit_if_its_query_has():
    query = squares_of(3, 1.0).query
    assert not hasattr(OfView(query, Squares()), "by_unit")
    assert hasattr(OfView(query._gradient, Squares()), "by_unit")


@pytest.mark.parametrize("model", [DPLogisticRegression, DPLinearSVC])
def test_what_all_rows_share_counts_less(model):
    X, y = rows()
    fit = model(classes=[0, 1], row_norm=1.0, epsilon=3.0, random_state=0).fit(X, y)
    assert fit.score(X, y) > 0.9
    assert abs(fit.privacy_.epsilon() - 3.0) < 1e-6
    assert abs(fit.coef_[0, 0]) < abs(fit.coef_[0, 1:3]).min()


@pytest.mark.parametrize("row_norm", [1e-200, 1e-90, 1e90, 1e200])
def test_norms_of_any_size(row_norm):
    X, y = rows(60)
    fit = DPLogisticRegression(classes=[0, 1], row_norm=row_norm).fit(X, y)
    assert np.isfinite(fit.coef_).all()


def test_dense_rows_of_one_unit_are_clipped_together():
    X, y = rows(300)
    params = {"classes": [0, 1], "row_norm": 1.0, "random_state": 0}
    model = DPLogisticRegression(max_rows_per_group=UnitClip(3), **params)
    groups = np.repeat(np.arange(100), 3)
    dense = model.fit(X.toarray(), y, groups=groups).coef_
    np.testing.assert_array_equal(dense, model.fit(X, y, groups=groups).coef_)


def test_questions_do_not_depend_on_a_row_but_by_answers():
    X, y = rows(60)
    model = DPLogisticRegression(classes=[0, 1], row_norm=1.0)
    recording = record(model, X=X, y=y)
    playback = replay(recording, units=1, X=X[1:], y=y[1:])
    assert playback.findings == []
