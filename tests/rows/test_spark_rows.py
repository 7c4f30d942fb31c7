"""Rows of Spark, on a frame that does what Spark does with `mapInArrow`.

`make spark` tries the same on Spark itself, with workers that are killed.
"""

import pickle

import numpy as np
import pytest

from skprivate import make_dp_pipeline
from skprivate.compose import DPTableVectorizer
from skprivate.ledger import PrivacyLedger
from skprivate.linear_model import DPLogisticRegression
from skprivate.preprocessing import DPStandardScaler
from skprivate.rows import ArrowRows, SparkRows

pa = pytest.importorskip("pyarrow")

N = 300
X = np.random.default_rng(0).normal(size=(N, 2))
Y = (X[:, 0] > 0).astype(int)


class Frame:
    """Batches of a table in partitions; tasks travel as bytes, as they do in Spark."""

    def __init__(self, table, size=70, fail=0):
        self.table, self.size, self.fail = table, size, fail

    def limit(self, n):
        return Frame(self.table.slice(0, n), self.size)

    def select(self, *names):
        names = [name[1:-1].replace("``", "`") for name in names]
        return Frame(self.table.select(names), self.size, self.fail)

    def mapInArrow(self, task, schema):
        assert schema == "error string, body binary"
        told = []
        for i, start in enumerate(range(0, self.table.num_rows, self.size)):
            part = self.table.slice(start, self.size).to_batches(max_chunksize=30)
            for _ in range(1 + (i < self.fail)):  # a task that is lost runs again
                found = [*pickle.loads(pickle.dumps(task))(iter(part))]
            told += found
        names = {"error": pa.string(), "body": pa.binary()}
        return Frame(pa.Table.from_batches(told, pa.schema(names)))

    def toArrow(self):
        return self.table


def table(**columns):
    town = np.where(np.arange(N) % 3, "Ulm", "Kiel")
    age = pa.array(X[:, 1], mask=np.arange(N) % 7 == 0)
    known = {"a": X[:, 0], "b`c": X[:, 1], "town": town, "age": age, "y": Y}
    return pa.table(known | columns)


def logistic(**options):
    return DPLogisticRegression(
        bounds=(-4, 4), classes=[0, 1], random_state=0, **options
    )


@pytest.mark.parametrize("fail", [0, 2])
def test_the_bits_of_an_array(fail):
    rows = SparkRows(Frame(table(), fail=fail), target="y", features=["a", "b`c"])
    ledger, model = PrivacyLedger(5.0, 1e-6), logistic()
    with ledger:
        model.fit(rows)
    np.testing.assert_array_equal(model.coef_, logistic().fit(X, Y).coef_)
    assert model.feature_names_in_.tolist() == ["a", "b`c"]
    assert ledger.spent() == pytest.approx(1.0)


def test_tables_through_a_pipeline():
    def fitted(*rows):
        first, last = DPTableVectorizer(random_state=0), logistic()
        return make_dp_pipeline(first, last, epsilon=20.0).fit(*rows)

    found = fitted(SparkRows(Frame(table()), target="y"))
    expected = fitted(table().drop_columns(["y"]), Y)
    np.testing.assert_array_equal(found[-1].coef_, expected[-1].coef_)


def test_weights_and_no_rows():
    weights = np.arange(N) % 4 / 2
    given = Frame(table(w=weights).select(["a", "y", "w"]))
    found = logistic().fit(SparkRows(given, target="y", weight="w")).coef_
    expected = logistic().fit(X[:, :1], Y, sample_weight=weights).coef_
    np.testing.assert_array_equal(found, expected)
    nothing = SparkRows(given.limit(0), target="y", weight="w")
    logistic().fit(nothing)
    assert nothing.first_row() is None


def test_refusals():
    rows = SparkRows(Frame(table(y=Y + 5)), target="y", features=["a"])
    with pytest.raises(ValueError, match="not in `classes`"):
        logistic().fit(rows)
    with pytest.raises(ValueError, match="no column of the name 'z'"):
        SparkRows(Frame(table()), target="z")
    with pytest.raises(TypeError, match="holds lists"):
        SparkRows(Frame(pa.table({"a": [[1]]})))
    ledger = PrivacyLedger(5.0, 1e-6)
    with ledger, pytest.raises(ValueError, match="'town' of X holds text"):
        logistic().fit(SparkRows(Frame(table()), target="y"))
    assert ledger.spent() == 0
    with pytest.raises(TypeError, match="Give SparkRows"):
        ArrowRows(type("DataFrame", (), {"__module__": "pyspark.sql"})())


def test_errors_of_spark_hold_no_data():
    class Broken(Frame):
        def select(self, *names):
            raise RuntimeError("row 12345.678")

    rows = SparkRows(Frame(table()), features=["a"])
    rows.frame = Broken(table())
    with pytest.raises(ValueError, match="Computing the frame") as caught:
        DPStandardScaler(bounds=(-4, 4)).fit(rows)
    assert "12345" not in str(caught.value)
