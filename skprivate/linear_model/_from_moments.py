"""What linear regressions share that are solved from one release of second moments."""

from numbers import Integral, Real

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import RegressorMixin
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval
from skprivate._typing import TableLike
from skprivate.base import DPEstimator
from skprivate.linear_model._known import known_of
from skprivate.linear_model._least_squares import LeastSquares
from skprivate.linear_model._margins import margins_of
from skprivate.rows import checked_input, refused
from skprivate.rows._target_columns import n_columns

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
    facts: any number of penalties has the price of one. Of several targets it is one
    release of moments of all, of rows that are cut with all of them to a public norm:
    a row moves it no farther than that of one target of such a norm.

    Subclasses have ``_chosen(problems)``, a solution for each target, which is
    post-processing.
    """

    _estimates_its_error = True
    _norm_tells = (0.75,)  # a pair of ones is enough: a look at few rows costs more
    _takes_targets = True  # several of them
    _typed_as_rows = ("coef_", "intercept_")
    _box_ = None  # where values stay; set by a fit

    def _fit(self, curator):
        n_targets = curator.n_targets or 1
        self._check(n_targets)
        known = known_of(self, curator, n_margins=n_targets)
        if known is not None and self.positive:
            raise refused(
                ValueError,
                "positive=True is not supported beside public. Use positive=False, or "
                "public=None.",
            )
        problems = LeastSquares.released(
            curator,
            self.bounds,
            self.target_bounds,
            self.fit_intercept,
            self.row_norm,
            known,
        )
        self._several_ = curator.n_targets is not None
        found = self._chosen(problems)
        self._box_, self._problems_ = problems[0].box, problems
        self.coef_ = self._of_targets([solution.coef for solution in found])
        self.intercept_ = self._of_targets([solution.intercept for solution in found])
        errors = [solution.validation_error for solution in found]
        self.validation_error_ = self._of_targets(errors)
        for j, solution in enumerate(found):
            for doubt in solution.doubts():
                curator.doubt(f"of target {j}, {doubt}" if self._several_ else doubt)

    def _of_targets(self, found):
        """An array with an entry for each target; of one target, that entry."""
        return np.array(found) if self._several_ else found[0]

    def _n_targets(self, X=None, y=None):
        """Columns of ``y``; or where it is elsewhere, what ``target_bounds`` say."""
        if not self._takes_targets:
            return None
        number = n_columns(getattr(X, "y", None) if y is None else y)
        if number is None and isinstance(self.target_bounds, (tuple, list, np.ndarray)):
            number = max(map(np.size, self.target_bounds), default=1)
        return number if (number or 1) > 1 else None

    def _check(self, n_targets):
        """Refuse parameters that constraints cannot describe, before any release."""

    def predict(self, X: TableLike) -> np.ndarray:
        """Predict the target of rows.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_targets)
        """
        check_is_fitted(self)
        X = checked_input(self, X, accept_sparse=True)
        return margins_of(X, self.coef_.T, self.intercept_, self._box_)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.target_tags.required = True
        tags.target_tags.multi_output = self._takes_targets
        tags.regressor_tags.poor_score = True  # noise dominates a few hundred rows
        return tags


class PathMixin:
    """Coefficients for other penalties than that of the fit, from the same release.

    Subclasses have ``_penalty(alpha, n_rows)``.
    """

    def path(self, alphas: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
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
            With a dimension for targets before these, where there are several.
        intercepts : ndarray of shape (n_alphas,)
            Likewise.
        """
        check_is_fitted(self)
        alphas = checked_alphas(alphas)
        paths = [self._path_of(problem, alphas) for problem in self._problems_]
        return tuple(self._of_targets([path[i] for path in paths]) for i in (0, 1))

    def _path_of(self, problem, alphas):
        """Coefficients and intercepts of one target."""
        solutions, before = {}, None
        for i in np.argsort(-alphas, kind="stable"):
            penalty = self._penalty(float(alphas[i]), problem.n_rows)
            before = solutions[i] = problem.solve(penalty, before)
        solutions = [solutions[i] for i in range(len(alphas))]
        coefs = np.column_stack([solution.coef for solution in solutions])
        return coefs, np.array([float(solution.intercept) for solution in solutions])


def checked_alphas(alphas, name="alphas"):
    """Penalties as a vector."""
    alphas = np.ravel(np.asarray(alphas))
    if len(alphas) == 0 or alphas.dtype.kind not in "iuf":
        raise ValueError(f"{name} must hold numbers. Give at least one.")
    if not np.all((alphas >= 0) & (alphas < np.inf)):
        raise ValueError(f"{name} must be finite and not negative. Give such numbers.")
    return alphas.astype(np.float64)


def grid_of(alphas, largest, eps):
    """Penalties from the largest to the smallest: those given, or so many."""
    if isinstance(alphas, Integral):
        return np.geomspace(largest, largest * eps, alphas)
    return np.sort(checked_alphas(alphas))[::-1]
