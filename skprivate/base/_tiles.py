"""Ask a fitted model about rows so that none of the answers depends on other rows."""

import sys
import warnings
from numbers import Real
from threading import Lock

import numpy as np
from joblib import parallel_config
from scipy import sparse
from sklearn.preprocessing import FunctionTransformer
from threadpoolctl import ThreadpoolController

from skprivate.base._estimator import DPEstimator
from skprivate.base._known_types import knowing, parts_in
from skprivate.base._tables import is_by_row, take
from skprivate.rows._kinds import is_pandas, is_polars
from skprivate.rows._made_up import made_up_row
from skprivate.rows._refusal import refused, sealed

# Kernels of BLAS take 4, 12 or 24 rows at a time, and what is left over by others.
TILE_ROWS = 192
_WIDE = {  # extension types of pandas
    "Float32": "Float64",
    "float[pyarrow]": "double[pyarrow]",
    "halffloat[pyarrow]": "double[pyarrow]",
}
_UNREADABLE = (
    "The model or step cannot read X. Pass rows with the columns and the types that it "
    "was fitted on; to see its own error, ask it alone."
)


def responses(model, method, X, **params):
    """What a method of a fitted model returns for rows, each as in any other company.

    In exact arithmetic a model maps each row on its own. In floating point a product of
    matrices may round a row differently if there is one row more, and then a neighbour
    would differ in the last bits of many rows. Estimators of this library do not:
    ``check_answers_do_not_depend_on_company`` holds them to it. Others are asked by
    :func:`in_tiles`, and so are methods that somebody has put on an object; their
    errors may quote a value, so their text is not shown.

    Parameters
    ----------
    model : estimator
        Fitted.
    method : str
        Such as ``"transform"`` or ``"predict"``.
    X : array-like of shape (n_samples, n_features)
        Rows in memory.
    **params : dict
        Metadata of the method: what has a length has one entry for each row.
    """
    if _answers_by_row(model, method):
        return getattr(model, method)(X, **params)
    return sealed(
        lambda: unsealed_responses(model, method, X, **params), "X", _UNREADABLE
    )


def unsealed_responses(model, method, X, **params):
    """The same for who seals errors better: they may quote a value."""
    if _answers_by_row(model, method):
        return getattr(model, method)(X, **params)
    return in_tiles(getattr(knowing(model), method), X, **params)


def _answers_by_row(model, method):
    """Whether a method is one of this library, and not put on the object."""
    return works_by_row(model) and method not in getattr(model, "__dict__", ())


def works_by_row(model):
    """Whether a model is known to treat each row by itself, to the last bit.

    So do estimators of this library, but for those that have parts of others; and the
    identity, which stands in for "passthrough".
    """
    if type(model) is FunctionTransformer:
        return model.func is None
    if type(model).__module__.partition(".")[0] != "skprivate":
        return False
    held = model.get_params() if isinstance(model, DPEstimator) else vars(model)
    return all(works_by_row(part) for part in parts_in(held.values()))


def in_tiles(ask, X, **params):
    """What ``ask`` returns for rows, from tables that all have the same shape.

    **Guarantee.** For a function that maps each row on its own in exact arithmetic, a
    row of the result does not depend on the number of rows, nor on the other ones. For
    it is asked about tiles of one shape, C-contiguous, in double precision, the last of
    them filled up, in this process and with one thread of BLAS; and then the place of a
    row in a tile, and the company there, have made no difference (tests measure that;
    no BLAS promises it, and in single precision some kernels round by the place). What
    can read single precision only is asked about one such row at a time.

    Parameters
    ----------
    ask : callable
        Takes rows, and returns a table with as many.
    X : array-like of shape (n_samples, n_features)
        Rows in memory. An iterator of texts, which has no length, is passed on; so is
        a single text, which is no table of letters.
    **params : dict
        For ``ask``; what has a length has one entry for each row.
    """
    n_rows = _length(X)
    if not n_rows:
        return ask(X, **params)
    by_row = {name: value for name, value in params.items() if is_by_row(value)}
    for name, value in by_row.items():
        if _length(value) != n_rows:
            raise refused(
                ValueError,
                f"{name} must have one entry for each row of X, or be a single value. "
                "Give it to the constructor if it is about all rows.",
            )
    X, parts = _sliceable(X), []
    # No workers: they have threads of their own.
    with _one_thread, parallel_config("sequential"):
        widens, size = _as_asked(ask, X)
        for start in range(0, n_rows, size):
            places = np.arange(start, start + size) % n_rows
            given = {name: take(value, places) for name, value in by_row.items()}
            tile = _tile(X, places)
            answer = ask(_in_double(tile) if widens else tile, **(params | given))
            parts.append(_first(answer, n_rows - start))
    return _stacked(parts, numbered=not hasattr(X, "iloc"))


def _length(values):
    """Number of rows; None where it is not known."""
    if hasattr(values, "shape"):
        return values.shape[0]
    is_one = isinstance(values, (str, bytes)) or not hasattr(values, "__len__")
    return None if is_one else len(values)


def _sliceable(X):
    """Rows that can be taken apart: sparse ones by row, lists of numbers as numbers.

    Each number by itself: tables made of parts of a list might be of several types.
    """
    if sparse.issparse(X):
        return X.tocsr()
    if isinstance(X, (list, tuple)) and isinstance(X[0], (list, tuple)):
        values = np.asarray(X, dtype=object)
        if all(isinstance(value, Real) for value in values.flat):
            return values.astype(np.float64)
    return X


def _as_asked(ask, X):
    """Whether to ask in double precision what is shorter, and about how many rows.

    A model that was fitted on single precision may read nothing else, as made-up rows
    tell. It is asked about one row at a time: then there is no place to round by.
    """
    row = _first(X, 1)
    wide = _in_double(row)
    if wide is row:
        return False, TILE_ROWS
    if _reads(ask, wide) or not _reads(ask, row):
        return True, TILE_ROWS
    return False, 1


def _reads(ask, X):
    """Whether there is an answer about a made-up row of these types."""
    with warnings.catch_warnings(action="ignore"):
        try:
            is_array = isinstance(X, np.ndarray)
            ask(np.zeros((1, *X.shape[1:]), X.dtype) if is_array else made_up_row(X))
        except Exception:
            return False
    return True


def _in_double(X):
    """Rows whose floats have 64 bits; the same object if there are no shorter ones."""
    if is_polars(X):
        import polars as pl

        return X.cast({pl.Float32: pl.Float64}) if pl.Float32 in X.dtypes else X
    if is_pandas(X):
        types = {j: _wide(dtype) for j, dtype in enumerate(X.dtypes)}
        types = {j: wide for j, wide in types.items() if wide is not None}
        if not types:
            return X
        numbered = X.set_axis(range(X.shape[1]), axis=1)  # names may be there twice
        return numbered.astype(types).set_axis(X.columns, axis=1)
    wide = _wide(getattr(X, "dtype", None))
    return X if wide is None else X.astype(wide)


def _wide(dtype):
    """The type of 64 bits for one of shorter floats, else None."""
    if isinstance(dtype, np.dtype):
        return np.float64 if dtype.kind == "f" and dtype.itemsize < 8 else None
    if hasattr(dtype, "subtype") and str(dtype).startswith("Sparse"):
        wide = _wide(dtype.subtype)
        return None if wide is None else type(dtype)(wide, dtype.fill_value)
    return _WIDE.get(str(dtype))


def _tile(X, places):
    """Some rows, as the same kind of table, always in the same order in memory."""
    tile = take(X, places)
    return np.ascontiguousarray(tile) if isinstance(tile, np.ndarray) else tile


def _first(table, n_rows):
    """The first rows of a table, by position."""
    if sparse.issparse(table):
        return table.tocsr()[:n_rows]
    return table.iloc[:n_rows] if hasattr(table, "iloc") else table[:n_rows]


def _stacked(parts, *, numbered):
    """Tables of one kind, one below the other; ``numbered``, not named, are rows."""
    first = parts[0]
    if len({_types(part) for part in parts}) > 1:
        raise refused(
            TypeError,
            "A step or model returns tables of several types, so one row may change "
            "the type of others. Let it return one type, whatever the rows.",
        )
    if len(parts) == 1:
        return first
    if isinstance(first, list):
        return [row for part in parts for row in part]
    if sparse.issparse(first):
        return sparse.vstack(parts, format="csr")
    if hasattr(first, "iloc"):
        import pandas as pd

        return pd.concat(parts, ignore_index=numbered)
    if hasattr(first, "columns"):
        import polars as pl

        return pl.concat(parts)
    return np.concatenate(parts)


def _types(table):
    """What must be the same of all tables: whatever loses digits when it differs."""
    if hasattr(table, "columns"):
        return str([*table.dtypes])
    dtype = np.asarray(table).dtype if isinstance(table, list) else table.dtype
    return getattr(dtype, "kind", str(dtype))


class _OneThread:
    """While any thread is inside, BLAS works with one thread, in the whole process.

    With three, say, a tile is cut into unequal parts, which other code multiplies.
    """

    def __init__(self):
        self._lock, self._inside, self._n_modules = Lock(), 0, 0

    def __enter__(self):
        with self._lock:
            if not self._inside:
                # Looking for libraries takes milliseconds: not again without need.
                if self._n_modules != len(sys.modules):
                    self._libraries = ThreadpoolController()
                    self._n_modules = len(sys.modules)
                self._limits = self._libraries.limit(limits=1, user_api="blas")
            self._inside += 1

    def __exit__(self, *_):
        with self._lock:
            self._inside -= 1
            if not self._inside:
                self._limits.restore_original_limits()


_one_thread = _OneThread()
