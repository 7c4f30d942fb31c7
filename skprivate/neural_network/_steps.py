"""Steps along noisy gradients, of which it is known how noisy they are.

All of it is post-processing: functions of what was released, and of public facts.
"""

from dataclasses import dataclass

import numpy as np

_FLOOR = 0.3  # of the deviation of the noise: what noise hides counts as so large
_SECOND = 0.99  # part of the mean of squares that each step keeps
_TINY = 1e-8
_WARM = 0.1  # part of the steps that become longer
_AVERAGED = 0.3  # of the points


def lengths_of(schedule, first, n_steps, power):
    """How long each of so many steps is.

    Parameters
    ----------
    schedule : {"constant", "invscaling", "warmup", "cosine"}
    first : float
        The longest.
    n_steps : int
    power : float
        Of ``"invscaling"``.
    """
    done = np.arange(n_steps) / n_steps
    shapes = {
        "constant": np.ones(n_steps),
        "invscaling": np.arange(1.0, n_steps + 1) ** -power,
        "warmup": np.minimum((done + 1 / n_steps) / _WARM, 1.0),
        "cosine": (1 + np.cos(np.pi * done)) / 2,
    }
    return first * shapes[schedule]


class Momentum:
    """Gradient steps, each of which goes on with a part of the last one.

    Parameters
    ----------
    momentum : float
    """

    def __init__(self, momentum):
        self._momentum, self._move = momentum, 0.0

    def __call__(self, slopes, noise, length):
        """The next move, of noisy slopes and the deviation of their noise."""
        self._move = self._momentum * self._move - length * slopes
        return self._move


class Adam:
    """Steps in units of what is left of each slope when noise is taken away.

    Adam (Kingma and Ba 2015) divides slopes by the root of their mean square. Of noisy
    slopes most of that is noise, of which the variance is known; without it, small
    slopes are not drowned (Tang, Shpilevskiy and Lecuyer 2024, "DP-AdamBC"). Without
    momentum this is RMSprop.

    Parameters
    ----------
    momentum : float
    """

    def __init__(self, momentum):
        self._momentum, self._done = momentum, 0
        self._mean = self._square = 0.0

    def __call__(self, slopes, noise, length):
        """The next move, of noisy slopes and the deviation of their noise."""
        self._done += 1
        self._mean += (1 - self._momentum) * (slopes - self._mean)
        self._square += (1 - _SECOND) * (slopes**2 - self._square)
        mean = self._mean / (1 - self._momentum**self._done)
        square = self._square / (1 - _SECOND**self._done) - noise**2
        least = (_FLOOR * noise) ** 2 + _TINY**2
        return -length * mean / np.sqrt(np.maximum(square, least))


SOLVERS = {
    "sgd": Momentum,
    "adam": Adam,
    "rmsprop": lambda momentum: Adam(0.0),
}


@dataclass
class Average:
    """What a descent ends with: some mean of its points, which has less noise.

    Attributes
    ----------
    kind : bool or float
        True is the mean of the last three tenths, False the last point; a number below
        one is the part of an exponential mean that each step keeps.
    n_steps : int
    """

    kind: bool | float
    n_steps: int
    value: np.ndarray | float = 0.0

    def add(self, point, number):
        """Point number 0, 1, ... of the path."""
        keep = 0.0
        if self.kind is True:
            first = min(int((1 - _AVERAGED) * self.n_steps), self.n_steps - 1)
            n_before = number - first
            keep = n_before / (n_before + 1) if n_before > 0 else 0.0
        elif self.kind is not False:
            keep = self.kind * (1 - self.kind**number) / (1 - self.kind ** (number + 1))
        self.value = keep * self.value + (1 - keep) * point


@dataclass
class Patience:
    """Ends a descent when nothing is seen of a slope but noise; this saves time only.

    Attributes
    ----------
    most : int or None
        So many steps in a row; None: never.
    """

    most: int | None
    _idle: int = 0
    _mean: np.ndarray | float = 0.0
    _n_seen: int = 0

    def is_over(self, slopes, noise):
        """Whether the last slopes were the last straw."""
        if self.most is None:
            return False
        self._n_seen += 1
        self._mean += (slopes - self._mean) / min(self._n_seen, self.most)
        deviation = noise / np.sqrt(min(self._n_seen, self.most))
        seen = np.mean(self._mean**2) > (1 + _FLOOR) * deviation**2 + _TINY**2
        self._idle = 0 if seen else self._idle + 1
        return self._idle >= self.most
