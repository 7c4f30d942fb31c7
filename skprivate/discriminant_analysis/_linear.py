"""Linear discriminants from noisy means of classes and one noisy covariance."""

from numbers import Integral, Real
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import linalg
from sklearn.base import ClassNamePrefixFeaturesOutMixin
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval, StrOptions
from skprivate._typing import BoundsLike, SeedLike, TableLike
from skprivate.base import DPEstimator, DPTransformerMixin, Geometry
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
from skprivate.queries._class_means import released_class_means
from skprivate.queries._covariance import noisy_covariance
from skprivate.queries._spread import look_at_features
from skprivate.queries._standardized import (
    refuse_many,
    standardized_box,
    standardized_moments,
)
from skprivate.rows import UnitClip, checked_input

_BOUNDS_SHARE = 0.1
_MEANS_SHARE = 0.3
_SHORTEST = 0.85
_SURE = 1e300  # the score of a class if the prior of the other is zero


class DPLinearDiscriminantAnalysis(
    ClassNamePrefixFeaturesOutMixin,
    DPTransformerMixin,
    NormalClassesMixin,
    DPEstimator,
):
    """Linear discriminant analysis, under differential privacy.

    A tenth of the budget finds out roughly where the rows lie, three tenths release the
    number and the mean of the rows of each class, and the rest the second moments of
    all rows together. What is left of these without the means is the covariance that
    all classes have in common. It classifies, and it projects onto the directions that
    tell the classes apart best.

    Parameters
    ----------
    shrinkage : float, default=None
        Between 0 and 1: how far the covariance is pulled toward that of a sphere, of
        features that are standardized roughly. None does not: noise is counted anyway.
    priors : array-like of shape (n_classes,), default=None
        Prior probabilities of the classes. None takes noisy shares.
    class_weight : dict, "balanced" or None, default=None
        Weight of each class: public numbers by label, or ``"balanced"``, which makes up
        for noisy counts of the classes, up to a weight of 100. A model of each class
        changes in its priors only, so it is not for a model with given ones.
    n_components : int, default=None
        Number of directions of ``transform``, at most as many as features, and as
        classes less one; None takes all.
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
        Noisy mean of each class. A class with fewer rows than the noise has is pulled
        toward the mean of all rows.
    covariance_ : ndarray of shape (n_features, n_features)
        What classes have in common; no direction is known better than noise permits.
    coef_ : ndarray of shape (1, n_features) or (n_classes, n_features)
        Weights of the features; one row if there are two classes.
    intercept_ : ndarray of shape (1,) or (n_classes,)
        Constant terms.
    xbar_ : ndarray of shape (n_features,)
        Mean of all rows.
    scalings_ : ndarray of shape (n_features, n_components)
        Directions, by decreasing variance between classes.
    explained_variance_ratio_ : ndarray of shape (n_components,)
        The share of each in the variance between classes.
    output_geometry_ : Geometry
        Range of ``transform`` for rows within the bounds.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    sklearn.discriminant_analysis.LinearDiscriminantAnalysis : The same without privacy.
    DPQuadraticDiscriminantAnalysis : With a covariance of each class.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skprivate.discriminant_analysis import DPLinearDiscriminantAnalysis
    >>> X, y = load_iris(return_X_y=True)
    >>> model = DPLinearDiscriminantAnalysis(
    ...     classes=[0, 1, 2], bounds=(0, 8), epsilon=8.0
    ... ).fit(X, y)
    >>> model.transform(X).shape, model.predict(X).shape
    ((150, 2), (150,))
    """

    def __init__(
        self,
        *,
        shrinkage: float | None = None,
        priors: ArrayLike | None = None,
        class_weight: dict[Any, Any] | Literal["balanced"] | None = None,
        n_components: int | None = None,
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
        self.shrinkage = shrinkage
        self.priors = priors
        self.class_weight = class_weight
        self.n_components = n_components
        self.classes = classes
        self.bounds = bounds

    _typed_as_rows = (
        "coef_", "explained_variance_ratio_", "intercept_", "means_", "priors_",
        "scalings_", "xbar_",
    )  # fmt: skip
    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "shrinkage": [Interval(Real, 0, 1, closed="both"), None],
        "priors": ["array-like", None],
        "class_weight": [dict, StrOptions({"balanced"}), None],
        "n_components": [Interval(Integral, 1, None, closed="left"), None],
        "classes": ["array-like", None],
        "bounds": "no_validation",  # the curator checks them
    }

    def _fit(self, curator):
        refuse_many(curator.n_features)
        check_weights(self.class_weight)
        self.classes_ = curator.classes(self.classes)
        check_classes(self.classes_)
        n_classes = len(self.classes_)
        most = self._most_components(n_classes, curator.n_features)
        priors_of(self.priors, np.ones(n_classes))  # refused before anything is paid
        refuse_two_priors(self.class_weight, self.priors, self.classes_)
        low, high = curator.bounds(self.bounds, share=_BOUNDS_SHARE)
        rows = look_at_features(curator, low, high)
        unit = np.where(rows.scale > 0, rows.scale, 1.0)
        box = standardized_box(low, high, rows, rows.scale)
        found = released_class_means(
            curator, rows, low, high, rows.scale, n_classes, share=_MEANS_SHARE
        )
        for doubt in hidden_classes(found.counts, found.unsure):
            curator.doubt(doubt)
        moments, noise = standardized_moments(curator, rows, box, shortest=_SHORTEST)
        priors = priors_of(self.priors, found.counts)
        if self.priors is None:
            priors = weighed_priors(self.class_weight, self.classes_, priors)
        self.priors_ = priors
        within, doubt = _within(moments, noise, found)
        values, axes = sound(toward_sphere(within, self.shrinkage), doubt)
        self._keep_discriminants(rows.center, unit, found.means, values, axes)
        self._keep_directions(rows.center, unit, found.means, values, axes, most)
        self.means_ = np.clip(rows.center + unit * found.means, low, high)
        ends = np.stack([low, high]) - self.xbar_
        corners = ends[:, None, :] * self.scalings_.T
        self.output_geometry_ = Geometry(
            (corners.min(axis=0).sum(axis=1), corners.max(axis=0).sum(axis=1))
        )

    def _most_components(self, n_classes, n_features):
        """Number of directions."""
        most = min(n_classes - 1, n_features)
        if self.n_components is not None and self.n_components > most:
            raise ValueError(
                "n_components cannot be larger than min(n_features, n_classes - 1). "
                "Ask for fewer."
            )
        return self.n_components or most

    def _keep_discriminants(self, center, unit, means, values, axes):
        """Coefficients in real units, from means and a covariance in others."""
        self.covariance_ = (axes * values) @ axes.T * np.outer(unit, unit)
        coef = (means @ axes / values) @ axes.T
        constant = log_priors(self.priors_) - 0.5 * np.sum(means * coef, axis=1)
        coef = coef / unit
        constant = constant - coef @ center
        if len(means) == 2:
            coef, constant = coef[1:] - coef[:1], constant[1:] - constant[:1]
        self.coef_, self.intercept_ = coef, constant

    def _keep_directions(self, center, unit, means, values, axes, most):
        """Directions of most variance between classes, relative to that within."""
        mean = self.priors_ @ means
        white = (means - mean) @ axes / np.sqrt(values) * np.sqrt(self.priors_)[:, None]
        _, sizes, directions = linalg.svd(white, full_matrices=False)
        self.xbar_ = center + unit * mean
        scalings = axes @ (directions[:most] / np.sqrt(values)).T
        largest = scalings[np.abs(scalings).argmax(axis=0), np.arange(most)]
        self.scalings_ = scalings * np.where(largest < 0, -1.0, 1.0) / unit[:, None]
        total = np.sum(sizes**2)
        self.explained_variance_ratio_ = (sizes**2 / max(total, 1e-300))[:most]

    def _scores(self, X):
        """Discriminants of all classes."""
        check_is_fitted(self)
        X, coef = checked_input(self, X), self.coef_.T.astype(np.float64)
        scores = row_products(X, coef) + self.intercept_
        if scores.shape[1] == 1:
            scores = np.hstack([np.zeros_like(scores), np.minimum(scores, _SURE)])
        return scores, np.result_type(X, self.coef_)

    def transform(self, X: TableLike) -> TableLike:
        """Project rows onto the directions that tell classes apart.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_components)
        """
        check_is_fitted(self)
        X = checked_input(self, X)
        axes = self.scalings_.astype(X.dtype)
        return row_products(X, axes) - (self.xbar_ @ self.scalings_).astype(X.dtype)

    @property
    def _n_features_out(self):
        """Number of columns of ``transform``, for the names of its columns."""
        return self.scalings_.shape[1]


def _within(moments, noise, found):
    """Covariance within classes, and what noise alone may make of a direction.

    What the means of classes explain is taken away from the covariance of all rows.
    """
    count, _, total = noisy_covariance(moments, noise, centered=True, repaired=False)
    shares = found.counts / found.counts.sum()
    between = (found.means * shares[:, None]).T @ found.means
    return total - between, noise * np.sqrt(len(total)) / count
