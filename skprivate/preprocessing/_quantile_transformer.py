"""Mapping to a uniform or normal distribution, by private quantiles."""

from numbers import Integral
from typing import Literal

import numpy as np
from scipy import sparse
from scipy.special import ndtr, ndtri
from sklearn.base import OneToOneFeatureMixin
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval, StrOptions
from skprivate._typing import BoundsLike, SeedLike, TableLike
from skprivate.base import DPEstimator, DPTransformerMixin, Geometry
from skprivate.queries import private_quantiles
from skprivate.queries._present import PresentIntervals, bounds_of_present
from skprivate.queries._ranks import rank_steps
from skprivate.rows import UnitClip, checked_input
from skprivate.rows._sparse import canonical

_BOUNDS_SHARE = 0.2
_RAREST = 1e-7 - np.spacing(1)  # as in scikit-learn: the normal output has bounds


class DPQuantileTransformer(OneToOneFeatureMixin, DPTransformerMixin, DPEstimator):
    """Map each feature to a uniform or normal distribution, privately.

    The quantiles of all features are found together, in two rounds of noisy counts. The
    output has public bounds, whatever the rows are. A value that is missing counts for
    nothing, and stays missing.

    Sparse rows are taken for uniform output, as long as zeros stay zeros, which they do
    if the low end of the bounds is zero. Their zeros are values: there is no
    ``ignore_implicit_zeros``.

    Parameters
    ----------
    n_quantiles : int, default=1000
        Number of quantiles. Their noise hardly depends on it.
    output_distribution : {"uniform", "normal"}, default="uniform"
        Distribution of the output.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features: numbers, or arrays of one number per feature.
        ``"private"`` pays a fifth of the budget for a search.
    copy : bool, default=True
        If False, ``transform`` works in place where it can.
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
    n_quantiles_ : int
        Number of quantiles.
    quantiles_ : ndarray of shape (n_quantiles, n_features)
        Private quantiles; the first and the last are the bounds, since the extremes of
        the rows cannot be known.
    references_ : ndarray of shape (n_quantiles,)
        Their ranks, from 0 to 1.
    output_bounds_ : tuple (low, high) of ndarray of shape (n_features,)
        Range of ``transform``, of any rows.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    sklearn.preprocessing.QuantileTransformer : The same without privacy.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.preprocessing import DPQuantileTransformer
    >>> X = np.random.default_rng(0).lognormal(size=(5000, 2))
    >>> Z = DPQuantileTransformer(epsilon=1.0).fit_transform(X)
    >>> bool(abs(Z.mean() - 0.5) < 0.1)
    True
    """

    _keeps_missing = True  # and makes no value missing

    def __init__(
        self,
        *,
        n_quantiles: int = 1000,
        output_distribution: Literal["uniform", "normal"] = "uniform",
        bounds: BoundsLike | Literal["private"] = "private",
        copy: bool = True,
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
        self.n_quantiles = n_quantiles
        self.output_distribution = output_distribution
        self.bounds = bounds
        self.copy = copy

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        "n_quantiles": [Interval(Integral, 2, None, closed="left")],
        "output_distribution": [StrOptions({"uniform", "normal"})],
        "bounds": "no_validation",  # the curator checks them
        "copy": ["boolean"],
    }

    def _fit(self, curator):
        low, high = bounds_of_present(curator, self.bounds, share=_BOUNDS_SHARE)
        self.n_quantiles_ = self.n_quantiles
        self.references_ = np.linspace(0, 1, self.n_quantiles)
        asked = {"share": curator.remaining, "rounds": 2, "tree": PresentIntervals}
        inner = self.references_[1:-1]
        found = private_quantiles(curator, inner, low, high, **asked)
        self.quantiles_ = np.vstack([low, found.T, high])
        end = 1.0
        if self.output_distribution == "normal":
            end = -ndtri(_RAREST)
        start = 0.0 if self.output_distribution == "uniform" else -end
        ends = np.full_like(low, start), np.full_like(low, end)
        self.output_geometry_ = Geometry(ends)

    def transform(self, X: TableLike) -> TableLike:
        """Map ``X`` to the output distribution.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows to transform. NaN is kept.

        Returns
        -------
        {ndarray, sparse matrix} of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        return self._mapped(X, self._ranked)

    def inverse_transform(self, X: TableLike) -> TableLike:
        """Map ``X`` back to the distribution of the features.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Transformed rows.

        Returns
        -------
        {ndarray, sparse matrix} of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        return self._mapped(X, self._unranked, names=False)

    def _mapped(self, X, of_feature, *, names=True):
        """``X`` with ``of_feature(values, quantiles)`` in place of the values."""
        accept_sparse = self.__sklearn_tags__().input_tags.sparse
        X = checked_input(
            self,
            X,
            accept_sparse=accept_sparse,
            copy=self.copy,
            allow_nan=True,
            names=names,
        )
        if sparse.issparse(X):
            return self._mapped_stored(X, of_feature)
        for j, quantiles in enumerate(self.quantiles_.T):
            X[:, j] = of_feature(X[:, j], quantiles)
        return X

    def _mapped_stored(self, X, of_feature):
        """The same of sparse rows, whose zeros must stay zeros."""
        if any(of_feature(0.0, quantiles) != 0 for quantiles in self.quantiles_.T):
            raise ValueError(
                "Zeros of sparse rows would become other numbers. Fit with bounds "
                "whose low end is 0, or convert X to a dense array with '.toarray()'."
            )
        X = canonical(X).tocsc()
        for j, quantiles in enumerate(self.quantiles_.T):
            stored = slice(X.indptr[j], X.indptr[j + 1])
            X.data[stored] = of_feature(X.data[stored], quantiles)
        return X.tocsr()

    def _ranked(self, values, quantiles):
        """Values of one feature, as the output distribution has them."""
        ranks = np.interp(values, *rank_steps(quantiles, self.references_))
        if self.output_distribution == "uniform":
            return ranks
        return ndtri(np.clip(ranks, _RAREST, 1 - _RAREST))

    def _unranked(self, values, quantiles):
        """Values of one feature, from the output distribution."""
        ranks = values if self.output_distribution == "uniform" else ndtr(values)
        return np.interp(ranks, self.references_, quantiles)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = self.output_distribution == "uniform"
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
