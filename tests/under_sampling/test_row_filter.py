"""Rows left out by a public rule: each on its own, so that neighbours stay."""

import numpy as np
import pandas as pd
import pytest

from skprivate.composition import privacy_cost
from skprivate.linear_model import DPLogisticRegression
from skprivate.pipeline import make_dp_pipeline
from skprivate.schema import Schema
from skprivate.under_sampling import RowFilter

TABLE = pd.DataFrame(
    {
        "age": [20.0, 130.0, np.nan, 55.0, -1.0, 70.0],
        "plan": ["free", "team", "free", "gold", "team", None],
        "since": pd.to_datetime(["2020-01-01", "2021-01-01"] * 3),
        "member": [True, False, True, True, False, True],
    }
)
TARGET = np.arange(6)
SCHEMA = Schema(
    {"age": (0, 120), "plan": ["free", "team"], "since": ("2020-06-01", "2030-01-01")}
)
FILTERS = {
    "nothing": (RowFilter(), [0, 1, 2, 3, 4, 5]),
    "a rule": (RowFilter(lambda row: row["member"]), [0, 2, 3, 5]),
    "no gaps": (RowFilter(missing="drop"), [0, 1, 3, 4]),
    "bounds and categories": (
        RowFilter(schema={"age": (0, 120), "plan": ["free", "team"]}),
        [0, 2, 5],
    ),
    "dates": (RowFilter(schema=SCHEMA), [5]),
    "all": (RowFilter(lambda row: True, schema=SCHEMA, missing="drop"), []),
}


@pytest.mark.parametrize("kind", ["pandas", "polars"])
@pytest.mark.parametrize("name", FILTERS)
def test_kept_rows(name, kind):
    row_filter, expected = FILTERS[name]
    table, target = TABLE, TARGET
    if kind == "polars":
        pl = pytest.importorskip("polars")
        plans = [None if pd.isna(plan) else plan for plan in TABLE["plan"]]
        table = pl.DataFrame(TABLE.to_dict("list") | {"plan": plans}, nan_to_null=True)
        table = table.with_columns(pl.col("since").cast(pl.Datetime("us")))
    kept, y = row_filter.fit_resample(table, target)
    assert type(kept) is type(table)
    assert y.tolist() == expected
    assert kept["member"].to_numpy().tolist() == TABLE["member"][expected].tolist()


@pytest.mark.parametrize("name", FILTERS)
def test_a_row_decides_about_itself_alone(name):
    row_filter, expected = FILTERS[name]
    alone = [len(row_filter.fit_resample(TABLE[i : i + 1])[0]) for i in range(6)]
    assert np.flatnonzero(alone).tolist() == expected
    for left_out in range(6):
        others = np.delete(TARGET, left_out)
        _, y = row_filter.fit_resample(TABLE.iloc[others], others)
        assert y.tolist() == [i for i in expected if i != left_out]


def test_bounds_of_arrays():
    X = np.array([[0.0, 5.0], [1.0, np.nan], [2.0, 1.0], [1e308, 5e-324]])
    kept, none = RowFilter(bounds=([0, 1], [1, 9])).fit_resample(X)
    np.testing.assert_array_equal(kept, X[:2])
    assert none is None
    with pytest.raises(ValueError, match="schema"):
        RowFilter(bounds=(0, 1)).fit_resample(TABLE)


def test_a_rule_cannot_alter_rows_nor_speak_of_them():
    X = np.array([[0.7362514, 1.0]])

    def alter(row):
        row[0] = 0.0
        return True

    def tell(row):
        raise KeyError(row[0])

    for keep in (alter, tell, lambda row: row[0], lambda row: None):
        with pytest.raises(ValueError, match="keep failed") as caught:
            RowFilter(keep).fit_resample(X)
        assert "0.7362" not in repr(caught.value)
        assert caught.value.__context__ is None
    assert X[0, 0] == 0.7362514


def test_it_costs_nothing_in_a_pipeline():
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (3000, 3))
    y = (X[:, 0] > 0).astype(int)
    model = DPLogisticRegression(classes=[0, 1], bounds=(-1, 1))
    row_filter = RowFilter(lambda row: abs(row[1]) < 0.5)
    pipeline = make_dp_pipeline(row_filter, model, epsilon=2.0).fit(X, y)
    assert pipeline.score(X, y) > 0.9
    assert pipeline.privacy_.epsilon() == pytest.approx(2.0, rel=1e-3)
    cost = privacy_cost(row_filter)
    assert not cost.leaks
    assert cost.private
    assert "assumed: " in cost.note
    assert "assumed: " not in privacy_cost(RowFilter(bounds=(0, 1))).note
    assert any("remembers" in fact for fact in pipeline.privacy_.assumed)


@pytest.mark.parametrize(
    "schema", [{"size": (0, 1)}, {"age": "number", "plans": ["free"]}]
)
def test_columns_that_are_not_there_are_refused(schema):
    with pytest.raises(ValueError, match="does not have once"):
        RowFilter(schema=schema).fit_resample(TABLE)


def test_lengths_must_agree():
    with pytest.raises(ValueError, match="same number of rows"):
        RowFilter().fit_resample(TABLE, TARGET[1:])
