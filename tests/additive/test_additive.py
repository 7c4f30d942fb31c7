"""Additive models: accuracy, shapes, options, and what they say of themselves."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import log_loss, r2_score, roc_auc_score

from skprivate.additive import (
    DPAdditiveClassifier,
    DPAdditiveRegressor,
    DPShapeDisplay,
)
from skprivate.additive._pairs import _Curved
from skprivate.additive._posterior import Evidence, most_likely
from skprivate.base import PrivacyWarning
from skprivate.ensemble import DPHistGradientBoostingClassifier
from skprivate.pipeline import make_dp_pipeline
from skprivate.rows import UnitClip
from skprivate.testing import check_display

N = 4000


def numbers(seed=0, n=N):
    rng = np.random.default_rng(seed)
    X = rng.uniform(-1, 1, (n, 3))
    margin = 3 * np.abs(X[:, 0]) + 2 * X[:, 1] - 1
    y = (rng.random(n) < 1 / (1 + np.exp(-2 * margin))).astype(int)
    return X, margin, y


def table(seed=0, n=N):
    """A column of each kind, with gaps, and a target that needs each of them."""
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(
        {
            "age": rng.integers(18, 90, n).astype(float),
            "plan": pd.Categorical(
                rng.choice(["free", "team"], n), categories=["free", "team"]
            ),
            "member": rng.random(n) < 0.5,
        }
    )
    gap = rng.random(n) < 0.2
    margin = X["age"] / 20 - 3 + 2 * (X["plan"] == "team") - X["member"]
    margin = np.where(gap, 2.0, margin)
    X.loc[gap, "age"] = np.nan
    y = (rng.random(n) < 1 / (1 + np.exp(-margin))).astype(int)
    return X, y, gap


def classifier(**params):
    facts = {"bounds": (-1, 1), "classes": [0, 1], "random_state": 0, "epsilon": 4.0}
    return DPAdditiveClassifier(**facts | params)


def auroc(model, X, y):
    return roc_auc_score(y, model.decision_function(X))


def test_shapes_are_found():
    X, margin, y = numbers()
    model = classifier().fit(X, y)
    assert auroc(model, X, y) > roc_auc_score(y, margin) - 0.02
    bent = model.term_values_[0][:-1, 0]
    assert bent[0] > bent[len(bent) // 2] + 1
    assert bent[-1] > bent[len(bent) // 2] + 1
    assert model.term_importances_[2] < model.term_importances_[:2].min() / 2


def test_no_noise_is_as_good_as_boosting():
    X, _, y = numbers(n=6000)
    twin = HistGradientBoostingClassifier(interaction_cst="no_interactions")
    twin.fit(X[:3000], y[:3000])
    with pytest.warns(PrivacyWarning, match="inf"):
        model = classifier(epsilon=np.inf, interactions=0).fit(X[:3000], y[:3000])
    assert auroc(model, X[3000:], y[3000:]) > auroc(twin, X[3000:], y[3000:]) - 0.005


def test_regression():
    X, margin, _ = numbers()
    model = DPAdditiveRegressor(
        bounds=(-1, 1), target_bounds=(-3, 4), random_state=0
    ).fit(X, margin)
    assert r2_score(margin, model.predict(X)) > 0.8
    predicted = model.predict(np.full((1, 3), 1e9))
    assert -3 <= predicted[0] <= 4


def test_target_bounds_are_found():
    X, margin, _ = numbers()
    model = DPAdditiveRegressor(bounds=(-1, 1), epsilon=4.0, random_state=0)
    assert r2_score(margin, model.fit(X, margin).predict(X)) > 0.8


def test_three_classes():
    X, margin, _ = numbers()
    y = np.digitize(margin, [-0.5, 1.0])
    model = classifier(classes=[0, 1, 2]).fit(X, y)
    assert model.score(X, y) > 0.75
    assert model.explain(X[:7]).shape == (7, len(model.term_names_), 3)


def test_contributions_add_up_to_the_margin():
    X, y, _ = table()
    model = classifier(bounds="private", interactions=1).fit(X, y)
    parts = model.explain(X)
    assert parts.shape == (N, 4)
    margins = parts.sum(axis=1) + model.intercept_
    np.testing.assert_allclose(margins, model.decision_function(X), atol=1e-9)
    probability = model.predict_proba(X)
    np.testing.assert_allclose(probability.sum(axis=1), 1.0)
    np.testing.assert_allclose(model.predict_log_proba(X), np.log(probability))


def test_monotone_missing_and_categorical_together():
    X, y, gap = table()
    model = classifier(bounds="private", monotonic_cst={"age": 1}).fit(X, y)
    shape = model.term_values_[0][:, 0]
    assert (np.diff(shape[:-1]) >= 0).all()
    assert shape[-1] > shape[:-1].mean() + 0.3
    free, team = model.term_values_[1][:2, 0]
    assert team > free + 1
    assert not any(0 in pair for pair in model.term_features_[3:])
    assert auroc(model, X, y) > 0.8
    falling = classifier(bounds="private", monotonic_cst=[-1, 0, 0]).fit(X, y)
    assert (np.diff(falling.term_values_[0][:-1, 0]) <= 0).all()
    assert gap.any()


def test_pairs_tell_what_columns_do_not():
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (N, 4))
    y = (X[:, 1] * X[:, 3] > 0).astype(int)
    others = rng.uniform(-1, 1, (N, 4))  # as no fit has seen them
    known = (others[:, 1] * others[:, 3] > 0).astype(int)
    assert auroc(classifier(interactions=0).fit(X, y), others, known) < 0.55
    chosen = classifier(interactions=1).fit(X, y)
    assert chosen.term_features_[-1] == (1, 3)
    assert auroc(chosen, X, y) > 0.9
    assert chosen.term_names_[-1] == "x1 x x3"
    named = classifier(interactions=[(3, 1)]).fit(X, y)
    assert named.term_features_[-1] == (1, 3)
    assert auroc(named, X, y) > 0.9
    releases = [release.query for release in named.privacy_.releases]
    assert "PairScores" not in releases


def test_class_weights_move_margins_and_weights_of_rows_count():
    X, _, y = numbers()
    plain = classifier(interactions=0).fit(X, y)
    heavy = classifier(interactions=0, class_weight={1: 4.0}).fit(X, y)
    assert heavy.predict(X).mean() > plain.predict(X).mean() + 0.1
    wrong = np.where(np.arange(N) % 3 > 0, y, 1 - y)
    weight = (wrong == y).astype(float)
    weighted = classifier(interactions=0).fit(X, wrong, sample_weight=weight)
    assert auroc(weighted, X, y) > auroc(plain, X, y) - 0.03


def test_errors_count_the_noise():
    X, _, y = numbers()
    little, much = (
        classifier(epsilon=epsilon, interactions=0).fit(X, y) for epsilon in (8.0, 0.2)
    )
    for small, large in zip(little.term_errors_, much.term_errors_, strict=True):
        assert (small > 0).all()
        assert large.mean() > small.mean()


def test_all_of_the_budget_is_spent_and_no_more():
    X, _, y = numbers()
    for interactions in (0, 2, "auto"):
        report = classifier(interactions=interactions).fit(X, y).privacy_
        assert sum(r.share for r in report.releases) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"delta": 0}, "delta=0"),
        ({"monotonic_cst": [1]}, "one number for each column"),
        ({"monotonic_cst": {"age": 1}}, "names a column that there is not, 'age'"),
        ({"monotonic_cst": [2, 0, 0]}, "-1, 0 and 1"),
        ({"monotonic_cst": [1, 0, 0], "classes": [0, 1, 2]}, "two classes"),
        ({"interactions": [(0, 0)]}, "twice"),
        ({"interactions": [(0, 1), (1, 0)]}, "twice"),
        ({"interactions": [(0, 7)]}, "names a column that there is not, 7"),
        ({"interactions": ["x0"]}, "pairs of columns. Write a list of tuples"),
        ({"interactions": [(0, [1])]}, "pairs of columns"),
        ({"interactions": [(0, 1)], "monotonic_cst": [1, 0, 0]}, "direction"),
        ({"categorical_features": [0], "monotonic_cst": [1, 0, 0]}, "no order"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_paid(params, text):
    X, _, y = numbers(n=50)
    model = classifier(**params)
    with pytest.raises(ValueError, match=text):
        model.fit(X, y)
    assert not hasattr(model, "privacy_")


def test_one_class_is_refused():
    with pytest.raises(ValueError, match="only one class"):
        classifier(classes=None).fit(np.ones((50, 2)), np.zeros(50))


def test_display_of_dates_says_days():
    pytest.importorskip("matplotlib").use("Agg")
    rng = np.random.default_rng(0)
    days = rng.integers(0, 900, N)
    X = pd.DataFrame({"when": pd.Timestamp("2020-01-01") + pd.to_timedelta(days, "D")})
    model = classifier(bounds="private").fit(X, (days > 400).astype(int))
    (axis,) = DPShapeDisplay.from_estimator(model).axes_
    say = axis.xaxis.get_major_formatter()
    assert say(pd.Timestamp("2021-02-03").timestamp(), 0) == "2021-02-03"
    assert say(1e30, 0) == "1e+30"


def test_display_draws_each_kind():
    pytest.importorskip("matplotlib").use("Agg")
    X, y, _ = table()
    model = classifier(bounds="private", interactions=[("age", "plan")]).fit(X, y)
    display = DPShapeDisplay.from_estimator(model)
    titles = {axis.get_title() for axis in display.axes_}
    assert titles == set(model.term_names_)
    check_display(DPShapeDisplay(display.terms), X["age"].dropna() + 0.123456789)
    one = DPShapeDisplay.from_estimator(model, terms=["plan"], axes=[display.axes_[0]])
    assert one.figure_ is display.figure_
    with pytest.raises(ValueError, match=r"not, 'nothing'. .* term_names_"):
        DPShapeDisplay.from_estimator(model, terms=["nothing"])
    with pytest.raises(ValueError, match="terms is empty"):
        DPShapeDisplay.from_estimator(model, terms=[])
    with pytest.raises(ValueError, match="margin"):
        DPShapeDisplay.from_estimator(model, margin=1)
    inside = make_dp_pipeline(DPAdditiveClassifier(classes=[0, 1])).fit(X, y)
    with pytest.raises(TypeError, match=r"pipeline\[-1\]"):
        DPShapeDisplay.from_estimator(inside)


def test_curvature_of_pairs_is_what_is_seen_as_far_as_noise_lets():
    curved = _Curved(np.array([10.0, 10.0, 10.0]))
    curved.add(np.array([50.0, 10.0, -1e3]), 0.1)
    assert curved.likely == pytest.approx([50.0, 10.0, 0.5], rel=0.01)
    doubted = _Curved(np.array([10.0]))
    doubted.add(np.array([50.0]), 1e4)
    assert doubted.likely == pytest.approx([10.0], rel=0.01)


def test_a_pair_of_equal_columns_does_no_harm(rng):
    X = rng.normal(size=(20_000, 2))
    X = np.column_stack([X, X[:, 0]])  # all rows of the pair are on its diagonal
    y = (X[:, 0] + X[:, 1] + rng.logistic(size=len(X)) > 1.5).astype(int)
    scores = [
        DPAdditiveClassifier(
            interactions=pairs, bounds=(-4, 4), classes=[0, 1], epsilon=4.0,
            random_state=0,
        ).fit(X, y).predict_proba(X)[:, 1]
        for pairs in ([], [(0, 2)])
    ]  # fmt: skip
    without, beside = (roc_auc_score(y, score) for score in scores)
    assert beside > without - 0.005
    assert np.abs(scores[1] - scores[0]).max() < 0.3


@pytest.mark.parametrize("noise", [2.0, 1e5])
def test_what_is_most_likely_solves_the_equations(rng, noise):
    """Inverse and information are found in few matrices: by those of NumPy."""
    size, n_terms = 150, 3
    evidence = Evidence(size)
    slope = rng.normal(size=(size, size))
    slope = np.column_stack([slope @ slope.T + np.eye(size), np.ones(size)])
    evidence.add(noise * rng.normal(size=size), slope, np.zeros(size + 1), noise)
    priors = [np.eye(50) for _ in range(n_terms)]
    slopes = np.zeros((size + 1, 1))
    slopes[:50, 0] = rng.normal(size=50)
    found = most_likely(evidence, 0.5, priors, slopes, 0.0, np.ones(4), 1.0, 0)
    half = slope[:, :-1] * 0.5 + np.eye(size) * noise**2
    with_slope = np.column_stack([slope, slope @ slopes])
    precision = with_slope.T @ np.linalg.solve(half, with_slope)
    target = -with_slope.T @ np.linalg.solve(half, evidence.constant)
    precision += np.diag([1.0] * size + [1e-4, 1.0])
    covariance = np.linalg.inv(precision)
    back = np.column_stack([np.eye(size + 1), slopes])
    np.testing.assert_allclose(found.values, back @ covariance @ target, rtol=1e-6)
    errors = np.sqrt(np.diag(back @ covariance @ back.T))
    np.testing.assert_allclose(found.errors, errors, rtol=1e-6)


def test_no_pairs_are_chosen_where_groups_are_clipped(rng):
    """Scores cannot be clipped: the fit would fail once many rows are counted."""
    X = rng.random((6000, 3))
    y, groups = (X[:, 0] * X[:, 1] > 0.25).astype(int), np.arange(6000) // 3
    clipped = classifier(epsilon=3.0, bounds=(0, 1), max_rows_per_group=UnitClip(3))
    assert len(clipped.fit(X, y, groups=groups).term_names_) == 3
    assert len(clipped.fit(X, y).term_names_) > 3  # rows are units of their own


@pytest.mark.parametrize(
    "model", [DPAdditiveClassifier, DPHistGradientBoostingClassifier]
)
def test_columns_that_are_alike_do_not_make_steps_of_classes_grow(model, rng):
    """Curvature was too small where columns say the same, so more budget was worse."""
    z = rng.normal(size=(24_000, 3))
    X = z[:, np.arange(20) % 3] + 0.05 * rng.normal(size=(len(z), 20))
    classes = np.arange(8)
    margins = 2 * np.sin(2 * z[:, :1] + classes) + (z[:, 1:2] * z[:, 2:]) * (
        classes % 2
    )
    y = (margins + rng.gumbel(size=margins.shape) - 0.7 * classes).argmax(axis=1)
    losses = []
    for epsilon in (2.0, 20.0):
        fitted = model(bounds=(-4, 4), classes=classes, epsilon=epsilon, random_state=0)
        fitted.fit(X[:20_000], y[:20_000])
        seen = fitted.predict_proba(X[20_000:])
        losses.append(log_loss(y[20_000:], seen, labels=classes))
    assert losses[1] < 1.1 * losses[0]
    assert losses[1] < 1.4
