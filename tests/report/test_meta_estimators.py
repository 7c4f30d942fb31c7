"""Reports of what scikit-learn and imbalanced-learn make of private estimators.

The ledger sees every fit, so it is what reports are compared with.
"""

import numpy as np
import pytest
from imblearn.pipeline import make_pipeline as make_imblearn_pipeline
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.ensemble import (
    BaggingClassifier,
    StackingClassifier,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.feature_selection import RFE, SelectFromModel
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import (
    OneVsOneClassifier,
    OneVsRestClassifier,
    OutputCodeClassifier,
)
from sklearn.multioutput import (
    ClassifierChain,
    MultiOutputClassifier,
    MultiOutputRegressor,
    RegressorChain,
)
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import Normalizer, StandardScaler

from skprivate import PrivacyLedger, check_policy, privacy_report
from skprivate.linear_model import DPRidge
from skprivate.naive_bayes import DPGaussianNB
from skprivate.preprocessing import DPMinMaxScaler, DPStandardScaler
from skprivate.report import ModelPrivacyReport
from skprivate.under_sampling import DPRandomUnderSampler

X = np.random.default_rng(0).normal(size=(300, 3))
BINARY = (X[:, 0] > 0).astype(int)
THREE = np.digitize(X[:, 0], [-0.5, 0.5])
TWO_COLUMNS = np.c_[BINARY, 1 - BINARY]


def bayes(epsilon=0.5):
    return DPGaussianNB(bounds=(-4, 4), classes=[0, 1], epsilon=epsilon)


def ridge():
    return DPRidge(bounds=(-4, 4), target_bounds=(-4, 4), epsilon=0.5)


def scaler():
    return DPStandardScaler(bounds=(-4, 4), epsilon=0.3)


def columns():
    parts = [("left", scaler(), [0]), ("right", "passthrough", [1, 2])]
    return ColumnTransformer(parts, sparse_threshold=0)


PRIVATE = {
    "pipeline": (make_pipeline(scaler(), bayes()), BINARY),
    "sampler": (
        make_imblearn_pipeline(DPRandomUnderSampler(epsilon=0.2), scaler(), bayes()),
        BINARY,
    ),
    "union": (
        make_pipeline(make_union(scaler(), DPMinMaxScaler(bounds=(-4, 4))), bayes()),
        BINARY,
    ),
    "columns": (make_pipeline(columns(), bayes()), BINARY),
    "voting": (VotingClassifier([("a", bayes()), ("b", bayes(0.1))]), BINARY),
    "averaging": (VotingRegressor([("a", ridge()), ("b", ridge())]), X[:, 0]),
    "one-vs-rest": (OneVsRestClassifier(bayes()), THREE),
    "one-vs-one": (OneVsOneClassifier(bayes()), THREE),
    "codes": (OutputCodeClassifier(bayes()), THREE),
    "outputs": (MultiOutputClassifier(bayes()), TWO_COLUMNS),
    "targets": (MultiOutputRegressor(ridge()), X[:, :2]),
    "chain": (ClassifierChain(bayes()), TWO_COLUMNS),
    "target chain": (RegressorChain(ridge()), X[:, :2]),
    "nested chain": (make_pipeline(scaler(), RegressorChain(ridge())), X[:, :2]),
    "target": (TransformedTargetRegressor(ridge()), X[:, 0]),
    "elimination": (
        RFE(ridge(), n_features_to_select=2, importance_getter="coef_"),
        X[:, 0],
    ),
}


def fitted_and_recorded(model, y):
    with PrivacyLedger() as ledger:
        model = clone(model).fit(X, y)
    return model, ledger


@pytest.mark.parametrize("name", PRIVATE)
def test_no_fit_is_lost(name):
    model, ledger = fitted_and_recorded(*PRIVATE[name])
    report = privacy_report(model)
    assert report.gaps == ()
    assert report.n_fits >= len(ledger.records)
    assert report.epsilon() >= ledger.spent() * (1 - 1e-9)
    assert report.epsilon() == pytest.approx(ledger.spent(), rel=0.5)
    assert report.private
    assert ModelPrivacyReport.from_json(report.to_json()) == report
    limit = report.epsilon() * (1 + 1e-9)
    assert check_policy(model, {"max_epsilon": limit}).passed
    assert not check_policy(model, {"max_epsilon": limit * 0.99}).passed


def test_places_have_names():
    model = PRIVATE["columns"][0].fit(X, BINARY)
    assert [fit.where for fit in privacy_report(model).fits] == [
        "columntransformer > left",
        "dpgaussiannb",
    ]
    voting = PRIVATE["voting"][0].fit(X, BINARY)
    assert [fit.where for fit in privacy_report(voting).fits] == ["a", "b"]


def test_equal_fits_are_shown_once():
    model = OneVsRestClassifier(bayes()).fit(X, THREE)
    text = repr(privacy_report(model))
    assert text.count("DPGaussianNB (3 fits)") == 1
    assert "estimators > 0, estimators > 1, estimators > 2" in text


LEAKY = {
    "scaler": (make_pipeline(StandardScaler(), bayes()), BINARY, "StandardScaler"),
    "search": (GridSearchCV(bayes(), {"epsilon": [0.1, 0.5]}), BINARY, "scores"),
    "search, nothing kept": (
        GridSearchCV(bayes(), {"epsilon": [0.1, 0.5]}, refit=False),
        BINARY,
        "scores",
    ),
    "calibration": (CalibratedClassifierCV(bayes(), cv=3), BINARY, "calibrator"),
    "folds": (
        StackingClassifier([("a", bayes())], final_estimator=bayes(), cv=3),
        BINARY,
        "KFold",
    ),
    "bagging": (
        BaggingClassifier(bayes(), n_estimators=2, bootstrap=False),
        BINARY,
        "random_state",
    ),
    "not private": (LogisticRegression(), BINARY, "LogisticRegression"),
}


@pytest.mark.parametrize("name", LEAKY)
def test_leaks_are_named_and_fail(name):
    model, y, words = LEAKY[name]
    model, ledger = fitted_and_recorded(model, y)
    report = privacy_report(model)
    assert report.epsilon() == np.inf
    assert not report.private
    assert report.n_fits >= len(ledger.records)
    assert any(words in str(gap) for gap in report.gaps)
    for form in (repr(report), report._repr_html_(), report.to_model_card()):
        assert "NOT PRIVATE" in form
    result = check_policy(model, {"max_epsilon": 1e6, "allow_seeded": True})
    assert not result
    assert any(words in reason for reason in result.reasons)
    assert ModelPrivacyReport.from_json(report.to_json()) == report


def test_what_learns_nothing_is_private_and_yet_nothing_to_approve():
    model = make_pipeline(Normalizer()).fit(X)
    report = privacy_report(model)
    assert report.private
    assert report.epsilon() == 0
    assert report.n_fits == 0
    assert "0 private fits" in repr(report)
    assert not check_policy(model, {"max_epsilon": 1.0})


def test_fits_that_are_gone_are_counted_and_said():
    model = StackingClassifier([("a", bayes())], final_estimator=bayes(), cv=3)
    report = privacy_report(model.fit(X, BINARY))
    assert report.n_fits == 5
    assert len(report.fits) == 2
    assert "made 3 of the fits" in repr(report)


def test_strict_policies_want_to_see_all_fits():
    model = PRIVATE["elimination"][0].fit(X, X[:, 0])
    assert check_policy(model, {"max_epsilon": 2.0})
    (reason,) = check_policy(model, {"max_epsilon": 2.0, "strict": True}).reasons
    assert "A PrivacyLedger around fit keeps them" in reason


def test_frozen_parts_are_part_of_the_release():
    frozen = FrozenEstimator(scaler().fit(X))
    report = privacy_report(make_pipeline(frozen, bayes()).fit(X, BINARY))
    alone = privacy_report(bayes().fit(X, BINARY))
    assert report.n_fits == 2
    assert alone.epsilon() < report.epsilon() < 0.8
    assert privacy_report(frozen).epsilon() == pytest.approx(0.3)


def test_parts_that_were_fitted_before_are_counted():
    before = [("a", bayes().fit(X, BINARY)), ("b", bayes().fit(X, BINARY))]
    model = StackingClassifier(before, final_estimator=bayes(), cv="prefit")
    report = privacy_report(model.fit(X, BINARY))
    assert report.n_fits == len(report.fits) == 3
    assert report.epsilon() > 0.9
    selector = SelectFromModel(ridge().fit(X, X[:, 0]), prefit=True).fit(X)
    assert privacy_report(selector).epsilon() == pytest.approx(0.5)


def test_a_template_that_was_fitted_before_is_no_fit_of_the_model():
    template = bayes().fit(X, BINARY)
    for model in (
        VotingClassifier([("a", template), ("b", bayes())]),
        BaggingClassifier(template, n_estimators=2, bootstrap=False),
        OneVsRestClassifier(template),
    ):
        assert len(privacy_report(model.fit(X, BINARY)).fits) < 3


def test_parameters_changed_after_a_fit_are_noticed():
    """Else the price of what is gone would follow from numbers of today."""
    model = OneVsRestClassifier(bayes(0.5)).fit(X, THREE)
    model.set_params(estimator__epsilon=0.01)
    report = privacy_report(model)
    assert report.epsilon() == np.inf
    assert any("leave its parameters alone" in gap.remedy for gap in report.gaps)
    alone = bayes(0.5).fit(X, BINARY)
    alone.set_params(epsilon=0.01)
    assert privacy_report(alone).epsilon() == pytest.approx(0.5)


def test_more_fits_than_expected_are_noticed():
    """A tree whose size was changed afterwards cannot hide what it released."""
    model = VotingClassifier([("a", bayes()), ("b", bayes())]).fit(X, BINARY)
    model.set_params(b="drop")
    assert privacy_report(model).epsilon() == np.inf


def test_several_labels_at_once():
    model, ledger = fitted_and_recorded(OneVsRestClassifier(bayes()), TWO_COLUMNS)
    assert privacy_report(model).epsilon() == pytest.approx(ledger.spent())


def test_what_the_tree_takes_for_granted_is_an_assumption():
    """Voting reads the labels off y, though its parts were told their classes."""
    model = VotingClassifier([("a", bayes())]).fit(X, BINARY)
    report = privacy_report(model)
    assert ("VotingClassifier", "the class labels, read from y") in report.assumed
    assert ModelPrivacyReport.from_json(report.to_json()).assumed == report.assumed
    assert not check_policy(model, {"max_epsilon": 1.0, "strict": True})
    allowed = {"max_epsilon": 1.0, "allowed_assumptions": ["the class labels*"]}
    assert check_policy(model, allowed)


def test_seeds_inside_are_found():
    seeded = bayes().set_params(random_state=0)
    for model in (
        make_pipeline(scaler(), seeded),
        OneVsRestClassifier(seeded),
        RFE(ridge().set_params(random_state=0), importance_getter="coef_"),
    ):
        report = privacy_report(model.fit(X, BINARY))
        assert report.seeded
        assert not report.private
        assert report.epsilon() < 2
        assert not check_policy(model, {"max_epsilon": 2.0})
        assert check_policy(model, {"max_epsilon": 2.0, "allow_seeded": True})


def test_different_units_do_not_add_up():
    model = make_pipeline(scaler(), bayes())
    groups = np.arange(len(X)) // 2
    model.steps[0][1].set_params(max_rows_per_group=2).fit(X, groups=groups)
    model.steps[1][1].fit(X, BINARY)
    report = privacy_report(model)
    assert report.epsilon() == np.inf
    assert any("different units" in gap.what for gap in report.gaps)


def test_a_missing_fact_is_asked_for():
    class Unfathomable(MultiOutputRegressor):
        """A subclass may override what is fitted, so it has no rule."""

    report = privacy_report(Unfathomable(ridge()).fit(X, X[:, :2]))
    assert report.epsilon() == np.inf
    assert not check_policy(report, {"max_epsilon": 1e6})
