"""Backgrounds are made up, and no object keeps a private row."""

import pickle
import struct

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from skprivate import check_private, privacy_cost, privacy_report
from skprivate.inspection import (
    DPBackground,
    PublicBackground,
    dp_partial_dependence,
    surrogate_tree,
)
from skprivate.ledger import PrivacyLedger
from skprivate.linear_model import DPLogisticRegression
from skprivate.pipeline import make_dp_pipeline
from skprivate.preprocessing import DPStandardScaler
from skprivate.synthesis import DPTabularSynthesizer


def made(**options):
    options = {"method": "independent", "bounds": (-3, 3), "random_state": 0, **options}
    return DPTabularSynthesizer(**options)


def rows(n=1500):
    return np.random.default_rng(0).normal(size=(n, 3))


def held_values(stored, X):
    """Values of rows whose bytes are in what was stored."""
    return [
        value
        for value in np.ravel(X).tolist()
        for order in ("<d", ">d")
        if struct.pack(order, value) in stored
    ]


def test_rows_are_drawn_and_none_is_kept():
    X = rows()
    background = DPBackground(made(), n_samples=60).fit(X)
    assert background.rows_.shape == background.to_shap().shape == (60, 3)
    assert np.abs(background.mean_).max() < 0.6
    assert background.covariance_.shape == (3, 3)
    assert background.n_features_in_ == 3
    assert not held_values(pickle.dumps(background), X)
    assert not {*np.ravel(background.rows_).tolist()} & {*np.ravel(X).tolist()}
    assert clone(background).n_samples == 60


def test_it_is_paid_once():
    with PrivacyLedger() as ledger:
        background = DPBackground(made(epsilon=0.5, random_state=None)).fit(rows())
        background.to_shap(), background.to_lime()
    assert len(ledger.records) == 1
    report = privacy_report(background)
    assert report.private
    assert report.epsilon() <= 0.5
    cost = check_private(DPBackground(made(epsilon=0.5, random_state=None)))
    assert cost.fits == 1
    assert privacy_cost(DPBackground()).private


def test_from_a_pipeline_it_is_free():
    X = rows()
    y = (X[:, 0] > 0).astype(int)
    model = make_dp_pipeline(
        DPStandardScaler(bounds=(-3, 3)), DPLogisticRegression(classes=[0, 1])
    ).fit(X, y)
    with PrivacyLedger() as ledger:
        background = DPBackground.from_pipeline(model, n_samples=200)
        assert len(ledger.records) == 0
    assert background.rows_.shape == (200, 3)
    assert np.abs(background.rows_.std(axis=0) - 1).max() < 0.3
    found = dp_partial_dependence(model, background, [0])
    assert found[0].values[-1] > found[0].values[0] + 0.3
    again = DPBackground.from_pipeline(model, n_samples=200)
    assert np.array_equal(again.rows_, background.rows_)
    with pytest.raises(TypeError, match="DPStandardScaler"):
        DPBackground.from_pipeline(DPStandardScaler())
    with pytest.raises(TypeError, match="DPStandardScaler"):
        DPBackground.from_pipeline(model.steps[-1][1])


@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_texts_are_codes_and_back(kind):
    frame = pd.DataFrame({"n": [3, 1, 2], "plan": ["b", "a", "b"], "x": [0.5, 1, 2]})
    table = frame if kind == "pandas" else pl.from_pandas(frame)
    background = PublicBackground(table)
    numbers = background.to_shap()
    assert numbers.tolist() == [[3, 1, 0.5], [1, 0, 1], [2, 1, 2]]
    seen = []

    def ask(rows):
        seen.append(rows)
        return np.zeros(len(rows))

    background.asked(ask)(numbers)
    assert type(seen[0]) is type(table)
    assert [str(t) for t in seen[0].dtypes] == [str(t) for t in table.dtypes]
    assert seen[0].equals(table)
    lime = background.to_lime()
    assert lime["categorical_features"] == [1]
    assert lime["categorical_names"] == {1: ["a", "b"]}
    assert lime["feature_names"] == ["n", "plan", "x"]


def test_what_it_holds():
    X = rows(50)
    background = PublicBackground(X)
    assert background.holds(X[7:9])
    assert background.holds(X.mean(axis=0))
    assert not background.holds(X + 1e-3)
    assert not background.holds(X[:, :2])
    assert not background.holds([["a", "b", "c"]])


@pytest.mark.parametrize(
    ("background", "error"),
    [
        (DPBackground(n_samples=0), ValueError),
        (DPBackground(n_samples=True), ValueError),
        (DPBackground(n_samples=10**9), ValueError),
        (DPBackground(DPStandardScaler()), TypeError),
        (DPBackground("mst"), TypeError),
    ],
)
def test_nonsense_is_free(background, error):
    with PrivacyLedger() as ledger:
        with pytest.raises(error) as told:
            background.fit(rows())
        assert len(ledger.records) == 0
    assert str(told.value).endswith(".")


def test_models_that_are_not_private_are_no_synthesizers():
    from sklearn.mixture import GaussianMixture

    with pytest.raises(TypeError, match="not private"):
        DPBackground(GaussianMixture()).fit(rows())


def test_unfitted_and_empty():
    with pytest.raises(NotFittedError):
        surrogate_tree(DPStandardScaler(), DPBackground())
    with pytest.raises(ValueError, match="rows"):
        PublicBackground(np.zeros((0, 3)))
    with pytest.raises(ValueError, match="table"):
        PublicBackground([1.0, 2.0])


@pytest.mark.parametrize("kind", ["pandas", "zone", "polars", "numpy"])
def test_dates_are_days_and_back(kind):
    dates = np.array(["2020-01-01T12:34:56.789012", "1969-12-31", "NaT"], "M8[us]")
    columns = {"since": dates, "plan": ["a", "b", "a"]}
    rows = dates[:, None]
    if kind in ("pandas", "zone"):
        rows = pd.DataFrame(columns)
        if kind == "zone":
            zoned = rows["since"].dt.tz_localize("UTC").dt.tz_convert("Asia/Kolkata")
            rows["since"] = zoned
    elif kind == "polars":
        rows = pytest.importorskip("polars").DataFrame(columns)
    background = PublicBackground(rows)
    days = background.to_shap()[:, 0]
    assert days[1] == -1
    assert np.isnan(days[2])
    assert background.to_lime()["categorical_features"] == [1][: rows.shape[1] - 1]
    seen = []
    background.asked(seen.append)(background.to_shap())
    if kind == "numpy":
        assert seen[0].tolist() == rows.tolist()
    else:
        assert seen[0].equals(rows)


@pytest.mark.parametrize("kind", ["pandas", "polars", "numpy"])
def test_a_text_that_the_background_lacks_is_missing_and_no_other_text(kind):
    rows = pd.DataFrame({"plan": ["a", "b"], "x": [1.0, 2.0]}, dtype=object)
    rows["x"] = rows["x"].astype(float)
    new = rows.assign(plan=["c", "b"])
    if kind == "polars":
        rows, new = pl.from_pandas(rows), pl.from_pandas(new)
    elif kind == "numpy":
        rows, new = rows.to_numpy(dtype=object), new.to_numpy(dtype=object)
    background, seen = PublicBackground(rows), []
    background.asked(seen.append)(background.coding_.numbers(new))
    table = seen[0] if kind == "numpy" else seen[0].to_numpy()
    assert pd.isna(table[0, 0])
    assert table[1, 0] == "b"
