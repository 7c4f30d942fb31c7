"""Naive Bayes of tables of categories: scikit-learn's without noise."""

import numpy as np
import pandas as pd
import pytest
from sklearn.naive_bayes import CategoricalNB

from skprivate.naive_bayes import DPCategoricalNB

rng = np.random.default_rng(0)
Y = rng.integers(0, 3, 4000)
X = np.where(rng.random((4000, 4)) < 0.5, Y[:, None], rng.integers(0, 4, (4000, 4)))
KNOWN = {"classes": [0, 1, 2], "categories": [range(4)] * 4}


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("alpha", [1.0, 0.01])
@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_without_noise_it_is_scikit_learns(alpha, weighted):
    weight = rng.random(len(X)) if weighted else None
    model = DPCategoricalNB(alpha=alpha, epsilon=np.inf, **KNOWN)
    model.fit(X, Y, sample_weight=weight)
    # One more category: for values that are not in the list.
    twin = CategoricalNB(alpha=alpha, min_categories=5).fit(X, Y, sample_weight=weight)
    np.testing.assert_allclose(model.class_count_, twin.class_count_, rtol=1e-3)
    for mine, its in zip(model.category_count_, twin.category_count_, strict=True):
        np.testing.assert_allclose(mine, its, rtol=1e-3)
    probabilities = model.predict_proba(X), twin.predict_proba(X)
    np.testing.assert_allclose(*probabilities, atol=1e-3)


@pytest.mark.parametrize(
    "facts", [KNOWN, {"classes": [0, 1, 2]}], ids=["told", "found"]
)
def test_at_epsilon_one_little_is_lost(facts):
    best = CategoricalNB().fit(X, Y).score(X, Y)
    scores = [DPCategoricalNB(**facts).fit(X, Y).score(X, Y) for _ in range(5)]
    assert np.mean(scores) > best - 0.03


def test_tables_are_read_as_they_are():
    names = np.array(["red", "green", "blue", "grey"])
    kinds = pd.CategoricalDtype(names)
    table = pd.DataFrame({f"c{j}": names[X[:, j]] for j in range(4)}).astype(kinds)
    model = DPCategoricalNB(classes=[0, 1, 2]).fit(table, Y)  # types list them
    assert not model.privacy_.assumed
    assert model.score(table, Y) > 0.7
    texts = DPCategoricalNB(classes=[0, 1, 2]).fit(table.astype(str), Y)  # found
    assert sorted(texts.categories_[0]) == sorted(names)


def test_missing_values_say_nothing_and_others_are_one_category():
    gaps = np.where(rng.random(X.shape) < 0.2, np.nan, X)
    model = DPCategoricalNB(**KNOWN).fit(gaps, Y)
    nothing = model.predict_log_proba(np.full((1, 4), np.nan))
    np.testing.assert_allclose(nothing[0], model.class_log_prior_)
    odd = model.predict_proba([[17.0] * 4, [99.0] * 4])
    np.testing.assert_array_equal(*odd)


@pytest.mark.parametrize("delta", [0, 1e-6])
@pytest.mark.parametrize("epsilon", [1e-6, 4.0])
@pytest.mark.filterwarnings("ignore::skprivate.base.UtilityWarning")
def test_finite_in_any_noise(epsilon, delta):
    for rows in (X, X[:2], np.full((3, 4), np.nan)):
        model = DPCategoricalNB(alpha=1e-10, epsilon=epsilon, delta=delta, **KNOWN)
        model.fit(rows, Y[: len(rows)])
        assert np.isfinite(model.predict_joint_log_proba(X)).all()
        assert model.privacy_.epsilon(delta) <= epsilon * (1 + 1e-9)


def test_many_classes_and_one_class():
    one = DPCategoricalNB(classes=[0], categories=[range(4)] * 4).fit(X, 0 * Y)
    assert np.isfinite(one.predict_joint_log_proba(X)).all()
    many = DPCategoricalNB(classes=range(1000), categories=[range(4)] * 4)
    with pytest.warns(UserWarning, match="of 1000 classes"):
        many.fit(X, Y)
    assert np.isfinite(many.predict_proba(X)).all()


def test_priors_are_taken_as_given():
    model = DPCategoricalNB(class_prior=[0.5, 0.5, 0.0], **KNOWN).fit(X, Y)
    assert 2 not in model.predict(X)
