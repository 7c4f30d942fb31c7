"""Bernoulli naive Bayes from noisy counts of ones by class."""

from numbers import Integral, Real
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval, StrOptions
from skprivate._typing import SeedLike, TableLike
from skprivate.base import DPEstimator
from skprivate.base._class_weights import (
    check_weights,
    refuse_two_priors,
    weighed_priors,
)
from skprivate.base._products import row_products
from skprivate.naive_bayes._joint import JointModelMixin, checked_priors
from skprivate.naive_bayes._totals import (
    released_totals,
    shares_of_features,
    smoothing,
)
from skprivate.queries._views import Ones
from skprivate.rows import UnitClip, checked_input

_MOST = 0.5  # rows that have no more ones than is looked for
_SURE = 2.0**-40  # the least probability of a zero


class DPBernoulliNB(JointModelMixin, DPEstimator):
    """Bernoulli naive Bayes of features that are there or not, with privacy.

    One pass releases the number of rows of each class, for a twentieth of the budget,
    and in how many of them each feature is there. A row belongs to one class and has at
    most ``max_ones`` ones: so noise grows neither with features nor with classes.

    Parameters
    ----------
    alpha : float, default=1.0
        Added to the total of each feature in each class (Laplace, Lidstone). Where
        noise is more than this, totals are pulled toward those of all classes, too,
        and what is added to a class is in proportion to it.
    binarize : float, default=0.0
        Values above this are ones, all others zeros: not below zero, so that what
        sparse rows do not store is a zero.
    fit_prior : bool, default=True
        Whether to learn the shares of the classes; else all are the same.
    class_prior : array-like of shape (n_classes,), default=None
        Prior probabilities of the classes, in place of learned ones.
    class_weight : dict, "balanced" or None, default=None
        Weight of each class: public numbers by label, or ``"balanced"``, which makes up
        for noisy counts of the classes, up to a weight of 100. A model of each class
        changes in its priors only, so it is not for a model with given ones.
    classes : array-like of shape (n_classes,), default=None
        The class labels. None reads them from ``y``, which is noted as an assumption.
    max_ones : int, default=None
        Public number of ones of the longest row; those of a row that has more count
        less. A wrong number costs accuracy, not privacy. None pays 3% of the budget for
        what half of the rows do not exceed, up to a factor of four.
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
    feature_count_ : ndarray of shape (n_classes, n_features)
        Noisy number of ones of each feature, not below zero.
    class_log_prior_ : ndarray of shape (n_classes,)
        Logarithm of the probability of each class.
    feature_log_prob_ : ndarray of shape (n_classes, n_features)
        Logarithm of the probability of a one.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    sklearn.naive_bayes.BernoulliNB : The same without privacy.
    DPMultinomialNB : Of counts, where zeros say nothing.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.naive_bayes import DPBernoulliNB
    >>> rng = np.random.default_rng(0)
    >>> y = rng.integers(0, 2, 2000)
    >>> X = rng.random((2000, 4)) < np.where(y[:, None] == 1, 0.7, 0.3)
    >>> model = DPBernoulliNB(classes=[0, 1], max_ones=4).fit(X, y)
    >>> model.score(X, y) > 0.7
    True
    """

    def __init__(
        self,
        *,
        alpha: float = 1.0,
        binarize: float = 0.0,
        fit_prior: bool = True,
        class_prior: ArrayLike | None = None,
        class_weight: dict[Any, Any] | Literal["balanced"] | None = None,
        classes: ArrayLike | None = None,
        max_ones: int | None = None,
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
        self.alpha = alpha
        self.binarize = binarize
        self.fit_prior = fit_prior
        self.class_prior = class_prior
        self.class_weight = class_weight
        self.classes = classes
        self.max_ones = max_ones

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "alpha": [Interval(Real, 0, None, closed="neither")],
        "binarize": [Interval(Real, 0, None, closed="left")],
        "fit_prior": ["boolean"],
        "class_prior": ["array-like", None],
        "class_weight": [dict, StrOptions({"balanced"}), None],
        "classes": ["array-like", None],
        "max_ones": [Interval(Integral, 1, None, closed="left"), None],
    }

    def _fit(self, curator):
        check_weights(self.class_weight)
        self.classes_ = curator.classes(self.classes)
        n_classes = len(self.classes_)
        priors = checked_priors(self.class_prior, n_classes)
        refuse_two_priors(self.class_weight, priors, self.classes_)
        longest = None if self.max_ones is None else float(np.sqrt(self.max_ones))
        found = released_totals(
            curator, n_classes, longest, most=_MOST, view=Ones(float(self.binarize))
        )
        self.class_count_ = np.maximum(found.counts, 0.0)
        self.feature_count_ = np.maximum(found.sums, 0.0)
        self.class_log_prior_ = found.log_prior(self.fit_prior, priors, self._weigh)
        counts = found.present
        added = smoothing(counts / counts.sum(), found.noise, self.alpha)[:, None]
        masses = counts[:, None] + 2 * added
        probability = shares_of_features(
            found.sums + added, masses, added, found.noise, self.alpha
        )
        self.feature_log_prob_ = np.log(
            np.minimum(probability, 1 - np.maximum(added / masses, _SURE))
        )

    def _weigh(self, priors):
        return weighed_priors(self.class_weight, self.classes_, priors)

    def predict_joint_log_proba(self, X: TableLike) -> np.ndarray:
        """Logarithm of the joint probability of rows and classes.

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
        ones = self._ones(X)
        absent = np.log1p(-np.exp(self.feature_log_prob_))
        logs = row_products(ones, (self.feature_log_prob_ - absent).T)
        return logs + absent.sum(axis=1) + self.class_log_prior_

    def _ones(self, X):
        """Rows of zeros and ones."""
        if not sparse.issparse(X):
            return Ones(float(self.binarize))(X)
        X = X.copy()
        X.data = Ones(float(self.binarize))(X.data)
        return X

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags
