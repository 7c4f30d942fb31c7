"""How often what was given a probability happens."""

from dataclasses import dataclass
from numbers import Integral
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from skprivate.base import Query
from skprivate.base._query_check import edge_problems
from skprivate.mechanisms import root_above
from skprivate.metrics._axis import (
    N_CELLS,
    found_edges,
    score_at,
    thinned,
)
from skprivate.metrics._intervals import proportion
from skprivate.metrics._measurement import metric
from skprivate.metrics._question import ScoreQuestion
from skprivate.metrics._score import price_of
from skprivate.metrics._score_tables import TwoCounts
from skprivate.metrics._tables import release

_COUNTS, _EDGES = 0.05, 0.15  # shares of the budget, if bins follow the rows
_COARSER = 4.0  # noise of positions in a bin, relative to that of counts


@dataclass(frozen=True, eq=False, repr=False)
class DPCalibrationCurve:
    """How often what was given a probability happens, under differential privacy.

    Parameters
    ----------
    prob_true, prob_pred : ndarray of shape (n_bins,)
        Share of positive rows, and mean probability, in each bin where there are rows
        enough to say something.
    low, high : ndarray of shape (n_bins,)
        Ends of the confidence interval of each ``prob_true``.
    confidence : float
        Of each interval.
    privacy : PrivacyReport
        What was released, and at what price.

    Examples
    --------
    >>> from skprivate.metrics import dp_calibration_curve
    >>> y, proba = [0, 1] * 900, [0.2, 0.9] * 900
    >>> curve = dp_calibration_curve(y, proba, classes=[0, 1], n_bins=2)
    >>> prob_true, prob_pred = curve
    >>> len(prob_true)
    2
    """

    prob_true: np.ndarray
    prob_pred: np.ndarray
    low: np.ndarray
    high: np.ndarray
    confidence: float
    privacy: object

    def __iter__(self):
        """Unpack as what scikit-learn's ``calibration_curve`` returns."""
        return iter((self.prob_true, self.prob_pred))

    def __repr__(self):
        lines = [f"Calibration curve{price_of(self.privacy, ' (', ')')}"]
        lines.append(f"  {'predicted':>9}  {'happens':>9}  interval")
        rows = zip(self.prob_pred, self.prob_true, self.low, self.high, strict=True)
        lines += [f"  {p:9.3f}  {t:9.3f}  {a:.3f} to {b:.3f}" for p, t, a, b in rows]
        return "\n".join(lines)


@dataclass(frozen=True, eq=False)
class Reliability(Query):
    """Negative and positive rows of each bin, and the sum of positions in it.

    A position runs from -1 to 1 over the bin. A row adds one to one count, and at most
    one to one sum, which gets four times the noise: divided by that, the 2-norm of what
    it adds is at most ``sqrt(1 + 1/16)``, and the 1-norm at most ``1 + 1/4``.

    Parameters
    ----------
    edges : ndarray of shape (n_bins + 1,)
        Probabilities, increasing from 0 to 1.
    positive : int
        Code of the positive class.
    """

    edges: np.ndarray
    positive: int
    bound = root_above(1 + _COARSER**-2)
    l1_bound = 1 + 1 / _COARSER
    step = 2.0**-20

    def problems(self):
        """Edges ascend."""
        yield from edge_problems(self.edges[None])

    @property
    def n_bins(self):
        """Number of bins."""
        return len(self.edges) - 1

    @property
    def size(self):
        """Three numbers for each bin."""
        return 3 * self.n_bins

    @property
    def weights(self):
        """Noise of counts and of positions."""
        return np.repeat([1.0, 1.0, _COARSER], self.n_bins)

    def __call__(self, X, y, weight):
        one = 1.0 / self.step
        counts = np.isfinite(X).all(axis=1) & (y >= 0)
        proba = np.clip(np.where(counts, X[:, 0], 0.0), 0.0, 1.0)
        bins = np.searchsorted(self.edges[1:-1], proba, side="right")
        low, high = self.edges[bins], self.edges[bins + 1]
        place = np.clip((2 * proba - low - high) / (high - low), -1.0, 1.0)
        heavy = np.where(counts, weight if len(weight) else 1.0, 0.0)
        steps = np.trunc(np.rint(place * one) * heavy)
        ones = np.rint(heavy * one)
        steps = np.clip(steps, -ones, ones)
        total = np.zeros(self.size)
        np.add.at(total, bins + self.n_bins * (y == self.positive), ones)
        np.add.at(total, bins + 2 * self.n_bins, steps)
        return total


@dataclass(frozen=True, eq=False)
class Calibration(ScoreQuestion):
    """Positive rows and mean probability by bins."""

    n_bins: int = 5
    strategy: str = "uniform"
    probabilities = True

    def __post_init__(self):
        super().__post_init__()
        if not (isinstance(self.n_bins, Integral) and 1 <= self.n_bins <= N_CELLS):
            raise ValueError(f"n_bins must be an integer from 1 to {N_CELLS}.")
        if self.strategy not in ("uniform", "quantile"):
            raise ValueError("strategy must be 'uniform' or 'quantile'.")

    def ask(self, curator, z):
        """Three sums for each bin."""
        positive = self.positive
        curator.classes(self.classes)
        edges = np.linspace(0.0, 1.0, self.n_bins + 1)
        if self.strategy == "quantile":
            counts, _ = release(curator, TwoCounts(positive), _COUNTS)
            edges = found_edges(curator, _EDGES, counts.sum())
            edges = score_at(thinned(edges, self.n_bins))
            edges = np.unique(
                np.clip(np.concatenate([[0.0], edges[1:-1], [1.0]]), 0, 1)
            )
        query = Reliability(edges, positive)
        values, noise = release(curator, query, curator.remaining)
        negatives, positives, places = values.reshape(3, -1)
        n_rows = negatives + positives
        said = n_rows > max(1.0, 2 * z * np.sqrt(noise[0]))
        ends = proportion(positives, negatives, noise[0], noise[0], z)
        middle, half = (edges[1:] + edges[:-1]) / 2, np.diff(edges) / 2
        place = np.clip(places / np.maximum(n_rows, 1.0), -1.0, 1.0)
        prob_true, low, high = ends
        parts = prob_true, middle + half * place, low, high
        return [part[said] for part in parts]

    def result(self, answer, confidence, privacy):
        """A curve with its intervals."""
        return DPCalibrationCurve(*answer, confidence, privacy)


@metric
def dp_calibration_curve(
    y_true: ArrayLike,
    y_prob: ArrayLike,
    *,
    classes: ArrayLike | None = None,
    pos_label: Any = None,
    n_bins: int = 5,
    strategy: Literal["uniform", "quantile"] = "uniform",
) -> DPCalibrationCurve:
    """Calibration curve under differential privacy, for two classes.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels.
    y_prob : array-like of shape (n_samples,)
        Probabilities of the positive class.
    classes : array-like, default=None
        Both labels. None reads them from the data, which is noted as an assumption; a
        strict ledger refuses it.
    pos_label : label, default=None
        The positive class; None means the last in sorted order.
    n_bins : int, default=5
        Number of bins of [0, 1]. Those with too few rows for the noise are left out.
    strategy : {"uniform", "quantile"}, default="uniform"
        Bins of equal width, or bins that hold about as many rows each, which takes a
        part of the budget to find.

    Returns
    -------
    DPCalibrationCurve
        It unpacks into ``prob_true, prob_pred``.

    Examples
    --------
    >>> from skprivate.metrics import dp_calibration_curve
    >>> y, proba = [0, 1] * 900, [0.2, 0.9] * 900
    >>> curve = dp_calibration_curve(y, proba, classes=[0, 1], n_bins=2)
    >>> curve.prob_true.round().tolist()
    [0.0, 1.0]
    """
    return Calibration(classes, pos_label=pos_label, n_bins=n_bins, strategy=strategy)
