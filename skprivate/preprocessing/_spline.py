"""Splines whose knots are private quantiles, or lie between private ends."""

from numbers import Integral
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse
from scipy.special import comb
from sklearn import config_context
from sklearn.base import OneToOneFeatureMixin
from sklearn.preprocessing import SplineTransformer
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval, StrOptions
from skprivate._typing import BoundsLike, SeedLike, TableLike
from skprivate.base import DPEstimator, DPTransformerMixin, Geometry
from skprivate.base._box import THINNEST
from skprivate.base._names import distinct_names
from skprivate.base._single import rounded_to
from skprivate.queries import private_quantiles
from skprivate.rows import UnitClip, checked_input
from skprivate.rows._refusal import sealed

_BOUNDS_SHARE = 0.2
_FINEST = 2.0**-40  # of its values: what varies less counts as constant
_CHUNK_ROWS = 2**13
_BEYOND = (
    "{name} contains values beyond the limits of the knots. Move them there first, or "
    "take another extrapolation, such as 'constant'."
)
_CLOSEST = 1e-3  # distance of knots, relative to an equal one


class DPSplineTransformer(DPTransformerMixin, DPEstimator):
    """Spline bases of each feature, with knots found under differential privacy.

    Parameters
    ----------
    n_knots : int, default=5
        Number of knots, at least 2; ignored if ``knots`` are given.
    degree : int, default=3
        Degree of the polynomials between the knots.
    knots : {"uniform", "quantile"} or array-like of shape (n_knots, n_features), \
            default="uniform"
        Equally spaced between private ends of each feature, or private quantiles; or
        public numbers, and nothing is asked.
    extrapolation : {"error", "constant", "linear", "continue", "periodic"}, \
            default="constant"
        What lies beyond the outermost knots. ``"error"`` is for public ``knots`` only:
        private ones never enclose all rows.
    include_bias : bool, default=True
        Whether to keep the last spline of each feature; they all add up to one.
    order : {"C", "F"}, default="C"
        Order in memory of a dense output.
    sparse_output : bool, default=False
        Whether ``transform`` returns a CSR matrix.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features: numbers, or arrays of one number per feature.
        ``"private"`` pays a fifth of the budget for a search.
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
    knots_ : ndarray of shape (n_knots, n_features)
        Private knots of each feature, ascending.
    bsplines_ : list of scipy.interpolate.BSpline
        The splines of each feature.
    n_features_out_ : int
        Number of columns of the output.
    output_bounds_ : tuple (low, high) of ndarray of shape (n_features_out,)
        Range of ``transform``, of rows within the bounds; of any rows if the
        extrapolation is constant or periodic.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    sklearn.preprocessing.SplineTransformer : The same without privacy.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.preprocessing import DPSplineTransformer
    >>> X = np.random.default_rng(0).normal(size=(5000, 2))
    >>> splines = DPSplineTransformer(knots="quantile").fit(X)
    >>> splines.transform(X).shape
    (5000, 14)
    """

    def __init__(
        self,
        n_knots: int = 5,
        degree: int = 3,
        *,
        knots: ArrayLike | Literal["uniform", "quantile"] = "uniform",
        extrapolation: Literal[
            "error", "constant", "linear", "continue", "periodic"
        ] = "constant",
        include_bias: bool = True,
        order: Literal["C", "F"] = "C",
        sparse_output: bool = False,
        bounds: BoundsLike | Literal["private"] = "private",
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
        self.n_knots = n_knots
        self.degree = degree
        self.knots = knots
        self.extrapolation = extrapolation
        self.include_bias = include_bias
        self.order = order
        self.sparse_output = sparse_output
        self.bounds = bounds

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "n_knots": [Interval(Integral, 2, None, closed="left")],
        "degree": [Interval(Integral, 0, None, closed="left")],
        "knots": [StrOptions({"uniform", "quantile"}), "array-like"],
        "extrapolation": [
            StrOptions({"error", "constant", "linear", "continue", "periodic"})
        ],
        "include_bias": ["boolean"],
        "order": [StrOptions({"C", "F"})],
        "sparse_output": ["boolean"],
        "bounds": "no_validation",  # the curator checks them
    }

    def _fit(self, curator):
        self._check_extrapolation()
        if isinstance(self.knots, str):
            low, high = curator.bounds(self.bounds, share=_BOUNDS_SHARE)
            self.knots_ = self._private_knots(curator, low, high)
        else:
            self.knots_ = np.array(self.knots, dtype=np.float64)
            if self.knots_.ndim != 2 or self.knots_.shape[1] != curator.n_features:
                raise ValueError("knots must have a column for each feature.")
            low, high = self.knots_[0], self.knots_[-1]
        splines = self._splines()
        self.bsplines_, self.n_features_out_ = (
            splines.bsplines_,
            splines.n_features_out_,
        )
        # Splines of a feature are not negative and add up to one, unless continued.
        known = self.extrapolation not in ("linear", "continue")
        norm = float(np.sqrt(curator.n_features)) if known else np.inf
        ends = _output_bounds(splines, self.knots_, low, high)
        self.output_geometry_ = Geometry(ends, norm)

    def _check_extrapolation(self):
        """Refuse, before anything is released, what private knots cannot do."""
        private = isinstance(self.knots, str)
        if private and self.extrapolation == "error":
            raise ValueError(
                "extrapolation='error' would refuse the rows of the fit: private knots "
                "never enclose all of them. Give public knots=..., or take another "
                "extrapolation, such as 'constant'."
            )
        if private and self.extrapolation == "periodic" and self.n_knots <= self.degree:
            raise ValueError(
                "Periodic splines require degree < n_knots. Give more knots, or a "
                "smaller degree."
            )

    def _private_knots(self, curator, low, high):
        """Knots of each feature in a column, no two of them too close."""
        share, places = curator.remaining, np.linspace(0, 1, self.n_knots)
        wanted = places if self.knots == "quantile" else [0, 1]
        found = private_quantiles(curator, wanted, low, high, share=share)
        first, last = found[:, :1], found[:, -1:]
        # A feature that does not vary gets knots around its only value.
        size = np.maximum(abs(first), abs(last))
        flat = last - first <= np.maximum(_FINEST * size, THINNEST)
        half = np.where(flat, np.maximum(1.0, abs(first)) / 2, 0.0)
        first, last = first - half, last + half
        even = first + (last - first) * places
        knots = even
        if self.knots == "quantile":
            knots = np.where(flat, even, found)
        least = _CLOSEST * (last - first) / (self.n_knots - 1)
        steps = np.maximum(np.diff(knots, axis=1), least)
        steps *= (last - first) / steps.sum(axis=1, keepdims=True)
        knots = first + np.pad(np.cumsum(steps, axis=1), ((0, 0), (1, 0)))
        return np.ascontiguousarray(knots.T)

    def _splines(self):
        """The namesake, with the knots of this."""
        return (
            SplineTransformer(
                n_knots=len(self.knots_),
                degree=self.degree,
                knots=self.knots_,
                extrapolation=self.extrapolation,
                include_bias=self.include_bias,
                order=self.order,
            )
            .set_output(transform="default")
            .fit(self.knots_)
        )

    def transform(self, X: TableLike) -> TableLike:
        """Splines of the values of ``X``.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows to transform.

        Returns
        -------
        {ndarray, sparse matrix} of shape (n_samples, n_features_out)
        """
        check_is_fitted(self)
        X, splines = checked_input(self, X), self._splines()
        parts = (
            self._transformed(splines, X[start : start + _CHUNK_ROWS])
            for start in range(0, len(X), _CHUNK_ROWS)  # which stay in the cache
        )
        if self.sparse_output:
            # From dense ones: scikit-learn's own way fails for float32, for degree 0,
            # and in words that quote rows.
            return sparse.vstack([*map(sparse.csr_matrix, parts)], format="csr")
        shape = len(X), self.n_features_out_
        output = np.empty(shape, dtype=X.dtype, order=self.order)
        for number, part in enumerate(parts):
            output[number * _CHUNK_ROWS :][: len(part)] = part
        return output

    def _transformed(self, splines, X):
        """Splines of some rows that were checked."""
        kind, X = X.dtype, X.astype(np.float64, copy=False)
        if self.extrapolation == "constant":  # moved to the ends, as by scikit-learn
            X = np.clip(X, self.knots_[0], self.knots_[-1])
        with config_context(assume_finite=True):
            made = sealed(lambda: splines.transform(X), unreadable=_BEYOND)
        return rounded_to(made, kind)

    def get_feature_names_out(
        self, input_features: ArrayLike | None = None
    ) -> np.ndarray:
        """Names of the splines, as of the namesake.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names of the features, if they had none in ``fit``.

        Returns
        -------
        ndarray of str
        """
        check_is_fitted(self)
        names = OneToOneFeatureMixin.get_feature_names_out(self, input_features)
        return distinct_names(self._splines().get_feature_names_out(names))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _output_bounds(splines, knots, low, high):
    """Range of the splines between the bounds.

    Between knots, splines lie in [0, 1]. Beyond, they are polynomials, which lie
    between the smallest and the largest of their coefficients in the basis of
    Bernstein.
    """
    least = np.zeros(splines.n_features_out_)
    most = np.ones(splines.n_features_out_)
    if splines.extrapolation not in ("linear", "continue"):
        return least, most
    for start, stop in ((np.minimum(low, knots[0]), knots[0]), (knots[-1], high)):
        coefficients = _bernstein(splines, start, np.maximum(start, stop))
        least = np.minimum(least, coefficients.min(axis=0))
        most = np.maximum(most, coefficients.max(axis=0))
    return least, most


def _bernstein(splines, start, stop):
    """Coefficients of polynomials on an interval, from their values at some points."""
    degree = max(splines.degree, 1)
    place = np.linspace(0, 1, degree + 1)[:, None]
    k = np.arange(degree + 1)
    basis = comb(degree, k) * place**k * (1 - place) ** (degree - k)
    values = splines.transform(start + place * (stop - start))
    return np.linalg.solve(basis, values)
