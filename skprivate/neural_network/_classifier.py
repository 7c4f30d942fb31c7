"""Classifier that is a network, by noisy gradients."""

from dataclasses import replace
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import StrOptions
from skprivate._typing import BoundsLike, SeedLike, TableLike
from skprivate.base import DPClassifierMixin, DPContinuesMixin, DPEstimator
from skprivate.base._class_weights import (
    check_class_weight,
    check_weights,
    class_weights,
)
from skprivate.base._odds import log_probabilities, probabilities
from skprivate.neural_network._look import look_at_classes, mu_of
from skprivate.neural_network._model import CONSTRAINTS, COUNT_SHARE, NetworkMixin
from skprivate.rows import UnitClip, checked_input

_BOUNDS_SHARE = 0.15


class DPMLPClassifier(NetworkMixin, DPContinuesMixin, DPClassifierMixin, DPEstimator):
    """Multi-layer perceptron for classes, under differential privacy.

    An eighth of the budget finds out where rows lie and how many there are of each
    class. The rest pays for gradients of the log loss, each row's clipped. The defaults
    are few steps on all rows: there is nothing to tune. A linear model is part of the
    network (``skip``), so that what is linear need not be made of hidden units; and a
    network starts as a constant.

    **Guarantee.** All that depends on rows are the releases: counts of classes and
    moments, which tell where rows lie, and sums of gradients, each of which is cut to a
    norm that is public or follows from what was released before. Steps, schedules,
    decay, constraints and averages are post-processing. Coins of dropout and moves of
    an adversary are functions of the row itself.

    Parameters
    ----------
    hidden_layer_sizes : int or tuple of int, default=(32,)
        Units of each hidden layer. Noise adds up over all weights, so small networks
        are better with few rows.
    activation : {"relu", "tanh", "logistic", "identity"}, default="relu"
        Of hidden units; cut to 16 where it has no range of its own.
    solver : {"adam", "sgd", "rmsprop"}, default="adam"
        Adam and RMSprop take the known variance of the noise off the mean squares of
        slopes. ``"sgd"`` has momentum.
    alpha : float, default=0.0001
        Strength of the penalty of squares of weights, relative to the sum of losses, as
        in scikit-learn.
    rate : float, default=1.0
        Probability that a row is in a step. Below one a step is cheaper to compute, and
        no more accurate for the same budget; a tenth of ``delta`` is set aside.
    learning_rate : {"constant", "invscaling", "warmup", "cosine"}, default="constant"
        How steps become shorter: by a power of their number, not at all, not at all
        after the first tenth, in which they grow, or as half a wave of a cosine.
    learning_rate_init : float, default=None
        Length of a step. None: 0.03 for ``"adam"`` and ``"rmsprop"``, and for ``"sgd"``
        the longest that does not overshoot.
    power_t : float, default=0.5
        The power of ``"invscaling"``.
    max_iter : int, default=None
        Number of times that all rows are read: of steps, or of ``1 / rate`` steps. None
        is by a rule in the noisy number of rows.
    momentum : float, default=0.9
        Part of the last move, or of the mean of slopes, that a step keeps.
    dropout : float, default=0.0
        Part of the hidden units that each row leaves out, by coins that are a hash of
        the row and of the number of the step.
    init : {"he", "glorot"}, default="he"
        Spread of the first weights, drawn by a public seed; the last layer is zero.
    max_norm : float, default=None
        Longest vector of weights that come into a hidden unit.
    average : bool or float, default=True
        Whether the result is the mean of the last three tenths of all points, which
        have less noise than the last one; a number is what an exponential mean keeps.
    skip : bool, default=True
        Whether outputs also read the features.
    adversarial : tuple (norm, radius), default=None
        Learn from rows that are moved to make their loss larger: by so much within the
        norm, ``2`` or ``inf``, in units of the features, along the gradient of the row.
    early_stopping : bool, default=False
        Whether to end when ``n_iter_no_change`` gradients show nothing but noise. This
        saves time only: a fit is paid for ahead.
    n_iter_no_change : int, default=10
        See ``early_stopping``.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features: numbers, or arrays of one number per feature.
        Values outside are moved to the nearest end. ``"private"`` pays 15% of the
        budget for a search.
    classes : array-like of shape (n_classes,), default=None
        Class labels. None reads them from ``y`` and reports that as assumed public.
    class_weight : dict, "balanced" or None, default=None
        Weight of each class in the loss, as in
        :class:`~skprivate.linear_model.DPLogisticRegression`.
    warm_start : bool, default=False
        Whether ``fit`` starts from the weights of the last fit. Each fit has its price,
        and ``privacy_`` adds them up.
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
    coefs_ : list of ndarray of shape (n_in, n_out)
        Weights of each layer, for features in standard units. With ``skip`` the last
        layer has rows for hidden units first, and for features then.
    intercepts_ : list of ndarray of shape (n_out,)
        Constants of each layer.
    mean_, scale_ : ndarray of shape (n_features,)
        Standard units are ``(X - mean_) / scale_``, within five of them.
    n_iter_ : int
        Number of steps.
    n_layers_, n_outputs_ : int
        Number of layers, the features among them, and of outputs.
    privacy_ : PrivacyReport
        What was released, and at what price: by all fits behind ``coefs_``.

    See Also
    --------
    DPMLPRegressor : The same for numbers.
    sklearn.neural_network.MLPClassifier : The same without privacy.

    Notes
    -----
    There is no ``loss_curve_``: a loss is a sum over rows, and would cost a share.

    Each call to ``partial_fit`` is a fit, at its own price, from where the last one
    ended.

    Examples
    --------
    >>> from sklearn.datasets import make_moons
    >>> from skprivate.neural_network import DPMLPClassifier
    >>> X, y = make_moons(3000, noise=0.1, random_state=0)
    >>> model = DPMLPClassifier(bounds=(-2, 3), classes=[0, 1], epsilon=4.0)
    >>> model.fit(X, y).score(X, y) > 0.88
    True
    """

    def __init__(
        self,
        hidden_layer_sizes: int | tuple[int, ...] = (32,),
        activation: Literal["relu", "tanh", "logistic", "identity"] = "relu",
        *,
        solver: Literal["adam", "sgd", "rmsprop"] = "adam",
        alpha: float = 0.0001,
        rate: float = 1.0,
        learning_rate: Literal[
            "constant", "invscaling", "warmup", "cosine"
        ] = "constant",
        learning_rate_init: float | None = None,
        power_t: float = 0.5,
        max_iter: int | None = None,
        momentum: float = 0.9,
        dropout: float = 0.0,
        init: Literal["he", "glorot"] = "he",
        max_norm: float | None = None,
        average: bool | float = True,
        skip: bool = True,
        adversarial: tuple[Any, Any] | None = None,
        early_stopping: bool = False,
        n_iter_no_change: int = 10,
        bounds: BoundsLike | Literal["private"] = "private",
        classes: ArrayLike | None = None,
        class_weight: dict[Any, Any] | Literal["balanced"] | None = None,
        warm_start: bool = False,
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
        self.solver = solver
        self.alpha = alpha
        self.rate = rate
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.power_t = power_t
        self.max_iter = max_iter
        self.momentum = momentum
        self.dropout = dropout
        self.init = init
        self.max_norm = max_norm
        self.average = average
        self.skip = skip
        self.adversarial = adversarial
        self.early_stopping = early_stopping
        self.n_iter_no_change = n_iter_no_change
        self.bounds = bounds
        self.classes = classes
        self.class_weight = class_weight
        self.warm_start = warm_start

    _parameter_constraints = {
        **{k: v for k, v in CONSTRAINTS.items() if k != "target_bounds"},
        "classes": ["array-like", None],
        "class_weight": [dict, StrOptions({"balanced"}), None],
    }

    def _fit(self, curator):
        check_weights(self.class_weight)
        self.classes_ = curator.classes(self._known_classes(), least=2)
        n_classes = len(self.classes_)
        n_outputs = 1 if n_classes == 2 else n_classes
        network = self._shape(curator.n_features, n_outputs, "classes")
        adversary = self._adversary()
        check_class_weight(self.class_weight, self.classes_)
        weigh = partial(class_weights, self.class_weight, self.classes_)
        if self._resume(curator):
            start = self._known_weights(network)
            n_rows = curator.count(share=COUNT_SHARE)
            look = replace(self._look_, n_rows=n_rows, mu=mu_of(curator))
        else:
            low, high = curator.bounds(self.bounds, share=_BOUNDS_SHARE)
            look = look_at_classes(curator, low, high, n_classes, weigh)
            start = self._first_weights(network)
            odds = np.log(look.prior)
            constants = network.matrices(start)[-1][:, -1]  # a view
            constants[:] = odds[1] - odds[0] if n_classes == 2 else odds - odds.mean()
        self._learn(curator, network, look, start, **self._moves(adversary, look.box))

    def _margins(self, X):
        """Margins with a column for each class."""
        check_is_fitted(self)
        X = checked_input(self, X, accept_sparse=True)
        outputs = self._outputs(X).astype(X.dtype, copy=False)
        if outputs.shape[1] > 1:
            return outputs
        return np.column_stack([np.zeros_like(outputs), outputs])

    def predict(self, X: TableLike) -> np.ndarray:
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

    def predict_proba(self, X: TableLike) -> np.ndarray:
        """Probability of each class.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
        """
        return probabilities(self._margins(X))

    def predict_log_proba(self, X: TableLike) -> np.ndarray:
        """Logarithm of the probability of each class.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
        """
        return log_probabilities(self._margins(X))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True  # noise dominates a few hundred rows
        return tags
