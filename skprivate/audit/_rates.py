"""How often an attack succeeds, with an interval."""

from dataclasses import dataclass
from math import sqrt

from scipy.special import betaincinv

from skprivate.base._confidence import quantile_of


@dataclass(frozen=True)
class Rate:
    """Successes of some trials, as a rate between two ends.

    Parameters
    ----------
    value, low, high : float
    n : int
        Number of trials.
    """

    value: float
    low: float
    high: float
    n: int

    @classmethod
    def exact(cls, hits, n, confidence):
        """Of independent trials, by Clopper and Pearson (1934): never too short."""
        tail = (1 - confidence) / 2
        low = float(betaincinv(hits, n - hits + 1, tail)) if hits else 0.0
        high = float(betaincinv(hits + 1, n - hits, 1 - tail)) if hits < n else 1.0
        return cls(hits / n if n else 0.0, low, high, n)

    @classmethod
    def wilson(cls, hits, n, confidence):
        """By Wilson (1927); the value is the middle of the interval."""
        z = quantile_of(confidence)
        middle = (hits + z * z / 2) / (n + z * z)
        spread = hits * (n - hits) / n if n else 0.0
        reach = z * sqrt(spread + z * z / 4) / (n + z * z)
        return cls(middle, max(0.0, middle - reach), min(1.0, middle + reach), n)

    def __str__(self):
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


@dataclass(frozen=True)
class Attack:
    """An attack on rows that a synthesizer has seen, beside one on rows it has not.

    Parameters
    ----------
    name : str
    seen : Rate
        Against rows that it was fitted on.
    unseen : Rate
        The same against rows that were held back: what success means nothing.
    """

    name: str
    seen: Rate
    unseen: Rate

    @property
    def gain(self):
        """What remains of the risk: success beyond that on rows that were not seen.

        A tuple of value, low and high end. With intervals of both rates of a confidence
        c, this one holds with ``2 c - 1`` at least.
        """
        parts = (
            (self.seen.value, self.unseen.value),
            (self.seen.low, self.unseen.high),
            (self.seen.high, self.unseen.low),
        )
        return tuple((a - b) / (1 - b) if b < 1 else 0.0 for a, b in parts)

    @property
    def verdict(self):
        """In words."""
        if self.gain[1] > 0:
            return "rows that were seen are at risk"
        return "no trace of rows that were seen"
