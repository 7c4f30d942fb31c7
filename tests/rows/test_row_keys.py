"""Words of rows: of their values alone."""

import numpy as np
import pytest
from scipy import sparse

from skprivate.rows._row_keys import RowKeys

pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")

KEYS = RowKeys(7)
FRAME = pd.DataFrame(
    {
        "a": [1, 2, 3, 0, 2],
        "b": ["x", "y", "x", "", "y"],
        "c": [True, False, True, True, False],
        "d": pd.to_datetime(["2020-01-01", "2021-05-06", "2020-01-01", None, None]),
    }
)
y = np.array([0, 1, 0, 1, 1])


def test_a_word_depends_on_its_row_alone():
    together = KEYS(FRAME, y)
    for order in ([3, 1, 0], [4], [0, 0, 2]):
        assert np.array_equal(KEYS(FRAME.iloc[order], y[order]), together[order])
    assert together[1] != together[4]  # which differ in a date
    equal = FRAME.assign(d=FRAME["d"].dt.floor("D"))[["a", "b"]]
    assert KEYS(equal)[1] == KEYS(equal)[4]


def test_it_does_not_depend_on_the_types_that_others_bring_about():
    numbers, labels = FRAME[["a"]], KEYS(FRAME[["a"]], y)
    gap = pd.DataFrame({"a": [1, 2, 3, 0, 2, None]})
    ones = [*y, 1]
    for X, t in (
        (gap, ones),
        (gap.astype("Int64"), np.array(ones, float)),
        (gap.astype(object), np.array(ones, object)),
        (gap.to_numpy(), pd.Series(ones)),
        (gap.to_numpy().tolist(), pl.Series(ones)),
        (pl.from_pandas(gap), ones),
        (-0.0 + gap, ones),
    ):
        assert np.array_equal(KEYS(X, t)[:5], labels)
    words = FRAME[["b"]]
    for X in (words.astype(object), words.astype("category"), pl.from_pandas(words)):
        assert np.array_equal(KEYS(X), KEYS(words))
    assert len({*KEYS(numbers).tolist()}) == 4


def test_keys_labels_columns_and_places_of_columns_matter():
    both = pd.DataFrame({"a": [1.0, 2.0], "b": [2.0, 1.0]})
    assert len({*KEYS(both).tolist(), *RowKeys(8)(both).tolist()}) == 4
    assert KEYS(both, [0, 1])[0] != KEYS(both, [1, 1])[0]


def test_sparse_rows_are_read_as_what_they_hold():
    rows = sparse.random_array((50, 9), density=0.3, rng=np.random.default_rng(0))
    rows = rows.tocsr()
    words = KEYS(rows)
    rows.data = rows.data.copy()
    assert np.array_equal(KEYS(rows[7:30]), words[7:30])
    double = sparse.csr_array(
        (np.array([1.0, 2.0, 0.0]), np.array([3, 3, 5]), np.array([0, 3])), (1, 9)
    )
    single = sparse.csr_array(
        (np.array([3.0]), np.array([3]), np.array([0, 1])), (1, 9)
    )
    assert KEYS(double)[0] == KEYS(single)[0]


def test_words_are_spread_evenly():
    rows = np.arange(40_000.0).reshape(-1, 1)
    for fraction in (0.1, 0.5):  # 6 standard deviations
        inside = np.mean(RowKeys(3)(rows) < np.uint64(int(fraction * 2.0**64)))
        assert abs(inside - fraction) < 6 * np.sqrt(fraction * (1 - fraction) / 40_000)
