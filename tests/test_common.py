"""What every estimator of the package must do. Nothing here names an estimator."""

import pytest
from imblearn.utils import estimator_checks as sampler_checks
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks

from skprivate.base import replaces_rows
from skprivate.testing import all_estimators, parametrize_with_dp_checks
from skprivate.testing._attack import check_attack_stays_within_the_claim
from skprivate.testing._checks_answers import check_answers_do_not_depend_on_company
from skprivate.testing._checks_company import (
    check_contributions_do_not_depend_on_company,
    check_contributions_do_not_depend_on_the_table,
)
from skprivate.testing._examples import configured, small

PRIVATE = [small(cls()) for _, cls in all_estimators("private")]
STATELESS = [cls() for _, cls in all_estimators("stateless")]
SAMPLERS = [e.set_params(random_state=0) for e in PRIVATE if hasattr(e, "fit_resample")]

IN_COMPANY = (
    check_answers_do_not_depend_on_company,
    check_contributions_do_not_depend_on_company,
    check_contributions_do_not_depend_on_the_table,
)

NO_NOISE = (
    "demands that two fits on different data sets give the same numbers, so that "
    "noise were shared, and that weights without a public limit count in full"
)
NO_ROW_LABELS = "demands labels_, one number for each training row"
EXACT_QUANTILE = (
    "demands that exactly as many training rows as asked are called outliers: an exact "
    "quantile of their scores"
)
# Check -> the leak that it demands. For all estimators alike.
DEMANDS_A_LEAK = {
    "check_sample_weight_equivalence": NO_NOISE,  # scikit-learn < 1.7
    "check_sample_weight_equivalence_on_dense_data": NO_NOISE,
    "check_sample_weight_equivalence_on_sparse_data": NO_NOISE,
    "check_clustering": NO_ROW_LABELS,
    "check_outliers_train": EXACT_QUANTILE,
    "check_outliers_fit_predict": EXACT_QUANTILE,
}


def demands_a_leak(estimator):
    """Those checks that scikit-learn runs on this estimator and that it cannot pass."""
    return DEMANDS_A_LEAK if get_tags(estimator).requires_fit else {}


def demands_rows_back(sampler):
    """Those checks of imbalanced-learn that made-up rows cannot pass."""
    if not replaces_rows(sampler):
        return {}
    rare = "demands what a few dozen rows hold back, for sure"
    return {"check_samplers_string": rare, "check_samplers_nan": rare}


def listed(mark):
    """The same parametrization, from a list: pytest does not want generators.

    A check that demands a leak may pass where noise drowns everything, so its failure
    is not insisted on.
    """
    names, cases = mark.args
    cases = [
        pytest.param(*case.values, id=case.id, marks=[_lenient(m) for m in case.marks])
        if hasattr(case, "marks")
        else case
        for case in cases
    ]
    return pytest.mark.parametrize(names, cases, **mark.kwargs)


def _lenient(mark):
    if mark.name != "xfail":
        return mark
    return pytest.mark.xfail(**(mark.kwargs | {"strict": False}))


def without_attack(mark):
    """The same parametrization but for an attack of few fits: there is one of many."""
    names, cases = mark.args
    kept = [case for case in cases if "check_attack" not in case.id]
    return pytest.mark.parametrize(names, kept)


@listed(
    parametrize_with_checks(PRIVATE + STATELESS, expected_failed_checks=demands_a_leak)
)
def test_scikit_learn_agrees(estimator, check):
    check(estimator)


@listed(
    sampler_checks.parametrize_with_checks(
        SAMPLERS, expected_failed_checks=demands_rows_back
    )
)
def test_imbalanced_learn_agrees(estimator, check):
    check(estimator)


@parametrize_with_dp_checks(PRIVATE + STATELESS, thrifty=True)
def test_privacy(estimator, check):
    check(estimator)


@pytest.mark.slow
@without_attack(parametrize_with_dp_checks(PRIVATE + STATELESS))
def test_privacy_without_thrift(estimator, check):
    """The whole of every product, for every estimator."""
    check(estimator)


def test_every_estimator_is_private_or_made_of_others():
    """Whatever has a ``fit`` spends a budget, learns nothing, or leads others."""
    for name, cls in all_estimators("other"):
        leads = {"estimator", "estimators", "steps", "transformer_list", "transformers"}
        leads |= {"synthesizer"}
        parameters = set(cls._get_param_names())
        if not hasattr(cls, "fit"):
            continue  # a splitter
        assert leads & parameters, f"{name} fits something, and not under a budget"


@pytest.mark.slow
@pytest.mark.parametrize("check", IN_COMPANY, ids=lambda check: check.__name__)
@pytest.mark.parametrize("estimator", PRIVATE, ids=lambda e: type(e).__name__)
def test_company_of_every_size(estimator, check):
    check(estimator, sizes=(1, 2, 3, 7, 64, 255, 256, 600, 601, 1025, 2000))


@pytest.mark.slow
@pytest.mark.parametrize("estimator", PRIVATE, ids=lambda e: type(e).__name__)
def test_attack_with_many_fits(estimator):
    check_attack_stays_within_the_claim(configured(estimator), n_fits=600)
