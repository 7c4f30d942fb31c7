"""What the regions of an image look like, by a threshold of its own."""

from numbers import Integral
from typing import Any, Literal

import numpy as np
from scipy import ndimage
from sklearn.base import BaseEstimator

from skprivate._sklearn import Interval, StrOptions
from skprivate.base import Geometry, PublicMapMixin
from skprivate.feature_extraction.image._pixels import ReadsImages, checked_shape

_OF_REGION = 7  # numbers that describe one
_N_BINS = 64


class RegionSummary(ReadsImages, PublicMapMixin, BaseEstimator):
    """The largest bright regions of an image: how large, where, how long, how bright.

    An image is cut into regions by a threshold that is computed of its own pixels, so
    nothing is learned. All numbers are fractions: of the image, or of its brightest
    pixel. First come the share of bright pixels, and the number of regions; then seven
    numbers for each: area, height and width of its box, row and column of its middle,
    how much of its box it fills, and mean brightness.

    Parameters
    ----------
    image_shape : tuple (height, width) or (height, width, channels), default=(28, 28)
        Public. Other images are cut, or put in the middle of zeros. Channels are
        averaged.
    n_regions : int, default=3
        The largest regions, that are described; zeros stand for those that lack.
    threshold : {"otsu", "mean"}, default="otsu"
        How bright a pixel must be: beyond what divides the pixels best into two kinds
        (Otsu 1979), or beyond their mean.

    Attributes
    ----------
    output_bounds_ : tuple (low, high) of ndarray
        From zero to one.

    See Also
    --------
    ScatteringTransform : For textures.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skprivate.feature_extraction.image import RegionSummary
    >>> images = load_digits().images
    >>> RegionSummary((8, 8), n_regions=1).fit_transform(images[:2]).shape
    (2, 9)
    """

    _parameter_constraints = {
        "image_shape": "no_validation",
        "n_regions": [Interval(Integral, 1, 1000, closed="both")],
        "threshold": [StrOptions({"otsu", "mean"})],
    }

    def __init__(
        self,
        image_shape: Any = (28, 28),
        *,
        n_regions: int = 3,
        threshold: Literal["otsu", "mean"] = "otsu",
    ) -> None:
        self.image_shape = image_shape
        self.n_regions = n_regions
        self.threshold = threshold

    def _width(self):
        return 2 + _OF_REGION * int(self.n_regions)

    def _geometry(self):
        checked_shape(self.image_shape)
        return Geometry((np.zeros(self._width()), np.ones(self._width())))

    def _mapped(self, values):
        return np.array([self._of_image(image.mean(axis=2)) for image in values])

    def _of_image(self, image):
        row = np.zeros(self._width())
        image = image - image.min()
        if not image.max() > 0:
            return row  # one brightness: no region
        image /= image.max()
        limit = _otsu(image) if self.threshold == "otsu" else image.mean()
        bright = image > limit
        labels, n_found = ndimage.label(bright)
        areas = np.bincount(labels.ravel(), minlength=n_found + 1)[1:]
        row[:2] = bright.mean(), min(n_found / 100, 1.0)
        boxes = ndimage.find_objects(labels)
        largest = np.argsort(-areas, kind="stable")[: self.n_regions]
        for place, region in enumerate(largest):
            inside = image[labels == region + 1].mean()
            start = 2 + _OF_REGION * place
            row[start : start + _OF_REGION] = _described(
                boxes[region], areas[region], image.shape, inside
            )
        return np.clip(row, 0.0, 1.0)


def _described(box, area, shape, brightness):
    """Seven fractions that describe a region."""
    sizes = [end.stop - end.start for end in box]
    height, width = (size / n for size, n in zip(sizes, shape, strict=True))
    middle = [(e.start + e.stop) / (2 * n) for e, n in zip(box, shape, strict=True)]
    filled = area / (sizes[0] * sizes[1])
    return [area / np.prod(shape), height, width, *middle, filled, brightness]


def _otsu(image):
    """The brightness with the largest variance between what is below and above it."""
    counts, edges = np.histogram(image, _N_BINS, (0.0, 1.0))
    middles = (edges[1:] + edges[:-1]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    sums = np.cumsum(counts * middles)
    with np.errstate(all="ignore"):
        gap = sums / below - (sums[-1] - sums) / above
        between = np.where((below > 0) & (above > 0), below * above * gap**2, -1.0)
    return edges[1 + int(np.argmax(between))]
