"""Smoothed classifiers: a row alone, radii that hold, and errors."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from scipy.stats import norm as normal
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression, LogisticRegression

from skprivate.robustness import SmoothedClassifier, certified_radius


class Half(ClassifierMixin, BaseEstimator):
    """Says whether the first number is above zero."""

    classes_ = np.array(["no", "yes"])

    def predict(self, X):
        return self.classes_[(np.asarray(X)[:, 0] > 0).astype(int)]


def test_the_radius_of_a_half_space_is_its_distance(rng):
    """Smoothing a half space changes nothing, so the true radius is known."""
    X = np.column_stack([np.linspace(-0.6, 0.6, 25), np.zeros(25)])
    labels, radius = SmoothedClassifier(Half(), n_samples=20_000).certify(X)
    assert (radius <= np.abs(X[:, 0]) + 1e-9).mean() > 0.9
    inner = (np.abs(X[:, 0]) > 0.1) & (np.abs(X[:, 0]) < 0.5)
    assert (radius[inner] > 0.8 * np.abs(X[inner, 0])).all()
    assert (labels == np.where(X[:, 0] > 0, "yes", "no"))[inner].all()


def test_radii_are_too_large_as_seldom_as_promised():
    """One row and many seeds: at most alpha of the radii are beyond the true one."""
    alpha, n, x = 0.2, 400, 0.1
    true = x
    wrong = 0
    for seed in range(300):
        smoothed = SmoothedClassifier(
            Half(), n_samples=n, alpha=alpha, random_state=seed
        )
        wrong += smoothed.certify([[x, 0.0]])[1][0] > true
    # P(Binomial(300, 0.2) > 95) < 1e-6
    assert wrong <= 95


def test_a_row_is_the_same_alone_and_in_company(rng):
    X = rng.normal(size=(20, 2))
    model = SmoothedClassifier(Half(), n_samples=100)
    labels, radius = model.certify(X)
    for i in range(20):
        alone = model.certify(X[i : i + 1])
        assert (alone[0][0], alone[1][0]) == (labels[i], radius[i])
    assert (model.predict(X[::-1])[::-1] == model.predict(X)).all()


def test_seeds_differ(rng):
    X = rng.normal(scale=0.1, size=(50, 2))
    a, b = (SmoothedClassifier(Half(), random_state=s).certify(X)[1] for s in (0, 1))
    assert (a != b).any()


def test_it_is_below_the_exact_radius():
    X, y = load_iris(return_X_y=True)
    model = LogisticRegression(max_iter=500).fit(X, y)
    labels, radius = SmoothedClassifier(model, sigma=0.5).certify(X)
    assert (labels == model.predict(X)).mean() > 0.9
    exact = certified_radius(model, X)
    same = labels == model.predict(X)
    # Of several classes smoothing may say more than a linear rival allows: rarely.
    assert (radius[same] > exact[same] + 0.05).mean() < 0.1


def test_columns_out_of_reach(rng):
    X = rng.normal(size=(10, 2))
    still = SmoothedClassifier(Half(), columns=[1]).certify(X)
    assert (still[0] == Half().predict(X)).all()
    top = normal.ppf(0.001 ** (1 / 1000)) * 0.25
    np.testing.assert_allclose(still[1], top, rtol=1e-6)
    frame = pd.DataFrame(X, columns=["a", "b"])
    by_name = SmoothedClassifier(Half(), columns=["b"]).certify(frame)
    np.testing.assert_array_equal(by_name[1], still[1])


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"sigma": 0}, "sigma must"),
        ({"alpha": 1}, "alpha must"),
        ({"n_samples": 0}, "n_samples must"),
        ({"random_state": None}, "random_state must"),
        ({"columns": ["lost"]}, "no such column"),
        ({"columns": [7]}, "columns has 7"),
    ],
)
def test_parameters(change, match):
    with pytest.raises(ValueError, match=match):
        SmoothedClassifier(Half()).set_params(**change).predict([[0.0, 1.0]])


def test_rows_that_noise_makes_no_sense_of():
    text = pd.DataFrame({"a": [1.0], "plan": ["free"]})
    with pytest.raises(TypeError, match="'plan' holds no numbers"):
        SmoothedClassifier(Half()).predict(text)
    flag = pd.DataFrame({"a": [1.0], "member": [True]})
    with pytest.raises(TypeError, match="'member' holds no numbers"):
        SmoothedClassifier(Half()).predict(flag)
    with pytest.raises(ValueError, match="finite"):
        SmoothedClassifier(Half()).predict([[np.nan, 0.0]])
    with pytest.raises(NotFittedError):
        SmoothedClassifier(LogisticRegression()).predict([[0.0]])


def test_tables_of_every_kind():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(60, 2))
    y = rows[:, 0] > 0
    smoothed = SmoothedClassifier(LogisticRegression().fit(rows, y), n_samples=50)
    expected = smoothed.predict(rows)
    numbered = pd.DataFrame(rows)  # names of columns are numbers
    assert (smoothed.predict(numbered) == expected).all()
    assert (smoothed.predict(sparse.csr_matrix(rows)) == expected).all()


@pytest.mark.parametrize("frame", [np.array, pl.DataFrame])
def test_what_is_no_table_of_numbers(frame):
    rows = np.random.default_rng(0).normal(size=(60, 2))
    smoothed = SmoothedClassifier(LogisticRegression().fit(rows, rows[:, 0] > 0))
    texts = frame({"a": ["Ulm"], "b": [1]}) if frame is pl.DataFrame else [["Ulm", 1]]
    with pytest.raises((TypeError, ValueError), match="numbers") as caught:
        smoothed.predict(texts)
    assert "Ulm" not in str(caught.value)
    with pytest.raises(TypeError, match="LinearRegression is no classifier"):
        SmoothedClassifier(LinearRegression().fit(rows, rows[:, 0])).predict(rows)


@pytest.mark.parametrize("columns", [1, "a", [None], [0.5], [True]])
def test_columns_that_are_none(columns):
    rows = np.random.default_rng(0).normal(size=(60, 2))
    model = LogisticRegression().fit(rows, rows[:, 0] > 0)
    with pytest.raises(TypeError, match="columns must"):
        SmoothedClassifier(model, columns=columns).predict(rows)
