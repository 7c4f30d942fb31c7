"""Complement naive Bayes: a class is unlike what all others are like."""

from numbers import Real

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval
from skprivate._typing import SeedLike, TableLike
from skprivate.base import DPEstimator
from skprivate.base._products import row_products
from skprivate.naive_bayes._joint import JointModelMixin
from skprivate.naive_bayes._multinomial import FEW, log_shares
from skprivate.naive_bayes._totals import released_totals
from skprivate.rows import UnitClip, checked_input


class DPComplementNB(JointModelMixin, DPEstimator):
    """Complement naive Bayes of counts, as of words, under differential privacy.

    What :class:`DPMultinomialNB` releases, read in another way: a row goes to the class
    of whose complement, all other classes together, it has the least. Of many classes
    each has a large complement, so noise hides less of it (Rennie et al. 2003).

    Parameters
    ----------
    alpha : float, default=1.0
        Added to the total of each feature in each class (Laplace, Lidstone). Where
        noise is more than this, totals are pulled toward those of all classes, too,
        and what is added to a class is in proportion to it.
    norm : bool, default=False
        Whether the weights of each class are divided by their sum.
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
    feature_log_prob_ : ndarray of shape (n_classes, n_features)
        Weight of each feature for each class.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    sklearn.naive_bayes.ComplementNB : The same without privacy.
    DPMultinomialNB : Of the classes themselves.

    Notes
    -----
    A value below zero is no error, and takes away from its total. Rows are shortened
    only when they are added up: a row that is to be classified counts as it is.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.naive_bayes import DPComplementNB
    >>> rng = np.random.default_rng(0)
    >>> y = rng.integers(0, 2, 2000)
    >>> X = rng.poisson(np.array([[3, 1, 1], [1, 1, 3]])[y])
    >>> model = DPComplementNB(classes=[0, 1], row_norm=5.0).fit(X, y)
    >>> model.score(X, y) > 0.7
    True
    """

    def __init__(
        self,
        *,
        alpha: float = 1.0,
        norm: bool = False,
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
        self.norm = norm
        self.classes = classes
        self.row_norm = row_norm

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "alpha": [Interval(Real, 0, None, closed="neither")],
        "norm": ["boolean"],
        "classes": ["array-like", None],
        "row_norm": [Interval(Real, 0, None, closed="neither"), None],
    }

    def _fit(self, curator):
        self.classes_ = curator.classes(self.classes)
        n_classes = len(self.classes_)
        found = released_totals(curator, n_classes, self.row_norm, most=FEW)
        self.class_count_ = np.maximum(found.counts, 0.0)
        self.feature_count_ = np.maximum(found.sums, 0.0)
        others = found.sums.sum(axis=0) - found.sums
        noise = found.noise * np.sqrt(max(n_classes - 1, 1))
        logs = log_shares(others, noise, self.alpha)
        self.feature_log_prob_ = (
            logs / logs.sum(axis=1, keepdims=True) if self.norm else -logs
        )

    def predict_joint_log_proba(self, X: TableLike) -> np.ndarray:
        """Score of each class: how little rows have of its complement.

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
        return row_products(X, self.feature_log_prob_.T)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags
