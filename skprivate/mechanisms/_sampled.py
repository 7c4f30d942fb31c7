"""Gaussian and Laplace noise on sums over secret samples of privacy units."""

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from skprivate.mechanisms import _costs
from skprivate.mechanisms._additive import _Additive
from skprivate.mechanisms._checks import check_count, check_positive

_NO_GAIN = 700.0  # an epsilon of which the exponential would overflow: not amplified
_DOWN = 1 - 2.0**-42  # covers the rounding of logarithms, here and in the cost


@dataclass(frozen=True)
class SampledGaussian(_Additive):
    """Gaussian noise for one of several rounds, each on a fresh Poisson sample.

    Guarantee: on totals that one unit moves by at most ``levels`` in the L2 norm if it
    is in the sample, and not at all if it is not, where each unit is in by a secret
    coin of its own: the cost that ``event`` states (Zhu, Dong and Wang 2022, Theorem
    11). The noise is exactly that of :class:`Gaussian`.

    Parameters
    ----------
    multiplier : float
        Standard deviation over sensitivity. 0: no noise, not private.
    rate : float
        Probability, at most, that a unit is in the sample.
    n_rounds : int
        Number of rounds for which this noise was chosen.

    Examples
    --------
    >>> from skprivate.mechanisms import Entropy, SampledGaussian
    >>> noise = SampledGaussian(multiplier=2.0, rate=0.1, n_rounds=30)
    >>> noise([10, 20], levels=1, entropy=Entropy(0)).shape
    (2,)
    """

    multiplier: float
    rate: float
    n_rounds: int
    norm: ClassVar[int] = 2
    epsilon: ClassVar[float] = math.inf
    _kind: ClassVar[int] = 0  # GAUSSIAN of the kernel

    def __post_init__(self):
        if not 0 <= self.multiplier < math.inf:
            raise ValueError("multiplier must be finite and at least 0; pass such one")
        if not 0 < self.rate <= 1:
            raise ValueError("rate must be above 0 and at most 1; pass such a number")
        check_count("n_rounds", self.n_rounds)

    @property
    def _parameter(self):
        return 1 / self.multiplier if self.multiplier else math.inf

    def deviation(self, levels: Any) -> float:
        """Return the standard deviation of the noise, before rounding."""
        return levels * self.multiplier

    @property
    def event(self) -> Any:
        """One round for `dp_accounting`."""
        from dp_accounting.dp_event import PoissonSampledDpEvent

        event = _costs.gaussian_event(self._parameter)
        return event if self.rate == 1 else PoissonSampledDpEvent(self.rate, event)


@dataclass(frozen=True)
class SampledLaplace(_Additive):
    """Laplace noise for one of several rounds, each on a fresh Poisson sample.

    Guarantee: on totals that one unit moves by at most ``levels`` in the L1 norm if it
    is in the sample, and not at all if it is not, where each unit is in by a secret
    coin of its own: :attr:`cost`-DP, with ``exp(cost) = 1 + rate (exp(epsilon) - 1)``.
    The noise is exactly that of :class:`Laplace`.

    Proof. Whatever the coins of all others, let ``P`` be the law of the answer without
    the unit and ``Q`` that with it, so that ``Q <= e P`` and ``P <= e Q`` for ``e =
    exp(epsilon)``. The answer has the law ``P`` on one of two neighbours, and ``M = (1
    - rate) P + rate Q`` on the other. ``M <= (1 + rate (e - 1)) P``. And ``M >= (1 -
    rate + rate / e) P``, where ``(1 - rate + rate / e) (1 + rate (e - 1)) = 1 + rate (1
    - rate) (e + 1 / e - 2) >= 1``; so ``P <= (1 + rate (e - 1)) M``. Both survive the
    average over the coins of others.

    Parameters
    ----------
    epsilon : float
        Sensitivity over scale. inf: no noise, not private.
    rate : float
        Probability, at most, that a unit is in the sample.
    n_rounds : int
        Number of rounds for which this noise was chosen.

    Examples
    --------
    >>> from skprivate.mechanisms import SampledLaplace
    >>> noise = SampledLaplace(epsilon=1.0, rate=0.1, n_rounds=30)
    >>> round(noise.cost, 4)
    0.1586
    """

    epsilon: float
    rate: float
    n_rounds: int
    norm: ClassVar[int] = 1
    _kind: ClassVar[int] = 1  # LAPLACE of the kernel

    def __post_init__(self):
        epsilon = check_positive("epsilon", self.epsilon, infinite=True)
        object.__setattr__(self, "epsilon", epsilon)
        if not 0 < self.rate <= 1:
            raise ValueError("rate must be above 0 and at most 1; pass such a number")
        check_count("n_rounds", self.n_rounds)

    @classmethod
    def of_cost(cls, cost: float, rate: float, n_rounds: int) -> Self:
        """The one with least noise, nearly, of which a round costs no more than this.

        Parameters
        ----------
        cost : float
            Epsilon of one round.
        rate, n_rounds
            As for the class.
        """
        more = math.log1p(-math.expm1(-cost) * (1 / rate - 1))
        sampled = (cost + more) * _DOWN
        gains = rate < 1 and sampled < _NO_GAIN
        return cls(max(cost, sampled) if gains else cost, rate, n_rounds)

    @property
    def _parameter(self):
        return self.epsilon

    @property
    def cost(self) -> float:
        """Epsilon of one round, rounded up."""
        if self.rate == 1 or self.epsilon >= _NO_GAIN:
            return self.epsilon
        gained = math.log1p(self.rate * math.expm1(self.epsilon)) * _costs.UP
        return min(gained, self.epsilon)

    def deviation(self, levels: Any) -> float:
        """Return the standard deviation of the noise, before rounding."""
        return math.sqrt(2) * levels / self.epsilon

    @property
    def event(self) -> Any:
        """What dominates one round, for `dp_accounting`."""
        if self.rate == 1:
            return _costs.laplace_event(self.epsilon)
        return _costs.pure_event(self.cost)
