"""Logistic regression on rows of which only the length is known."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import Normalizer, normalize

from skprivate.base import Box
from skprivate.base._query_check import box_problems
from skprivate.base._range import ValueCells, norm_that_most_have
from skprivate.kernels import gradient_bits
from skprivate.ledger import PrivacyLedger
from skprivate.linear_model import DPLinearSVC, DPLogisticRegression
from skprivate.pipeline import make_dp_pipeline
from skprivate.preprocessing import RowNormClipper
from skprivate.queries import LogisticGradient, Moments
from skprivate.queries._views import Margins, Norms, OfView
from skprivate.testing import record

NONE = np.empty(0)


def words(n_rows, n_columns=3000, n_classes=2, seed=0, first=0.5):
    """Sparse rows of norm one; each class has words of its own."""
    rng = np.random.default_rng(seed)
    share = np.full(n_classes, (1 - first) / (n_classes - 1))
    share[0] = first
    y = rng.choice(n_classes, n_rows, p=share)
    own = 10 + 40 * y[:, None] + rng.integers(0, 40, (n_rows, 8))
    common = rng.integers(0, n_columns, (n_rows, 20))
    places = np.hstack([own, common])
    rows = np.repeat(np.arange(n_rows), places.shape[1])
    X = sparse.csr_matrix(
        (np.ones(places.size), (rows, places.ravel())), (n_rows, n_columns)
    )
    return normalize(X), y


@pytest.mark.parametrize("n_classes", [2, 4])
def test_wide_sparse_rows_are_learned_from(n_classes):
    X, y = words(6000, n_classes=n_classes)
    classes = range(n_classes)
    for params in ({"row_norm": 1.0}, {}):  # announced, or found for a small share
        model = DPLogisticRegression(classes=classes, epsilon=2.0, **params).fit(X, y)
        assert model.score(X, y) > 0.85
        assert abs(model.privacy_.epsilon() - 2.0) < 1e-6


def test_rare_classes_are_found():
    X, y = words(8000, first=0.92)
    model = DPLogisticRegression(classes=[0, 1], row_norm=1.0, epsilon=2.0).fit(X, y)
    found = model.predict(X) == 1
    assert np.mean(found[y == 1]) > 0.6
    assert np.mean(found[y == 0]) < 0.05


def test_more_signal_than_features_asks_for_the_box():
    X, y = words(9000, n_columns=100)
    box = {"bounds": (0, 1), "classes": [0, 1], "row_norm": 1.0}
    asked = [r.query for r in DPLogisticRegression(**box).fit(X, y).privacy_.releases]
    assert "SecondMoments" in asked
    few = DPLogisticRegression(**box).fit(X[:300], y[:300]).privacy_.releases
    assert "SecondMoments" not in [release.query for release in few]


def test_a_pipeline_hands_the_norm_on_and_the_model_keeps_what_it_was_given():
    X, y = words(500)
    for step in (Normalizer(), RowNormClipper(2.0)):
        pipe = make_dp_pipeline(step, DPLogisticRegression(classes=[0, 1])).fit(X, y)
        queries = [release.query for release in pipe.privacy_.releases]
        assert not any("Cells" in q for q in queries[:-2])
        assert pipe[-1].row_norm is None
    pipe = make_dp_pipeline(Normalizer(), DPLogisticRegression(classes=[0, 1]))
    assert pipe.fit(X, y).privacy_.epsilon() <= 1.0 + 1e-9


@pytest.mark.parametrize("n_classes", [2, 3])
def test_without_noise_it_is_scikit_learns(n_classes):
    X, y = words(400, n_columns=1500, n_classes=n_classes)
    with pytest.warns(UserWarning, match="not private"):
        ours = DPLogisticRegression(
            C=10.0, epsilon=np.inf, bounds=(0, 1), classes=range(n_classes)
        ).fit(X, y)
    theirs = LogisticRegression(C=10.0, tol=1e-8, max_iter=1000).fit(X, y)
    np.testing.assert_allclose(
        ours.decision_function(X), theirs.decision_function(X), atol=0.02
    )


def test_a_million_columns_need_no_square():
    X, y = words(300, n_columns=2**20)
    model = DPLogisticRegression(classes=[0, 1], row_norm=1.0).fit(X, y)
    assert model.coef_.shape == (1, 2**20)


def test_rows_longer_than_announced_move_no_total_too_far():
    X, y = words(60)
    model = DPLogisticRegression(classes=[0, 1], row_norm=1.0, random_state=0)
    tape = record(model, X=50 * X, y=y).tape
    for asked in tape.asked[:4]:
        query = asked.query
        chunk = X[:1] * 1e6
        chunk = chunk.data, chunk.indices, chunk.indptr, np.int64(X.shape[1])
        codes = np.zeros(1, np.int32)
        added = query(chunk, codes, NONE)
        assert np.linalg.norm(added) <= query.levels


def test_the_norm_that_most_have():
    X = np.vstack([np.full((950, 4), 1.0), np.full((50, 4), 1e6)])
    cells = OfView(ValueCells(1), Norms(2))
    counts = cells(X, None, NONE) * cells.step
    assert 2.0 <= norm_that_most_have(counts, 0.1) <= 4.0
    assert norm_that_most_have(np.zeros(counts.size), 1.0) == 1.0


def test_a_query_of_margins_is_that_of_a_feature(rng):
    X, coef = rng.normal(size=(50, 4)), rng.normal(size=4)
    inner = Moments(Box.between(np.array([-1.0]), np.array([1.0]), 17), 2)
    query, codes = OfView(inner, Margins(coef)), rng.integers(0, 2, 50).astype(np.int32)
    margins = (X * coef).sum(axis=1, keepdims=True)
    expected = inner(margins, codes, NONE)
    np.testing.assert_allclose(query(X, codes, NONE), expected, atol=200)
    query.check(4)
    with pytest.raises(ValueError, match="one finite coefficient"):
        query.check(5)


def test_a_ball_of_many_features_is_checked_by_one_of_them():
    """Nothing of the length of a row is made, and what is odd is refused as well."""
    n = 2**40
    box = Box.around_ball(n, 1.0, 0.1, 10)
    assert box.uniform
    assert box.reach.shape == (n,)
    assert box.reach[-1] == 10.0
    assert not box.overflows
    assert list(box_problems(box)) == []
    assert LogisticGradient.bits(box.reach) == gradient_bits(n, 10.0)
    for radius, unit in ((np.nan, 0.1), (1.0, -0.1), (-1.0, 0.1), (1e300, 1e-100)):
        odd = Box.around_ball(n, radius, unit, 10)
        assert list(box_problems(odd)), (radius, unit)
    wide = Box.around_ball(5, 1.0, 0.1, 10)
    same = Box(
        *(np.array(e) for e in (wide.low, wide.high, wide.center, wide.half)), 10
    )
    assert np.array_equal(wide.reach, same.reach)
    assert np.array_equal(wide.array, same.array)
    assert gradient_bits(5, wide.reach) == gradient_bits(5, same.reach)


@pytest.mark.parametrize("cls", [DPLogisticRegression, DPLinearSVC])
@pytest.mark.parametrize("bounds", [(1, 0), (0, np.nan), "unknown", (np.zeros(2), 1)])
def test_bad_bounds_are_refused_before_anything_is_paid(cls, bounds):
    model = cls(row_norm=1.0, bounds=bounds, classes=[0, 1])
    with PrivacyLedger(epsilon=1.0, delta=1e-6) as ledger:
        with pytest.raises((TypeError, ValueError), match="bounds"):
            model.fit(np.ones((9, 3)), np.arange(9) % 2)
        assert ledger.spent() == 0


@pytest.mark.parametrize("cls", [DPLogisticRegression, DPLinearSVC])
@pytest.mark.parametrize("C", [1e-320, 1e-300, np.inf])
@pytest.mark.parametrize("row_norm", [1e-150, 1e-5, 1e150])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_odd_penalties_and_norms_give_finite_models(cls, C, row_norm, fit_intercept):
    X, y = np.eye(9, 3), np.arange(9) % 2
    for delta in (1e-6, 0.0):
        model = cls(C, row_norm=row_norm, classes=[0, 1], delta=delta)
        model.set_params(fit_intercept=fit_intercept).fit(X, y)
        assert np.isfinite(model.coef_).all()
        assert np.isfinite(model.decision_function(X)).all()
