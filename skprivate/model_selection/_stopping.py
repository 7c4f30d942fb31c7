"""Random stopping: how many runs a search makes, so that only the best is paid for.

A search that runs ``K`` times and releases the best run alone costs little more than
one run if ``K`` is random, follows one of the laws below, and is kept secret (Liu and
Talwar 2019; Papernot and Steinke 2022). With a fixed number of runs the price would
grow with it.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

from skprivate.accounting import noise_multiplier
from skprivate.pipeline._shares import parts_of

_BITS = 2.0**-52  # one less than floats have: the middle of a step is never 1.0


@dataclass(frozen=True)
class Law:
    """Law of the number of runs.

    **Guarantee.** A run that is ``event`` by itself, repeated ``draw()`` times with the
    best result released, is ``repeated(event)``: Papernot and Steinke (2022), Theorem 2
    (truncated negative binomial laws, of shape 0 and 1) and Theorem 6 (Poisson). The
    draw is by inversion of 52 random bits, which is off by less than 2**-48 in total
    variation, and moves delta by no more than that times ``1 + exp(epsilon)``.

    Parameters
    ----------
    mean : float
        Expected number of runs, above 1.
    """

    mean: float
    shape: ClassVar[float]

    def repeated(self, event):
        """What the whole search costs if a run costs ``event``."""
        from dp_accounting.dp_event import RepeatAndSelectDpEvent

        return RepeatAndSelectDpEvent(event, self.mean, self.shape)

    def draw(self, entropy):
        """A number of runs."""
        word = int(entropy.words(1, b"number of runs")[0]) >> 12
        return self._number_above((word + 0.5) * _BITS)

    def run_of(self, whole):
        """The budget of one run, so that the search stays within ``whole``.

        Parameters
        ----------
        whole : Budget
            Finite.

        Returns
        -------
        Budget
        """
        if whole.pure:
            return self._pure_run_of(whole)
        from dp_accounting.dp_event import GaussianDpEvent

        multiplier = noise_multiplier(
            lambda noise: self.repeated(GaussianDpEvent(noise)),
            whole.epsilon,
            whole.delta,
        )
        share = min(1.0, (1 / (multiplier * whole.mu)) ** 2)
        run, _ = parts_of(whole, [share, 1.0 - share])
        return run

    def _pure_run_of(self, whole):
        """``(2 + shape) * epsilon`` bounds the whole: same paper, Corollary 3."""
        run, *_ = parts_of(whole, [1.0] * (2 + int(self.shape)))
        return run


class Logarithmic(Law):
    """``P(K = k)`` in proportion to ``p**k / k``: cheapest, but often one run only."""

    shape = 0.0

    @property
    def _p(self):
        from scipy.optimize import brentq

        def excess(log_gamma):
            return math.expm1(-log_gamma) / -log_gamma - self.mean

        return -math.expm1(brentq(excess, -600.0, -1e-12))

    def _number_above(self, level):
        p, number, below = self._p, 1, 0.0
        mass = -p / math.log1p(-p)
        while below < below + mass <= level:  # until it no longer grows
            below += mass
            mass *= p * number / (number + 1)
            number += 1
        return number


class Geometric(Law):
    """``P(K = k)`` in proportion to ``p**k``: some more runs for some more budget."""

    shape = 1.0

    def _number_above(self, level):
        return max(1, math.ceil(math.log1p(-level) / math.log1p(-1 / self.mean)))


class Poisson(Law):
    """The most even number of runs, and the most expensive if it is large.

    There may be no run at all, with probability ``exp(-mean)``.
    """

    shape = math.inf

    def _pure_run_of(self, whole):
        raise ValueError(
            "stopping='poisson' has no pure guarantee, so delta=0 cannot be had. Use "
            "'geometric' or 'logarithmic', or delta > 0."
        )

    def _number_above(self, level):
        from scipy.stats import poisson

        return int(poisson.ppf(level, self.mean))


LAWS = {"geometric": Geometric, "logarithmic": Logarithmic, "poisson": Poisson}
