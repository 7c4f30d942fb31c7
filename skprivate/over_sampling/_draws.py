"""New rows from what was released: drawn, and interpolated between drawn ones.

Nothing in here sees a row, so any generator will do.
"""

import numpy as np

from skprivate.rows import refused

MOST_VALUES = 2**28  # of new rows: two gigabytes
_POINTS = 2**10  # of each class, among which neighbours are searched
_POINTS_OF_ROW = 8
_BLOCK_ROWS = 2**14  # of new rows, worked on together


def generator_of(sampler, context):
    """Random numbers of a sampler, which differ from those of its noise."""
    seed = sampler._entropy().words(4, b"rows" + context)
    return np.random.Generator(np.random.PCG64(seed.tolist()))


def check_size(n_rows, n_features):
    """Refuse to make more rows than fit into memory.

    Parameters
    ----------
    n_rows : int
        Public, or made of released counts.
    n_features : int
    """
    if n_rows * (n_features + 2) > MOST_VALUES:  # and of each its class, and where from
        raise refused(
            ValueError,
            "sampling_strategy asks for more synthetic rows than fit into two "
            "gigabytes. Give smaller numbers; a classifier needs no more than a few "
            "times as many rows as there are.",
        )


def gaussian_rows(components, missing, ends, rng):
    """New rows of each class, in the order of the classes.

    Parameters
    ----------
    components : Components
    missing : ndarray of int of shape (n_classes,)
        How many rows to make of each class.
    ends : tuple (low, high) of ndarray of shape (n_features,)
    rng : Generator

    Returns
    -------
    ndarray of shape (n_rows, n_features)
    """
    rows = np.empty((int(missing.sum()), components.means.shape[1]))
    start = 0
    for code, n in enumerate(missing.tolist()):
        mine = np.flatnonzero(components.classes == code)
        parts = rng.multinomial(n, components.weights[mine])
        for k, m in zip(mine, parts.tolist(), strict=True):
            block = rows[start : start + m]
            rng.standard_normal(out=block)
            block *= components.scales[k]
            block += components.means[k]
            start += m
    return np.clip(rows, *ends, out=rows)


def points_of(missing, n_neighbors):
    """How many points of each class to search neighbours among.

    A few for each row that is missing are enough: of very many classes, the points
    are then not many times as many as the rows that are made of them.
    """
    wanted = np.minimum(_POINTS, n_neighbors + 1 + _POINTS_OF_ROW * missing)
    return np.where(missing > 0, wanted, 0)


def between(points, codes, n, n_neighbors, rng):
    """New points on the way from drawn ones to their neighbours.

    Parameters
    ----------
    points : ndarray of shape (n_points, n_numbers)
        NaN where a value is missing.
    codes : ndarray of shape (n_points, n_categories)
        Categories of the same points; NaN where missing.
    n : int
        Number of new points.
    n_neighbors : int
    rng : Generator

    Returns
    -------
    numbers, codes : ndarray
        Of the new points; a category is that of most neighbours.
    """
    near = _neighbours(points, codes, n_neighbors)
    votes = _most_frequent(codes, near)
    numbers = np.empty((n, points.shape[1]))
    kinds = np.empty((n, codes.shape[1]))
    for start in range(0, n, _BLOCK_ROWS):
        rows = slice(start, min(start + _BLOCK_ROWS, n))
        size = rows.stop - start
        base = rng.integers(len(points), size=size)
        other = near[base, rng.integers(near.shape[1], size=size)]
        here, gap = points[base], rng.random((size, 1))
        moved = here + gap * (points[other] - here)
        numbers[rows] = np.where(np.isnan(moved), here, moved)
        kinds[rows] = votes[base]
    return numbers, kinds


def _neighbours(points, codes, n_neighbors):
    """Numbers of the nearest other points of each."""
    from sklearn.neighbors import NearestNeighbors

    columns = []
    if points.shape[1]:
        with np.errstate(invalid="ignore"):
            scale = np.nanstd(np.where(np.isnan(points), 0.0, points), axis=0)
        columns.append(np.nan_to_num(points) / np.where(scale > 0, scale, 1.0))
    for column in np.nan_to_num(codes, nan=-1.0).T:  # another category: a deviation
        columns.append((column[:, None] == np.unique(column)) * np.sqrt(0.5))
    search = NearestNeighbors(n_neighbors=n_neighbors + 1).fit(np.hstack(columns))
    return search.kneighbors(return_distance=False, n_neighbors=n_neighbors)


def _most_frequent(codes, near):
    """Of each point and column, the category of most neighbours."""
    found = np.empty_like(codes)
    for j, column in enumerate(codes.T):
        values, places = np.unique(column, return_inverse=True, equal_nan=True)
        votes = np.zeros((len(column), len(values)))
        rows = np.repeat(np.arange(len(column)), near.shape[1])
        np.add.at(votes, (rows, places[near.ravel()]), 1.0)
        found[:, j] = values[votes.argmax(axis=1)]
    return found
