"""Area under the ROC curve."""

from dataclasses import dataclass
from math import hypot, sqrt
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from skprivate.base import Query
from skprivate.base._query_check import edge_problems
from skprivate.metrics._axis import (
    N_CELLS,
    ScoreCells,
    found_edges,
    key_of,
    nonnegative,
    thinned,
)
from skprivate.metrics._measurement import metric
from skprivate.metrics._one_vs_rest import OneVsRest
from skprivate.metrics._score import DPScore
from skprivate.metrics._score_tables import TwoCounts
from skprivate.metrics._tables import release

_COUNTS, _EDGES, _CELLS = 0.05, 0.08, 0.15  # shares; the rest is for the last release
_FEWEST_CELLS = 4
_MODEL_ERROR = 0.03  # by how much a variance in [0, 1/4] departs from the model


@dataclass(frozen=True, eq=False)
class Lifts(Query):
    """Sum over rows of a function of the score, one for each of two classes.

    The functions are linear between the edges, and cut to [-1, 1]: so is what a row
    adds. A row whose score is not finite adds zero.

    Parameters
    ----------
    edges : ndarray of shape (n_edges,)
        Places on the axis.
    heights : ndarray of shape (2, n_edges)
        Values at the edges, of negative and of positive rows.
    positive : int
        Code of the positive class.
    """

    edges: np.ndarray
    heights: np.ndarray
    positive: int
    size = 1
    bound = 1.0
    l1_bound = 1.0

    def problems(self):
        """Edges ascend, and there is a height of each class at each."""
        yield from edge_problems(self.edges[None])
        if self.heights.shape != (2, len(self.edges)):
            yield "heights are not two at each edge"

    def __call__(self, X, y, weight):
        with np.errstate(all="ignore"):
            keys = key_of(X[:, 0])
            lifts = [np.interp(keys, self.edges, height) for height in self.heights]
        lift = np.clip(np.where(y == self.positive, lifts[1], lifts[0]), -1.0, 1.0)
        counts = np.isfinite(X).all(axis=1) & (y >= 0)
        steps = np.rint(np.where(counts, lift, 0.0) * self.levels)
        if len(weight):
            steps = np.trunc(steps * weight)
        return np.array([steps.sum()])


@dataclass(frozen=True, eq=False)
class RocAuc(OneVsRest):
    """Probability that a positive row has a higher score than a negative one.

    A histogram of scores would do, but its noise adds up over the cells. Here it is a
    first guess only. With guesses ``F`` and ``S`` of the distribution function of
    negatives and of one minus that of positives, and ``A`` the area of the guesses,

    ``area = A + mean over positives of (F - A) + mean over negatives of (S - A)``

    up to the product of the errors of both guesses, as in every one-step estimator (van
    der Vaart 1998, section 25.8). The two means are one sum over all rows, to which a
    row adds at most ``max(A, 1 - A)`` over the number of rows of its class.
    """

    def ask_two(self, curator, positive, z):
        """Counts of classes, cells, a histogram of each class, and the one sum."""
        counts, noise = release(curator, TwoCounts(positive), _COUNTS)
        counts = np.maximum(counts, 1.0)
        edges = found_edges(curator, _EDGES, counts.sum())
        guess = _Guess.made(curator, edges, positive, counts)
        lifts, scale = guess.lifts(positive, counts)
        total, variance = release(curator, lifts, curator.remaining)
        step = scale * float(total[0])
        area = float(np.clip(guess.area + step, 0.0, 1.0))
        fewest = counts.min() - z * sqrt(noise[0])
        if fewest <= 0:
            return area, 0.0, 1.0  # noise drowns the rarer class
        excess = counts.min() / fewest  # the step may be too short by this factor
        deviation = hypot(
            scale * sqrt(variance[0]),
            step * (excess - 1) / z,
            guess.product_error(counts) * excess,
        )
        half = z * sqrt(deviation**2 + guess.sampling(area, counts))
        return area, max(area - half, 0.0), min(area + half, 1.0)


@dataclass(frozen=True, eq=False)
class _Guess:
    """Shares of negatives and positives in each cell; ``noisy`` may be negative."""

    edges: np.ndarray
    shares: np.ndarray
    noisy: np.ndarray
    deviation: float

    @classmethod
    def made(cls, curator, edges, positive, counts):
        """From a histogram of as many cells as its noise lets be told apart."""
        unit = curator.max_weight
        query = ScoreCells(edges, positive)
        deviation = curator.noise_of(query, share=_CELLS) / unit
        rest = 1.0 - _COUNTS - _EDGES - _CELLS
        final = curator.noise_of(query, share=rest) / unit
        n_cells = N_CELLS
        if deviation > 0:
            # So that the product of errors is a quarter of the noise to come.
            n_cells = int(min(0.9 * final * counts.max() / deviation**2, N_CELLS))
        edges = thinned(edges, max(n_cells, _FEWEST_CELLS))
        table, _ = release(curator, ScoreCells(edges, positive), _CELLS)
        table = table.reshape(2, -1)
        shares = [
            nonnegative(row, total) / total
            for row, total in zip(table, counts, strict=True)
        ]
        return cls(edges, np.array(shares), table / counts[:, None], deviation)

    @property
    def below(self):
        """Share of either class below the middle of each cell."""
        return np.cumsum(self.shares, axis=1) - self.shares / 2

    @property
    def area(self):
        """Area under the curve, rows of a cell taken as ties."""
        return float(self.shares[1] @ self.below[0])

    def lifts(self, positive, counts):
        """The query of the one step, and the unit of its answer."""
        zeros = np.zeros((2, 1))
        below = np.concatenate([zeros, np.cumsum(self.shares, axis=1)], axis=1)
        heights = np.array([1.0 - below[1], below[0]]) - self.area
        heights /= counts[:, None]
        scale = float(np.max(np.abs(heights)))
        return Lifts(self.edges, heights / scale, positive), scale

    def product_error(self, counts):
        """Deviation of the product of errors: of cumulated noise and of noise."""
        n_cells = self.shares.shape[1]
        return self.deviation**2 * n_cells / (3.5 * float(np.prod(counts)))

    def sampling(self, area, counts):
        """Variance over samples (DeLong, DeLong and Clarke-Pearson 1988).

        Its two parts are variances of ``F`` over positives and of ``S`` over negatives.
        They are taken from the histogram if it has little noise, as it was released: a
        share that is moved up to zero would put rows where there are none, far from
        the others. Else they are those of the model of Hanley and McNeil (1982), with
        their ``Q1`` and ``Q2`` in equal parts.
        """
        model = area / (2 - area) + 2 * area**2 / (1 + area)
        model = max(model / 2 - area**2, 0.0)
        values = np.array([1.0 - self.below[1], self.below[0]])
        found = np.sum(self.noisy * (values - area) ** 2, axis=1)
        found = np.clip(found, 0.0, 0.25)
        n_cells = self.shares.shape[1]
        error = self.deviation * np.sqrt(n_cells / 5.0) / counts
        trust = _MODEL_ERROR**2 / (_MODEL_ERROR**2 + error**2)
        return float(np.sum((trust * found + (1 - trust) * model) / counts))


@metric
def dp_roc_auc_score(
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    classes: ArrayLike | None = None,
    pos_label: Any = None,
    average: Literal["macro", "weighted"] = "macro",
    multi_class: Literal["ovr"] = "ovr",
) -> DPScore:
    """Area under the ROC curve under differential privacy.

    No range of scores need be known: cells that follow the rows are found privately on
    an axis that holds all numbers. Scores crowded at 0 or 1, ties, and margins of any
    size are all well.

    The noise is about ``sigma / n``, for ``sigma`` that of a count and ``n`` the number
    of rows of the rarer class; below some hundred such rows the interval is wide. Of
    several classes, each is compared with all others, for its part of the budget, and
    the result is the mean.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels.
    y_score : array-like of shape (n_samples,) or (n_samples, n_classes)
        Scores of the positive class: probabilities, or margins of any scale. Of more
        than two classes, those of each, in sorted order.
    classes : array-like, default=None
        All labels. None reads them from the data, which is noted as an assumption; a
        strict ledger refuses it.
    pos_label : label, default=None
        The positive one of two classes; None means the last in sorted order.
    average : {"macro", "weighted"}, default="macro"
        Whether several classes count alike, or by their noisy numbers of rows.
    multi_class : {"ovr"}, default="ovr"
        Several classes are compared one against the rest. (One against one would need
        each pair of classes, and a part of the budget for each.)

    Returns
    -------
    DPScore

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.metrics import dp_roc_auc_score
    >>> rng = np.random.default_rng(0)
    >>> y_true = rng.integers(0, 2, 5000)
    >>> score = dp_roc_auc_score(y_true, y_true + rng.normal(size=5000), classes=[0, 1])
    >>> 0.7 < score < 0.82
    True
    """
    if multi_class != "ovr":
        raise ValueError("multi_class must be 'ovr'. Leave it out.")
    return RocAuc(classes, pos_label=pos_label, average=average)
