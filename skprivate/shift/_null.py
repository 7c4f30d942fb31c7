"""How far apart noisy histograms of one law are: the law of a statistic, by drawing."""

from dataclasses import dataclass

import numpy as np

from skprivate.metrics._axis import nonnegative

_SEED = 20  # of draws that are no noise: what is drawn from was released
_BLOCK = 2**18  # numbers at a time
_SURE = 2.0  # deviations of a p-value that is found by drawing


@dataclass(frozen=True)
class Noise:
    """What was added to each count.

    Parameters
    ----------
    deviation : float
        Standard deviation.
    pure : bool, default=False
        Whether it is Laplace noise, and not Gaussian.
    """

    deviation: float
    pure: bool = False

    def drawn(self, rng, shape):
        """Noise of this law."""
        if self.pure:
            return rng.laplace(0.0, self.deviation / np.sqrt(2.0), shape)
        return rng.normal(0.0, self.deviation, shape)


def shares_of(counts, noise, floor=0.0):
    """Counts as shares of their total, and the deviation of the noise of a share.

    Parameters
    ----------
    counts : ndarray of shape (..., n_bins)
        Noisy; they may be negative.
    noise : float
        Standard deviation of the noise of each.
    floor : float, default=0.0
        The total is taken to be at least this, and at least one.
    """
    total = np.maximum(counts.sum(axis=-1), max(floor, 1.0))[..., None]
    return counts / total, noise / total


def distances(first, second, noises, ordered):
    """How far apart pairs of noisy histograms are, in units of what chance would do.

    The first statistic is the sum over bins of the squared difference of shares by its
    variance, if both tables have one law: of sampling, and of the noise. Without noise
    that is Pearson's chi-squared of two samples. The second, where bins have an order,
    is the mean of the same of shares up to each edge, as Anderson and Darling (1952)
    take it: it finds small moves to one side, which single bins do not show.

    Parameters
    ----------
    first, second : ndarray of shape (n_pairs, n_bins)
        Noisy counts; the last bin is that of missing values.
    noises : tuple of Noise
        Of a count of the first, and of the second.
    ordered : bool
        Whether bins have an order, but for the last.

    Returns
    -------
    ndarray of shape (n_pairs, 1 or 2)
    """
    (p, s), (q, t) = (
        shares_of(c, n.deviation) for c, n in zip((first, second), noises, strict=True)
    )
    sizes = [np.maximum(c.sum(axis=-1), 1.0)[:, None] for c in (first, second)]
    pooled = first + second
    pooled = nonnegative(pooled, pooled.sum(axis=-1))
    pooled /= pooled.sum(axis=-1, keepdims=True)
    sampling, noise = 1 / sizes[0] + 1 / sizes[1], s**2 + t**2
    apart = p - q
    found = [_ratio(apart**2, pooled * sampling + noise).sum(axis=-1)]
    if ordered:
        up, below = (
            np.cumsum(apart, axis=-1)[:, :-1],
            np.cumsum(pooled, axis=-1)[:, :-1],
        )
        n_bins = first.shape[-1]
        k = np.arange(1, n_bins)
        # Of k of n noises less k / n of all of them, since shares add up to one.
        variance = below * (1 - below) * sampling + noise * k * (n_bins - k) / n_bins
        found.append(_ratio(up**2, variance).mean(axis=-1))
    return np.stack(found, axis=-1)


def _ratio(part, whole):
    """A quotient; zero where nothing can be, which is no distance."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 1e-300)


def p_value(first, second, noises, *, ordered, n_draws):
    """Probability that two tables of one law are as far apart as these, or farther.

    **Guarantee.** It is a function of noisy counts and of public numbers.

    Pairs of tables are drawn from the law that both together suggest, with noise as it
    was added, and the statistics of these are counted that are at least as large. So
    noise is in the null: its share of the distance is expected, and not taken as a
    shift. Of two statistics the smaller p-value counts, compared with those of the same
    draws, so that to look twice costs what it should.

    Parameters
    ----------
    first, second : ndarray of shape (n_bins,)
        Noisy counts.
    noises : tuple of Noise
        Of each.
    ordered : bool
        Whether bins have an order, but for the last.
    n_draws : int
        Number of pairs.

    Returns
    -------
    statistic, p_value : float
        The first statistic of :func:`distances`.
    """
    counts = np.array([first, second], dtype=np.float64)
    seen = distances(counts[:1], counts[1:], noises, ordered)
    drawn = [
        distances(*pair, noises, ordered) for pair in _pairs(counts, noises, n_draws)
    ]
    every = np.concatenate([seen, *drawn])
    # Number of all that are at least as far apart as each: ties count against a shift.
    ranks = [
        len(column) - np.searchsorted(np.sort(column), column, side="left")
        for column in every.T
    ]
    best = np.min(ranks, axis=0)
    p = float(np.mean(best <= best[0]))
    # The upper end of what it would be with endless draws: chance makes no shift.
    return float(seen[0, 0]), min(p + _SURE * np.sqrt(p * (1 - p) / len(best)), 1.0)


def _pairs(counts, noises, n_draws):
    """Blocks of noisy pairs of histograms of one law."""
    rng = np.random.default_rng(_SEED)
    law = nonnegative(counts.sum(axis=0), counts.sum())
    law = law / law.sum()
    sizes = np.rint(np.maximum(counts.sum(axis=1), 1.0)).astype(np.int64)
    step = max(1, _BLOCK // counts.shape[1])
    for start in range(0, n_draws, step):
        n = min(step, n_draws - start)
        yield [
            rng.multinomial(size, law, n) + noise.drawn(rng, (n, len(law)))
            for size, noise in zip(sizes, noises, strict=True)
        ]
