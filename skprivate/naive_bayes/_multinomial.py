"""Multinomial naive Bayes from noisy totals of features by class."""

from numbers import Real
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
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
from skprivate.naive_bayes._likely import most_likely_shares
from skprivate.naive_bayes._totals import (
    released_totals,
    shares_of_features,
    smoothing,
)
from skprivate.rows import UnitClip, checked_input

_LEAST = 0.5  # total of a feature, in deviations of its noise
FEW = 0.1  # rows that are shorter than others, where their length is looked for


class DPMultinomialNB(JointModelMixin, DPEstimator):
    """Multinomial naive Bayes of counts, as of words, under differential privacy.

    One pass releases the number of rows of each class, for a twentieth of the budget,
    and the totals of all features in each class. A row belongs to one class and is no
    longer than ``row_norm``: so noise grows neither with features nor with classes.

    Parameters
    ----------
    alpha : float, default=1.0
        Added to the total of each feature in each class (Laplace, Lidstone). Where
        noise is more than this, totals are pulled toward those of all classes, too,
        and what is added to a class is in proportion to it: see Notes.
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
    row_norm : float, default=None
        Public length of rows, which pipelines hand on from steps that announce it:
        longer rows are shortened to it when they are added up, so that all have the
        same say. Noise is proportional to it, so rather choose a short one: a wrong
        number costs accuracy, not privacy. None pays 3% of the budget for the length
        that nine rows of ten exceed, up to a factor of two.
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
        Noisy totals of each feature, not below zero.
    class_log_prior_ : ndarray of shape (n_classes,)
        Logarithm of the probability of each class.
    feature_log_prob_ : ndarray of shape (n_classes, n_features)
        Logarithm of the share of each feature in all that its class adds up to.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    sklearn.naive_bayes.MultinomialNB : The same without privacy.
    DPComplementNB : For many classes.

    Notes
    -----
    A value below zero is no error, and takes away from its total. Rows are shortened
    only when they are added up: a row that is to be classified counts as it is.

    Of two classes, differences of shares are multiplied by what part of them is no
    noise, on average. Of more, each feature has the ratio to all classes that is the
    likeliest, if logarithms of ratios deviate by one and noise is what it is. Both are
    post-processing, and what scikit-learn has where there is no noise.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.naive_bayes import DPMultinomialNB
    >>> rng = np.random.default_rng(0)
    >>> y = rng.integers(0, 2, 2000)
    >>> X = rng.poisson(np.array([[3, 1, 1], [1, 1, 3]])[y])
    >>> model = DPMultinomialNB(classes=[0, 1], row_norm=5.0).fit(X, y)
    >>> model.score(X, y) > 0.7
    True
    """

    def __init__(
        self,
        *,
        alpha: float = 1.0,
        fit_prior: bool = True,
        class_prior: ArrayLike | None = None,
        class_weight: dict[Any, Any] | Literal["balanced"] | None = None,
        classes: ArrayLike | None = None,
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
        self.alpha = alpha
        self.fit_prior = fit_prior
        self.class_prior = class_prior
        self.class_weight = class_weight
        self.classes = classes
        self.row_norm = row_norm

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "alpha": [Interval(Real, 0, None, closed="neither")],
        "fit_prior": ["boolean"],
        "class_prior": ["array-like", None],
        "class_weight": [dict, StrOptions({"balanced"}), None],
        "classes": ["array-like", None],
        "row_norm": [Interval(Real, 0, None, closed="neither"), None],
    }

    def _fit(self, curator):
        check_weights(self.class_weight)
        self.classes_ = curator.classes(self.classes)
        n_classes = len(self.classes_)
        priors = checked_priors(self.class_prior, n_classes)
        refuse_two_priors(self.class_weight, priors, self.classes_)
        found = released_totals(curator, n_classes, self.row_norm, most=FEW)
        self.class_count_ = np.maximum(found.counts, 0.0)
        self.feature_count_ = np.maximum(found.sums, 0.0)
        self.class_log_prior_ = found.log_prior(self.fit_prior, priors, self._weigh)
        several = n_classes > 2
        logs = log_shares(found.sums, found.noise, self.alpha, likeliest=several)
        self.feature_log_prob_ = logs

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
        logs = row_products(X, self.feature_log_prob_.T)
        return logs + self.class_log_prior_

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags


def log_shares(sums, noise, alpha, likeliest=False):
    """Logarithms of shares of features that add up to one in each class."""
    n_features = sums.shape[1]
    masses = np.maximum(sums.sum(axis=1), noise * np.sqrt(n_features))
    shares = masses / max(masses.sum(), np.finfo(float).tiny)
    added = smoothing(shares, noise, alpha)[:, None]
    masses = masses[:, None] + n_features * added
    totals = sums + added
    if likeliest and noise > 0:
        least = max(_LEAST * noise * np.sqrt(len(sums)), alpha)
        base = np.maximum(totals.sum(axis=0), least) / masses.sum()
        found = most_likely_shares(totals, masses, noise, base)
    else:
        found = shares_of_features(totals, masses, added, noise, alpha)
    return np.log(found / found.sum(axis=1, keepdims=True))
