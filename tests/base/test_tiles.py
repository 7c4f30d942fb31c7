"""Rows are asked about in tables of one shape, whoever asks."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn
from joblib import Parallel, delayed
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.cluster import KMeans
from sklearn.decomposition import NMF
from sklearn.frozen import FrozenEstimator
from sklearn.preprocessing import FunctionTransformer
from sklearn.random_projection import GaussianRandomProjection
from threadpoolctl import threadpool_info, threadpool_limits

from skprivate import register_privacy_rule
from skprivate.base._tiles import in_tiles, responses, works_by_row
from skprivate.compose import DPColumnTransformer, PublicMap
from skprivate.composition import PrivacyCost
from skprivate.impute import DPSimpleImputer
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.metrics import (
    DPCalibrationDisplay,
    DPConfusionMatrixDisplay,
    DPRocCurveDisplay,
    make_dp_scorer,
)
from skprivate.model_selection import (
    DPEarlyStopping,
    DPGridSearchCV,
    DPTunedThresholdClassifier,
    dp_cross_val_score,
)
from skprivate.pipeline import DPFeatureUnion, make_dp_pipeline, make_dp_union
from skprivate.preprocessing import DPMinMaxScaler, DPStandardScaler

ROOT = Path(__file__).parents[2]
SIZES = (1, 2, 7, 191, 192, 193, 256, 600, 601, 1025)
CLASSES = {"classes": [0, 1]}


class Crowd(BaseEstimator):
    """Adds the number of rows it is asked about at once, as the rounding of BLAS."""

    def fit(self, X, y=None):
        return self

    def transform(self, X, extra=None):
        assert extra is None or len(extra) == len(X)
        return X + len(X) + (0 if extra is None else np.asarray(extra)[:, None])


class CrowdClassifier(ClassifierMixin, BaseEstimator):
    """Says another class in another company."""

    classes_ = np.array([0, 1])

    def fit(self, X, y):
        return self

    def decision_function(self, X):
        return np.full(len(X), 1.0 if len(X) == 192 else -1.0)

    def predict(self, X):
        return (self.decision_function(X) > 0).astype(int)

    def predict_proba(self, X):
        positive = np.clip(self.decision_function(X), 0, 1)
        return np.stack([1 - positive, positive], axis=1)


@register_privacy_rule(Crowd)
def free(estimator, walk):
    return PrivacyCost("Crowd", note="learns nothing")


@pytest.mark.parametrize("n_rows", SIZES)
def test_every_table_has_the_same_shape(n_rows):
    X = np.arange(3.0 * n_rows).reshape(-1, 3)
    np.testing.assert_array_equal(in_tiles(Crowd().transform, X), X + 192)


@pytest.mark.parametrize("threads", [1, 3, 6])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("width", "n_outputs"), [(3, 2), (64, 2), (1000, 1), (40, 33)])
def test_neither_company_nor_place_changes_a_product(threads, dtype, width, n_outputs):
    rng = np.random.default_rng(0)
    many = rng.normal(size=(1025, width)).astype(dtype)
    row = many[:1].copy()
    step = GaussianRandomProjection(n_outputs, random_state=0).fit(row)
    with threadpool_limits(threads):
        alone = in_tiles(step.transform, row)
        for n_rows in SIZES:
            X = np.asfortranarray(many[:n_rows])
            X[[0, n_rows // 2, -1]] = row
            found = in_tiles(step.transform, X)[[0, n_rows // 2, -1]]
            np.testing.assert_array_equal(found, np.repeat(alone, 3, axis=0))


FLOATS = {
    "array": lambda X: X,
    "half": lambda X: X.astype(np.float16),
    "sparse": sparse.csr_array,
    "pandas": pd.DataFrame,
    "gaps": lambda X: pd.DataFrame(X).astype("Float32"),
    "polars": pl.DataFrame,
    "other bytes": lambda X: X.astype(">f4"),
    "names twice": lambda X: pd.DataFrame(X, columns=["a", "a"]),
    "sparse columns": lambda X: pd.DataFrame(X).astype(pd.SparseDtype(np.float32)),
}


@pytest.mark.parametrize("make", FLOATS.values(), ids=FLOATS)
def test_floats_are_in_double_precision(make):
    """Kernels of single precision round by the place of a row, on some processors."""
    types = set()

    def ask(X):
        types.update(map(str, getattr(X, "dtypes", [getattr(X, "dtype", None)])))
        return np.zeros(X.shape[0])

    in_tiles(ask, make(np.ones((300, 2), np.float32)))
    assert {name.lower() for name in types} <= {"float64", "sparse[float64, nan]"}


def test_names_may_be_there_twice_and_of_several_types():
    X = pd.concat(
        [pd.DataFrame({"a": ["x", "y"]}), pd.DataFrame({"a": [1, 2]})], axis=1
    )
    X = X.astype(object).set_axis([0, 1], axis=1).astype({1: np.float32})
    X = X.set_axis(["a", "a"], axis=1)
    for table in (X, X.iloc[:, ::-1]):
        found = in_tiles(lambda part: part, table)
        assert sorted(map(str, found.dtypes)) == ["float64", "object"]


def test_arrow_floats_are_in_double_precision():
    pytest.importorskip("pyarrow")
    X = pd.DataFrame({"a": [1.0, 2.0]}).astype("float[pyarrow]")
    assert [*map(str, in_tiles(lambda part: part, X).dtypes)] == ["double[pyarrow]"]


@pytest.mark.parametrize("n_rows", [1, 193])
def test_what_reads_single_precision_only_sees_one_row_at_a_time(n_rows):
    sizes = []

    def ask(X):
        if X.dtype != np.float32:
            raise TypeError("expected scalar type Float but found Double")
        sizes.append(len(X))
        return X * 2

    X = np.ones((n_rows, 2), np.float32)
    np.testing.assert_array_equal(in_tiles(ask, X), X * 2)
    assert {*sizes} == {1}


def test_models_that_were_fitted_on_single_precision_are_asked():
    X = np.random.default_rng(0).random((200, 3)).astype(np.float32)
    clusters = KMeans(3, n_init=1, random_state=0).fit(X)
    parts = NMF(2, init="random", random_state=0, max_iter=500).fit(X)
    found = responses(clusters, "predict", X)
    np.testing.assert_array_equal(found, clusters.predict(X))
    assert np.all(PublicMap(parts, output_norm=9.0).fit(X).transform(X).any(axis=1))


@pytest.mark.parametrize("kernel", ["Haswell", "SkylakeX", "Sandybridge", "Nehalem"])
def test_whatever_kernels_a_processor_has(kernel):
    """The place of a row makes no difference; a kernel that it lacks is another's."""
    program = (
        "import numpy as np\n"
        "from skprivate.base._tiles import in_tiles\n"
        "rng = np.random.default_rng(0)\n"
        "for width, n in rng.integers(1, 200, (40, 2)):\n"
        "    row = rng.normal(size=width).astype('f')\n"
        "    weights = rng.normal(size=(width, n)).astype('f')\n"
        "    found = in_tiles(lambda X: X @ weights, np.tile(row, (200, 1)))\n"
        "    assert (found == found[0]).all()\n"
    )
    told = os.environ | {"OPENBLAS_CORETYPE": kernel}
    done = subprocess.run([sys.executable, "-c", program], env=told, cwd=ROOT)
    if done.returncode == -signal.SIGILL:
        pytest.skip("this processor lacks what that kernel needs")
    assert not done.returncode


def test_tables_are_in_c_order_and_blas_has_one_thread():
    def threads():
        return {b["num_threads"] for b in threadpool_info() if b["user_api"] == "blas"}

    def look(X):
        assert X.flags.c_contiguous
        assert threads() <= {1}
        return in_tiles(lambda X: X, X)  # inside another

    before = threads()
    X = np.asfortranarray(np.ones((300, 2)))
    np.testing.assert_array_equal(in_tiles(look, X), X)
    assert threads() == before


def test_no_worker_processes_are_asked():
    """They would have threads of BLAS that nobody limits."""

    def ask(X):
        (worker, *_) = Parallel(n_jobs=2)(delayed(os.getpid)() for _ in range(2))
        return np.full(len(X), worker)

    assert in_tiles(ask, np.zeros((2, 1))).tolist() == [os.getpid()] * 2


def test_every_kind_of_table_comes_back_as_it_was():
    X = np.arange(600.0).reshape(300, 2)
    frame = pd.DataFrame(X, columns=["a", "b"], index=np.arange(300) + 5)
    pd.testing.assert_frame_equal(in_tiles(lambda X: X + 0, frame), frame)
    labelled = frame.set_index(np.linspace(0, 1, 300))
    pd.testing.assert_frame_equal(in_tiles(lambda X: X + 0, labelled), labelled)
    triples = in_tiles(sparse.coo_array, X)
    np.testing.assert_array_equal(triples.toarray(), X)
    assert in_tiles(lambda X: X * 1, pl.DataFrame(X)).equals(pl.DataFrame(X))
    for form in (sparse.csr_array, sparse.csc_array):
        np.testing.assert_array_equal(in_tiles(lambda X: X, form(X)).toarray(), X)
    rows = X.tolist()
    rows[:192] = [[int(value) for value in row] for row in rows[:192]]
    np.testing.assert_array_equal(in_tiles(np.asarray, rows), X)
    texts = [["1", "b"]] * 300
    assert in_tiles(lambda X: X, texts) == texts
    numbered = in_tiles(lambda X: pd.DataFrame(X), X)
    assert numbered.index.tolist() == [*range(300)]
    assert in_tiles(lambda X: [*X], iter(["a", "b"])) == ["a", "b"]


def test_metadata_go_with_their_rows():
    X, extra = np.zeros((300, 1)), np.arange(300.0)
    for values in (extra, extra.tolist(), pd.Series(extra)):
        found = in_tiles(Crowd().transform, X, extra=values)
        np.testing.assert_array_equal(found[:, 0], extra + 192)
    in_tiles(lambda X, k: X, X, k="two")
    in_tiles(lambda X, k: X, X, k=np.float64(2.0))
    with pytest.raises(ValueError, match="extra must have one entry for each row"):
        in_tiles(Crowd().transform, X, extra=[1.0, 2.0])


def test_one_row_does_not_decide_the_type_of_others():
    X = np.arange(300.0)[:, None]

    def whole_if_possible(X):
        return X if X.max() > 290 else X.astype(int)

    with pytest.raises(TypeError, match="several types"):
        in_tiles(whole_if_possible, X)


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_only_estimators_of_this_library_without_parts_of_others_work_by_row():
    X, y = np.random.default_rng(0).uniform(0, 1, (500, 2)), np.arange(500) % 2
    known = {"bounds": (0, 1), **CLASSES}
    ours = make_dp_pipeline(DPMinMaxScaler(), DPLogisticRegression(**known))
    others = make_dp_pipeline(Crowd(), DPLogisticRegression(**known))
    assert works_by_row(ours.fit(X, y))
    assert not works_by_row(others.fit(X, y))
    assert not works_by_row(make_dp_union(DPMinMaxScaler(), others))
    assert works_by_row(make_dp_union(DPMinMaxScaler(), "passthrough").fit(X))
    assert not works_by_row(make_dp_union(FunctionTransformer(np.log1p)).fit(X))
    assert works_by_row(DPSimpleImputer(add_indicator=True, bounds=(0, 1)).fit(X))
    assert not works_by_row(Crowd())
    assert not works_by_row(type("Other", (DPRidge,), {"__module__": "other"})())
    choice = {"dpminmaxscaler": [Crowd()]}
    search = DPGridSearchCV(ours, choice, epsilon=np.inf, scoring="accuracy")
    assert not works_by_row(search.fit(X, y))
    assert works_by_row(DPTunedThresholdClassifier(ours).fit(X, y))


def test_a_method_that_somebody_has_put_on_an_object_is_asked_in_tiles():
    model = DPRidge(bounds=(0, 1), target_bounds=(0, 1)).fit([[0.0], [1.0]], [0, 1])
    seen = []
    model.predict = lambda X: seen.append(X.shape) or X[:, 0]
    responses(model, "predict", np.zeros((600, 1)))
    assert len(set(seen)) == 1
    assert len(seen) > 1


def crowded(last):
    return make_dp_pipeline(Crowd(), last, bounds=(0, 1000), epsilon=np.inf)


@pytest.mark.filterwarnings("ignore:epsilon=inf")
@pytest.mark.parametrize("routed", [False, True])
@pytest.mark.parametrize("n_rows", SIZES)
def test_fits_of_pipelines_see_no_company(n_rows, routed):
    """Metadata of transform once turned tiles off."""
    X, extra = np.full((n_rows, 2), 7.0), np.arange(n_rows)
    given = {"extra": extra} if routed else {}
    with sklearn.config_context(enable_metadata_routing=routed):
        step = Crowd().set_transform_request(extra=True) if routed else Crowd()
        last = DPStandardScaler(bounds=(0, 5000))
        pipe = make_dp_pipeline(step, last, epsilon=np.inf).fit(X, **given)
    expected = 199 + (extra.mean() if routed else 0)
    assert pipe[-1].mean_[0] == pytest.approx(expected, abs=1e-2)


@pytest.mark.filterwarnings("ignore:epsilon=inf")
@pytest.mark.parametrize("n_rows", [1, 192, 193])
def test_methods_of_compound_objects_see_no_company(n_rows):
    X, y = np.random.default_rng(0).uniform(0, 1, (500, 2)), np.arange(500) % 2
    model = crowded(DPLogisticRegression(**CLASSES)).fit(X, y)
    for name in ("predict", "predict_proba", "predict_log_proba", "decision_function"):
        ask = getattr(model, name)
        np.testing.assert_array_equal(ask(X[:n_rows]), ask(X)[:n_rows])
    union = DPFeatureUnion([("a", Crowd()), ("b", DPMinMaxScaler())], bounds=(0, 1))
    columns = DPColumnTransformer([("a", Crowd(), [0]), ("b", DPMinMaxScaler(), [1])])
    scaled = crowded(DPMinMaxScaler(bounds=(0, 1000)))
    for step in (union, columns, scaled):
        together = step.fit(X).transform(X)
        np.testing.assert_array_equal(step.transform(X[:n_rows]), together[:n_rows])
        frozen = FrozenEstimator(step).transform(X[:n_rows])
        np.testing.assert_array_equal(frozen, together[:n_rows])
    assert not hasattr(model, "transform")
    assert not hasattr(scaled, "predict")


@pytest.mark.parametrize("n_rows", [191, 192, 600, 601])
@pytest.mark.parametrize(
    "name", ["accuracy", "roc_auc", "neg_log_loss", "neg_brier_score", "f1"]
)
@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_scorers_see_no_company(n_rows, name):
    X, y = np.zeros((n_rows, 1)), np.arange(n_rows) % 2
    scorer = make_dp_scorer(name, epsilon=np.inf, classes=[0, 1])
    said = responses(CrowdClassifier(), "predict", X)
    assert said.all()
    if scorer.adds_up:
        scores = scorer.row_score(CrowdClassifier(), X, y)
        alone = scorer.row_score(CrowdClassifier(), X[:2], y[:2])
        np.testing.assert_array_equal(scores[:2], alone)
    found = float(scorer(CrowdClassifier(), X, y))
    expected = {"f1": 2 / 3, "accuracy": 0.5, "roc_auc": 0.5, "neg_brier_score": -0.5}
    assert found == pytest.approx(expected.get(name, np.log(0.01) / 2), abs=0.02)


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_whatever_scores_models_sees_no_company():
    X, y = np.zeros((300, 1)), np.ones(300, dtype=int)
    stopping = DPEarlyStopping(X, y, good_enough=0.9, epsilon=np.inf)
    assert stopping.should_stop(CrowdClassifier())
    pytest.importorskip("matplotlib").use("agg")
    options = {"epsilon": np.inf, "classes": [0, 1]}
    shown = DPConfusionMatrixDisplay.from_estimator(CrowdClassifier(), X, y, **options)
    assert shown.confusion_matrix.matrix[1, 1] == pytest.approx(300, abs=1)
    both = np.arange(300) % 2
    for display in (DPRocCurveDisplay, DPCalibrationDisplay):
        display.from_estimator(CrowdClassifier(), X, both, **options)


def test_tuned_thresholds_and_cross_validation_ask_in_tiles(monkeypatch):
    shapes = set()
    transform = Crowd.transform
    monkeypatch.setattr(
        Crowd, "transform", lambda self, X: shapes.add(X.shape) or transform(self, X)
    )
    X = np.random.default_rng(0).uniform(0, 1, (700, 2))
    y = (X[:, 0] > 0.5).astype(int)
    model = make_dp_pipeline(
        Crowd(), DPLogisticRegression(bounds=(192, 193), **CLASSES)
    )
    DPTunedThresholdClassifier(model).fit(X, y).predict(X[:5])
    dp_cross_val_score(model, X, y, cv=2)
    assert shapes == {(192, 2), (1, 2)}  # of rows, and of made-up ones


def test_our_own_steps_are_asked_at_once(monkeypatch):
    calls = []
    transform = DPStandardScaler.transform
    monkeypatch.setattr(
        DPStandardScaler,
        "transform",
        lambda self, X: calls.append(len(X)) or transform(self, X),
    )
    X = np.random.default_rng(0).uniform(0, 1, (700, 2))
    step = DPStandardScaler(bounds=(0, 1)).fit(X)
    responses(step, "transform", X)
    assert calls == [700]
