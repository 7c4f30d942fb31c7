"""Scores of features and their p-values, from sums with known noise.

Noise counts as variance. Where a statistic is a square over its variance under the
hypothesis that a feature tells nothing, the variance here is that of rows and noise
together, which is what it is. So a score is not large because of noise, p-values mean
what they say where the noise is Gaussian, and without noise all are scikit-learn's.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats


@dataclass(frozen=True, eq=False)
class Scores:
    """Scores of features.

    Attributes
    ----------
    scores : ndarray of shape (n_features,)
    pvalues : ndarray of shape (n_features,) or None
    """

    scores: np.ndarray
    pvalues: np.ndarray | None


def f_classif(contrasts, squares, counts, noise):
    """Ratio of the variance between classes to that within, plus noise.

    Parameters
    ----------
    contrasts : ndarray of shape (n_classes, n_features)
        ``n_class * (mean - mean of the class)``.
    squares : ndarray of shape (n_features,)
        Sum of squares about the mean.
    counts : ndarray of shape (n_classes,)
        Number of rows of each class.
    noise : ndarray of shape (n_features,)
        Standard deviation of the noise of contrasts.
    """
    between = np.sum(contrasts**2 / counts[:, None], axis=0)
    # Noise adds this to `between`. The contrasts of two classes share theirs; of more
    # classes they have been made to add up to zero, which takes a part away.
    n_classes, n_rows = len(counts), counts.sum()
    part = 1.0 if n_classes == 2 else 1.0 - 1.0 / n_classes
    freedom = max(n_classes - 1, 1), max(n_rows - n_classes, 1.0)
    within = np.maximum(squares - between, 0.0) / freedom[1]
    within += noise**2 * part * np.sum(1.0 / counts) / freedom[0]
    ratio = _quotient(between / freedom[0], within)
    return Scores(ratio, stats.f.sf(ratio, *freedom))


def r_regression(contrasts, squares, n_rows, noise):
    """Correlation with the target, smaller where noise could have made it.

    Parameters
    ----------
    contrasts : ndarray of shape (n_features,)
        Sum of products with the target, in units of its standard deviation.
    squares, noise : ndarray of shape (n_features,)
        As for :func:`f_classif`.
    n_rows : float
    """
    most = np.maximum(squares * n_rows, contrasts**2)
    length = np.sqrt(most + max(n_rows - 2.0, 0.0) * noise**2)
    return Scores(np.clip(_quotient(contrasts, length), -1.0, 1.0), None)


def f_regression(contrasts, squares, n_rows, noise):
    """The F statistic of that correlation."""
    square = r_regression(contrasts, squares, n_rows, noise).scores ** 2
    freedom = max(n_rows - 2.0, 1.0)
    ratio = _quotient(square * freedom, 1.0 - square)
    return Scores(ratio, stats.f.sf(ratio, 1, freedom))


def chi2(contrasts, sums, priors, noise):
    """Squared deviations of sums in classes from what is expected, relative to that.

    Parameters
    ----------
    contrasts : ndarray of shape (n_classes, n_features)
        Expected minus observed sums.
    sums : ndarray of shape (n_features,)
        Sums over all rows.
    priors : ndarray of shape (n_classes,)
        Part of the rows in each class.
    noise : ndarray of shape (n_features,)
        Standard deviation of the noise of contrasts.
    """
    expected = priors[:, None] * np.maximum(sums, 0.0)
    if len(priors) == 2:
        # Both contrasts are one number, with one noise: its square over its variance.
        variance = expected[0] * priors[1] + noise**2
        total = _quotient(contrasts[0] ** 2, variance)
    else:
        # The noise of contrasts that add up to zero has a little less variance than is
        # allowed for here, so p-values are exact or too large.
        total = _quotient(contrasts**2, expected + noise**2).sum(axis=0)
    return Scores(total, stats.chi2.sf(total, max(len(priors) - 1, 1)))


def _quotient(part, whole):
    """``part / whole``; zero over zero is zero, anything else over zero is large."""
    largest = np.finfo(np.float64).max
    whole = np.maximum(whole, 0.0)
    found = np.where(part == 0, 0.0, np.copysign(largest, part))
    with np.errstate(over="ignore"):
        np.divide(part, whole, out=found, where=whole > 0)
    return np.clip(found, -largest, largest)
