"""How sure a linear model is of its coefficients: by its rows, and by its noise."""

from dataclasses import dataclass
from numbers import Real

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skprivate.base._confidence import quantile_of
from skprivate.linear_model._inference_table import CoefficientTable
from skprivate.linear_model._margins import margins_of
from skprivate.rows import checked_input


@dataclass(frozen=True, eq=False)
class CoefficientLaw:
    """Estimates of coefficients, intercept last, and their covariances.

    **Guarantee.** A function of what a fit has released, and of public facts.

    Attributes
    ----------
    estimate : ndarray of shape (n_features + 1,)
        In units of the features.
    by_rows, by_noise : ndarray of shape (n_features + 1, n_features + 1)
        What the choice of rows, and the noise of releases, add to the covariance.
    doubt : str, default=""
        Why noise dominates; nothing is known then.
    facts : tuple of str, default=()
        What else a summary says.
    residual : float, default=0.0
        Variance of targets about the model, if they are numbers.
    """

    estimate: np.ndarray
    by_rows: np.ndarray
    by_noise: np.ndarray
    doubt: str = ""
    facts: tuple = ()
    residual: float = 0.0

    @classmethod
    def in_units(cls, weights, by_rows, by_noise, per_unit, center, constant, **more):
        """Of what is known in standard units ``(x - center) * per_unit``."""
        to = np.diag(np.append(per_unit, 1.0))
        to[-1, :-1] = -center * per_unit
        estimate = to @ weights
        estimate[-1] += constant
        return cls(estimate, to @ by_rows @ to.T, to @ by_noise @ to.T, **more)

    @property
    def variance(self):
        """Of each coefficient."""
        return np.diag(self.by_rows) + np.diag(self.by_noise)

    @property
    def std_err(self):
        """Of each coefficient; infinite where noise dominates."""
        if self.doubt:
            return np.full(len(self.estimate), np.inf)
        return np.sqrt(self.variance)

    def ends(self, level):
        """Ends of the interval of each coefficient."""
        if self.doubt:
            return np.full(len(self.estimate), -np.inf), self.std_err
        reach = quantile_of(level) * self.std_err
        return self.estimate - reach, self.estimate + reach

    def margins(self, X, box):
        """Margins of rows, and their variances."""
        middle = margins_of(X, self.estimate[:-1], self.estimate[-1], box)
        if self.doubt:
            return middle, np.full(len(middle), np.inf)
        values, axes = np.linalg.eigh(self.by_rows + self.by_noise)
        root = axes * np.sqrt(np.maximum(values, 0.0))
        parts = margins_of(X, root[:-1], root[-1], box)
        return middle, np.sum(parts.astype(np.float64) ** 2, axis=1)


def nothing_known(n_features, doubt):
    """The law of coefficients of which noise tells nothing."""
    nothing = np.zeros((n_features + 1, n_features + 1))
    return CoefficientLaw(nothing[0], nothing, nothing, doubt)


class InferenceMixin:
    """Intervals that count the noise of privacy besides the choice of rows.

    **Guarantee.** They are functions of what the fit has released: post-processing,
    free of charge.

    Subclasses have ``_law()``, or of several targets ``_laws()``; and ``_plain``:
    parameters, and the values with which coefficients are what intervals are about.
    """

    _plain = {}

    def _fit(self, curator):
        super()._fit(curator)
        # As of this fit: parameters may change later, and pipelines have one budget.
        self._options_ = {name: getattr(self, name) for name in self._plain}
        self._options_["pure"] = curator.budget.pure

    def standard_errors(self) -> np.ndarray:
        """Standard deviation of each coefficient, over the choice of rows and noise.

        Returns
        -------
        ndarray of the shape of ``coef_``
            Infinite where noise dominates.
        """
        found = [law.std_err[:-1] for law in self._checked_laws()]
        return np.reshape(found, np.shape(self.coef_))

    def coef_interval(self, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
        """Ends of an interval of each coefficient, which counts rows and noise.

        It is free of charge. Its middle is an estimate without the pull of rows and
        gradients that a fit has shortened, so that ``coef_`` may lie to one side.

        Parameters
        ----------
        level : float, default=0.95
            How often such an interval holds the coefficient.

        Returns
        -------
        low, high : ndarray of the shape of ``coef_``
            Without end where noise dominates.
        """
        ends = [law.ends(level) for law in self._checked_laws(level)]
        both = ([each[i][:-1] for each in ends] for i in (0, 1))
        return tuple(np.reshape(end, np.shape(self.coef_)) for end in both)

    def summary(self, level: float = 0.95) -> CoefficientTable | list[CoefficientTable]:
        """What is known of each coefficient, as a table.

        Parameters
        ----------
        level : float, default=0.95
            Of the intervals.

        Returns
        -------
        CoefficientTable or list of CoefficientTable
            A list, with one for each, if there are several targets.
        """
        laws, title = self._checked_laws(level), type(self).__name__
        if len(laws) == 1:
            coef = np.append(self.coef_, self.intercept_)
            return self._table(title, coef, laws[0], level)
        coefs = np.column_stack([self.coef_, self.intercept_])
        both = enumerate(zip(coefs, laws, strict=True))
        return [self._table(f"{title}, target {j}", *one, level) for j, one in both]

    def _table(self, title, coef, law, level):
        names = getattr(self, "feature_names_in_", None)
        if names is None:
            names = [f"x{k}" for k in range(len(law.estimate) - 1)]
        kept = len(coef) if getattr(self, "fit_intercept", True) else -1
        names = [*names, "(intercept)"][:kept]
        return CoefficientTable.of(title, names, coef[:kept], law, level)

    def _laws(self):
        return [self._law()]

    def _checked_laws(self, level=0.95):
        check_is_fitted(self)
        check_level(level)
        for name, value in self._plain.items():
            given = self._options_[name]
            if not (given is value or (value is not None and given == value)):
                raise ValueError(
                    f"{name} changes what coefficients are about: there are no "
                    f"intervals. Fit with {name}={value!r}."
                )
        return self._laws()

    def _known_margins(self, X, level):
        """Margins of rows, the reach of their intervals, and the law."""
        (law,) = self._checked_laws(level)
        X = checked_input(self, X, accept_sparse=True)
        middle, variance = law.margins(X, self._box_)
        return middle, variance, law


def check_level(level):
    """Refuse what is no probability strictly between zero and one."""
    if not (isinstance(level, Real) and 0 < level < 1):
        raise ValueError("level must be a number between 0 and 1, such as 0.95.")


def check_of(of):
    """Refuse what a regression has no intervals of."""
    if of not in ("target", "mean"):
        raise ValueError('of must be "target" or "mean". Name one of them.')
