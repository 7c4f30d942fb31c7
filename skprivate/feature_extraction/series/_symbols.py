"""Words of symbols that a series spells."""

from numbers import Integral
from typing import Literal

import numpy as np
from scipy.special import ndtri
from sklearn.base import BaseEstimator
from sklearn.utils.murmurhash import murmurhash3_32

from skprivate._sklearn import Interval
from skprivate.base import Geometry, PublicMapMixin
from skprivate.feature_extraction.series._reading import (
    SERIES_CONSTRAINTS,
    ReadsSeries,
    standardized,
)


class SymbolHistogram(ReadsSeries, PublicMapMixin, BaseEstimator):
    """How often a series spells each word of a few symbols, as a row of length one.

    Each window becomes a word (SAX: Lin, Keogh, Wei and Lonardi 2007): means of its
    parts, after the window has been standardized by itself, each as one of a few
    symbols that a normal number would be equally often. Words are hashed; a row holds
    roots of their shares.

    Parameters
    ----------
    n_channels : int, default=1
        Public number of channels.
    n_features : int, default=256
        Number of columns, into which words are hashed.
    window : int, default=16
        Length of a window. Shorter series are one window.
    n_parts : int, default=4
        Symbols of a word.
    n_symbols : int, default=4
        Different symbols.
    fill : {"linear", "last", "zero"}, default="linear"
        How gaps are filled, from the same series.
    channels_first : bool, default=True
        Whether items have shape ``(n_channels, length)``, or else the other way.

    Attributes
    ----------
    output_norm_ : float
        Largest norm of a row: one.

    See Also
    --------
    CompetingKernels : Kernels in place of words.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.feature_extraction.series import SymbolHistogram
    >>> SymbolHistogram(n_features=32).fit_transform([np.sin(np.arange(99))]).shape
    (1, 32)
    """

    _parameter_constraints = {
        **SERIES_CONSTRAINTS,
        "n_features": [Interval(Integral, 1, 2**22, closed="both")],
        "window": [Interval(Integral, 2, 2**20, closed="both")],
        "n_parts": [Interval(Integral, 1, 64, closed="both")],
        "n_symbols": [Interval(Integral, 2, 64, closed="both")],
    }

    def __init__(
        self,
        n_channels: int = 1,
        *,
        n_features: int = 256,
        window: int = 16,
        n_parts: int = 4,
        n_symbols: int = 4,
        fill: Literal["linear", "last", "zero"] = "linear",
        channels_first: bool = True,
    ) -> None:
        self.n_channels = n_channels
        self.n_features = n_features
        self.window = window
        self.n_parts = n_parts
        self.n_symbols = n_symbols
        self.fill = fill
        self.channels_first = channels_first

    def _width(self):
        return int(self.n_features)

    def _geometry(self):
        return Geometry((np.zeros(self._width()), np.ones(self._width())), 1.0)

    def _mapped(self, values):
        return np.array([self._of_series(series) for series in values])

    def _of_series(self, series):
        counts = np.zeros(self.n_features)
        for number, channel in enumerate(series):
            for word, times in zip(*self._words(channel), strict=True):
                key = f"{number} {' '.join(map(str, word))}"
                counts[murmurhash3_32(key, 0, positive=True) % self.n_features] += times
        return np.sqrt(counts / counts.sum()) * (1 - 1e-12)

    def _words(self, channel):
        """Different words of a channel, and how often each occurs."""
        size = min(self.window, len(channel))
        windows = np.lib.stride_tricks.sliding_window_view(channel, size)
        windows = standardized(np.ascontiguousarray(windows))
        edges = np.linspace(0, size, self.n_parts + 1)
        first = np.minimum(np.floor(edges[:-1]).astype(int), size - 1)
        last = np.maximum(np.floor(edges[1:]).astype(int), first + 1)
        means = [windows[:, a:b].mean(axis=1) for a, b in zip(first, last, strict=True)]
        cuts = ndtri(np.arange(1, self.n_symbols) / self.n_symbols)
        symbols = np.searchsorted(cuts, np.stack(means, axis=1))
        return np.unique(symbols, axis=0, return_counts=True)
