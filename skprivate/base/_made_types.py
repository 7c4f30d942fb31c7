"""Types of what a function makes, found on made-up rows."""

from functools import partial

import numpy as np

from skprivate.rows._arrow import framed
from skprivate.rows._emptied import emptied
from skprivate.rows._kinds import is_pandas, is_polars
from skprivate.rows._made_up import made_up_row
from skprivate.rows._refusal import refused, sealed
from skprivate.rows._typed_like import as_objects, is_listed
from skprivate.rows._untyped import UNTYPED, is_missing

_MADE_UP = (0, ""), (1, "1")
_FAILED = (
    "X cannot be read by a function or step of yours: it fails on a made-up row (of "
    "zeros or ones, and of texts that are empty or '1') and on a table without rows, "
    "from which the types of what it makes are known. Let it take any values of the "
    "types that X declares, and return a gap for those that it does not know."
)


def types_made(ask, X):
    """A table of the types that a function makes of rows of the types of X.

    **Guarantee.** It is what the function makes of made-up rows: of zeros and empty
    texts, or else of ones, or else of none. No value of ``X`` is looked at.

    Parameters
    ----------
    ask : callable
        From a table to one of as many rows.
    X : table
    """
    made = next(filter(_is_there, map(partial(_answer, ask), _made_up_rows(X))), None)
    if made is None:
        raise refused(ValueError, _FAILED)
    if not _is_frame(made) and hasattr(made, "to_frame"):
        return _first_column(_settled(made.to_frame(), ask, X))
    return _settled(made, ask, X)


def _answer(ask, rows):
    """What a function makes of rows; None where it fails, or refuses them."""
    try:
        return sealed(lambda: framed(ask(rows)))
    except Exception:  # other values may do
        return None


def _is_there(answer):
    return answer is not None


def _made_up_rows(X):
    """Tables like X: of one row, of another, and of none."""
    yield from (_made_up(X, number, text) for number, text in _MADE_UP)
    yield _no_rows(X)


def _no_rows(X):
    return [] if isinstance(X, UNTYPED) else emptied(X)


def _made_up(X, number, text):
    """One row; also for what takes no table, but one value for each row."""
    if isinstance(X, UNTYPED):
        listed = len(X) > 0 and isinstance(X[0], (list, tuple, np.ndarray))
        return made_up_row(X, number, text).tolist() if listed else [text]
    if len(X.shape) == 2:
        return made_up_row(X, number, text)
    if hasattr(X, "to_frame"):
        return _first_column(made_up_row(X.to_frame(), number, text))
    return made_up_row(np.reshape(emptied(X), (0, 1)), number, text)[:, 0]


def _first_column(frame):
    return frame.iloc[:, 0] if is_pandas(frame) else frame.to_series(0)


def _settled(made, ask, X):
    """What was made; categories that follow from rows are no type, nor is a gap.

    Those that are there without any row are. Objects that are all missing become texts:
    anything may be written as one.
    """
    if isinstance(made, np.ndarray) and made.dtype == object and made.size:
        return made.astype(str) if all(map(is_missing, made.flat)) else made
    if not _is_frame(made):
        return made
    types = _types_by_name(made)
    listed = {n: t for n, t in types.items() if is_listed(t)}
    if listed:
        known = _types_by_name(_answer(ask, _no_rows(X)))
        found = [n for n, t in listed.items() if not _is_public(t, known.get(n))]
        made = as_objects(made, found)
    gaps = [n for n, t in _types_by_name(made).items() if _is_unknown(t, made[n])]
    return as_objects(made, gaps, "string")


def _is_public(dtype, without_rows):
    """Whether categories are there without any row."""
    return len(dtype.categories) > 0 and dtype == without_rows


def _is_unknown(dtype, column):
    """Whether objects are all missing."""
    plain = getattr(dtype, "kind", None) == "O" and dtype.type is not str
    plain = plain and not hasattr(dtype, "categories")
    return plain and len(column) > 0 and bool(column.isna().all())


def _is_frame(table):
    return is_pandas(table) or is_polars(table)


def _types_by_name(table):
    """Types of the columns of a frame; none of what is no frame."""
    if not _is_frame(table):
        return {}
    return dict(zip(table.columns, table.dtypes, strict=True))
