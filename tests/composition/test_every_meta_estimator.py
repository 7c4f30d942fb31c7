"""Whatever takes an estimator has a rule, or a reason why it has none."""

import inspect
import warnings
from importlib import import_module

import pytest
from imblearn.utils.testing import all_estimators as imblearn_estimators
from sklearn.base import MetaEstimatorMixin
from sklearn.experimental import (  # noqa: F401
    enable_halving_search_cv,
    enable_iterative_imputer,
)
from sklearn.utils import all_estimators as sklearn_estimators

from skprivate import privacy_cost, testing
from skprivate.composition import DATA_INDEPENDENT, WHY_UNKNOWN
from skprivate.composition._registry import _BUILT_IN, rule_of

HOLD_ESTIMATORS = {
    "base_estimator", "estimator", "estimators", "steps", "transformer_list",
    "transformers",
}  # fmt: skip


def every_class():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [cls for _, cls in [*sklearn_estimators(), *imblearn_estimators()]]


def takes_an_estimator(cls):
    """By its base class, or by the names or the declared kinds of its parameters."""
    names = {*inspect.signature(cls.__init__).parameters}
    kinds = [
        kind
        for constraint in getattr(cls, "_parameter_constraints", {}).values()
        if isinstance(constraint, list)
        for kind in constraint
        if not inspect.isclass(kind)
    ]
    fitted = any("fit" in getattr(kind, "methods", ()) for kind in kinds)
    return issubclass(cls, MetaEstimatorMixin) or names & HOLD_ESTIMATORS or fitted


META = [cls for cls in every_class() if takes_an_estimator(cls)]
SPLITTERS = [
    cls
    for cls in vars(import_module("sklearn.model_selection")).values()
    if inspect.isclass(cls) and hasattr(cls, "get_n_splits")
]


def test_the_search_for_meta_estimators_finds_them():
    assert len(META) > 50


@pytest.mark.parametrize("cls", META, ids=lambda cls: cls.__name__)
def test_meta_estimators_have_a_rule_or_a_reason(cls):
    has_rule, has_reason = rule_of(cls) is not None, cls.__name__ in WHY_UNKNOWN
    assert has_rule != has_reason


@pytest.mark.parametrize("cls", SPLITTERS, ids=lambda cls: cls.__name__)
def test_splitters_have_a_rule(cls):
    abstract = inspect.isabstract(cls) or cls.__name__.startswith("Base")
    assert abstract or rule_of(cls) is not None


def test_every_sampler_has_a_reason():
    samplers = [cls for cls in every_class() if hasattr(cls, "fit_resample")]
    nameless = [cls for cls in samplers if rule_of(cls) is None]
    assert {cls.__name__ for cls in nameless} <= {*WHY_UNKNOWN}
    assert len(nameless) > 15


def test_rules_are_about_classes_that_exist():
    names = {cls.__name__ for cls in [*every_class(), *SPLITTERS]}
    ours = {name for name, _ in testing.all_estimators(None)} | {
        "DPScorer",
        "IndependentFolds",
    }
    explainers = {name for package, name in _BUILT_IN if package in ("shap", "lime")}
    assert {name for _, name in _BUILT_IN} - explainers <= names | ours
    assert {*WHY_UNKNOWN} <= names
    assert {*DATA_INDEPENDENT} <= names | ours


def test_no_plain_estimator_is_private():
    """Of all that can be made from defaults, only those of the list."""
    private = set()
    for cls in every_class():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # it may be deprecated
                estimator = cls()
        except TypeError:
            continue  # it needs a part
        try:
            if privacy_cost(estimator, n_features=3, n_classes=2, n_outputs=1).private:
                private.add(cls.__name__)
        except ValueError as error:
            raise AssertionError(cls.__name__) from error
    assert private <= {*DATA_INDEPENDENT}


@pytest.mark.parametrize(
    "cls", [c for _, c in testing.all_estimators(None)], ids=lambda c: c.__name__
)
def test_every_class_of_skprivate_has_a_rule(cls):
    assert rule_of(cls) is not None


@pytest.mark.parametrize(
    "cls", [c for _, c in testing.all_estimators()], ids=lambda c: c.__name__
)
def test_private_estimators_are_private_with_their_defaults(cls):
    cost = privacy_cost(cls())
    assert cost.private
    assert cost.fits == 1
    assert cost.epsilon(1e-6) == pytest.approx(1.0)
