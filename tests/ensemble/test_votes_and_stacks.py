"""Models side by side: they vote, or another model learns from them, for one budget."""

import numpy as np
import pytest
from sklearn.ensemble import (
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.linear_model import Lasso, LogisticRegression, Ridge, RidgeCV
from sklearn.naive_bayes import GaussianNB

from skprivate import PrivacyLedger, make_dp_pipeline
from skprivate.ensemble import (
    DPStackingClassifier,
    DPStackingRegressor,
    DPVotingClassifier,
    DPVotingRegressor,
)
from skprivate.linear_model import (
    DPHuberRegressor,
    DPLasso,
    DPLinearSVC,
    DPLogisticRegression,
    DPRidge,
)
from skprivate.naive_bayes import DPGaussianNB
from skprivate.preprocessing import DPStandardScaler
from skprivate.rows import ArrayRows, ChunkRows
from skprivate.tree import DPDecisionTreeClassifier

LABELS = ["a", "b", "c"]
CUTS = slice(0, 400), slice(400, 900), slice(900, 2000)
TOLD = {"classes": LABELS, "bounds": (-1, 1)}


@pytest.fixture
def rows(rng):
    X = rng.uniform(-1, 1, (2000, 3))
    return X, np.array(LABELS)[np.digitize(X[:, 0], [-0.3, 0.3])]


def models(**params):
    return [
        ("linear", DPLogisticRegression(**params)),
        ("bayes", DPGaussianNB(**params)),
    ]


def numbers(**params):
    given = {"target_bounds": (-2, 2), **params}
    return [("ridge", DPRidge(**given)), ("huber", DPHuberRegressor(**given))]


@pytest.mark.filterwarnings("ignore:epsilon=inf")
@pytest.mark.parametrize("voting", ["hard", "soft"])
@pytest.mark.parametrize("weights", [None, [1, 3]])
def test_votes_without_noise_are_scikit_learns(voting, weights, rows):
    X, y = rows
    ours = DPVotingClassifier(
        models(), voting=voting, weights=weights, epsilon=np.inf, **TOLD
    ).fit(X, y)
    theirs = [("linear", LogisticRegression()), ("bayes", GaussianNB())]
    theirs = VotingClassifier(theirs, voting=voting, weights=weights).fit(X, y)
    assert np.mean(ours.predict(X) == theirs.predict(X)) > 0.97
    assert hasattr(ours, "predict_proba") == (voting == "soft")
    assert ours.transform(X).shape == theirs.transform(X).shape
    names = [name.removeprefix("dp") for name in ours.get_feature_names_out()]
    assert names == theirs.get_feature_names_out().tolist()


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_means_without_noise_are_scikit_learns(rows):
    X, target = rows[0], rows[0][:, 0]
    ours = DPVotingRegressor(
        numbers()[:1], bounds=(-1, 1), epsilon=np.inf, weights=[2]
    ).fit(X, target)
    theirs = VotingRegressor([("ridge", Ridge())]).fit(X, target)
    np.testing.assert_allclose(ours.predict(X), theirs.predict(X), atol=0.01)
    both = DPVotingRegressor(numbers(), bounds=(-1, 1), epsilon=np.inf, weights=[1, 3])
    both.fit(X, target)
    ridge, huber = (model.predict(X) for model in both.estimators_)
    np.testing.assert_allclose(both.predict(X), (ridge + 3 * huber) / 4)


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_a_stack_without_noise_is_about_scikit_learns(rows):
    X, y = rows
    ours = DPStackingClassifier(models(), epsilon=np.inf, **TOLD).fit(X, y)
    theirs = StackingClassifier([("l", LogisticRegression()), ("b", GaussianNB())])
    assert ours.score(X, y) > theirs.fit(X, y).score(X, y) - 0.03
    assert ours.transform(X).shape == theirs.transform(X).shape


@pytest.mark.parametrize("method", ["predict_proba", "decision_function", "predict"])
@pytest.mark.parametrize("passthrough", [False, True])
def test_what_a_stack_is_made_of(method, passthrough, rows):
    X, y = rows
    listed = models()[:1] if method == "decision_function" else models()
    stack = DPStackingClassifier(
        listed, stack_method=method, passthrough=passthrough, epsilon=9.0, **TOLD
    ).fit(X, y)
    said = stack.transform(X)
    assert said.shape[1] == len(stack.get_feature_names_out())
    assert stack.stack_method_ == [method] * len(listed)
    if method != "decision_function":
        low, high = stack.output_bounds_ if not passthrough else (0, 2)
        assert (said[:, :2] >= np.min(low)).all()
        assert (said[:, :2] <= np.max(high)).all()
    assert stack.plan(3).releases


def test_the_last_model_of_a_stack_is_told_where_probabilities_lie(rows):
    stack = DPStackingClassifier(models(), **TOLD).fit(*rows)
    assert not any("Dyadic" in release.query for release in stack.privacy_.releases)


def test_margins_of_two_classes(rows):
    X, y = rows
    two = (y == "a").astype(int)
    seed, told = {"random_state": 0}, {"classes": [0, 1], "bounds": (-1, 1)}
    listed = [("svc", DPLinearSVC(**seed)), ("bayes", DPGaussianNB(**seed))]
    last = DPLogisticRegression(**seed)
    stack = DPStackingClassifier(listed, last, epsilon=9.0, **told)
    assert stack.fit(X, two).score(X, two) > 0.9
    assert stack.transform(X).shape == (len(X), 2)
    assert stack.decision_function(X).shape == (len(X),)
    votes = DPVotingClassifier(listed, epsilon=9.0, **told)
    assert votes.fit(X, two).score(X, two) > 0.9


def test_shares_of_the_budget(rows):
    votes = DPVotingClassifier(models(), budget_weights={"bayes": 3.0}, **TOLD)
    votes.fit(*rows)
    shares = dict.fromkeys(("linear", "bayes"), 0.0)
    for release in votes.privacy_.releases:
        shares[release.query.split(":")[0]] += release.share
    assert shares["bayes"] == pytest.approx(3 / 4.5, rel=0.02)  # a predictor has 1.5
    with pytest.raises(ValueError, match="weights"):
        votes.set_params(budget_weights={"nobody": 1.0}).fit(*rows)


def test_dropped_models(rows):
    votes = DPVotingClassifier(models(), voting="soft", weights=[1, 2], **TOLD)
    votes.set_params(linear="drop").fit(*rows)
    assert len(votes.estimators_) == 1
    assert votes.named_estimators_.linear == "drop"
    assert all(r.query.startswith("bayes") for r in votes.privacy_.releases)
    stack = DPStackingClassifier(models(), **TOLD).set_params(linear="drop")
    assert stack.fit(*rows).transform(rows[0]).shape == (2000, 3)


@pytest.mark.parametrize("whole", [DPVotingClassifier, DPStackingClassifier])
def test_the_same_wherever_rows_are(whole, rows):
    X, y = rows
    model = whole(models(random_state=0), **TOLD)
    if whole is DPStackingClassifier:
        model.set_params(final_estimator=DPGaussianNB(random_state=0))
    here = model.fit(X, y).predict(X)
    chunks = ChunkRows(lambda: ((X[c], y[c]) for c in CUTS))
    for source in (ArrayRows(X, y), chunks):
        np.testing.assert_array_equal(model.fit(source).predict(X), here)
    da = pytest.importorskip("dask.array")
    far = da.from_array(X, chunks=(500, 3)), da.from_array(y, chunks=500)
    np.testing.assert_array_equal(model.fit(*far).predict(X), here)


def test_one_model_reads_the_labels_and_tells_the_others(rows):
    X, y = rows
    votes = DPVotingClassifier(models(), bounds=(-1, 1)).fit(X, y)
    assert [fact.split(":")[0] for fact in votes.privacy_.assumed] == ["linear"]
    assert votes.classes_.tolist() == LABELS


def test_labels_of_one_model_are_those_of_all(rows):
    listed = [models()[0], ("bayes", DPGaussianNB(classes=LABELS))]
    with PrivacyLedger(strict=True):
        DPVotingClassifier(listed, bounds=(-1, 1)).fit(*rows)


def test_pipelines_and_models_that_find_categories(rows):
    listed = [
        ("scaled", make_dp_pipeline(DPStandardScaler(), DPGaussianNB())),
        ("tree", DPDecisionTreeClassifier(max_depth=2)),
    ]
    for whole in (DPVotingClassifier, DPStackingClassifier):
        model = whole(listed, epsilon=3.0, **TOLD)
        with PrivacyLedger(epsilon=3.0, delta=1e-6):
            model.fit(*rows)
        assert model.privacy_.epsilon() <= 3.0 + 1e-9


FREE = {
    "voting": lambda: DPVotingClassifier(models(), voting="loud", **TOLD),
    "no probabilities": lambda: DPVotingClassifier(
        [("svc", DPLinearSVC())], voting="soft", classes=[0, 1]
    ),
    "weights": lambda: DPVotingClassifier(models(), weights=[1], **TOLD),
    "negative weights": lambda: DPVotingClassifier(models(), weights=[1, -1], **TOLD),
    "weights of zero": lambda: DPVotingClassifier(models(), weights=[0, 0], **TOLD),
    "other labels": lambda: DPVotingClassifier(models(classes=[0, 1, 2]), **TOLD),
    "bounds": lambda: DPVotingClassifier(models(), classes=LABELS, bounds=(1, -1)),
    "the same model twice": lambda: DPVotingClassifier(
        [("a", model := DPGaussianNB()), ("b", model)], **TOLD
    ),
    "a name twice": lambda: DPVotingClassifier(models()[:1] * 2, **TOLD),
    "a name of the stack": lambda: DPStackingClassifier(
        [("final_estimator", DPGaussianNB())], **TOLD
    ),
    "stack_method": lambda: DPStackingClassifier(
        models(), stack_method="score", **TOLD
    ),
    "no such method": lambda: DPStackingClassifier(
        models(), stack_method="decision_function", **TOLD
    ),
}


MENDED = r"(Give|Use|List|Drop|Leave) |unique|conflict"


@pytest.mark.parametrize("name", FREE)
def test_what_public_facts_reveal_costs_nothing(name, rows):
    with PrivacyLedger() as ledger, pytest.raises(ValueError, match=MENDED):
        FREE[name]().fit(*rows)
    assert not ledger.records


def test_metadata_that_nobody_asked_for_is_refused_for_free(rows):
    with PrivacyLedger() as ledger, pytest.raises(ValueError, match="routing"):
        DPVotingClassifier(models(), **TOLD).fit(*rows, linear__sample_weight=rows[1])
    assert not ledger.records


def test_time_is_printed_where_it_is_wanted(rows, capsys):
    DPVotingClassifier(models(), verbose=True, **TOLD).fit(*rows)
    assert "(2 of 2) Processing bayes" in capsys.readouterr().out


# --- stacks of numbers ---------------------------------------------------------------


def of_numbers(**params):
    ends = {"bounds": (-1, 1), "target_bounds": (-2, 2), **params}
    return [("ridge", DPRidge(**ends)), ("lasso", DPLasso(0.2, **ends))]


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_a_stack_of_numbers_without_noise_is_about_scikit_learns(rng):
    X = rng.uniform(-1, 1, (2000, 3))
    y = X[:, 0] - 0.5 * X[:, 1] + 0.1 * rng.normal(size=2000)
    ours = DPStackingRegressor(of_numbers(), epsilon=np.inf).fit(X, y)
    theirs = [("ridge", Ridge()), ("lasso", Lasso(0.2))]
    theirs = StackingRegressor(theirs, RidgeCV()).fit(X, y)
    assert ours.score(X, y) == pytest.approx(theirs.score(X, y), abs=0.01)
    np.testing.assert_allclose(ours.predict(X), theirs.predict(X), atol=0.05)
    assert ours.stack_method_ == theirs.stack_method_ == ["predict"] * 2
    names = [*ours.get_feature_names_out()]
    assert names == ["dpstackingregressor_ridge", "dpstackingregressor_lasso"]
    assert not hasattr(ours, "predict_proba")


def test_a_stack_of_numbers_weighs_models_by_what_they_are_worth(rng):
    """A lasso that has left everything out has no say; a mean would believe it half."""
    X = rng.uniform(-1, 1, (4000, 3))
    y = X[:, 0] - 0.5 * X[:, 1] + 0.1 * rng.normal(size=4000)
    ends = {"bounds": (-1, 1), "target_bounds": (-2, 2)}
    models = [
        ("ridge", DPRidge(random_state=0, **ends)),
        ("nothing", DPLasso(9.0, random_state=0, **ends)),
    ]
    last = DPRidge(target_bounds=(-2, 2), random_state=0)
    stack = DPStackingRegressor(models, last, epsilon=3.0).fit(X, y)
    mean = DPVotingRegressor(models, epsilon=3.0).fit(X, y)
    assert stack.score(X, y) > 0.9 > mean.score(X, y)


def test_the_last_model_is_told_where_predictions_lie(rng):
    X = rng.uniform(-1, 1, (500, 3))
    stack = DPStackingRegressor(of_numbers()).fit(X, X[:, 0])
    assert stack.final_estimator_.target_bounds == (-2, 2)
    assert [end.tolist() for end in stack.output_bounds_] == [[-2.0] * 2, [2.0] * 2]
    assert not any("Cells" in release.query for release in stack.privacy_.releases)
    stack = DPStackingRegressor(of_numbers(target_bounds="private")).fit(X, X[:, 0])
    asked = [release.query for release in stack.privacy_.releases]
    assert "final_estimator: ValueCells" in asked
    assert np.isfinite(stack.predict(X)).all()


@pytest.mark.parametrize("whole", [DPStackingRegressor, DPVotingRegressor])
def test_several_targets_are_refused_for_free(whole, rng):
    X = rng.uniform(-1, 1, (50, 3))
    match = "DPMultiOutputRegressor"
    with PrivacyLedger() as ledger, pytest.raises(ValueError, match=match):
        whole(of_numbers()).fit(X, X[:, :2])
    assert not ledger.records
    odd = {"target_bounds": (1, 0)}, {"target_bounds": 3}, {"target_bounds": ("a", 1)}
    for ends in odd:
        with PrivacyLedger() as ledger, pytest.raises((ValueError, TypeError)):
            whole(of_numbers(**ends)).fit(X, X[:, 0])
        assert not ledger.records
