"""One image as numbers of a public shape."""

from numbers import Integral

import numpy as np

from skprivate.rows._items import declared_kind
from skprivate.rows._refusal import refused


def checked_shape(shape):
    """A public shape of images as height, width and number of channels."""
    try:
        sizes = [size for size in shape if isinstance(size, Integral) and size > 0]
        whole = len(sizes) == len(shape)
    except TypeError:
        whole = False
    if not (whole and len(sizes) in (2, 3)) or max(sizes) > 4096:
        raise refused(
            ValueError,
            "image_shape must be (height, width) or (height, width, channels), of "
            "integers from 1 to 4096: a public shape, not that of the largest image.",
        )
    height, width, *channels = map(int, sizes)
    return height, width, *(channels or [1])


def pixels_of(item, shape):
    """Pixels of an image, in [-1, 1]: cut in the middle, or put there among zeros.

    **Guarantee.** A function of the item and of the public shape. The largest pixel, in
    size, is one, so that integers and fractions are the same image.

    Parameters
    ----------
    item : array-like
        Of shape (height, width), or with channels last, or one row of pixels.
    shape : tuple (height, width, channels)

    Returns
    -------
    ndarray of float64 of this shape, or None if the item is no image
    """
    array = np.asarray(item)
    if array.dtype.kind not in "biuf" or array.size == 0:
        return None
    array = array.astype(np.float64)
    if array.ndim == 1:
        if array.size != np.prod(shape):
            return None
        array = array.reshape(shape)
    if array.ndim == 2:
        array = array[:, :, np.newaxis]
    if array.ndim != 3:
        return None
    if array.shape[2] in (2, 4):  # the last channel is opacity
        array = array[:, :, :-1]
    array = np.where(np.isfinite(array), array, 0.0)
    array = array / max(np.abs(array).max(), 1e-300)
    return _placed(_with_channels(array, shape[2]), shape)


def _with_channels(array, n_channels):
    """So many channels; greys are means of colours."""
    if array.shape[2] == n_channels:
        return array
    if n_channels == 1 or array.shape[2] == 1:
        array = array.mean(axis=2, keepdims=True)
        return np.repeat(array, n_channels, axis=2)
    kept = np.zeros((*array.shape[:2], n_channels))
    n_common = min(n_channels, array.shape[2])
    kept[:, :, :n_common] = array[:, :, :n_common]
    return kept


def _placed(array, shape):
    """The middle of an image in the middle of another shape."""
    placed = np.zeros(shape)
    sources, targets = [], []
    for found, wanted in zip(array.shape[:2], shape[:2], strict=True):
        size = min(found, wanted)
        begin, start = (found - size) // 2, (wanted - size) // 2
        sources.append(slice(begin, begin + size))
        targets.append(slice(start, start + size))
    placed[tuple(targets)] = array[tuple(sources)]
    return placed


class ReadsImages:
    """How maps of images read one; mixin in front of :class:`PublicMapMixin`."""

    _items = "images"
    reads_flat_rows = True

    def _check_kind(self, X):
        """Refuse rows of which the public width says that none is an image."""
        super()._check_kind(X)
        kind, n_dims = declared_kind(X)
        n_pixels = int(np.prod(checked_shape(self.image_shape)))
        flat = n_dims == 2 and (kind == "table" or kind in "biuf")
        if flat and X.shape[1] != n_pixels:
            raise refused(
                ValueError,
                f"X is a table, of which each row holds one image; image_shape "
                f"{tuple(self.image_shape)} has {n_pixels} pixels, and a row has "
                f"{X.shape[1]}. Set image_shape to that of the images; give one image "
                "as image[np.newaxis].",
            )

    def _decoded(self, item):
        return pixels_of(item, checked_shape(self.image_shape))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags

    def _refuses(self, kind, n_dims):
        return kind is not None and (kind == "c" or (kind in "biuf" and n_dims < 2))
