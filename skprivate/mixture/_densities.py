"""Normal densities of components: at rows, and rows that are drawn from them."""

import numpy as np
from sklearn.utils import check_random_state

from skprivate.base._products import row_products

_LOWEST = np.finfo(np.float64).min / 4  # of logarithms, so that sums stay finite


def of_each(whites, covariance_type, means):
    """Roots of precisions for each component, from what scikit-learn stores.

    Returns
    -------
    ndarray of shape (n_components, n_features), or with a square for each component
    """
    k, d = means.shape
    if covariance_type == "spherical":
        return np.broadcast_to(whites[:, None], (k, d))
    if covariance_type == "tied":
        return np.broadcast_to(whites, (k, d, d))
    return whites


def log_densities(X, means, whites):
    """Logarithm of the density of each component at each row, by itself.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_features)
    means : ndarray of shape (n_components, n_features)
    whites : ndarray
        As from :func:`of_each`.

    Returns
    -------
    ndarray of shape (n_rows, n_components)
    """
    logs = np.empty((len(X), len(means)))
    with np.errstate(over="ignore"):
        for k, (mean, white) in enumerate(zip(means, whites, strict=True)):
            apart, diagonal = X - mean, white.ndim == 1
            own = apart * white if diagonal else row_products(apart, white)
            squares = np.ascontiguousarray(own * own).sum(axis=1)
            volume = np.sum(np.log(white if diagonal else np.diag(white)))
            logs[:, k] = volume - squares / 2
    return np.maximum(logs - means.shape[1] / 2 * np.log(2 * np.pi), _LOWEST)


def drawn_rows(weights, means, whites, n_rows, random_state):
    """Rows of the mixture, and the component of each."""
    rng, (k, d) = check_random_state(random_state), means.shape
    labels = np.sort(rng.choice(k, size=n_rows, p=weights))
    rows = rng.standard_normal((n_rows, d))
    for j, white in enumerate(whites):
        own = labels == j
        apart = rows[own]
        apart = apart / white if white.ndim == 1 else apart @ np.linalg.inv(white)
        rows[own] = means[j] + apart
    return rows, labels


def n_parameters(covariance_type, n_components, n_features):
    """Number of free parameters of a mixture."""
    triangle = n_features * (n_features + 1) // 2
    of_covariance = {
        "full": n_components * triangle,
        "tied": triangle,
        "diag": n_components * n_features,
        "spherical": n_components,
    }
    return (n_components * (n_features + 1) - 1) + of_covariance[covariance_type]
