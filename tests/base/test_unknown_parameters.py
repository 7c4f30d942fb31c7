"""A parameter of the namesake that is not there: what to do about it."""

import inspect

import pytest

from skprivate.cluster import DPKMeans
from skprivate.decomposition import DPPCA
from skprivate.ensemble import DPRandomForestClassifier, DPStackingClassifier
from skprivate.exploration import dp_histogram, dp_mean, dp_quantile
from skprivate.ledger import LedgerCarrier
from skprivate.linear_model import (
    DPHuberRegressor,
    DPLinearRegression,
    DPLogisticRegression,
    DPSGDClassifier,
)
from skprivate.model_selection import DPGridSearchCV, DPTunedThresholdClassifier
from skprivate.naive_bayes import DPGaussianNB, DPMultinomialNB
from skprivate.pipeline import DPPipeline
from skprivate.testing import all_estimators

EVERY = [cls for _, cls in all_estimators(None) if issubclass(cls, LedgerCarrier)]


@pytest.mark.parametrize(
    ("cls", "name", "what_to_do"),
    [
        (DPLogisticRegression, "penalty", "l1_ratio"),
        (DPLogisticRegression, "max_iter", "follows by rule"),
        (DPLogisticRegression, "bound", "Did you mean bounds?"),
        (DPSGDClassifier, "tol", "paid for ahead"),
        (DPRandomForestClassifier, "oob_score", "skprivate.metrics"),
        (DPStackingClassifier, "cv", "divide the budget"),
        (DPGridSearchCV, "cv", "divide the budget"),
        (DPTunedThresholdClassifier, "cv", "divide the budget"),
        (DPKMeans, "n_init", "divide the budget"),
        (DPRandomForestClassifier, "categories", "schema={"),
        (DPPipeline, "epsilom", "Did you mean epsilon?"),
    ],
)
def test_it_says_what_to_do(cls, name, what_to_do):
    with pytest.raises(TypeError, match="unexpected keyword argument") as error:
        cls(**{name: "hush"})
    assert what_to_do in str(error.value)
    assert "hush" not in str(error.value)


@pytest.mark.parametrize(
    ("call", "name", "what_to_do"),
    [
        (DPLogisticRegression, "data_norm", "It is called row_norm here."),
        (DPPCA, "data_norm", "It is called row_norm here."),
        (DPPCA, "centered", "centered by noisy means"),
        (DPHuberRegressor, "data_norm", "give bounds"),
        (DPLinearRegression, "bounds_X", "It is called bounds here."),
        (DPLinearRegression, "bounds_y", "It is called target_bounds here."),
        (DPMultinomialNB, "bounds", "row_norm here"),
        (DPStackingClassifier, "bounds_X", "It is called bounds here."),
        (DPGaussianNB, "accountant", "with PrivacyLedger("),
        (DPRandomForestClassifier, "shuffle", "order of rows"),
        (dp_mean, "accountant", "with PrivacyLedger("),
        (dp_mean, "axis", "one number for each column"),
        (dp_quantile, "percent", "q=0.9"),
        (dp_histogram, "weights", "It is called sample_weight here."),
    ],
)
def test_names_of_diffprivlib_lead_to_those_here(call, name, what_to_do):
    rows = () if isinstance(call, type) else ([0.5, 1.0],)
    with pytest.raises(
        TypeError, match=f"unexpected keyword argument '{name}'"
    ) as error:
        call(*rows, **{name: "hush"})
    assert what_to_do in str(error.value)
    assert "hush" not in str(error.value)


@pytest.mark.parametrize("cls", EVERY, ids=lambda cls: cls.__name__)
def test_all_list_what_they_have(cls):
    own = [*inspect.signature(cls).parameters]
    with pytest.raises(TypeError, match="no_such_parameter") as error:
        cls(no_such_parameter=1)
    assert f"The parameters are {', '.join(own)}." in str(error.value)
