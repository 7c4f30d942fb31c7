"""How far to go from public coefficients to those that private rows suggest."""

import numpy as np

_TINY = 1e-300


def drawn_back(center, coef, metric, noise, constant=True):
    """Coefficients between public ones and noisy ones, and how far between.

    As far as an empirical Bayesian goes who thinks that what is sought is normal about
    what is public, with a deviation he does not know (James and Stein 1961; Efron and
    Morris 1973): not at all where the difference is no larger than its noise, all the
    way where it is much larger. Slopes all together, and the mean margin by itself: it
    is cheap to learn, and differs most between sources of rows.

    A function of public and of released numbers.

    Parameters
    ----------
    center, coef : ndarray of shape (n_columns,)
        The constant, if there is one, is last.
    metric : ndarray of shape (n_columns, n_columns)
        Positive semidefinite: what a difference of coefficients is worth.
    noise : ndarray of shape (n_columns, n_columns)
        Covariance of ``coef``, of private noise and of sampling.
    constant : bool, default=True
        Whether there is a constant.

    Returns
    -------
    coef : ndarray of shape (n_columns,)
    parts : tuple of float
        How far slopes went, and the mean margin: between 0 and 1.
    """
    n_slopes = len(coef) - constant
    slopes = metric[:n_slopes, :n_slopes]
    of_mean = np.zeros(len(coef))  # takes coefficients to the mean margin
    if constant:
        of_mean = metric[-1] / max(metric[-1, -1], _TINY)
        of_mean[-1] = 1.0
        along = of_mean[:n_slopes]
        slopes = slopes - metric[-1, -1] * np.outer(along, along)
    move = coef - center
    square = move[:n_slopes] @ slopes @ move[:n_slopes]
    part = _part(square, np.sum(slopes * noise[:n_slopes, :n_slopes]))
    drawn, of_all = center + part * move, part
    if constant:
        mean = of_mean @ move
        of_all = _part(mean**2, of_mean @ noise @ of_mean)
        drawn[-1] = center[-1] + of_all * mean - part * (along @ move[:n_slopes])
    return drawn, (part, of_all)


def _part(square, of_noise):
    """What is left of a difference of which so much of the square is noise."""
    if of_noise <= 0:
        return 1.0
    return float(1 - min(of_noise / max(square, of_noise), 1.0))
