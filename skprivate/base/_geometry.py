"""What is public about rows that leave a step: one value that pipelines hand on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from sklearn.base import TransformerMixin

_TELLING = 0.5  # usually, of rows half as long as the diagonal of a box


@dataclass(frozen=True, eq=False)
class Geometry:
    """Where rows lie, as far as public facts and released answers tell.

    A wrong geometry costs accuracy, never privacy: who uses it moves values to the
    bounds, and shortens rows, before they count.

    Parameters
    ----------
    bounds : tuple (low, high) of ndarray of shape (n_features,), default=None
        Range of each feature; None is unknown.
    norm : float, default=inf
        Largest 2-norm of a row, where more is known than bounds tell.
    codes : ndarray of int of shape (n_features,), default=None
        For each feature, how many codes 0, 1, ... it has; zero for a number. None: all
        are numbers.
    """

    bounds: tuple | None = None
    norm: float = np.inf
    codes: np.ndarray | None = None

    @property
    def longest(self) -> Any:
        """Largest 2-norm of a row, of what norm and bounds tell; may be infinite."""
        if self.bounds is None:
            return self.norm
        low, high = self.bounds
        corner = np.linalg.norm(np.maximum(np.abs(low), np.abs(high)))
        return float(min(self.norm, corner))

    def is_ball(self, telling: Any = _TELLING) -> bool:
        """Whether the norm says more than the bounds, of which it is such a part."""
        if self.bounds is None:
            return self.norm < np.inf
        return self.norm <= telling * replace(self, norm=np.inf).longest

    def of(self, indices: Any) -> "Geometry":
        """Geometry of some columns: a part of a row is no longer than the row."""
        bounds, codes = self.bounds, self.codes
        if bounds is not None:
            bounds = tuple(end[indices] for end in bounds)
        return Geometry(bounds, self.norm, None if codes is None else codes[indices])

    def scaled(self, factor: float) -> "Geometry":
        """Geometry of multiples of rows."""
        if factor == 1.0:
            return self
        bounds = self.bounds
        if bounds is not None:
            ends = np.multiply(bounds, factor)
            bounds = ends.min(axis=0), ends.max(axis=0)
        return Geometry(bounds, self.norm * abs(factor))

    @classmethod
    def side_by_side(cls, parts: "Sequence[Geometry]") -> Self:
        """Geometry of rows that are put side by side.

        Bounds and codes are unknown if some bounds are; the norm is the root of the sum
        of squares.

        Parameters
        ----------
        parts : list of Geometry
        """
        if not parts:
            return cls()
        telling = any(part.norm < np.inf for part in parts)
        norm = np.linalg.norm([part.longest for part in parts]) if telling else np.inf
        if any(part.bounds is None for part in parts):
            return cls(norm=float(norm))
        low, high = zip(*(part.bounds for part in parts), strict=True)
        bounds = np.concatenate(low), np.concatenate(high)
        if all(part.codes is None for part in parts):
            return cls(bounds, float(norm))
        codes = [
            np.zeros(len(part.bounds[0]), np.int64)
            if part.codes is None
            else part.codes
            for part in parts
        ]
        return cls(bounds, float(norm), np.concatenate(codes))


class PublishesGeometry:
    """Mixin of what sets ``output_geometry_``; parts of it are views of that value."""

    @property
    def output_bounds_(self) -> Any:
        """Range of each feature of the output: a pair of arrays."""
        bounds = self._published("output_bounds_").bounds
        if bounds is None:
            raise AttributeError("output_bounds_ are unknown. Declare bounds.")
        return bounds

    @property
    def output_norm_(self) -> Any:
        """Largest 2-norm of a row of the output; infinite where it is unknown."""
        return self._published("output_norm_").longest

    def _published(self, name):
        """The geometry; ``hasattr`` is told that it is not there before a fit."""
        try:
            return vars(self)["output_geometry_"]
        except KeyError:
            raise AttributeError(
                f"{name} is known after fit. Call fit first."
            ) from None


class DPTransformerMixin(PublishesGeometry, TransformerMixin):
    """Mixin of transformers, which say where the rows of their output lie.

    Attributes
    ----------
    output_geometry_ : Geometry
        What the next private step may rely on: a function of public facts and of what
        was released, so nobody has to guess the range after a transformation. ``_fit``
        sets it.
    output_bounds_ : tuple (low, high) of ndarray
        A view of it: the range of each feature.
    output_norm_ : float
        A view of it: the largest norm of a row.
    """
