"""Changes of one image: what may be done to it without making it another."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import ndimage

from skprivate.feature_extraction._changes import Change


@dataclass(frozen=True)
class Flip(Change):
    """An image, mirrored.

    Parameters
    ----------
    axis : {1, 0}, default=1
        1: left and right; 0: up and down.

    Examples
    --------
    >>> from skprivate.feature_extraction.image import Flip
    >>> Flip()([[1, 2]]).tolist()
    [[2.0, 1.0]]
    """

    axis: int = 1

    def changed(self, item: Any, strength: float, coins: Any) -> np.ndarray:
        """The image, mirrored, unless strength is negative."""
        image = _floats(item)
        return np.flip(image, self.axis) if strength > 0 else image


@dataclass(frozen=True)
class Shift(Change):
    """An image, moved by some pixels; what comes in is the nearest pixel.

    Parameters
    ----------
    down, right : float, default=1.0
        Pixels.

    Examples
    --------
    >>> from skprivate.feature_extraction.image import Shift
    >>> Shift(0, 1)([[1, 2]]).tolist()
    [[1.0, 1.0]]
    """

    down: float = 1.0
    right: float = 1.0

    def changed(self, item: Any, strength: float, coins: Any) -> np.ndarray:
        """The image, moved by a part of that."""
        image = _floats(item)
        steps = (strength * self.down, strength * self.right, *[0] * (image.ndim - 2))
        return ndimage.shift(image, steps, order=1, mode="nearest")


@dataclass(frozen=True)
class Rotation(Change):
    """An image, turned around its middle.

    Parameters
    ----------
    degrees : float, default=10.0
        Counterclockwise.

    Examples
    --------
    >>> from skprivate.feature_extraction.image import Rotation
    >>> Rotation(90)([[1, 2], [3, 4]]).round(6).tolist()
    [[2.0, 4.0], [1.0, 3.0]]
    """

    degrees: float = 10.0

    def changed(self, item: Any, strength: float, coins: Any) -> np.ndarray:
        """The image, turned by a part of that."""
        angle = strength * self.degrees
        return ndimage.rotate(
            _floats(item), angle, reshape=False, order=1, mode="nearest"
        )


@dataclass(frozen=True)
class Crop(Change):
    """The middle of an image, as large as the whole was.

    Parameters
    ----------
    share : float, default=0.9
        Of the height and of the width that is left.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.feature_extraction.image import Crop
    >>> Crop(0.5)(np.eye(4)).shape
    (4, 4)
    """

    share: float = 0.9

    def changed(self, item: Any, strength: float, coins: Any) -> np.ndarray:
        """The middle, or more than the whole where strength is negative."""
        image = _floats(item)
        left = 1.0 - strength * (1.0 - self.share)
        matrix = np.diag([left, left, *[1.0] * (image.ndim - 2)])
        middle = (np.array(image.shape) - 1) / 2
        offset = middle - matrix @ middle
        return ndimage.affine_transform(image, matrix, offset, order=1, mode="nearest")


@dataclass(frozen=True)
class Colour(Change):
    """An image with channels of other strengths.

    Parameters
    ----------
    factors : tuple of float, default=(1.1, 1.0, 0.9)
        For each channel; the last one is that of all that follow.

    Examples
    --------
    >>> from skprivate.feature_extraction.image import Colour
    >>> Colour((2.0, 1.0))([[[1, 1, 1]]]).tolist()
    [[[2.0, 1.0, 1.0]]]
    """

    factors: tuple = (1.1, 1.0, 0.9)

    def changed(self, item: Any, strength: float, coins: Any) -> np.ndarray:
        """The image with a part of that."""
        image = _floats(item)
        if image.ndim < 3:
            return image
        n = image.shape[2]
        factors = [*self.factors, *[self.factors[-1]] * n][:n]
        return image * (1.0 + strength * (np.array(factors) - 1.0))


def _floats(item):
    image = np.asarray(item)
    if image.dtype.kind not in "biuf" or image.ndim not in (2, 3):
        raise ValueError("An image has two or three dimensions of numbers. Give one.")
    return image.astype(np.float64)
