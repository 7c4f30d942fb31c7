"""A fixed random network that a series runs through."""

from numbers import Integral, Real
from typing import Literal

import numpy as np
from sklearn.base import BaseEstimator

from skprivate._sklearn import Interval
from skprivate.base import Geometry, PublicMapMixin
from skprivate.feature_extraction._draws import normal_numbers
from skprivate.feature_extraction.series._reading import (
    SERIES_CONSTRAINTS,
    ReadsSeries,
    standardized,
)

_LINKS = 8  # of each unit: other units that it hears


class EchoState(ReadsSeries, PublicMapMixin, BaseEstimator):
    """States of a fixed random recurrent network: their mean, and the last of them.

    An echo state network (Jaeger 2001): weights are drawn by a public seed, and only a
    model behind it learns.

    Parameters
    ----------
    n_channels : int, default=1
        Public number of channels.
    n_units : int, default=64
        Units of the network; there are two features for each.
    radius : float, default=0.9
        How long an input echoes: less than one.
    leak : float, default=0.3
        How fast units follow.
    scale : float, default=0.5
        Of the inputs.
    max_length : int, default=10_000
        Of a longer series the last steps count.
    fill : {"linear", "last", "zero"}, default="linear"
        How gaps are filled, from the same series.
    channels_first : bool, default=True
        Whether items have shape ``(n_channels, length)``, or else the other way.
    random_state : int, default=0
        Public seed of the weights.

    Attributes
    ----------
    output_norm_ : float
        Largest norm of a row: one.

    See Also
    --------
    CompetingKernels : For shapes that recur.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.feature_extraction.series import EchoState
    >>> EchoState(n_units=16).fit_transform([np.sin(np.arange(40)), [1.0]]).shape
    (2, 32)
    """

    _parameter_constraints = {
        **SERIES_CONSTRAINTS,
        "n_units": [Interval(Integral, 1, 4096, closed="both")],
        "radius": [Interval(Real, 0, 1, closed="left")],
        "leak": [Interval(Real, 0, 1, closed="right")],
        "scale": [Interval(Real, 0, None, closed="neither")],
        "max_length": [Interval(Integral, 1, None, closed="left")],
        "random_state": [Interval(Integral, 0, None, closed="left")],
    }

    def __init__(
        self,
        n_channels: int = 1,
        *,
        n_units: int = 64,
        radius: float = 0.9,
        leak: float = 0.3,
        scale: float = 0.5,
        max_length: int = 10_000,
        fill: Literal["linear", "last", "zero"] = "linear",
        channels_first: bool = True,
        random_state: int = 0,
    ) -> None:
        self.n_channels = n_channels
        self.n_units = n_units
        self.radius = radius
        self.leak = leak
        self.scale = scale
        self.max_length = max_length
        self.fill = fill
        self.channels_first = channels_first
        self.random_state = random_state

    def _width(self):
        return 2 * int(self.n_units)

    def _geometry(self):
        ends = np.full(self._width(), 1 / np.sqrt(self._width()))
        return Geometry((-ends, ends), 1.0)

    def _mapped(self, values):
        n, d = self.n_units, self.n_channels
        drawn = normal_numbers(self.random_state, n, 2 * _LINKS + d)
        # Each unit hears a few: the links, their weights, and the inputs.
        heard = np.argsort(drawn[:, :_LINKS].ravel(), kind="stable") % n
        heard = heard.reshape(n, _LINKS)
        weights = drawn[:, _LINKS : 2 * _LINKS]
        weights = self.radius * weights / np.abs(weights).sum(axis=1, keepdims=True)
        inputs = self.scale * drawn[:, 2 * _LINKS :]
        return np.array([self._of_series(s, heard, weights, inputs) for s in values])

    def _of_series(self, series, heard, weights, inputs):
        series = standardized(series)[:, -self.max_length :]
        driven = np.zeros((series.shape[1], self.n_units))
        for channel in range(self.n_channels):
            driven += series[channel][:, np.newaxis] * inputs[:, channel]
        state, total = np.zeros(self.n_units), np.zeros(self.n_units)
        for inflow in driven:
            echo = (weights * state[heard]).sum(axis=1)
            state = (1 - self.leak) * state + self.leak * np.tanh(inflow + echo)
            total += state
        row = np.concatenate([total / len(driven), state])
        return row / np.sqrt(self._width()) * (1 - 1e-12)
