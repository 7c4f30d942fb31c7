"""Columns of objects, as database drivers give them: dates, decimals, durations."""

import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest

from skprivate.compose import DPTableVectorizer
from skprivate.preprocessing import DPOneHotEncoder, DPStandardScaler

N_ROWS = 60
FIRST = datetime.date(2020, 1, 1)
DAYS = [FIRST + datetime.timedelta(i) for i in range(N_ROWS)]
HOURS = [pd.Timestamp(2020, 1, 1) + pd.Timedelta(hours=i) for i in range(N_ROWS)]
DATES = {
    "dates": DAYS,
    "times": [moment.to_pydatetime() for moment in HOURS],
    "zoned": [m.to_pydatetime().replace(tzinfo=datetime.UTC) for m in HOURS],
    "stamps": HOURS,
    "numpy": [np.datetime64(day) for day in DAYS],
    "gaps": [None, pd.NaT, *DAYS[2:]],
}
PRICES = [Decimal(i) / 4 for i in range(N_ROWS)]
DECIMALS = {"prices": PRICES, "gaps": [None, Decimal("NaN"), *PRICES[2:]]}


def table_of(values):
    column = pd.Series(values, dtype=object)
    return pd.DataFrame({"age": np.arange(1.0 * N_ROWS), "x": column})


def tables_of(values):
    """The same table in pandas, as a list of rows, and in polars."""
    column = pl.Series("x", values, dtype=pl.Object)
    ages = np.arange(1.0 * N_ROWS)
    yield table_of(values), "x"
    yield [list(row) for row in zip(ages, values, strict=True)], "x1"
    yield pl.DataFrame({"age": ages, "x": column}), "x"


@pytest.mark.parametrize("name", DATES)
def test_dates_are_read_where_a_schema_says_so(name):
    for table, column in tables_of(DATES[name]):
        schema = {column: ("2020-01-01", "2021-01-01")}
        vectorizer = DPTableVectorizer(schema=schema, epsilon=5.0)
        assert vectorizer.fit_transform(table).shape == (N_ROWS, 5)


@pytest.mark.parametrize("name", DECIMALS)
def test_decimals_are_read_where_a_schema_says_so(name):
    for table, column in tables_of(DECIMALS[name]):
        vectorizer = DPTableVectorizer(schema={column: (0, 20)}, epsilon=5.0)
        found = vectorizer.fit_transform(table)[2:, 1]
        assert (np.diff(found) >= 0).all()
        assert found[-1] > found[0]


@pytest.mark.parametrize(
    ("values", "advice"),
    [
        *[(dates, "pandas.to_datetime") for dates in DATES.values()],
        *[(decimals, r"astype\(float\)") for decimals in DECIMALS.values()],
        ([datetime.timedelta(i) for i in range(N_ROWS)], "seconds"),
        (["text", *DAYS[1:]], "pandas.to_datetime"),
        ([b"bytes"] * N_ROWS, r"astype\(str\)"),
    ],
)
def test_elsewhere_they_are_no_categories(values, advice):
    X = table_of(values)
    for refuses in (
        lambda: DPTableVectorizer(epsilon=5.0).fit(X),
        lambda: DPOneHotEncoder(epsilon=5.0).fit(X[["x"]]),
    ):
        with pytest.raises(TypeError, match=f"Column 'x' of X .*{advice}"):
            refuses()


@pytest.mark.parametrize("values", [*DATES.values(), [datetime.time(1)] * N_ROWS])
def test_a_column_of_dates_that_should_be_numbers_is_named(values):
    with pytest.raises(TypeError, match="Column 'x' of X holds"):
        DPStandardScaler(bounds=(0, 1)).fit(table_of(values))


def test_decimals_are_numbers():
    assert DPStandardScaler(bounds=(0, 60)).fit(table_of(PRICES)).n_features_in_ == 2
