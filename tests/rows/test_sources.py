"""Every source gives the same bits."""

import pickle
import tracemalloc

import joblib
import numpy as np
import pytest
import scipy.sparse as sp

from skprivate.rows import (
    ArrayRows,
    ChunkRows,
    DaskRows,
    Door,
    NoRows,
    Parties,
    Rows,
)
from skprivate.rows import _array as array_module

CLASSES = ["no", "perhaps", "yes"]


def chunked(X, y, w, size):
    """A ChunkRows of chunks of some size."""
    return ChunkRows(
        lambda: (
            (X[i : i + size], y[i : i + size], w[i : i + size])
            for i in range(0, len(X), size)
        )
    )


def sources(X, y, w):
    """Name and source of the same rows, many times."""
    da = pytest.importorskip("dask.array")
    pd = pytest.importorskip("pandas")
    read_only = X.copy()
    read_only.flags.writeable = False
    half = len(X) // 2
    yield "array", ArrayRows(X, y, w)
    yield "fortran", ArrayRows(np.asfortranarray(X), y, w)
    yield "strided", ArrayRows(np.repeat(X, 2, axis=0)[::2], np.repeat(y, 2)[::2], w)
    yield "backwards", ArrayRows(X[::-1], y[::-1], w[::-1])
    yield "read-only", ArrayRows(read_only, y, w)
    yield "frame", ArrayRows(pd.DataFrame(X, columns=list("abcd")), pd.Series(y), w)
    yield "csr", ArrayRows(sp.csr_array(X), y, w)
    yield "csr matrix", ArrayRows(sp.csr_matrix(X), y, w)
    yield "coo", ArrayRows(sp.coo_array(X), y, w)
    for size in (1, 700, len(X)):
        first = slice(None, 40 if size == 1 else None)  # single rows are slow
        if size > 1:
            yield f"chunks of {size}", chunked(X[first], y[first], w[first], size)
    yield (
        "dask array",
        DaskRows(
            da.from_array(X, chunks=(900, 3)),
            da.from_array(y, chunks=1100),
            da.from_array(w, chunks=900),
        ),
    )
    dd = pytest.importorskip("dask.dataframe")
    frame = dd.from_pandas(pd.DataFrame(X, columns=list("abcd")), npartitions=3)
    series = dd.from_pandas(pd.Series(y), npartitions=3)
    weights = dd.from_pandas(pd.Series(w), npartitions=3)
    yield "dask frame", DaskRows(frame, series, weights)
    mixed = chunked(X[half:], y[half:], w[half:], 300)
    yield "parties", Parties(ArrayRows(X[:half], y[:half], w[:half]), mixed)


@pytest.mark.parametrize("target", ["none", "class", "number"])
def test_every_source_gives_the_same_bits(table, sums, target):
    X, numbers, labels, w = table
    y = labels if target == "class" else numbers
    door = Door(target, accept_sparse=True)
    queries = [sums(target=target == "number", n_features=4)]
    if target == "class":
        queries = [sums(3, n_features=4), sums(3, levels=1.0, n_features=4)]
    for name, source in sources(X, y, w):
        rows = source.through(door)
        assert isinstance(rows, Rows)
        rows = rows.encoded(CLASSES) if target == "class" else rows
        totals = rows.total(queries)
        assert len(totals) == len(queries)
        if name == "array":
            expected = totals[0]
            assert expected.any()
        for total in totals:
            assert total.dtype == np.int64
            np.testing.assert_array_equal(total, expected, err_msg=name)


def test_no_rows_give_zeros_of_the_same_shape(table, sums):
    X, y, labels, _ = table
    for target, query in (("none", sums()), ("number", sums()), ("class", sums(3))):
        nothing = NoRows(4, classes=CLASSES).through(Door(target))
        rows = ArrayRows(X, labels if target == "class" else y).through(Door(target))
        if target == "class":
            nothing, rows = nothing.encoded(CLASSES), rows.encoded(CLASSES)
        (zeros,), (total,) = nothing.total([query]), rows.total([query])
        assert zeros.shape == total.shape
        assert zeros.dtype == np.int64
        assert not zeros.any()
    assert NoRows(4, classes=["b", "a"]).labels().tolist() == ["a", "b"]
    with pytest.raises(ValueError, match="classes="):
        NoRows(4).labels()


@pytest.mark.parametrize("n_jobs", [1, 2, 5])
@pytest.mark.parametrize("chunk_bytes", [64, 2**12, 2**14])
@pytest.mark.parametrize("form", [np.asarray, np.asfortranarray, sp.csr_array])
def test_threads_and_chunks_change_no_bit(
    table, sums, monkeypatch, n_jobs, chunk_bytes, form
):
    X, y, _, w = (part[:700] for part in table)
    (expected,) = ArrayRows(X, y, w).total([sums()])
    monkeypatch.setattr(array_module, "CHUNK_BYTES", chunk_bytes)
    with joblib.parallel_config(n_jobs=n_jobs):
        (total,) = ArrayRows(form(X), y, w).total([sums()])
    np.testing.assert_array_equal(total, expected)


@pytest.mark.parametrize("form", [np.asarray, np.asfortranarray, sp.csr_array])
@pytest.mark.parametrize("n_rows", [640, 641, 1500, 3300])
def test_two_threads_have_as_many_rows(monkeypatch, n_rows, form):
    monkeypatch.setattr(array_module, "CHUNK_ROWS", 640)
    chunks = ArrayRows(form(np.ones((n_rows, 2))), np.zeros(n_rows)).chunks()
    lengths = [len(y) for _, y, _ in chunks]
    assert sum(lengths) == n_rows
    assert max(lengths) <= 640
    if n_rows > 640:
        assert abs(sum(lengths[::2]) - sum(lengths[1::2])) < 64 * len(lengths)
        assert len(lengths) % 2 == 0


@pytest.mark.parametrize("form", [np.asarray, sp.csr_array])
def test_chunks_are_what_kernels_need(spy, form):
    X = np.asfortranarray(np.ones((150_000, 1), np.float32))
    y = np.ones((150_000, 2))[:, 0]
    ArrayRows(form(X), y).total([spy])
    assert len(spy.seen) > 1
    for chunk, y_chunk, weight in spy.seen:
        arrays = list(chunk[:3]) if isinstance(chunk, tuple) else [chunk]
        if isinstance(chunk, tuple):
            assert isinstance(chunk[3], np.int64)
            assert chunk[1].dtype == chunk[2].dtype
            assert chunk[2][0] == 0
        assert arrays[0].dtype == np.float32
        assert len(y_chunk) <= 2**16
        assert weight.shape == (0,)
        for array in (*arrays, y_chunk, weight):
            assert array.flags.c_contiguous
            assert array.flags.aligned
            assert not array.flags.writeable  # no query can alter the rows
    assert sum(len(y_chunk) for _, y_chunk, _ in spy.seen) == len(y)


def test_more_rows_than_the_cap_are_refused(table, sums):
    X, y, _, w = table
    query = sums(max_rows=4321, n_features=4)
    for name, source in sources(X, y, w):
        rows = source.through(Door("number", accept_sparse=True))
        with pytest.raises(ValueError, match="More than 4321 rows") as caught:
            rows.total([sums(n_features=4), query])
        assert str(len(X)) not in str(caught.value), name
    halves = [ArrayRows(X[i::2], y[i::2]) for i in range(2)]
    with pytest.raises(ValueError, match="More than 4321 rows"):
        Parties(*halves).total([query])


@pytest.mark.parametrize("bad", [np.nan, np.inf, 0.5, 2.0**64])
def test_a_query_that_does_not_return_whole_numbers_is_refused(bad):
    class Broken:
        max_rows = 10

        def __call__(self, X, y, weight):
            return np.array([1.0, bad])

    with pytest.raises(ValueError, match="whole numbers"):
        ArrayRows(np.ones((3, 1))).total([Broken()])


def test_sources_may_be_empty(sums):
    empty = np.empty((0, 4))
    for rows in (
        ArrayRows(empty, np.empty(0)),
        ChunkRows(lambda: iter([]), n_features=4),
        ChunkRows(lambda: iter([empty])),
    ):
        (total,) = rows.through(Door()).total([sums()])
        np.testing.assert_array_equal(total, np.zeros((1, 5), np.int64))


def test_labels_are_known_only_in_memory(table):
    X, _, labels, _ = table
    rows = ArrayRows(X, labels)
    assert rows.labels().tolist() == CLASSES
    assert ArrayRows(X, labels.astype(object)).labels().tolist() == CLASSES
    weight = (labels != "no").astype(float)
    assert ArrayRows(X, labels, weight).labels().tolist() == CLASSES[1:]
    chunks = ChunkRows(lambda: iter([(X, labels)]))
    for source in (Parties(rows, chunks), chunks):
        assert not source.in_memory
        with pytest.raises(ValueError, match="List every label in classes="):
            source.labels()


def test_sources_can_be_sent(table, sums):
    X, y, _, _ = table
    rows = pickle.loads(pickle.dumps(ArrayRows(X, y).through(Door("number"))))
    rows = rows.through(Door("number"))
    np.testing.assert_array_equal(
        rows.total([sums()])[0], ArrayRows(X, y).total([sums()])[0]
    )


def test_parts_of_different_length_are_refused():
    for parts in ([[1.0]], [[1.0, 2.0], [1.0]], [None, []]):
        with pytest.raises(ValueError, match="inconsistent numbers of samples"):
            ArrayRows(np.ones((2, 2)), *parts)


def test_a_column_in_fortran_order_needs_little_memory(sums):
    X = np.asfortranarray(np.ones((400_000, 20)))  # 64 MB
    query = lambda X, y, weight: np.zeros(1)  # noqa: E731
    rows = ArrayRows(X)
    tracemalloc.start()
    rows._total_from(range(0, len(X), rows._chunk_rows()), rows._chunk_rows(), [query])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak <= 0.05 * X.nbytes
