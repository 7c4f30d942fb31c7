"""The door for features."""

import numpy as np
import sklearn
from sklearn.utils import assert_all_finite
from sklearn.utils.validation import check_array, validate_data

from skprivate.ledger._prepaid import within_a_fit
from skprivate.rows._arrow import framed
from skprivate.rows._columns import refuse_out_of_memory
from skprivate.rows._kinds import (
    is_pandas,
    is_polars,
    is_sparse,
    kinds_of_columns,
    real_array,
    refuse_double_names,
    refuse_kinds,
    refuse_masked,
)
from skprivate.rows._refusal import of_column, refused, sealed
from skprivate.rows._rows import Rows
from skprivate.rows._untyped import UNTYPED, floats_of, untyped_array

_SKLEARN = tuple(int(part) for part in sklearn.__version__.split(".")[:2])


def least_rows(min_rows):
    """As many; none within a fit, where coins may have taken all of them."""
    return 0 if within_a_fit() else min_rows


def refuse_no_rows(X):
    """Refuse a table in memory that has no rows, but within a fit."""
    if hasattr(X, "__dask_graph__") or isinstance(X, Rows) or not least_rows(1):
        return
    if getattr(X, "shape", ()):
        n_rows = X.shape[0]
    else:  # a list, or something that becomes an array only later
        n_rows = len(X) if hasattr(X, "__len__") else 1
    if not n_rows:
        raise refused(
            ValueError,
            "Found array with 0 sample(s) while a minimum of 1 is required. Pass at "
            "least one row.",
        )


def checked_features(
    X,
    *,
    accept_sparse=False,
    min_rows=0,
    copy=False,
    finite=True,
    allow_nan=False,
    writable=False,
):
    """`X` as a finite float64 or float32 array, or CSR matrix; `X` is not altered.

    Float32 and float64 keep their type, other numbers become float64, and nothing is
    copied that need not be. No message holds a value of `X`. With ``finite=False`` a
    dense result may hold values that are not: whoever reads it owes the check. With
    ``allow_nan=True`` a value may be missing, which is NaN. With ``writable=True`` rows
    that cannot be written, as those of a memory map, are copied.
    """
    readable = _readable(X, accept_sparse)
    look = finite or is_sparse(readable)
    checked = sealed(
        lambda: check_array(
            readable,
            accept_sparse="csr" if accept_sparse else False,
            dtype=[np.float64, np.float32],
            ensure_all_finite="allow-nan" if look and allow_nan else look,
            ensure_min_samples=least_rows(min_rows),
            copy=copy,
            force_writeable=writable,
            input_name="X",
        )
    )
    if not (isinstance(checked, np.ndarray) or is_sparse(checked)):
        raise _unknown()
    return checked


def refuse_odd(X):
    """Refuse an array with values that are not finite; infinity, if there is both."""
    sealed(lambda: assert_all_finite(X, allow_nan=True, input_name="X"))
    sealed(lambda: assert_all_finite(X, input_name="X"))


def record_features(estimator, X, checked, *, reset):
    """Set `n_features_in_` and `feature_names_in_`, or compare with them."""
    X = framed(X)
    table = X if hasattr(X, "columns") else checked
    if is_polars(X) and not _has_readable_names(X):
        table = _Schema(X)
    sealed(lambda: validate_data(estimator, table, reset=reset, skip_check_array=True))


def with_readable_names(X):
    """``X``; a frame of polars as one whose names scikit-learn finds, values shared.

    Before 1.9 it asks for the interchange protocol, which polars 2 no longer has.
    """
    if not is_polars(X) or _has_readable_names(X):
        return X

    class Named(type(X)):
        def __dataframe__(self):
            return _Schema(self)

    return Named(X)


def _has_readable_names(X):
    return _SKLEARN >= (1, 9) or hasattr(X, "__dataframe__")


def refuse_other_width(estimator, checked):
    """Refuse rows of another width than in ``fit``, whatever their names."""
    known, width = estimator.n_features_in_, checked.shape[1]
    if width != known:
        raise refused(
            ValueError,
            f"X has {width} features, but {type(estimator).__name__} is expecting "
            f"{known} features as input.",
        )


def _readable(X, accept_sparse):
    """`X` as something of a known kind that `check_array` reads faithfully."""
    refuse_out_of_memory(X)
    X = framed(X)
    refuse_masked(X, "X")
    if is_sparse(X):
        if not accept_sparse:
            raise refused(
                TypeError,
                "Sparse data was passed, but dense data is required. Use "
                "'.toarray()' to convert X to a dense array.",
            )
        refuse_kinds([X.dtype.kind], "X")
        return X
    if is_pandas(X) or is_polars(X):
        refuse_double_names(X)
        found = sealed(lambda: kinds_of_columns(X))
        for name, kinds in zip(X.columns, found, strict=True):
            with of_column(name):
                refuse_kinds(kinds, "X")
        return sealed(lambda: _polars_array(X) if is_polars(X) else _of_pandas(X))
    if isinstance(X, UNTYPED):
        return real_array(untyped_array(X), "X")
    if not hasattr(X, "__array__"):
        raise _unknown()
    if isinstance(X, np.matrix):
        raise refused(
            TypeError, "np.matrix is not supported. Convert X with np.asarray."
        )
    return real_array(sealed(lambda: np.asarray(X)), "X")


def _of_pandas(X):
    """A frame of pandas; if a column has no type of its own, as float64."""
    if all(getattr(dtype, "kind", "O") != "O" for dtype in X.dtypes):
        return X
    table = np.empty(X.shape, order="F")
    for j, name in enumerate(X.columns):
        column = X.iloc[:, j].to_numpy(dtype=object)
        with of_column(name):
            table[:, j] = sealed(lambda column=column: floats_of(column))
    return table


def _polars_array(X):
    """A frame of polars in single precision if all of its columns are, else in double.

    Its own ``to_numpy`` also looks for gaps: small integers beside one become float32.
    """
    import polars as pl

    if any(dtype != pl.Float32 for dtype in X.dtypes):
        numbers = pl.all().exclude(pl.Object)
        X = X.with_columns(numbers.cast(pl.Float64))
    return X.to_numpy()


def _unknown():
    """The refusal of a container that is not known."""
    return refused(
        TypeError,
        "X is of a kind that is not known here. Pass an array, a list of rows, a "
        "DataFrame of pandas or polars, a scipy.sparse matrix, ArrowRows(path, "
        "target=...) for files, or ChunkRows(open) for an iterator of chunks.",
    )


class _Schema:
    """Width and names of a polars DataFrame, for scikit-learn < 1.9."""

    def __init__(self, X):
        self.shape, self.column_names = X.shape, lambda: list(X.columns)
        self.num_rows, self.num_columns = lambda: X.shape[0], lambda: X.shape[1]

    def __dataframe__(self):
        return self
