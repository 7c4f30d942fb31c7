"""Tables with categories: what is public, what is read, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.base import BaseEstimator

from skprivate.rows import ChunkRows, Column, Door, Parties, TableRows, schema_of
from skprivate.rows import as_rows as rows_of

pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")

TOWNS = ["Ulm", "Bonn", None, "Ulm"]


def frame(dtype_backend=None):
    table = pd.DataFrame(
        {
            "town": TOWNS,
            "size": pd.Categorical(["M", "S", "M", None], categories=["S", "M"]),
            "whole": pd.array([1, None, 3, 3], dtype="Int64"),
            "yes": pd.array([True, None, False, True], dtype="boolean"),
            "day": pd.to_datetime(["2020-01-01", "2020-01-02", None, "1970-01-01"]),
            "real": [1.5, np.nan, 2.0, 3.0],
        }
    )
    table["day"] = table["day"].dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo")
    if dtype_backend:
        table = table.convert_dtypes(dtype_backend=dtype_backend)
    return table


def polars_frame():
    columns = {
        "town": pl.Series(TOWNS),
        "size": pl.Series(["M", "S", "M", None], dtype=pl.Enum(["S", "M"])),
        "whole": pl.Series([1, None, 3, 3]),
        "yes": pl.Series([True, None, False, True]),
        "day": pl.Series([18262, 18263, None, 0]).cast(pl.Date),
        "real": pl.Series([1.5, None, 2.0, 3.0]),
    }
    return pl.DataFrame(columns)


FRAMES = {
    "pandas": frame,
    "nullable": lambda: frame("numpy_nullable"),
    "Arrow": lambda: frame("pyarrow"),
    "polars": polars_frame,
}
each_frame = pytest.mark.parametrize("make", FRAMES.values(), ids=FRAMES)


@each_frame
def test_the_schema_is_public(make):
    columns = schema_of(make())
    assert [c.name for c in columns] == ["town", "size", "whole", "yes", "day", "real"]
    kinds = ["category", "category", "number", "boolean", "date", "number"]
    assert [c.kind for c in columns] == kinds
    declared = [None, ("S", "M"), None, (False, True), None, None]
    assert [c.declared for c in columns] == declared


@each_frame
def test_all_columns_are_read_alike(make):
    table = make()
    rows = Door(columns=schema_of(table), allow_nan=True).admit(table)
    found = rows.coded([["Bonn"], ["S", "M"]]).X
    day = 86400.0
    expected = [
        [1, 1, 1, 1, 18262 * day, 1.5],
        [0, 0, np.nan, np.nan, 18263 * day, np.nan],
        [np.nan, 1, 3, 0, np.nan, 2],
        [1, np.nan, 3, 1, 0, 3],
    ]
    np.testing.assert_array_equal(found, expected)


@each_frame
def test_values_are_counted_by_key_and_of_one_type(make):
    table = make()
    table = table[["town", "size", "whole", "yes", "real"]]
    columns = tuple(replace(c, kind="category") for c in schema_of(table))
    tally = Door(columns=columns).admit(table).tally(range(5), missing=True)
    expected = {
        (0, "Ulm"): 2, (0, "Bonn"): 1, (0, None): 1,
        (1, "M"): 2, (1, "S"): 1, (1, None): 1,
        (2, 1): 1, (2, 3): 2, (2, None): 1,
        (3, True): 2, (3, False): 1, (3, None): 1,
        (4, 1.5): 1, (4, 2.0): 1, (4, 3.0): 1, (4, None): 1,
    }  # fmt: skip
    assert dict(tally) == expected
    types = [str, str, int, bool, float]
    assert all(v is None or type(v) is types[j] for j, v in tally)


def test_rows_without_weight_are_not_counted():
    columns = (Column(None, "category"),)
    rows = Door(columns=columns).admit([["a"], ["b"]], None, [1.0, 0.0])
    assert dict(rows.tally([0])) == {(0, "a"): 1}


def test_missing_values_may_have_a_code():
    columns = (Column(None, "category"),)
    rows = Door(columns=columns).admit([["a"], [None], [np.nan], ["c"]])
    assert rows.coded([["a", np.nan]]).X.ravel().tolist() == [0, 1, 1, 2]


@pytest.mark.parametrize(
    "values",
    [
        ["secret", 1],
        ["secret", 1.5],
        ["secret", b"secret"],
        [["secret"], ["secret"]],
        [{"secret": 1}, 2],
        [True, "secret"],
        [True, 2.0],
        [np.datetime64("2020-01-01"), "secret"],
    ],
)
def test_mixed_types_are_refused_and_not_shown(values):
    column = np.empty(len(values), dtype=object)
    column[:] = values
    for table in (column[:, None], pd.DataFrame({"a": column})):
        with pytest.raises(TypeError, match=r"mixes (text|them) with") as caught:
            Door(columns=(Column(None, "category"),)).admit(table)
        assert "secret" not in str(caught.value)


def test_text_is_no_number():
    for table in (pd.DataFrame({"a": ["1"]}), np.array([["1"]], object)):
        with pytest.raises(ValueError, match="text where numbers are needed"):
            Door(columns=(Column(None, "number"),)).admit(table)


def test_a_gap_does_not_change_the_type_of_other_values():
    """Else a single row would show in every key: 1 would become 1.0."""
    columns = (Column(None, "category"),)
    without = Door(columns=columns).admit(np.array([[1], [2]], object))
    with_gap = Door(columns=columns).admit(np.array([[1], [2], [None]], object))
    assert repr(list(without.tally([0]))) == repr(list(with_gap.tally([0])))


def test_zeros_of_both_signs_are_one_value():
    rows = Door(columns=(Column(None, "category"),)).admit([[-0.0], [0.0]])
    assert repr(list(rows.tally([0]).items())) == "[((0, 0.0), 2)]"


def test_columns_without_any_value():
    table = pd.DataFrame({"a": [None, None], "b": [np.nan, np.nan], "c": ["x", "x"]})
    columns = tuple(Column(name, "category") for name in "abc")
    rows = Door(columns=columns).admit(table)
    assert dict(rows.tally([0, 1, 2])) == {(2, "x"): 2}
    assert np.isnan(rows.coded([[], ["u"], []]).X[:, :2]).all()


def test_columns_of_one_name_are_refused():
    table = pd.DataFrame([["a", "b"], ["a", "c"]], columns=["x", "x"])
    with pytest.raises(ValueError, match="the same name"):
        Door(columns=schema_of(table)).admit(table)


def test_codes_are_private_before_they_are_made_public():
    rows = Door(columns=(Column(None, "category"),)).admit([["a"]])
    with pytest.raises(TypeError, match=r"curator\.categories"):
        rows.total([])


@pytest.mark.parametrize("bad", [np.inf, -np.inf])
def test_infinity_is_refused(bad):
    for kind in ("category", "number"):
        with pytest.raises(ValueError, match="infinity"):
            Door(columns=(Column(None, kind),), allow_nan=True).admit([[bad]])


def test_gaps_are_for_estimators_that_ask_for_them():
    with pytest.raises(ValueError, match="contains NaN"):
        Door(columns=(Column(None, "number"),)).admit([[np.nan]])


def test_sources_tell_what_occurs_and_give_the_same_codes():
    columns = (Column(None, "category"), Column(None, "number"))
    chunks = [pd.DataFrame({"a": ["u"], "b": [1.0]}), np.array([["v", 2.0]], object)]
    door = Door(columns=columns)
    sources = [
        ChunkRows(lambda: iter(chunks[:1])),
        Parties(ChunkRows(lambda: iter(chunks[1:]))),
    ]
    for source, code, value in zip(sources, (0.0, 1.0), "uv", strict=True):
        rows = source.through(door)
        assert rows.columns == columns
        assert dict(rows.tally([0])) == {(0, value): 1}
        assert rows.coded([["u"]]).total([_First()])[0].tolist() == [code]


class _First:
    """Adds the first column."""

    max_rows = 10
    n_totals = 1
    largest_entry = 10.0

    def __call__(self, X, y, weight):
        return X[:, :1].sum(axis=0)


def test_a_million_texts_cost_arrays_and_no_loop():
    words = pd.Series(np.arange(10**6).astype(str))
    rows = rows_of(
        BaseEstimator(),
        pd.DataFrame({"a": words}),
        target="none",
        accept_sparse=False,
        read_as=lambda columns: columns,
    )
    assert isinstance(rows, TableRows)
    assert len(rows.tally([0])) == 10**6
    assert np.all(rows.coded([["0"]]).X[1:] == 1)
