"""One series as numbers: channels side by side, and gaps filled from its own values."""

from numbers import Integral

import numpy as np

from skprivate._sklearn import Interval, StrOptions
from skprivate.base import check_bounds
from skprivate.rows._items import declared_kind
from skprivate.rows._refusal import refused

FILLS = ("linear", "last", "zero")
SERIES_CONSTRAINTS = {
    "n_channels": [Interval(Integral, 1, 2**16, closed="both")],
    "fill": [StrOptions(set(FILLS))],
    "channels_first": ["boolean"],
}


def channels_of(item, public_map):
    """A series as channels of equal length, without gaps.

    **Guarantee.** A function of the item and of public parameters: a gap is filled from
    the same series, never from another.

    Parameters
    ----------
    item : array-like of shape (length,) or (n_channels, length)
        Or a pair of times, and values in any order of time.
    public_map : estimator
        With ``n_channels``, ``fill`` and ``channels_first``, which says which of both
        shapes it is: a guess would take some series for their transpose.

    Returns
    -------
    ndarray of shape (n_channels, length), or None if this is no such series
    """
    return channels_in_time(item, public_map)[1]


def channels_in_time(item, public_map):
    """Times from first to last, and channels; numbers of steps where there are none."""
    nothing, times = (None, None), None
    if isinstance(item, tuple) and len(item) == 2:
        times, item = _numbers(item[0]), item[1]
        if times is None or times.ndim != 1:
            return nothing
    values = _numbers(item)
    if values is None or values.ndim not in (1, 2):
        return nothing
    if values.ndim == 1:
        values = values[np.newaxis]
    elif not public_map.channels_first:
        values = values.T
    if len(values) != public_map.n_channels or not np.isfinite(values).any():
        return nothing
    if times is None:
        times = np.arange(values.shape[1])
    elif len(times) != values.shape[1] or not np.isfinite(times).any():
        return nothing
    known = np.flatnonzero(np.isfinite(times))
    order = known[np.argsort(times[known], kind="stable")]
    lines = [filled(channel, public_map.fill) for channel in values[:, order]]
    return times[order], np.array(lines)


def filled(values, how):
    """A channel whose gaps are filled.

    Parameters
    ----------
    values : ndarray of shape (length,)
    how : {"linear", "last", "zero"}
        On the line between neighbours; with the last value before; with zero. Before
        the first value, and after the last one, the nearest is repeated, but for zero.

    Returns
    -------
    ndarray of shape (length,)
    """
    known = np.flatnonzero(np.isfinite(values))
    if len(known) == len(values):
        return values
    if how == "zero" or not len(known):
        return np.where(np.isfinite(values), values, 0.0)
    at = np.arange(len(values))
    if how == "last":
        before = np.searchsorted(known, at, side="right") - 1
        return values[known[np.maximum(before, 0)]]
    return np.interp(at, known, values[known])


def standardized(values):
    """Channels with mean zero and deviation one; zeros where nothing moves."""
    values = values / np.maximum(np.abs(values).max(axis=1, keepdims=True), 1e-300)
    values = values - values.mean(axis=1, keepdims=True)
    size = np.sqrt((values * values).mean(axis=1, keepdims=True))
    return np.where(size > 1e-9, values / np.maximum(size, 1e-9), 0.0)


def public_bounds(bounds, n_channels):
    """Bounds of channels as two columns; nothing is searched for."""
    if isinstance(bounds, str):
        raise refused(
            ValueError,
            "bounds must be numbers that are public, since a map of series learns "
            "nothing. Give a pair (low, high).",
        )
    low, high = check_bounds(bounds, n_channels)
    return low[:, np.newaxis], high[:, np.newaxis]


def _numbers(item):
    values = np.asarray(item)
    if values.dtype.kind not in "biuf":
        values = np.array(item, np.float64)  # None among numbers
    return values.astype(np.float64) if values.size else None


class ReadsSeries:
    """How maps of series read one; mixin in front of :class:`PublicMapMixin`."""

    _items = "series"
    reads_flat_rows = True

    def _check_kind(self, X):
        """Refuse an array or a table of which the public shape has other channels."""
        super()._check_kind(X)
        kind, n_dims = declared_kind(X)
        if kind is None or (kind != "table" and kind not in "biuf") or n_dims > 3:
            return
        at = 1 if self.channels_first else 2
        n_channels = X.shape[at] if n_dims == 3 else 1
        if n_channels != self.n_channels:
            raise refused(
                ValueError,
                f"X holds series of {n_channels} channels, by its shape, and "
                f"n_channels is {self.n_channels}. Set n_channels; for an array of "
                "shape (n, length, n_channels), channels_first=False, too.",
            )

    def _decoded(self, item):
        return channels_of(item, self)
