"""The scattering transform of images: fixed wavelets, so nothing is learned."""

from numbers import Integral, Real
from typing import Any, Literal

import numpy as np
from sklearn.base import BaseEstimator

from skprivate._sklearn import Interval, Options
from skprivate.base import Geometry, PublicMapMixin
from skprivate.feature_extraction.image._pixels import ReadsImages, checked_shape
from skprivate.feature_extraction.image._wavelets import pooling, scattered
from skprivate.rows._refusal import refused

_TILE = 16  # images that are transformed together: always so many
_SIGMA = 0.8
_LEAST = 1e-8  # of a variance: images without any contrast stay so


class ScatteringTransform(ReadsImages, PublicMapMixin, BaseEstimator):
    """Wavelets of an image at several scales and angles, and wavelets of their lengths.

    With a linear model behind, about as good as the best private networks that start
    from nothing (Tramèr and Boneh 2021): the filters are fixed (Oyallon and Mallat
    2015), so all of the budget is left for the model. Coefficients are means over few
    cells, and each group of them has mean zero and deviation one in each image.

    Parameters
    ----------
    image_shape : tuple (height, width) or (height, width, channels), default=(28, 28)
        Public. Other images are cut, or put in the middle of zeros.
    n_scales : int, default=2
        Scales of the wavelets: 1, 2, 4, ... pixels.
    n_angles : int, default=8
        Angles of the wavelets.
    order : {1, 2}, default=2
        Whether lengths of wavelets are transformed again.
    pool : int, default=3
        Cells in each direction, over which means are taken.
    n_groups : int, default=27
        Groups of coefficients that are standardized in each image; of each channel.
    limit : float, default=2.0
        Largest size of a standardized coefficient. A model behind is told of these
        bounds, of which it makes more than of the length of rows.

    Attributes
    ----------
    output_bounds_ : tuple (low, high) of ndarray
        From ``-limit`` to ``limit``.

    See Also
    --------
    RandomPatchFeatures : Other fixed features.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skprivate.feature_extraction.image import ScatteringTransform
    >>> images = load_digits().images
    >>> ScatteringTransform((8, 8)).fit_transform(images[:3]).shape
    (3, 729)
    """

    _parameter_constraints = {
        "image_shape": "no_validation",
        "n_scales": [Interval(Integral, 1, 6, closed="both")],
        "n_angles": [Interval(Integral, 1, 64, closed="both")],
        "order": [Options(Integral, {1, 2})],
        "pool": [Interval(Integral, 1, 64, closed="both")],
        "n_groups": [Interval(Integral, 1, None, closed="left")],
        "limit": [Interval(Real, 0, None, closed="neither")],
    }

    def __init__(
        self,
        image_shape: Any = (28, 28),
        *,
        n_scales: int = 2,
        n_angles: int = 8,
        order: Literal[1, 2] = 2,
        pool: int = 3,
        n_groups: int = 27,
        limit: float = 2.0,
    ) -> None:
        self.image_shape = image_shape
        self.n_scales = n_scales
        self.n_angles = n_angles
        self.order = order
        self.pool = pool
        self.n_groups = n_groups
        self.limit = limit

    def _n_paths(self):
        scales, angles = self.n_scales, self.n_angles
        pairs = scales * (scales - 1) // 2 if self.order == 2 else 0
        return 1 + scales * angles + pairs * angles**2

    def _width(self):
        return checked_shape(self.image_shape)[2] * self._n_paths() * self.pool**2

    def _geometry(self):
        height, width, _ = checked_shape(self.image_shape)
        if min(height, width) < self.pool:
            raise refused(
                ValueError, "pool must not exceed the size of the image. Lower it."
            )
        ends = np.full(self._width(), float(self.limit))
        return Geometry((-ends, ends))

    def _mapped(self, values):
        images = np.array(values).transpose(0, 3, 1, 2)
        n_images, shape = len(images), images.shape[2:]
        images = images.reshape(-1, *shape)
        starts = range(0, len(images), _TILE)
        parts = [self._tile(images[i : i + _TILE]) for i in starts]
        return np.concatenate(parts).reshape(n_images, -1)

    def _tile(self, images):
        """Coefficients of a few images, in a stack that is filled up with zeros.

        Libraries add and multiply several numbers at once, and what is left over one by
        one: with stacks of one shape no image is left over.
        """
        height, width = images.shape[1:]
        size = 2 ** int(np.ceil(np.log2(max(height, width, 2**self.n_scales) + 2)))
        stack = np.zeros((_TILE, size, size), np.float32)
        top, left = (size - height) // 2, (size - width) // 2
        stack[: len(images), top : top + height, left : left + width] = images

        def pools(factor):
            blur = _SIGMA * 2.0**self.n_scales
            lines = (top, height), (left, width)
            return [
                pooling(size // factor, *line, factor, blur, self.pool)
                for line in lines
            ]

        found = scattered(stack, self.n_scales, self.n_angles, self.order, pools)
        return self._standardized(found[: len(images)].astype(np.float64))

    def _standardized(self, found):
        """Each group of paths with mean zero and deviation one, in each image.

        Sums go along rows in C order, so those of an image are its own.
        """
        rows, start = np.empty((len(found), found[0].size)), 0
        for group in np.array_split(np.arange(found.shape[1]), self.n_groups):
            part = np.ascontiguousarray(found[:, group].reshape(len(found), -1))
            if part.shape[1]:
                rows[:, start : start + part.shape[1]] = _standard(part)
            start += part.shape[1]
        return np.clip(rows, -self.limit, self.limit)


def _standard(rows):
    n = rows.shape[1]
    rows = rows - rows.sum(axis=1, keepdims=True) / n
    squares = (rows * rows).sum(axis=1, keepdims=True)
    return rows / np.sqrt(squares / n + _LEAST)
