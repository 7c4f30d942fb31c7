"""Series as rows of a public length: resampled, or their last values."""

from numbers import Integral
from typing import Literal

import numpy as np
from sklearn.base import BaseEstimator

from skprivate._sklearn import Interval, StrOptions
from skprivate._typing import BoundsLike
from skprivate.base import Geometry, PublicMapMixin
from skprivate.feature_extraction._lengths import LIMIT, of_length_one
from skprivate.feature_extraction.series._reading import (
    SERIES_CONSTRAINTS,
    ReadsSeries,
    channels_in_time,
    public_bounds,
)
from skprivate.rows._refusal import refused


class Resample(ReadsSeries, PublicMapMixin, BaseEstimator):
    """A series at equally spaced times, so many as a parameter says.

    The length is public: that of the longest series would be one person's.

    Parameters
    ----------
    length : int, default=32
        Number of values of each channel.
    n_channels : int, default=1
        Public number of channels.
    bounds : tuple (low, high), default=(-1.0, 1.0)
        Public range of the values, to which others are moved: numbers, or arrays of one
        number per channel.
    method : {"linear", "mean"}, default="linear"
        Values on the line between neighbours; or means over equal parts of a series,
        which hold more of a long one.
    norm : {"l2"} or None, default=None
        Whether each row is scaled to length one, so that its size does not matter.
    fill : {"linear", "last", "zero"}, default="linear"
        How gaps are filled, from the same series.
    channels_first : bool, default=True
        Whether items have shape ``(n_channels, length)``, or else the other way.

    Attributes
    ----------
    output_bounds_ : tuple (low, high) of ndarray
        The bounds, for each value; if rows have length one, from -0.5 to 0.5.

    See Also
    --------
    LastValues : The end of a series, as it is.

    Examples
    --------
    >>> from skprivate.feature_extraction.series import Resample
    >>> Resample(3, bounds=(0, 9)).fit_transform([[0, 1, 2, 3, 4], [7]]).tolist()
    [[0.0, 2.0, 4.0], [7.0, 7.0, 7.0]]
    """

    _parameter_constraints = {
        **SERIES_CONSTRAINTS,
        "length": [Interval(Integral, 1, 2**20, closed="both")],
        "bounds": "no_validation",
        "method": [StrOptions({"linear", "mean"})],
        "norm": [StrOptions({"l2"}), None],
    }

    def __init__(
        self,
        length: int = 32,
        *,
        n_channels: int = 1,
        bounds: BoundsLike = (-1.0, 1.0),
        method: Literal["linear", "mean"] = "linear",
        norm: Literal["l2"] | None = None,
        fill: Literal["linear", "last", "zero"] = "linear",
        channels_first: bool = True,
    ) -> None:
        self.length = length
        self.n_channels = n_channels
        self.bounds = bounds
        self.method = method
        self.norm = norm
        self.fill = fill
        self.channels_first = channels_first

    def _width(self):
        return int(self.length * self.n_channels)

    def _geometry(self):
        ends = public_bounds(self.bounds, self.n_channels)
        if self.norm is not None:
            ends = (
                -np.full((self.n_channels, 1), LIMIT),
                np.full((self.n_channels, 1), LIMIT),
            )
        return Geometry(tuple(np.repeat(end, self.length) for end in ends))

    def _decoded(self, item):
        times, values = channels_in_time(item, self)
        return None if values is None else (times, values)

    def _mapped(self, values):
        low, high = public_bounds(self.bounds, self.n_channels)
        rows = []
        for times, channels in values:
            lines = [self._line(times, channel) for channel in channels]
            row = np.clip(lines, low, high).ravel()
            rows.append(row if self.norm is None else of_length_one(row))
        return np.array(rows)

    def _line(self, times, channel):
        """A channel at so many times, or its means over so many parts."""
        if self.method == "linear":
            at = np.linspace(times[0], times[-1], self.length)
            return np.interp(at, times, channel)
        edges = np.linspace(0, len(channel), self.length + 1)
        first = np.minimum(np.floor(edges[:-1]).astype(int), len(channel) - 1)
        last = np.maximum(np.ceil(edges[1:]).astype(int), first + 1)
        return [channel[a:b].mean() for a, b in zip(first, last, strict=True)]


class LastValues(ReadsSeries, PublicMapMixin, BaseEstimator):
    """Values of a series some steps before its end, and what changed since.

    For forecasts: a row is one person's series, and lags look at no other. Where a
    series is shorter than a lag, its first value stands in.

    Parameters
    ----------
    lags : tuple of int, default=(0, 1, 2)
        Steps before the last value; zero is that itself.
    n_channels : int, default=1
        Public number of channels.
    difference : bool, default=False
        Whether lags other than the first hold how far the series has moved since.
    bounds : tuple (low, high), default=(-1.0, 1.0)
        Public range of the values, to which others are moved: numbers, or arrays of one
        number per channel.
    fill : {"linear", "last", "zero"}, default="last"
        How gaps are filled, from the same series.
    channels_first : bool, default=True
        Whether items have shape ``(n_channels, length)``, or else the other way.

    Attributes
    ----------
    output_bounds_ : tuple (low, high) of ndarray
        The bounds, for each value.

    See Also
    --------
    cut_windows : Many rows of each series.

    Examples
    --------
    >>> from skprivate.feature_extraction.series import LastValues
    >>> LastValues((0, 2), bounds=(0, 9)).fit_transform([[1, 2, 3], [7]]).tolist()
    [[3.0, 1.0], [7.0, 7.0]]
    """

    _parameter_constraints = {
        **SERIES_CONSTRAINTS,
        "lags": "no_validation",
        "difference": ["boolean"],
        "bounds": "no_validation",
        "fill": [StrOptions({"linear", "last", "zero"})],
    }

    def __init__(
        self,
        lags: tuple[int, ...] = (0, 1, 2),
        *,
        n_channels: int = 1,
        difference: bool = False,
        bounds: BoundsLike = (-1.0, 1.0),
        fill: Literal["linear", "last", "zero"] = "last",
        channels_first: bool = True,
    ) -> None:
        self.lags = lags
        self.n_channels = n_channels
        self.difference = difference
        self.bounds = bounds
        self.fill = fill
        self.channels_first = channels_first

    def _width(self):
        return len(self._checked()) * int(self.n_channels)

    def _checked(self):
        lags = self.lags if isinstance(self.lags, (tuple, list, range)) else ()
        if not len(lags) or not all(isinstance(i, Integral) and i >= 0 for i in lags):
            raise refused(
                ValueError, "lags must be a list of integers from 0. Give (0, 1, 2)."
            )
        return np.array(lags, np.int64)

    def _geometry(self):
        low, high = public_bounds(self.bounds, self.n_channels)
        ends = np.repeat([low, high], len(self._checked()), axis=2)
        if self.difference:
            ends[:, :, 1:] = np.stack([low - high, high - low])
        return Geometry((ends[0].ravel(), ends[1].ravel()))

    def _mapped(self, values):
        low, high = public_bounds(self.bounds, self.n_channels)
        lags, rows = self._checked(), []
        for channels in values:
            channels = np.clip(channels, low, high)
            found = channels[:, np.maximum(channels.shape[1] - 1 - lags, 0)]
            if self.difference:
                found[:, 1:] = found[:, :1] - found[:, 1:]
            rows.append(found.ravel())
        return np.array(rows)
