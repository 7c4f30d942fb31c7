"""Targets, labels and their codes."""

import numpy as np
import pytest
import scipy.sparse as sp

from skprivate.rows import ArrayRows, Door, NoRows
from skprivate.rows._labels import encode, sorted_classes, sorted_labels
from skprivate.rows._target import checked_target

SECRET = "SECRET-LABEL"


def pandas_series(values, **options):
    return pytest.importorskip("pandas").Series(values, **options)


def polars_series(values):
    return pytest.importorskip("polars").Series(values)


@pytest.mark.parametrize(
    "y",
    [
        [1, 2, 3],
        [1.5, -2.5, 3],
        np.array([1, 2], np.uint8),
        np.array([1.5, 2], object),
        np.array([True, False]),
        np.array([1.5, 2], np.float32),
        pytest.param(lambda: pandas_series([1, 2], dtype="Int64"), id="Int64"),
        pytest.param(lambda: polars_series([1.5, 2]), id="polars"),
    ],
)
def test_numbers_become_float64(y):
    y = y() if callable(y) else y
    checked = checked_target(y, "number")
    assert checked.dtype == np.float64
    np.testing.assert_array_equal(checked, np.asarray(y, float))


def test_floats_are_not_copied():
    y = np.array([1.5, 2.5])
    assert np.shares_memory(checked_target(y, "number"), y)


@pytest.mark.parametrize(
    ("y", "classes"),
    [
        ([1, 0, 1], [0, 1]),
        ([2.0, -1.0], [-1, 2]),
        ([True, False], [False, True]),
        (["b", "a", "b"], ["a", "b"]),
        (np.array(["b", "a"], object), ["a", "b"]),
        (np.array([np.str_("b"), "a"], object), ["a", "b"]),
        (np.array([3, np.int8(1)], object), [1, 3]),
        (np.array([True, np.False_], object), [False, True]),
        (np.array([3.0, 1], object), [1, 3]),
        (np.array(["b", "a"], np.dtypes.StringDType()), ["a", "b"]),
        (np.array([2**63, 1], np.uint64), [1, 2**63]),
        (np.array([2**64 - 1, 2**64 - 3], np.uint64), [2**64 - 3, 2**64 - 1]),
        (np.array([-1, 1], np.int8), np.array([-1, 1], np.int64)),
        pytest.param(lambda: pandas_series(["b", "a"]), ["a", "b"], id="pandas"),
        pytest.param(
            lambda: pandas_series(["b", "a"], dtype="category"), ["a", "b"], id="cat"
        ),
        pytest.param(lambda: polars_series(["b", "a"]), ["a", "b"], id="polars"),
    ],
)
def test_labels_of_all_kinds_are_encoded(y, classes):
    y = checked_target(y() if callable(y) else y, "class")
    labels = sorted_labels(y)
    assert labels.tolist() == list(classes)
    for order in (classes, labels, np.array(classes, object), classes[::-1]):
        codes = encode(y, order)
        assert codes.dtype == np.int32
        assert [list(order)[code] for code in codes] == y.tolist()


def test_integers_that_wrap_around_are_not_taken_for_others():
    extremes = np.array([-(2**63), 2**63 - 1, 4, 5, 6, 7, 8])
    absent = np.zeros(len(extremes), bool)
    codes = encode(extremes, [7, 5], absent)
    np.testing.assert_array_equal(codes, [-1, -1, -1, 1, -1, 0, -1])


def test_many_labels_are_encoded_in_blocks():
    y = np.random.default_rng(0).integers(0, 1000, 200_000)
    np.testing.assert_array_equal(encode(y, np.arange(1000)), y)
    np.testing.assert_array_equal(encode(y.astype(str), np.arange(1000).astype(str)), y)


@pytest.mark.parametrize(
    ("y", "kind", "message"),
    [
        (None, ValueError, "requires y to be passed, but the target y is None"),
        ([1.5, np.nan], ValueError, "Input y contains NaN"),
        (
            [1, np.inf],
            ValueError,
            r"Input y contains infinity or a value too large for dtype\('float64'\)\.",
        ),
        ([1j, 2], ValueError, "Complex data not supported"),
        ([[1, 2], [3, 4]], ValueError, "y should be a 1d array"),
        (1.5, TypeError, "in memory"),
        (np.array(1.5), ValueError, "y should be a 1d array"),
        (iter([1]), TypeError, "in memory"),
        (SECRET, TypeError, "in memory"),
        ({SECRET: 1}, TypeError, "in memory"),
        (sp.csr_array([[1.0]]), TypeError, "in memory"),
        (np.ma.array([1, 2], mask=[0, 1]), ValueError, "masked"),
        (np.array([SECRET, None], object), ValueError, "NaN|text where"),
        ([[1], [2, 3]], ValueError, "unequal length"),
    ],
)
@pytest.mark.parametrize("target", ["number", "class"])
def test_bad_targets_are_refused(y, kind, message, target):
    with pytest.raises(kind, match=message) as caught:
        checked_target(y, target, "Model")
    assert SECRET not in str(caught.value)
    assert caught.value.__context__ is None
    assert checked_target(y, "none") is None


@pytest.mark.parametrize(
    ("y", "kind", "message"),
    [
        ([SECRET, "a"], ValueError, "y holds text where numbers"),
        (["1", "2"], ValueError, "y holds text where numbers"),
        (np.array(["1", 2], object), ValueError, "y holds text where numbers"),
        (np.array([{SECRET}, 2], object), TypeError, "string or a real number"),
        (np.array([None, 2], object), ValueError, "NaN"),
        (np.array(["2020"], "M8[Y]"), TypeError, "dates"),
    ],
)
def test_bad_numbers_are_refused(y, kind, message):
    with pytest.raises(kind, match=message) as caught:
        checked_target(y, "number")
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("y", "kind", "message"),
    [
        ([0.5, 1], ValueError, "Unknown label type: continuous"),
        (np.array([0.5, 1], object), ValueError, "Unknown label type: continuous"),
        (np.array([SECRET, 1], object), ValueError, "Unknown label type: .*mixes"),
        (np.array([SECRET, np.nan], object), ValueError, "NaN"),
        (np.array([(SECRET,), (1,), 2], object), ValueError, "Unknown label type: "),
        (np.array(["2020"], "M8[Y]"), ValueError, "Unknown label type: "),
        (np.array([SECRET.encode()]), TypeError, "bytes"),
        (np.array([None, 2], object), ValueError, "NaN"),
        pytest.param(
            lambda: pandas_series([1, None], dtype="Int64"), ValueError, "NaN", id="NA"
        ),
        pytest.param(
            lambda: pandas_series([SECRET, None]), ValueError, "NaN", id="pandas"
        ),
        pytest.param(
            lambda: polars_series([SECRET, None]), ValueError, "NaN", id="polars"
        ),
    ],
)
def test_bad_labels_are_refused(y, kind, message):
    with pytest.raises(kind, match=message) as caught:
        checked_target(y() if callable(y) else y, "class")
    assert SECRET not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("y", "classes"),
    [
        ([1, 2, 3], [1, 2]),
        ([1, 2, 9], [1, 2]),
        ([-1, 2], [1, 2]),
        (["a", SECRET], ["a", "b"]),
        (np.array(["a", SECRET], object), ["a", "b"]),
        ([1, 2], ["1", "2"]),
        (["1", "2"], [1, 2]),
        ([1.0, 2.0], [1, 2.5]),
    ],
)
def test_a_label_that_is_not_listed_is_refused_unnamed(y, classes):
    with pytest.raises(ValueError, match="that is not in `classes`") as caught:
        encode(np.asarray(y), classes)
    assert SECRET not in str(caught.value)
    assert caught.value.__context__ is None


def test_a_row_of_weight_zero_may_have_any_label():
    rows = ArrayRows(np.ones((3, 1)), np.array(["a", "b", "c"]), [1.0, 1.0, 0.0])
    assert rows.encoded(["a", "b"]).y.tolist() == [0, 1, -1]


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        ([], "one or more"),
        ([[1, 2]], "one or more"),
        (3, "one or more"),
        ([1, 1], "twice"),
        ([1, np.nan], "NaN"),
        ([1j], "one or more"),
    ],
)
def test_bad_classes_are_refused(classes, message):
    with pytest.raises(ValueError, match=message):
        encode(np.array([1, 1]), classes)


@pytest.mark.parametrize("kind", [set, frozenset, dict.fromkeys])
def test_classes_that_numpy_takes_for_one_label_are_refused(kind):
    with pytest.raises(TypeError, match="Write classes=sorted"):
        sorted_classes(kind(["a", "b"]))


def test_labels_need_a_target():
    rows = ArrayRows(np.ones((2, 1)))
    for ask in (rows.labels, lambda: rows.encoded([1])):
        with pytest.raises(ValueError, match="pass y along with X"):
            ask()
    assert NoRows(1).through(Door("none")).total([]) == []


@pytest.mark.parametrize(
    ("target", "match"),
    [("number", "DPMultiOutputRegressor"), ("class", "DPMultiOutputClassifier")],
)
def test_several_targets_are_refused_with_what_takes_them(target, match):
    with pytest.raises(ValueError, match=f"got an array of more than one.*{match}"):
        checked_target(np.zeros((3, 2)), target)
