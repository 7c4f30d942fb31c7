"""Few numbers that describe one series."""

from numbers import Integral
from typing import Literal

import numpy as np
from sklearn.base import BaseEstimator

from skprivate._sklearn import Interval
from skprivate._typing import BoundsLike
from skprivate.base import Geometry, PublicMapMixin
from skprivate.feature_extraction.series._reading import (
    SERIES_CONSTRAINTS,
    ReadsSeries,
    public_bounds,
    standardized,
)

_NAMES = ("mean", "deviation", "low", "high", "first", "last", "slope", "change")


class SeriesSummary(ReadsSeries, PublicMapMixin, BaseEstimator):
    """Mean, deviation, range, ends, slope, steps and autocorrelations of each channel.

    All of a series on its own. Values beyond public bounds are moved to the nearest
    end, so that each number has bounds, too; they are scaled to lie in [-1, 1].

    Parameters
    ----------
    n_channels : int, default=1
        Public number of channels.
    bounds : tuple (low, high), default=(-1.0, 1.0)
        Public range of the values: numbers, or arrays of one number per channel.
    n_lags : int, default=3
        Autocorrelations at lags 1, 2, ..., so many.
    fill : {"linear", "last", "zero"}, default="linear"
        How gaps are filled, from the same series.
    channels_first : bool, default=True
        Whether items have shape ``(n_channels, length)``, or else the other way.

    Attributes
    ----------
    output_bounds_ : tuple (low, high) of ndarray
        From -1 to 1.

    See Also
    --------
    CompetingKernels : More, and better, features of shape.

    Examples
    --------
    >>> from skprivate.feature_extraction.series import SeriesSummary
    >>> summary = SeriesSummary(bounds=(0, 10), n_lags=1)
    >>> summary.fit_transform([[0, 5, 10], [5.0]]).round(1).tolist()[1]
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    >>> summary.get_feature_names_out()[:2].tolist()
    ['channel0_mean', 'channel0_deviation']
    """

    _parameter_constraints = {
        **SERIES_CONSTRAINTS,
        "bounds": "no_validation",
        "n_lags": [Interval(Integral, 0, 1000, closed="both")],
    }

    def __init__(
        self,
        n_channels: int = 1,
        *,
        bounds: BoundsLike = (-1.0, 1.0),
        n_lags: int = 3,
        fill: Literal["linear", "last", "zero"] = "linear",
        channels_first: bool = True,
    ) -> None:
        self.n_channels = n_channels
        self.bounds = bounds
        self.n_lags = n_lags
        self.fill = fill
        self.channels_first = channels_first

    def _width(self):
        return int(self.n_channels) * (len(_NAMES) + int(self.n_lags))

    def _geometry(self):
        public_bounds(self.bounds, self.n_channels)
        ones = np.ones(self._width())
        return Geometry((-ones, ones))

    def get_feature_names_out(self, input_features: None = None) -> np.ndarray:
        """Names of the numbers, by channel.

        Parameters
        ----------
        input_features : None
            Ignored.

        Returns
        -------
        ndarray of str
        """
        names = [*_NAMES, *(f"lag{lag}" for lag in range(1, self.n_lags + 1))]
        found = [f"channel{c}_{name}" for c in range(self.n_channels) for name in names]
        return np.array(found, object)

    def _mapped(self, values):
        low, high = public_bounds(self.bounds, self.n_channels)
        center, half = (low + high) / 2, np.maximum((high - low) / 2, 1e-300)
        moved = ((np.clip(series, low, high) - center) / half for series in values)
        return np.array([self._of_series(series) for series in moved])

    def _of_series(self, series):
        numbers = np.stack(
            [
                series.mean(axis=1),
                series.std(axis=1),
                series.min(axis=1),
                series.max(axis=1),
                series[:, 0],
                series[:, -1],
                _slope(series),
                np.abs(np.diff(series, axis=1, prepend=series[:, :1])).mean(axis=1) / 2,
            ],
            axis=1,
        )
        again = standardized(series)
        lags = [_correlation(again, lag + 1)[:, None] for lag in range(self.n_lags)]
        numbers = np.concatenate([numbers, *lags], axis=1)
        return np.clip(numbers, -1.0, 1.0).ravel()


def _slope(series):
    """How far a line through the values climbs; half of what it can is one."""
    at = np.linspace(-1, 1, series.shape[1]) if series.shape[1] > 1 else np.zeros(1)
    return (series * at).sum(axis=1) / max((at * at).sum(), 1e-12) / 2


def _correlation(series, lag):
    """Autocorrelation at a lag, of channels with mean zero and deviation one."""
    if lag >= series.shape[1]:
        return np.zeros(len(series))
    return (series[:, lag:] * series[:, :-lag]).sum(axis=1) / series.shape[1]
