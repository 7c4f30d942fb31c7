"""Codes of rows from which a network makes the rows again."""

from numbers import Real
from typing import Literal

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval
from skprivate._typing import BoundsLike, SeedLike, TableLike
from skprivate.base import Box, DPEstimator, DPTransformerMixin, Geometry
from skprivate.neural_network._look import look_at_features
from skprivate.neural_network._model import CONSTRAINTS, NetworkMixin
from skprivate.queries._networks import RANGES
from skprivate.rows import UnitClip, checked_input
from skprivate.rows._features import checked_features

_BOUNDS_SHARE = 0.1
_HERE = {
    *DPEstimator._parameter_constraints,
    *("hidden_layer_sizes", "activation", "solver", "rate", "dropout"),
    *("learning_rate_init", "max_iter", "bounds"),
}


class DPAutoencoder(
    NetworkMixin, ClassNamePrefixFeaturesOutMixin, DPTransformerMixin, DPEstimator
):
    """Network that makes rows again from short codes, under differential privacy.

    A tenth of the budget finds out where the rows lie. The rest pays for gradients of
    the squared distance of rows, in standard units, from what the network makes of
    them, each row's clipped. Of several hidden layers the smallest is the code.

    **Guarantee.** All that depends on rows are the releases: moments, which tell where
    rows lie, and sums of gradients, each of which is cut to a norm that is public or
    follows from what was released before. What ``noise`` adds to a row, and coins of
    dropout, are hashes of that row. ``transform`` maps each row by itself, bit for bit.

    Parameters
    ----------
    hidden_layer_sizes : int or tuple of int, default=(16,)
        Units of each hidden layer, of the way in and out. The (first) smallest is the
        code.
    activation : {"tanh", "relu", "logistic", "identity"}, default="tanh"
        Of hidden units, and so of codes; the range of a unit is announced to what
        follows. It is cut to 16 where it has none of its own.
    noise : float, default=0.0
        Deviation, in standard units, of noise that is added to rows before they are
        read, while the network learns to make the rows as they were.
    sparsity : float, default=0.0
        Weight of the sum of absolute values of a code, beside half the squared
        distance.
    solver : {"adam", "sgd", "rmsprop"}, default="adam"
        Adam and RMSprop take the known variance of the noise off the mean squares of
        slopes. ``"sgd"`` has momentum.
    rate : float, default=1.0
        Probability that a row is in a step. Below one a step is cheaper to compute, and
        no more accurate for the same budget; a tenth of ``delta`` is set aside.
    learning_rate_init : float, default=None
        Length of a step, as for :class:`DPMLPClassifier`.
    max_iter : int, default=None
        Number of times that all rows are read. None is by a rule in the noisy number of
        rows.
    dropout : float, default=0.0
        Part of the hidden units that each row leaves out.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features: numbers, or arrays of one number per feature.
        Values outside are moved to the nearest end. ``"private"`` pays a tenth of the
        budget for a search.
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
    coefs_ : list of ndarray of shape (n_in, n_out)
        Weights of each layer, from features to features, both in standard units.
    intercepts_ : list of ndarray of shape (n_out,)
        Constants of each layer.
    mean_, scale_ : ndarray of shape (n_features,)
        Standard units are ``(X - mean_) / scale_``, within five of them.
    n_iter_ : int
        Number of steps.
    n_layers_, n_outputs_ : int
        Number of layers, the features among them, and of outputs.
    output_bounds_ : tuple (low, high) of ndarray of shape (n_codes,)
        Range of codes.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    skprivate.decomposition.DPPCA : Linear codes, from one release.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skprivate.neural_network import DPAutoencoder
    >>> X = load_digits().data
    >>> coder = DPAutoencoder(8, bounds=(0, 16), epsilon=8.0).fit(X)
    >>> coder.transform(X).shape, coder.reconstruct(X).shape
    ((1797, 8), (1797, 64))
    """

    def __init__(
        self,
        hidden_layer_sizes: int | tuple[int, ...] = (16,),
        activation: Literal["tanh", "relu", "logistic", "identity"] = "tanh",
        *,
        noise: float = 0.0,
        sparsity: float = 0.0,
        solver: Literal["adam", "sgd", "rmsprop"] = "adam",
        rate: float = 1.0,
        learning_rate_init: float | None = None,
        max_iter: int | None = None,
        dropout: float = 0.0,
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
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.noise = noise
        self.sparsity = sparsity
        self.solver = solver
        self.rate = rate
        self.learning_rate_init = learning_rate_init
        self.max_iter = max_iter
        self.dropout = dropout
        self.bounds = bounds

    _parameter_constraints = {
        **{k: v for k, v in CONSTRAINTS.items() if k in _HERE},
        "noise": [Interval(Real, 0, 2**20, closed="both")],
        "sparsity": [Interval(Real, 0, 2**20, closed="both")],
    }

    def _fit(self, curator):
        n_features = curator.n_features
        network = self._shape(n_features, n_features, "rows")
        low, high = curator.bounds(self.bounds, share=_BOUNDS_SHARE)
        look = look_at_features(curator, low, high)
        start = self._first_weights(network)
        self._code_ = int(np.argmin(network.widths[1:-1]))
        disturbed = {
            "dropout": float(self.dropout),
            "noise": float(self.noise),
            "sparsity": float(self.sparsity),
            "code": self._code_,
        }
        self._learn(curator, network, look, start, **disturbed)
        ends = (np.full(self._n_features_out, end) for end in RANGES[self.activation])
        self.output_geometry_ = Geometry(tuple(ends))

    def transform(self, X: TableLike) -> TableLike:
        """Codes of rows.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_codes)
        """
        check_is_fitted(self)
        X = checked_input(self, X, accept_sparse=True)
        return self._outputs(X, self._code_).astype(X.dtype)

    def inverse_transform(self, X: TableLike) -> TableLike:
        """Rows that the network makes of codes.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_codes)
            Codes; those out of range are moved to its ends.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        X = checked_features(X, min_rows=1)
        if X.shape[1] != self._n_features_out:
            raise ValueError(
                "X has another number of columns than codes have. Give what transform "
                "has returned."
            )
        box = self._look_.box
        outputs = self._decoded(X)
        return np.clip(box.center + box.half * outputs, box.low, box.high)

    def reconstruct(self, X: TableLike) -> np.ndarray:
        """Rows as the network makes them again.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_features)
        """
        return self.inverse_transform(self.transform(X))

    def _decoded(self, codes):
        """What the layers behind the code make of it, in standard units."""
        network, box = self._network_, self._look_.box
        layers = network.rounded(self._weights(), box)[self._code_ + 1 :]
        low, high = self.output_bounds_
        of_codes = Box(low, high, np.zeros_like(low), np.ones_like(low), box.bits)
        return network.outputs(codes, of_codes, layers)

    @property
    def _n_features_out(self):
        """Number of columns of ``transform``, for the names of its columns."""
        return self._network_.widths[1 + self._code_]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
