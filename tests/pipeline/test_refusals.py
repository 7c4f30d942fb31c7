"""What a pipeline refuses, and that it does so before a row is read or paid for."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.cluster import KMeans
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, Normalizer, StandardScaler

from skprivate.compose import DPColumnTransformer
from skprivate.ledger import PrivacyLedger, StrictLedgerError
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.pipeline import (
    DPFeatureUnion,
    DPPipeline,
    make_dp_pipeline,
    make_dp_union,
)
from skprivate.preprocessing import DPStandardScaler
from skprivate.rows import ChunkRows
from skprivate.under_sampling import DPRandomUnderSampler


class Unreadable:
    """Rows that must not be read."""

    def __getattr__(self, name):
        raise AssertionError(f"{name} of the rows was asked for")

    def __array__(self, *args, **kwargs):
        raise AssertionError("the rows were read")


class Mystery(TransformerMixin, BaseEstimator):
    """Nobody knows what it learns."""

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return X


def refused(pipe, error, match, **fit_params):
    with PrivacyLedger() as ledger, pytest.raises(error, match=match):
        pipe.fit(Unreadable(), Unreadable(), **fit_params)
    assert len(ledger.records) == 0


@pytest.mark.parametrize(
    ("step", "advice"),
    [
        (StandardScaler(), "DPStandardScaler"),
        (Mystery(), "independent"),
        (make_pipeline(StandardScaler(), Normalizer()), "DPStandardScaler"),
        (make_pipeline(DPStandardScaler(), Normalizer()), "DPPipeline"),
    ],
)
def test_steps_that_are_not_known_to_be_private(step, advice):
    refused(make_dp_pipeline(step, DPRidge()), TypeError, advice)
    refused(make_dp_union(step, DPStandardScaler()), TypeError, advice)
    refused(DPColumnTransformer([("a", step, [0])]), TypeError, advice)


@pytest.mark.parametrize("predictor", [Ridge(), KMeans()])
def test_predictors_that_are_not_private(predictor):
    refused(make_dp_pipeline(DPStandardScaler(), predictor), TypeError, "not private")


def test_a_strict_ledger_refuses_what_is_assumed_about_a_function(rng):
    X, y = rng.normal(size=(40, 2)), np.linspace(-1, 1, 40)
    pipe = make_dp_pipeline(
        FunctionTransformer(np.tanh), DPRidge(target_bounds=(-1, 1))
    )
    assert any("function" in fact for fact in pipe.fit(X, y).privacy_.assumed)
    with pytest.raises(StrictLedgerError, match="function"), PrivacyLedger(strict=True):
        pipe.fit(X, y)


def test_they_are_found_inside_of_others():
    union = make_dp_union(DPStandardScaler(), StandardScaler())
    refused(make_dp_pipeline(union, DPRidge()), TypeError, "DPStandardScaler")


@pytest.mark.parametrize(
    "budget", [{"epsilon": 0.5}, {"delta": 1e-7}, {"epsilon": np.inf}]
)
def test_a_step_with_a_budget_of_its_own(budget):
    for epsilon in (1.0, 0.5):  # even if it is that of the whole
        pipe = make_dp_pipeline(DPStandardScaler(**budget), DPRidge(), epsilon=epsilon)
        refused(pipe, ValueError, "weights")
    inner = make_dp_union(DPStandardScaler(**budget))
    refused(make_dp_pipeline(inner, DPRidge()), ValueError, "weights")
    refused(
        make_dp_pipeline(DPStandardScaler()).set_params(dpstandardscaler__epsilon=2.0),
        ValueError,
        "weights",
    )


@pytest.mark.parametrize("memory", ["somewhere", True])
def test_caches(memory):
    pipe = make_dp_pipeline(DPStandardScaler(), DPRidge(), memory=memory)
    refused(pipe, ValueError, "cache")


@pytest.mark.parametrize(
    ("steps", "error", "match"),
    [
        ([], ValueError, "empty"),
        ("steps", TypeError, "list of pairs"),
        ([DPRidge()], TypeError, "list of pairs"),
        ([("a", DPRidge(), 3)], TypeError, "list of pairs"),
        ([("a", DPRidge)], TypeError, "instance"),
        ([("a", "drop"), ("b", DPRidge())], TypeError, "passthrough"),
        ([("a", DPRidge()), ("b", DPRidge())], TypeError, "last"),
        ([("a", 3), ("b", DPRidge())], TypeError, "fit"),
        ([("a", DPStandardScaler()), ("a", DPRidge())], ValueError, "unique"),
        ([("a__b", DPRidge())], ValueError, "__"),
        ([("steps", DPRidge())], ValueError, "conflict"),
        ([("epsilon", DPRidge())], ValueError, "conflict"),
    ],
)
def test_what_is_no_chain_of_steps(steps, error, match):
    refused(DPPipeline(steps), error, match)


def test_the_same_object_twice():
    scaler = DPStandardScaler()
    refused(DPPipeline([("a", scaler), ("b", scaler)]), ValueError, "twice")


@pytest.mark.parametrize("epsilon", [0, -1, np.nan])
def test_budgets_that_are_none(epsilon):
    refused(make_dp_pipeline(DPRidge(), epsilon=epsilon), ValueError, "epsilon")


@pytest.mark.parametrize("epsilon", [True, "1", None])
def test_budgets_that_are_no_number(epsilon):
    refused(make_dp_pipeline(DPRidge(), epsilon=epsilon), TypeError, "epsilon")


def test_bounds_that_are_none():
    pipe = make_dp_pipeline(DPStandardScaler(), DPRidge(), bounds=(1, 0))
    with PrivacyLedger() as ledger, pytest.raises(ValueError, match="reversed"):
        pipe.fit(np.eye(2), [0.0, 1.0])
    assert len(ledger.records) == 0


def samplers(*after):
    return make_dp_pipeline(DPRandomUnderSampler(classes=[0, 1]), *after)


def test_what_does_not_go_through_a_sampler():
    pipe = samplers(DPLogisticRegression(classes=[0, 1]))
    X, y = np.eye(4), [0, 1, 0, 1]
    with PrivacyLedger() as ledger:
        with pytest.raises(ValueError, match="sample_weight"):
            pipe.fit(X, y, dplogisticregression__sample_weight=np.ones(4))
        with pytest.raises(ValueError, match="memory"):
            pipe.fit(ChunkRows(lambda: iter([(X, y)])))
    assert len(ledger.records) == 0


def test_a_sampler_inside_of_a_transformer():
    inner = samplers(DPStandardScaler())
    last = DPLogisticRegression(classes=[0, 1])
    refused(make_dp_pipeline(inner, last), ValueError, "sampler")
    refused(DPFeatureUnion([("a", inner)]), ValueError, "sampler")


def test_groups_for_one_step_only():
    pipe = make_dp_pipeline(DPStandardScaler(), DPRidge())
    with pytest.raises(ValueError, match="same unit"):
        pipe.fit(np.eye(2), [0.0, 1.0], dpridge__groups=[0, 1])


def test_parameters_of_nobody():
    pipe = make_dp_pipeline(DPStandardScaler(), DPRidge())
    with pytest.raises(ValueError, match="nobody"):
        pipe.fit(np.eye(2), [0.0, 1.0], nobody__sample_weight=[1, 1])
    with pytest.raises(ValueError, match="stepname__parameter"):
        pipe.fit(np.eye(2), [0.0, 1.0], weights=[1, 1])


@pytest.mark.parametrize(
    ("transformers", "error"),
    [
        ([], ValueError),
        ("abc", TypeError),
        ([DPStandardScaler()], TypeError),
        ([("a", DPRidge())], TypeError),
        ([("a", DPStandardScaler()), ("a", DPStandardScaler())], ValueError),
    ],
)
def test_what_is_no_union(transformers, error):
    refused(DPFeatureUnion(transformers), error, "ames|transformer")


def test_a_factor_of_nobody():
    union = DPFeatureUnion(
        [("a", DPStandardScaler())], transformer_weights={"nobody": 2.0}
    )
    refused(union, ValueError, "transformer_weights")


def test_a_failed_fit_changes_nothing_and_stays_paid_for(rng):
    X, y = rng.normal(size=(60, 3)), np.linspace(-1, 1, 60)
    pipe = make_dp_pipeline(DPStandardScaler(), DPRidge(), epsilon=0.5)
    with PrivacyLedger() as ledger:
        pipe.fit(X, y)
        steps, privacy = pipe.steps, pipe.privacy_
        prediction = pipe.predict(X)
        broken = y.copy()
        broken[0] = np.nan  # which only the second step sees
        with pytest.raises(ValueError, match="NaN"):
            pipe.fit(X, broken)
    assert pipe.steps is steps
    assert pipe.privacy_ is privacy
    np.testing.assert_array_equal(pipe.predict(X), prediction)
    assert len(ledger.records) == 2


def test_a_search_inside_has_no_price_that_adds_up():
    from skprivate.model_selection import DPGridSearchCV

    grid = {"fit_intercept": [True, False], "bounds": [(0, 1), (0, 2), (0, 3)]}
    search = DPGridSearchCV(DPRidge(target_bounds=(0, 1)), grid, mean_runs=9)
    refused(make_dp_pipeline(DPStandardScaler(), search), TypeError, "around the whole")
