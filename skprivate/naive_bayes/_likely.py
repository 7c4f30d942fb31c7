"""How far classes differ in each feature, as likely as noisy totals make it.

Of several classes most features tell little of most of them, and some tell much of one.
Noise makes both look alike in features that are rare. So what is looked for is the most
likely logarithm of a ratio, where such logarithms are normal of deviation one before
anything is known (half of the classes are within a factor of two of the mean), and
noisy ratios are normal about the ratio: a ratio below zero is then no evidence that a
class never has a feature, and one far above its noise stays nearly what it is.

That these are of deviation one was chosen on made words and 20 newsgroups.
"""

import numpy as np

_STEPS = 8
_HIDDEN = 10.0  # noise of a ratio, from where one step from zero is enough
_NONE, _FAR = 1e-6, 1e50  # so that powers are numbers


def most_likely_shares(totals, masses, noise, base):
    """Share of each feature in each class, of three classes or more.

    Parameters
    ----------
    totals : ndarray of shape (n_classes, n_features)
        Noisy.
    masses : ndarray of shape (n_classes, 1)
        Positive.
    noise : float
        Standard deviation of the noise of a total; zero gives ``totals / masses``.
    base : ndarray of shape (n_features,)
        Positive: shares in all rows.

    Returns
    -------
    ndarray of shape (n_classes, n_features)
        Positive.
    """
    shares = totals / masses
    if noise == 0:
        return shares
    return base * np.exp(log_ratios(shares / base, noise / masses / base))


def log_ratios(ratio, noise):
    """The likeliest logarithms: those that minimize a square of noise, and their own.

    Parameters
    ----------
    ratio, noise : ndarray of shape (n_classes, n_features)
        Noisy ratios to the base, and the standard deviations of their noise.

    Returns
    -------
    ndarray of shape (n_classes, n_features)
    """
    ratio, noise = np.clip(ratio, -_FAR, _FAR), np.clip(noise, _NONE, _FAR)
    found = (ratio - 1) / (noise**2 + 1)  # a step from zero
    seen = noise < _HIDDEN
    found[seen] = _minimum(ratio[seen], noise[seen] ** -2)
    return found


def _minimum(ratio, weight):
    """Of ``weight * (ratio - exp(r)) ** 2 + r ** 2``, which may have two valleys."""
    near, far = np.zeros_like(ratio), np.log(np.where(ratio > _NONE, ratio, 1.0))
    both = [_descended(start, ratio, weight) for start in (near, far)]
    near, far = (weight * (ratio - np.exp(r)) ** 2 + r**2 for r in both)
    return np.where(far < near, both[1], both[0])


def _descended(r, ratio, weight):
    """Newton's steps, in a bend that is never taken to be less than some."""
    for _ in range(_STEPS):
        e = np.exp(r)
        bend = weight * e * np.maximum(2 * e - ratio, e / 4) + 1
        r = r - np.clip((weight * e * (e - ratio) + r) / bend, -1.0, 1.0)
    return r
