"""Windows of series, before a pipeline: rows that belong to persons."""

from collections.abc import Sequence
from numbers import Integral
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from skprivate.rows._items import items_of
from skprivate.rows._refusal import refused, sealed


def cut_windows(
    series: Sequence[ArrayLike],
    y: ArrayLike | Literal["next"] | None = None,
    groups: ArrayLike | None = None,
    length: int | None = None,
    stride: int | None = None,
    *,
    horizon: int = 1,
) -> tuple[np.ndarray, np.ndarray | None, np.ndarray]:
    """Cut windows out of series; each stays with the person whose series it is.

    Windows of one person are many rows, so what protects one row protects a few seconds
    of that person. That is why there is no cutting without ``groups``: pass those that
    are returned to ``fit``, and say how many windows of a person count with
    ``max_rows_per_group``. Inside of a pipeline a row is one person's series.

    Parameters
    ----------
    series : list of array-like of shape (length,) or (n_channels, length)
        One for each recording.
    y : array-like of shape (n_recordings,), "next" or None, default=None
        Labels, that windows inherit; or ``"next"`` for the value of the first channel
        that comes ``horizon`` steps after a window.
    groups : array-like of shape (n_recordings,)
        Whose recording it is.
    length : int
        Public length of a window. Series that are shorter give none.
    stride : int, default=None
        From one window to the next. None: ``length``, so that they do not overlap.
    horizon : int, default=1
        How far ``"next"`` looks ahead.

    Returns
    -------
    X : ndarray of shape (n_windows, length) or (n_windows, n_channels, length)
    y : ndarray of shape (n_windows,) or None
    groups : ndarray of shape (n_windows,)

    See Also
    --------
    skprivate.rows.UnitClip : How much the windows of a person add together.

    Examples
    --------
    >>> from skprivate.feature_extraction.series import cut_windows
    >>> X, y, users = cut_windows([[1, 2, 3, 4, 5]], "next", groups=["ann"], length=2)
    >>> X.tolist(), y.tolist(), users.tolist()
    ([[1.0, 2.0], [3.0, 4.0]], [3.0, 5.0], ['ann', 'ann'])
    """
    _check(length, stride, horizon, groups)
    series = [sealed(lambda s=s: np.asarray(s, np.float64), "series") for s in series]
    ahead = horizon if isinstance(y, str) else 0
    labels = None if y is None or isinstance(y, str) else items_of(y)
    owners = items_of(groups)
    _check_lengths(series, y, labels, owners)
    windows, targets, whose = [], [], []
    for number, values in enumerate(series):
        last = values.shape[-1] - length - ahead
        for start in range(0, last + 1, stride or length):
            windows.append(values[..., start : start + length])
            whose.append(owners[number])
            if ahead:
                line = values if values.ndim == 1 else values[0]
                targets.append(line[start + length - 1 + ahead])
            elif labels is not None:
                targets.append(labels[number])
    if not windows:
        raise refused(
            ValueError, "No series is as long as a window. Lower length or horizon."
        )
    shapes = {window.shape for window in windows}
    if len(shapes) > 1:
        raise refused(
            ValueError, "series must have one number of channels. Give each the same."
        )
    return np.array(windows), np.array(targets) if targets else None, np.array(whose)


def _check(length, stride, horizon, groups):
    """Refuse what would make rows that nobody owns."""
    if groups is None:
        raise refused(
            ValueError,
            "cut_windows needs groups: windows of one person are many rows, and what "
            "protects one of them does not protect the person. Give one group for each "
            "series, such as a user.",
        )
    for name, value in (("length", length), ("stride", stride), ("horizon", horizon)):
        given = value is not None or name == "length"
        if given and not (isinstance(value, Integral) and value >= 1):
            raise refused(ValueError, f"{name} must be an integer >= 1. Give a number.")


def _check_lengths(series, y, labels, owners):
    if isinstance(y, str) and y != "next":
        raise refused(
            ValueError, "y must be 'next', None or one label for each series. Use one."
        )
    n_labels = len(series) if labels is None else len(labels)
    if {len(owners), n_labels} != {len(series)}:
        raise refused(
            ValueError,
            "y and groups must have one entry for each series. Give as many.",
        )
    if any(values.ndim not in (1, 2) or not values.size for values in series):
        raise refused(
            ValueError,
            "series must have shape (length,) or (n_channels, length). Reshape them.",
        )
