"""What is public about the rows that leave a step, from what was about its input."""

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.kernel_approximation import RBFSampler, SkewedChi2Sampler
from sklearn.preprocessing import (
    FunctionTransformer,
    Normalizer,
    OneHotEncoder,
    SplineTransformer,
)
from sklearn.random_projection import GaussianRandomProjection, SparseRandomProjection

from skprivate.base import Geometry, PublicMapMixin
from skprivate.pipeline._bounds import bounds_of_map
from skprivate.pipeline._steps import does_nothing, spends
from skprivate.preprocessing import CategoryHasher, RowNormClipper


def geometry_after(step, geometry):
    """Geometry of the output of a fitted step.

    Parameters
    ----------
    step : estimator, str or None
        Fitted.
    geometry : Geometry
        Of its input.

    Returns
    -------
    Geometry
    """
    if does_nothing(step):
        return geometry
    if spends(step) or hasattr(step, "_children"):  # whole, if no part spends, too
        return getattr(step, "output_geometry_", Geometry())
    if isinstance(step, PublicMapMixin):
        return getattr(step, "output_geometry_", Geometry())
    rule = _NORMS.get(type(step))  # a subclass may transform in another way
    with np.errstate(all="ignore"):
        norm = np.inf if rule is None else float(rule(step, geometry.longest))
    return Geometry(bounds_of_map(step, geometry.bounds), norm)


def _unchanged(step, norm):
    """Without a function it returns what it gets."""
    return norm if step.func is None else np.inf


def _normalized(step, norm):
    """The 2-norm is no longer than the 1-norm; either is one, or that of a zero row."""
    return np.inf if step.norm == "max" else 1.0


def _hashed(step, norm):
    """Words in buckets, then a norm of one; counts have none."""
    return np.inf if step.norm is None else 1.0


def _shortened(step, norm):
    """No row becomes longer."""
    return min(norm, step.output_norm_)


def _published(step, norm):
    """The norm that the step itself publishes."""
    return step.output_norm_


def _ones(step, norm):
    """At most a single one for each feature that went in."""
    return np.sqrt(step.n_features_in_)


def _splines(step, norm):
    """Splines of a feature are not negative and add up to one, unless continued."""
    continued = step.extrapolation in ("linear", "continue")
    return np.inf if continued else np.sqrt(step.n_features_in_)


def _waves(step, norm):
    """Each of D values is at most ``sqrt(2 / D)`` long."""
    return np.sqrt(2.0)


def _projected(step, norm):
    """A matrix makes a row longer by its largest singular value at most."""
    if not norm < np.inf:
        return np.inf
    axes = step.components_
    axes = axes.toarray() if hasattr(axes, "toarray") else np.asarray(axes)
    return norm * np.linalg.norm(axes, 2)


_NORMS = {
    CategoryHasher: _published,
    FunctionTransformer: _unchanged,
    GaussianRandomProjection: _projected,
    HashingVectorizer: _hashed,
    Normalizer: _normalized,
    OneHotEncoder: _ones,
    RBFSampler: _waves,
    RowNormClipper: _shortened,
    SkewedChi2Sampler: _waves,
    SparseRandomProjection: _projected,
    SplineTransformer: _splines,
}
