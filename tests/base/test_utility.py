"""Warnings of little data: from what was released, and from nothing else."""

import warnings

import numpy as np
import pandas as pd
import pytest

from skprivate import make_dp_pipeline
from skprivate.base import DPEstimator, UtilityWarning
from skprivate.compose import DPTableVectorizer
from skprivate.linear_model import DPLogisticRegression, DPRidge, DPRidgeCV
from skprivate.model_selection import DPGridSearchCV
from skprivate.naive_bayes import DPGaussianNB
from skprivate.preprocessing import DPStandardScaler

pytestmark = pytest.mark.filterwarnings("default:.* has few rows for its noise")


def told(model, X, y=None):
    """What a fit warns of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(X, y)
    assert all(one.category is UtilityWarning for one in caught)
    return [str(one.message) for one in caught], caught


@pytest.fixture
def many(rng):
    X = pd.DataFrame(rng.normal(size=(5000, 3)), columns=["age", "dose", "time"])
    return X, (X["age"] > 0).to_numpy(), (X["age"] + X["dose"]).to_numpy()


@pytest.mark.parametrize("noisy", [False, True])
def test_who_warns(many, noisy):
    X, label, number = many
    n, epsilon = (60, 0.2) if noisy else (5000, 1.0)
    given = {"epsilon": epsilon, "random_state": 0}
    models = [
        (DPStandardScaler(**given), None),
        (DPTableVectorizer(**given), None),
        (DPLogisticRegression(classes=[False, True], **given), label),
        (DPGaussianNB(classes=[False, True], **given), label),
        (DPRidge(**given), number),
        (DPRidgeCV(**given), number),
    ]
    for model, y in models:
        texts, _ = told(model, X[:n], None if y is None else y[:n])
        assert len(texts) == noisy, type(model).__name__
        if noisy:
            assert texts[0].startswith(f"{type(model).__name__} has few rows")
            assert "the range of 3 columns (age, dose, time) was " in texts[0]


def test_what_models_say(many):
    X, label, number = many
    given = {"epsilon": 0.05, "bounds": (-3, 3), "random_state": 0}
    logistic = DPLogisticRegression(classes=[False, True], **given)
    assert "noise hides the number of rows" in told(logistic, X[:40], label[:40])[0][0]
    logistic.set_params(epsilon=0.3)
    wide = np.tile(X[:500], 20)
    assert "noise exceeds the signal" in told(logistic, wide, label[:500])[0][0]
    ridge = DPRidge(target_bounds=(-5, 5), **given)
    assert "noise exceeds the signal" in told(ridge, X[:40], number[:40])[0][0]
    bayes = DPGaussianNB(classes=[False, True], **given)
    assert "2 of 2 classes" in told(bayes, X[:40], label[:40])[0][0]
    shuffled = np.random.default_rng(1).permutation(number)
    ridge.set_params(epsilon=1.0)
    assert "cannot beat a constant" in told(ridge, X, shuffled)[0][0]


@pytest.mark.parametrize(("n", "n_classes"), [(900, 2), (3600, 2), (3600, 10)])
def test_laplace_noise_needs_more_rows(n, n_classes):
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (n, 30))
    y = np.digitize(X[:, 0], np.linspace(-1, 1, n_classes + 1)[1:-1])
    options = {"bounds": (-1, 1), "classes": range(n_classes), "random_state": 0}
    model = DPLogisticRegression(delta=0, **options)
    texts, _ = told(model, X, y)
    assert len(texts) == ((n, n_classes) != (3600, 2))
    assert all("delta=0 makes noise large" in text for text in texts)
    assert not told(model.set_params(delta=1e-6), X, y)[0]


def test_it_points_to_the_caller_and_names_columns_alone(many):
    X, _, _ = many
    _, caught = told(DPStandardScaler(epsilon=0.1, random_state=0), X[:30])
    assert caught[0].filename == __file__
    wide = np.zeros((30, 40))
    (text,) = told(DPStandardScaler(epsilon=0.1, random_state=0), wide)[0]
    assert " columns (x0, x1, x2, x3, x4, …)" in text


def test_a_plan_does_not_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        DPStandardScaler().plan(3)
        DPRidge().plan(3)


def test_models_that_a_search_keeps_back_say_nothing(many):
    """Their answers are not paid for: all but the winner's stay secret."""
    X, label, _ = many
    model = DPLogisticRegression(classes=[False, True])
    search = DPGridSearchCV(model, {"C": [1.0, 2.0]}, epsilon=0.5, random_state=0)
    assert told(search, X[:100], label[:100])[0] == []


def test_a_pipeline_hands_its_warnings_on(many):
    X, label, _ = many
    steps = DPStandardScaler(), DPLogisticRegression(classes=[False, True])
    texts, _ = told(make_dp_pipeline(*steps, epsilon=0.1), X[:30], label[:30])
    assert texts[0].startswith("DPStandardScaler")


class Told(DPEstimator):
    """Says what it is told to say."""

    def __init__(self, doubt="nothing is known"):
        super().__init__()
        self.doubt = doubt

    def _fit(self, curator):
        curator.doubt(self.doubt)
        curator.doubt(self.doubt)
        self.n_ = curator.count(share=1.0)


def test_a_warning_that_is_an_error_leaves_a_fitted_model():
    model = Told()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UtilityWarning, match="noise: nothing is known"):
            model.fit(np.zeros((5, 2)))
    assert model.privacy_.releases  # what was paid for is kept
