"""Choose the index of a large score."""

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from skprivate.mechanisms import _costs
from skprivate.mechanisms._additive import add_rounded_noise
from skprivate.mechanisms._checks import (
    check_levels,
    check_positive,
    check_scale,
    check_scores,
)
from skprivate.mechanisms._entropy import Entropy, open_stream

LAPLACE = 1  # of the kernel
FINE_SCALE = 2.0**10  # noise this many steps wide makes ties rare


def rate_below(epsilon, levels, monotone):
    """Return integers n <= 2**20 and d = 2**s with n / d <= the rate of the scores.

    The rate is epsilon / (2 levels), or epsilon / levels for monotone scores.
    Rounding it down makes the choice more private, never less; it costs less than
    2**-18 of the rate (all of it if the rate is below 2**-56: the choice is uniform).
    """
    rate = Fraction(epsilon) / (Fraction(levels) * (1 if monotone else 2))
    magnitude = rate.numerator.bit_length() - rate.denominator.bit_length()
    s = min(max(19 - magnitude, 0), 56)
    return min(math.floor(rate * 2**s), 2**20), 2**s


@dataclass(frozen=True)
class _Selection:
    """What the mechanisms that choose one index share."""

    epsilon: float
    monotone: bool = False
    norm: ClassVar[float] = math.inf

    def __post_init__(self):
        epsilon = check_positive("epsilon", self.epsilon, infinite=True)
        object.__setattr__(self, "epsilon", epsilon)
        if not isinstance(self.monotone, bool):
            raise TypeError("monotone must be True or False; pass one of them")

    def __call__(
        self, scores: ArrayLike, levels: float, entropy: Entropy, context: bytes = b""
    ) -> int:
        """Return the index of a large score.

        Parameters
        ----------
        scores : int64 array of n candidates
            In grid steps.
        levels : float
            How far one unit can move one score, in grid steps. 0: scores are
            public, and a largest one is chosen.
        entropy : Entropy
        context : bytes, default=b""
            Separates streams when ``entropy`` is seeded.

        Returns
        -------
        int
        """
        scores, levels = check_scores(scores), check_levels(levels)
        if math.isinf(self.epsilon) or levels == 0:
            return int(np.argmax(scores))
        stream = open_stream(entropy, context, self, scores, levels)
        return int(self._choose(scores, levels, stream))

    def _by_rejection(self, name, scores, levels, stream):
        from skprivate.kernels import _selection as kernel
        from skprivate.kernels._discrete_noise import bit_source

        n, d = rate_below(self.epsilon, levels, self.monotone)
        # Raising the low scores to (best - cap) moves no score further than it
        # moved before, so the guarantee stands; it only shows where exp(-64) does.
        cap = (2**62 - 1) // max(n, 1)
        source = bit_source(stream.words(4).view(np.uint32))
        return getattr(kernel, name)(scores, n, d, cap, source)

    @property
    def mu(self) -> float:
        """Cost in Gaussian DP, as for any epsilon-DP mechanism."""
        return _costs.mu_of_pure(self.epsilon)

    @property
    def rho(self) -> float:
        """Cost in zero-concentrated DP: epsilon^2 / 2."""
        return _costs.rho_of_pure(self.epsilon)

    @property
    def event(self) -> Any:
        """The mechanism for `dp_accounting`, as for any epsilon-DP mechanism."""
        return _costs.pure_event(self.epsilon)


@dataclass(frozen=True)
class Exponential(_Selection):
    """Index i with probability proportional to exp(epsilon score_i / (2 levels)).

    Guarantee: on scores that one unit moves by at most ``levels`` each, epsilon-DP
    (McSherry and Talwar 2007, Theorem 6) and epsilon-bounded range, hence
    epsilon^2/8-zCDP (Cesar and Rogers 2021, Lemma 3.2) and half the Gaussian DP
    cost of other epsilon-DP mechanisms. Sampled exactly, by integers; it takes
    longer where few candidates have large scores.

    Parameters
    ----------
    epsilon : float
        inf: the largest score is chosen, not private.
    monotone : bool, default=False
        True if a unit moves all scores in the same direction (as counts do): the 2
        is then dropped.

    Examples
    --------
    >>> from skprivate.mechanisms import Entropy, Exponential
    >>> Exponential(epsilon=1.0)([0, 500, 90], levels=1, entropy=Entropy())
    1
    """

    def _choose(self, scores, levels, stream):
        return self._by_rejection("exponential", scores, levels, stream)

    @property
    def mu(self) -> float:
        """Cost in Gaussian DP, from the bounded range."""
        return _costs.mu_of_bounded_range(self.epsilon)

    @property
    def rho(self) -> float:
        """Cost in zero-concentrated DP: epsilon^2 / 8."""
        return self.epsilon**2 / 8

    @property
    def event(self) -> Any:
        """Gaussian noise of the same `mu`, which dominates the mechanism."""
        return _costs.gaussian_event(self.mu)


@dataclass(frozen=True)
class PermuteAndFlip(_Selection):
    """First index of a random order to pass a coin of exp(-epsilon gap / (2 levels)).

    Guarantee: on scores that one unit moves by at most ``levels`` each, epsilon-DP,
    with an expected error never above, and up to half, that of `Exponential` of
    equal epsilon (McKenna and Sheldon 2020, Theorems 1 and 2). It has no bounded
    range: its cost is epsilon^2/2-zCDP, four times that of `Exponential`. Sampled
    exactly, by integers; it takes longer where few candidates have large scores.

    Parameters
    ----------
    epsilon : float
        inf: the largest score is chosen, not private.
    monotone : bool, default=False
        True if a unit moves all scores in the same direction (as counts do): the 2
        is then dropped.

    Examples
    --------
    >>> from skprivate.mechanisms import Entropy, PermuteAndFlip
    >>> PermuteAndFlip(epsilon=1.0)([0, 500, 90], levels=1, entropy=Entropy())
    1
    """

    def _choose(self, scores, levels, stream):
        return self._by_rejection("permute_and_flip", scores, levels, stream)


@dataclass(frozen=True)
class NoisyMax(_Selection):
    """Index of the largest score after adding exponential noise to each.

    Guarantee: on integer scores that one unit moves by at most ``levels`` each,
    epsilon-DP (Dwork and Roth 2014, Claim 3.9, whose proof needs only that
    P(noise >= k + 2 levels) >= exp(-epsilon) P(noise >= k), and holds for any fixed
    breaking of ties: the noise is exponential of scale 2 levels / epsilon, rounded
    exactly). With fine enough noise it is `PermuteAndFlip` in distribution (Ding,
    Kifer et al. 2021, "The permute-and-flip mechanism is identical to
    report-noisy-max with exponential noise"), but its time does not depend on the
    scores.

    Parameters
    ----------
    epsilon : float
        inf: the largest score is chosen, not private.
    monotone : bool, default=False
        True if a unit moves all scores in the same direction (as counts do): the 2
        is then dropped.

    Examples
    --------
    >>> from skprivate.mechanisms import Entropy, NoisyMax
    >>> NoisyMax(epsilon=1.0)([0, 500, 90], levels=1, entropy=Entropy())
    1
    """

    def _choose(self, scores, levels, stream):
        shift = 0  # public: it depends on the scale only
        scale = check_scale(levels * (1 if self.monotone else 2), self.epsilon)
        while scale < FINE_SCALE and shift < 20:
            scale, shift = 2 * scale, shift + 1
        if scale > 2.0**50:
            raise ValueError(
                "the noise scale exceeds 2**50 grid steps; use a coarser grid"
            )
        noise = np.abs(
            add_rounded_noise(LAPLACE, np.array([scale]), np.zeros_like(scores), stream)
        )
        # Gaps in uint64: a difference of two int64 may need all of its bits.
        gaps = scores.max().astype(np.uint64) - scores.astype(np.uint64)
        # Raising low scores to (best - cap) moves no score further than before.
        gaps = np.minimum(gaps, np.uint64(2**61 >> shift)).astype(np.int64) << shift
        return np.argmax(noise - gaps)
