"""Logistic regression by a few noisy gradients in a noisy Newton metric."""

from functools import partial
from numbers import Real

import numpy as np
from scipy.special import log_softmax, softmax
from sklearn.base import ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval
from skprivate.base import Count, DPEstimator
from skprivate.base._products import row_products
from skprivate.linear_model._ball import (
    count_classes,
    descend_in_ball,
    look_at_norms,
    rows_in_ball,
    settle_threshold,
)
from skprivate.linear_model._newton import Curvature, NormalRows, newton_descent
from skprivate.linear_model._stages import (
    MOST_FEATURES,
    look_at_moments,
    look_at_rows,
    penalty_of,
)
from skprivate.linear_model._steps import (
    MOST_PASSES,
    accelerated_descent,
    enough_accelerated,
    enough_newton,
    number_of_steps,
    quasi_newton,
)
from skprivate.queries import LogisticGradient
from skprivate.rows import checked_input

_BOUNDS_SHARE = 0.15
# Upper bounds of the Hessian of the loss by the margins (Boehning 1992: 1/4 and 1/2;
# three quarters of the latter keep accelerated steps stable), and what tests of many
# tables found best for the number of steps.
_BINARY = {"curvature": 1 / 4, "eagerness": 2.0, "steepest": 1.0}
_MULTINOMIAL = {"curvature": 3 / 8, "eagerness": 2.5, "steepest": np.sqrt(2.0)}
_NEWTON_EAGERNESS = 1.75
# Penalty of Newton's steps, in units of the noise of margins; and what, in units of the
# largest eigenvalue that noise alone has, is added to moments and to the Hessian.
_NOISE_PENALTY = 0.2
_POSSIBLE = 0.1
_DAMPING = 0.25
# Rows times mu for each feature, from which on correlations are worth their price.
_SIGNAL_FOR_MOMENTS = 4.0


class DPLogisticRegression(ClassifierMixin, DPEstimator):
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
    epsilon : float, default=1.0
        Budget of a fit; see :class:`~skprivate.base.DPEstimator`.
    delta : float, default=1e-6
        Budget of a fit; zero asks for pure differential privacy.
    max_weight : float, default=1.0
        Larger sample weights are cut to this.
    max_rows_per_group : int, default=1
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
        What was released, and at what price.

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

    With more than 1024 features, or with fewer than ``4 n_features / mu`` rows of an
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

    def __init__(
        self,
        C=1.0,
        *,
        bounds="private",
        row_norm=None,
        classes=None,
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

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "C": [Interval(Real, 0, None, closed="right")],
        "bounds": "no_validation",  # the curator checks them
        "row_norm": [Interval(Real, 0, None, closed="neither"), None],
        "classes": ["array-like", None],
    }

    def _fit(self, curator):
        if curator.budget.pure:
            raise ValueError(
                "delta=0 is not supported: many small gradients need Gaussian noise. "
                "Use delta > 0."
            )
        self.classes_ = curator.classes(self.classes)
        if len(self.classes_) < 2:
            raise ValueError(
                "There is only one class. Give rows of at least two classes, or list "
                "them in classes=..."
            )
        if self._asks_for_norms(curator):
            coef = self._fit_in_ball(curator)
            if coef is not None:
                self.coef_, self.intercept_ = coef[:, :-1], coef[:, -1]
                return
        low, high = curator.bounds(self.bounds, share=_BOUNDS_SHARE)
        rows = look_at_rows(curator, low, high, len(self.classes_))
        coef = self._descend(curator, rows)
        self.coef_ = coef[:, :-1] * rows.per_unit
        self.intercept_ = coef[:, -1] - self.coef_ @ rows.box.center

    def _asks_for_norms(self, curator):
        """Whether rows may be taken as they are, in a ball, by public facts."""
        wide = curator.n_features > MOST_FEATURES
        return curator.budget.private and (wide or self.row_norm is not None)

    def _fit_in_ball(self, curator):
        """Coefficients and intercepts; None if there is signal for more than that."""
        counts = count_classes(curator, len(self.classes_))
        radius = self.row_norm
        if curator.n_features <= MOST_FEATURES:
            of_one = curator.noise_of(Count(), share=1.0)
            if counts.sum() > _SIGNAL_FOR_MOMENTS * curator.n_features * of_one:
                return None
        if radius is None:
            radius = look_at_norms(curator)
        rows = rows_in_ball(curator, counts, float(radius))
        coef = descend_in_ball(curator, rows, self.C)
        if len(counts) == 2:
            coef = settle_threshold(curator, coef, rows.prior)
        return coef

    def _descend(self, curator, rows):
        """Coefficients in standard units, a row for each margin."""
        binary = len(rows.prior) == 2
        rule = _BINARY if binary else _MULTINOMIAL
        start, penalty = _constant_model(rows, binary), penalty_of(rows, self.C)
        moments = look_at_moments(curator, rows)
        longest = rule["steepest"] * rows.longest
        clip = min(rows.relative_clip * np.sqrt(rows.n_columns), longest)
        if np.isinf(rows.mu):
            share = curator.remaining / MOST_PASSES
            gradient = partial(_gradient, curator, rows, penalty, longest, share)
            metric = moments.metric(rule["curvature"], penalty)
            coef = quasi_newton(gradient, start, metric)
        elif binary and moments.known:
            coef = _newton(curator, rows, moments, penalty, clip, start)
        else:
            coef = _accelerated(curator, rows, moments, penalty, clip, start, rule)
        return np.atleast_2d(coef)

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
        margins = row_products(X, self.coef_.T) + self.intercept_
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


def _constant_model(rows, binary):
    """Coefficients of the model that knows the shares of the classes, nothing else."""
    margins = np.log(rows.prior)
    if binary:
        return np.append(np.zeros(rows.box.n_features), margins[1] - margins[0])
    start = np.zeros((len(margins), rows.n_columns))
    start[:, -1] = margins - margins.mean()
    return start


def _newton(curator, rows, moments, penalty, clip, start):
    """Newton's steps, for two classes.

    Where there is signal for twice as many steps as are mostly enough, each gets only
    as much of the budget as if they were all needed, and the last one all that is left.
    """
    noise = rows.noise_of_margins(clip)
    penalty = penalty + _NOISE_PENALTY * noise * (
        np.arange(len(start)) < len(start) - 1
    )
    enough = enough_newton(noise, moments.edge)
    n_steps = number_of_steps(noise, _NEWTON_EAGERNESS, enough)
    most_steps = number_of_steps(noise, _NEWTON_EAGERNESS / 2, 2 * enough)
    most_steps = max(n_steps, most_steps)
    query, share = LogisticGradient(rows.box, start, clip), curator.remaining
    share /= most_steps
    deviation = curator.noise_of(query, share=share) / rows.n_rows

    def gradient(coef, last):
        # Sums of shares are rounded: all steps that are taken in full are alike.
        early = last and curator.remaining > 1.5 * share
        part = curator.remaining if early else share
        slopes = _gradient(curator, rows, penalty, clip, part, coef)
        return slopes, deviation * np.sqrt(share / part)

    normal_rows = NormalRows(moments.raised(_POSSIBLE))
    damping = _DAMPING * moments.edge
    curvature = Curvature(normal_rows, penalty, damping, deviation)
    return newton_descent(
        gradient, start, curvature, most_steps, patient=most_steps > n_steps
    )


def _accelerated(curator, rows, moments, penalty, clip, start, rule):
    """Accelerated steps in one metric, for any number of classes and features."""
    noise = rows.noise_of_margins(clip)
    enough = enough_accelerated(noise, moments.edge)
    n_steps = number_of_steps(noise, rule["eagerness"], enough)
    share = curator.remaining / n_steps
    gradient = partial(_gradient, curator, rows, penalty, clip, share)
    metric = moments.metric(rule["curvature"], penalty)
    return accelerated_descent(gradient, start, metric, n_steps)


def _gradient(curator, rows, penalty, clip, share, coef):
    """Noisy gradient of the penalized mean loss at ``coef``."""
    query = LogisticGradient(rows.box, coef, clip)
    total = curator.release(query, share=share).reshape(coef.shape)
    if coef.ndim == 2:
        # Slopes of a row add up to zero over the classes; what does not is noise.
        total = total - total.mean(axis=0)
    return total / rows.n_rows + penalty * coef
