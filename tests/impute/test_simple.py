"""What is particular about DPSimpleImputer."""

import numpy as np
import pandas as pd
import pytest
from sklearn.impute import SimpleImputer

from skprivate import make_dp_pipeline
from skprivate.impute import DPSimpleImputer
from skprivate.linear_model import DPRidge
from skprivate.queries._present import (
    PresentCells,
    PresentIntervals,
    PresentSums,
)
from skprivate.testing import hostile_rows

NONE = np.empty(0)


def rows(n_rows=4000, missing=0.3, seed=0):
    rng = np.random.default_rng(seed)
    X = np.c_[
        rng.normal(40, 10, n_rows),
        rng.poisson(2.5, n_rows),
        rng.lognormal(8, 1, n_rows),
    ]
    X[rng.random(X.shape) < missing] = np.nan
    return X


@pytest.mark.filterwarnings("ignore:epsilon=inf")
@pytest.mark.parametrize("strategy", ["mean", "median", "constant"])
def test_without_noise_it_is_the_namesake(strategy):
    X = rows()
    ours = DPSimpleImputer(strategy=strategy, epsilon=np.inf).fit(X)
    theirs = SimpleImputer(strategy=strategy).fit(X)
    expected = theirs.statistics_.astype(float)
    np.testing.assert_allclose(ours.statistics_, expected, rtol=1e-4)
    np.testing.assert_allclose(ours.transform(X), theirs.transform(X), rtol=1e-4)


@pytest.mark.filterwarnings("ignore:epsilon=inf")
@pytest.mark.parametrize("epsilon", [2.0, np.inf])
def test_most_frequent_value_is_found_exactly(epsilon):
    X = rows(8000)
    X[:, 0] = np.where(np.isnan(X[:, 0]), np.nan, np.round(X[:, 0], -1))
    X[::2, 2] = 1234.5
    model = DPSimpleImputer(strategy="most_frequent", epsilon=epsilon).fit(X)
    expected = SimpleImputer(strategy="most_frequent").fit(X).statistics_
    np.testing.assert_allclose(model.statistics_, expected)


@pytest.mark.parametrize("strategy", ["mean", "median"])
@pytest.mark.parametrize("delta", [1e-6, 0.0])
def test_little_noise_at_epsilon_one(strategy, delta):
    X = rows(20_000)
    model = DPSimpleImputer(strategy=strategy, delta=delta, random_state=0).fit(X)
    expected = SimpleImputer(strategy=strategy).fit(X).statistics_
    error = abs(model.statistics_ - expected) / np.nanstd(X, axis=0)
    assert error.max() < 0.2  # fixed seed


@pytest.mark.parametrize("missing", [np.nan, -1.0])
@pytest.mark.parametrize("weighted", [False, True])
def test_a_row_counts_where_it_has_values(missing, weighted):
    """The twin: a column alone, without the rows that lack it."""
    X = rows(300)
    weight = np.linspace(0, 1, len(X)) if weighted else NONE
    low, high = np.array([0.0, 0.0, 0.0]), np.array([100.0, 8.0, 1e5])
    edges = low[:, None] + (high - low)[:, None] * np.linspace(0, 1, 65)[1:-1]
    from skprivate.base import Box

    def queries(columns):
        box = Box.between(low[columns], high[columns], 17)
        yield PresentSums(box, missing)
        yield PresentCells(len(columns), missing=missing)
        ends = edges[columns], low[columns], high[columns]
        yield PresentIntervals(*ends, missing)

    coded = X if np.isnan(missing) else np.where(np.isnan(X), missing, X)
    for number, query in enumerate(queries([0, 1, 2])):
        total = query(coded, None, weight)
        for j in range(3):
            there = ~np.isnan(X[:, j])
            alone = [*queries([j])][number]
            given = weight[there] if weighted else weight
            np.testing.assert_array_equal(
                total[j], alone(X[there][:, [j]], None, given)[0]
            )


def test_hostile_rows_add_at_most_what_is_declared():
    X = hostile_rows(300, 3)
    X[::4, 1] = np.nan
    from skprivate.base import Box

    box = Box.between(np.array([-1.0, 0.0, 2.0]), np.array([1.0, 0.0, 9.0]), 17)
    for query in (PresentSums(box), PresentCells(3)):
        weights = 1.0 if query.weights is None else query.weights
        for i in range(len(X)):
            added = query(X[i : i + 1], None, NONE)
            assert np.linalg.norm(added / weights) <= query.levels * (1 + 1e-12)
            if np.isinf(X[i]).any():
                assert not added.any()


def test_columns_without_values_are_left_out_or_zero():
    X = rows(5000)
    X[:, 1] = np.nan
    model = DPSimpleImputer(add_indicator=True).fit(X)
    assert np.isnan(model.statistics_).tolist() == [False, True, False]
    Z = model.transform(X)
    assert Z.shape == (5000, 5)
    assert [*model.get_feature_names_out()][:2] == ["x0", "x2"]
    assert len(model.output_bounds_[0]) == 5
    back = model.inverse_transform(Z)
    np.testing.assert_array_equal(back, X)
    kept = DPSimpleImputer(keep_empty_features=True).fit(X)
    assert kept.statistics_[1] == 0
    assert kept.transform(X).shape == X.shape


def test_nothing_stands_out_of_few_rows():
    """With so much noise, no column is taken for empty."""
    X = rows(20)
    model = DPSimpleImputer().fit(X)
    assert model.transform(X).shape == X.shape


def test_indicators_of_all_features():
    """Which features lack values is private, so all have an indicator."""
    X = rows()
    X[:, 0] = 1.0
    model = DPSimpleImputer(add_indicator=True, bounds=(0, 1e7)).fit(X)
    Z = model.transform(X)
    np.testing.assert_array_equal(Z[:, 3:], np.isnan(X))
    low, high = model.output_bounds_
    assert np.all((low <= Z) & (high >= Z))


def test_frames_in_and_out():
    X = pd.DataFrame(rows(500), columns=["age", "visits", "income"])
    X["visits"] = X["visits"].astype("Int64")
    model = DPSimpleImputer(bounds=(0, 1e5)).set_output(transform="pandas")
    Z = model.fit_transform(X)
    assert [*Z.columns] == ["age", "visits", "income"]
    assert not Z.isna().to_numpy().any()


def test_in_a_pipeline_bounds_go_on():
    rng = np.random.default_rng(0)
    X = rows(3000)[:, :2]
    y = rng.random(3000)
    bounds = ([0, 0], [100, 20])
    pipe = make_dp_pipeline(
        DPSimpleImputer(), DPRidge(target_bounds=(0, 1)), bounds=bounds
    )
    pipe.fit(X, y)
    asked = {release.query.rpartition(": ")[2] for release in pipe.privacy_.releases}
    assert not any("ValueCells" in name or "PresentCells" in name for name in asked)
    assert pipe.predict(X).shape == (3000,)


@pytest.mark.parametrize(
    ("params", "error"),
    [
        ({"strategy": "mode"}, ValueError),
        ({"fill_value": 3.0}, ValueError),
        ({"strategy": "constant", "fill_value": np.inf}, ValueError),
        ({"missing_values": "?"}, ValueError),
        ({"bounds": (1, 0)}, ValueError),
    ],
)
def test_refused_parameters(params, error):
    with pytest.raises(error):
        DPSimpleImputer(**params).fit(rows(50))


def test_infinity_is_refused_and_nan_too_where_it_means_nothing():
    X = rows(50)
    X[3, 1] = np.inf
    with pytest.raises(ValueError, match="infinity"):
        DPSimpleImputer().fit(X)
    with pytest.raises(ValueError, match="NaN"):
        DPSimpleImputer(missing_values=-1).fit(rows(50))


def test_extreme_numbers():
    X = np.array([[1e308, 5e-324], [-1e308, 1e-300], [np.nan, 0.0]] * 100)
    for strategy in ("mean", "median", "most_frequent"):
        assert np.isfinite(DPSimpleImputer(strategy=strategy).fit_transform(X)).all()


@pytest.mark.parametrize("dtype", ["Float32", "double[pyarrow]", "Int64"])
def test_nullable_and_arrow_columns(dtype):
    if "pyarrow" in dtype:
        pytest.importorskip("pyarrow")
    values = np.where(np.isnan(rows(500)), np.nan, np.round(rows(500)))
    X = pd.DataFrame(values, columns=list("abc")).astype(dtype)
    plain = DPSimpleImputer(random_state=0).fit(values)
    model = DPSimpleImputer(random_state=0).fit(X)
    np.testing.assert_array_equal(model.statistics_, plain.statistics_)
    np.testing.assert_allclose(model.transform(X), plain.transform(values), rtol=1e-6)


def test_a_placeholder_that_float32_rounds():
    X = np.where(np.isnan(rows(500)), 0.1, rows(500)).astype(np.float32)
    model = DPSimpleImputer(missing_values=np.float64(0.1), bounds=(0, 1e5)).fit(X)
    assert not np.any(model.transform(X) == np.float32(0.1))
