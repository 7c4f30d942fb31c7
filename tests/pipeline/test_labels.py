"""What one step knows of labels, samplers and the last step know, too."""

import numpy as np
import pytest

from skprivate import PrivacyLedger, make_dp_pipeline
from skprivate.calibration import DPCalibratedClassifier
from skprivate.combine import DPCombine
from skprivate.ensemble import DPBalancedBaggingClassifier, DPVotingClassifier
from skprivate.ledger import StrictLedgerError
from skprivate.linear_model import DPLogisticRegression
from skprivate.model_selection import DPTunedThresholdClassifier
from skprivate.multiclass import DPOneVsRestClassifier
from skprivate.multioutput import DPMultiOutputClassifier
from skprivate.over_sampling import DPRandomOverSampler
from skprivate.preprocessing import DPStandardScaler
from skprivate.under_sampling import DPRandomUnderSampler

rng = np.random.default_rng(0)
X = rng.uniform(-1, 1, (300, 2))
Y = (X[:, 0] > 0.5).astype(int)
KNOWN = {"classes": [0, 1]}


def logistic(**params):
    return DPLogisticRegression(bounds=(-1, 1), **params)


def pipe(**params):
    return make_dp_pipeline(DPRandomOverSampler(), DPStandardScaler(), logistic())


TOLD = {
    "last step": (make_dp_pipeline(DPRandomOverSampler(), logistic(**KNOWN)), Y),
    "sampler": (make_dp_pipeline(DPRandomUnderSampler(**KNOWN), logistic()), Y),
    "two samplers": (
        make_dp_pipeline(
            DPRandomOverSampler(),
            DPCombine(bounds=(-1, 1)),
            make_dp_pipeline(logistic(**KNOWN)),
        ),
        Y,
    ),
    "votes": (DPVotingClassifier([("a", pipe())], **KNOWN), Y),
    "one against rest": (DPOneVsRestClassifier(pipe(), classes=[0, 1, 2]), Y),
    "outputs": (DPMultiOutputClassifier(pipe(), classes=[[0, 1]] * 2), np.c_[Y, 1 - Y]),
    "bagging": (DPBalancedBaggingClassifier(pipe(), n_estimators=2, **KNOWN), Y),
    "bagged": (
        DPBalancedBaggingClassifier(
            make_dp_pipeline(DPStandardScaler(), logistic(**KNOWN)), n_estimators=2
        ),
        Y,
    ),
    "calibration": (
        DPCalibratedClassifier(
            make_dp_pipeline(DPRandomOverSampler(), logistic(**KNOWN))
        ),
        Y,
    ),
    "threshold": (
        DPTunedThresholdClassifier(
            make_dp_pipeline(DPRandomOverSampler(), logistic(**KNOWN))
        ),
        Y,
    ),
}


@pytest.mark.filterwarnings("ignore::skprivate.base.UtilityWarning")
@pytest.mark.parametrize("name", TOLD)
def test_told_once_told_to_all(name):
    model, y = TOLD[name]
    given = repr(model.get_params())
    with PrivacyLedger(strict=True) as ledger:
        model.fit(X, y)
    assert len(ledger.records) == 1
    assert not model.privacy_.assumed
    assert repr(model.get_params()) == given


@pytest.mark.filterwarnings("ignore::skprivate.base.UtilityWarning")
def test_nobody_was_told():
    assert len(pipe().fit(X, Y).privacy_.assumed) == 2


UNTOLD = {
    "one against rest": DPOneVsRestClassifier(logistic()),
    "pipeline": pipe(),
    "votes": DPVotingClassifier([("a", pipe())]),
    "bagging": DPBalancedBaggingClassifier(pipe(), n_estimators=2),
}


@pytest.mark.parametrize("name", UNTOLD)
def test_a_strict_ledger_refuses_for_free_who_was_not_told(name):
    with PrivacyLedger(strict=True) as ledger:
        with pytest.raises(StrictLedgerError, match="class labels"):
            UNTOLD[name].fit(X, Y)
        assert not ledger.records
        ledger.dismiss_refusals()


@pytest.mark.parametrize("name", ["votes", "bagging", "calibration", "threshold"])
def test_weights_that_do_not_pass_a_sampler_are_refused_for_free(name):
    with PrivacyLedger() as ledger:
        with pytest.raises(ValueError, match="does not belong"):
            TOLD[name][0].fit(X, Y, sample_weight=np.ones(300))
        assert not ledger.records
