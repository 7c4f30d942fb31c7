"""Gaussian naive Bayes from one noisy table of counts, sums and squares."""

from numbers import Real
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval, StrOptions
from skprivate._typing import BoundsLike, SeedLike, TableLike
from skprivate.base import Box, DPContinuesMixin, DPEstimator
from skprivate.base._class_weights import (
    check_weights,
    refuse_two_priors,
    weighed_priors,
)
from skprivate.base._products import row_products
from skprivate.base._single import rounded_to
from skprivate.base._utility import hidden_classes
from skprivate.naive_bayes._joint import JointModelMixin, checked_priors
from skprivate.queries import Moments, means_and_variances
from skprivate.queries._moments import BITS
from skprivate.queries._spread import look_at_features
from skprivate.rows import UnitClip, checked_input

_BOUNDS_SHARE = 0.1
_CLOSEST = 3.0  # standard deviations from the mean at which values are clipped
_TOLERATED = 0.02  # noise relative to the rows of a class at which they are not
_TILE = 2**22  # values of sparse rows that are made dense at a time
_FINEST = 2.0**-40  # least variance, in units of the box
_TINY = 1e-150  # in place of no noise; its inverse can still be squared
_LEAST_COUNT = 1e-9  # keeps the prior of a class without rows above zero


class DPGaussianNB(DPContinuesMixin, JointModelMixin, DPEstimator):
    """Gaussian naive Bayes, under differential privacy.

    A tenth of the budget finds out roughly where the rows lie; features are clipped to
    that region. With the rest, one noisy table of the number, sums and squares of the
    rows of each class is released. A row belongs to one class, so a table of many
    classes has no more noise than one of a single class.

    ``partial_fit`` goes on: from the second call on all of the budget is for the table,
    about the same region, and is added to the tables before, as their noise is.

    Parameters
    ----------
    priors : array-like of shape (n_classes,), default=None
        Prior probabilities of the classes. None takes them from the noisy counts.
    class_weight : dict, "balanced" or None, default=None
        Weight of each class: public numbers by label, or ``"balanced"``, which makes up
        for noisy counts of the classes, up to a weight of 100. A model of each class
        changes in its priors only, so it is not for a model with given ones.
    var_smoothing : float, default=1e-9
        Fraction of the largest variance of all features that is added to variances.
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
    class_count_ : ndarray of shape (n_classes,)
        Noisy number of rows of each class, not below zero.
    class_prior_ : ndarray of shape (n_classes,)
        Probability of each class.
    theta_ : ndarray of shape (n_classes, n_features)
        Noisy mean of each feature in each class. A class with fewer rows than the noise
        has is pulled toward all rows.
    var_ : ndarray of shape (n_classes, n_features)
        Noisy variance of each feature in each class, widened by what the noise leaves
        open; about one for a feature that is constant by its bounds, which thus tells
        the classes apart nowhere.
    epsilon_ : float
        What ``var_smoothing`` added to all variances.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    sklearn.naive_bayes.GaussianNB : The same without privacy.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skprivate.naive_bayes import DPGaussianNB
    >>> X, y = load_iris(return_X_y=True)
    >>> model = DPGaussianNB(classes=[0, 1, 2], bounds=(0, 8), epsilon=5.0).fit(X, y)
    >>> model.score(X, y) > 0.5
    True
    """

    def __init__(
        self,
        *,
        priors: ArrayLike | None = None,
        class_weight: dict[Any, Any] | Literal["balanced"] | None = None,
        var_smoothing: float = 1e-9,
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
        self.priors = priors
        self.class_weight = class_weight
        self.var_smoothing = var_smoothing
        self.classes = classes
        self.bounds = bounds
        self.row_norm = row_norm

    _typed_as_rows = "class_count_", "class_prior_", "epsilon_", "theta_", "var_"
    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "priors": ["array-like", None],
        "class_weight": [dict, StrOptions({"balanced"}), None],
        "var_smoothing": [Interval(Real, 0, None, closed="left")],
        "classes": ["array-like", None],
        "bounds": "no_validation",  # the curator checks them
        "row_norm": [Interval(Real, 0, None, closed="neither"), None],
    }

    def _fit(self, curator):
        check_weights(self.class_weight)
        self.classes_ = curator.classes(self._known_classes())
        n_classes = len(self.classes_)
        priors = checked_priors(self.priors, n_classes)
        refuse_two_priors(self.class_weight, priors, self.classes_)
        known = self._resume(curator)
        box = Box.between(*self._box_, BITS) if known else self._look(curator)
        self._box_ = box.low, box.high  # where values are moved, here and later
        query = Moments(box, n_classes)
        moments = curator.release(query, share=curator.remaining)
        noise = curator.noise_of(query)
        if known:  # sums of earlier rows add up, and so does their noise
            moments = moments + self._moments_[0]
            noise = float(np.hypot(noise, self._moments_[1]))
        self._moments_ = moments, noise
        self.class_count_ = np.maximum(moments[:, 0], 0.0)
        if priors is None:
            priors = np.maximum(self.class_count_, max(noise, _LEAST_COUNT))
            priors = weighed_priors(self.class_weight, self.classes_, priors)
        self.class_prior_ = priors / priors.sum()
        for doubt in hidden_classes(self.class_count_, noise):
            curator.doubt(doubt)
        means, variances = _shrunk(moments, noise)
        # A feature that is constant by declaration says nothing about any class.
        variances[:, box.half == 0] = 1.0
        unit = np.where(box.half > 0, box.half, 1.0)
        self.theta_ = box.center + box.half * means
        self.epsilon_ = self.var_smoothing * _largest_variance(moments, box)
        # Nothing is known more finely than the grid.
        self.var_ = np.maximum(variances * unit**2 + self.epsilon_, _FINEST * unit**2)

    def _look(self, curator):
        """The region where features are looked at closely."""
        low, high = curator.bounds(self.bounds, share=_BOUNDS_SHARE, norm=self.row_norm)
        n_classes = len(self.classes_)
        return _closer_box(curator, low, high, self.row_norm, n_classes)

    def predict_joint_log_proba(self, X: TableLike) -> np.ndarray:
        """Logarithm of the joint density of rows and classes.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
        """
        check_is_fitted(self)
        X = checked_input(self, X, accept_sparse=True)
        if not sparse.issparse(X):
            return rounded_to(self._joint(X), X, self.theta_)
        size = max(1, _TILE // X.shape[1])
        tiles = (X[start : start + size] for start in range(0, X.shape[0], size))
        joint = np.vstack([self._joint(tile.toarray()) for tile in tiles])
        return rounded_to(joint, X.dtype, self.theta_)

    def _joint(self, X):
        """The same of dense rows."""
        X = np.clip(X, *self._box_)
        learned = self.class_prior_, self.theta_, self.var_
        priors, means, variances = (part.astype(np.float64) for part in learned)
        with np.errstate(divide="ignore"):  # a prior of zero that was asked for
            logs = np.log(priors)
        logs = logs - 0.5 * np.log(2 * np.pi * variances).sum(axis=1)
        joint = np.empty((len(X), len(logs)))
        for k, (mean, variance) in enumerate(zip(means, variances, strict=True)):
            joint[:, k] = logs[k] - 0.5 * row_products((X - mean) ** 2, 1 / variance)
        return joint

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


def _closer_box(curator, low, high, norm, n_classes):
    """The region where features are looked at closely.

    In a smaller box the same noise is smaller in real units. How far it reaches depends
    on the noise to come: without noise it is all that was declared.
    """
    rows = look_at_features(curator, low, high, norm)
    whole = Moments(Box.between(low, high, BITS), n_classes)
    noise = curator.noise_of(whole, share=curator.remaining)
    room = rows.count * _TOLERATED / n_classes
    reach = rows.scale * max(_CLOSEST, np.sqrt(room / noise) if noise > 0 else 2.0**30)
    low = np.maximum(low, rows.center - reach)
    return Box.between(low, np.minimum(high, rows.center + reach), BITS)


def _shrunk(moments, noise):
    """Means and variances of ``z`` of each class, as far as the noise lets trust them.

    A class with few rows, in terms of the noise, is pulled toward all rows together,
    and its variances hold the uncertainty of its means. No variance is less than its
    own uncertainty.
    """
    counts, means, variances = means_and_variances(moments)
    total, mean, variance = means_and_variances(moments.sum(axis=0, keepdims=True))
    trust = (counts**2 / (counts**2 + noise**2))[:, None]
    unsure = _noise_of_variance(mean, noise * np.sqrt(len(moments)) / total)
    means = trust * means + (1 - trust) * mean
    variances = trust * variances + (1 - trust) * np.maximum(variance, unsure)
    doubt = np.minimum(noise / counts, 1.0)[:, None]
    variances, unsure = _pooled(variances, _noise_of_variance(means, doubt), counts)
    return means, np.maximum(variances, unsure) + doubt**2


def _noise_of_variance(means, doubt):
    """Deviation of a noisy variance: half that of a mean, and ``mean**2`` is off."""
    return doubt * np.sqrt(0.25 + 4 * means**2)


def _pooled(variances, deviation, counts):
    """Variances of the classes and their deviations, pulled toward their mean.

    What noise does not tell apart must not tell classes apart. A feature keeps its
    differences in so far as their squares, in units of the noise, exceed twice what
    noise alone makes of them: the price that AIC puts on a number (Akaike 1973), and a
    shrinkage as of James and Stein (1961).
    """
    part = (counts / counts.sum())[:, None]
    common = np.sum(part * variances, axis=0)
    units = (variances - common) / np.maximum(deviation, _TINY)
    noise = 2.0 * (len(counts) - 1)
    kept = np.maximum(1 - noise / np.maximum(np.sum(units**2, axis=0), _TINY), 0.0)
    of_common = np.linalg.norm(part * deviation, axis=0)
    pulled = common + kept * (variances - common)
    return pulled, of_common + kept * (deviation - of_common)


def _largest_variance(moments, box):
    """Largest variance of a feature over all rows, in real units."""
    _, _, variance = means_and_variances(moments.sum(axis=0, keepdims=True))
    return float(np.max(variance[0] * box.half**2))
