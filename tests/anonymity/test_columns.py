"""Columns of every type: rows that differ are never taken to be alike."""

import datetime
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from skprivate.anonymity import (
    Hierarchy,
    HierarchyAnonymizer,
    MondrianAnonymizer,
    TextRedactor,
    anonymity_report,
    find_identifiers,
)


def k_of(column, frame=pd.DataFrame):
    return anonymity_report(frame({"a": column}), quasi_identifiers=["a"]).k


def test_very_many_numbers_are_not_alike():
    """As many as would share codes in boxes."""
    assert k_of(np.arange(70_000) / 7) == 1
    table = pd.DataFrame({"a": np.zeros(70_000, int), "b": np.arange(70_000)})
    report = anonymity_report(table, quasi_identifiers=["a"], sensitive=["b"])
    assert report.secrets["b"].distinct == 70_000


def test_words_of_very_many_numbers_are_their_own():
    table = pd.DataFrame({"a": np.arange(70_000) / 7})
    tens = {"a": Hierarchy.from_bins([np.arange(0, 10_001, 10)])}
    levels = HierarchyAnonymizer(5, hierarchies=tens).fit(table)
    low = levels.transform(table)["a"].str.extract(r"\[(\d+),")[0].astype(int)
    assert (low == table["a"] // 10 * 10).all()


@pytest.mark.parametrize("kind", ["int64", "Int64", "uint64", "int64[pyarrow]"])
def test_large_whole_numbers(kind):
    column = pd.Series(2**60 + np.arange(10), dtype=kind)
    assert k_of(column) == 1
    if kind in ("Int64", "int64[pyarrow]"):
        column[0] = pd.NA
        assert k_of(column) == 1
    table = MondrianAnonymizer(2).fit_transform(pd.DataFrame({"a": column}))
    assert table["a"].nunique() > 2


def test_large_whole_numbers_of_polars():
    column = [None, *range(2**60, 2**60 + 9)]
    assert k_of(column, pl.DataFrame) == 1


def test_small_whole_numbers_do_not_wrap_around():
    table = pd.DataFrame({"a": np.array([-120, -100, 100, 120], dtype="int8")})
    found = MondrianAnonymizer(2, output="midpoint").fit_transform(table)["a"]
    assert found.tolist() == [-110, -110, 110, 110]


def test_times():
    days = pd.date_range("2020-01-01", periods=8, tz="Asia/Shanghai")
    for column in (days, pd.Series(days, dtype="timestamp[ns, UTC][pyarrow]")):
        assert k_of(column) == 1
        table = MondrianAnonymizer(4).fit_transform(pd.DataFrame({"a": column}))
        assert table["a"].nunique() == 2
    hours = [datetime.time(hour) for hour in range(4)]
    assert k_of(hours, pl.DataFrame) == 1
    long = [None, None, *[datetime.timedelta(days=d) for d in (1, 1, 2, 2)]]
    found = MondrianAnonymizer(2).fit_transform(pl.DataFrame({"a": long}))["a"]
    assert found.to_list()[:2] == [None, None]


def test_a_column_without_a_value():
    table = pd.DataFrame({"a": np.full(8, np.nan), "b": np.arange(8)})
    found = MondrianAnonymizer(2, output="midpoint").fit_transform(table)
    assert found["a"].isna().all()


def test_ranges_without_a_width():
    with pytest.raises(ValueError, match="'a' holds infinite numbers"):
        MondrianAnonymizer(2).fit(pd.DataFrame({"a": [np.inf, 1.0, 2.0, 3.0]}))
    table = pd.DataFrame({"a": [-1.7e308, -1.7e308, 1.7e308, 1.7e308]})
    assert MondrianAnonymizer(2).fit(table).n_boxes_ == 2


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_messages_hold_no_value(frame):
    numbers = frame({"a": [1, 2, 3, 4]})
    boxes = MondrianAnonymizer(2).fit(numbers)
    with pytest.raises(TypeError, match="'a' must hold numbers") as caught:
        boxes.transform(frame({"a": ["Ulm", "Ulm", "Kiel", "Kiel"]}))
    assert "Ulm" not in str(caught.value)
    with pytest.raises(TypeError, match="'a' must hold single values"):
        k_of([[1], [2]], frame)


def test_tables_of_arrow():
    with pytest.raises(TypeError, match="X must be a frame of pandas or polars"):
        anonymity_report(pa.table({"a": [1]}), quasi_identifiers=["a"])


def test_columns_of_one_name():
    table = pd.DataFrame([[1, 2, 3]] * 4, columns=["a", "b", "b"])
    with pytest.raises(ValueError, match="'b' twice"):
        MondrianAnonymizer(2, quasi_identifiers=["a"]).fit(table)
    table = pd.DataFrame({"a": ["x", "x", "y", "y"], "a_x": [0, 1, 2, 3]})
    boxes = MondrianAnonymizer(2, quasi_identifiers=["a"], output="midpoint")
    with pytest.raises(ValueError, match="two columns 'a_x'"):
        boxes.fit_transform(table)


def test_an_index_does_not_undo_the_shuffle():
    table = pd.DataFrame({"a": range(100)}, index=[f"person {i}" for i in range(100)])
    boxes = MondrianAnonymizer(5, shuffle=True).set_output(transform="pandas")
    for found in (boxes.fit_transform(table), boxes.transform(table)):
        assert found.index.equals(pd.RangeIndex(100))


def test_rows_in_another_order_are_refused():
    """Else the rows that are left out would be those of the fit."""
    table = pd.DataFrame({"a": [1, 1, 1, 2], "b": range(4)})
    levels = HierarchyAnonymizer(
        3, hierarchies={"a": Hierarchy.from_bins([[0, 9]])}, max_suppression=0.3
    ).fit(table)
    assert len(levels.transform(table)) == 3
    with pytest.raises(ValueError, match="another order"):
        levels.transform(table[::-1])


def test_hierarchies_of_whole_numbers_with_gaps():
    tree = {"low": [1, 2], "high": [3, 4]}
    hierarchies = {"a": Hierarchy.from_tree(tree)}
    for column in ([1, 2, 3, 4, None, None], pd.Categorical([1, 2, 3, 4, None, None])):
        table = pd.DataFrame({"a": column})
        MondrianAnonymizer(2, hierarchies=hierarchies).fit(table)
        found = HierarchyAnonymizer(2, hierarchies=hierarchies).fit_transform(table)
        assert found["a"].tolist()[:4] == ["low", "low", "high", "high"]
    with pytest.raises(ValueError, match="twice"):
        Hierarchy.from_tree({"low": [1, 2], "high": [2, 3]})


@pytest.mark.parametrize(
    ("hierarchy", "value"),
    [
        (Hierarchy.from_bins([[0, 5, 10]]), 3),
        (Hierarchy.from_prefix(2), 10),
        (Hierarchy.from_tree({"low": [1], "high": [3]}), 3),
    ],
)
def test_hierarchies_are_pickled(hierarchy, value):
    again = pickle.loads(pickle.dumps(hierarchy))
    assert again.words(value) == hierarchy.words(value)


def test_numbers_of_the_population_may_have_gaps():
    table = pd.DataFrame({"a": [1, 1, 2]})
    people = pd.DataFrame({"a": [1, 1, 1, 2, 2, None]})
    report = anonymity_report(table, quasi_identifiers=["a"], population=people)
    assert report.population_k == 2


def test_groups_that_are_known():
    table = pd.DataFrame({"a": [1, 1, 2], "b": [1, 2, 3]})
    ask = {"quasi_identifiers": ["a"], "sensitive": ["b"]}
    report = anonymity_report(table, **ask, classes=[10**12, 10**12, -1])
    assert report == anonymity_report(table, **ask)
    with pytest.raises(ValueError, match="a number for each row"):
        anonymity_report(table, **ask, classes=[0, 1])


def test_texts_with_gaps_and_of_any_length():
    texts = pd.Series(["a@b.org", None], dtype="string")
    assert TextRedactor().fit_transform(texts)[0] == "[EMAIL]"
    with pytest.raises(TypeError, match="Pass one column"):
        TextRedactor().transform(pd.DataFrame({"a": ["x"]}))
    assert TextRedactor().transform(["a" * 200_000])[0] == "a" * 200_000


def test_phones_with_gaps_and_rows_with_any_index():
    table = pd.DataFrame({"a": [13912345678.0, None]}, index=[30_000.5, 0.5])
    assert [found.kind for found in find_identifiers(table)] == ["phone"]
