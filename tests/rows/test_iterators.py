"""An iterator of chunks in place of a source is refused for free, with what to do."""

import numpy as np
import pytest

from skprivate import PrivacyLedger
from skprivate.compose import DPTableVectorizer
from skprivate.linear_model import DPLogisticRegression
from skprivate.preprocessing import DPStandardScaler

CHUNK = np.zeros((9, 2)), np.arange(9) % 2


@pytest.mark.parametrize(
    "model",
    [DPStandardScaler(), DPTableVectorizer(), DPLogisticRegression(classes=[0, 1])],
)
def test_iterators_and_functions(model):
    with PrivacyLedger() as ledger:
        for X in (c for c in [CHUNK]), iter([CHUNK[0]]), lambda: iter([CHUNK]):
            with pytest.raises(TypeError, match=r"ChunkRows\(open\)"):
                model.fit(X)
    assert not len(ledger.records)
