"""What is in single precision in scikit-learn is so here, and rounded but once."""

import warnings

import numpy as np
import pytest
from scipy import sparse
from sklearn.utils import all_estimators as all_namesakes
from sklearn.utils import get_tags

from skprivate import make_dp_pipeline
from skprivate.base._single import in_single
from skprivate.cluster import DPKMeans
from skprivate.decomposition import DPPCA
from skprivate.linear_model import DPRidge
from skprivate.naive_bayes import DPGaussianNB
from skprivate.preprocessing import DPMinMaxScaler, DPStandardScaler
from skprivate.rows import ArrayRows, ChunkRows, DaskRows, Parties
from skprivate.testing import all_estimators
from skprivate.testing._examples import configured, example_for, quiet, small

METHODS = (
    "decision_function", "predict", "predict_joint_log_proba", "predict_log_proba",
    "predict_proba", "score_samples", "transform",
)  # fmt: skip
NAMESAKES = dict(all_namesakes())
TWINS = {
    name: (cls, NAMESAKES[name[2:]])
    for name, cls in all_estimators("private")
    if name[2:] in NAMESAKES and not name.endswith("Vectorizer")  # of texts
}


def example(cls):
    rows = example_for(small(cls()), n_rows=100)
    return abs(rows.X).astype(np.float32), rows.y


def kinds(model, X):
    """Types of all numbers that a model holds, and of its answers for rows."""
    found = {n: v for n, v in vars(model).items() if n.endswith("_")}
    methods = (name for name in METHODS if hasattr(model, name))
    found |= {f"{name}()": getattr(model, name)(X) for name in methods}
    if hasattr(model, "inverse_transform") and not hasattr(model, "missing_values"):
        found["inverse_transform()"] = model.inverse_transform(found["transform()"])
    return {n: v.dtype for n, v in found.items() if hasattr(v, "dtype")}


@pytest.mark.parametrize("name", TWINS)
def test_single_precision_is_kept_where_the_namesake_keeps_it(name):
    (cls, namesake), (X, y) = TWINS[name], example(TWINS[name][0])
    mine = configured(small(cls()), epsilon=8.0, random_state=0)
    with quiet():
        mine, theirs = mine.fit(X, y), namesake().fit(X, y)
        mine, theirs = kinds(mine, X), kinds(theirs, X)
    if "categories" in cls().get_params():
        mine.pop("inverse_transform()", None)  # categories, of any type: objects
    kept = [name for name, kind in theirs.items() if kind == np.float32]
    assert [n for n in kept if mine.get(n, np.float32) != np.float32] == []


@pytest.mark.parametrize("name", [n for n, (c, _) in TWINS.items() if c._typed_as_rows])
def test_nothing_but_the_result_is_rounded(name):
    cls, _ = TWINS[name]
    X, y = example(cls)
    double, single, thin = (
        configured(small(cls()), epsilon=8.0, random_state=0) for _ in range(3)
    )
    with quiet():
        double.fit(X.astype(np.float64), y)
        single.fit(X, y)
    for attribute in single._typed_as_rows:
        a, b = getattr(double, attribute), getattr(single, attribute)
        assert np.array_equal(in_single(a), b), attribute
        assert b.dtype == in_single(a).dtype
    if get_tags(single).input_tags.sparse:
        with quiet():
            thin.fit(sparse.csr_array(X), y)
        for attribute in single._typed_as_rows:
            assert getattr(thin, attribute).dtype == getattr(single, attribute).dtype


def sources(X, y):
    pd = pytest.importorskip("pandas")
    pl = pytest.importorskip("polars")
    da = pytest.importorskip("dask.array")
    dd = pytest.importorskip("dask.dataframe")
    names = ["a", "b", "c"]
    frame, n = pd.DataFrame(X, columns=names), len(X) // 2
    halves = slice(n), slice(n, None)
    of_dask = dd.from_pandas(frame.assign(y=y), npartitions=2)
    return {
        "array": (X, y),
        "pandas": (frame, y),
        "polars": (pl.DataFrame(X, schema=names), y),
        "chunks": (ChunkRows(lambda: ((X[s], y[s]) for s in halves)),),
        "chunks of frames": (ChunkRows(lambda: ((frame[s], y[s]) for s in halves)),),
        "dask": (da.from_array(X, chunks=(n, 3)), da.from_array(y, chunks=n)),
        "dask frame": (of_dask[names], of_dask["y"]),
        "rows of dask": (DaskRows(of_dask[names], of_dask["y"]),),
        "parties": (Parties(*(ArrayRows(X[s], y[s]) for s in halves)),),
        "parties with chunks": (
            Parties(
                ArrayRows(X[halves[0]], y[halves[0]]),
                ChunkRows(lambda: iter([(X[halves[1]], y[halves[1]])])),
            ),
        ),
    }


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("piped", [False, True])
def test_every_source_gives_the_same_model_of_the_same_type(kind, piped):
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (60, 3)).astype(kind)
    y = X[:, 0].astype(np.float64)
    found = {}
    for name, rows in sources(X, y).items():
        ridge = DPRidge(bounds=(-9, 9), target_bounds=(-1, 1), random_state=0)
        model = ridge
        if piped:
            scaler = DPStandardScaler(bounds=(-1, 1), random_state=1)
            model = make_dp_pipeline(scaler, ridge)
        model.fit(*rows)
        found[name] = (model[-1] if piped else model).coef_
    for name, coef in found.items():
        assert coef.dtype == kind, name
        assert coef.tobytes() == found["array"].tobytes(), name


def test_one_party_in_double_precision_and_all_is():
    X = np.random.default_rng(0).uniform(size=(40, 2))
    both = Parties(ArrayRows(X[:20].astype(np.float32)), ArrayRows(X[20:]))
    assert DPMinMaxScaler(bounds=(0, 1)).fit(both).data_min_.dtype == np.float64


def test_mixed_columns_are_as_numpy_has_them():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"a": np.arange(50.0), "b": np.arange(50.0)})
    for types, kind in (
        ({"a": "float32", "b": "float32"}, np.float32),
        ({"a": "float32", "b": "int8"}, np.float32),
        ({"a": "float32"}, np.float64),
        ({"a": "float32", "b": "int64"}, np.float64),
    ):
        scaler = DPMinMaxScaler(bounds=(0, 50)).fit(frame.astype(types))
        assert scaler.data_max_.dtype == kind, types


@pytest.mark.parametrize("value", [0.0, -1.5, 1e30, np.nan, np.inf, [1.0, 0.0, -2e-30]])
def test_what_single_precision_holds_is_rounded(value):
    assert in_single(value).dtype == np.float32
    assert np.allclose(in_single(value), value, rtol=1e-6, atol=0, equal_nan=True)


@pytest.mark.parametrize("value", [1e-46, 1e-40, 1e39, [1.0, -1e300], [1e-44, np.nan]])
def test_what_it_does_not_hold_is_left_as_it_is(value):
    with np.errstate(all="raise"), warnings.catch_warnings():
        warnings.simplefilter("error")
        assert in_single(value).dtype == np.float64
    assert np.array_equal(in_single(value), value, equal_nan=True)


def test_extreme_rows_leave_finite_models():
    X = np.array([[1e-30, 1e30], [-3e-38, 3e38], [0, -3e38], [1e-45, 1]], np.float32)
    y = [0, 1, 0, 1]
    low, high = [-1e-37, -3.4e38], [1e-37, 3.4e38]
    with np.errstate(all="raise"):
        for model in (
            DPGaussianNB(bounds=(low, high), classes=[0, 1]),
            DPMinMaxScaler(bounds=(low, high), clip=True),
            DPPCA(bounds=(-1e18, 1e18)),
            DPKMeans(2, bounds=(-1e18, 1e18)),
        ):
            model.fit(X, y)
            for name in model._typed_as_rows:
                assert np.isfinite(getattr(model, name)).all(), name
