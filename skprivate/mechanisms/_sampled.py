"""Gaussian noise on sums over secret samples of privacy units."""

import math
from dataclasses import dataclass
from typing import ClassVar

from skprivate.mechanisms import _costs
from skprivate.mechanisms._additive import _Additive
from skprivate.mechanisms._checks import check_count


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

    def deviation(self, levels):
        """Return the standard deviation of the noise, before rounding."""
        return levels * self.multiplier

    @property
    def event(self):
        """One round for `dp_accounting`."""
        from dp_accounting.dp_event import PoissonSampledDpEvent

        event = _costs.gaussian_event(self._parameter)
        return event if self.rate == 1 else PoissonSampledDpEvent(self.rate, event)
