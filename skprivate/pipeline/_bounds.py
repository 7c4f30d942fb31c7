"""Bounds of what comes out of a public map, from bounds of what goes in.

A wrong bound costs accuracy, not privacy: a private step moves values beyond its bounds
to the nearest end. What is not listed here is unknown, and the next step pays for a
search.
"""

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.kernel_approximation import RBFSampler, SkewedChi2Sampler
from sklearn.preprocessing import (
    Binarizer,
    FunctionTransformer,
    Normalizer,
    OneHotEncoder,
    PolynomialFeatures,
)
from sklearn.random_projection import GaussianRandomProjection, SparseRandomProjection

from skprivate.base import check_bounds
from skprivate.pipeline._map_bounds import RULES_OF_MAPS
from skprivate.preprocessing import CategoryHasher, RowNormClipper


def bounds_of_map(step, bounds):
    """Bounds of the output of a step that learns nothing from rows.

    Parameters
    ----------
    step : estimator
        Fitted.
    bounds : tuple (low, high) of ndarray, or None
        Of its input; None is unknown.

    Returns
    -------
    tuple (low, high) of ndarray, or None
    """
    rule = _RULES.get(type(step))  # a subclass may transform in another way
    with np.errstate(all="ignore"):
        found = None if rule is None else rule(step, bounds)
    return None if found is None else _usable(step, found)


def _usable(step, bounds):
    """Bounds as two arrays, None where they are too wide for any step."""
    size = max(map(np.size, bounds))
    if size == 1:
        size = len(step.get_feature_names_out())
    try:
        return check_bounds(bounds, size)
    except ValueError:
        return None


def _unchanged(step, bounds):
    """Without a function it returns what it gets."""
    return bounds if step.func is None else None


def _shortened(step, bounds):
    """A row is scaled by a factor in [0, 1]: toward zero, and no value is longer than
    the norm of its row, whichever norm.
    """
    low, high = (-np.inf, np.inf) if bounds is None else bounds
    limit = float(step.max_norm)
    low, high = np.minimum(low, 0.0), np.maximum(high, 0.0)
    ends = np.maximum(low, -limit), np.minimum(high, limit)
    if bounds is None:
        return tuple(np.full(step.n_features_in_, end) for end in ends)
    return ends


def _normalized(step, bounds):
    """No value is longer than the norm of its row, which becomes one; signs stay."""
    low, high = (-1.0, 1.0) if bounds is None else np.sign(bounds)
    return np.minimum(low, 0.0), np.maximum(high, 0.0)


def _binary(step, bounds):
    """All values become zero or one."""
    return 0.0, 1.0


def _one_hot(step, bounds):
    """All values are zero or one."""
    return 0.0, 1.0


def _hashed(step, bounds):
    """No value is longer than its row; counts of words have no bound."""
    if step.norm is None:
        return None
    low = np.full(step.n_features, -1.0 if step.alternate_sign else 0.0)
    return low, np.ones(step.n_features)


def _random_waves(step, bounds):
    """A value is ``sqrt(2 / n_components)`` times a cosine."""
    limit = np.sqrt(2.0 / step.n_components)
    return -limit, limit


def _products(step, bounds):
    """A product of powers: the range of a power of an interval is known, and that of a
    product of independent factors has its ends at corners.
    """
    if bounds is None:
        return None
    low = np.ones(len(step.powers_))
    high = np.ones(len(step.powers_))
    for column, powers in enumerate(step.powers_.T):
        ends = _power(bounds[0][column], bounds[1][column], powers)
        corners = [a * b for a in (low, high) for b in ends]
        low, high = np.min(corners, axis=0), np.max(corners, axis=0)
    return low, high


def _power(low, high, powers):
    """Range of ``x ** power`` for x in an interval."""
    first, last = np.float64(low) ** powers, np.float64(high) ** powers
    least = np.minimum(first, last)
    if low < 0 < high:  # an even power turns at zero
        least = np.where((powers > 0) & (powers % 2 == 0), 0.0, least)
    return least, np.maximum(first, last)


def _projected(step, bounds):
    """A sum of multiples of the features is smallest, and largest, at a corner."""
    if bounds is None:
        return None
    axes = step.components_
    axes = axes.toarray() if hasattr(axes, "toarray") else np.asarray(axes)
    corners = np.stack([axes * bounds[0], axes * bounds[1]])
    return corners.min(axis=0).sum(axis=1), corners.max(axis=0).sum(axis=1)


def _published(step, _bounds):
    """Bounds that the step itself publishes."""
    return step.output_bounds_


_RULES = {
    **RULES_OF_MAPS,
    Binarizer: _binary,
    CategoryHasher: _published,
    FunctionTransformer: _unchanged,
    GaussianRandomProjection: _projected,
    HashingVectorizer: _hashed,
    Normalizer: _normalized,
    OneHotEncoder: _one_hot,
    PolynomialFeatures: _products,
    RBFSampler: _random_waves,
    RowNormClipper: _shortened,
    SkewedChi2Sampler: _random_waves,
    SparseRandomProjection: _projected,
}
