"""Reports inside a winner name the price of the search, and seeds inside are seen."""

import copy
import pickle

import numpy as np
import pytest
from sklearn.preprocessing import FunctionTransformer

from skprivate import (
    PrivacyLedger,
    check_policy,
    check_private,
    make_dp_pipeline,
    privacy_report,
)
from skprivate.compose import make_dp_column_transformer
from skprivate.composition import NotPrivateError
from skprivate.linear_model import DPLogisticRegression
from skprivate.metrics import make_dp_scorer
from skprivate.model_selection import (
    DPGridSearchCV,
    DPTunedThresholdClassifier,
    dp_cross_val_score,
    dp_learning_curve,
)
from skprivate.pipeline import make_dp_union
from skprivate.preprocessing import DPMinMaxScaler, DPStandardScaler

rng = np.random.default_rng(0)
X = rng.uniform(size=(600, 2))
Y = (X[:, 0] + 0.1 * rng.normal(size=600) > 0.5).astype(int)
MANY = {"model__C": list(np.logspace(-3, 3, 30))}


def logistic(**params):
    return DPLogisticRegression(bounds=(0, 1), classes=[0, 1], **params)


def scaler(**params):
    return DPStandardScaler(bounds=(0, 1), **params)


def pipeline(first):
    return make_dp_pipeline(first, logistic()).set_params(
        steps=[("first", first), ("model", logistic())]
    )


FIRST = {
    "step": scaler(),
    "pipeline": make_dp_pipeline(scaler(), DPMinMaxScaler()),
    "union": make_dp_union(scaler(), DPMinMaxScaler(bounds=(0, 1))),
    "columns": make_dp_column_transformer((scaler(), [0]), (scaler(), [1])),
}


def reports_in(part):
    """All reports that can be reached from a part of a model, by several ways."""
    yield part.privacy_
    for name in ("steps", "transformer_list", "transformers_"):
        for _, inner, *_ in getattr(part, name, ()):
            if hasattr(inner, "privacy_"):
                yield from reports_in(inner)


@pytest.mark.parametrize("first", FIRST)
def test_no_part_of_a_winner_names_less_than_the_search(first):
    search = DPGridSearchCV(pipeline(FIRST[first]), MANY, mean_runs=3.0).fit(X, Y)
    whole = search.privacy_.epsilon()
    assert whole <= 1.0
    best = search.best_estimator_
    slices = [best[:1], best[1:], best[:2], best[:1][:1]]
    for part in (best, *slices, copy.deepcopy(best), pickle.loads(pickle.dumps(best))):
        for report in reports_in(part):
            assert report.epsilon() == pytest.approx(whole)
    for part in (best[0], best.named_steps["model"], best[:1]):
        assert privacy_report(part).epsilon() == pytest.approx(whole)
        assert not check_policy(part, {"max_epsilon": 0.9 * whole})
        assert check_policy(part, {"max_epsilon": 1.0})


def test_the_releases_of_a_part_are_its_own():
    search = DPGridSearchCV(pipeline(scaler()), MANY, mean_runs=3.0).fit(X, Y)
    names = [release.query for release in search.best_estimator_[0].privacy_.releases]
    assert names == ["PresentMoments"]


def test_a_search_that_is_a_step_costs_its_share_once():
    """Its fits and its scores are about different rows: their prices do not add up."""
    inner = DPGridSearchCV(logistic(), {"C": [0.1, 1.0]}, scoring="accuracy")
    for last in (inner, DPTunedThresholdClassifier(logistic())):
        fitted = make_dp_pipeline(scaler(), last).fit(X, Y)
        assert fitted.privacy_.epsilon() == pytest.approx(1.0)
        assert fitted.privacy_.epsilon() <= 1.0
        assert fitted[:1].privacy_.epsilon() < 0.8
        assert privacy_report(fitted).epsilon() == pytest.approx(1.0)


SEEDED = {
    "first": make_dp_pipeline(scaler(random_state=0), logistic()),
    "last": make_dp_pipeline(scaler(), logistic(random_state=1)),
    "state": make_dp_pipeline(
        scaler(random_state=np.random.RandomState(0)), logistic()
    ),
    "union": make_dp_pipeline(make_dp_union(scaler(random_state=0)), logistic()),
    "set": make_dp_pipeline(scaler(), logistic()).set_params(
        dpstandardscaler__random_state=3
    ),
}


@pytest.mark.parametrize("where", SEEDED)
def test_a_threshold_on_seeded_parts_is_seeded(where):
    tuned = DPTunedThresholdClassifier(SEEDED[where])
    with pytest.raises(NotPrivateError, match="seeded"):
        check_private(tuned)
    with PrivacyLedger() as ledger:
        tuned.fit(X, Y)
    assert tuned.privacy_.seeded
    assert not tuned.privacy_.private
    assert tuned.estimator_.privacy_.seeded
    assert [record.seeded for record in ledger.records] == [True]
    assert not check_policy(tuned, {"max_epsilon": 1.0001})


def test_a_public_map_with_a_seed_seeds_nothing():
    from sklearn.random_projection import GaussianRandomProjection

    project = GaussianRandomProjection(2, random_state=0)
    model = make_dp_pipeline(project, DPMinMaxScaler(), DPLogisticRegression())
    model.set_params(dplogisticregression__classes=[0, 1])
    tuned = DPTunedThresholdClassifier(model).fit(X, Y)
    assert tuned.privacy_.private


def test_seeded_scores_seed_the_whole():
    scoring = make_dp_scorer("accuracy", random_state=0)
    search = DPGridSearchCV(logistic(), {"C": [0.1, 1.0]}, scoring=scoring)
    with pytest.raises(NotPrivateError, match="seeded"):
        check_private(search)
    with PrivacyLedger() as ledger:
        reports = [
            search.fit(X, Y).privacy_,
            dp_cross_val_score(logistic(), X, Y, scoring=scoring).privacy,
            dp_learning_curve(
                logistic(), X, Y, scoring=scoring, train_sizes=[0.5, 1.0]
            )[1].privacy,
        ]
    assert all(report.seeded for report in reports)
    assert all(record.seeded for record in ledger.records)


@pytest.mark.parametrize(
    "params", [{"random_state": 0}, {"epsilon": np.inf}], ids=["seed", "no noise"]
)
def test_what_decides_about_noise_decides_about_wholes(params):
    for whole in (
        DPGridSearchCV(logistic(), {"C": [0.1, 1.0]}, **params),
        DPTunedThresholdClassifier(logistic(), **params),
    ):
        with pytest.raises(NotPrivateError, match=r"seed|no noise"):
            check_private(whole)


def test_maps_of_one_name_are_different_maps():
    """Both are called <lambda>; what one has released says nothing about the other."""
    maps = [lambda X: X, lambda X: 0 * X]
    model = make_dp_pipeline(FunctionTransformer(lambda X, **_: X), logistic())
    for name, values in (
        ("functiontransformer__func", maps),
        ("functiontransformer", [FunctionTransformer(func) for func in maps]),
        ("functiontransformer__kw_args", [{"f": func} for func in maps]),
    ):
        plan = DPGridSearchCV(model, {name: values}).plan(2)
        assert "2 fits, one of each group, which compose" in plan.notes
    arrays = [np.zeros(5000), np.where(np.arange(5000) == 2500, 1.0, 0.0)]
    grid = {"functiontransformer__kw_args": [{"a": array} for array in arrays]}
    assert "2 fits" in " ".join(DPGridSearchCV(model, grid).plan(2).notes)
    same = {"functiontransformer__func": maps[:1] * 2}
    assert "share the releases" in " ".join(DPGridSearchCV(model, same).plan(2).notes)
