"""A row is read alike in whatever company: no type follows from other values."""

from datetime import date, datetime, timedelta, timezone
from fractions import Fraction

import numpy as np
import pytest

from skprivate.mechanisms import Entropy
from skprivate.rows import ChunkRows, Column, DaskRows, Door, is_missing, schema_of
from skprivate.rows._features import checked_features
from skprivate.rows._groups import units_of
from skprivate.rows._labels import encode, sorted_classes, sorted_labels
from skprivate.rows._target import checked_target
from skprivate.rows._untyped import typed_array
from skprivate.rows._weights import bounded_weights

pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")
pa = pytest.importorskip("pyarrow")

BIG = 2**53 + 1
LARGE = [BIG, BIG - 1, 2**63 - 1, 1, 0, None]
LARGER = [BIG, 2**63, 2**64 - 1, 1, None]
SIGNED = [*LARGE, -1, -BIG]
NUMBERS = [
    *(BIG, BIG - 1, float(BIG - 1), 2**63, -(2**63), 2**64, 2**70 + 1, -1, 0, 1),
    *(0.0, -0.0, 0.5, 1.0, 1e300, 5e-324, None, float("nan"), pd.NA, pd.NaT),
    *(np.float32(0.1), np.int8(3), np.uint64(2**64 - 1), Fraction(1, 3)),
]
REALS = [0.5, 1.0, 2.0**53, -0.0, None]
FIRST = datetime(2020, 1, 1, 12)
TEXTS = ["a", "b" * 20, "", "é", "1", "nan", "None", None]


def objects(values):
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def in_pandas(dtype):
    return lambda values: pd.DataFrame({"a": pd.array(objects(values), dtype=dtype)})


def in_polars(dtype):
    return lambda values: pl.DataFrame({"a": pl.Series(values, dtype=dtype)})


def in_objects(values):
    return pd.DataFrame({"a": pd.Series(objects(values), dtype=object)})


DICTIONARY = pd.ArrowDtype(pa.dictionary(pa.int8(), pa.int64()))
UNTYPED = {
    "list": lambda values: [[v] for v in values],
    "tuple": lambda values: tuple((v,) for v in values),
    "arrays": lambda values: [objects([v]) for v in values],
    "objects": lambda values: objects(values)[:, None],
    "pandas": in_objects,
}
CATEGORIES = {
    **{name: (make, NUMBERS) for name, make in UNTYPED.items()},
    **{f"{name} of text": (make, TEXTS) for name, make in UNTYPED.items()},
    **{
        f"{name} of bool": (make, [True, False, np.True_, None])
        for name, make in UNTYPED.items()
    },
    "Int64": (in_pandas("Int64"), SIGNED),
    "UInt64": (in_pandas("UInt64"), LARGER),
    "int64[pyarrow]": (in_pandas("int64[pyarrow]"), SIGNED),
    "uint64[pyarrow]": (in_pandas("uint64[pyarrow]"), LARGER),
    "boolean": (in_pandas("boolean"), [True, False, None]),
    "bool[pyarrow]": (in_pandas("bool[pyarrow]"), [True, False, None]),
    "Float32": (in_pandas("Float32"), REALS),
    "Float64": (in_pandas("Float64"), REALS),
    "double[pyarrow]": (in_pandas("double[pyarrow]"), REALS),
    "string": (in_pandas("string"), TEXTS),
    "string[pyarrow]": (in_pandas("string[pyarrow]"), TEXTS),
    "dictionary": (in_pandas(DICTIONARY), LARGE),
    "categorical": (in_pandas(pd.CategoricalDtype([BIG, BIG - 1, 1])), [BIG, 1, None]),
    "polars Int8": (in_polars(pl.Int8), [1, -1, None]),
    "polars Int64": (in_polars(pl.Int64), SIGNED),
    "polars UInt64": (in_polars(pl.UInt64), LARGER),
    "polars Int128": (in_polars(pl.Int128), [*SIGNED, 2**100]),
    "polars Boolean": (in_polars(pl.Boolean), [True, False, None]),
    "polars Float32": (in_polars(pl.Float32), REALS),
    "polars Float64": (in_polars(pl.Float64), [*REALS, float("nan")]),
    "polars String": (in_polars(pl.String), TEXTS),
    "polars Categorical": (in_polars(pl.Categorical), TEXTS),
    "polars Enum": (in_polars(pl.Enum(["b", "a"])), ["a", "b", None]),
}  # fmt: skip
NUMERIC = {
    name: (make, values)
    for name, (make, values) in CATEGORIES.items()
    if not any(isinstance(v, str) for v in values) and name != "categorical"
}


def keys(table):
    """What each row of a table adds to, when categories are searched."""
    rows = Door(columns=(Column(None, "category"),)).admit(table)
    values = [*rows._values[0], None]
    codes = np.nan_to_num(rows.X[:, 0], nan=len(values) - 1).astype(int)
    return [repr(values[code]) for code in codes]


@pytest.mark.parametrize("name", CATEGORIES)
def test_keys(name):
    make, values = CATEGORIES[name]
    alone = [keys(make([value]))[0] for value in values]
    assert keys(make(values)) == alone
    assert keys(make(values[::-1])) == alone[::-1]
    for other in values:
        pairs = [keys(make([value, other]))[0] for value in values]
        assert pairs == alone
    whole = [(v, k) for v, k in zip(values, alone, strict=True) if type(v) is int]
    assert all(int(k.partition(".")[0]) == v for v, k in whole if abs(v) < 2**63)


@pytest.mark.parametrize("name", NUMERIC)
def test_numbers(name):
    make, values = NUMERIC[name]

    def read(values):
        table = make(values)
        door = Door(columns=(Column(None, "number"),), allow_nan=True)
        return door.admit(table).X[:, 0]

    def features(values):
        return checked_features(make(values), allow_nan=True)[:, 0]

    for reader in (read, features):
        alone = [reader([value])[0] for value in values]
        for other in values:
            found = reader([*values, other])[:-1]
            assert found.tobytes() == np.array(alone).tobytes()


DATES = [
    *(date(2020, 1, 31), datetime(2020, 1, 31, 12, 30), None, pd.NaT),
    *(np.datetime64("1969-12-31"), np.datetime64("2020-01-31T00:00:00.123456789")),
    *(pd.Timestamp("2020-01-31T00:00:00.123456789"), pd.Timestamp("9000-01-01")),
    datetime(2020, 1, 31, tzinfo=timezone(timedelta(hours=9))),
    pd.Timestamp("2020-01-31", tz="Asia/Tokyo"),
]
PLAIN_DATES = [datetime(2020, 1, 31), datetime(1969, 12, 31, 23, 59, 59, 999999), None]
DATED = {
    **{name: (make, DATES) for name, make in UNTYPED.items()},
    "days": (in_polars(pl.Date), [date(2020, 1, 31), date(1, 1, 1), None]),
    "Arrow days": (in_pandas("date32[pyarrow]"), [date(1900, 1, 31), date(9000, 1, 1)]),
    **{
        f"{unit}": (in_pandas(f"datetime64[{unit}]"), PLAIN_DATES)
        for unit in ("us", "ns")
    },
    "Arrow ns": (in_pandas("timestamp[ns][pyarrow]"), PLAIN_DATES),
    "zones": (in_pandas("datetime64[us, Asia/Tokyo]"), PLAIN_DATES),
    "polars": (in_polars(pl.Datetime("ns")), PLAIN_DATES),
}  # fmt: skip


@pytest.mark.parametrize("name", DATED)
def test_dates(name):
    make, values = DATED[name]

    def read(values):
        door = Door(columns=(Column(None, "date"),), allow_nan=True)
        return door.admit(make(values)).X[:, 0]

    alone = [read([value])[0] for value in values]
    for other in values:
        np.testing.assert_array_equal(read([*values, other])[:-1], alone)


def test_a_list_of_dates_is_read_as_a_column_of_dates_is():
    columns = (Column(None, "date"),)
    listed = Door(columns=columns).admit([[d] for d in PLAIN_DATES[:2]]).X
    typed = Door(columns=columns).admit(pd.DataFrame({"d": PLAIN_DATES[:2]})).X
    np.testing.assert_array_equal(listed, typed)


def test_a_list_declares_no_types():
    for values in ([1.5], [None], ["a"], [True], [2**70]):
        assert schema_of([[v] for v in values]) == (Column(None, "number"),)


def test_text_that_is_shown_in_a_way_of_its_own_is_plain_text():
    class Loud(str):
        def __str__(self):
            return "LOUD"

    for values in ([Loud("a"), "a"], ["a", Loud("a")]):
        rows = Door(columns=(Column(None, "category"),)).admit(objects(values)[:, None])
        assert dict(rows.tally([0])) == {(0, "a"): 2}


IDS = [
    *(2**60, 2**60 + 1, float(2**60), 2**63, 2**63 + 1, 2**64 + 1, -1, 1, 1.0, True),
    *(0, False, -0.0, 0.5, "1", "a", "a" * 9, b"a", np.str_("a"), np.int8(1)),
    np.uint64(2**63),
]
GROUPS = {
    "list": (list, IDS),
    "tuple": (tuple, IDS),
    "objects": (objects, IDS),
    "pandas": (lambda values: pd.Series(objects(values), dtype=object), IDS),
    "Int64": (lambda v: pd.array(v, dtype="Int64"), [2**60, 2**60 + 1, 1, -1]),
    "Arrow": (lambda v: pd.Series(v, dtype="uint64[pyarrow]"), [2**63, 2**63 + 1, 1]),
    "string": (lambda v: pd.Series(v, dtype="string"), TEXTS[:-1]),
    "categorical": (pd.Categorical, [BIG, BIG - 1, 1]),
    "polars": (lambda v: pl.Series(v, dtype=pl.UInt64), [2**63, 2**63 + 1, 1]),
    "polars text": (pl.Series, TEXTS[:-1]),
    "polars text with zeros": (pl.Series, ["b", "b\0", "b\0\0", "\0", ""]),
    "polars, wide": (lambda v: pl.Series(v, dtype=pl.Int128), [2**100, 2**100 + 1, 1]),
    "pyarrow": (lambda v: pa.array(v, pa.int64()), [2**60, 2**60 + 1, 1]),
    "numbers": (lambda v: np.array(v, np.int64), [2**60, 2**60 + 1, -1]),
}


@pytest.mark.parametrize("name", GROUPS)
def test_ids_are_equal_or_not_whatever_others_are(name):
    make, ids = GROUPS[name]
    for ids_in_order in (ids, ids[::-1]):
        units = units_of(make(ids_in_order))
        same = [[a == b for b in ids_in_order] for a in ids_in_order]
        np.testing.assert_array_equal(units[:, None] == units[None, :], same)
        first = [ids_in_order.index(value) for value in ids_in_order]
        assert [ids_in_order[i] for i in first] == ids_in_order
        assert np.all(np.diff(np.unique(units)) == 1)


ABSENT = {
    "list": [BIG, BIG - 1, None],
    "nan": [BIG, BIG - 1, float("nan")],
    "Int64": pd.array([BIG, BIG - 1, None], dtype="Int64"),
    "Arrow": pd.Series([BIG, BIG - 1, None], dtype="int64[pyarrow]"),
    "categorical": pd.Series(
        pd.Categorical([BIG, BIG - 1, None], categories=[BIG, BIG - 1])
    ),
    "polars": pl.Series([BIG, BIG - 1, None]),
    "pyarrow": pa.array([BIG, BIG - 1, None]),
}


@pytest.mark.parametrize("name", ABSENT)
def test_a_row_that_does_not_count_needs_no_id_and_joins_no_others(name):
    units = units_of(ABSENT[name], np.array([True, True, False]))
    assert units.tolist() == [0, 1, -1]
    with pytest.raises(ValueError, match="groups contains NaN"):
        units_of(ABSENT[name])


LABELS = [BIG, BIG - 1, float(BIG - 1), 0, 0.0, 1, True, 2**63, 2**64, -1, 2.0**70]
CLASSES = [0, 1, BIG - 1, BIG, 2**63, 2**64, -1, 2**70]


@pytest.mark.parametrize("make", [list, tuple, objects, pd.Series])
def test_labels_are_classes_whatever_others_are(make):
    make = make if make is not pd.Series else lambda v: pd.Series(v, dtype=object)
    for classes in (CLASSES, CLASSES[::-1], objects(CLASSES)):
        expected = [[*classes].index(label) for label in LABELS]
        for other in LABELS:
            for i, label in enumerate(LABELS):
                codes = encode(checked_target(make([label, other]), "class"), classes)
                assert codes[0] == expected[i]
    assert sorted_classes(CLASSES).tolist() == sorted(CLASSES)


TYPES = ["int64", "float64", "uint64", "float32", "int8", "bool"]


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("kind", TYPES)
def test_labels_of_one_type_equal_classes_of_another_exactly(dtype, kind):
    numbers = [0, 1, 100, 2**24 + 1, BIG, BIG - 1, 2**63 - 1, -1]
    with np.errstate(all="ignore"):
        y = np.array(numbers).astype(dtype)
        classes = np.unique(np.array(numbers).astype(kind))
    listed = classes.tolist()
    found = encode(y, classes, np.zeros(len(y), bool))
    expected = [listed.index(v) if v in listed else -1 for v in y.tolist()]
    assert found.tolist() == expected


def test_the_width_of_absent_labels_is_not_shown():
    y = np.array(["a", "b", "a very long label of a row without weight"])
    assert sorted_labels(y[:2]).dtype == np.array(["a", "b"]).dtype


@pytest.mark.parametrize("make", [list, objects])
def test_targets_and_weights_are_floats_of_their_own(make):
    numbers = [value for value in NUMBERS if not is_missing(value)]
    for other in numbers:
        values = [[v, other] for v in numbers]
        found = [checked_target(make(pair), "number")[0] for pair in values]
        assert found == [float(v) for v in numbers]
    positive = [v for v in numbers if v >= 0]
    weights = bounded_weights(make([*positive, 0.5]), 1e300, len(positive) + 1)[:-1]
    assert weights.tolist() == [min(float(v), 1e300) / 1e300 for v in positive]


def test_chunks_of_different_types_give_the_same_codes():
    chunks = [
        pd.DataFrame({"a": pd.array([BIG, 1], dtype="Int64")}),
        pd.DataFrame({"a": pd.array([BIG, None], dtype="uint64[pyarrow]")}),
        [[BIG], [0.5]],
        objects([BIG, None])[:, None],
        pl.DataFrame({"a": [BIG, None]}),
    ]
    door = Door(columns=(Column("a", "category"),))
    for chunk in chunks:
        rows = ChunkRows(lambda chunk=chunk: iter([chunk])).through(door)
        counted = rows.coded([[BIG, BIG - 1]]).total([_Codes()])[0]
        assert counted.tolist() == [1, 0]


class _Codes:
    """Counts the first two codes."""

    max_rows = 10

    def __call__(self, X, y, weight):
        return np.array([np.sum(X[:, 0] == code) for code in (0, 1)])


def test_a_frame_of_polars_is_double_whether_or_not_a_value_is_missing():
    """Its own ``to_numpy`` makes float32 of small integers with a gap."""
    for values in ([1, 2], [1, None]):
        X = pl.DataFrame({"a": pl.Series(values, dtype=pl.Int8)})
        assert checked_features(X, allow_nan=True).dtype == np.float64
    X = pl.DataFrame({"a": pl.Series([0.5, None], dtype=pl.Float32)})
    assert checked_features(X, allow_nan=True).dtype == np.float32


def test_a_list_is_double_even_of_single_numbers():
    assert checked_features([[np.float32(0.5)]]).dtype == np.float64


def test_seeded_coins_keep_to_their_units():
    from skprivate.base._coins import coins

    ids = [2**60 + i for i in range(50)]
    alone = coins(50, ids, Entropy(0), b"")
    assert len(set(alone.tolist())) == 50
    for other in (0.5, -1, 2**64, "text"):
        both = coins(51, [*ids, other], Entropy(0), b"")
        assert both[:50].tolist() == alone.tolist()


def test_a_gap_in_a_table_of_arrow_makes_no_floats_of_others():
    column = (Column("a", "category"),)
    for values in ([BIG, BIG + 1], [BIG, BIG + 1, None]):
        rows = Door(columns=column).admit(pa.table({"a": values}))
        assert rows.coded([[BIG, BIG + 1]]).X[:2, 0].tolist() == [0, 1]


def test_dask_declares_no_categories_that_it_has_yet_to_find():
    dd = pytest.importorskip("dask.dataframe")
    frame = pd.DataFrame({"a": pd.Categorical(["u", "v"])})
    frame = dd.from_pandas(frame, npartitions=1)
    assert schema_of(frame)[0].declared == ("u", "v")
    frame["a"] = frame["a"].cat.as_unknown()
    assert schema_of(frame)[0].declared is None


@pytest.mark.parametrize("dtype", ["Int64", "int64[pyarrow]", "object"])
def test_partitions_of_dask_may_differ_in_their_types(dtype):
    dask = pytest.importorskip("dask")
    dd = pytest.importorskip("dask.dataframe")
    parts = [in_pandas("Int64")([BIG, 1]), in_pandas(dtype)([BIG, None])]
    meta = in_pandas("Int64")([])
    delayed = [dask.delayed(part) for part in parts]
    frame = dd.from_delayed(delayed, meta=meta, verify_meta=False)
    rows = DaskRows(frame).through(Door(columns=(Column("a", "category"),)))
    assert rows.coded([[BIG, BIG - 1]]).total([_Codes()])[0].tolist() == [2, 0]


def _dates_of_all_libraries(moments):
    """The same moments as types of dates that can stand in for each other."""
    spans = [None if m is None else m - FIRST for m in moments]
    for unit in ("ns", "us"):
        for zone in (None, "UTC"):
            type_ = pa.timestamp(unit, zone)
            yield pa.array(moments, type_)
            yield pd.Series(moments, dtype=pd.ArrowDtype(type_))
            yield pl.Series(moments, dtype=pl.Datetime(unit, zone))
        yield pa.array(spans, pa.duration(unit))
        yield pd.Series(spans, dtype=pd.ArrowDtype(pa.duration(unit)))
        yield pl.Series(spans, dtype=pl.Duration(unit))
    for type_ in (pa.date32(), pa.date64()):
        yield pa.array(moments, type_)
        yield pd.Series(moments, dtype=pd.ArrowDtype(type_))


def test_a_date_is_the_same_beside_a_gap():
    moments = [FIRST, FIRST + timedelta(1)]
    alone = _dates_of_all_libraries(moments)
    beside = _dates_of_all_libraries([*moments, None])
    for without, with_gap in zip(alone, beside, strict=True):
        first, second = typed_array(without), typed_array(with_gap)
        assert first.dtype == second.dtype, without
        assert repr(first.tolist()) == repr(second[:2].tolist())


def test_nanoseconds_tell_units_apart_beside_a_gap():
    moments = pl.Series([0, 1, None], dtype=pl.Int64).cast(pl.Datetime("ns"))
    first, second, _ = typed_array(moments)
    assert first != second
