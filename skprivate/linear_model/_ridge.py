"""Ridge regression from one noisy matrix of second moments."""

from numbers import Real

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval
from skprivate.base import Box, DPEstimator
from skprivate.queries import Moments
from skprivate.queries._moments import BITS
from skprivate.queries._spread import first_look
from skprivate.queries._standardized import standardized_box, standardized_moments
from skprivate.rows import checked_input

_BOUNDS_SHARE = 0.1  # each, of features and of target, if they are to be searched for
_SHORTEST = 0.7
_NOISE_PENALTY = 1.2
_STIFF = 1e100  # a penalty that leaves nothing of a coefficient, yet can be solved


class TargetMoments(Moments):
    """Number of rows, sum and square of the target alone."""

    def __call__(self, X, y, weight):
        column = np.ascontiguousarray(y, dtype=np.float64).reshape(-1, 1)
        return super().__call__(column, None, weight)


class DPRidge(RegressorMixin, DPEstimator):
    """Linear least squares with an l2 penalty, under differential privacy.

    A tenth of the budget finds out roughly where features and target lie. With the
    rest, the matrix of second moments of standardized rows ``(x, 1, y)`` is released
    once, with the least noise that its symmetry allows; the regression is then solved
    from it. Rows much longer than others count less, as in robust regression: they
    would dictate the noise.

    Parameters
    ----------
    alpha : float, default=1.0
        Penalty ``alpha * ||coef||**2``, as in scikit-learn. Besides, directions in
        which the noise is as large as the signal are penalized in proportion to the
        noise: not at all with ``epsilon=inf``.
    fit_intercept : bool, default=True
        Whether to fit an intercept.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features: numbers, or arrays of one number per feature.
        Values outside are moved to the nearest end. ``"private"`` pays a tenth of the
        budget for a search.
    target_bounds : tuple (low, high) or "private", default="private"
        Public range of the target, two numbers. ``"private"`` pays a tenth, too.
    epsilon : float, default=1.0
        Budget of a fit; see :class:`~skprivate.base.DPEstimator`.
    delta : float, default=1e-6
        Budget of a fit. Zero adds Laplace noise instead of Gaussian.
    max_weight : float, default=1.0
        Larger sample weights are cut to this.
    max_rows_per_group : int, default=1
        Rows of one group that count.
    random_state : int, RandomState instance or None, default=None
        A seed makes the fit repeatable, and not private.

    Attributes
    ----------
    coef_ : ndarray of shape (n_features,)
        Weights of the features.
    intercept_ : float
        Constant term; 0.0 with ``fit_intercept=False``.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    sklearn.linear_model.Ridge : The same without privacy.

    Notes
    -----
    One joint release of second moments, and a penalty in proportion to its noise, is
    the sufficient-statistics perturbation of [1]_ without its splits of the budget.

    References
    ----------
    .. [1] Wang (2018). Revisiting differentially private linear regression: optimal and
       adaptive prediction and estimation in unbounded domain. UAI.

    Examples
    --------
    >>> from sklearn.datasets import make_regression
    >>> from skprivate.linear_model import DPRidge
    >>> X, y = make_regression(5000, n_features=3, noise=1.0, random_state=0)
    >>> model = DPRidge(bounds=(-5, 5), target_bounds=(-500, 500)).fit(X, y)
    >>> model.score(X, y) > 0.9
    True
    """

    def __init__(
        self,
        alpha=1.0,
        *,
        fit_intercept=True,
        bounds="private",
        target_bounds="private",
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
        self.alpha = alpha
        self.fit_intercept = fit_intercept
        self.bounds = bounds
        self.target_bounds = target_bounds

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "alpha": [Interval(Real, 0, None, closed="left")],
        "fit_intercept": ["boolean"],
        "bounds": "no_validation",  # the curator checks them
        "target_bounds": "no_validation",
    }

    def _fit(self, curator):
        low, high = curator.bounds(self.bounds, share=_BOUNDS_SHARE)
        ends = curator.target_bounds(self.target_bounds, share=_BOUNDS_SHARE)
        target_low, target_high = (np.array([end]) for end in ends)
        rows, target = first_look(
            curator,
            Moments(Box.between(low, high, BITS)),
            TargetMoments(Box.between(target_low, target_high, BITS)),
        )
        if not self.fit_intercept:
            rows, target = rows.around_zero, target.around_zero
        moments, noise = standardized_moments(
            curator,
            rows,
            standardized_box(low, high, rows, rows.scale),
            standardized_box(target_low, target_high, target, target.scale),
            shortest=_SHORTEST,
        )
        self._solve(moments, noise, rows, target)

    def _solve(self, moments, noise, rows, target):
        """Fit to second moments in standard units, and go back to those of the rows."""
        keep = np.r_[np.arange(len(rows.scale) + self.fit_intercept), -1]
        moments = moments[np.ix_(keep, keep)]
        per_unit = np.zeros_like(rows.scale)
        np.divide(1.0, rows.scale, out=per_unit, where=rows.scale > 0)
        penalty = np.zeros(len(moments) - 1)
        with np.errstate(over="ignore"):
            squares = self.alpha * per_unit**2
        penalty[: len(per_unit)] = np.minimum(squares, _STIFF)
        solution = _least_squares(moments, noise, penalty) * target.scale
        self.coef_ = solution[: len(per_unit)] * per_unit
        self.intercept_ = 0.0
        if self.fit_intercept:
            offset = float(target.center[0] - self.coef_ @ rows.center)
            self.intercept_ = float(solution[-1]) + offset

    def predict(self, X):
        """Predict the target of rows.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        check_is_fitted(self)
        return checked_input(self, X, accept_sparse=True) @ self.coef_ + self.intercept_

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.target_tags.required = True
        tags.regressor_tags.poor_score = True  # noise dominates a few hundred rows
        return tags


def _least_squares(moments, noise, penalty):
    """Coefficients from noisy second moments of rows whose last column is the target.

    Each eigenvalue ``w`` of the Gram matrix of the other columns becomes
    ``hypot(max(w, 0), e)``, with ``e`` of the size of the spectral norm of the noise.
    Strong directions thus keep their strength, and those that noise made up, or turned
    negative, are damped. A constant ridge shrinks the former too.

    Parameters
    ----------
    moments : ndarray of shape (p + 1, p + 1)
    noise : float
        Standard deviation of the noise on the diagonal.
    penalty : ndarray of shape (p,)
        Added to the diagonal.

    Returns
    -------
    ndarray of shape (p,)
    """
    gram, right = moments[:-1, :-1], moments[:-1, -1]
    values, vectors = np.linalg.eigh(gram)
    strength = _NOISE_PENALTY * noise * np.sqrt(len(right))
    values = np.hypot(np.maximum(values, 0.0), strength)
    gram = (vectors * values) @ vectors.T + np.diag(penalty)
    # Of all solutions the shortest: without noise, columns may be collinear.
    return np.linalg.lstsq(gram, right, rcond=None)[0]
