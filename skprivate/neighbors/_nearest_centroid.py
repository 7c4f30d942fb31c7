"""Nearest centroid from noisy sums of the rows of each class."""

from numbers import Real
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval
from skprivate._typing import BoundsLike, SeedLike, TableLike
from skprivate.base import DPClassifierMixin, DPEstimator
from skprivate.base._products import squared_distances
from skprivate.base._utility import hidden_classes
from skprivate.queries._class_means import released_class_means
from skprivate.queries._spread import look_at_features
from skprivate.rows import UnitClip, checked_input

_BOUNDS_SHARE = 0.1


class DPNearestCentroid(DPClassifierMixin, DPEstimator):
    """Classify by the nearest mean of a class, under differential privacy.

    A tenth of the budget finds out roughly where the rows lie. With the rest, the
    number of rows of each class and their sums about that point are released, of rows
    cut to a norm that follows the noise. A row belongs to one class, so many classes
    have no more noise than one.

    Parameters
    ----------
    classes : array-like of shape (n_classes,), default=None
        The class labels. None reads them from ``y``, which is noted as an assumption.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features: numbers, or arrays of one number per feature.
        Values outside are moved to the nearest end. ``"private"`` pays a tenth of the
        budget for a search.
    row_norm : float, default=None
        Public length of the longest row, which pipelines hand on from steps that
        announce it, as ``Normalizer``. It stands for bounds that are not given; and
        with fewer than ``16 n_features / mu`` rows, rows are taken about zero and
        alike in all features, in place of the first look. Longer rows count less: a
        wrong number costs accuracy, not privacy.
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
    centroids_ : ndarray of shape (n_classes, n_features)
        Noisy mean of each class. A class with fewer rows than the noise has is pulled
        toward the mean of all rows.
    class_prior_ : ndarray of shape (n_classes,)
        Noisy share of each class.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    sklearn.neighbors.NearestCentroid : The same without privacy.
    skprivate.discriminant_analysis.DPLinearDiscriminantAnalysis : With a covariance.

    Notes
    -----
    Distances are Euclidean, and centroids are not shrunk as by ``shrink_threshold``:
    there are no such parameters.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skprivate.neighbors import DPNearestCentroid
    >>> X, y = load_iris(return_X_y=True)
    >>> model = DPNearestCentroid(classes=[0, 1, 2], bounds=(0, 8), epsilon=5.0)
    >>> model.fit(X, y).score(X, y) > 0.5
    True
    """

    def __init__(
        self,
        *,
        classes: ArrayLike | None = None,
        bounds: BoundsLike | Literal["private"] = "private",
        row_norm: float | None = None,
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
        self.classes = classes
        self.bounds = bounds
        self.row_norm = row_norm

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "classes": ["array-like", None],
        "bounds": "no_validation",  # the curator checks them
        "row_norm": [Interval(Real, 0, None, closed="neither"), None],
    }

    def _fit(self, curator):
        self.classes_ = curator.classes(self.classes)
        low, high = curator.bounds(self.bounds, share=_BOUNDS_SHARE, norm=self.row_norm)
        rows = look_at_features(curator, low, high, self.row_norm)
        # The total noise is least like this, as for covariances.
        unit = np.sqrt(rows.scale * np.mean(rows.scale))
        found = released_class_means(
            curator,
            *(rows, low, high, unit, len(self.classes_)),
            share=curator.remaining,
        )
        for doubt in hidden_classes(found.counts, found.unsure):
            curator.doubt(doubt)
        self.class_prior_ = found.counts / found.counts.sum()
        self.centroids_ = np.clip(rows.center + unit * found.means, low, high)

    def predict(self, X: TableLike) -> np.ndarray:
        """Class of the nearest centroid of each row.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        check_is_fitted(self)
        X = checked_input(self, X, accept_sparse=True)
        return self.classes_[squared_distances(X, self.centroids_).argmin(axis=1)]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.classifier_tags.poor_score = True  # noise dominates a few hundred rows
        return tags
