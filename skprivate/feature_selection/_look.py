"""Where the rows lie, roughly, also if features are so many that noise hides each one.

Of many features that are known badly, the average is known well; so each is pulled
toward it, the more the larger the noise (James and Stein 1961). That takes features to
be somewhat alike in units of their bounds. Selection only ranks them, and gains much:
on made data of 1,000 features twice as many of the best are found.
"""

import numpy as np

from skprivate.queries._moments import means_and_variances
from skprivate.queries._spread import SHARE, Spread

_THINNEST = 2.0**-10  # in units of the box: a thinner feature is not looked at closer


def look(curator, query, *others):
    """Spend a tenth of the budget on the location and spread of features.

    Parameters
    ----------
    curator : Curator
    query : Moments
        Of all rows together.
    *others : Moments
        Asked in the same pass, such as one of a target.

    Returns
    -------
    list of Spread
        One for each query.
    """
    queries = (query, *others)
    answers = curator.release(*queries, share=SHARE)
    answers = answers if others else [answers]
    return [_spread_of(*pair, curator) for pair in zip(answers, queries, strict=True)]


def _spread_of(moments, query, curator):
    """Location and spread that a release suggests."""
    box = query.box
    (count,), (mean,), _ = means_and_variances(moments)
    noise = curator.noise_of(query) / count  # that of a mean, in units of the box
    seconds = moments[0, 1 + len(mean) :] / count
    mean, _ = _shrunk(mean, noise, box.varies)
    # A square has half the noise of the second Chebyshev polynomial.
    variance, doubt = _shrunk((seconds + 1) / 2 - mean**2, noise, box.varies)
    variance = np.clip(variance + doubt, _THINNEST**2, 1.0)
    scale = np.where(box.varies, box.half * np.sqrt(variance), 0.0)
    center = box.center + box.half * np.clip(mean, -1.0, 1.0)
    return Spread(float(count), center, scale)


def _shrunk(values, noise, varies):
    """Values pulled to their average, and the deviation that the noise leaves."""
    if not varies.any():
        return values, 0.0
    average = np.mean(values[varies])
    spread = np.mean((values[varies] - average) ** 2)
    kept = max(0.0, 1.0 - noise**2 / spread) if spread > noise**2 else 0.0
    if np.count_nonzero(varies) == 1 or noise == 0:
        kept = 1.0
    return average + kept * (values - average), noise * np.sqrt(kept)
