"""What a class or an object from elsewhere may replace, and what makes it unknown."""

import numpy as np
import pytest
from sklearn.base import ClassifierMixin, ClusterMixin, clone
from sklearn.ensemble import VotingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer, StandardScaler

from skprivate import (
    PrivacyLedger,
    check_policy,
    check_private,
    make_dp_pipeline,
    privacy_report,
)
from skprivate.base import DPEstimator, DPTransformerMixin
from skprivate.calibration import DPCalibratedClassifier
from skprivate.composition import (
    NotPrivateError,
    PrivacyCost,
    register_privacy_rule,
)
from skprivate.ensemble import DPStackingClassifier, DPVotingClassifier
from skprivate.ledger import StrictLedgerError
from skprivate.linear_model import DPLogisticRegression
from skprivate.model_selection import DPGridSearchCV, DPTunedThresholdClassifier
from skprivate.multiclass import DPOneVsRestClassifier
from skprivate.naive_bayes import DPGaussianNB
from skprivate.pipeline import DPPipeline
from skprivate.preprocessing import DPStandardScaler

rng = np.random.default_rng(0)
X, Y = rng.uniform(size=(60, 2)), np.arange(60) % 2


def anything(self, *args, **kwargs):
    return self


def replaced(name, base=DPStandardScaler):
    return type("Replaced", (base,), {name: anything})


METHODS = [
    "fit", "fit_transform", "fit_predict", "fit_resample", "partial_fit", "_fit_rows",
    "_entropy", "_budget", "_check_budget", "_fit_with_progress", "_report", "plan",
    "set_params", "get_params", "__sklearn_clone__", "__getstate__", "__getattr__",
    "__getattribute__", "__setattr__", "__new__", "_validate_params",
]  # fmt: skip


@pytest.mark.parametrize("name", METHODS)
def test_a_subclass_that_replaces_what_runs_around_rows_is_unknown(name):
    original = {"__getattribute__": object.__getattribute__, "__new__": object.__new__,
                "__setattr__": object.__setattr__,
                "get_params": DPStandardScaler.get_params}.get(name)  # fmt: skip

    def passes(self, *args, **kwargs):
        if original is object.__new__:
            return object.__new__(self)
        if original is None:
            raise AttributeError(name)
        return original(self, *args, **kwargs)

    cls = type("Replaced", (DPStandardScaler,), {name: passes})
    with pytest.raises(NotPrivateError, match=f"overrides {name}"):
        check_private(cls(bounds=(0, 1)))


@pytest.mark.parametrize("base", [DPGridSearchCV, DPTunedThresholdClassifier])
def test_so_is_a_subclass_of_what_is_made_of_others(base):
    model = DPLogisticRegression(bounds=(0, 1), classes=[0, 1])
    args = (model, {"C": [1.0]}) if base is DPGridSearchCV else (model,)
    assert check_private(base(*args)).private
    with pytest.raises(NotPrivateError, match="overrides fit"):
        check_private(replaced("fit", base)(*args))
    pipeline = replaced("_fit_paid", DPPipeline)([("m", model)])
    with pytest.raises(NotPrivateError, match="overrides _fit_paid"):
        check_private(pipeline)


def test_a_plain_estimator_may_not_stand_in_front():
    class Both(StandardScaler, DPEstimator):
        pass

    with pytest.raises(NotPrivateError, match="overrides"):
        check_private(Both())


@pytest.mark.parametrize("name", ["fit", "fit_transform", "_entropy", "transform"])
def test_an_attribute_of_the_object_hides_a_method(name):
    for estimator in (DPStandardScaler(bounds=(0, 1)), Normalizer()):
        if hasattr(estimator, name):
            setattr(estimator, name, lambda *args, **kwargs: None)
            with pytest.raises(NotPrivateError, match=name):
                check_private(make_pipeline(estimator))


class Honest(ClassifierMixin, DPTransformerMixin, DPEstimator):
    """Defines what a contributor defines."""

    _bits = 12

    def _fit(self, curator):
        self.classes_ = curator.classes([0, 1])

    def _target_kind(self):
        return "class"

    def _more(self):
        return None

    def transform(self, X):
        return X

    def predict(self, X):
        return np.zeros(len(X))

    def __sklearn_tags__(self):
        return super().__sklearn_tags__()


class Softer(DPGaussianNB):
    """Changes what runs afterwards."""

    def predict_proba(self, X):
        return super().predict_proba(X) / 2 + 0.25


@pytest.mark.parametrize("cls", [Honest, Softer])
def test_what_runs_with_a_curator_or_afterwards_is_fine(cls):
    assert check_private(cls()).private
    assert check_private(make_pipeline(DPStandardScaler(), cls())).private


class Vouched(DPStandardScaler):
    def fit(self, X, y=None, **params):
        return super().fit(X, y, **params)


@register_privacy_rule(Vouched)
def _vouched(estimator, walk):
    return PrivacyCost.of_budget("Vouched", estimator._budget())


def test_the_author_of_a_rule_knows_the_class():
    assert check_private(Vouched()).private
    make_dp_pipeline(Vouched(), DPGaussianNB(classes=[0, 1]), bounds=(0, 1)).fit(X, Y)
    shadowed = Vouched()
    shadowed.fit = anything
    with pytest.raises(NotPrivateError, match="fit"):
        check_private(shadowed)


def test_all_that_judge_agree():
    """Pipelines, thresholds, strict ledgers, reports and policies."""
    Leaky = replaced("_entropy", DPLogisticRegression)
    leaky = Leaky(bounds=(0, 1), classes=[0, 1])
    for whole in (
        make_dp_pipeline(leaky),
        DPTunedThresholdClassifier(leaky),
        DPTunedThresholdClassifier(make_dp_pipeline(leaky)),
        DPOneVsRestClassifier(leaky),
        DPCalibratedClassifier(leaky),
        DPVotingClassifier([("a", leaky)]),
        DPStackingClassifier([("a", make_dp_pipeline(leaky))]),
    ):
        with pytest.raises((TypeError, NotPrivateError), match="_entropy"):
            check_private(whole)
        with pytest.raises(TypeError, match="_entropy"):
            whole.fit(X, Y)
    with pytest.raises(NotPrivateError, match="_entropy"):
        DPGridSearchCV(leaky, {"C": [1.0]}).fit(X, Y)


class Reads(DPLogisticRegression):
    def fit(self, X, y=None, **params):
        self.first_ = np.array(X[0])
        return super().fit(X, y, **params)


def test_a_strict_ledger_refuses_it_before_it_costs_anything():
    reads = Reads(bounds=(0, 1), classes=[0, 1])
    ledger = PrivacyLedger(epsilon=1.0, delta=1e-6, strict=True)
    with pytest.raises(StrictLedgerError, match="overrides fit"), ledger:
        reads.fit(X, Y)
    assert not ledger.records
    with PrivacyLedger(epsilon=1.0, delta=1e-6, strict=True):
        DPLogisticRegression(bounds=(0, 1), classes=[0, 1]).fit(X, Y)


def test_reports_and_policies_see_it_in_what_was_fitted():
    reads = Reads(bounds=(0, 1), classes=[0, 1])
    for fitted in (
        clone(reads).fit(X, Y),
        VotingClassifier([("a", clone(reads))]).fit(X, Y),
    ):
        report = privacy_report(fitted)
        assert not report.private
        assert report.epsilon() == np.inf
        assert not check_policy(fitted, {"max_epsilon": 5.0})


def test_a_parameter_that_is_a_method_is_unknown():
    class Moody(DPStandardScaler):
        @property
        def random_state(self):
            return None

        @random_state.setter
        def random_state(self, value):
            pass

    with pytest.raises(NotPrivateError, match="random_state"):
        check_private(Moody())


def test_methods_that_only_fits_of_pipelines_call():
    class Clusters(ClusterMixin, DPStandardScaler):
        def fit_predict(self, X, y=None):
            return np.zeros(len(X))

    with pytest.raises(NotPrivateError, match="fit_predict"):
        check_private(Clusters())
