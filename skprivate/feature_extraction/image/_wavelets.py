"""Oriented wavelets, and how images are scattered by them."""

from functools import lru_cache
from itertools import pairwise

import numpy as np
from scipy import fft

_SIGMA, _CENTER, _SLANT = 0.8, 3 * np.pi / 4, 4.0  # as in kymatio


@lru_cache(maxsize=8)
def wavelets(size, n_scales, n_angles):
    """Fourier transforms of Morlet wavelets on a square grid.

    Parameters
    ----------
    size : int
        Of the grid.
    n_scales : int
    n_angles : int

    Returns
    -------
    list of float32 ndarray of shape (n_angles, size, size)
        One for each scale 1, 2, 4, ...
    """
    angles = np.arange(n_angles) * np.pi / n_angles
    found = []
    for scale in range(n_scales):
        filters = [_morlet(size, 2.0**scale, a, _SLANT / n_angles) for a in angles]
        found.append(np.array(filters, np.float32))
    return found


def _morlet(size, scale, angle, slant):
    """A bump around one frequency, less what makes it zero at frequency zero."""
    sigma, center = _SIGMA * scale, _CENTER / scale
    bump = _gaussian(size, sigma, angle, slant, center)
    still = _gaussian(size, sigma, angle, slant, 0.0)
    return bump - bump[0, 0] / still[0, 0] * still


def _gaussian(size, sigma, angle, slant, center):
    """A Gaussian in frequency, elongated across its angle, wrapped around the grid."""
    steps = 2 * np.pi * np.fft.fftfreq(size)
    total = np.zeros((size, size))
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            y, x = np.meshgrid(
                steps + 2 * np.pi * dy, steps + 2 * np.pi * dx, indexing="ij"
            )
            along = x * np.cos(angle) + y * np.sin(angle) - center
            across = (-x * np.sin(angle) + y * np.cos(angle)) / slant
            total += np.exp(-(sigma**2) / 2 * (along**2 + across**2))
    return total


@lru_cache(maxsize=32)
def pooling(size, start, length, factor, width, n_cells):
    """Weights of points of a line in means over cells of what a Gaussian has smoothed.

    Parameters
    ----------
    size : int
        Points of the line, which is a circle.
    start, length : int
        The part of it that is the image, in points of the finest grid.
    factor : int
        Points of the finest grid for each point of the line.
    width : float
        Of the Gaussian, in points of the finest grid.
    n_cells : int

    Returns
    -------
    float32 ndarray of shape (n_cells, size)
    """
    at = np.arange(size) * factor
    edges = start + length * np.arange(n_cells + 1) / n_cells
    fine = np.arange(size * factor)
    weights = np.zeros((n_cells, size))
    for cell, (low, high) in enumerate(pairwise(edges)):
        inside = fine[(fine >= np.floor(low)) & (fine < max(high, np.floor(low) + 1))]
        gap = np.abs(at[:, np.newaxis] - inside)
        gap = np.minimum(gap, size * factor - gap)
        smooth = np.exp(-(gap**2) / (2 * width**2))
        weights[cell] = (smooth / smooth.sum(axis=0)).mean(axis=1)
    return weights.astype(np.float32)


def scattered(images, n_scales, n_angles, order, pools):
    """Scattering coefficients of square images, a channel for each path.

    **Guarantee.** For stacks of one shape, of a multiple of 16 images, coefficients of
    an image are the same to the last bit wherever it stands (see `tiled`).

    Parameters
    ----------
    images : float32 ndarray of shape (n, size, size)
    n_scales, n_angles : int
    order : {1, 2}
    pools : callable
        From a factor to the pooling of rows and of columns at that resolution.

    Returns
    -------
    float32 ndarray of shape (n, n_paths, n_cells, n_cells)
        In the order of kymatio: the mean, paths of one wavelet, paths of two.
    """
    filters = wavelets(images.shape[-1], n_scales, n_angles)
    spectrum = fft.fft2(images)
    means = [pooled(images[:, np.newaxis], *pools(1))]
    first, second = [], []
    for j, psi in enumerate(filters):
        waves = _lengths(_filtered(spectrum[:, np.newaxis], psi, 2**j))
        first.append(pooled(waves, *pools(2**j)))
        if order == 2:
            second += _second(waves, filters, j, pools)
    return np.concatenate([*means, *first, *second], axis=1)


def _second(waves, filters, j, pools):
    """Paths of two wavelets, of which the first has scale ``j``."""
    found = []
    if j + 1 == len(filters):
        return found
    spectrum = fft.fft2(waves)
    for later in range(j + 1, len(filters)):
        psi, rest = _periodized(filters[later], 2**j), 2 ** (later - j)
        for angle in range(waves.shape[1]):  # all at once leave no room in the cache
            of_both = _lengths(_filtered(spectrum[:, angle, np.newaxis], psi, rest))
            found.append(pooled(of_both, *pools(2**later)))
    return found


def _periodized(psi, factor):
    """A filter on a grid that is coarser by a factor."""
    return sum(psi[..., y, x] for y, x in _blocks(psi.shape[-1], factor))


def _filtered(spectrum, psi, factor):
    """The spectrum of what a filter leaves, where one point of a few is kept."""
    total, psi = None, psi * np.float32(1 / factor**2)
    for y, x in _blocks(psi.shape[-1], factor):
        part = spectrum[..., y, x] * psi[..., y, x]
        total = part if total is None else np.add(total, part, out=total)
    return total


def _blocks(size, factor):
    """Slices of a square that fall on each other if it is folded."""
    step = size // factor
    ends = [slice(start, start + step) for start in range(0, size, step)]
    return [(y, x) for y in ends for x in ends]


def _lengths(spectrum):
    """Lengths of complex numbers, of which this is the spectrum."""
    values = fft.ifft2(spectrum, overwrite_x=True)
    real, imaginary = values.real, values.imag
    return np.sqrt(real * real + imaginary * imaginary)


def pooled(images, rows, columns):
    """Weighted means over cells; sums in one order, whatever the other images are."""
    lines = np.stack([(images * w[:, np.newaxis]).sum(axis=-2) for w in rows], axis=-2)
    cells = [(lines * w).sum(axis=-1) for w in columns]
    return np.stack(cells, axis=-1)
