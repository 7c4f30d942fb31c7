"""Scores of what has no target: clusterings, and densities."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from skprivate._typing import BoundsLike
from skprivate.base import check_bounds
from skprivate.metrics._losses import LossSums, mean_of
from skprivate.metrics._measurement import metric
from skprivate.metrics._question import Question, as_columns
from skprivate.metrics._score import DPScore
from skprivate.rows import refused

_SEARCH = 0.1  # share of the budget for a private search of bounds


@dataclass(frozen=True)
class NearestOfTwo(LossSums):
    """Distance to the nearest center, relative to the second nearest.

    Of no center, or of two in the place of a row, it is one. What is negative is no
    distance, and counts as zero.
    """

    def losses(self, X, y):
        """Of rows of distances."""
        if X.shape[1] < 2:
            return np.ones(len(X))
        near, next_to_it = np.maximum(np.partition(X, 1, axis=1)[:, :2], 0.0).T
        return np.where(next_to_it > 0, near / next_to_it, 1.0)


@dataclass(frozen=True)
class BelowTheTop(LossSums):
    """How far a number is below the high end of a range, relative to its width."""

    low: float
    high: float

    def problems(self):
        """There is a range."""
        if not self.low < self.high:
            yield "low is not below high"

    def losses(self, X, y):
        """Numbers outside are moved to the nearer end."""
        inside = np.clip(X[:, 0], self.low, self.high)
        return (self.high - inside) / (self.high - self.low)


@dataclass(frozen=True, eq=False)
class OfNoTarget(Question):
    """A question about what a model says of rows, whatever their target is."""

    target = "none"

    def read(self, y_true, y_pred):
        """What the model says, as features."""
        return as_columns(y_pred), None, self


@dataclass(frozen=True, eq=False)
class Silhouette(OfNoTarget):
    """Mean silhouette of rows by their distances to centers."""

    def check_width(self, n_columns):
        """Any number of centers, but none at all."""
        if n_columns < 1:
            raise refused(
                ValueError, "There are no distances. Give those of model.transform(X)."
            )

    def row_scores(self, X, y):
        """One less the ratio of distances."""
        return 1.0 - np.clip(NearestOfTwo().losses(X, y), 0.0, 1.0)

    def ask(self, curator, z):
        """Sums of ratios."""
        mean, low, high = mean_of(curator, NearestOfTwo(), curator.remaining, z)
        return 1 - mean, 1 - high, 1 - low


@dataclass(frozen=True, eq=False)
class LogLikelihood(OfNoTarget):
    """Mean of logarithms of densities, between ends.

    Parameters
    ----------
    score_bounds : tuple or "private"
    """

    score_bounds: object = "private"

    def __post_init__(self):
        if self.is_mean:
            low, high = check_bounds(self.score_bounds, 1, "score_bounds")
            if not low[0] < high[0]:
                raise ValueError(
                    "score_bounds are a single number, so all scores would be alike. "
                    "Give a range that is known without a look at the data."
                )

    @property
    def is_mean(self):
        """If ends are public: means between others do not compare."""
        return not (
            isinstance(self.score_bounds, str) and self.score_bounds == "private"
        )

    def _loss(self, low, high):
        low, high = float(low[0]), float(high[0])
        return BelowTheTop(low, high if high > low else low + max(abs(low), 1.0))

    def row_scores(self, X, y):
        """Scores between public ends."""
        return 1.0 - self._loss(*check_bounds(self.score_bounds, 1)).losses(X, y)

    @property
    def row_scale(self):
        """The width of the range."""
        loss = self._loss(*check_bounds(self.score_bounds, 1))
        return loss.high - loss.low

    def ask(self, curator, z):
        """Sums of scores between ends."""
        loss = self._loss(*curator.bounds(self.score_bounds, share=_SEARCH))
        mean, low, high = mean_of(curator, loss, curator.remaining, z)
        width = loss.high - loss.low
        return tuple(loss.high - width * part for part in (mean, high, low))


@metric
def dp_silhouette_score(distances: ArrayLike) -> DPScore:
    """Mean silhouette by centers, under differential privacy: how clear clusters are.

    The silhouette of a row is here ``1 - a / b``, where ``a`` is its distance to the
    nearest center, and ``b`` to the next one: scikit-learn's ``silhouette_score`` takes
    means of the distances to all rows of a cluster, which is a question about pairs of
    rows. It is between zero, where clusters are not apart at all, and one. A single
    cluster has zero. Centers must be public, or released at their own price.

    Parameters
    ----------
    distances : array-like of shape (n_samples, n_clusters)
        Of each row to each center, as ``transform`` of ``DPKMeans`` gives them.

    Returns
    -------
    DPScore

    Examples
    --------
    >>> from sklearn.datasets import make_blobs
    >>> from skprivate.cluster import DPKMeans
    >>> from skprivate.metrics import dp_silhouette_score
    >>> X, _ = make_blobs(6000, centers=3, random_state=1)
    >>> model = DPKMeans(3, bounds=(-20, 20)).fit(X[:3000])
    >>> bool(dp_silhouette_score(model.transform(X[3000:])) > 0.5)
    True
    """
    return Silhouette()


@metric
def dp_log_likelihood(
    scores: ArrayLike, *, score_bounds: BoundsLike | Literal["private"] = "private"
) -> DPScore:
    """Mean logarithm of a density, under differential privacy: how well it fits rows.

    Parameters
    ----------
    scores : array-like of shape (n_samples,)
        Logarithms of densities of rows, as ``score_samples`` of a model gives them.
    score_bounds : tuple (low, high) or "private", default="private"
        Public range of scores; what is outside is moved to the nearer end, which keeps
        a few rows that the model thinks impossible from deciding. ``"private"`` pays a
        tenth of the budget for a search; with it, a search that chooses between models
        has to divide the budget among them.

    Returns
    -------
    DPScore

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.metrics import dp_log_likelihood
    >>> from skprivate.mixture import DPGaussianMixture
    >>> X = np.random.default_rng(0).normal(size=(6000, 1))
    >>> model = DPGaussianMixture(bounds=(-6, 6)).fit(X[:3000])
    >>> score = dp_log_likelihood(model.score_samples(X[3000:]), score_bounds=(-9, 0))
    >>> bool(-1.7 < score < -1.2)
    True
    """
    return LogLikelihood(score_bounds)
