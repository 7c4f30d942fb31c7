"""How well two tables can be told apart, of counts of a classifier's scores."""

import numpy as np

from skprivate.metrics._axis import nonnegative


def area_under_curve(counts, noise):
    """Area under the ROC curve of binned scores, and its deviation.

    It is linear in the counts of either table, so noise does not make it too large or
    too small; a row moves it by what the last factors say.

    Parameters
    ----------
    counts : ndarray of shape (2, n_bins)
        Noisy counts of the source and of the target, by rising score.
    noise : float
        Standard deviation of the noise of a count.

    Returns
    -------
    area, deviation : float
        Over noise and sampling; 0.5 and 0.5 where there is next to no row of either.
    """
    sizes = counts.sum(axis=1)
    if not sizes.min() > 3 * noise * np.sqrt(counts.shape[1]) or sizes.min() < 2:
        return 0.5, 0.5
    source, target = counts / sizes[:, None]
    below = np.cumsum(source) - source / 2
    above = target.sum() - np.cumsum(target) + target / 2
    area = float(target @ below)
    moved = np.array([(above - area) / sizes[0], (below - area) / sizes[1]])
    law = np.array([nonnegative(c, np.array(c.sum())) for c in counts])
    variance = float((moved**2 * (law + noise**2)).sum())
    return float(np.clip(area, 0.0, 1.0)), np.sqrt(variance)


def effective_share(counts, weights):
    """Share of source rows that as many rows without weights would be worth.

    It is ``(sum w)**2 / (n sum w**2)`` (Kish 1965), over the bins of scores.

    Parameters
    ----------
    counts : ndarray of shape (n_bins,)
        Noisy counts of the source.
    weights : ndarray of shape (n_bins,)
        Weight of a row of each bin.
    """
    rows = nonnegative(counts, np.array(counts.sum()))
    return float((rows @ weights) ** 2 / (rows.sum() * (rows @ weights**2)))


def relative_weights(odds, mix):
    """Relative density ratios ``r / (mix r + 1 - mix)`` (Yamada et al. 2011), by mix.

    Parameters
    ----------
    odds : ndarray
        Density of the target by that of the source, ``r``.
    mix : float in (0, 1)
        No ratio is above ``1 / mix``; so what is returned is at most one.
    """
    return mix * odds / (mix * odds + 1 - mix)
