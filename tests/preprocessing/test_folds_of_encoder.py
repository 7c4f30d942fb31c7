"""Splitters as ``cv`` of a target encoder: their number counts."""

import numpy as np
import pytest
from sklearn.model_selection import (
    KFold,
    LeaveOneOut,
    ShuffleSplit,
    StratifiedKFold,
    TimeSeriesSplit,
)

from skprivate import PrivacyLedger
from skprivate.model_selection import IndependentFolds
from skprivate.preprocessing import DPTargetEncoder

pd = pytest.importorskip("pandas")

N = 600
X = pd.DataFrame({"town": np.array(["a", "b"])[np.arange(N) % 2]})
y = (np.arange(N) % 2 + np.random.default_rng(0).normal(size=N)) / 4
TOLD = {"categories": [["a", "b"]], "target_bounds": (-1, 1), "random_state": 0}


@pytest.mark.parametrize(
    "cv", [IndependentFolds(3), KFold(3), KFold(3, shuffle=True), StratifiedKFold(3)]
)
def test_they_are_their_number_of_folds(cv):
    expected = DPTargetEncoder(cv=3, **TOLD).fit_transform(X, y)
    # The seed of noise is mixed with parameters, but not that of the folds.
    found = DPTargetEncoder(cv=cv, **TOLD).fit_transform(X, y)
    assert found.shape == expected.shape
    assert abs(found - expected).max() < 0.2
    assert len({*found[:, 0]}) == len({*expected[:, 0]}) == 6


@pytest.mark.parametrize(
    "cv",
    [
        TimeSeriesSplit(3),
        ShuffleSplit(3),
        LeaveOneOut(),
        KFold(3, shuffle=True, random_state=0),
        IndependentFolds(1),
        1,
        "3",
        None,
    ],
)
def test_others_are_refused_for_free(cv):
    with PrivacyLedger() as ledger, pytest.raises(ValueError, match="cv"):
        DPTargetEncoder(cv=cv, **{**TOLD, "random_state": None}).fit_transform(X, y)
    assert len(ledger.records) == 0
