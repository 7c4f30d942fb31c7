"""The features with the largest contrasts, chosen one after another."""

from dataclasses import dataclass
from math import pi, sqrt

import numpy as np

from skprivate.base import Query
from skprivate.base._query_check import are_columns
from skprivate.feature_selection._region import EVERYWHERE, Region, norms

CHOICE_SHARE = 0.6  # of what is left; the rest measures those that were chosen
_REACH = 3.0  # deviations to which features are cut: one row counts as much
_FINER = 1 + 2.0**-30  # covers the rounding of a residual


@dataclass(frozen=True, eq=False)
class LargestContrast(Query):
    """Absolute values of contrasts, for each feature the largest of all classes.

    An entry of what a row adds is ``trunc(f r z)`` with ``f`` in [0, 1], ``|r|`` at
    most ``largest`` up to rounding and ``|z|`` at most the reach of the box; absolute
    value and maximum move no farther than their arguments. All scores are exact
    integers. A feature that is taken has the score -1, whatever the rows.

    Parameters
    ----------
    contrasts : ClassContrasts or TargetContrasts
        With a ``clip`` that cuts no row.
    largest : float
        Largest absolute value of a residual.
    taken : tuple of int
        Features that are not to be chosen.
    """

    contrasts: Query
    largest: float
    taken: tuple
    norm = np.inf

    @property
    def step(self):
        """That of the contrasts."""
        return self.contrasts.step

    @property
    def width(self):
        """That of the contrasts."""
        return self.contrasts.width

    def problems(self):
        """Those of the contrasts; and features that are taken must be some."""
        yield from self.contrasts.problems()
        if not are_columns(self.taken, self.size):
            yield "taken names no features"
        if not self.largest * _FINER >= self.contrasts.largest_residual:
            yield "largest is less than a residual can be"

    @property
    def bound(self):
        """Largest residual times largest value of a feature."""
        reach = float(np.max(self.contrasts.box.reach))
        return self.largest * reach * _FINER + self.step

    @property
    def size(self):
        """Number of features."""
        return self.contrasts.box.n_features

    @property
    def n_totals(self):
        """That of the contrasts, which are more than the scores made of them."""
        return self.contrasts.n_totals

    @property
    def largest_entry(self):
        """Largest entry of a row, in which the constant is a feature of one."""
        reach = max(1.0, float(np.max(self.contrasts.box.reach)))
        return self.largest * reach * _FINER / self.step + 1.0

    def __call__(self, X, y, weight):
        return self.contrasts(X, y, weight)

    def scores(self, total):
        """Scores of the features."""
        entries = np.abs(total.reshape(-1, self.size + 1)[:, :-1])
        scores = entries.max(axis=0)
        scores[list(self.taken)] = -1
        return scores


def chosen_features(curator, target, k, low, high):
    """Indices of ``k`` features whose contrasts are large.

    The exponential mechanism (permute-and-flip, if ``delta=0``) chooses one feature
    after another. That is the same distribution as choosing the ``k`` largest scores
    after adding Gumbel noise once (Durfee and Rogers 2019), and costs ``k``
    selections, however many features there are.

    Parameters
    ----------
    curator : Curator
    target : Classes or Numbers
    k : int
    low, high : ndarray of shape (n_features,)
        Bounds of the features.

    Returns
    -------
    ndarray of shape (k,)
    """
    share = CHOICE_SHARE * curator.remaining / k
    target = target.closer()
    reach = _REACH if curator.budget.private else EVERYWHERE
    box = Region.around(target.spread, low, high, reach).standardized
    _, most = norms(box)
    query = target.contrasts(box, 2 * most * max(1.0, target.largest))
    taken = ()
    for _ in range(k):
        asked = LargestContrast(query, target.largest, taken)
        taken += (curator.choose(asked, share=share),)
    return np.array(taken, dtype=np.intp)


def choosing_is_better(budget, n_features, k, residual):
    """Whether choosing beats measuring all, by public numbers alone.

    Compared are the standard deviations of the noise, in units of the deviation of a
    feature: of measuring, normal (or, if ``delta=0``, Laplace) noise for a row of
    ordinary length; of choosing, the Gumbel (or exponential) noise that amounts to the
    same as the mechanism, for the largest value of one feature. With ``delta > 0``,
    choosing is better from about 40 features for each that is wanted; with
    ``delta=0``, from about 7. Measured (``benchmarks/selection.py``), the truth is
    near: on made data of 5,000 rows, ``k=10``, ``epsilon=1``, they draw level at 500
    features, and choosing is far ahead at 3,000; with ``delta=0``, at 50 and at 200.

    Parameters
    ----------
    budget : Budget
    n_features, k : int
    residual : float
        Largest residual of a target, relative to an ordinary one.
    """
    if not budget.private or not 0 < k < n_features:
        return False
    chosen = 2 * _REACH * residual
    if budget.pure:  # the 1-norm of a row counts
        measured, price = sqrt(2) * (n_features + 1), budget.mechanism(1.0, 1).epsilon
    else:
        measured, price = sqrt(n_features + 1), budget.mu
        chosen *= pi / sqrt(6)
    return chosen * price < measured * budget.selection(CHOICE_SHARE / k).epsilon
