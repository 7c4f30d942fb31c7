"""Above-threshold search, and the release of counts whose keys are not public."""

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from skprivate.mechanisms import _costs
from skprivate.mechanisms._additive import Gaussian, Laplace, add_rounded_noise
from skprivate.mechanisms._checks import (
    check_count,
    check_delta,
    check_integers,
    check_levels,
    check_positive,
    check_scale,
    check_scores,
)
from skprivate.mechanisms._directed import above, below, root_above
from skprivate.mechanisms._entropy import Entropy, open_stream
from skprivate.mechanisms._tally import Tally

LAPLACE = 1  # of the kernel
ROOM = 2**62  # scores and thresholds are cut here, so that noise has room


@dataclass(frozen=True)
class AboveThreshold:
    """Indices of the first ``count`` scores above a threshold, both noisy.

    Guarantee: on integer scores that one unit moves by at most ``levels`` each,
    epsilon-DP, however many scores there are (sparse vector technique: Lyu, Su and
    Li 2017, "Understanding the sparse vector technique", Algorithm 7 and Theorem 4
    (Theorem 5 for monotone scores)). The threshold gets Laplace noise of scale
    levels / epsilon_1, drawn once; each score, noise of scale 2 count levels /
    epsilon_2 (without the 2 for monotone scores). The split of epsilon into
    epsilon_1 : epsilon_2 is their best, 1 : (2 count)^(2/3) (without the 2 for
    monotone scores). Rounding keeps the proof: a rounded Laplace probability and
    its tail change by at most exp(j / scale) under a shift by an integer j.

    Parameters
    ----------
    epsilon : float
        inf: no noise, not private.
    count : int, default=1
        Stop after this many indices.
    monotone : bool, default=False
        True if a unit moves all scores in the same direction, as counts do.

    Examples
    --------
    >>> from skprivate.mechanisms import AboveThreshold, Entropy
    >>> find = AboveThreshold(epsilon=1.0)
    >>> find([3, 1, 900], levels=1, threshold=400, entropy=Entropy())
    array([2])
    """

    epsilon: float
    count: int = 1
    monotone: bool = False
    norm: ClassVar[float] = math.inf

    def __post_init__(self):
        epsilon = check_positive("epsilon", self.epsilon, infinite=True)
        object.__setattr__(self, "epsilon", epsilon)
        object.__setattr__(self, "count", check_count("count", self.count))
        if not isinstance(self.monotone, bool):
            raise TypeError("monotone must be True or False; pass one of them")

    def __call__(
        self,
        scores: ArrayLike,
        levels: float,
        threshold: int,
        entropy: Entropy,
        context: bytes = b"",
    ) -> np.ndarray:
        """Return the indices of the first scores at or above the noisy threshold.

        Parameters
        ----------
        scores : int64 array of n candidates, in grid steps
        levels : float
            How far one unit can move one score, in grid steps.
        threshold : int
            Public, in grid steps.
        entropy : Entropy
        context : bytes, default=b""
            Separates streams when ``entropy`` is seeded.

        Returns
        -------
        int64 array of at most ``count`` indices, ascending
        """
        scores, levels = check_scores(scores), check_levels(levels)
        threshold = check_integers("threshold", threshold).reshape(1)
        scores, threshold = (np.clip(v, -ROOM, ROOM) for v in (scores, threshold))
        if levels > 0 and not math.isinf(self.epsilon):
            stream = open_stream(entropy, context, self, scores, levels, threshold)
            first, second = self._noise_scales(levels)
            threshold = add_rounded_noise(LAPLACE, first, threshold, stream)
            scores = add_rounded_noise(LAPLACE, second, scores, stream)
        return np.flatnonzero(scores >= threshold)[: self.count]

    def split(self) -> tuple[Any, Any]:
        """Return epsilon_1 (threshold) and epsilon_2 (scores); they add to epsilon."""
        first = self.epsilon / (1 + (self._factor * self.count) ** (2 / 3))
        return first, below(Fraction(self.epsilon) - Fraction(first))

    @property
    def _factor(self):
        return 1 if self.monotone else 2

    def _noise_scales(self, levels):
        first, second = self.split()
        scales = (
            check_scale(levels, first),
            check_scale(above(self._factor * self.count * Fraction(levels)), second),
        )
        if max(scales) > 2.0**50:
            raise ValueError(
                "the noise scale exceeds 2**50 grid steps; use a coarser grid"
            )
        return np.array(scales[:1]), np.array(scales[1:])

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
class ThresholdedRelease:
    """Noisy counts of keys nobody listed beforehand: those above a threshold.

    Guarantee: if one unit adds to at most ``max_keys`` keys, at most ``levels`` to
    each, the release costs what ``noise`` costs (`mu`, `rho`, `event`, `epsilon`)
    **plus** ``delta``, to be added to the delta of that guarantee (`event` is both):
    except with probability ``delta`` no key is released that only one unit holds
    (Korolova, Kenthapadi, Mishra and Ntoulas 2009; Google 2020, "Delta for
    thresholding").
    On the other keys it is the noise alone: sensitivity max_keys * levels in L1,
    sqrt(max_keys) * levels in L2.

    A key is released if its noisy count is **above** the threshold T, the least
    integer with max_keys * P(noise > T - levels) <= delta.

    With ``weighted``, a unit with k keys adds at most levels / sqrt(k) to each, as
    `weighted_counts` does. Then it moves the counts by at most levels in L2, however
    many keys it has. Of its k keys, let t be those that no other unit holds. Each has
    a count of at most levels / sqrt(k) <= levels / sqrt(t), and noise of its own. So
    the probability that one of them is released is at most delta if T is at least
    levels / sqrt(t) plus the quantile of the noise at (1 - delta)**(1 / t); and T is
    the largest of these over t from 1 to max_keys (Gopi et al. 2020, "Differentially
    private set union", Section 5).

    Parameters
    ----------
    noise : Gaussian or Laplace
    delta : float
        Between 0 and 1.
    max_keys : int, default=1
        Most keys of one unit: enforce it before counting.
    weighted : bool, default=False
        Whether a unit adds less to each key the more keys it has; Gaussian noise only.

    Examples
    --------
    >>> from skprivate.mechanisms import Entropy, Laplace, ThresholdedRelease
    >>> release = ThresholdedRelease(Laplace(epsilon=1.0), delta=1e-6)
    >>> list(release({"common": 900, "rare": 1}, levels=1, entropy=Entropy()))
    ['common']
    """

    noise: object
    delta: float
    max_keys: int = 1
    weighted: bool = False

    def __post_init__(self):
        if not isinstance(self.noise, (Gaussian, Laplace)):
            raise TypeError(
                "noise must be a mechanism; pass Gaussian(...) or Laplace(...)"
            )
        object.__setattr__(self, "delta", check_delta(self.delta))
        object.__setattr__(self, "max_keys", check_count("max_keys", self.max_keys))
        if not isinstance(self.weighted, bool):
            raise TypeError("weighted must be True or False; pass one of them")
        if self.weighted and not isinstance(self.noise, Gaussian):
            raise TypeError(
                "weighted counts have a bound in L2 only; pass Gaussian(...) as noise"
            )

    def __call__(
        self,
        counts: dict[Any, Any] | Tally,
        levels: float,
        entropy: Entropy,
        context: bytes = b"",
    ) -> dict[Any, Any]:
        """Return the noisy counts above the threshold.

        Parameters
        ----------
        counts : dict or Tally
            Key to exact count (int, in grid steps); only keys that some unit holds.
        levels : float
            Most that one unit adds to one key, in grid steps; if weighted, to the only
            key of a unit that has no other.
        entropy : Entropy
        context : bytes, default=b""
            Separates streams when ``entropy`` is seeded.

        Returns
        -------
        dict
            Key to noisy count, int, sorted by key: the order of ``counts`` would
            tell in which order rows came.
        """
        if entropy.seeded:  # the same noise in whatever order rows came
            counts = dict(sorted(counts.items(), key=_by_text))
            context += repr(list(counts)).encode()
        totals, key_at = _opened(counts)
        levels = check_levels(levels)
        noisy = self.noise(totals, self.sensitivity(levels), entropy, context)
        above = np.flatnonzero(noisy > self.threshold(levels))
        found = [(key_at(i), int(noisy[i])) for i in above]
        return dict(sorted(found, key=_by_text))

    def threshold(self, levels: Any) -> float:
        """Return T: keys with a noisy count above it, strictly, are released.

        A key held by one unit has a count of at most floor(levels), so it is
        released if the rounded noise is at least r = T - floor(levels) + 1, that is
        if the continuous noise reaches r - 1/2.
        """
        levels = check_levels(levels)
        scale = self._scale(levels)
        if math.isinf(self.noise._parameter):
            return 0  # no privacy: all keys
        if scale == 0:
            return math.floor(levels)
        if self.weighted:
            return self._weighted_threshold(levels, scale)
        x = self._tail_quantile(self.delta / self.max_keys)
        # Rounded up by far more than the error of x and of the product.
        least = max(1, math.ceil(scale * x * (1 + 2.0**-40) + 0.5))
        return math.floor(levels) + least - 1

    def _weighted_threshold(self, levels, scale):
        """The largest threshold that any number t of keys of one unit alone needs."""
        from scipy.special import ndtri

        t = np.arange(1, self.max_keys + 1)
        p = -np.expm1(math.log1p(-self.delta) / t)  # of a single key
        # Rounded up by far more than the errors of p, x, the root and the products.
        x = np.maximum(-ndtri(np.minimum(p, 0.5)), 0.0) * (1 + 2.0**-40)
        most = np.floor(levels / np.sqrt(t) * (1 + 2.0**-50))
        least = np.maximum(1, np.ceil(scale * x + 0.5))
        return int(np.max(most + least - 1))

    def _tail_quantile(self, p):
        """Return x > 0 with P(Z >= x) = p for the unit noise (0 if p > 1/2)."""
        if p >= 0.5:
            return 0.0
        if isinstance(self.noise, Laplace):
            return -math.log(2 * p)
        from scipy.special import ndtri

        return -float(ndtri(p))

    def sensitivity(self, levels: Any) -> float:
        """Return how far one unit moves the counts, in the norm of the noise."""
        if self.weighted:
            return levels
        if isinstance(self.noise, Laplace):
            return above(self.max_keys * Fraction(levels))
        return above(Fraction(root_above(self.max_keys)) * Fraction(levels))

    def _scale(self, levels):
        return check_scale(self.sensitivity(levels), self.noise._parameter)

    def deviation(self, sensitivity: Any) -> float:
        """Return the standard deviation of the noise of a count, before rounding."""
        return self.noise.deviation(sensitivity)

    @property
    def norm(self) -> Any:
        """Norm of the noise."""
        return self.noise.norm

    @property
    def mu(self) -> float:
        """Cost of the noise in Gaussian DP; ``delta`` comes on top."""
        return self.noise.mu

    @property
    def rho(self) -> float:
        """Cost of the noise in zero-concentrated DP; ``delta`` comes on top."""
        return self.noise.rho

    @property
    def epsilon(self) -> Any:
        """Pure epsilon of the noise; ``delta`` comes on top."""
        return self.noise.epsilon

    @property
    def event(self) -> Any:
        """Noise and ``delta`` for `dp_accounting`.

        The keys that only one unit holds get noise of their own, independent of that of
        all others. So without the unit there is the noise on the other keys alone, and
        with it the same noise beside a list of keys that is empty except with
        probability ``delta``: the composition of the noise with a (0, ``delta``)-DP
        mechanism.
        """
        return _costs.failing_event(self.noise.event, self.delta)


def _opened(counts):
    """Return the counts as an array, and the key of each position."""
    if isinstance(counts, Tally):
        return counts.totals, counts.key_at
    keys = list(counts)
    totals = check_integers("counts", list(counts.values()) or np.zeros(0, int))
    return totals, keys.__getitem__


def _by_text(item):
    """Order keys of any kinds."""
    key, _ = item
    return type(key).__name__, repr(key)
