"""Class counts and totals of features by class, and what they say of shares.

Constants were chosen on messages (SMS spam), reviews (IMDB) and 20 newsgroups, as
hashed words.
"""

from dataclasses import dataclass

import numpy as np

from skprivate.base import Box
from skprivate.base._utility import hidden_classes
from skprivate.queries import ClassCounts, EachClass, OfView, RowSums
from skprivate.queries._row_norms import look_at_row_norms

_NORM_SHARE = 0.03
COUNTS_SHARE = 0.05
_LONG = 16.0  # the longest row; a constant of one goes with it, at hardly any price
_FAR = 64.0  # values beyond this multiple of it are cut before their row is shortened
_FARTHEST = 2.0**200  # squares of longer rows overflow
_LEAST_COUNT = 1e-9  # keeps the prior of a class without rows above zero
_VARIES = 0.3  # square of how far classes are expected to differ, of two, relatively
_FLOOR = 0.05  # least share of a feature in a class, relative to all classes


@dataclass(frozen=True, eq=False)
class Totals:
    """What one pass over the rows released.

    Attributes
    ----------
    counts : ndarray of shape (n_classes,)
        Noisy number of rows.
    unsure : float
        Standard deviation of the noise of a count.
    sums : ndarray of shape (n_classes, n_features)
        Noisy sums of rows, of which none is longer than a public number.
    noise : float
        Standard deviation of the noise of a sum.
    """

    counts: np.ndarray
    unsure: float
    sums: np.ndarray
    noise: float

    @property
    def present(self):
        """Numbers of rows, none below its noise."""
        return _present(self.counts, self.unsure)

    def log_prior(self, fit_prior, given, weigh):
        """As :func:`log_prior`."""
        return log_prior(self.counts, self.unsure, fit_prior, given, weigh)


def log_prior(counts, unsure, fit_prior, given, weigh):
    """Logarithms of the priors: given ones, noisy shares, or all the same.

    ``weigh`` makes priors of those that are not given, by the weights of classes.
    """
    if given is None:
        given = _present(counts, unsure) if fit_prior else np.ones(len(counts))
        given = weigh(given)
    with np.errstate(divide="ignore"):  # a prior of zero that was asked for
        return np.log(given / np.sum(given))


def _present(counts, unsure):
    """Numbers of rows, none below its noise."""
    return np.maximum(counts, max(unsure, _LEAST_COUNT))


def released_totals(curator, n_classes, longest, *, most, view=None):
    """Spend the budget on counts of the classes and sums of their rows.

    Parameters
    ----------
    curator : Curator
    n_classes : int
    longest : float or None
        Rows are shortened to this norm. None looks for one, for a small share.
    most : float
        How many rows are not to be longer than what is looked for; all, without noise.
    view : callable, default=None
        A view of rows that is meant.

    Returns
    -------
    Totals
    """
    if longest is None:
        most = most if curator.budget.private else 1.0
        longest = look_at_row_norms(curator, share=_NORM_SHARE, most=most, view=view)
    longest = min(max(longest, 1 / _FARTHEST), _FARTHEST)
    n_features, unit = curator.n_features, longest / _LONG
    reach = np.broadcast_to(_FAR * _LONG, n_features)
    box = Box.around_ball(n_features, _FAR * longest, unit, RowSums.bits(reach))
    counts = ClassCounts(n_classes)
    sums = EachClass(RowSums(box, _LONG), n_classes)
    asked = sums if view is None else OfView(sums, view)
    shares = COUNTS_SHARE, curator.remaining - COUNTS_SHARE
    noisy, total = curator.release(counts, asked, share=shares)
    unsure = curator.noise_of(counts)
    for doubt in hidden_classes(noisy, unsure):
        curator.doubt(doubt)
    total = total.reshape(n_classes, n_features) * unit
    return Totals(noisy, unsure, total, curator.noise_of(asked) * unit)


def smoothing(shares, noise, alpha):
    """What is added to each total of a class: ``alpha``, as far as noise is less.

    Where noise exceeds it, a class gets its share of as much, so that features which
    noise hides do not speak for small classes.
    """
    hidden = _hidden(noise, alpha)
    return alpha * (1 - hidden + hidden * len(shares) * shares)


def shares_of_features(totals, masses, added, noise, alpha):
    """Share of each feature in each class, as far as noise lets classes differ.

    Without noise, ``totals / masses``. Else the difference from the share in all rows
    is multiplied by ``v / (v + noise)``, where ``v`` is the square of a typical
    difference, and ``noise`` that of what noise makes of it (Wiener 1949).

    Parameters
    ----------
    totals : ndarray of shape (n_classes, n_features)
        With what was added.
    masses : ndarray of shape (n_classes, 1)
        Positive.
    added : ndarray of shape (n_classes, 1)
        By :func:`smoothing`.
    noise : float
        Standard deviation of the noise of a total.
    alpha : float
        Positive.

    Returns
    -------
    ndarray of shape (n_classes, n_features)
        Positive.
    """
    n_classes, of_all = len(totals), masses.sum()
    total = totals.sum(axis=0)
    base = np.maximum(total, max(noise * np.sqrt(n_classes), alpha)) / of_all
    difference = totals / masses - total / of_all
    own, others = 1 / masses - 1 / of_all, np.sqrt(n_classes - 1) / of_all
    expected = _VARIES * max(n_classes - 1, 1) * base**2
    kept = expected / (expected + noise**2 * (own**2 + others**2))
    floor = np.maximum(added / masses, _FLOOR * _hidden(noise, alpha) * base)
    return np.maximum(base + kept * difference, floor)


def _hidden(noise, alpha):
    """Zero without noise, and one where it hides what ``alpha`` smooths."""
    return noise**2 / (noise**2 + alpha**2)
