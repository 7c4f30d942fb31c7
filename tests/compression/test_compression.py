"""Smaller models: the same class and report, little loss, and no row in it."""

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeRegressor

from skprivate import make_dp_pipeline, privacy_report
from skprivate.additive import DPAdditiveClassifier, DPAdditiveRegressor
from skprivate.cluster import DPKMeans
from skprivate.compression import CompressedModel, distill, prune, quantize
from skprivate.compression._grid import (
    codes_of_floats,
    floats_of_codes,
    of_few_digits,
    on_grid,
    smallest,
)
from skprivate.compression._packing import packed, unpacked
from skprivate.compression._pruning import _spreads
from skprivate.compression._weights import n_weights, trees_of
from skprivate.ensemble import (
    DPHistGradientBoostingClassifier,
    DPHistGradientBoostingRegressor,
    DPRandomForestClassifier,
    DPRandomForestRegressor,
)
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.preprocessing import DPStandardScaler
from skprivate.tree import DPDecisionTreeClassifier, DPDecisionTreeRegressor

RNG = np.random.default_rng(0)
X = RNG.uniform(-1, 1, (3000, 4))
PUBLIC = RNG.uniform(-1, 1, (400, 4))
Y = (X[:, 0] + X[:, 1] * X[:, 2] > 0).astype(int)
THREE = np.digitize(X[:, 0], [-0.3, 0.3])
NUMBER = X[:, 0] - X[:, 1]
TOLD = {"bounds": (-1, 1), "random_state": 0, "epsilon": 4.0}
LABELS = {"classes": [0, 1], **TOLD}
RANGE = {"target_bounds": (-2, 2), **TOLD}

MODELS = {
    "logistic": (DPLogisticRegression(**LABELS), Y),
    "three classes": (DPLogisticRegression(**{**LABELS, "classes": [0, 1, 2]}), THREE),
    "ridge": (DPRidge(**RANGE), NUMBER),
    "pipeline": (
        make_dp_pipeline(
            DPStandardScaler(bounds=(-1, 1), random_state=0),
            DPLogisticRegression(classes=[0, 1], random_state=0),
            epsilon=4.0,
        ),
        Y,
    ),
    "additive": (DPAdditiveClassifier(**LABELS), Y),
    "additive numbers": (DPAdditiveRegressor(**RANGE), NUMBER),
    "tree": (DPDecisionTreeClassifier(**LABELS), Y),
    "tree of numbers": (DPDecisionTreeRegressor(**RANGE), NUMBER),
    "forest": (DPRandomForestClassifier(n_estimators=20, **LABELS), Y),
    "forest of numbers": (DPRandomForestRegressor(n_estimators=20, **RANGE), NUMBER),
    "boosting": (DPHistGradientBoostingClassifier(**LABELS), Y),
    "boosting of three": (
        DPHistGradientBoostingClassifier(**{**LABELS, "classes": [0, 1, 2]}),
        THREE,
    ),
    "boosting of numbers": (DPHistGradientBoostingRegressor(**RANGE), NUMBER),
}
FITTED = {}
every_model = pytest.mark.parametrize("name", MODELS)


def fitted(name):
    if name not in FITTED:
        model, y = MODELS[name]
        FITTED[name] = model.fit(X, y)
    return FITTED[name]


class Network(ClassifierMixin, BaseEstimator):
    """Layers, as networks have them."""

    def fit(self, X, y):
        draw = np.random.default_rng(0).normal
        self.classes_ = np.unique(y)
        self.coefs_ = [draw(size=(X.shape[1], 8)), draw(size=(8, 1))]
        self.intercepts_ = [draw(size=8), draw(size=1)]
        return self

    def predict_proba(self, X):
        hidden = np.maximum(X @ self.coefs_[0] + self.intercepts_[0], 0)
        odds = 1 / (1 + np.exp(-hidden @ self.coefs_[1] - self.intercepts_[1]))
        return np.hstack([1 - odds, odds])

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


MODELS["network"] = Network(), Y


@every_model
def test_many_bits_change_little_and_the_report_stays(name):
    model, (_, y) = fitted(name), MODELS[name]
    before = packed(model)
    small = quantize(model, 12, background=PUBLIC)
    assert type(small.model) is type(model)
    assert small.largest_change < 0.02
    assert small.bytes_after < small.bytes_before
    assert n_weights(small.model) <= n_weights(model)
    if hasattr(model, "privacy_"):
        assert small.privacy_ is model.privacy_
        assert privacy_report(small.model).epsilon() == privacy_report(model).epsilon()
    assert packed(model) == before  # it is not altered
    assert small.model.score(X, y) == pytest.approx(model.score(X, y), abs=0.02)


@every_model
def test_pruned_models_say_less_and_predict(name):
    model, (_, y) = fitted(name), MODELS[name]
    small = prune(model, 0.5, background=PUBLIC)
    assert small.weights_after < small.weights_before
    if trees_of(model) and small.weights_before > 20:
        assert 0.3 < small.weights_after / small.weights_before < 0.6
    assert np.isfinite(small.mean_change)
    if name != "network":  # whose weights were drawn
        assert small.model.score(X, y) > model.score(X, y) - 0.1


@every_model
def test_what_is_stored_predicts_the_same_to_the_bit(name):
    model = fitted(name)
    small = quantize(prune(model, 0.3), 6, background=PUBLIC)
    assert small.done == ("pruned by 30 %", "weights of 6 bits")
    method = "predict_proba" if hasattr(model, "predict_proba") else "predict"
    expected = getattr(small.model, method)(X)
    stored = small.to_bytes()
    assert len(stored) == small.bytes_after
    for again in (
        CompressedModel.from_bytes(stored),
        pickle.loads(pickle.dumps(small)).model,
    ):
        np.testing.assert_array_equal(getattr(again, method)(X), expected)
    lossless = unpacked(packed(model))
    np.testing.assert_array_equal(
        getattr(lossless, method)(X), getattr(model, method)(X)
    )


@pytest.mark.parametrize("name", ["forest", "boosting"])
def test_eight_times_smaller_at_hardly_a_loss(name):
    model = fitted(name)
    small = quantize(prune(model, 0.4), 8, background=X, target=Y)
    assert small.ratio > 8
    assert small.score_after > small.score_before - 0.01
    shown = repr(small)
    assert "times smaller" in shown
    assert "epsilon=4" in shown
    assert "score" in small._repr_html_()


def test_terms_of_a_pruned_additive_model_are_shown_as_they_are():
    small = prune(fitted("additive"), 0.5).model
    gone = [not np.any(values) for values in small.term_values_]
    assert any(gone)
    explained = small.explain(X[:20])
    margins = small.intercept_[0] + explained.sum(axis=1)
    np.testing.assert_allclose(margins, small.decision_function(X[:20]), atol=1e-9)
    assert not explained[:, gone].any()


def test_small_coefficients_of_wide_features_stay():
    wide = X * [1, 1, 1, 1e4]
    ends = [-1, -1, -1, -1e4], [1, 1, 1, 1e4]
    model = DPRidge(**{**RANGE, "bounds": ends})
    model.fit(wide, X[:, 3])
    assert quantize(model, 8, background=wide).largest_change < 0.05
    assert prune(model, 0.5).model.coef_[3] == model.coef_[3]


def test_spread_of_a_tree_is_that_of_its_leaves():
    tree = trees_of(fitted("forest"))[0]
    counts, means, spreads = _spreads(tree)
    values = tree.value[tree.leaves]
    assert counts[0] == tree.n_leaves
    np.testing.assert_allclose(means[0], values.mean(axis=0))
    np.testing.assert_allclose(spreads[0], ((values - values.mean(axis=0)) ** 2).sum())


# --- distilling ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["boosting", "boosting of three", "boosting of numbers"]
)
def test_a_student_says_the_same(name):
    model, (_, y) = fitted(name), MODELS[name]
    small = distill(model, PUBLIC)
    assert small.model.score(X, y) > model.score(X, y) - 0.15
    assert small.model.privacy_ is model.privacy_
    report, first = privacy_report(small.model), privacy_report(model)
    assert report.gaps == first.gaps == ()
    assert report.epsilon() == first.epsilon()
    again = pickle.loads(pickle.dumps(small)).model
    np.testing.assert_array_equal(again.predict(X), small.model.predict(X))
    assert "distilled into" in repr(small)


def test_students_of_any_kind():
    model = fitted("forest")
    tree = distill(model, PUBLIC, DecisionTreeRegressor(max_depth=3))
    assert tree.ratio > 10
    labels = distill(model, PUBLIC, LogisticRegression(), target=PUBLIC[:, 0] > 0)
    assert labels.model.predict_proba(X).shape == (len(X), 2)
    assert labels.score_after > 0.7
    frame = pd.DataFrame(PUBLIC, columns=[*"abcd"])
    named = DPRandomForestClassifier(n_estimators=5, **LABELS)
    named.fit(pd.DataFrame(X, columns=[*"abcd"]), Y)
    assert distill(named, frame).model.predict(frame).shape == (400,)


# --- numbers ------------------------------------------------------------------------

floats = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20).map(np.array)


@given(floats, st.integers(2, 16))
def test_a_grid_has_few_points_and_zero(values, bits):
    rounded = on_grid(values, bits)
    largest = np.abs(values).max()
    assert np.abs(rounded - values).max() <= largest * 2.0 ** (2 - bits)
    if largest > 1e-290:
        codes, _ = codes_of_floats(rounded + 0.0)
        assert np.abs(codes).max() < 2 ** (bits - 1)


@given(floats, st.integers(2, 16))
def test_few_digits_are_close_to_each_value(values, bits):
    rounded = of_few_digits(values, bits)
    assert (np.abs(rounded - values) <= np.abs(values) * 2.0**-bits).all()


@given(
    st.lists(
        st.one_of(
            st.floats(allow_nan=True),
            st.integers(-300, 300).map(lambda k: k * 2.0**-7),
        ),
        max_size=9,
    )
)
def test_packing_loses_nothing(values):
    for array in (
        np.array(values, float),
        np.array(values, float).reshape(-1, 1),
        np.array([int(v) for v in values if abs(v) < 1e9], np.int64),
    ):
        again = unpacked(packed({"part": array}))["part"]
        assert again.dtype == array.dtype
        assert again.shape == array.shape
        assert again.tobytes() == array.tobytes()
    found = codes_of_floats(np.array([0.5, -3.0]))
    assert floats_of_codes(*found).tolist() == [0.5, -3.0]
    assert smallest(np.array([-1, 100])).dtype == np.int8


# --- mistakes -----------------------------------------------------------------------


@pytest.mark.parametrize("bits", [1, 17, 8.0, True, "8"])
def test_bits_make_sense(bits):
    with pytest.raises(ValueError, match="bits"):
        quantize(fitted("tree"), bits)


@pytest.mark.parametrize("amount", [0, 1, True, "half", np.nan])
def test_amounts_make_sense(amount):
    with pytest.raises(ValueError, match="amount"):
        prune(fitted("tree"), amount)


def test_what_has_no_known_weights_is_refused():
    clusters = DPKMeans(2, bounds=(-1, 1), random_state=0).fit(X)
    for work in (prune, quantize):
        with pytest.raises(TypeError, match="no weights"):
            work(clusters)
        with pytest.raises(ValueError, match="not fitted"):
            work(DPRidge())
    with pytest.raises(TypeError, match="regressor"):
        distill(fitted("ridge"), PUBLIC, LogisticRegression())
    with pytest.raises(ValueError, match="too few"):
        distill(fitted("ridge"), PUBLIC[:1])
    with pytest.raises(AttributeError, match="Ask its model"):
        quantize(fitted("tree")).nothing  # noqa: B018
