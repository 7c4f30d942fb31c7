"""Changes of one series: what may be done to it without making it another."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from skprivate.feature_extraction._changes import Change


@dataclass(frozen=True)
class Jitter(Change):
    """A series with noise, so large as a part of each channel.

    Parameters
    ----------
    level : float, default=0.05
        Of the deviation of a channel.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.feature_extraction.series import Jitter
    >>> Jitter()(np.sin(np.arange(100)), coins=np.random.default_rng(0)).shape
    (100,)
    """

    level: float = 0.05

    def changed(self, item: Any, strength: float, coins: Any) -> np.ndarray:
        """The series with a part of that noise."""
        series = _floats(item)
        size = np.nanstd(series, axis=-1, keepdims=True)
        return series + strength * self.level * size * coins.normal(size=series.shape)


@dataclass(frozen=True)
class Warp(Change):
    """A series whose time runs faster first and slower then.

    Channels come first.

    Parameters
    ----------
    level : float, default=0.2
        How much faster: less than one.

    Examples
    --------
    >>> from skprivate.feature_extraction.series import Warp
    >>> Warp(0.5)([0.0, 1.0, 2.0, 3.0]).round(2).tolist()
    [0.0, 1.41, 2.41, 3.0]
    """

    level: float = 0.2

    def changed(self, item: Any, strength: float, coins: Any) -> np.ndarray:
        """The series, warped by a part of that."""
        series = _floats(item)
        n_steps = series.shape[-1]
        at = np.linspace(0.0, 1.0, n_steps)
        at = at + strength * self.level * np.sin(np.pi * at) / np.pi
        steps, times = np.arange(n_steps), at * (n_steps - 1)
        lines = [np.interp(times, steps, c) for c in np.atleast_2d(series)]
        return np.array(lines).reshape(series.shape)


def _floats(item):
    series = np.array(item, np.float64)
    if series.ndim not in (1, 2) or not series.size:
        raise ValueError("A series is one line of numbers, or channels of such.")
    return series
