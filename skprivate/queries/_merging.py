"""k-means of a few weighted points: what is done with released centers."""

from functools import lru_cache

import numpy as np

_FEWEST_STARTS, _MOST_STARTS = 4, 16
_WORK = 512  # so many centers, over all starts, are chosen in no time
_MOST_ROUNDS = 100


@lru_cache(maxsize=8)
def public_points(n_points, n_features):
    """Standard normal points, the same in every fit: they say nothing about rows."""
    from scipy.stats import norm

    points = norm.rvs(size=(n_points, n_features), random_state=0)
    points.flags.writeable = False  # they are remembered
    return points


def merged(points, weights, n_centers):
    """Centers of ``n_centers`` clusters of weighted points.

    Points of weight zero or less are only used where the others are too few. There are
    a few hundred points at most: scikit-learn's ``KMeans`` finds no better centers of
    so few, and takes ten milliseconds to get going.

    Parameters
    ----------
    points : ndarray of shape (n_points, n_features)
    weights : ndarray of shape (n_points,)
    n_centers : int

    Returns
    -------
    ndarray of shape (n_centers, n_features)
    """
    useful = weights > 0
    if len(np.unique(points[useful], axis=0)) <= n_centers:
        return _heaviest(points, weights, n_centers)
    points, weights = points[useful], weights[useful]
    apart = _squared_distances(points, points)
    n_starts = int(np.clip(_WORK // n_centers, _FEWEST_STARTS, _MOST_STARTS))
    heaviest = np.argsort(-weights, kind="stable")[:n_starts]
    starts = (_greedy(apart, weights, first, n_centers) for first in heaviest)
    results = [_settled(points, weights, points[start]) for start in starts]
    return min(results, key=lambda result: result[1])[0]


def _heaviest(points, weights, n_centers):
    """The heaviest points, repeated if there are too few."""
    order = np.argsort(-weights, kind="stable")
    return points[order[np.arange(n_centers) % len(points)]]


def _greedy(apart, weights, first, n_centers):
    """Indices of points, each the one that lowers the cost most, given the others."""
    chosen, nearest = [first], apart[first]
    while len(chosen) < n_centers:
        costs = np.minimum(apart, nearest) @ weights
        chosen.append(int(costs.argmin()))
        nearest = np.minimum(nearest, apart[chosen[-1]])
    return chosen


def _settled(points, weights, centers):
    """Centers after Lloyd's rounds, and their cost."""
    for _ in range(_MOST_ROUNDS):
        label = _squared_distances(points, centers).argmin(axis=1)
        members = np.zeros((len(centers), len(points)))
        members[label, np.arange(len(points))] = weights
        total = members.sum(axis=1, keepdims=True)
        moved = np.divide(members @ points, total, out=centers.copy(), where=total > 0)
        if np.array_equal(moved, centers):
            break
        centers = moved
    return centers, _squared_distances(points, centers).min(axis=1) @ weights


def _squared_distances(points, others):
    """Squared distance of each point to each of the others."""
    products = points @ others.T
    squares = (points**2).sum(axis=1)[:, None] + (others**2).sum(axis=1)
    return np.maximum(squares - 2 * products, 0.0)
