"""Rows that come chunk by chunk, and from dask."""

import pickle
import tracemalloc
from functools import partial

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import BaseEstimator

from skprivate.base import UtilityWarning
from skprivate.preprocessing import DPStandardScaler
from skprivate.rows import ArrayRows, ChunkRows, DaskRows, Door, as_rows


def iterate(chunks):
    """An iterator over chunks."""
    return iter(chunks)


def test_width_and_names_are_read_off_the_first_chunk(sums):
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(np.ones((3, 2)), columns=["a", "b"])
    rows = ChunkRows(lambda: iter([frame, frame]))
    assert rows.n_features == 2
    assert rows.feature_names == ("a", "b")
    estimator = BaseEstimator()
    as_rows(estimator, rows, target="none", accept_sparse=False)
    assert estimator.n_features_in_ == 2
    assert estimator.feature_names_in_.tolist() == ["a", "b"]
    swapped = ChunkRows(lambda: iter([frame, frame[["b", "a"]]]))
    with pytest.raises(ValueError, match="column names of a chunk differ"):
        swapped.through(Door()).total([sums()])
    told = ChunkRows(lambda: iter([frame, frame]), n_features=2)
    assert told.through(Door()).total([sums()])[0][0, 0] == 6
    as_rows(estimator, ChunkRows(lambda: iter([[[1]]])), target="none",
            accept_sparse=False)  # fmt: skip
    assert not hasattr(estimator, "feature_names_in_")


def test_chunks_of_different_width_are_refused(sums):
    rows = ChunkRows(lambda: iter([np.ones((2, 3)), np.ones((2, 2))]))
    with pytest.raises(ValueError, match="A chunk has 2 features, but 3"):
        rows.through(Door()).total([sums()])


def test_columns_of_sparse_chunks_are_numbers():
    X = sparse.csr_array(np.eye(3))
    rows = ChunkRows(lambda: iter([X, X]))
    assert rows.columns == ArrayRows(X).columns
    # A range that noise hides is named in a warning, which asks for these columns.
    scaler = DPStandardScaler(with_mean=False, epsilon=0.01, random_state=0)
    with pytest.warns(UtilityWarning, match="x0, x1, x2"):
        scaler.fit(rows)


def test_the_source_must_open_again(sums):
    used_up = iter([np.ones((2, 3))])
    rows = ChunkRows(lambda: used_up, n_features=3).through(Door())
    rows.total([sums()])
    with pytest.raises(ValueError, match="same iterator twice"):
        rows.total([sums()])
    with pytest.raises(TypeError, match="must be a function"):
        ChunkRows(iter([np.ones((2, 3))]))


def test_every_chunk_passes_the_door(sums):
    good, bad = np.ones((2, 2)), np.array([[1, np.nan], [1, 1]])
    rows = ChunkRows(lambda: iter([good, bad])).through(Door())
    with pytest.raises(ValueError, match="contains NaN"):
        rows.total([sums()])
    labels = ChunkRows(lambda: iter([(good, ["a", "b"]), (good, ["a", "c"])]))
    coded = labels.through(Door("class")).encoded(["a", "b"])
    with pytest.raises(ValueError, match="not in `classes`"):
        coded.total([sums(2)])
    missing = ChunkRows(lambda: iter([good])).through(Door("number"))
    with pytest.raises(ValueError, match="requires y to be passed"):
        missing.total([sums()])
    with pytest.raises(ValueError, match="A chunk must be X"):
        ChunkRows(lambda: iter([(good,) * 4])).through(Door()).total([sums()])
    with pytest.raises(ValueError, match="2-D"):
        ChunkRows(lambda: iter([np.ones(3)])).n_features  # noqa: B018
    with pytest.raises(ValueError, match="gave no chunk"):
        ChunkRows(lambda: iter([])).n_features  # noqa: B018


def test_an_iterator_is_closed_and_its_errors_hold_no_data(sums):
    closed = []

    def chunks():
        try:
            yield np.ones((2, 2))
            raise KeyError("SECRET")
        finally:
            closed.append(True)

    rows = ChunkRows(chunks, n_features=2).through(Door())
    with pytest.raises(ValueError, match="outside of fit") as caught:
        rows.total([sums()])
    assert "SECRET" not in repr(caught.value)
    assert caught.value.__context__ is None
    assert closed
    assert ChunkRows(chunks).n_features == 2
    assert len(closed) == 2


def test_errors_of_closing_a_source_hold_no_data(sums):
    def chunks():
        try:
            yield np.ones((2, 2))
            yield np.array([[np.nan, 1]])
        finally:
            raise KeyError("SECRET")

    rows = ChunkRows(chunks, n_features=2).through(Door())
    for call in (
        lambda: rows.total([sums()]),
        lambda: rows.through(Door()).columns,
        lambda: ChunkRows(chunks).n_features,
    ):
        with pytest.raises(ValueError, match="outside of fit") as caught:
            call()
        error = caught.value
        while error is not None:
            assert "SECRET" not in repr(error)
            error = error.__context__


def test_a_list_of_chunks_can_be_reopened_and_sent(sums):
    rows = ChunkRows(partial(iterate, [np.ones((2, 2))])).through(Door())
    expected = rows.total([sums()])
    sent = pickle.loads(pickle.dumps(rows))
    np.testing.assert_array_equal(sent.total([sums()]), expected)
    again = ChunkRows(lambda: [np.ones((2, 2))])  # an iterable is as good
    for _ in range(2):
        np.testing.assert_array_equal(again.total([sums()]), expected)


def test_memory_does_not_grow_with_the_number_of_chunks(sums):
    def peak(n_chunks):
        rows = ChunkRows(lambda: (np.ones((2000, 5)) for _ in range(n_chunks)))
        rows = rows.through(Door())
        rows.total([sums()])
        tracemalloc.start()
        rows.total([sums()])
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(40) < 1.2 * peak(4)


def test_dask_goes_by_way_of_as_rows(table, sums):
    da = pytest.importorskip("dask.array")
    dd = pytest.importorskip("dask.dataframe")
    pd = pytest.importorskip("pandas")
    X, y, _, w = table
    options = {"target": "number", "accept_sparse": False, "max_weight": 0.5}
    (expected,) = as_rows(BaseEstimator(), X, y, w, **options).total([sums()])
    estimator = BaseEstimator()
    lazy = [da.from_array(part, chunks=800) for part in (X, y, w)]
    rows = as_rows(estimator, *lazy, **options)
    np.testing.assert_array_equal(rows.total([sums()])[0], expected)
    assert estimator.n_features_in_ == 4
    frame = dd.from_pandas(pd.DataFrame(X, columns=list("abcd")), npartitions=2)
    rows = as_rows(estimator, frame, target="none", accept_sparse=False)
    assert estimator.feature_names_in_.tolist() == list("abcd")
    unknown = da.from_array(X, chunks=900)
    unknown = unknown[da.from_array(np.ones(len(X), bool), chunks=900)]
    rows = as_rows(estimator, unknown, target="none", accept_sparse=False)
    assert rows.total([sums()])[0][0, 0] == len(X)


def test_dask_refuses_what_does_not_fit(table, sums):
    da = pytest.importorskip("dask.array")
    X, y, _, _ = table
    lazy = da.from_array(X, chunks=900)
    with pytest.raises(TypeError, match="must all be dask"):
        DaskRows(lazy, y)
    with pytest.raises(TypeError, match="must all be dask"):
        DaskRows(X)
    with pytest.raises(ValueError, match="2-D"):
        DaskRows(lazy[:, 0])
    rows = DaskRows(lazy, da.from_array(y[:-1], chunks=900)).through(Door("number"))
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        rows.total([sums()])
    labels = da.from_array(np.full(len(X), "SECRET"), chunks=900)
    rows = DaskRows(lazy, labels).through(Door("class")).encoded(["a"])
    with pytest.raises(ValueError, match="not in `classes`"):
        rows.total([sums()])

    def fail(block):
        raise KeyError("SECRET")

    broken = lazy.map_blocks(fail, dtype=float, meta=np.empty((0, 0)))
    with pytest.raises(ValueError, match=r"Call compute\(\)") as caught:
        DaskRows(broken).through(Door()).total([sums()])
    assert "SECRET" not in repr(caught.value)
    assert caught.value.__context__ is None


def test_blocks_must_be_what_dask_says(table, sums):
    """One column would else be read in place of another, or of four."""
    da = pytest.importorskip("dask.array")
    dd = pytest.importorskip("dask.dataframe")
    pd = pytest.importorskip("pandas")
    from dask import delayed

    lazy = da.from_array(table[0], chunks=900)
    blocks = {
        "one column": lambda block: block[:, :1],
        "one more": lambda block: np.column_stack([block, block[:, 0]]),
        "a vector": lambda block: block[:, 0],
        "a frame": lambda block: pd.DataFrame(block, columns=list("abcd")),
    }
    for name, change in blocks.items():
        odd = lazy.map_blocks(change, dtype=float, chunks=lazy.chunks)
        with pytest.raises(ValueError, match="other columns than its dask") as caught:
            DaskRows(odd).through(Door()).total([sums()])
        assert caught.value.__context__ is None, name
    frame = pd.DataFrame(table[0], columns=list("abcd"))
    parts = [delayed(frame[:9]), delayed(frame[list("dcba")])]
    swapped = dd.from_delayed(parts, meta=frame.iloc[:0], verify_meta=False)
    with pytest.raises(ValueError, match="other columns than its dask"):
        DaskRows(swapped).through(Door()).total([sums()])
