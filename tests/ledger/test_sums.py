"""What was spent never exceeds what was asked for, not even by a last digit."""

import math

import numpy as np
import pytest

from skprivate import PrivacyLedger, make_dp_pipeline
from skprivate.exploration import dp_count
from skprivate.preprocessing import DPMinMaxScaler, DPStandardScaler

EPSILONS = [0.1, 0.2, 0.3, 1 / 3, 0.5, 0.7, 1.0, 1.1, 2.0, 3.0, math.pi, 5.0, 10.0]
X = np.random.default_rng(0).random((50, 2))


@pytest.mark.parametrize("delta", [0.0, 1e-9, 1e-6, 1e-5])
@pytest.mark.parametrize("epsilon", EPSILONS)
def test_reports_and_ledgers_stay_within_what_was_asked(epsilon, delta):
    budget = {"epsilon": epsilon, "delta": delta}
    with PrivacyLedger(**budget) as ledger:
        scaler = DPStandardScaler(bounds=(0, 1), **budget).fit(X)
    assert scaler.privacy_.epsilon() <= epsilon
    assert ledger.spent() <= epsilon
    both = make_dp_pipeline(DPStandardScaler(), DPMinMaxScaler(), **budget)
    assert both.fit(X).privacy_.epsilon() <= epsilon
    assert both.plan(2).epsilon() <= epsilon
    assert dp_count(X, **budget).privacy.epsilon() <= epsilon


@pytest.mark.parametrize("delta", [0.0, 1e-6])
@pytest.mark.parametrize("epsilon", EPSILONS)
def test_fits_that_were_planned_to_fill_a_cap_fit_into_it(epsilon, delta):
    with PrivacyLedger(epsilon=3 * epsilon, delta=3 * delta) as ledger:
        for _ in range(3):
            DPStandardScaler(bounds=(0, 1), epsilon=epsilon, delta=delta).fit(X)
    assert len(ledger.records) == 3
    assert ledger.spent() <= 3 * epsilon
