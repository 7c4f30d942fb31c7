"""Checks of privacy, of fits that know public rows or train against an adversary.

All checks of a plain fit run in tests/test_common.py.
"""

import numpy as np
import pytest

from skprivate.linear_model import (
    DPHuberRegressor,
    DPLinearSVC,
    DPLogisticRegression,
    DPRidge,
    PublicCoef,
    PublicRows,
)
from skprivate.testing import dp_checks
from skprivate.testing._examples import example_for

ROWS = example_for(DPLogisticRegression(), seed=7)
NUMBERS = example_for(DPRidge(), seed=7)
WIDTH = ROWS.X.shape[1]
MODELS = {
    "classes": DPLogisticRegression(public=PublicRows(ROWS.X, ROWS.y)),
    "adversary": DPLinearSVC(public=PublicCoef(np.ones(WIDTH)), adversarial=(2, 0.1)),
    "moments": DPRidge(public=PublicRows(NUMBERS.X, NUMBERS.y)),
    "adversary of numbers": DPHuberRegressor(adversarial=(np.inf, 0.2)),
    "numbers": DPHuberRegressor(public=PublicRows(NUMBERS.X, NUMBERS.y)),
}
CHECKS = (
    "check_budget_is_spent_exactly",
    "check_report_lists_every_answer",
    "check_plan_is_what_happens",
    "check_hostile_rows_stay_within_bounds",
    "check_queries_add_up",
    "check_replay_as_given",
    "check_replay_with_weights",
    "check_replay_of_very_few_rows",
    "check_replay_of_unrelated_rows",
    "check_replay_of_clipped_groups",
    "check_contributions_do_not_depend_on_company",
    "check_same_bits_from_every_layout",
    "check_pickles_copies_and_clones",
    "check_ledger_is_debited_exactly",
    "check_strict_ledger_is_obeyed",
)


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_privacy(model, name):
    dp_checks(model)[name](model)


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_the_claim_withstands_an_attack(model):
    dp_checks(model)["check_attack_stays_within_the_claim"](model)
