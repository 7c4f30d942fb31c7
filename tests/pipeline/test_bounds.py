"""Bounds that are handed from step to step, and what is handed beside them."""

import warnings

import numpy as np
import pytest
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.kernel_approximation import (
    AdditiveChi2Sampler,
    PolynomialCountSketch,
    RBFSampler,
    SkewedChi2Sampler,
)
from sklearn.preprocessing import (
    Binarizer,
    FunctionTransformer,
    Normalizer,
    OneHotEncoder,
    PolynomialFeatures,
    SplineTransformer,
)
from sklearn.random_projection import GaussianRandomProjection, SparseRandomProjection

from skprivate.base import Geometry
from skprivate.decomposition import DPPCA
from skprivate.linear_model import DPRidge
from skprivate.naive_bayes import DPGaussianNB
from skprivate.over_sampling import DPSyntheticOverSampler
from skprivate.pipeline import make_dp_pipeline, make_dp_union
from skprivate.pipeline._bounds import _RULES, bounds_of_map
from skprivate.pipeline._geometry import _NORMS, geometry_after
from skprivate.pipeline._tiles import transformed
from skprivate.preprocessing import (
    CategoryHasher,
    DPKBinsDiscretizer,
    DPMinMaxScaler,
    DPStandardScaler,
    RowNormClipper,
)
from skprivate.rows import ChunkRows, Parties
from skprivate.rows._array import ArrayRows
from skprivate.testing import record

ALWAYS_SHORT = {
    CategoryHasher, Normalizer, OneHotEncoder, RBFSampler, RowNormClipper,
    SkewedChi2Sampler, SplineTransformer,
}  # fmt: skip
STATELESS = [
    AdditiveChi2Sampler(),
    AdditiveChi2Sampler(sample_steps=4, sample_interval=0.3),
    Binarizer(threshold=0.3),
    FunctionTransformer(),
    GaussianRandomProjection(n_components=3, random_state=0),
    Normalizer(),
    Normalizer(norm="l1"),
    Normalizer(norm="max"),
    OneHotEncoder(categories=[[0, 1, 2]] * 3, sparse_output=False),
    PolynomialCountSketch(n_components=7, random_state=0),
    PolynomialCountSketch(degree=3, gamma=0.5, coef0=2, random_state=0),
    CategoryHasher(3),
    PolynomialFeatures(3),
    PolynomialFeatures(2, interaction_only=True, include_bias=False),
    RBFSampler(n_components=5, random_state=0),
    RowNormClipper(0.7),
    RowNormClipper(0.7, norm="l1"),
    SkewedChi2Sampler(n_components=4, random_state=0),
    SparseRandomProjection(n_components=2, random_state=0),
    SplineTransformer(knots=np.linspace(-1, 3, 5)[:, None].repeat(3, axis=1)),
]
BOXES = [(-1.0, 2.0), (0.0, 3.0), (-2.0, -0.5), (0.5, 0.5), (-1e3, 1e2)]


def test_there_is_a_case_for_every_rule():
    of_text = {HashingVectorizer}
    assert {type(step) for step in STATELESS} | of_text == {*_RULES}
    assert {*_NORMS} <= {*_RULES}


@pytest.mark.parametrize("step", STATELESS, ids=repr)
@pytest.mark.parametrize("box", BOXES)
def test_no_value_is_beyond_the_bounds_that_are_stated(step, box, rng):
    low, high = np.full(3, box[0]), np.full(3, box[1])
    X = np.vstack([rng.uniform(*box, (500, 3)), low, high])
    if isinstance(step, OneHotEncoder):
        X = rng.integers(0, 3, (50, 3))
    if isinstance(step, (AdditiveChi2Sampler, SkewedChi2Sampler)):
        X = np.abs(X)
        low, high = np.zeros(3), np.maximum(np.abs(low), np.abs(high))
    Z = step.fit_transform(X)
    for bounds in ((low, high), None):
        found = bounds_of_map(step, bounds)
        if found is None:
            assert bounds is None
            continue
        slack = 1e-9 * (1 + np.abs(found).max())
        assert found[0].shape == (Z.shape[1],)
        assert np.all(found[0] - slack <= Z)
        assert np.all(found[1] + slack >= Z)


@pytest.mark.parametrize("step", STATELESS, ids=repr)
def test_no_row_is_longer_than_the_norm_that_is_stated(step, rng):
    X = rng.uniform(-1, 3, (500, 3))
    if isinstance(step, OneHotEncoder):
        X = rng.integers(0, 3, (50, 3))
    if isinstance(step, (AdditiveChi2Sampler, SkewedChi2Sampler)):
        X = np.abs(X)
    longest = np.linalg.norm(X, axis=1).max()
    Z = np.asarray(step.fit_transform(X))
    for norm in (longest, np.inf):
        found = geometry_after(step, Geometry(norm=norm)).norm
        assert np.linalg.norm(Z, axis=1).max() <= found * (1 + 1e-9)
    by_largest = getattr(step, "norm", None) == "max"
    assert (found < np.inf) == (type(step) in ALWAYS_SHORT and not by_largest)


@pytest.mark.parametrize("params", [{}, {"norm": "l1"}, {"alternate_sign": False}])
def test_hashed_text_has_bounds_and_a_norm(params):
    step = HashingVectorizer(n_features=8, **params)
    X = step.fit_transform(["a b c d e f g", "a a a", ""]).toarray()
    found = geometry_after(step, Geometry())
    assert found.norm == 1.0
    assert np.all(found.bounds[0] <= X)
    assert np.all(found.bounds[1] >= X)
    counts = geometry_after(HashingVectorizer(norm=None), Geometry())
    assert counts.bounds is None
    assert counts.norm == np.inf


def test_a_union_adds_squares_of_norms_and_columns_take_their_parts():
    ball = Geometry((np.full(2, -1.0), np.ones(2)), 1.0)
    bins = Geometry((np.zeros(1), np.full(1, 4.0)), codes=np.array([5]))
    both = Geometry.side_by_side([ball.scaled(3.0), bins])
    assert both.norm == 5.0
    assert both.bounds[1].tolist() == [3, 3, 4]
    assert both.codes.tolist() == [0, 0, 5]
    assert both.of([2]).codes.tolist() == [5]
    assert Geometry.side_by_side([ball, Geometry()]).norm == np.inf
    assert Geometry.side_by_side([ball, Geometry(norm=1.0)]).norm == np.sqrt(2)
    assert Geometry.side_by_side([bins, bins]).norm == np.inf


def test_what_is_not_known_has_no_bounds():
    X = np.ones((4, 1))
    for step in (FunctionTransformer(np.exp), PolynomialFeatures(200)):
        assert bounds_of_map(step.fit(X), (np.full(1, -1e3), np.full(1, 1e3))) is None

    class Other(Normalizer):
        pass

    assert bounds_of_map(Other().fit(X), None) is None


def queries(pipe):
    return [release.query for release in pipe.privacy_.releases]


SEARCH = "ValueCells"


@pytest.mark.parametrize(
    "before",
    [
        [DPStandardScaler()],
        [DPMinMaxScaler(), PolynomialFeatures(2)],
        [Normalizer()],
        [DPStandardScaler(), RBFSampler(n_components=3), "passthrough"],
        [make_dp_union(DPMinMaxScaler(), Normalizer())],
        [make_dp_pipeline(Normalizer(), DPPCA(2))],
    ],
    ids=str,
)
def test_a_step_does_not_search_for_bounds_that_are_known(before, rng):
    X, y = rng.uniform(0, 1, (80, 3)), rng.uniform(-1, 1, 80)
    pipe = make_dp_pipeline(*before, DPRidge(target_bounds=(-1, 1))).fit(X, y)
    assert f"dpridge: {SEARCH}" not in queries(pipe)
    alone = make_dp_pipeline(FunctionTransformer(np.exp), DPRidge()).fit(X, y)
    assert f"dpridge: {SEARCH}" in queries(alone)


def test_samplers_take_bounds_and_pass_them_on(rng):
    X, y = rng.uniform(0, 1, (80, 3)), np.arange(80) % 2
    pipe = make_dp_pipeline(
        DPMinMaxScaler(),
        DPSyntheticOverSampler(classes=[0, 1]),
        DPGaussianNB(classes=[0, 1]),
    ).fit(X, y)
    assert [q for q in queries(pipe) if SEARCH in q] == [f"dpminmaxscaler: {SEARCH}"]


def test_declared_bounds_reach_the_first_step_that_asks(rng):
    X, y = rng.uniform(0, 1, (80, 2)), rng.uniform(-1, 1, 80)
    for bounds in ((0, 1), (np.zeros(2), np.ones(2))):
        pipe = make_dp_pipeline(
            "passthrough",
            DPStandardScaler(),
            DPRidge(target_bounds=(-1, 1)),
            bounds=bounds,
        ).fit(X, y)
        assert not [q for q in queries(pipe) if SEARCH in q]
    own = make_dp_pipeline(DPMinMaxScaler(bounds=(0, 9)), bounds=(0, 1)).fit(X)
    assert own[0].bounds == (0, 9)


def test_bounds_of_the_output_are_published(rng):
    X = rng.uniform(0, 1, (80, 2))
    pipe = make_dp_pipeline(DPMinMaxScaler(feature_range=(-2, 3)), Normalizer()).fit(X)
    low, high = pipe.output_bounds_
    assert low.tolist() == [-1, -1]
    assert high.tolist() == [1, 1]
    union = make_dp_union(DPMinMaxScaler(), "passthrough", bounds=(0, 5))
    union.set_params(transformer_weights={"dpminmaxscaler": -2.0}).fit(X)
    assert union.output_bounds_[0].tolist() == [-2, -2, 0, 0]
    assert union.output_bounds_[1].tolist() == [0, 0, 5, 5]
    assert not hasattr(union.set_params(bounds="private").fit(X), "output_bounds_")
    unknown = make_dp_pipeline(DPMinMaxScaler(), FunctionTransformer(np.exp)).fit(X)
    assert not hasattr(unknown, "output_bounds_")


def rows_of_kinds(X, y):
    def chunks():
        return ((X[i : i + 30], y[i : i + 30]) for i in range(0, len(X), 30))

    return {
        "chunks": ChunkRows(chunks),
        "parties": Parties(ArrayRows(X[:50], y[:50]), ArrayRows(X[50:], y[50:])),
    }


@pytest.mark.parametrize("kind", ["chunks", "parties", "dask"])
def test_rows_out_of_memory_give_the_same_totals(kind, rng):
    X, y = rng.uniform(-1, 1, (100, 4)), rng.uniform(-1, 1, 100)
    union = make_dp_union(DPPCA(2, random_state=0), RowNormClipper())
    pipe = make_dp_pipeline(
        DPStandardScaler(random_state=0),
        union,
        DPRidge(random_state=0),
        bounds=(-1, 1),
    )
    if kind == "dask":
        da = pytest.importorskip("dask.array")
        fit_args = {
            "X": da.from_array(X, chunks=(40, 4)),
            "y": da.from_array(y, chunks=40),
        }
    else:
        fit_args = {"X": rows_of_kinds(X, y)[kind]}
    # Seeded noise depends on the exact totals: equal models had equal totals.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = pipe.fit(X, y).predict(X)
        np.testing.assert_allclose(pipe.fit(**fit_args).predict(X), expected)


def test_an_empty_chunk_and_sparse_chunks(rng):
    from scipy import sparse

    X, y = rng.uniform(0, 1, (60, 4)), rng.uniform(-1, 1, 60)
    parts = [(X[:0], y[:0]), (X[:30], y[:30]), (X[30:], y[30:])]
    dense = make_dp_pipeline(Normalizer(), DPStandardScaler(), DPRidge())
    dense.fit(ChunkRows(lambda: iter(parts)))
    kept = make_dp_pipeline(Normalizer(), DPRidge())
    kept.fit(ChunkRows(lambda: ((sparse.csr_array(a), b) for a, b in parts[1:])))
    assert dense.predict(X).shape == kept.predict(X).shape == (60,)


MAPS = [
    DPPCA(3, bounds=(-4, 4)),
    RBFSampler(n_components=7, random_state=0),
    GaussianRandomProjection(n_components=3, random_state=0),
    DPStandardScaler(bounds=(-4, 4)),
]


@pytest.mark.parametrize("step", MAPS, ids=lambda step: type(step).__name__)
@pytest.mark.parametrize(("n_rows", "width"), [(2, 5), (101, 30), (1500, 13)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_row_is_same_bits_in_any_company(step, n_rows, width, dtype, rng):
    """Or else a neighbour would differ in the last bits of many rows."""
    X = rng.normal(size=(n_rows, width)).astype(dtype)
    step.fit(X)
    together = transformed(step, X)
    for left_out in (0, n_rows // 2, n_rows - 1):
        keep = np.arange(n_rows) != left_out
        np.testing.assert_array_equal(transformed(step, X[keep]), together[keep])


def test_huge_values_do_not_stop_a_later_step(rng):
    X, y = rng.uniform(-1, 1, (60, 3)), rng.uniform(-1, 1, 60)
    X[7] = 1e308, -1e308, 1e308
    for before in (DPStandardScaler(), DPPCA(2), Normalizer()):
        make_dp_pipeline(before, DPRidge(), bounds=(-1, 1)).fit(X, y)


def test_queries_of_all_steps_are_seen_by_the_recorder(rng):
    X, y = rng.uniform(-1, 1, (60, 3)), rng.uniform(-1, 1, 60)
    pipe = make_dp_pipeline(DPStandardScaler(), DPRidge())
    recording = record(pipe, X=X, y=y)
    names = [asked.query.name for asked in recording.tape.asked]
    assert [q.split(": ")[1] for q in queries(recording.estimator)] == names


def test_few_pairs_of_ones_are_a_ball_for_a_regression_on_moments():
    X = np.random.default_rng(0).uniform(size=(300, 6))
    bins = DPKBinsDiscretizer(2, bounds=(0, 1))
    pipeline = make_dp_pipeline(bins, DPRidge(target_bounds=(0, 1)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of few rows
        asked = pipeline.fit(X, X[:, 0])[-1].privacy_.releases
    assert [release.query for release in asked][:2] == ["Count", "TargetMoments"]
