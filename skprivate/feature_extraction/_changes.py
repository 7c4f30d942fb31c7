"""Changes of one item, for copies beside it; each is a value."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from skprivate._typing import Generator


@dataclass(frozen=True)
class Change:
    """What makes another item of one; subclasses define ``changed``.

    **Guarantee.** A function of the item, of parameters, and of ``strength`` and
    ``coins``, which are the item's own.
    """

    def __call__(
        self,
        item: ArrayLike,
        strength: float = 1.0,
        coins: Generator | None = None,
    ) -> Any:
        """The changed item.

        Parameters
        ----------
        item : array-like
        strength : float, default=1.0
            From -1 to 1: how much of the change is made, and in which direction.
        coins : Generator, default=None
            For changes that draw noise; such of the item itself.
        """
        return self.changed(item, strength, coins)

    def changed(self, item: Any, strength: float, coins: Any) -> np.ndarray:
        """The changed item."""
        raise TypeError(f"{type(self).__name__} must define changed(...).")
