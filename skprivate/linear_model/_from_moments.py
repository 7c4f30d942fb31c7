"""What linear regressions share that are solved from one release of second moments."""

from numbers import Integral, Real

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval
from skprivate.base import DPEstimator
from skprivate.linear_model._known import known_of
from skprivate.linear_model._least_squares import LeastSquares
from skprivate.linear_model._margins import margins_of
from skprivate.rows import checked_input, refused

CONSTRAINTS = {
    **DPEstimator._parameter_constraints,
    "fit_intercept": ["boolean"],
    "positive": ["boolean"],
    "bounds": "no_validation",  # the curator checks them
    "row_norm": [Interval(Real, 0, None, closed="neither"), None],
    "target_bounds": "no_validation",
}
OF_PUBLIC = {"public": "no_validation"}  # `known_of` checks it, and shows no value


class MomentsRegressorMixin(RegressorMixin):
    """A regression that asks for :class:`LeastSquares`, and for nothing else.

    **Guarantee.** All that a fit stores is a function of that release, and of public
    facts: any number of penalties has the price of one.

    Subclasses have ``_chosen(problem)``, which is post-processing.
    """

    _estimates_its_error = True
    _norm_tells = (0.75,)  # a pair of ones is enough: a look at few rows costs more
    _typed_as_rows = ("coef_", "intercept_")
    _box_ = None  # where values stay; set by a fit

    def _fit(self, curator):
        self._check()
        known = known_of(self, curator) if hasattr(self, "public") else None
        if known is not None and self.positive:
            raise refused(
                ValueError,
                "positive=True is not supported beside public. Use positive=False, or "
                "public=None.",
            )
        problem = LeastSquares.released(
            curator,
            self.bounds,
            self.target_bounds,
            self.fit_intercept,
            self.row_norm,
            known,
        )
        solution = self._chosen(problem)
        self.coef_, self.intercept_ = solution.coef, solution.intercept
        self._box_, self._problem_ = problem.box, problem
        self.validation_error_ = solution.validation_error
        for doubt in solution.doubts():
            curator.doubt(doubt)

    def _check(self):
        """Refuse parameters that constraints cannot describe, before any release."""

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
        X = checked_input(self, X, accept_sparse=True)
        return margins_of(X, self.coef_, self.intercept_, self._box_)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.target_tags.required = True
        tags.regressor_tags.poor_score = True  # noise dominates a few hundred rows
        return tags


class PathMixin:
    """Coefficients for other penalties than that of the fit, from the same release.

    Subclasses have ``_penalty(alpha, n_rows)``.
    """

    def path(self, alphas):
        """Coefficients for other penalties, free of charge.

        They follow from the moments that the fit has released, of which the model keeps
        a copy: no row is read again, and nothing is paid.

        Parameters
        ----------
        alphas : array-like of shape (n_alphas,)
            Penalties, in any order.

        Returns
        -------
        coefs : ndarray of shape (n_features, n_alphas)
        intercepts : ndarray of shape (n_alphas,)
        """
        check_is_fitted(self)
        alphas, problem, solutions = checked_alphas(alphas), self._problem_, {}
        before = None
        for i in np.argsort(-alphas, kind="stable"):
            penalty = self._penalty(float(alphas[i]), problem.n_rows)
            before = solutions[i] = problem.solve(penalty, before)
        solutions = [solutions[i] for i in range(len(alphas))]
        coefs = np.column_stack([solution.coef for solution in solutions])
        return coefs, np.array([float(solution.intercept) for solution in solutions])


def checked_alphas(alphas):
    """Penalties as a vector."""
    alphas = np.ravel(np.asarray(alphas))
    if len(alphas) == 0 or alphas.dtype.kind not in "iuf":
        raise ValueError("alphas must hold numbers. Give at least one.")
    if not np.all((alphas >= 0) & (alphas < np.inf)):
        raise ValueError("alphas must be finite and not negative. Give such numbers.")
    return alphas.astype(np.float64)


def grid_of(alphas, largest, eps):
    """Penalties from the largest to the smallest: those given, or so many."""
    if isinstance(alphas, Integral):
        return np.geomspace(largest, largest * eps, alphas)
    return np.sort(checked_alphas(alphas))[::-1]
