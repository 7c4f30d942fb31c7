"""A gap that a later step will refuse is found before an earlier one releases."""

import numpy as np
import pytest
from sklearn.preprocessing import FunctionTransformer

from skprivate import make_dp_pipeline
from skprivate.base import Curator
from skprivate.compose import make_dp_column_transformer
from skprivate.decomposition import DPPCA
from skprivate.impute import DPSimpleImputer
from skprivate.linear_model import DPLogisticRegression
from skprivate.preprocessing import DPMinMaxScaler, DPStandardScaler

pd = pytest.importorskip("pandas")

X = np.random.default_rng(0).uniform(0, 1, (200, 2))
X[3, 0] = np.nan
y = (X[:, 1] > 0.5).astype(int)
ROWS = pd.DataFrame(X, columns=["a", "b"])


def columns(*parts):
    return make_dp_column_transformer(*parts)


REFUSED = {
    "a function of NumPy": [FunctionTransformer(np.abs)],
    "the identity": [FunctionTransformer()],
    "scaled columns": [columns((DPMinMaxScaler(), [0, 1]))],
    "passed columns": [columns(("passthrough", [0]), (DPMinMaxScaler(), [1]))],
    "a part": [columns((DPPCA(1), [0, 1]))],
    "one more": [columns((DPMinMaxScaler(), [0])), FunctionTransformer(np.square)],
}
TAKEN = {
    "dropped": [columns((DPMinMaxScaler(), [1]))],
    "filled": [columns((DPSimpleImputer(), [0, 1]))],
    "filled later": [FunctionTransformer(np.abs), DPSimpleImputer()],
    "no gap": [FunctionTransformer(np.isnan)],
}


@pytest.fixture
def releases(monkeypatch):
    found, release = [], Curator._noisy

    def noisy(self, *args, **kwargs):
        if type(self) is Curator:
            found.append(self)
        return release(self, *args, **kwargs)

    monkeypatch.setattr(Curator, "_noisy", noisy)
    return found


def model(steps, first=None):
    classes = {"classes": [0, 1], "bounds": (0, 1)}
    first = DPStandardScaler(bounds=(0, 1)) if first is None else first
    return make_dp_pipeline(first, *steps, DPLogisticRegression(**classes))


@pytest.mark.parametrize("steps", REFUSED.values(), ids=[*REFUSED])
def test_nothing_is_released_before_a_gap_is_refused(steps, releases):
    with pytest.raises(ValueError, match="contains NaN"):
        model(steps).fit(X, y)
    assert not releases


@pytest.mark.parametrize("steps", TAKEN.values(), ids=[*TAKEN])
def test_a_gap_that_nobody_meets_passes(steps):
    model(steps).fit(X, y)


def test_columns_by_name(releases):
    first = DPStandardScaler(bounds=(0, 1)).set_output(transform="pandas")
    with pytest.raises(ValueError, match="contains NaN"):
        model([columns((DPMinMaxScaler(), ["a"]))], first).fit(ROWS, y)
    assert not releases
    model([columns((DPMinMaxScaler(), ["b"]))], first).fit(ROWS, y)


def test_a_step_that_keeps_gaps_may_be_the_last():
    for last in FunctionTransformer(np.abs), columns((DPMinMaxScaler(), [0])):
        pipe = make_dp_pipeline(DPStandardScaler(bounds=(0, 1)), last)
        assert np.isnan(pipe.fit(X).transform(X)[3, 0])
