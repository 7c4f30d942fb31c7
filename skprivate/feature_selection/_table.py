"""Scores of all features, or of some, from one noisy table."""

import numpy as np

from skprivate.feature_selection._contrasts import FeatureMoments
from skprivate.feature_selection._region import (
    EVERYWHERE,
    Region,
    clip_for,
    norms,
    reach_for,
)

_MOMENTS_SHARE = 0.25  # of what is left: squares, that bring contrasts to scale
_REACH = 4.0  # deviations to which features are looked at, if noise matters


def released_scores(curator, target, low, high, features=None):
    """Spend all that is left on the scores of features.

    A row counts in all features at once, so it is cut to a length that rows of so many
    features ordinarily have; noise grows with the root of the number of features.

    Parameters
    ----------
    curator : Curator
    target : Classes or Numbers
    low, high : ndarray of shape (n_features,)
        Bounds of the features.
    features : ndarray of int, default=None
        Those that are asked about; None means all.

    Returns
    -------
    Scores
        Of all features; zero for those that were not asked about.
    """
    share = _MOMENTS_SHARE * curator.remaining
    region = Region.around(target.spread, low, high, EVERYWHERE)
    noise = curator.noise_of(FeatureMoments(region.unit_box, 2), share=share)
    reach = reach_for(target.count, noise, _REACH)
    region = Region.around(target.spread, low, high, reach)
    if features is not None:
        region = region.only(features)
    moments = curator.release(target.moments(region), share=share)
    query = _contrasts(curator, target, region.standardized)
    contrasts = curator.release(query, share=curator.remaining)
    return target.scores(contrasts, moments, region, curator.noise_of(query))


def _contrasts(curator, target, box):
    """Contrasts of rows that are cut to the norm that the noise suggests."""
    lengths = np.multiply(norms(box), target.lengths)
    unit = target.contrasts(box, 1.0)
    clip = clip_for(curator, unit, target.count, lengths, curator.remaining)
    return target.contrasts(box, float(clip))
