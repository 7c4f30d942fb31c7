"""Bins of raw tables: what is declared is used, and what is not is found."""

import numpy as np
import pandas as pd
import pytest

from skprivate.tables import signal_of
from skprivate.tables._bins import _edges
from skprivate.tree import DPDecisionTreeClassifier

N = 4000


def table(rng):
    age = rng.integers(18, 90, N).astype(float)
    age[rng.random(N) < 0.1] = np.nan
    return pd.DataFrame(
        {
            "age": age,
            "gain": np.where(rng.random(N) < 0.95, 0.0, 1e4),
            "plan": rng.choice(["free", "team"], N),
            "size": pd.Categorical(rng.choice(["S", "M"], N), ["S", "M", "L"]),
            "since": np.datetime64("2020-01-01", "s") + 86400 * rng.integers(0, 900, N),
            "paid": rng.random(N) < 0.5,
        }
    )


def fitted(X, **params):
    params = {"epsilon": 8.0, "classes": [False, True], "random_state": 0} | params
    return DPDecisionTreeClassifier(**params).fit(X, X["paid"])


def test_columns_of_all_kinds_have_bins(rng):
    X = table(rng)
    model = fitted(X)
    bins, names = model.table_bins_.bins, model.table_bins_.names
    assert names == [*X.columns]
    assert bins.categorical.tolist() == [False, False, True, True, False, False]
    found = dict(zip(names, bins.n_codes.tolist(), strict=True))
    assert found["plan"] == found["size"] - 1 == 4  # what is not listed, and gaps
    assert found["paid"] == 3
    assert found["age"] > 20
    codes = model.table_bins_.codes(model, X)
    gaps = np.isnan(X["age"].to_numpy())
    assert (codes[gaps, 0] == found["age"] - 1).all()
    assert (codes[~gaps, 0] < found["age"] - 1).all()
    assert model.schema_["plan"].categories == ("free", "team")


def test_a_value_that_many_rows_share_has_a_bin_of_its_own(rng):
    X = table(rng)
    codes = fitted(X, epsilon=0.5).table_bins_.bins.columns[1].codes(X["gain"])
    zeros = X["gain"].to_numpy() == 0
    assert not {*codes[zeros]} & {*codes[~zeros]}


def test_edges_part_what_is_known():
    assert _edges(np.zeros(3), 0.0, 0.0, 1, 0.0).tolist() == [0.0, 5e-324]
    quantiles = np.concatenate([np.full(16, 2.0), 3.0 + np.arange(15)])
    found = _edges(quantiles, 0.0, 40.0, 4, 0.0).tolist()
    assert found[:2] == [2.0, np.nextafter(2.0, 3.0)]
    assert found[2:] == [6.0, 10.0, 14.0]  # four bins for what is beside the twos


def test_what_noise_hides_is_no_edge():
    quantiles = np.concatenate([np.full(40, 1.0), np.arange(2.0, 177.0), [200.0] * 40])
    few = _edges(quantiles, 0.0, 300.0, 32, 0.08)  # ranks near the ends are noise
    assert {1.0, 200.0}.isdisjoint(few.tolist())
    many = _edges(quantiles, 0.0, 300.0, 32, 0.001)
    assert {1.0, 200.0} <= set(many.tolist())
    tail = np.concatenate([np.zeros(224), np.arange(1.0, 32.0)])
    told = [len(_edges(tail, 0.0, 40.0, 32, noise)) for noise in (1e-4, 1e-2, 0.02)]
    assert told[0] > told[1] > told[2] >= 3


def test_what_a_schema_tells_is_not_looked_for(rng):
    X = table(rng)
    schema = {"age": (0, 100), "gain": (0, 1e5), "plan": ["free", "team"]}
    schema["since"] = ("2020-01-01", "2024-01-01")
    model = fitted(X, schema=schema, find_categories=False, delta=0)
    asked = {release.query for release in model.privacy_.releases}
    assert not asked & {"Categories", "ValueCells"}
    with pytest.raises(ValueError, match="plan"):
        fitted(X, find_categories=False)


def test_columns_of_an_array_can_be_named_as_categories(rng):
    X = rng.integers(0, 3, (N, 3)).astype(float)
    y = X[:, 1] == 1
    params = {"epsilon": 8.0, "classes": [False, True], "random_state": 0}
    for named in ([1], [False, True, False]):
        model = DPDecisionTreeClassifier(categorical_features=named, **params).fit(X, y)
        assert model.table_bins_.bins.categorical.tolist() == [False, True, False]
        assert model.score(X, y) > 0.95
    for named in ([3], ["a"]):
        with pytest.raises(ValueError, match="categorical_features"):
            DPDecisionTreeClassifier(categorical_features=named, **params).fit(X, y)
    frame = pd.DataFrame({"a": ["x", "y"] * 20})
    with pytest.raises(ValueError, match="categorical_features"):
        DPDecisionTreeClassifier(categorical_features=None, **params).fit(
            frame, [True, False] * 20
        )


def test_bounds_of_numbers_can_be_declared(rng):
    X = rng.random((N, 2))
    params = {"epsilon": 1.0, "classes": [False, True], "random_state": 0}
    model = DPDecisionTreeClassifier(bounds=([0, 0], [1, 2]), **params)
    model.fit(X, X[:, 0] > 0.5)
    assert "ValueCells" not in {r.query for r in model.privacy_.releases}
    assert model.schema_["x1"].bounds == (0.0, 2.0)


def test_signals_of_pure_and_gaussian_budgets():
    from skprivate.accounting import Budget

    assert signal_of(Budget(1.0, 1e-6), 9) == Budget(1.0, 1e-6).mu
    assert signal_of(Budget(1.0, 0.0), 8) == 0.25
    assert signal_of(Budget(np.inf, 1e-6), 8) == 1e3


def test_two_numbers_say_nothing_about_dates(rng):
    X = table(rng)
    model = fitted(X, bounds=(0, 1e5))
    assert model.schema_["age"].bounds == (0.0, 1e5)
    first, last = (np.datetime64(end) for end in model.schema_["since"].bounds)
    assert first < np.datetime64("2022-01-01") < last
    bins = model.table_bins_.bins.columns[4]
    assert np.datetime64(int(bins.edges[0]), "s") > np.datetime64("2019-01-01")
