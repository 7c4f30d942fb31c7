"""Public bounds: what a user may declare."""

from collections.abc import Mapping

import numpy as np

from skprivate._typing import BoundsLike

_WIDEST = 2.0**500  # so that squares of values within do not overflow


def _mend(name):
    """What to do about bounds of this name."""
    more = " (or two arrays with one number per column)" if name == "bounds" else ""
    return (
        f"Give two finite numbers{more}, low <= high, known without a look at the "
        f"data; or {name}='private' to pay for a search."
    )


def check_bounds(
    bounds: BoundsLike, n_columns: int | None, name: str = "bounds"
) -> tuple[np.ndarray, np.ndarray]:
    """Low and high ends of the declared range of each column.

    Parameters
    ----------
    bounds : tuple (low, high)
        Scalars or arrays of ``n_columns`` numbers.
    n_columns : int or None
        Number of columns the bounds are for; None if it is not known.
    name : str, default="bounds"
        How error messages call the parameter.

    Returns
    -------
    low, high : ndarray of shape (n_columns,)
        As they were given, if ``n_columns`` is None.

    Raises
    ------
    TypeError
        If ``bounds`` is no pair of numbers.
    ValueError
        If the bounds are reversed, not finite, too wide, or of the wrong length.
    """
    if isinstance(bounds, (str, bytes, Mapping)) or not hasattr(bounds, "__len__"):
        raise TypeError(
            f"{name} must be a pair (low, high) or 'private'. {_mend(name)}"
        )
    if len(bounds) != 2:
        raise ValueError(f"{name} must have two ends, low and high. {_mend(name)}")
    ends = [_column_values(end, n_columns, name) for end in bounds]
    low, high = ends
    if not (np.all(np.isfinite(low)) and np.all(np.isfinite(high))):
        raise ValueError(f"{name}: the ends are not finite. {_mend(name)}")
    if n_columns is None and low.ndim == high.ndim == 1 and len(low) != len(high):
        raise ValueError(f"{name}: the ends have different lengths. {_mend(name)}")
    if not np.all(low <= high):
        raise ValueError(f"{name}: the ends are reversed. {_mend(name)}")
    if not np.all(high / 2 - low / 2 <= _WIDEST / 2):
        raise ValueError(f"{name}: the ends are too far apart. {_mend(name)}")
    return low, high


def _column_values(end, n_columns, name):
    """One end of the bounds as an array with a number per column."""
    values = np.asarray(end)
    if values.dtype.kind not in "iuf":
        raise TypeError(f"{name} must hold real numbers. {_mend(name)}")
    if values.ndim > 1:
        raise ValueError(
            f"{name} must hold one number, or one per column. {_mend(name)}"
        )
    if n_columns is None:
        return values.astype(np.float64)
    if values.ndim == 1 and len(values) != n_columns:
        raise ValueError(
            f"{name} must hold one number for each end, or one for each of "
            f"{n_columns} columns. {_mend(name)}"
        )
    return np.ascontiguousarray(np.broadcast_to(values.astype(np.float64), n_columns))
