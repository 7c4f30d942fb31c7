"""The box: public geometry that takes every feature to the interval [-1, 1]."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

THINNEST = 2.0**-500  # a thinner box counts as constant: squares would overflow


@dataclass(frozen=True, eq=False)
class Box:
    """Affine map of features with public bounds to ``z`` in [-1, 1], on a grid.

    ``z = (clip(x, low, high) - center) / half``, rounded to a multiple of
    ``2 ** -bits``. A kernel sees the integers ``q = z * 2 ** bits``; sums of such
    integers are exact, hence the same in any order.

    Parameters
    ----------
    low, high : ndarray of shape (n_features,)
        Public bounds: values outside are moved to the nearest bound.
    center, half : ndarray of shape (n_features,)
        Public (or already released) origin and unit of ``z``. A feature whose ``half``
        is zero, or below ``2 ** -500``, is constant by declaration: its ``z`` is zero.
    bits : int
        Fineness of the grid.
    """

    low: np.ndarray
    high: np.ndarray
    center: np.ndarray
    half: np.ndarray
    bits: int

    @classmethod
    def between(cls, low: ArrayLike, high: ArrayLike, bits: int) -> Self:
        """Box that takes ``low`` to -1 and ``high`` to 1."""
        half = (high - low) / 2
        return cls(low, high, low + half, half, bits)

    @classmethod
    def around_zero(cls, low: ArrayLike, high: ArrayLike, bits: int) -> Self:
        """Box that keeps zero at zero, so that sparse rows stay sparse."""
        half = np.maximum(np.abs(low), np.abs(high))
        return cls(low, high, np.zeros_like(low), half, bits)

    @classmethod
    def around_ball(cls, n_features: int, radius: float, unit: Any, bits: int) -> Self:
        """Box about zero, alike in all features, of rows with norms up to ``radius``.

        ``unit`` is the value that ``z`` takes to one. Sparse rows stay sparse, and
        nothing of the length of a row is stored: there may be millions of features.
        """
        low, zero, high, half = (
            np.broadcast_to(np.float64(end), n_features)
            for end in (-radius, 0.0, radius, unit)
        )
        return cls(low, high, zero, half, bits)

    @property
    def uniform(self) -> bool:
        """Whether it was made by :meth:`around_ball`: one number tells all features."""
        parts = (self.low, self.high, self.center, self.half)
        alike = all(part.strides == (0,) for part in parts)
        return alike and not once(self.center).any()

    @property
    def one(self) -> Any:
        """Grid steps in a unit of ``z``."""
        return 2.0**self.bits

    @property
    def varies(self) -> Any:
        """Which features are not constant by declaration."""
        return self.half > THINNEST

    @property
    def n_features(self) -> int:
        """Number of features."""
        return len(self.low)

    @property
    def _first(self):
        """The box of the first feature, which tells of all if it is uniform."""
        ends = self.low, self.high, self.center, self.half
        return Box(*(end[:1].copy() for end in ends), self.bits)

    @cached_property
    def array(self) -> np.ndarray:
        """Rows ``low, high, center, scale`` as the kernels take them."""
        scale = np.zeros_like(self.half)
        np.divide(self.one, self.half, out=scale, where=self.varies)
        return np.ascontiguousarray([self.low, self.high, self.center, scale])

    @cached_property
    def reach(self) -> Any:
        """Largest ``|z|`` of each feature, after rounding to the grid as kernels do."""
        if self.uniform and self.n_features > 1:
            return np.broadcast_to(self._first.reach[0], self.n_features)
        far = np.maximum(self.high - self.center, self.center - self.low)
        with np.errstate(over="ignore"):  # `overflows` tells
            return np.rint(far * self.array[3]) / self.one

    @cached_property
    def overflows(self) -> bool:
        """Whether some feature is taken to what is no number."""
        if self.uniform and self.n_features > 1:
            return self._first.overflows
        return not (np.isfinite(self.array).all() and np.isfinite(self.reach).all())


def once(array):
    """A vector, or its first number where all are one and the same in memory."""
    return array[:1] if array.ndim == 1 and array.strides == (0,) else array
