"""Made-up rows are of the types of the table, and mean what they say there."""

import numpy as np
import pandas as pd
import pytest

from skprivate import PrivacyLedger
from skprivate.base._limits import limits_of
from skprivate.combine import DPCombine
from skprivate.over_sampling import DPSMOTE, DPSMOTENC, DPSyntheticOverSampler
from skprivate.synthesis import DPTabularSynthesizer

N, RARE = 4000, 400
RNG = np.random.default_rng(0)
TRUE = RNG.random(N) < 0.1
Y = np.repeat([0, 1], [N - RARE, RARE])
KNOWN = {"epsilon": 8.0, "classes": [0, 1], "random_state": 0}
SAMPLERS = {
    "gaussian": DPSyntheticOverSampler(bounds=(0, 1), **KNOWN),
    "mixture": DPSyntheticOverSampler(bounds=(0, 1), method="mixture", **KNOWN),
    "marginals": DPSyntheticOverSampler(bounds=(0, 1), method="marginals", **KNOWN),
    "smote": DPSMOTE(bounds=(0, 1), **KNOWN),
    "smotenc": DPSMOTENC(bounds=(0, 1), **KNOWN),
}
BOOLEANS = {
    "array": lambda: TRUE[:, None],
    "pandas": lambda: pd.DataFrame({0: TRUE}),
    "pandas with gaps": lambda: pd.DataFrame({"a": pd.array(TRUE, dtype="boolean")}),
    "polars": lambda: pytest.importorskip("polars").DataFrame({"a": TRUE}),
}


@pytest.mark.parametrize("make", BOOLEANS.values(), ids=BOOLEANS)
@pytest.mark.parametrize("name", SAMPLERS)
def test_booleans_are_true_about_as_often(name, make):
    new = SAMPLERS[name].fit_resample(make(), Y)[0][N:]
    new = np.asarray(new).astype(float)
    assert len(new) > 2000
    assert {*np.unique(new)} <= {0.0, 1.0}
    assert 0.04 < new.mean() < 0.2


@pytest.mark.parametrize("dtype", ["uint8", "UInt8", "int8", "Int8"])
@pytest.mark.parametrize("make", [DPSMOTENC, DPSyntheticOverSampler, DPSMOTE])
def test_whole_numbers_do_not_run_over(make, dtype):
    top = np.iinfo(dtype.lower()).max
    X = pd.DataFrame({"a": pd.array(RNG.integers(top - 9, top + 1, N), dtype=dtype)})
    wide = make(bounds=(-300, 300), **KNOWN).fit_resample(X, Y)[0]
    assert wide["a"].dtype == dtype
    assert np.quantile(wide["a"][N:].astype(int), 0.1) > top - 60


def test_nanoseconds_do_not_run_over():
    days = pd.Series(np.repeat(np.datetime64("2262-04-11"), N)).astype("M8[ns]")
    X = pd.DataFrame({"until": days, "a": RNG.random(N)})
    known = {"until": ("1700-01-01", "2290-01-01")}
    wide, _ = DPSMOTENC(schema=known, **KNOWN).fit_resample(X, Y)
    assert wide["until"].dtype == "M8[ns]"
    assert len(wide) > N + 2000


@pytest.mark.parametrize("sampler", [*SAMPLERS.values(), DPCombine(bounds=(0, 1))])
def test_columns_of_classes_without_rows_stay_empty(sampler):
    hot = np.eye(3, dtype=int)[2 * Y]
    sampler = type(sampler)(bounds=(0, 1), epsilon=8.0, random_state=0)
    _, more = sampler.fit_resample(RNG.random((N, 2)), hot)
    assert more[:, 1].sum() == 0
    assert more[:, 2].sum() > RARE


@pytest.mark.parametrize("classes", [["a", "b", "c"], [0, 1, 2, 3]])
def test_classes_that_are_no_columns_are_refused_for_free(classes):
    hot, sampler = np.eye(3, dtype=int)[2 * Y], DPSMOTE(classes=classes)
    with PrivacyLedger() as ledger, pytest.raises(ValueError, match="numbers of these"):
        sampler.fit_resample(RNG.random((N, 2)), hot)
    assert not ledger.records


TARGETS = {
    "categorical": lambda: pd.Categorical.from_codes(Y, ["n", "p"]),
    "whole numbers": lambda: pd.array(Y, dtype="Int64"),
    "texts": lambda: pd.array(np.array(["n", "p"])[Y], dtype="string"),
    "index": lambda: pd.Index(Y),
    "tuple": lambda: tuple(Y.tolist()),
    "arrow": lambda: pytest.importorskip("pyarrow").array(Y),
}


@pytest.mark.parametrize("make", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("sampler", [DPSMOTE, DPCombine, DPTabularSynthesizer])
def test_targets_of_any_kind_come_back(sampler, make):
    sampler = sampler(bounds=(0, 1), epsilon=8.0, random_state=0)
    rows, labels = sampler.fit_resample(RNG.random((N, 2)), make())
    assert len(rows) == len(labels)
    assert set(labels) <= set(np.asarray(make()).tolist())


@pytest.mark.parametrize("name", SAMPLERS)
def test_hardly_any_budget_is_refused_for_free(name):
    sampler = SAMPLERS[name]
    sampler = type(sampler)(**sampler.get_params() | {"epsilon": 1e-9, "delta": 0})
    with PrivacyLedger() as ledger, pytest.raises(ValueError, match="budget is too"):
        sampler.fit(RNG.random((N, 1)), Y)
    assert not ledger.records


@pytest.mark.parametrize("labels", [[2**53 + 1, 2**53 + 3], [2**63 - 1, 2**63 - 3]])
def test_large_labels_of_new_rows_are_those_of_the_classes(labels):
    y = np.repeat(labels, [250, 50])
    X = np.random.default_rng(0).random((300, 2))
    sampler = DPSMOTE(epsilon=8.0, bounds=(0, 1), random_state=0)
    _, more = sampler.fit_resample(X, y)
    assert len(more) > 300
    assert {*more.tolist()} == {*labels}


@pytest.mark.parametrize("unit", ["ms", "ns"])
def test_names_of_time_zones_say_nothing_about_limits(unit):
    low, high = limits_of(f"datetime64[{unit}, Australia/Queensland]")
    assert np.isfinite([low, high]).all() == (unit == "ns")
