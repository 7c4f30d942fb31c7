"""Rules say what the model says, and come from the background alone."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from skprivate.inspection import PublicBackground, surrogate_tree


def test_rules_of_a_threshold():
    X = np.random.default_rng(0).uniform(-1, 1, (800, 2))
    model = LogisticRegression(C=1e6).fit(X, np.where(X[:, 1] > 0.25, "yes", "no"))
    tree = surrogate_tree(model, PublicBackground(X), max_depth=1)
    assert tree.fidelity_ > 0.97
    assert [rule.split(" (")[0].split(": ")[1] for rule in tree.rules] == ["no", "yes"]
    assert all(rule.startswith("if x1 ") for rule in tree.rules)
    assert tree.export_text().count("\n") == 1
    assert "Surrogate tree" in repr(tree)
    assert "Surrogate tree" in tree._repr_html_()
    same = tree.predict(X) == model.predict(X)
    assert same.mean() > 0.97
    assert tree.predict(X[5:6]) == tree.predict(X)[5]


def test_texts_are_told_by_name():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {"plan": rng.choice(["free", "firm", "team"], 600), "age": rng.integers(9, 99)}
    )

    class Says(LogisticRegression):
        def predict(self, X):
            return np.where(X["plan"] == "firm", "pays", "not")

    model = Says().fit(frame[["age"]], frame["plan"])
    tree = surrogate_tree(model, PublicBackground(frame), max_depth=2)
    assert tree.fidelity_ == 1.0
    assert tree.rules[0].startswith("if plan is not firm: not (")
    assert tree.rules[1].startswith("if plan is firm: pays (")
    new = frame.assign(plan="who knows")
    assert set(tree.predict(new)) == {"not"}


def test_numbers_and_constants():
    X = np.random.default_rng(0).uniform(-1, 1, (400, 2))
    model = LinearRegression().fit(X, X @ [1.0, 2.0])
    tree = surrogate_tree(model, PublicBackground(X), max_depth=4)
    assert 0.8 < tree.fidelity_ < 1
    assert len(tree.rules) == 16
    flat = LinearRegression().fit(X, np.ones(400))
    flat.coef_ = np.zeros(2)
    tree = surrogate_tree(flat, PublicBackground(X))
    assert tree.fidelity_ == 1.0
    assert tree.rules == ("always: 1 (100 % of the background)",)


def test_bad_input():
    model = LinearRegression().fit(np.eye(3), [1.0, 2, 3])
    with pytest.raises(TypeError, match="background"):
        surrogate_tree(model, np.eye(3))
    with pytest.raises(ValueError, match="too few"):
        surrogate_tree(model, PublicBackground(np.eye(3)))
    for depth in (0, 11, "3"):
        with pytest.raises(ValueError, match="max_depth"):
            surrogate_tree(model, PublicBackground(np.eye(3)), max_depth=depth)
    with pytest.raises(ValueError, match="X"):
        surrogate_tree(model, PublicBackground(np.eye(9)))


def test_dates_are_numbers_and_not_codes():
    days = pd.to_timedelta(np.random.default_rng(0).permutation(1000), "D")
    frame = pd.DataFrame({"since": pd.Timestamp("2020-01-01") + days, "age": 1.0})
    change = pd.Timestamp("2021-06-01 09:00")

    class Says(LogisticRegression):
        def predict(self, X):
            return np.where(X["since"] > change, "new", "old")

    model = Says().fit(frame[["age"]], days.days % 2)
    shown = PublicBackground(frame[::2])
    tree = surrogate_tree(model, shown, max_depth=1)
    assert tree.rules[0].startswith("if since <= 2021-0"), tree.rules
    later = frame[1::2]  # dates that the background does not hold
    assert (tree.predict(later) == model.predict(later)).mean() > 0.98
    asked = shown.asked(model.predict)(shown.coding_.numbers(later))
    assert (asked == model.predict(later)).all()
