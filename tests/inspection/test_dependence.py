"""Partial dependence is scikit-learn's on a background, and private on rows."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.inspection import partial_dependence
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.svm import LinearSVC

from skprivate.inspection import (
    DPBackground,
    DPPartialDependenceDisplay,
    PublicBackground,
    dp_partial_dependence,
    dp_permutation_importance,
)
from skprivate.ledger import PrivacyLedger
from skprivate.linear_model import PublicRows
from skprivate.rows import ArrayRows


def rows(n=500, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3))
    X[:, 2] = rng.integers(0, 4, n)
    return X, (X[:, 0] + X[:, 2] > 1).astype(int)


@pytest.fixture(scope="module")
def fitted():
    X, y = rows()
    return LogisticRegression().fit(X, y), X, y


@pytest.mark.parametrize("features", [0, 2, (0, 2)])
def test_on_a_background_it_is_scikit_learns_and_free(fitted, features):
    model, X, _ = fitted
    with PrivacyLedger() as ledger:
        found = dp_partial_dependence(
            model, PublicBackground(X), features, grid_resolution=9
        )
        assert len(ledger.records) == 0
    known = partial_dependence(
        model, X, [features], grid_resolution=9, method="brute", kind="average"
    )
    curve = found[features]
    for (_, values), grid in zip(curve.axes, known["grid_values"], strict=True):
        assert np.allclose(values, grid)
    assert np.allclose(curve.values, known["average"][0])
    assert found.privacy is None


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_on_rows_without_noise_it_is_scikit_learns(fitted):
    model, X, y = fitted
    known = [
        partial_dependence(model, X, [j], grid_resolution=7, method="brute")
        for j in range(3)
    ]
    options = {"background": PublicRows(X, y), "grid_resolution": 7, "epsilon": np.inf}
    for given in (X, X.tolist(), ArrayRows(X)):
        found = dp_partial_dependence(model, given, **options)
        for j in range(3):
            assert np.allclose(found[j].values, known[j]["average"][0], atol=1e-5)


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_numbers_classes_and_margins(fitted):
    _, X, y = fitted
    regressor = LinearRegression().fit(X, 2.0 * y)
    found = dp_partial_dependence(
        regressor,
        X,
        [2],
        background=PublicBackground(X),
        prediction_bounds=(-5, 5),
        epsilon=np.inf,
    )
    known = partial_dependence(regressor, X, [2], method="brute")
    assert np.allclose(found[2].values, known["average"][0], atol=1e-4)
    labels = np.array(["a", "b", "c", "d"])[X[:, 2].astype(int)]
    several = LogisticRegression().fit(X, labels)
    found = dp_partial_dependence(several, PublicBackground(X), [2], target="c")
    known = partial_dependence(several, X, [2], method="brute")
    assert np.allclose(found[2].values, known["average"][2])
    margins = LinearSVC().fit(X, y)
    found = dp_partial_dependence(margins, PublicBackground(X), [0])
    assert found[0].values[-1] > found[0].values[0]


def test_noise_is_small_and_intervals_hold(fitted):
    model, X, _ = fitted
    X = np.tile(X, (20, 1))
    background = PublicBackground(X[:100])
    exact = dp_partial_dependence(
        model, PublicBackground(X), custom_values={0: [-1, 0, 1]}, features=[0]
    )
    found = dp_partial_dependence(
        model,
        X,
        [0],
        background=background,
        custom_values={0: [-1, 0, 1]},
        random_state=0,
    )
    assert np.abs(found[0].values - exact[0].values).max() < 0.02
    assert (found[0].low <= exact[0].values).all()
    assert (exact[0].values <= found[0].high).all()
    assert found.privacy.epsilon() == pytest.approx(1.0, rel=1e-6)
    assert "epsilon=1" in repr(found)
    assert "free" in exact._repr_html_()


def test_frames_with_texts_and_custom_values():
    X, y = rows()
    frame = pd.DataFrame({"x": X[:, 0], "n": X[:, 2].astype(int)})
    model = LogisticRegression().fit(frame, y)
    found = dp_partial_dependence(
        model, frame, ["n"], custom_values={"n": [0, 1, 2]}, random_state=0
    )
    assert found["n"].axes == (("n", (0, 1, 2)),)
    halves = dp_partial_dependence(
        model, PublicBackground(frame), custom_values={"n": [0.5]}, features=["n"]
    )
    assert 0 < halves["n"].values[0] < 1
    assert frame.dtypes["n"].kind == "i"


def test_a_background_that_was_learned_is_free(fitted):
    from skprivate.synthesis import DPTabularSynthesizer

    model, X, _ = fitted
    made = DPTabularSynthesizer(method="independent", bounds=(-4, 4), random_state=0)
    background = DPBackground(made, n_samples=200).fit(X)
    with PrivacyLedger() as ledger:
        found = dp_partial_dependence(model, background)
        assert len(ledger.records) == 0
    assert found.privacy is background.privacy_
    assert found[0].values[-1] > found[0].values[0] + 0.3


MISTAKES = [
    ({"background": None}, ValueError),
    ({"background": np.eye(3)}, TypeError),
    ({"features": ["age"]}, ValueError),
    ({"grid_resolution": 1}, ValueError),
    ({"grid_resolution": 50_000}, ValueError),
    ({"percentiles": (0.9, 0.1)}, ValueError),
    ({"custom_values": [1]}, TypeError),
    ({"custom_values": {"age": [1]}}, ValueError),
    ({"custom_values": {0: []}}, ValueError),
    ({"custom_values": {0: [1]}, "background": None}, ValueError),
    ({"target": "yes"}, ValueError),
    ({"epsilon": -1.0}, ValueError),
    ({"prediction_bounds": (1, 0)}, ValueError),
]


@pytest.mark.parametrize(("options", "error"), MISTAKES)
def test_what_is_publicly_wrong_is_free(fitted, options, error):
    model, X, _ = fitted
    if options.get("grid_resolution") == 50_000:
        options = {**options, "background": PublicBackground(np.tile(X, (100, 1)))}
        options["background"].rows_ += np.arange(50_000)[:, None] * 1e-9
    with PrivacyLedger() as ledger:
        with pytest.raises(error) as told:
            dp_partial_dependence(
                model, X, **{"background": PublicBackground(X[:50]), **options}
            )
        assert len(ledger.records) == 0
    assert str(told.value).rstrip().endswith(".")


def test_models_that_do_not_fit(fitted):
    _, X, y = fitted
    background = PublicBackground(X[:50])
    with pytest.raises(ValueError, match="prediction_bounds"):
        dp_partial_dependence(LinearRegression().fit(X, y), X, background=background)
    with pytest.raises(ValueError, match="target"):
        dp_partial_dependence(
            LogisticRegression().fit(X, X[:, 2].astype(int)), background
        )
    with pytest.raises(ValueError, match="target"):
        dp_partial_dependence(LinearRegression().fit(X, y), background, target=1)
    with pytest.raises(TypeError, match="model"):
        dp_partial_dependence(object(), background)


def test_constant_columns(fitted):
    model, X, _ = fitted
    flat = X.copy()
    flat[:, 0] = 2.0
    found = dp_partial_dependence(model, PublicBackground(flat), [0])
    assert found[0].axes == (("0", (2.0,)),)


def test_display(fitted):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    model, X, _ = fitted
    found = dp_partial_dependence(model, PublicBackground(X), [0, (0, 2)])
    display = DPPartialDependenceDisplay(found).plot()
    display.figure_.canvas.draw()
    assert display.axes_[0].get_xlabel() == "0"
    with pytest.raises(ValueError, match="axes"):
        display.plot(axes=display.axes_[:1])
    names = pd.DataFrame({"plan": ["a", "b"] * 9, "x": range(18)})

    class Says(LinearRegression):
        def predict(self, X):
            return (X["plan"] == "a").to_numpy() * 1.0

    bars = dp_partial_dependence(Says(), PublicBackground(names), ["plan"])
    assert bars["plan"].values.tolist() == [1.0, 0.0]
    assert DPPartialDependenceDisplay(bars).plot().axes_[0].get_xlabel() == "plan"
    pyplot.close("all")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda X: X[:, 0], "must be a table"),
        (lambda X: X[None], "must be a table"),
        (lambda X: sparse.csr_matrix(X), "sparse"),
        (lambda X: pd.DataFrame(X, columns=["a", "a", "b"]), "equal names"),
    ],
)
def test_tables_of_a_wrong_shape_are_refused_for_free(fitted, change, told):
    model, X, y = fitted
    background = PublicBackground(X[:50])
    with PrivacyLedger() as ledger:
        with pytest.raises((TypeError, ValueError), match=told):
            dp_partial_dependence(model, change(X), background=background)
        with pytest.raises((TypeError, ValueError), match=told):
            dp_permutation_importance(model, change(X), y, background=background)
        assert len(ledger.records) == 0


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_tables_of_arrow_have_names():
    pa = pytest.importorskip("pyarrow")
    X, y = rows()
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    model = LogisticRegression().fit(frame, y)
    table = pa.table({name: frame[name].to_numpy() for name in frame})
    found = [
        dp_partial_dependence(
            model, given, ["a"], background=PublicBackground(shown), epsilon=np.inf
        )["a"].values
        for given, shown in ((frame, frame[:50]), (table, table[:50]))
    ]
    assert found[0].tolist() == found[1].tolist()
