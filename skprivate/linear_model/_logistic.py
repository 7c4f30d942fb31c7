"""Logistic regression by a few noisy gradients in a noisy Newton metric."""

from functools import partial
from numbers import Real

import numpy as np
from scipy.special import log_softmax, softmax
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval, StrOptions
from skprivate.base import (
    Count,
    DPClassifierMixin,
    DPContinuesMixin,
    DPEstimator,
)
from skprivate.base._class_weights import check_class_weight, class_weights
from skprivate.base._utility import noise_exceeds_signal
from skprivate.linear_model._ball import (
    count_classes,
    descend_in_ball,
    look_at_norms,
    rows_in_ball,
    settle_threshold,
)
from skprivate.linear_model._descents import descend
from skprivate.linear_model._margins import margins_of
from skprivate.linear_model._stages import MOST_FEATURES, look_at_rows
from skprivate.rows import checked_input

_BOUNDS_SHARE = 0.15
# Rows times mu for each feature, from which on correlations are worth their price.
_SIGNAL_FOR_MOMENTS = 16.0


class DPLogisticRegression(DPContinuesMixin, DPClassifierMixin, DPEstimator):
    """Logistic regression with an l2 penalty, under differential privacy.

    An eighth of the budget finds out where rows lie and how many there are of each
    class, a tenth how they are correlated. The rest pays for a few gradients: their
    number, and the norm to which the gradient of a row is clipped, follow a rule in the
    noisy number of rows. So there is nothing to tune. Where there are more features
    than signal, rows are taken as they are, in a ball: see Notes.

    Parameters
    ----------
    C : float, default=1.0
        Inverse of the strength of the penalty ``||coef||**2 / (2 C)``, as in
        scikit-learn: of features as they are given. Where one unit of a feature is
        much, a larger ``C``, or a scaler before, leaves its coefficient room.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features: numbers, or arrays of one number per feature.
        Values outside are moved to the nearest end. ``"private"`` pays 15% of the
        budget for a search.
    row_norm : float, default=None
        Public length of the longest row, which pipelines hand on from steps that
        announce it, as ``Normalizer``. Longer rows count less; a wrong number costs
        accuracy, not privacy. See Notes.
    classes : array-like of shape (n_classes,), default=None
        Class labels. None reads them from ``y`` and reports that as assumed public.
    class_weight : dict, "balanced" or None, default=None
        Weight of each class in the loss: public numbers by label, or ``"balanced"``,
        which makes up for noisy counts of the classes (as scikit-learn does for exact
        ones) up to a weight of 100. That is free: the counts are released anyway.
        Gradients of rows are weighted before they are clipped.
    warm_start : bool, default=False
        Whether ``fit`` starts from the coefficients of the last fit. Each fit has its
        price, and ``privacy_`` adds them up.
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
    coef_ : ndarray of shape (1, n_features) or (n_classes, n_features)
        Weights of the features; one row if there are two classes.
    intercept_ : ndarray of shape (1,) or (n_classes,)
        Constant terms, which are not penalized.
    privacy_ : PrivacyReport
        What was released, and at what price: by all fits behind ``coef_``.

    See Also
    --------
    sklearn.linear_model.LogisticRegression : The same without privacy.

    Notes
    -----
    ``delta`` must be positive. ``epsilon=inf`` computes what scikit-learn does.

    Gradients are clipped per row [1]_, in coordinates that are standardized by noisy
    means and variances. With two classes, noisy second moments [2]_ give the Hessian of
    the loss of rows as if they were normal (Stein 1981 [3]_), so that five to twenty
    steps are enough; with more classes, an upper bound of it, and accelerated steps.

    With more than 1024 features, or with fewer than ``16 n_features / mu`` rows of an
    announced norm, nothing is asked but the number of rows of each class (and the norm
    that most rows have, if none was announced), gradients, and where to cut margins.

    The number of steps follows the noisy number of rows, and so do the norms to which
    rows are clipped. So :meth:`plan`, made on no rows, announces the same kinds of
    releases, shares of the stages and total price as a fit, but not the same steps.

    References
    ----------
    .. [1] Abadi et al. (2016). Deep learning with differential privacy. CCS.
    .. [2] Dwork et al. (2014). Analyze Gauss: optimal bounds for privacy-preserving
       principal component analysis. STOC.
    .. [3] Stein (1981). Estimation of the mean of a multivariate normal distribution.
       Annals of Statistics 9(6).

    Examples
    --------
    >>> from sklearn.datasets import make_blobs
    >>> from skprivate.linear_model import DPLogisticRegression
    >>> X, y = make_blobs(2000, centers=2, random_state=0)
    >>> model = DPLogisticRegression(bounds=(-5, 10), classes=[0, 1]).fit(X, y)
    >>> model.score(X, y) > 0.9
    True
    """

    # The steps of a fit follow a noisy count, so those of a plan differ.
    _plan_varies = True
    _box_ = None  # where values stay; set by a fit

    def __init__(
        self,
        C=1.0,
        *,
        bounds="private",
        row_norm=None,
        classes=None,
        class_weight=None,
        warm_start=False,
        epsilon=1.0,
        delta=1e-6,
        max_weight=1.0,
        max_rows_per_group=1,
        random_state=None,
    ):
        super().__init__(
            epsilon=epsilon,
            delta=delta,
            max_weight=max_weight,
            max_rows_per_group=max_rows_per_group,
            random_state=random_state,
        )
        self.C = C
        self.bounds = bounds
        self.row_norm = row_norm
        self.classes = classes
        self.class_weight = class_weight
        self.warm_start = warm_start

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "C": [Interval(Real, 0, None, closed="right")],
        "bounds": "no_validation",  # the curator checks them
        "row_norm": [Interval(Real, 0, None, closed="neither"), None],
        "classes": ["array-like", None],
        "class_weight": [dict, StrOptions({"balanced"}), None],
        "warm_start": ["boolean"],
    }

    def _fit(self, curator):
        if curator.budget.pure:
            raise ValueError(
                "delta=0 is not supported: many small gradients need Gaussian noise. "
                "Use delta > 0."
            )
        self.classes_ = curator.classes(self._known_classes(), least=2)
        check_class_weight(self.class_weight, self.classes_)
        weigh = partial(class_weights, self.class_weight, self.classes_)
        start = None
        if self._resume(curator):
            start = np.column_stack([self.coef_, self.intercept_])
        if self._asks_for_norms(curator):
            coef = self._fit_in_ball(curator, weigh, start)
            if coef is not None:
                self.coef_, self.intercept_ = coef[:, :-1], coef[:, -1]
                self._box_ = None
                return
        low, high = curator.bounds(self.bounds, share=_BOUNDS_SHARE)
        rows = look_at_rows(curator, low, high, len(self.classes_), weigh)
        self._box_ = low, high
        if rows.signal < rows.n_columns:
            curator.doubt(noise_exceeds_signal(rows.n_rows, rows.n_columns))
        coef = descend(curator, rows, self.C, start)
        self.coef_ = coef[:, :-1] * rows.per_unit
        self.intercept_ = coef[:, -1] - self.coef_ @ rows.box.center

    def _asks_for_norms(self, curator):
        """Whether rows may be taken as they are, in a ball, by public facts."""
        wide = curator.n_features > MOST_FEATURES
        return curator.budget.private and (wide or self.row_norm is not None)

    def _fit_in_ball(self, curator, weigh, start):
        """Coefficients and intercepts; None if there is signal for more than that."""
        counts = count_classes(curator, len(self.classes_))
        radius = self.row_norm
        if curator.n_features <= MOST_FEATURES:
            of_one = curator.noise_of(Count(), share=1.0)
            if counts.sum() > _SIGNAL_FOR_MOMENTS * curator.n_features * of_one:
                return None
        if radius is None:
            radius = look_at_norms(curator)
        rows = rows_in_ball(curator, counts, float(radius), weigh(counts))
        coef = descend_in_ball(curator, rows, self.C, start)
        if len(counts) == 2:
            coef = settle_threshold(curator, coef, rows.weights)
        return coef

    def decision_function(self, X):
        """Margins of rows: large where a class is likely.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_classes)
            One number per row if there are two classes: positive for the second.
        """
        check_is_fitted(self)
        X = checked_input(self, X, accept_sparse=True)
        margins = margins_of(X, self.coef_.T, self.intercept_, self._box_)
        return margins.ravel() if margins.shape[1] == 1 else margins

    def predict(self, X):
        """Predict the class of rows.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        best = self._margins(X).argmax(axis=1)
        return self.classes_[best]

    def predict_proba(self, X):
        """Probability of each class.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
        """
        return softmax(self._margins(X), axis=1)

    def predict_log_proba(self, X):
        """Logarithm of the probability of each class.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
        """
        return log_softmax(self._margins(X), axis=1)

    def _margins(self, X):
        """Margins with a column for each class."""
        margins = self.decision_function(X)
        if margins.ndim == 2:
            return margins
        return np.column_stack([np.zeros_like(margins), margins])

    def _n_subtasks(self):
        """Unknown before the noisy number of rows is."""
        return None

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.classifier_tags.poor_score = True  # noise dominates a few hundred rows
        return tags
