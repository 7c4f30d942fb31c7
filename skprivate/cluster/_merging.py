"""k-means of a few weighted points: what is done with released centers."""

import numpy as np
from sklearn.cluster import KMeans

_RESTARTS = 4


def public_points(n_points, n_features):
    """Standard normal points, the same in every fit: they say nothing about rows."""
    from scipy.stats import norm

    return norm.rvs(size=(n_points, n_features), random_state=0)


def merged(points, weights, n_centers):
    """Centers of ``n_centers`` clusters of weighted points.

    Points of weight zero or less are only used where the others are too few.

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
    if len(np.unique(points[useful], axis=0)) > n_centers:
        model = KMeans(n_centers, n_init=_RESTARTS, random_state=0)
        return model.fit(points[useful], sample_weight=weights[useful]).cluster_centers_
    return _heaviest(points, weights, n_centers)


def _heaviest(points, weights, n_centers):
    """The heaviest points, repeated if there are too few."""
    order = np.argsort(-weights, kind="stable")
    return points[order[np.arange(n_centers) % len(points)]]
