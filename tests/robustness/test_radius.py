"""Radii of linear models: nobody gets across, and they are not too small."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_digits, load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, PolynomialFeatures, StandardScaler
from sklearn.svm import SVC

from skprivate import make_dp_pipeline
from skprivate.linear_model import DPLinearSVC, DPLogisticRegression
from skprivate.preprocessing import DPMinMaxScaler, DPStandardScaler
from skprivate.robustness import certified_radius

NORMS = (1, 2, np.inf)


@pytest.fixture(scope="module")
def iris():
    return load_iris(return_X_y=True)


MODELS = [
    LogisticRegression(max_iter=500),
    make_pipeline(StandardScaler(), LogisticRegression()),
    make_pipeline(MinMaxScaler(), "passthrough", LogisticRegression()),
    DPLogisticRegression(bounds=(0, 8), epsilon=8.0, random_state=0),
    DPLinearSVC(bounds=(0, 8), epsilon=8.0, random_state=0),
    make_dp_pipeline(
        DPStandardScaler(bounds=(0, 8)), DPLogisticRegression(), epsilon=8.0
    ),
    make_dp_pipeline(
        DPMinMaxScaler(bounds=(0, 8)), DPLogisticRegression(), epsilon=8.0
    ),
]


def directions(model, X, norm, rng):
    """Moves of length one: at random, and straight to each rival."""
    d = X.shape[1]
    moves = [rng.normal(size=(200, d))]
    coef = np.atleast_2d(getattr(model, "steps", [("", model)])[-1][1].coef_)
    moves += [a - b for a in coef for b in (*coef, np.zeros(d)) if (a != b).any()]
    moves = np.vstack([m if norm != np.inf else np.sign(m) for m in moves])
    if norm == 1:
        moves = np.vstack([moves, np.eye(d), -np.eye(d)])
    return moves / np.linalg.norm(moves, ord=norm, axis=1, keepdims=True)


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("model", MODELS, ids=range(len(MODELS)))
def test_no_move_within_the_radius_changes_the_class(iris, model, norm, classes, rng):
    X, y = iris[0][iris[1] < classes], iris[1][iris[1] < classes]
    with np.errstate(all="ignore"), pytest.MonkeyPatch.context() as patch:
        patch.setattr("warnings.warn", lambda *args, **kwargs: None)
        model.fit(X, y)
    radius = certified_radius(model, X, norm=norm)
    said = model.predict(X)
    for i in range(0, len(X), 10):
        moved = X[i] + 0.999 * radius[i] * directions(model, X, norm, rng)
        assert (model.predict(moved) == said[i]).all()


@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("classes", [2, 10])
def test_the_radius_is_exact(norm, classes):
    X, y = load_digits(return_X_y=True)
    X, y = X[y < classes][:100] / 16, y[y < classes][:100]
    model = LogisticRegression(max_iter=500).fit(X, y)
    radius, said = certified_radius(model, X, norm=norm), model.predict(X)
    coef = np.atleast_2d(model.coef_)
    coef = np.vstack([-coef, coef]) / 2 if classes == 2 else coef
    for i in range(0, 100, 9):
        c, found = list(model.classes_).index(said[i]), []
        for j in range(len(coef)):
            if j != c:
                way = coef[j] - coef[c]
                step = {
                    2: way / np.linalg.norm(way),
                    np.inf: np.sign(way),
                    1: np.eye(len(way))[np.abs(way).argmax()]
                    * np.sign(way[np.abs(way).argmax()]),
                }[norm]
                found.append(model.predict([X[i] + 1.001 * radius[i] * step])[0])
        assert any(f != said[i] for f in found)


def test_what_is_not_linear_is_refused(iris):
    X, y = iris
    for model in (GaussianNB(), make_pipeline(PolynomialFeatures(), MODELS[0])):
        with pytest.raises(TypeError, match=r"(U|u)se SmoothedClassifier"):
            certified_radius(model.fit(X, y), X)
    one_to_one = SVC(kernel="linear", decision_function_shape="ovr").fit(X, y)
    radius = np.array([])
    with pytest.raises(TypeError, match="one class against one"):
        radius = certified_radius(one_to_one, X)
    assert not radius.size


def test_parameters(iris):
    X, y = iris
    with pytest.raises(ValueError, match="norm must be"):
        certified_radius(LogisticRegression(max_iter=500).fit(X, y), X, norm=3)


@pytest.mark.parametrize("norm", [[2], "2", None])
def test_norms_of_other_types(iris, norm):
    X, y = iris
    with pytest.raises(ValueError, match="norm must be"):
        certified_radius(LogisticRegression(max_iter=500).fit(X, y), X, norm=norm)


def test_errors_of_models_quote_no_row(iris):
    model = LogisticRegression(max_iter=500).fit(*iris)
    texts = [["Ulm", 1.0, 1.0, 1.0]]
    for rows in ([7.25, 1.0, 1.0, 1.0], texts, pd.DataFrame(texts)):
        with pytest.raises(ValueError, match=r"2D|text|numbers") as caught:
            certified_radius(model, rows)
        assert not any(value in str(caught.value) for value in ("Ulm", "7.25"))


def test_sparse_coefficients(iris):
    X, y = iris
    model = LogisticRegression(max_iter=500).fit(X, y)
    expected = certified_radius(model, X)
    assert np.allclose(certified_radius(model.sparsify(), X), expected)
