"""Where to look closer: edges that gather where the wanted quantiles may be."""

import numpy as np

_OCTAVES = 40


def first_edges(low, high, n_intervals):
    """Edges for a first look: most at equal distances, a quarter at equal ratios.

    The latter find small values between bounds that outliers have made wide.

    Parameters
    ----------
    low, high : float
        Ends of a feature.
    n_intervals : int
        A multiple of eight.

    Returns
    -------
    ndarray of shape (n_intervals + 1,)
        Ascending, ends included.
    """
    n_sides = int(low < 0) + int(high > 0)
    if n_sides == 0:
        return np.zeros(n_intervals + 1)
    n_ratios = n_intervals // 4
    parts = [np.linspace(low, high, n_intervals - n_ratios + 1)]
    for sign, near, far in ((1.0, low, high), (-1.0, -high, -low)):
        if far > 0:
            least = max(near, far * 2.0**-_OCTAVES)
            place = (np.arange(n_ratios // n_sides) + 0.5) / (n_ratios // n_sides)
            parts.append(sign * far * (least / far) ** place)
    return np.clip(np.sort(np.concatenate(parts)), low, high)


def monotone_sums(counts):
    """Cumulative counts that never decrease.

    Noise makes sums of counts decrease here and there. The mean of the largest sum so
    far and of the smallest one to come has no bias upwards or downwards. The first may
    be below zero, and the last above the total, by no more than noise explains.

    Parameters
    ----------
    counts : ndarray of shape (n_features, n_intervals)

    Returns
    -------
    ndarray of shape (n_features, n_intervals + 1)
    """
    sums = np.cumsum(counts, axis=1)
    sums = np.concatenate([np.zeros((len(sums), 1)), sums], axis=1)
    largest = np.maximum.accumulate(sums, axis=1)
    smallest = np.minimum.accumulate(sums[:, ::-1], axis=1)[:, ::-1]
    return (largest + smallest) / 2


def refined_edges(edges, sums, wanted, reach, noise, n_intervals):
    """New edges, most of them where a wanted quantile may be.

    Each quantile is taken to be anywhere within ``reach`` ranks of where it seems to
    be, more probably near than far. Of intervals with ``p`` quantiles expected and
    ``n`` rows, cut into ``k`` equal parts, the ranks in question add up to ``p n / k``;
    for a given number of parts that is least if ``k`` is proportional to
    ``sqrt(p n)``. What no quantile reaches becomes one interval.

    Parameters
    ----------
    edges : ndarray of shape (n_old_intervals + 1,)
        Ascending, ends included.
    sums : ndarray of shape (n_old_intervals + 1,)
        From :func:`monotone_sums`.
    wanted : ndarray
        Ascending ranks.
    reach : float
        Positive.
    noise : float
        Rows that a count may miss.
    n_intervals : int
        Number of intervals to make, at least as many as there were.

    Returns
    -------
    ndarray of shape (n_intervals + 1,)
        Ascending, with the same ends.
    """
    over = np.searchsorted(wanted + reach, sums[:-1], side="left")
    begun = np.searchsorted(wanted - reach, sums[1:], side="right")
    near = begun > over
    # A box of the whole reach and one of a third of it stand for a bell curve.
    expected = _expected(sums, wanted, reach) + 2 * _expected(sums, wanted, reach / 3)
    likely = np.sqrt(np.maximum(np.diff(expected) / 3, 0) * np.diff(sums))
    likely = np.where(near, likely + noise / np.sqrt(2 * reach), 0.0)
    # Where a reach begins or ends, or many parts do, there is an edge.
    cut = likely * n_intervals > 2 * likely.sum()
    turns = (near[1:] != near[:-1]) | (cut[1:] != cut[:-1])
    turns = np.append(True, turns).astype(float)
    spare = max(0.0, n_intervals - turns.sum())
    parts = turns
    if likely.any():
        parts = turns + likely * (spare / likely.sum())
    until = np.floor(np.cumsum(parts) * (n_intervals / parts.sum()) + 1e-6)
    until = np.append(0, until).astype(np.intp)
    until[-1] = n_intervals
    return _cut(edges, until)


def _expected(sums, wanted, reach):
    """Expected number of quantiles below each sum, each uniform within its reach."""
    before = np.append(0.0, np.cumsum(wanted))
    below = np.searchsorted(wanted + reach, sums, side="right")
    begun = np.searchsorted(wanted - reach, sums, side="left")
    inside = begun - below
    partly = (sums + reach) * inside - (before[begun] - before[below])
    return below + partly / (2 * reach)


def _cut(edges, until):
    """Intervals cut into equal parts, of which ``until`` counts the ends.

    An interval that gets no part becomes a part of the one before it.
    """
    old = np.repeat(np.arange(len(until) - 1), np.diff(until))
    part = np.arange(until[-1]) - until[old]
    share = part / (until[old + 1] - until[old])
    start = edges[old] + (edges[old + 1] - edges[old]) * share
    start[0] = edges[0]
    return np.append(np.maximum.accumulate(start), edges[-1])
