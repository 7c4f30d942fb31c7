"""Responses of random filters to patches of an image."""

from itertools import pairwise
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from skprivate._sklearn import Interval
from skprivate.base import Geometry, PublicMapMixin
from skprivate.base._products import row_products
from skprivate.feature_extraction._draws import normal_numbers
from skprivate.feature_extraction.image._pixels import ReadsImages, checked_shape
from skprivate.rows._refusal import refused

_LEAST = 1e-4  # of a deviation of a patch: of pixels in [-1, 1]


class RandomPatchFeatures(ReadsImages, PublicMapMixin, BaseEstimator):
    """Answers of random filters to patches of an image, as a row of length one.

    As in Coates, Ng and Lee (2011), but filters are drawn by a public seed: there, they
    are patches of training images, and so is what whitens them, which would have to be
    paid for.

    Parameters
    ----------
    image_shape : tuple (height, width) or (height, width, channels), default=(28, 28)
        Public. Other images are cut, or put in the middle of zeros.
    n_filters : int, default=128
        Number of filters.
    size : int, default=5
        Height and width of a patch.
    pool : int, default=2
        Cells in each direction, over which means are taken.
    threshold : float, default=0.5
        Responses below this, in deviations, count as zero.
    random_state : int, default=0
        Public seed of the filters.

    Attributes
    ----------
    output_norm_ : float
        Largest norm of a row: one.

    See Also
    --------
    ScatteringTransform : Better on small grey images.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skprivate.feature_extraction.image import RandomPatchFeatures
    >>> images = load_digits().images
    >>> RandomPatchFeatures((8, 8), size=3).fit_transform(images[:3]).shape
    (3, 512)
    """

    _parameter_constraints = {
        "image_shape": "no_validation",
        "n_filters": [Interval(Integral, 1, 2**16, closed="both")],
        "size": [Interval(Integral, 1, 64, closed="both")],
        "pool": [Interval(Integral, 1, 64, closed="both")],
        "threshold": [Interval(Real, 0, None, closed="left")],
        "random_state": [Interval(Integral, 0, None, closed="left")],
    }

    def __init__(
        self,
        image_shape: Any = (28, 28),
        *,
        n_filters: int = 128,
        size: int = 5,
        pool: int = 2,
        threshold: float = 0.5,
        random_state: int = 0,
    ) -> None:
        self.image_shape = image_shape
        self.n_filters = n_filters
        self.size = size
        self.pool = pool
        self.threshold = threshold
        self.random_state = random_state

    def _width(self):
        return int(self.n_filters * self.pool**2)

    def _geometry(self):
        height, width, _ = checked_shape(self.image_shape)
        if min(height, width) < self.size + self.pool - 1:
            raise refused(
                ValueError,
                "image_shape must have room for a patch in each cell. Lower size or "
                "pool.",
            )
        return Geometry((np.zeros(self._width()), np.ones(self._width())), 1.0)

    def _mapped(self, values):
        filters = self._filters()
        return np.array([self._of_image(image, filters) for image in values])

    def _filters(self):
        """Random filters of length one and mean zero."""
        n_pixels = self.size**2 * checked_shape(self.image_shape)[2]
        filters = normal_numbers(self.random_state, n_pixels, self.n_filters)
        filters -= filters.mean(axis=0)
        length = np.sqrt((filters**2).sum(axis=0))
        return filters / np.maximum(length, 1e-12)

    def _of_image(self, image, filters):
        patches = np.lib.stride_tricks.sliding_window_view(
            image, (self.size, self.size), axis=(0, 1)
        )
        height, width = patches.shape[:2]
        patches = np.ascontiguousarray(patches.reshape(height * width, -1))
        patches -= patches.mean(axis=1, keepdims=True)
        size = np.sqrt((patches * patches).mean(axis=1, keepdims=True))
        patches /= size + _LEAST
        found = np.maximum(row_products(patches, filters) - self.threshold, 0.0)
        found = found.reshape(height, width, -1)
        rows, columns = (_cells(size, self.pool) for size in (height, width))
        cells = [
            found[top:bottom, left:right].mean(axis=(0, 1))
            for top, bottom in rows
            for left, right in columns
        ]
        cells = np.concatenate(cells)
        return cells / max(np.sqrt((cells * cells).sum()), 1e-12) * (1 - 1e-12)


def _cells(size, n_cells):
    """Where each of some cells of a line begins and ends."""
    edges = np.linspace(0, size, n_cells + 1).round().astype(int)
    return [*pairwise(edges)]
