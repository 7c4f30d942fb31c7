"""Scalers and transformers by quantiles, where values are missing."""

import warnings

import numpy as np
import pytest
from scipy import sparse
from sklearn.preprocessing import (
    MinMaxScaler,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)

from skprivate import make_dp_pipeline
from skprivate.impute import DPSimpleImputer
from skprivate.linear_model import DPRidge
from skprivate.preprocessing import (
    DPMinMaxScaler,
    DPPowerTransformer,
    DPQuantileTransformer,
    DPRobustScaler,
    DPStandardScaler,
)
from skprivate.rows import ChunkRows
from skprivate.testing import record, replay


def clipped(**params):
    """Of which the output, too, stays within the ends that were found."""
    return DPMinMaxScaler(clip=True, **params)


TRANSFORMERS = [
    clipped,
    DPPowerTransformer,
    DPQuantileTransformer,
    DPRobustScaler,
    DPStandardScaler,
]
each = pytest.mark.parametrize("transformer", TRANSFORMERS)


def rows(n_rows=20_000, seed=0):
    """Two features that lack a part of their values, and one that has them all."""
    rng = np.random.default_rng(seed)
    X = np.c_[
        rng.normal(3, 1, n_rows), rng.lognormal(size=n_rows), rng.gamma(2, 3, n_rows)
    ]
    X[:, :2][rng.random((n_rows, 2)) < [0.3, 0.7]] = np.nan
    return X


X = rows()
BOUNDS = np.nanmin(X, axis=0), np.nanmax(X, axis=0)


@pytest.mark.filterwarnings("ignore:epsilon=inf")
@pytest.mark.parametrize(
    ("private", "public"),
    [
        (DPMinMaxScaler(), MinMaxScaler()),
        (DPStandardScaler(), StandardScaler()),
        (DPStandardScaler(with_std=False), StandardScaler(with_std=False)),
        (DPRobustScaler(), RobustScaler()),
        (
            DPRobustScaler(unit_variance=True, quantile_range=(10.0, 80.0)),
            RobustScaler(unit_variance=True, quantile_range=(10.0, 80.0)),
        ),
        (DPPowerTransformer(), PowerTransformer()),
        (DPPowerTransformer("box-cox"), PowerTransformer("box-cox")),
        (DPQuantileTransformer(), QuantileTransformer(subsample=None)),
        (
            DPQuantileTransformer(output_distribution="normal"),
            QuantileTransformer(output_distribution="normal", subsample=None),
        ),
    ],
)
def test_without_noise_it_is_the_namesake(private, public):
    Z = np.maximum(X, 0.1)
    bounds = np.nanmin(Z, axis=0), np.nanmax(Z, axis=0)
    mapped = private.set_params(bounds=bounds, epsilon=np.inf).fit(Z).transform(Z)
    expected = public.fit(Z).transform(Z)
    np.testing.assert_array_equal(np.isnan(mapped), np.isnan(Z))
    first, last = np.nanquantile(Z, [0.02, 0.98], axis=0)
    inside = np.clip(Z, first, last) == Z  # the extremes are known to nobody
    np.testing.assert_allclose(mapped[inside], expected[inside], atol=0.06)


@each
def test_a_column_alone_is_the_same_without_gaps(transformer):
    """The twin: only rows that have a value; the other columns have no say."""
    told = {"epsilon": np.inf, "bounds": (-10, 1000)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        together = transformer(**told).fit(X).transform(X)
        for j, column in enumerate(X.T):
            alone = column[~np.isnan(column)][:, None]
            twin = transformer(**told).fit_transform(alone)
            np.testing.assert_array_equal(together[~np.isnan(column), j], twin[:, 0])


@each
@pytest.mark.parametrize("delta", [1e-6, 0.0])
def test_gaps_stay_and_all_else_comes_back(transformer, delta):
    fitted = transformer(bounds=BOUNDS, delta=delta, random_state=0).fit(X)
    Z = fitted.transform(X)
    np.testing.assert_array_equal(np.isnan(Z), np.isnan(X))
    low, high = fitted.output_bounds_
    assert np.nanmin(Z - low) >= -1e-9
    assert np.nanmax(Z - high) <= 1e-9
    first, last = np.nanquantile(X, [0.1, 0.9], axis=0)
    inside = np.clip(X, first, last)
    back = fitted.inverse_transform(fitted.transform(inside))
    np.testing.assert_allclose(back, inside, rtol=1e-6)
    single = fitted.transform(X.astype(np.float32))
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, Z, rtol=1e-3, atol=1e-3)


@each
@pytest.mark.parametrize("epsilon", [1e-3, 1.0, np.inf])
def test_a_column_may_have_no_value_at_all(transformer, epsilon):
    Z = X[:2000].copy()
    Z[:, 1] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = transformer(epsilon=epsilon, random_state=0).fit(Z)
    mapped = fitted.transform(Z)
    np.testing.assert_array_equal(np.isnan(mapped), np.isnan(Z))
    assert np.isfinite(fitted.output_bounds_).all()
    later = fitted.transform([[1.0, 0.5, 2.0]])
    assert np.isfinite(later).all()


@each
def test_infinity_is_refused_beside_gaps(transformer):
    Z = X[:500].copy()
    fitted = transformer().fit(Z)
    Z[-1, 2] = np.inf
    for call in (transformer().fit, fitted.transform, fitted.inverse_transform):
        with pytest.raises(ValueError, match="contains infinity"):
            call(Z)


@each
def test_a_row_with_gaps_moves_no_more_than_is_declared(transformer):
    Z = rows(40)
    recording = record(transformer(epsilon=1.0, random_state=0), X=Z)
    added = [
        [np.nan] * 3,
        [np.nan, 1e308, -1e308],
        [0.0, np.nan, 5e-324],
        [1e6, 1e6, np.nan],
    ]
    for row in added:
        playback = replay(recording, X=np.vstack([Z, [row]]))
        assert not playback.refused
        assert not playback.findings
    for i in range(len(Z)):
        playback = replay(recording, X=np.delete(Z, i, axis=0))
        assert not playback.findings


@each
def test_chunks_and_weights(transformer):
    told = {"bounds": (-10, 100), "random_state": 0}
    weight = np.linspace(0, 1, len(X))
    Z = transformer(**told).fit(X, sample_weight=weight).transform(X[:9])
    parts = [slice(i, i + 3000) for i in range(0, len(X), 3000)]
    chunks = ChunkRows(lambda: ((X[p], None, weight[p]) for p in parts))
    np.testing.assert_array_equal(transformer(**told).fit(chunks).transform(X[:9]), Z)


@each
def test_bounds_go_on_to_the_next_step(transformer):
    y = np.random.default_rng(1).random(len(X))
    steps = transformer(), DPSimpleImputer(), DPRidge(target_bounds=(0, 1))
    pipe = make_dp_pipeline(*steps, bounds=(-10, 1000)).fit(X, y)
    assert pipe.predict(X).shape == y.shape
    asked = [release.query for release in pipe.privacy_.releases]
    assert not any("ValueCells" in query for query in asked)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(
    "transformer",
    [DPRobustScaler(with_centering=False), DPQuantileTransformer()],
    ids=lambda transformer: type(transformer).__name__,
)
def test_sparse_rows_with_gaps_are_as_dense_ones(transformer, weighted):
    rng = np.random.default_rng(0)
    S = sparse.random_array((3000, 5), density=0.4, rng=rng).tocsr()
    S.data[::9] = np.nan
    weight = rng.random(3000) if weighted else None
    transformer.set_params(random_state=0)
    a = transformer.fit(S, sample_weight=weight).transform(S)
    b = transformer.fit(S.toarray(), sample_weight=weight).transform(S.toarray())
    np.testing.assert_array_equal(a.toarray(), b)
    assert np.count_nonzero(np.isnan(b)) == np.count_nonzero(np.isnan(S.data))
    S.data[0] = np.inf
    with pytest.raises(ValueError, match="contains infinity"):
        transformer.fit(S)
