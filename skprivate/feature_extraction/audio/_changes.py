"""Changes of one clip: what may be done to it without making it another."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from skprivate.feature_extraction._changes import Change


@dataclass(frozen=True)
class Hiss(Change):
    """A clip with noise, so loud as a part of the clip.

    Parameters
    ----------
    level : float, default=0.05
        Of the deviation of the clip.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.feature_extraction.audio import Hiss
    >>> Hiss()(np.sin(np.arange(100)), coins=np.random.default_rng(0)).shape
    (100,)
    """

    level: float = 0.05

    def changed(self, item: Any, strength: float, coins: Any) -> np.ndarray:
        """The clip with a part of that noise."""
        clip = _floats(item)
        return clip + strength * self.level * clip.std() * coins.normal(size=len(clip))


@dataclass(frozen=True)
class Stretch(Change):
    """A clip, longer or shorter, and lower or higher.

    Parameters
    ----------
    factor : float, default=1.1
        How much longer.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.feature_extraction.audio import Stretch
    >>> Stretch(1.5)(np.arange(100)).shape
    (150,)
    """

    factor: float = 1.1

    def changed(self, item: Any, strength: float, coins: Any) -> np.ndarray:
        """The clip, stretched by a part of that."""
        clip = _floats(item)
        wanted = max(1, round(len(clip) * self.factor**strength))
        at = np.linspace(0, len(clip) - 1, wanted)
        return np.interp(at, np.arange(len(clip)), clip)


def _floats(item):
    clip = np.asarray(item)
    if clip.dtype.kind not in "iuf" or clip.ndim != 1 or not clip.size:
        raise ValueError("A clip is one line of numbers. Give such, or pass a rate.")
    return clip.astype(np.float64)
