"""Quadratic discriminants from noisy second moments of each class."""

from dataclasses import replace
from numbers import Real
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval, StrOptions
from skprivate._typing import BoundsLike, SeedLike
from skprivate.base import DPEstimator
from skprivate.base._class_weights import (
    check_weights,
    refuse_two_priors,
    weighed_priors,
)
from skprivate.base._products import row_products
from skprivate.base._utility import hidden_classes
from skprivate.discriminant_analysis._normal import (
    NormalClassesMixin,
    check_classes,
    log_priors,
    priors_of,
    sound,
    toward_sphere,
)
from skprivate.queries import EachClass, symmetric
from skprivate.queries._spread import look_at_features
from skprivate.queries._standardized import (
    refuse_many,
    standardized_box,
    standardized_query,
)
from skprivate.rows import UnitClip, checked_input

_BOUNDS_SHARE = 0.1
_SHORTEST = 0.85


class DPQuadraticDiscriminantAnalysis(NormalClassesMixin, DPEstimator):
    """Quadratic discriminant analysis, under differential privacy.

    A tenth of the budget finds out roughly where the rows lie. The rest releases the
    second moments of the rows of each class. A row belongs to one class, so many
    classes have no more noise than one; but each has fewer rows, so means and
    covariances are pulled toward those of all classes as far as noise hides them.

    Parameters
    ----------
    reg_param : float, default=0.0
        Between 0 and 1: how far each covariance is pulled toward that of a sphere, of
        features that are standardized roughly.
    priors : array-like of shape (n_classes,), default=None
        Prior probabilities of the classes. None takes noisy shares.
    class_weight : dict, "balanced" or None, default=None
        Weight of each class: public numbers by label, or ``"balanced"``, which makes up
        for noisy counts of the classes, up to a weight of 100. A model of each class
        changes in its priors only, so it is not for a model with given ones.
    classes : array-like of shape (n_classes,), default=None
        The class labels. None reads them from ``y``, which is noted as an assumption.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features: numbers, or arrays of one number per feature.
        Values outside are moved to the nearest end. ``"private"`` pays a tenth of the
        budget for a search.
    epsilon : float, default=1.0
        Budget of a fit; see :class:`~skprivate.base.DPEstimator`.
    delta : float, default=1e-6
        Budget of a fit; zero asks for pure differential privacy.
    max_weight : float, default=1.0
        Larger sample weights are cut to this.
    max_rows_per_group : int or UnitClip, default=1
        Rows of one group that count.
    random_state : int, RandomState instance or None, default=None
        A seed makes the fit repeatable, and not private.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Class labels.
    priors_ : ndarray of shape (n_classes,)
        Probability of each class.
    means_ : ndarray of shape (n_classes, n_features)
        Noisy mean of each class.
    covariance_ : ndarray of shape (n_classes, n_features, n_features)
        Noisy covariances; no direction is known better than noise permits.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    sklearn.discriminant_analysis.QuadraticDiscriminantAnalysis : Without privacy.
    DPLinearDiscriminantAnalysis : With one covariance, for fewer rows.

    Examples
    --------
    >>> from sklearn.datasets import make_blobs
    >>> from skprivate.discriminant_analysis import DPQuadraticDiscriminantAnalysis
    >>> X, y = make_blobs(5000, centers=2, random_state=0)
    >>> model = DPQuadraticDiscriminantAnalysis(classes=[0, 1], bounds=(-9, 9))
    >>> model.fit(X, y).score(X, y) > 0.8
    True
    """

    def __init__(
        self,
        *,
        reg_param: float = 0.0,
        priors: ArrayLike | None = None,
        class_weight: dict[Any, Any] | Literal["balanced"] | None = None,
        classes: ArrayLike | None = None,
        bounds: BoundsLike | Literal["private"] = "private",
        epsilon: float = 1.0,
        delta: float = 1e-6,
        max_weight: float = 1.0,
        max_rows_per_group: int | UnitClip = 1,
        random_state: SeedLike = None,
    ) -> None:
        super().__init__(
            epsilon=epsilon,
            delta=delta,
            max_weight=max_weight,
            max_rows_per_group=max_rows_per_group,
            random_state=random_state,
        )
        self.reg_param = reg_param
        self.priors = priors
        self.class_weight = class_weight
        self.classes = classes
        self.bounds = bounds

    _typed_as_rows = ("means_",)
    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "reg_param": [Interval(Real, 0, 1, closed="both")],
        "priors": ["array-like", None],
        "class_weight": [dict, StrOptions({"balanced"}), None],
        "classes": ["array-like", None],
        "bounds": "no_validation",  # the curator checks them
    }

    def _fit(self, curator):
        refuse_many(curator.n_features)
        check_weights(self.class_weight)
        self.classes_ = curator.classes(self.classes)
        check_classes(self.classes_)
        n_classes = len(self.classes_)
        priors_of(self.priors, np.ones(n_classes))  # refused before anything is paid
        refuse_two_priors(self.class_weight, self.priors, self.classes_)
        low, high = curator.bounds(self.bounds, share=_BOUNDS_SHARE)
        rows = look_at_features(curator, low, high)
        of_one = replace(rows, count=max(rows.count / n_classes, 1.0))
        box = standardized_box(low, high, rows, rows.scale)
        query = standardized_query(curator, of_one, box, shortest=_SHORTEST)
        query = EachClass(query, n_classes)
        moments = curator.release(query, share=curator.remaining)
        noise = curator.noise_of(query)
        moments = [symmetric(part) for part in moments.reshape(n_classes, -1)]
        counts = np.array([moment[-1, -1] for moment in moments])
        for doubt in hidden_classes(counts, noise):
            curator.doubt(doubt)
        counts = np.maximum(counts, max(noise, 1.0))
        priors = priors_of(self.priors, counts)
        if self.priors is None:
            priors = weighed_priors(self.class_weight, self.classes_, priors)
        self.priors_ = priors
        unit = np.where(rows.scale > 0, rows.scale, 1.0)
        self._keep(rows.center, unit, *_pulled(moments, counts, noise), noise / counts)
        self.means_ = np.clip(self.means_, low, high)
        self._box_ = low, high  # where values are moved, here and later

    def _keep(self, center, unit, means, covariances, noise):
        """Means, and covariances with their eigenvectors, in real units."""
        self.means_ = center + unit * means
        self.covariance_ = np.empty_like(covariances)
        self._white_, self._log_volumes_ = [], np.empty(len(means))
        for k, covariance in enumerate(covariances):
            doubt = float(noise[k]) * np.sqrt(len(unit))
            values, axes = sound(toward_sphere(covariance, self.reg_param), doubt)
            self.covariance_[k] = (axes * values) @ axes.T * np.outer(unit, unit)
            self._white_.append(axes / np.sqrt(values) / unit[:, None])
            self._log_volumes_[k] = np.sum(np.log(values))

    def _scores(self, X):
        """Logarithms of densities, up to a constant."""
        check_is_fitted(self)
        X = np.clip(checked_input(self, X), *self._box_)
        scores = np.empty((len(X), len(self.classes_)))
        for k, (mean, white) in enumerate(zip(self.means_, self._white_, strict=True)):
            squares = row_products(X - mean, white) ** 2
            scores[:, k] = np.ascontiguousarray(squares).sum(axis=1)
        scores = log_priors(self.priors_) - 0.5 * (scores + self._log_volumes_)
        return scores, np.float64


def _pulled(moments, counts, noise):
    """Means and covariances of classes, pulled toward all rows as far as noise hides.

    The noise of a mean is that of an entry, and of the covariance, of a direction.
    """
    total = sum(moments)
    mean = total[:-1, -1] / counts.sum()
    doubts = (noise / counts) ** 2
    means, covariances = [], []
    for moment, count, doubt in zip(moments, counts, doubts, strict=True):
        own = (moment[:-1, -1] / count + doubt * mean) / (1 + doubt)
        means.append(own)
        covariances.append(moment[:-1, :-1] / count - np.outer(own, own))
    shares = (counts / counts.sum())[:, None, None]
    within = np.sum(shares * covariances, axis=0)
    kept = 1 / (1 + len(mean) * doubts)[:, None, None]
    return np.array(means), kept * covariances + (1 - kept) * within
