"""scikit-learn's own checks of estimators, on compound ones."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from skprivate.compose import make_dp_column_transformer
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.pipeline import make_dp_pipeline, make_dp_union
from skprivate.preprocessing import DPMinMaxScaler, DPStandardScaler

# Seeded, since the checks compare fits; they set seeds of the whole only.
SCALER = DPStandardScaler(random_state=0)
OTHER = DPMinMaxScaler(random_state=0)
MODELS = [
    make_dp_pipeline(SCALER, DPLogisticRegression(random_state=0)),
    make_dp_pipeline(SCALER, DPRidge(random_state=0)),
]
SCALERS = [
    make_dp_pipeline(SCALER, OTHER),
    make_dp_union(SCALER, OTHER),
    make_dp_column_transformer((SCALER, [0])),
]
AS_THE_NAMESAKE = "the namesake fails it, too"
NO_NOISE = (
    "demands that two fits on different data sets give the same numbers, so that "
    "noise were shared, and that weights without a public limit count in full"
)
EXPECTED = {
    "check_estimators_overwrite_params": AS_THE_NAMESAKE,
    "check_dont_overwrite_parameters": AS_THE_NAMESAKE,
    "check_estimators_empty_data_messages": AS_THE_NAMESAKE,
    "check_estimator_sparse_array": AS_THE_NAMESAKE,
    "check_estimator_sparse_matrix": AS_THE_NAMESAKE,
    "check_fit2d_predict1d": AS_THE_NAMESAKE,
    "check_n_features_in_after_fitting": AS_THE_NAMESAKE,  # scikit-learn < 1.9
    "check_sample_weight_equivalence": NO_NOISE,  # scikit-learn < 1.7
    "check_sample_weight_equivalence_on_dense_data": NO_NOISE,
    "check_sample_weight_equivalence_on_sparse_data": NO_NOISE,
}
# Missing values pass scalers; what is refused is tested below.
OF_SCALERS = EXPECTED | {"check_estimators_nan_inf": AS_THE_NAMESAKE}


def listed(mark):
    """As a list, and lenient: what some compound fails, another may pass."""
    names, cases = mark.args
    lenient = [
        pytest.param(
            *case.values,
            id=case.id,
            marks=[
                pytest.mark.xfail(**(m.kwargs | {"strict": False}))
                if m.name == "xfail"
                else m
                for m in case.marks
            ],
        )
        if hasattr(case, "marks")
        else case
        for case in cases
    ]
    return pytest.mark.parametrize(names, lenient, **mark.kwargs)


@listed(parametrize_with_checks(MODELS, expected_failed_checks=lambda _: EXPECTED))
def test_scikit_learn_agrees_on_models(estimator, check):
    check(estimator)


@listed(parametrize_with_checks(SCALERS, expected_failed_checks=lambda _: OF_SCALERS))
def test_scikit_learn_agrees_on_scalers(estimator, check):
    check(estimator)


@pytest.mark.parametrize("scalers", SCALERS, ids=lambda whole: type(whole).__name__)
def test_missing_values_pass_scalers_and_infinity_does_not(scalers, rng):
    X = rng.uniform(size=(60, 3))
    gap, infinite = X.copy(), X.copy()
    gap[0, 0], infinite[0, 0] = np.nan, np.inf
    fitted = clone(scalers).fit(gap)
    missing = np.isnan(fitted.transform(gap))
    assert missing[0, 0]
    assert not missing[1:].any()
    for ask in (clone(scalers).fit, fitted.transform):
        with pytest.raises(ValueError, match="inf"):
            ask(infinite)
