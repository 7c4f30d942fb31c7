"""The population stability index of two noisy histograms, with an interval."""

import numpy as np

from skprivate.metrics._axis import nonnegative
from skprivate.shift._null import shares_of

_SEED = 21  # of draws that are no noise: what is drawn from was released
_N_DRAWS = 1000
_HALF = 0.5  # of a row: what an empty bin is taken to hold, at least


def stability(first, second, noises, confidence):
    """Estimate, and ends of an interval, of the stability index of two tables.

    **Guarantee.** It is a function of noisy counts and of public numbers.

    The index ``sum of (p - q) log(p / q)`` is a squared distance: each term is
    ``(p - q)**2`` by the logarithmic mean of ``p`` and ``q``. Noise and sampling add
    their squares to it, so as it stands it is too large, by a lot where bins are empty.
    Here the distance is the one of which what was found would be the median, and its
    interval holds those of which it would be no tail: errors are drawn, and the
    difference is made longer or shorter until that is so. Bins count as if they held at
    least as much as noise could hide, in both tables.

    Parameters
    ----------
    first, second : ndarray of shape (n_bins,)
        Noisy counts.
    noises : tuple of Noise
        Of a count of the first, and of the second.
    confidence : float

    Returns
    -------
    value, low, high : float
    """
    pair, sizes = (first, second), []
    shares, floor, errors = [], 0.0, 0.0
    rng = np.random.default_rng(_SEED)
    for counts, noise in zip(pair, noises, strict=True):
        size = max(float(counts.sum()), 1.0)
        law = nonnegative(counts, counts.sum())
        law = law / law.sum()
        drawn = rng.multinomial(round(size), law, _N_DRAWS)
        drawn = drawn + noise.drawn(rng, drawn.shape)
        error = shares_of(drawn, 0.0)[0] - law
        errors = error if not sizes else errors - error
        sizes.append(size)
        shares.append(law)
        floor = max(floor, max(noise.deviation, _HALF) / size)
    p, q = (np.maximum(law, floor) for law in shares)
    weight = 1.0 / _logarithmic_mean(p, q)
    apart = shares_of(first, 0.0)[0] - shares_of(second, 0.0)[0]
    return _inverted(apart, errors, weight, confidence)


def _logarithmic_mean(p, q):
    """``(p - q) / log(p / q)``, and ``p`` where both are equal."""
    near = np.abs(p - q) <= 1e-9 * (p + q)
    gap = np.where(near, 1.0, np.log(p / q))
    return np.where(near, p, (p - q) / gap)


def _inverted(apart, errors, weight, confidence):
    """The squared length of which the one that was found is a quantile, for three."""
    found = float(weight @ apart**2)
    length = np.sqrt(found)
    along = errors @ (weight * apart) / max(length, 1e-300)
    across = (errors**2) @ weight
    ends = []
    for level in (0.5, (1 + confidence) / 2, (1 - confidence) / 2):
        ends.append(_length(found, along, across, level) ** 2)
    value, low, high = ends
    return value, min(low, value), max(high, value)


def _length(found, along, across, level):
    """The length at which a part ``level`` of what is drawn is at most ``found``.

    With a true length ``c`` along what was found, errors make it ``c**2 + 2 c along +
    across``; its quantile grows with ``c``, but for the little that errors do.
    """
    low, high = 0.0, 2.0 * np.sqrt(found + float(across.max(initial=0.0))) + 1e-12
    quantile = lambda c: np.quantile(c * c + 2 * c * along + across, level)  # noqa: E731
    if quantile(0.0) >= found:
        return 0.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if quantile(middle) < found else (low, middle)
    return (low + high) / 2
