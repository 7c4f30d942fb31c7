"""A score that knows how sure it is, and what it cost."""

from typing import Any, Self

from skprivate._typing import BoundsLike
from skprivate.base._report import price_of


class DPScore(float):
    """A score measured under differential privacy: a float with an interval.

    Arithmetic gives plain floats.

    Parameters
    ----------
    value : float
        The score.
    interval : tuple (low, high)
        Confidence interval for the score on the whole population. It counts both that
        the rows are a sample and that noise was added.
    confidence : float, default=0.95
        Probability that the interval holds the score of the population.
    privacy : PrivacyReport, default=None
        What was released, and at what price.

    Attributes
    ----------
    interval : tuple (low, high)
    confidence : float
    privacy : PrivacyReport

    Examples
    --------
    >>> from skprivate.metrics import DPScore
    >>> score = DPScore(0.8731, interval=(0.861, 0.885))
    >>> score
    0.8731 (95% interval: 0.861 to 0.885)
    >>> score > 0.8, type(1 - score)
    (True, <class 'float'>)
    """

    def __new__(
        cls,
        value: float,
        interval: BoundsLike,
        confidence: float = 0.95,
        privacy: Any = None,
    ) -> Self:
        """Make a float that carries its interval."""
        score = super().__new__(cls, value)
        score.interval = float(interval[0]), float(interval[1])
        score.confidence = float(confidence)
        score.privacy = privacy
        return score

    def __reduce__(self):
        parts = float(self), self.interval, self.confidence, self.privacy
        return type(self), parts

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __repr__(self):
        low, high = self.interval
        percent = f"{100 * self.confidence:.4g}%"
        text = f"{float(self):.4g} ({percent} interval: {low:.4g} to {high:.4g}"
        return text + price_of(self.privacy, "; ") + ")"

    __str__ = __repr__
