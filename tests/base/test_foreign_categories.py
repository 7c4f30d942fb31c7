"""Categories that no row can have, as types tell, cost nothing."""

import numpy as np
import pandas as pd
import pytest

from skprivate import PrivacyLedger
from skprivate.exploration import dp_count, dp_histogram, dp_mean, dp_quantile
from skprivate.preprocessing import DPOneHotEncoder, DPOrdinalEncoder
from skprivate.rows import ChunkRows

pl = pytest.importorskip("polars")

TEXT = pd.Series(["a", "b"] * 50, name="t")
COLUMNS = {
    "text": TEXT,
    "objects of numpy": TEXT.to_numpy().astype("U1"),
    "categorical": TEXT.astype("category"),
    "polars": pl.Series("t", TEXT.tolist()),
}
NUMBER = pd.Series([1, 2] * 50, name="t")
WRONG = [(column, [1, 2.5]) for column in COLUMNS.values()] + [
    (NUMBER, ["1", "2"]),
    (NUMBER.astype("Float64"), ["1"]),
    (NUMBER == 1, ["yes"]),
    (NUMBER.to_numpy(), [pd.Timestamp("2020-01-01")]),
]


@pytest.mark.parametrize(("column", "listed"), WRONG)
def test_keys_of_another_type_are_refused_for_free(column, listed):
    values = np.arange(100.0)
    with PrivacyLedger() as ledger:
        for ask, given in (
            (dp_count, {}),
            (dp_mean, {"bounds": (0, 99)}),
            (dp_quantile, {"bounds": (0, 99)}),
            (dp_histogram, {"range": (0, 99)}),
        ):
            with pytest.raises(ValueError, match="none of its categories"):
                ask(values, by=column, categories=listed, **given)
    assert not len(ledger.records)


@pytest.mark.parametrize("encoder", [DPOneHotEncoder, DPOrdinalEncoder])
def test_so_are_those_of_encoders(encoder):
    frame, table = TEXT.to_frame(), NUMBER.to_numpy().reshape(-1, 1)
    with PrivacyLedger() as ledger:
        for X, listed in (frame, [[1, 2]]), (table, [["1"]]):
            with pytest.raises(ValueError, match="none of its categories"):
                encoder(categories=listed, min_frequency=2).fit(X)
    assert not len(ledger.records)


def test_what_may_be_there_is_counted():
    objects = TEXT.astype(object)
    for column, listed in (
        (TEXT, ["a", 1]),
        (TEXT, [None, "c"]),
        (objects, [1, 2]),
        (NUMBER, [1.0, 2.5]),
    ):
        for values in np.arange(100.0), pd.Series(np.arange(100.0)):
            assert len(dp_count(values, by=column, categories=listed))
    for rows in TEXT.to_frame(), ChunkRows(lambda: iter([TEXT.to_frame()])):
        encoder = DPOneHotEncoder(categories=[["a", "b"]], min_frequency=2)
        assert encoder.fit(rows).categories_[0].tolist() == ["a", "b"]
