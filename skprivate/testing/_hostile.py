"""Rows that an attacker would send."""

import numpy as np

_SPECIAL = np.array(
    [
        np.nan, np.inf, -np.inf, 0.0, -0.0, 5e-324, -5e-324, 2.2e-308, 1e-300, 1e-17,
        0.1, 1 / 3, 0.5, 1.0, -1.0, np.nextafter(1, 2), np.nextafter(1, 0), 2.0, 1e6,
        -1e6, 2.0**52 + 0.5, 2.0**53 + 1, 2.0**62, 2.0**63, -(2.0**63), 1e200, -1e200,
        1e308, -1e308, 1.7976931348623157e308,
    ]
)  # fmt: skip


def hostile_rows(n_rows: int, n_features: int, seed: int = 0) -> np.ndarray:
    """Rows of random bit patterns, of special numbers, and of directions and corners.

    A fifth of the rows are random 64-bit patterns read as doubles (so every exponent,
    NaN payload and subnormal occurs), a fifth draws from numbers that have broken
    libraries before, a fifth mixes both with ordinary values, and the rest is finite:
    corners of a cube and directions, at all scales from 1e-3 to 1e3.

    Parameters
    ----------
    n_rows, n_features : int
        Shape of the result.
    seed : int, default=0
        Of NumPy's generator: these are test data.

    Returns
    -------
    ndarray of shape (n_rows, n_features)

    Examples
    --------
    >>> from skprivate.testing import hostile_rows
    >>> hostile_rows(100, 3).shape
    (100, 3)
    """
    rng = np.random.default_rng(seed)
    shape = (n_rows, n_features)
    patterns = rng.integers(0, 2**64, shape, dtype=np.uint64).view(np.float64)
    special = rng.choice(_SPECIAL, shape)
    ordinary = rng.normal(size=shape)
    mixed = np.where(rng.random(shape) < 0.2, special, ordinary)
    scale = 10.0 ** rng.uniform(-3, 3, (n_rows, 1))
    corners = np.where(rng.random(shape) < 0.5, scale, -scale)
    directions = ordinary * scale
    kind = rng.integers(0, 5, n_rows)[:, None]
    return np.choose(kind, [patterns, special, mixed, corners, directions])
