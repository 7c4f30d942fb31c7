"""Discrete Laplace and Gaussian noise, by integers only: the reference."""

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np

from skprivate.mechanisms import _costs
from skprivate.mechanisms._checks import check_integers, check_levels, check_positive
from skprivate.mechanisms._entropy import Entropy, open_stream


def rational_scale(levels, parameter):
    """Return integers t <= 2**30 and s with t / s >= levels / parameter, closely."""
    from skprivate.kernels._discrete_noise import LARGEST_SCALE

    scale = Fraction(levels) / Fraction(parameter)
    if scale > LARGEST_SCALE:
        raise ValueError(
            "the noise scale exceeds 2**30 grid steps, which is more than discrete "
            "noise supports; use Gaussian or Laplace, or a coarser grid"
        )
    s = 1
    while scale * s * 2 <= LARGEST_SCALE and s < 2**29:
        s *= 2
    return max(1, math.ceil(scale * s)), s


@dataclass(frozen=True)
class _Discrete:
    """What the two discrete mechanisms share."""

    def __call__(
        self,
        total: Any,
        levels: Any,
        entropy: Entropy,
        context: bytes = b"",
        weights: Any = None,
    ) -> Any:
        """Return ``total`` plus discrete noise; as `Gaussian`, without weights."""
        from skprivate.kernels import _discrete_noise as kernel
        from skprivate.kernels._rounded_noise import add_saturating

        if weights is not None:
            raise ValueError("discrete noise has no weights; use Gaussian or Laplace")
        total, levels = check_integers("total", total), check_levels(levels)
        if math.isinf(self._parameter) or levels == 0 or total.size == 0:
            return total.copy()
        t, s = rational_scale(levels, self._parameter)
        stream = open_stream(entropy, context, self, total, levels)
        noise = np.empty(total.size, np.int64)
        source = kernel.bit_source(stream.words(4).view(np.uint32))
        kernel.discrete_noise(self._kind, t, s, noise, source)
        add_saturating(noise, total.ravel())
        return noise.reshape(total.shape)


@dataclass(frozen=True)
class DiscreteLaplace(_Discrete):
    """Discrete Laplace noise of scale levels / epsilon, on the integers.

    Guarantee: on integer totals that one unit moves by at most ``levels`` in the L1
    norm, ``epsilon``-DP (Ghosh, Roughgarden and Sundararajan 2009; Canonne, Kamath
    and Steinke 2020, Algorithm 2). The scale is rounded up to a rational, by less
    than 2**-28 of itself or, if it is tiny, of a step.

    Parameters
    ----------
    epsilon : float
        Sensitivity over scale. inf: no noise, not private.

    Examples
    --------
    >>> from skprivate.mechanisms import DiscreteLaplace, Entropy
    >>> DiscreteLaplace(epsilon=0.5)([10, 20], levels=1, entropy=Entropy(0)).shape
    (2,)
    """

    epsilon: float
    norm: ClassVar[int] = 1
    _kind: ClassVar[int] = 0  # LAPLACE of the kernel

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

    @property
    def event(self) -> Any:
        """The mechanism for `dp_accounting`, as for any epsilon-DP mechanism."""
        return _costs.pure_event(self.epsilon)


@dataclass(frozen=True)
class DiscreteGaussian(_Discrete):
    """Discrete Gaussian noise with sigma = levels / mu, on the integers.

    Guarantee: on integer totals that one unit moves by at most ``levels`` in the L2
    norm, mu^2/2-zCDP (Canonne, Kamath and Steinke 2020, Theorem 14). That is all:
    it is **not** exactly mu-Gaussian DP, so `mu` is its parameter, not a cost that
    composes with that of `Gaussian`; use `rho` or `event`. sigma is rounded up to a
    rational, by less than 2**-28 of itself or, if it is tiny, of a step.

    Parameters
    ----------
    mu : float
        Sensitivity over sigma. inf: no noise, not private.

    Examples
    --------
    >>> from skprivate.mechanisms import DiscreteGaussian, Entropy
    >>> DiscreteGaussian(mu=0.5)([10, 20], levels=1, entropy=Entropy(0)).shape
    (2,)
    """

    mu: float
    norm: ClassVar[int] = 2
    epsilon: ClassVar[float] = math.inf
    _kind: ClassVar[int] = 1  # GAUSSIAN of the kernel

    def __post_init__(self):
        object.__setattr__(self, "mu", check_positive("mu", self.mu, infinite=True))

    @property
    def _parameter(self):
        return self.mu

    @property
    def rho(self) -> float:
        """Cost in zero-concentrated DP."""
        return self.mu**2 / 2

    @property
    def event(self) -> Any:
        """The mechanism for `dp_accounting`."""
        return _costs.zcdp_event(self.rho)
