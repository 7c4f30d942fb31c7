"""What one row of a mixed table can change: exact totals, as far as declared."""

import numpy as np
import pandas as pd
import pytest

from skprivate.exploration import DPDataProfile
from skprivate.testing._replay import record, replay

N_ROWS = 400


def mixed_table():
    rng = np.random.default_rng(0)
    a = rng.normal(size=N_ROWS)
    return pd.DataFrame(
        {
            "a": a,
            "b": np.where(
                rng.random(N_ROWS) < 0.4, np.nan, a + rng.normal(size=N_ROWS)
            ),
            "c": rng.integers(0, 5, N_ROWS).astype(float),
            "word": rng.choice(["red", "green"], N_ROWS).astype(object),
            "size": pd.Categorical(rng.choice(list("SML"), N_ROWS)),
            "day": pd.Timestamp("2024-01-01")
            + pd.to_timedelta(rng.integers(0, 99, N_ROWS), unit="D"),
            "flag": a > 0,
        }
    )


ROWS = {
    "rare": [0.0, 0.0, 0.0, "SECRET", "S", pd.Timestamp("2024-01-05"), True],
    "empty": [np.nan, np.nan, np.nan, None, None, pd.NaT, False],
    "huge": [1e308, -1e308, 5e-324, "red", "L", pd.Timestamp("2261-01-01"), False],
    "usual": [0.1, 0.2, 3.0, "green", "M", pd.Timestamp("2024-02-05"), True],
}
BUDGETS = {
    "as given": {"epsilon": 8.0},
    "pure": {"epsilon": 8.0, "delta": 0.0, "schema": {"word": ["red", "green"]}},
}


@pytest.fixture(scope="module", params=BUDGETS)
def recording(request):
    profile = DPDataProfile(**BUDGETS[request.param])
    return record(profile, X=mixed_table())


@pytest.mark.parametrize("row", ROWS)
def test_one_more_row(recording, row):
    table = mixed_table()
    more = pd.DataFrame([ROWS[row]], columns=table.columns).astype(table.dtypes)
    found = replay(recording, X=pd.concat([table, more], ignore_index=True))
    assert found.findings == []
    assert not found.refused
    assert 0 < found.largest_move <= 1


@pytest.mark.parametrize("number", [0, 17, 399])
def test_one_row_less(recording, number):
    found = replay(recording, X=mixed_table().drop(index=number))
    assert found.findings == []
    assert 0 < found.largest_move <= 1


def test_order_does_not_matter(recording):
    found = replay(recording, units=0, X=mixed_table().iloc[::-1])
    assert found.findings == []
    assert found.largest_move == 0
