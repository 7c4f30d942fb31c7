"""Counts, sums and squares of bounded features, of all rows or of each class."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from skprivate._typing import TableLike
from skprivate.base import Box, Query
from skprivate.mechanisms import root_above

BITS = 17


@dataclass(frozen=True, eq=False)
class Moments(Query):
    """For each class, the sum over its rows of ``(1, z, 2 z ** 2 - 1)``.

    With ``z`` in [-1, 1] each pair ``(z, 2 z**2 - 1)`` has a squared norm of at most 2:
    it is convex in ``z**2``, with the value 1 at 0 and 2 at 1. A row belongs to one
    class, so its contribution has a norm of at most ``sqrt(1 + 2 d)``, and a 1-norm of
    at most ``1 + 2 d``. The second Chebyshev polynomial stands for the square because
    the same noise then costs the square half as much.

    Parameters
    ----------
    box : Box
        From :meth:`Box.between` with ``bits`` of 17.
    n_classes : int, default=0
        Number of classes; zero puts all rows together.
    """

    box: Box
    n_classes: int = 0
    step = 2.0**-BITS

    @property
    def width(self) -> int:
        """A column for each feature of the box."""
        return self.box.n_features

    def problems(self) -> Iterator[Any]:
        """The bound is stated for the grid of the box."""
        if self.box.bits != BITS:
            yield f"box has not {BITS} bits"

    @property
    def bound(self) -> Any:
        """A row adds one to a count, and at most 2 in square for each feature."""
        return root_above(1 + 2 * self.box.n_features)

    @property
    def l1_bound(self) -> Any:
        """A row adds one to a count, and at most 2 for each feature."""
        return 1.0 + 2 * self.box.n_features

    @property
    def size(self) -> int:
        """Number of values."""
        return max(1, self.n_classes) * (1 + 2 * self.box.n_features)

    def __call__(
        self, X: TableLike, y: np.ndarray | None, weight: np.ndarray
    ) -> np.ndarray:
        from skprivate.kernels import moments

        codes = y if self.n_classes else np.empty(0, np.int32)
        n_groups = max(1, self.n_classes)
        return moments(X, self.box.array, weight, codes, n_groups, self.box.one)


def means_and_variances(
    moments: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Counts, means and variances of ``z`` that noisy moments suggest.

    Parameters
    ----------
    moments : ndarray of shape (n_classes, 1 + 2 * n_features)
        A release of :class:`Moments`.

    Returns
    -------
    counts : ndarray of shape (n_classes,)
        At least one.
    means : ndarray of shape (n_classes, n_features)
        In [-1, 1].
    variances : ndarray of shape (n_classes, n_features)
        In [0, 1].
    """
    counts = np.maximum(moments[:, 0], 1.0)
    sums, squares = np.split(moments[:, 1:] / counts[:, None], 2, axis=1)
    means = np.clip(sums, -1.0, 1.0)
    return counts, means, np.clip((squares + 1) / 2 - means**2, 0.0, 1.0)
