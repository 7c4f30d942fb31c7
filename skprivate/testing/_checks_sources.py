"""Checks that a model is the same to the last bit wherever its rows are."""

from dataclasses import replace
from unittest.mock import patch

import joblib
import numpy as np
from scipy import sparse
from sklearn.utils import get_tags

from skprivate.base._single import round_to_single
from skprivate.rows import ArrayRows, ArrowRows, ChunkRows, Parties
from skprivate.testing._examples import Example, configured, example_for
from skprivate.testing._replay import record, replay
from skprivate.testing._thrift import some_of


def check_same_bits_from_every_source(estimator):
    """Chunks, parties and threads change neither exact totals nor the model."""
    estimator = configured(estimator)
    rows = example_for(estimator, n_rows=60)
    recording = record(estimator, X=ArrayRows(rows.X, rows.y))
    for name, source in some_of([*_sources(rows).items()], estimator):
        _raise(replay(recording, units=0, X=source), name)
    with patch("skprivate.rows._array.CHUNK_ROWS", 7):
        for n_jobs in some_of([1, 2], estimator):
            with joblib.parallel_config("threading", n_jobs=n_jobs):
                playback = replay(recording, units=0, **rows.fit_args)
            _raise(playback, f"small chunks and {n_jobs} thread(s)")


def check_same_bits_from_dask(estimator):
    """So do the blocks of a dask array, where dask is installed."""
    try:
        import dask
        import dask.array as da
    except ImportError:
        return
    from skprivate.rows import DaskRows

    estimator = configured(estimator)
    rows = example_for(estimator)
    recording = record(estimator, X=ArrayRows(rows.X, rows.y))
    y = None if rows.y is None else da.from_array(rows.y, chunks=16)
    source = DaskRows(da.from_array(rows.X, chunks=(16, 2)), y)
    with dask.config.set(scheduler="synchronous"):
        _raise(replay(recording, units=0, X=source), "dask")


def check_same_bits_from_sparse_rows(estimator):
    """And CSR matrices, where the tag says that they are accepted."""
    estimator = configured(estimator)
    if "with_mean" in estimator.get_params(deep=False):
        estimator.set_params(with_mean=False)
    if not get_tags(estimator).input_tags.sparse:
        return
    rows = _with_zeros(example_for(estimator))
    recording = record(estimator, **rows.fit_args)
    for X in some_of([sparse.csr_array(rows.X), sparse.csr_matrix(rows.X)], estimator):
        _raise(replay(recording, units=0, **(rows.fit_args | {"X": X})), "CSR")
    float32 = sparse.csr_array(rows.X.astype(np.float32))
    for X in some_of([sparse.csc_array(rows.X), float32], estimator):
        single = X.astype(np.float64).toarray()
        dense = record(estimator, **(rows.fit_args | {"X": single}))
        _round(dense, X)
        _raise(replay(dense, units=0, **(rows.fit_args | {"X": X})), X.format)


def check_same_bits_from_every_layout(estimator):
    """And single precision, integers, and any order in memory."""
    estimator = configured(estimator)
    rows = example_for(estimator)
    single = rows.X.astype(np.float32)
    wide = np.repeat(rows.X, 2, axis=0)[::2]
    read_only = rows.X.copy()
    read_only.flags.writeable = False
    coarse = np.rint(rows.X * 2)
    layouts = {
        "float32": (single.astype(np.float64), single),
        "Fortran order": (rows.X, np.asfortranarray(rows.X)),
        "strides": (rows.X, wide),
        "negative strides": (rows.X, rows.X[::-1].copy()[::-1]),
        "read-only": (rows.X, read_only),
        "lists": (rows.X, rows.X.tolist()),
        "int8": (coarse, coarse.astype(np.int8)),
        "float16": (coarse, coarse.astype(np.float16)),
        "bool": ((coarse > 0).astype(float), coarse > 0),
    }
    for name, (X, other) in some_of([*layouts.items()], estimator, parts=3):
        recording = record(estimator, **(rows.fit_args | {"X": X}))
        _round(recording, other)
        playback = replay(recording, units=0, **(rows.fit_args | {"X": other}))
        _raise(playback, name)


def _round(recording, X):
    """What is learned of single precision is that of double, rounded in the end."""
    if getattr(X, "dtype", None) == np.float32:
        round_to_single(recording.estimator)


def _sources(rows):
    """Sources that hold the same rows."""
    halves = ArrayRows(rows.X[:11], _part(rows.y, slice(11)))
    others = ArrayRows(rows.X[11:], _part(rows.y, slice(11, None)))
    one = Parties(halves, Parties(others))
    chunks = ChunkRows(lambda: _chunks(rows, 13), rows.width)
    tables = {} if in_arrow(rows) is None else {"a table of Arrow": in_arrow(rows)}
    return tables | {
        "chunks": chunks,
        "one row at a time": ChunkRows(lambda: _chunks(rows, 1), rows.width),
        "parties": one,
        "parties with chunks": Parties(chunks),
    }


def in_arrow(rows):
    """The same rows in a table of Arrow; None where PyArrow is not installed.

    Its columns are said to have no names, as those of an array.
    """
    try:
        import pyarrow as pa
    except ImportError:
        return None
    columns = {f"x{j}": rows.X[:, j] for j in range(rows.width)}
    y = np.empty((len(rows), 0)) if rows.y is None else rows.y.reshape(len(rows), -1)
    targets = {f"y{k}": column for k, column in enumerate(y.T)}
    name = {0: None, 1: "y0"}.get(len(targets), [*targets])
    source = ArrowRows(pa.table(columns | targets), target=name)
    source._names = None
    source._schema = tuple(replace(column, name=None) for column in source._schema)
    return source


def _chunks(rows, size):
    """The rows in chunks."""
    for start in range(0, len(rows), size):
        part = slice(start, start + size)
        if rows.y is None:
            yield rows.X[part]
        else:
            yield rows.X[part], rows.y[part]


def _part(values, index):
    return None if values is None else values[index]


def _with_zeros(rows):
    """Rows of which most entries are zero."""
    X = np.where(np.random.default_rng(5).random(rows.X.shape) < 0.7, 0.0, rows.X)
    return Example(X, rows.y)


def _raise(playback, name):
    """Fail if a replay has findings, or if the source is refused."""
    assert not playback.refused, (
        f"rows from {name} are refused. Accept every source of rows."
    )
    assert not playback.findings, (
        f"from {name} the same rows give another result; add integers only, and "
        "compute each row in a fixed order. " + "\n".join(playback.findings)
    )
