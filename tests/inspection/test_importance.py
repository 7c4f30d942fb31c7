"""Importances are scikit-learn's without noise, and private with it."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.compose import make_column_transformer
from sklearn.exceptions import NotFittedError
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from skprivate.inspection import (
    DPBackground,
    DPPermutationImportanceDisplay,
    PublicBackground,
    dp_permutation_importance,
)
from skprivate.ledger import PrivacyLedger
from skprivate.linear_model import DPLogisticRegression, PublicRows
from skprivate.metrics import make_dp_scorer
from skprivate.rows import ArrayRows, ChunkRows
from skprivate.testing import check_display


def rows(n=200, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3))
    y = (X[:, 0] + 0.5 * X[:, 1] + 0.3 * rng.normal(size=n) > 0).astype(int)
    return X, y


@pytest.fixture(scope="module")
def fitted():
    X, y = rows()
    return LogisticRegression().fit(X, y), X, y


@pytest.mark.filterwarnings("ignore:epsilon=inf")
@pytest.mark.parametrize("scoring", ["accuracy", "neg_log_loss", "neg_brier_score"])
def test_without_noise_it_is_scikit_learns(fitted, scoring):
    model, X, y = fitted
    name = scoring
    if scoring == "neg_log_loss":
        scoring = make_dp_scorer("dp_log_loss", least_probability=1e-9)
    found = dp_permutation_importance(
        model,
        X,
        y,
        background=PublicBackground(X),
        scoring=scoring,
        n_repeats=len(X),
        epsilon=np.inf,
    )
    known = permutation_importance(
        model, X, y, scoring=name, n_repeats=50, random_state=0
    )
    error = 5 * known.importances_std / np.sqrt(50) + 1e-4
    assert (np.abs(found.values - known.importances_mean) < error).all()


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_of_numbers_it_is_scikit_learns():
    X, _ = rows()
    y = X @ [1.0, 0.2, 0.0]
    model = LinearRegression().fit(X, y)
    scorer = make_dp_scorer("dp_mean_squared_error", target_bounds=(-6, 6))
    found = dp_permutation_importance(
        model,
        X,
        y,
        background=PublicRows(X, y),
        scoring=scorer,
        n_repeats=len(X),
        epsilon=np.inf,
    )
    known = permutation_importance(
        model, X, y, scoring="neg_mean_squared_error", n_repeats=50, random_state=0
    )
    error = 5 * known.importances_std / np.sqrt(50) + 2e-3
    assert (np.abs(found.values - known.importances_mean) < error).all()


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_a_few_values_of_a_column_stand_for_all(fitted):
    model, X, y = fitted
    few, all_of_them = (
        dp_permutation_importance(
            model, X, y, background=PublicBackground(X), n_repeats=n, epsilon=np.inf
        ).values
        for n in (10, len(X))
    )
    assert np.abs(few - all_of_them).max() < 0.01


def test_noise_is_small_and_intervals_hold(fitted):
    model, X, y = fitted
    X, y = np.tile(X, (60, 1)), np.tile(y, 60)
    background = PublicBackground(X[:200])
    found = dp_permutation_importance(
        model, X, y, background=background, random_state=0
    )
    assert found[0] > 0.2 > found[1] > 0.03 > found[2]
    assert found.axes == (("feature", (0, 1, 2)),)
    assert (found.low <= found.values).all()
    assert (found.population[0] <= found.low).all()
    assert found.privacy.epsilon() == pytest.approx(1.0, rel=1e-6)
    assert found.privacy.estimator == "dp_permutation_importance"
    assert "importance" in repr(found)


def test_features_by_name_and_together():
    X, y = rows()
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    model = LogisticRegression().fit(frame, y)
    found = dp_permutation_importance(
        model,
        frame,
        y,
        background=PublicBackground(frame[:100]),
        features=["c", ("a", "b"), 0],
        random_state=0,
    )
    assert found.axes == (("feature", ("c", ("a", "b"), "a")),)
    assert found[("a", "b")] > 0.3


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_texts_in_frames():
    X, y = rows()
    plan = np.where(y == 1, "firm", "free")
    frame = pd.DataFrame({"x": X[:, 2], "plan": plan}).astype({"plan": "category"})
    encoded = make_column_transformer(
        (OneHotEncoder(), ["plan"]), remainder="passthrough"
    )
    model = make_pipeline(encoded, LogisticRegression()).fit(frame, y)
    found = dp_permutation_importance(
        model, frame, y, background=PublicBackground(frame), epsilon=np.inf
    )
    assert found["plan"] > 0.4
    assert abs(found["x"]) < 0.05
    polars = pl.from_pandas(frame.astype({"plan": str}))
    asked = dp_permutation_importance(
        model, polars, y, background=PublicBackground(polars), epsilon=np.inf
    )
    assert np.allclose(asked.values, found.values)


def test_rows_may_be_anywhere(fitted):
    model, X, y = fitted
    sources = [
        (X, y),
        (X.tolist(), y.tolist()),
        (ArrayRows(X, y), None),
        (ChunkRows(lambda: iter([(X[:99], y[:99]), (X[99:], y[99:])]), 3), None),
    ]
    background = PublicBackground(X[:50])
    found = [
        dp_permutation_importance(model, *one, background=background, random_state=0)
        for one in sources
    ]
    assert all(np.array_equal(f.values, found[0].values) for f in found)


def test_a_row_adds_what_it_adds_alone(fitted):
    """In any company, and however hostile that is."""
    from skprivate.inspection._importance import Drops
    from skprivate.metrics import get_dp_scorer

    model, X, y = fitted
    scorer = make_dp_scorer("accuracy", classes=[0, 1])
    drops = Drops(model, scorer, X[:40], ((0,), (1,), (2,)), 5, 1.0)
    whole = drops(X, y)
    assert np.abs(whole).max() <= 1
    for take in (slice(7, 8), slice(0, 150), [7, 1, 7], slice(None, None, -1)):
        assert np.array_equal(drops(X[take], y[take]), whole[take])
    loud = X.copy()
    loud[100:] = 1e300
    assert np.array_equal(drops(loud, y)[:100], whole[:100])
    assert get_dp_scorer("accuracy").adds_up is True


def test_ledger_is_charged_once_before_the_model_is_asked(fitted):
    _, X, y = fitted
    asked = []

    class Spy(LogisticRegression):
        def predict(self, X):
            asked.append(len(ledger.records))
            return super().predict(X)

    model = Spy().fit(X, y)
    with PrivacyLedger(epsilon=1.5, delta=1e-6) as ledger:
        dp_permutation_importance(model, X, y, background=PublicBackground(X[:9]))
    assert len(ledger.records) == 1
    assert set(asked) == {1}


MISTAKES = [
    ({"background": np.eye(3)}, TypeError),
    ({"background": None}, TypeError),
    ({"background": DPBackground()}, ValueError),
    ({"background": PublicBackground(np.eye(2))}, ValueError),
    ({"features": ["age"]}, ValueError),
    ({"features": [3]}, ValueError),
    ({"features": []}, ValueError),
    ({"features": [True]}, ValueError),
    ({"scoring": "roc_auc"}, ValueError),
    ({"scoring": "nothing"}, ValueError),
    ({"n_repeats": 0}, ValueError),
    ({"n_repeats": True}, ValueError),
    ({"epsilon": 0.0}, ValueError),
    ({"confidence": 2.0}, ValueError),
    ({"sample_weight": "a"}, (TypeError, ValueError)),
]


@pytest.mark.parametrize(("options", "error"), MISTAKES)
def test_what_is_publicly_wrong_is_free(fitted, options, error):
    model, X, y = fitted
    with PrivacyLedger() as ledger:
        with pytest.raises(error) as told:
            dp_permutation_importance(
                model, X, y, **{"background": PublicBackground(X[:9]), **options}
            )
        assert len(ledger.records) == 0
    assert str(told.value).rstrip().endswith(".")


def test_columns_that_the_background_lacks():
    X, y = rows()
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    model = LogisticRegression().fit(frame, y)
    with pytest.raises(ValueError, match="'c'"):
        dp_permutation_importance(
            model, frame, y, background=PublicBackground(frame[["a", "b"]])
        )
    with pytest.raises(ValueError, match="order"):
        dp_permutation_importance(
            model, frame, y, background=PublicBackground(frame[["b", "a", "c"]])
        )


def test_gaps_in_the_background_and_models_that_are_none():
    X, y = rows()
    frame = pd.DataFrame({"a": X[:, 0], "n": np.arange(200) % 9})
    gaps = frame.assign(n=frame["n"].where(frame["n"] > 1))

    class Says(LogisticRegression):
        def predict(self, X):
            column = np.array(X["n"].to_list(), dtype=float)  # None is a gap
            return (column > 4).astype(int)

    model = Says().fit(frame, y)
    found = [
        dp_permutation_importance(
            model, table, y, background=PublicBackground(shown), random_state=0
        )
        for table, shown in [
            (frame, gaps),
            (pl.from_pandas(frame), pl.from_pandas(gaps)),
        ]
    ]
    assert np.allclose(found[0].values, found[1].values)
    with PrivacyLedger() as ledger:
        for none, error in [
            (None, TypeError),
            (DPLogisticRegression(classes=[0, 1]), NotFittedError),
            (LogisticRegression(), NotFittedError),
        ]:
            with pytest.raises(error):
                dp_permutation_importance(
                    none, X, y, background=PublicBackground(X[:9])
                )
        assert len(ledger.records) == 0
    with pytest.raises(ValueError, match="equal names"):
        PublicBackground(frame.set_axis(["a", "a"], axis=1))


def test_regressors_need_bounds_and_rows_that_are_bad_show_no_value(fitted):
    model, X, y = fitted
    background = PublicBackground(X[:9])
    with pytest.raises(ValueError, match="target_bounds"):
        dp_permutation_importance(
            LinearRegression().fit(X, y), X, y, background=background
        )
    for bad in (X[:-1], np.where(X > 3, 736251.5, X)[:, :2]):
        with pytest.raises((ValueError, TypeError)) as told:
            dp_permutation_importance(model, bad, y, background=background)
        assert "736251" not in str(told.value)
        assert "199" not in str(told.value)
    gap = X.copy()
    gap[3, 0] = np.nan
    with pytest.raises(ValueError, match=r"[Xx]"):
        dp_permutation_importance(model, gap, y, background=background)


def test_display(fitted):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    model, X, y = fitted
    display = DPPermutationImportanceDisplay.from_estimator(
        model,
        X,
        y,
        background=PublicBackground(np.random.default_rng(1).normal(size=(50, 3))),
        features=[2, (0, 1)],
        random_state=0,
    )
    labels = [text.get_text() for text in display.ax_.get_yticklabels()]
    assert labels == ["2", "0 / 1"], "the largest is on top"
    display.figure_.canvas.draw()
    check_display(display, X)
    assert DPPermutationImportanceDisplay(display.importance).plot(display.ax_)
    pyplot.close("all")


def test_a_short_y_is_called_short():
    X = np.random.default_rng(0).normal(size=(60, 2))
    model = LogisticRegression().fit(X, X[:, 0] > 0)
    with pytest.raises(ValueError, match="same number of rows"):
        dp_permutation_importance(
            model, X, (X[:, 0] > 0)[1:], background=PublicBackground(X[:9])
        )
