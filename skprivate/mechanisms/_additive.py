"""Gaussian and Laplace noise, rounded to the grid of the total it is added to."""

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from skprivate.mechanisms import _costs
from skprivate.mechanisms._checks import (
    LARGEST,
    SMALLEST,
    check_integers,
    check_levels,
    check_positive,
    check_scale,
)
from skprivate.mechanisms._entropy import Entropy, open_stream
from skprivate.mechanisms._wide import are_python_integers, is_small, narrowed, stopped

CHUNK = 1 << 15  # words made at a time: they stay in the L2 cache


def add_rounded_noise(kind, scale, total, stream):
    """Return ``total + round(scale * Z)``, exactly rounded.

    Parameters
    ----------
    kind : int
        GAUSSIAN or LAPLACE of the kernel.
    scale : float64 array of 1 or ``total.size``
    total : int64 vector
    stream : object
        From `open_stream`.

    Returns
    -------
    int64 array of ``total.size``
        Sums beyond int64 stop at its ends, they never wrap. Guarantee: it is the exact
        sum that stops, never the noise alone, so this is post-processing of the sum.
    """
    from skprivate.kernels._plain_noise import add_saturating

    out, far = drawn_noise(kind, scale, total.size, stream)
    add_saturating(out, total)  # decided noise is below 2**51
    for i, noise in far.items():
        out[i] = min(max(int(total[i]) + noise, SMALLEST), LARGEST)
    return out


def add_noise_to_wide(kind, scale, total, stream):
    """The same for a vector of int64 or Python integers; sums stop at `WIDEST`.

    Guarantee: as there, whether or not the total fits in int64.
    """
    out, far = drawn_noise(kind, scale, total.size, stream)
    noise = np.array(list(far.values()), dtype=object)
    if total.dtype == np.int64 and is_small(total) and is_small(noise):
        out[list(far)] = noise
        return out + total
    out = out.astype(object)
    out[list(far)] = noise
    return stopped(out + total.astype(object))


def drawn_noise(kind, scale, size, stream):
    """Return rounded noise as int64, and as a dict what the fast path left open."""
    from skprivate.kernels._plain_noise import rounded_noise

    out, far = np.empty(size, np.int64), {}
    undecided = np.empty(min(size, CHUNK), np.int64)
    for start in range(0, size, CHUNK):
        part = out[start : start + CHUNK]
        words = stream.words(part.size)
        scales = scale if scale.size == 1 else scale[start : start + CHUNK]
        count = rounded_noise(kind, words, scales, part, undecided)
        for i in undecided[:count]:
            noise = _continue(kind, scales[i % scales.size], words[i], stream)
            far[start + int(i)] = noise
    return out, far


def _continue(kind, scale, word, stream):
    """Noise that the fast path left open: an integer that may be beyond int64."""
    from skprivate.mechanisms._exact_tail import round_exactly

    return round_exactly(kind, float(scale), int(word), stream)


def scales_of(weights, scale, shape):
    """Return the noise scale: one for all, or one per coordinate."""
    if weights is None:
        return np.array([scale])
    weights = np.asarray(weights, np.float64)
    if not (np.all(weights > 0) and np.all(np.isfinite(weights))):
        raise ValueError(
            "weights must be positive and finite; pass noise multipliers > 0, or None"
        )
    with np.errstate(over="ignore"):
        scales = np.nextafter(scale * np.broadcast_to(weights, shape), np.inf).ravel()
    if not np.all(np.isfinite(scales)):
        raise ValueError("weights make the noise scale infinite; pass smaller ones")
    return scales


@dataclass(frozen=True)
class _Additive:
    """What Gaussian and Laplace share: total + round(scale * Z)."""

    def __call__(
        self,
        total: np.ndarray,
        levels: float,
        entropy: Entropy,
        context: bytes = b"",
        weights: ArrayLike | None = None,
    ) -> np.ndarray:
        """Return ``total + round(scale * weights * Z)``, coordinate by coordinate.

        Parameters
        ----------
        total : int64 array of any shape
            The exact sum, in grid steps. An array of Python integers (of dtype
            ``object``) says that sums may leave int64; which kind it is, is public.
        levels : float
            The largest norm of one unit's contribution, in grid steps (with
            weights: of the contribution divided by the weights). 0: no noise.
        entropy : Entropy
        context : bytes, default=b""
            Separates streams when ``entropy`` is seeded; the mechanism, the
            total, levels and weights separate them anyway.
        weights : array that broadcasts to the total's shape, default=None
            Multiplies each coordinate's noise; positive.

        Returns
        -------
        int64 array of the total's shape
            In grid steps. Saturates at the ends of int64, never wraps. If sums may
            leave int64, it saturates at 2**100, and has Python integers if one does.
        """
        total = np.asarray(total)
        wide = are_python_integers(total)
        total = narrowed(total) if wide else check_integers("total", total)
        levels = check_levels(levels)
        scale = check_scale(levels, self._parameter)
        if math.isinf(self._parameter) or scale == 0 or total.size == 0:
            return total.copy()
        scales = scales_of(weights, scale, total.shape)
        stream = open_stream(entropy, context, self, total, levels, scales)
        add = add_noise_to_wide if wide else add_rounded_noise
        noisy = add(self._kind, scales, total.ravel(), stream)
        return noisy.reshape(total.shape)


@dataclass(frozen=True)
class Gaussian(_Additive):
    """Gaussian noise of standard deviation levels / mu, rounded to the grid.

    Guarantee: on totals that one unit moves by at most ``levels`` in the L2 norm
    (divided by the weights), exactly ``mu``-Gaussian DP (Dong, Roth and Su 2022,
    Theorem 1) and mu^2/2-zCDP (Bun and Steinke 2016, Proposition 1.6). Since the
    total is on the grid, rounding the noise is rounding the sum: post-processing
    of the continuous mechanism (docs/proofs/rounded_noise.md).

    Parameters
    ----------
    mu : float
        Sensitivity over standard deviation. inf: no noise, not private.

    Examples
    --------
    >>> from skprivate.mechanisms import Entropy, Gaussian
    >>> Gaussian(mu=0.5)([10, 20], levels=1, entropy=Entropy(0)).shape
    (2,)
    """

    mu: float
    norm: ClassVar[int] = 2
    epsilon: ClassVar[float] = math.inf
    _kind: ClassVar[int] = 0  # GAUSSIAN of the kernel

    def __post_init__(self):
        object.__setattr__(self, "mu", check_positive("mu", self.mu, infinite=True))

    @property
    def _parameter(self):
        return self.mu

    @property
    def rho(self) -> float:
        """Cost in zero-concentrated DP."""
        return self.mu**2 / 2

    def deviation(self, levels: Any) -> float:
        """Return the standard deviation of the noise, before rounding."""
        return levels / self.mu

    @property
    def event(self) -> Any:
        """The mechanism for `dp_accounting`."""
        return _costs.gaussian_event(self.mu)


@dataclass(frozen=True)
class Laplace(_Additive):
    """Laplace noise of scale levels / epsilon, rounded to the grid.

    Guarantee: on totals that one unit moves by at most ``levels`` in the L1 norm
    (divided by the weights), ``epsilon``-DP (Dwork, McSherry, Nissim and Smith
    2006, Proposition 1). Since the total is on the grid, rounding the noise is
    rounding the sum: post-processing of the continuous mechanism
    (docs/proofs/rounded_noise.md).

    Parameters
    ----------
    epsilon : float
        Sensitivity over scale. inf: no noise, not private.

    Examples
    --------
    >>> from skprivate.mechanisms import Entropy, Laplace
    >>> Laplace(epsilon=0.5)([10, 20], levels=1, entropy=Entropy(0)).shape
    (2,)
    """

    epsilon: float
    norm: ClassVar[int] = 1
    _kind: ClassVar[int] = 1  # LAPLACE of the kernel

    def __post_init__(self):
        epsilon = check_positive("epsilon", self.epsilon, infinite=True)
        object.__setattr__(self, "epsilon", epsilon)

    @property
    def _parameter(self):
        return self.epsilon

    @property
    def mu(self) -> float:
        """Cost in Gaussian DP, as for any epsilon-DP mechanism."""
        return _costs.mu_of_pure(self.epsilon)

    @property
    def rho(self) -> float:
        """Cost in zero-concentrated DP, as for any epsilon-DP mechanism."""
        return _costs.rho_of_pure(self.epsilon)

    def deviation(self, levels: Any) -> float:
        """Return the standard deviation of the noise, before rounding."""
        return math.sqrt(2) * levels / self.epsilon

    @property
    def event(self) -> Any:
        """The mechanism for `dp_accounting`."""
        return _costs.laplace_event(self.epsilon)
