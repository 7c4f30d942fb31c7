"""Categorical naive Bayes from noisy counts of categories by class."""

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
from skprivate.base._utility import hidden_classes
from skprivate.naive_bayes._joint import (
    JointModelMixin,
    checked_priors,
)
from skprivate.naive_bayes._multinomial import log_shares
from skprivate.naive_bayes._totals import COUNTS_SHARE, log_prior
from skprivate.queries import ClassCounts, EachClass
from skprivate.queries._table_counts import CategoryCounts
from skprivate.rows import UnitClip
from skprivate.tables._categories import (
    as_categories,
    codes_in,
    finds_categories,
    table_tags,
)

_SEARCH_SHARE = 0.3


class DPCategoricalNB(JointModelMixin, DPEstimator):
    """Categorical naive Bayes of tables, under differential privacy.

    It reads categories as they are: no encoder is needed before. One pass releases the
    number of rows of each class, for a twentieth of the budget, and of each category in
    each class. A row belongs to one class, and adds to one count for each feature.

    Parameters
    ----------
    alpha : float, default=1.0
        Added to the total of each feature in each class (Laplace, Lidstone). Where
        noise is more than this, totals are pulled toward those of all classes, too,
        and what is added to a class is in proportion to it.
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
    categories : "private" or list, default="private"
        For each feature an array of its categories, which are public, or ``"private"``:
        those that the type of the column lists, or that 30% of the budget finds, and a
        tenth of delta.
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
    categories_ : list of ndarray
        Categories of each feature.
    class_count_ : ndarray of shape (n_classes,)
        Noisy number of rows of each class, not below zero.
    class_log_prior_ : ndarray of shape (n_classes,)
        Logarithm of the probability of each class.
    category_count_ : list of ndarray of shape (n_classes, n_categories + 1)
        Noisy number of rows of each category, not below zero. The last one stands for
        all values that are not in the list.
    feature_log_prob_ : list of ndarray of shape (n_classes, n_categories + 1)
        Logarithm of the probability of each category.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    sklearn.naive_bayes.CategoricalNB : The same without privacy, of codes.
    DPBernoulliNB : Of features that are there or not.

    Notes
    -----
    A value that is missing says nothing, neither when it is counted nor when its row is
    to be classified.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.naive_bayes import DPCategoricalNB
    >>> rng = np.random.default_rng(0)
    >>> y = rng.integers(0, 2, 2000)
    >>> X = np.where(rng.random((2000, 3)) < 0.7, y[:, None], 2)
    >>> model = DPCategoricalNB(classes=[0, 1], categories=[[0, 1, 2]] * 3).fit(X, y)
    >>> model.score(X, y) > 0.8
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
        categories: list[Any] | Literal["private"] = "private",
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
        self.categories = categories

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "alpha": [Interval(Real, 0, None, closed="neither")],
        "fit_prior": ["boolean"],
        "class_prior": ["array-like", None],
        "class_weight": [dict, StrOptions({"balanced"}), None],
        "classes": ["array-like", None],
        "categories": [StrOptions({"private"}), "array-like"],
    }

    _takes_tables = True

    def _read_as(self, columns):
        return as_categories(columns)

    def _discovers(self):
        return finds_categories(self.categories)

    def _fit(self, curator):
        check_weights(self.class_weight)
        self.classes_ = curator.classes(self.classes)
        n_classes = len(self.classes_)
        priors = checked_priors(self.class_prior, n_classes)
        refuse_two_priors(self.class_weight, priors, self.classes_)
        self.categories_ = curator.categories(self.categories, share=_SEARCH_SHARE)
        sizes = tuple(len(listed) for listed in self.categories_)
        counts, table = ClassCounts(n_classes), CategoryCounts(sizes)
        table = EachClass(table, n_classes)
        shares = COUNTS_SHARE, curator.remaining - COUNTS_SHARE
        rows, cells = curator.release(counts, table, share=shares)
        unsure, noise = curator.noise_of(counts), curator.noise_of(table)
        for doubt in hidden_classes(rows, unsure):
            curator.doubt(doubt)
        self.class_count_ = np.maximum(rows, 0.0)
        self.class_log_prior_ = log_prior(
            rows, unsure, self.fit_prior, priors, self._weigh
        )
        ends = np.cumsum(np.add(sizes, 1))[:-1]
        cells = np.split(cells.reshape(n_classes, -1), ends, axis=1)
        self.category_count_ = [np.maximum(part, 0.0) for part in cells]
        self.feature_log_prob_ = [log_shares(part, noise, self.alpha) for part in cells]

    def _weigh(self, priors):
        return weighed_priors(self.class_weight, self.classes_, priors)

    def predict_joint_log_proba(self, X: TableLike) -> np.ndarray:
        """Logarithm of the joint probability of rows and classes.

        Parameters
        ----------
        X : array-like or data frame of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
        """
        check_is_fitted(self)
        codes = codes_in(self, X, self.categories_)
        joint = np.tile(self.class_log_prior_, (len(codes), 1))
        nothing = np.zeros((len(self.classes_), 1))
        for column, logs in zip(codes.T, self.feature_log_prob_, strict=True):
            joint += np.hstack([logs, nothing]).T[column]  # what is missing comes last
        return joint

    def __sklearn_tags__(self):
        return table_tags(super().__sklearn_tags__())
