"""What is wrong whatever the labels are is refused before they are read, and paid."""

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans

from skprivate import PrivacyLedger, make_dp_pipeline
from skprivate.combine import DPCombine
from skprivate.over_sampling import (
    DPSMOTE,
    DPSMOTENC,
    DPRandomOverSampler,
    DPSyntheticOverSampler,
)
from skprivate.synthesis import DPTabularSynthesizer
from skprivate.tree import DPDecisionTreeClassifier
from skprivate.under_sampling import DPRandomUnderSampler

X = pd.DataFrame(np.random.default_rng(0).random((200, 2)), columns=["a", "b"])
Y = (X["a"] > 0.8).astype(int)
MISTAKES = [
    (DPTabularSynthesizer(rules=[{}]), "rules must"),
    (DPTabularSynthesizer(rules=[{"none": 1}]), "rules names"),
    (DPTabularSynthesizer(epsilon=1e-9, delta=0), "budget is too small"),
    (DPTabularSynthesizer(bounds=(5, 1)), "reversed"),
    (DPDecisionTreeClassifier(bounds=(5, 1)), "reversed"),
    (DPSMOTENC(bounds=(5, 1)), "reversed"),
    *((sampler(epsilon=1e-9, delta=0), "budget is too small")
      for sampler in (DPSMOTE, DPSMOTENC, DPSyntheticOverSampler, DPCombine)),
    *((sampler(sampling_strategy={1: 10**12}), "two gigabytes")
      for sampler in (DPSMOTE, DPSMOTENC, DPSyntheticOverSampler, DPCombine)),
    *((sampler(sampling_strategy={1: -1}), "negative")
      for sampler in (DPSMOTE, DPCombine, DPRandomOverSampler, DPRandomUnderSampler)),
]  # fmt: skip


@pytest.mark.parametrize(("model", "error"), MISTAKES)
def test_without_classes_mistakes_are_free(model, error):
    with PrivacyLedger() as ledger, pytest.raises(ValueError, match=error):
        model.fit(X, Y)
    assert not ledger.records


def test_a_target_that_a_later_step_needs_is_missed_for_free():
    pipe = make_dp_pipeline(DPTabularSynthesizer(), DPDecisionTreeClassifier())
    with PrivacyLedger() as ledger, pytest.raises(ValueError, match="requires y"):
        pipe.fit(X)
    assert not ledger.records
    make_dp_pipeline(DPTabularSynthesizer(), KMeans(2)).fit(X)
