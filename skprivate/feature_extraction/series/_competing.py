"""Random kernels that compete: how often each of a group answers best."""

from numbers import Integral
from typing import Literal

import numpy as np
from sklearn.base import BaseEstimator

from skprivate._sklearn import Interval
from skprivate.base import Geometry, PublicMapMixin
from skprivate.base._products import row_products
from skprivate.feature_extraction._draws import normal_numbers
from skprivate.feature_extraction.series._reading import (
    SERIES_CONSTRAINTS,
    ReadsSeries,
    standardized,
)
from skprivate.rows._refusal import refused

_TAPS = 9


class CompetingKernels(ReadsSeries, PublicMapMixin, BaseEstimator):
    """How often each of a group of random kernels answers best, as a row of length one.

    As in Hydra (Dempster, Schmidt and Webb 2023), without what it learns of the rows.
    Kernels have no bias, and shares of time no scale: so unlike in MiniRocket, whose
    biases are quantiles of training series, there is nothing to learn. Shares of a
    group add up to one, so their roots are a row of length one, however long the series
    is, of which the part that all kernels have in common is taken off.

    Parameters
    ----------
    n_channels : int, default=1
        Public number of channels.
    n_groups : int, default=16
        Groups of kernels.
    n_kernels : int, default=8
        Kernels of a group.
    dilations : tuple of int, default=(1, 2)
        Steps between the nine values that a kernel looks at.
    standardize : bool, default=False
        Whether each channel of a series is shifted and scaled by itself first, so that
        only its shape counts. Else levels of channels count, too; the size of all
        together never does.
    fill : {"linear", "last", "zero"}, default="linear"
        How gaps are filled, from the same series.
    channels_first : bool, default=True
        Whether items have shape ``(n_channels, length)``, or else the other way.
    random_state : int, default=0
        Public seed of the kernels.

    Attributes
    ----------
    output_norm_ : float
        Largest norm of a row: one.

    See Also
    --------
    SeriesSummary : Few numbers that can be named.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.feature_extraction.series import CompetingKernels
    >>> series = [np.sin(np.arange(40)), np.arange(12.0), None]
    >>> CompetingKernels().fit_transform(series).shape
    (3, 256)
    """

    _parameter_constraints = {
        **SERIES_CONSTRAINTS,
        "n_groups": [Interval(Integral, 1, 4096, closed="both")],
        "n_kernels": [Interval(Integral, 2, 256, closed="both")],
        "dilations": "no_validation",
        "standardize": ["boolean"],
        "random_state": [Interval(Integral, 0, None, closed="left")],
    }

    def __init__(
        self,
        n_channels: int = 1,
        *,
        n_groups: int = 16,
        n_kernels: int = 8,
        dilations: tuple[int, ...] = (1, 2),
        standardize: bool = False,
        fill: Literal["linear", "last", "zero"] = "linear",
        channels_first: bool = True,
        random_state: int = 0,
    ) -> None:
        self.n_channels = n_channels
        self.n_groups = n_groups
        self.n_kernels = n_kernels
        self.dilations = dilations
        self.standardize = standardize
        self.fill = fill
        self.channels_first = channels_first
        self.random_state = random_state

    def _width(self):
        return int(self.n_groups * self.n_kernels * len(self._steps()))

    def _geometry(self):
        ones = np.ones(self._width())
        return Geometry((-ones, ones), 1.0)

    def _steps(self):
        steps = self.dilations if isinstance(self.dilations, (tuple, list)) else ()
        whole = all(isinstance(s, Integral) and 1 <= s <= 2**16 for s in steps)
        if not (steps and whole):
            raise refused(
                ValueError,
                "dilations must be a list of integers from 1 to 65,536. Give (1, 2).",
            )
        return [int(step) for step in steps]

    def _mapped(self, values):
        n_kernels = self.n_groups * self.n_kernels
        kernels = normal_numbers(self.random_state, self.n_channels * _TAPS, n_kernels)
        return np.array([self._of_series(series, kernels) for series in values])

    def _of_series(self, series, kernels):
        if self.standardize:
            series = standardized(series)
        series = series / max(np.abs(series).max(), 1e-300)
        shares = [self._shares(series, kernels, step) for step in self._steps()]
        row = np.sqrt(np.concatenate(shares)) - np.sqrt(1 / self.n_kernels)
        size = np.sqrt((row * row).sum())
        return row / max(size, 1e-12) * (1 - 1e-12)

    def _shares(self, series, kernels, step):
        """Share of time at which each kernel of a group answers most strongly."""
        n_steps, reach = series.shape[1], step * (_TAPS // 2)
        padded = np.pad(series, ((0, 0), (reach, reach)), mode="edge")
        seen = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, axis=1)
        seen = seen[:, :, ::step].transpose(1, 0, 2).reshape(n_steps, -1)
        answers = row_products(np.ascontiguousarray(seen), kernels)
        best = answers.reshape(n_steps, self.n_groups, self.n_kernels).argmax(axis=2)
        best += self.n_kernels * np.arange(self.n_groups)
        counts = np.bincount(best.ravel(), minlength=self.n_groups * self.n_kernels)
        return counts / n_steps
