"""Average precision."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from skprivate.base import Query
from skprivate.base._query_check import edge_problems
from skprivate.metrics._axis import key_of, nonnegative
from skprivate.metrics._measurement import metric
from skprivate.metrics._one_vs_rest import OneVsRest
from skprivate.metrics._score import DPScore
from skprivate.metrics._score_tables import ScoreTable
from skprivate.metrics._tables import release

_STEP = 0.01  # rows, for derivatives
_TABLE = 0.5  # share, of what is left for both, of the table
_COPIES = 200
_SLACK = 1.6  # for derivatives that are noisy, too: from benchmarks/metrics.py


@dataclass(frozen=True, eq=False)
class CellWeights(Query):
    """Sum over rows of the weight of its class and cell, a number in [-1, 1].

    So a row adds at most one. A row whose score is not finite adds zero.

    Parameters
    ----------
    edges : ndarray of shape (n_cells + 1,)
        Places on the axis.
    heights : ndarray of shape (2, n_cells)
        Weights of negative and of positive rows.
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
        """Edges ascend, and there is a weight of each class in each cell."""
        yield from edge_problems(self.edges[None])
        if self.heights.shape != (2, len(self.edges) - 1):
            yield "heights are not two in each cell"

    def __call__(self, X, y, weight):
        with np.errstate(all="ignore"):
            cells = np.searchsorted(self.edges[1:-1], key_of(X[:, 0]), side="right")
        heights = np.clip(self.heights[1 * (y == self.positive), cells], -1.0, 1.0)
        counts = np.isfinite(X).all(axis=1) & (y >= 0)
        steps = np.where(counts, np.rint(heights * self.levels), 0.0)
        if len(weight):
            steps = np.trunc(steps * weight)
        return np.array([steps.sum()])


@dataclass(frozen=True, eq=False)
class AveragePrecision(OneVsRest):
    """Mean precision over the thresholds that are scores of positive rows.

    A noisy table of scores is a first guess. To first order its error is the sum over
    cells of the derivative in their count times the error of the count; most of that is
    taken off by one more release, the sum over rows of the derivative of their cell,
    cut to a range: few rows at the very top have large derivatives, which would cost
    all others much noise, so what is cut off keeps the noise of the table.
    """

    def ask_two(self, curator, positive, z):
        """A table of scores, and one sum over rows."""
        table = ScoreTable.made(curator, positive, _TABLE, fine_top=True)
        counts = np.array([table.negatives, table.positives])
        area = float(average_precision(counts))
        slopes = _slopes(counts, area)
        unit = curator.max_weight
        query = CellWeights(table.edges, np.zeros_like(slopes), positive)
        share = curator.remaining
        noise = (curator.noise_of(query, share=share) / unit) ** 2
        reach = _best_reach(np.abs(slopes), table.noise, noise)
        cut = np.clip(slopes, -reach, reach)
        query = CellWeights(table.edges, cut[:, ::-1] / reach, positive)
        total, _ = release(curator, query, share)
        area += reach * float(total[0]) - float(np.sum(cut * counts))
        copies = _noisy_copies(counts, np.sqrt(table.noise))
        # The step takes off half of what the table errs on average, as half of the
        # derivatives' weight is cut off: so benchmarks/metrics.py found.
        area -= float(average_precision(copies).mean() - average_precision(counts)) / 2
        area = float(np.clip(area, 0.0, 1.0))
        # Rows come independently, so counts are Poisson; the area does not depend on
        # how many there are, so it is the same as for a fixed number.
        variance = np.sum(slopes**2 * counts) + noise * reach**2
        variance += np.sum(copies.var(axis=0) * (slopes - cut) ** 2)
        whole = curator.noise_of(query, share=1.0) / unit
        variance += (_SLACK * whole / float(counts[1].sum())) ** 2
        half = z * float(np.sqrt(variance))
        return area, max(area - half, 0.0), min(area + half, 1.0)


def _slopes(counts, area):
    """Derivative of the average precision in the count of each class and cell."""
    more = counts + _STEP * np.eye(counts.size).reshape(-1, *counts.shape)
    return (average_precision(more) - area).reshape(counts.shape) / _STEP


def _noisy_copies(counts, deviation):
    """Tables that might be released if ``counts`` were the truth.

    They show how much noise is left in counts that are made nonnegative, which is less
    where there are few rows, and by how much it moves the average precision (parametric
    bootstrap: Efron and Tibshirani 1993, section 6.5). This is post-processing of the
    release, and a function of it, as the seed is fixed. Noise of either sign is used.
    """
    noise = np.random.default_rng(0).normal(size=(_COPIES // 2, *counts.shape))
    noise = deviation * np.concatenate([noise, -noise])
    return nonnegative(counts + noise, counts.sum(axis=-1))


def _best_reach(sizes, noise_cells, noise_sum):
    """Where to cut derivatives, for the least noise of sum and cells together."""
    reaches = np.unique(np.maximum(sizes, 1e-12))
    left = np.maximum(sizes.ravel() - reaches[:, None], 0.0)
    noise = noise_sum * reaches**2 + noise_cells * np.sum(left**2, axis=1)
    return float(reaches[np.argmin(noise)])


def average_precision(counts):
    """Average precision if the rows of a cell come in even order.

    Precision inside a cell is ``(t + x a) / (s + x c)`` for ``x`` from 0 to 1, with
    ``t`` and ``s`` the positive and all rows before it, and ``a`` and ``c`` those in it
    (Davis and Goadrich 2006). It is integrated in closed form.

    Parameters
    ----------
    counts : ndarray of shape (..., 2, n_cells)
        Negative and positive rows, the highest scores first.

    Returns
    -------
    ndarray of shape (...)
    """
    inside = counts.sum(axis=-2)
    positives = counts[..., 1, :]
    before = np.cumsum(inside, axis=-1) - inside
    true = np.cumsum(positives, axis=-1) - positives
    inside = np.maximum(inside, 1e-9)
    share = positives / inside
    with np.errstate(divide="ignore", invalid="ignore"):
        bend = (true - share * before) / inside * np.log1p(inside / before)
    mean = share + np.where(before > 0, bend, 0.0)
    return np.sum(positives * mean, axis=-1) / np.sum(positives, axis=-1)


@metric
def dp_average_precision_score(
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    classes: ArrayLike | None = None,
    pos_label: Any = None,
    average: Literal["macro", "weighted"] = "macro",
) -> DPScore:
    """Average precision under differential privacy.

    Rows of a cell are taken to come in even order, where scikit-learn has the order of
    their scores, and its worst order for ties. Of several classes, each is compared
    with all others, for its part of the budget, and the result is the mean.

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

    Returns
    -------
    DPScore

    Examples
    --------
    >>> from skprivate.metrics import dp_average_precision_score
    >>> y, scores = [0, 1] * 900, [0.2, 0.4] * 900
    >>> dp_average_precision_score(y, scores, classes=[0, 1]) > 0.9
    True
    """
    return AveragePrecision(classes, pos_label=pos_label, average=average)
