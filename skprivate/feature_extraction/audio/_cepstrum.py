"""Mel cepstra of clips: how a sound's colour moves along its own length."""

from functools import lru_cache
from numbers import Integral, Real

import numpy as np
from scipy import fft
from sklearn.base import BaseEstimator

from skprivate._sklearn import Interval
from skprivate.base import Geometry, PublicMapMixin
from skprivate.base._products import row_products
from skprivate.feature_extraction._lengths import LIMIT, of_length_one
from skprivate.rows._refusal import refused

_QUIET = 1e-3  # of the loudest frame: what is cut off at both ends
_FLOOR = 1e-6  # of energies before their logarithm: of a clip with a mean square of one


class MelCepstrum(PublicMapMixin, BaseEstimator):
    """Coefficients of a clip's logarithmic spectrum, and of how they move.

    The spectrum of each frame is summed up in bands as wide as the ear's; a cosine
    transform over bands tells the colour of the sound, one over parts of the clip how
    it moves. Each clip is scaled to its own loudness, cut at its own quiet ends, and
    divided into parts by its own length; so nothing is learned, and integers and
    fractions are the same clip. The first coefficient, loudness, is left out.

    Parameters
    ----------
    rate : int, default=16_000
        Public number of samples in a second. A pair ``(rate, samples)`` is another
        rate, and resampled.
    n_mels : int, default=32
        Number of bands.
    window : float, default=0.025
        Length of a frame, in seconds.
    hop : float, default=0.01
        From one frame to the next, in seconds.
    n_parts : int, default=16
        Equal parts of a clip.
    n_time : int, default=4
        Coefficients over parts.
    n_coef : int, default=12
        Coefficients over bands.
    trim : bool, default=True
        Whether quiet ends are cut off.
    max_seconds : float, default=60.0
        What is behind is not heard.

    Attributes
    ----------
    output_bounds_ : tuple (low, high) of ndarray
        From -0.5 to 0.5: rows have length one, but for values beyond.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.feature_extraction.audio import MelCepstrum
    >>> second = np.arange(8000) / 8000
    >>> tones = [
    ...     np.sin(2 * np.pi * 440 * second),
    ...     np.sin(2 * np.pi * 880 * second[:300]),
    ... ]
    >>> MelCepstrum(rate=8000).fit_transform(tones).shape
    (2, 48)
    """

    _parameter_constraints = {
        "rate": [Interval(Integral, 100, 10**6, closed="both")],
        "n_mels": [Interval(Integral, 2, 1024, closed="both")],
        "window": [Interval(Real, 0, 10, closed="right")],
        "hop": [Interval(Real, 0, 10, closed="right")],
        "n_parts": [Interval(Integral, 1, 4096, closed="both")],
        "n_time": [Interval(Integral, 1, None, closed="left")],
        "n_coef": [Interval(Integral, 1, None, closed="left")],
        "trim": ["boolean"],
        "max_seconds": [Interval(Real, 0, None, closed="neither")],
    }
    _items = "clips"
    reads_flat_rows = True

    def __init__(
        self,
        rate: int = 16_000,
        *,
        n_mels: int = 32,
        window: float = 0.025,
        hop: float = 0.01,
        n_parts: int = 16,
        n_time: int = 4,
        n_coef: int = 12,
        trim: bool = True,
        max_seconds: float = 60.0,
    ) -> None:
        self.rate = rate
        self.n_mels = n_mels
        self.window = window
        self.hop = hop
        self.n_parts = n_parts
        self.n_time = n_time
        self.n_coef = n_coef
        self.trim = trim
        self.max_seconds = max_seconds

    def _width(self):
        return int(self.n_time * self.n_coef)

    def _geometry(self):
        if self.n_time > self.n_parts or self.n_coef >= self.n_mels:
            raise refused(
                ValueError,
                "n_time must not exceed n_parts, and n_coef must be below n_mels. "
                "Lower them.",
            )
        ends = np.full(self._width(), LIMIT)
        return Geometry((-ends, ends))

    def _decoded(self, item):
        rate = self.rate
        if isinstance(item, tuple) and len(item) == 2:
            rate, item = item
        samples = np.asarray(item)
        if samples.dtype.kind not in "iuf" or samples.size == 0 or rate <= 0:
            return None
        if samples.ndim == 2:  # channels are averaged, wherever they are
            samples = samples.astype(np.float64).mean(
                axis=int(np.argmin(samples.shape))
            )
        if samples.ndim != 1:
            return None
        samples = samples[: int(self.max_seconds * rate) + 1].astype(np.float64)
        samples = np.where(np.isfinite(samples), samples, 0.0)
        samples /= max(np.abs(samples).max(), 1e-300)
        if rate != self.rate:
            wanted = max(1, round(len(samples) * self.rate / rate))
            at = np.linspace(0, len(samples) - 1, wanted)
            samples = np.interp(at, np.arange(len(samples)), samples)
        samples = samples - samples.mean()
        power = np.mean(samples * samples)
        return None if not power > 1e-12 else samples / np.sqrt(power)

    def _mapped(self, values):
        return np.array([self._of_clip(samples) for samples in values])

    def _of_clip(self, samples):
        """One clip at a time: all that is multiplied is its own."""
        bands = self._bands(samples)
        colours = fft.dct(np.log(bands + _FLOOR), axis=1, norm="ortho")
        parts = _parts(colours[:, 1 : self.n_coef + 1], self.n_parts)
        moves = fft.dct(parts, axis=0, norm="ortho")[: self.n_time]
        return of_length_one(moves.ravel())

    def _bands(self, samples):
        """Energies of bands in each frame that is not too quiet at either end."""
        size = max(2, round(self.window * self.rate))
        step = max(1, round(self.hop * self.rate))
        if len(samples) < size:
            samples = np.concatenate([samples, np.zeros(size - len(samples))])
        frames = np.lib.stride_tricks.sliding_window_view(samples, size)[::step]
        if self.trim:
            energy = (frames * frames).sum(axis=1)
            loud = np.flatnonzero(energy > _QUIET * energy.max())
            frames = frames[loud[0] : loud[-1] + 1]
        length = 2 ** int(np.ceil(np.log2(size)))
        waves = fft.rfft(frames * np.hanning(size), length, axis=1)
        power = (waves.real**2 + waves.imag**2) / size
        return row_products(power, mel_filters(self.rate, length, self.n_mels))


def _parts(rows, n_parts):
    """Means over equal parts of a clip; a part without a frame has the one it is in."""
    edges = np.linspace(0, len(rows), n_parts + 1)
    first = np.floor(edges[:-1]).astype(int)
    last = np.maximum(np.floor(edges[1:]).astype(int), first + 1)
    return np.array([rows[a:b].mean(axis=0) for a, b in zip(first, last, strict=True)])


@lru_cache(maxsize=16)
def mel_filters(rate, length, n_mels):
    """Triangles that sum up a spectrum in bands of equal width on the mel scale.

    Parameters
    ----------
    rate : int
    length : int
        Of the Fourier transform.
    n_mels : int

    Returns
    -------
    ndarray of shape (length // 2 + 1, n_mels)
    """
    top = 2595 * np.log10(1 + rate / 2 / 700)
    edges = 700 * (10 ** (np.linspace(0, top, n_mels + 2) / 2595) - 1)
    at = np.arange(length // 2 + 1)[:, np.newaxis] * rate / length
    width = np.maximum(np.diff(edges), rate / length)  # no band between two points
    rising = (at - edges[:-2]) / width[:-1]
    falling = (edges[2:] - at) / width[1:]
    return np.maximum(0.0, np.minimum(rising, falling))
