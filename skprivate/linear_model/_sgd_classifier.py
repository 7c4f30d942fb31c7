"""Linear classifiers of several losses, whose steps somebody may choose."""

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.metaestimators import available_if

from skprivate._sklearn import StrOptions
from skprivate._typing import BoundsLike, SeedLike, TableLike
from skprivate.base import DPContinuesMixin, DPEstimator, probabilities
from skprivate.linear_model._classifier import CONSTRAINTS as OF_CLASSIFIERS
from skprivate.linear_model._classifier import DescentClassifierMixin
from skprivate.linear_model._sgd import CONSTRAINTS, SGDMixin
from skprivate.linear_model._tasks import hinge_task, logistic_task
from skprivate.losses import Hinge, Logistic, OneVsRest, SquaredHinge
from skprivate.rows import UnitClip

_SMOOTHED = 0.5  # margins over which the corner of a hinge is rounded
# By name: the loss of two classes, and by how much scikit-learn's is larger.
_LOSSES = {
    "hinge": (Hinge(_SMOOTHED), 1 / _SMOOTHED),
    "log_loss": (Logistic(), 1.0),
    "modified_huber": (Hinge(2.0), 2.0),
    "squared_hinge": (SquaredHinge(), 2.0),
}


def _has_probabilities(model):
    """Whether the loss is one of probabilities."""
    return model.loss in ("log_loss", "modified_huber")


class DPSGDClassifier(SGDMixin, DPContinuesMixin, DescentClassifierMixin, DPEstimator):
    """Linear classifier by noisy gradient steps, under differential privacy.

    An eighth of the budget finds out where rows lie and how many there are of each
    class, a tenth how they are correlated. The rest pays for gradients. Unless you say
    otherwise, these are the few steps of :class:`DPLogisticRegression`, for any of the
    losses: there is nothing to tune. With ``max_iter``, ``learning_rate``, ``rate`` or
    ``average`` steps are plain ones, in the same units.

    **Guarantee.** All that depends on rows are the releases: counts of classes and
    moments, which tell where rows lie, and sums of gradients, each of which is cut to a
    norm that is public or follows from what was released before.

    Parameters
    ----------
    loss : {"hinge", "log_loss", "modified_huber", "squared_hinge"}, default="hinge"
        As in scikit-learn. The corner of the hinge is rounded over half a margin.
        Several classes are told one from all others, by one joint gradient that is
        clipped as a whole; ``"log_loss"`` is multinomial.
    penalty : {"l2", "l1", "elasticnet"} or None, default="l2"
        Squares, absolute values, or both, of coefficients of features as they are
        given. See :class:`DPLogisticRegression` for what noise does to the latter.
    alpha : float, default=0.0001
        Strength of the penalty, beside the mean loss.
    l1_ratio : float, default=0.15
        Part of absolute values in ``"elasticnet"``.
    fit_intercept : bool, default=True
        Whether there is a constant term, which is not penalized.
    max_iter : int, default=None
        Number of steps, each of which reads all rows, or a sample of them. None: by a
        rule in the noisy number of rows.
    learning_rate : float, tuple (float, float) or None, default=None
        Length of a step: a number up to one, the longest that cannot diverge. A pair
        ``(first, power)`` makes step number t ``first / t ** power``. None: by rule.
    rate : float, default=1.0
        Probability that a row is in a step. Below one a step is cheaper to compute, and
        no more accurate for the same budget; a tenth of ``delta`` is set aside.
    average : bool, default=True
        Whether the result is the mean of the last three tenths of all points, which
        have less noise than the last one.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features: numbers, or arrays of one number per feature.
        Values outside are moved to the nearest end. ``"private"`` pays 15% of the
        budget for a search.
    classes : array-like of shape (n_classes,), default=None
        Class labels. None reads them from ``y`` and reports that as assumed public.
    class_weight : dict, "balanced" or None, default=None
        Weight of each class in the loss, as in :class:`DPLogisticRegression`.
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
        Constant terms.
    n_iter_ : int
        Number of steps.
    privacy_ : PrivacyReport
        What was released, and at what price: by all fits behind ``coef_``.

    See Also
    --------
    DPLogisticRegression : The log loss, with a penalty by ``C``.
    sklearn.linear_model.SGDClassifier : The same without privacy.

    Notes
    -----
    Each call to ``partial_fit`` is a fit, at its own price, from where the last one
    ended. Losses without a bounded or squared slope (``"perceptron"``), early stopping
    and ``tol`` are not offered: whether a loss still falls is a question about rows.

    Examples
    --------
    >>> from sklearn.datasets import make_blobs
    >>> from skprivate.linear_model import DPSGDClassifier
    >>> X, y = make_blobs(2000, centers=2, random_state=0)
    >>> model = DPSGDClassifier(bounds=(-5, 10), classes=[0, 1]).fit(X, y)
    >>> model.score(X, y) > 0.9
    True
    """

    def __init__(
        self,
        loss: Literal["hinge", "log_loss", "modified_huber", "squared_hinge"] = "hinge",
        *,
        penalty: Literal["l2", "l1", "elasticnet"] | None = "l2",
        alpha: float = 0.0001,
        l1_ratio: float = 0.15,
        fit_intercept: bool = True,
        max_iter: int | None = None,
        learning_rate: float | tuple[float, float] | None = None,
        rate: float = 1.0,
        average: bool = True,
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
        self.loss = loss
        self.penalty = penalty
        self.alpha = alpha
        self.l1_ratio = l1_ratio
        self.fit_intercept = fit_intercept
        self.max_iter = max_iter
        self.learning_rate = learning_rate
        self.rate = rate
        self.average = average
        self.bounds = bounds
        self.classes = classes
        self.class_weight = class_weight
        self.warm_start = warm_start

    _parameter_constraints = {
        **{k: v for k, v in OF_CLASSIFIERS.items() if k not in ("C", "row_norm")},
        **CONSTRAINTS,
        "loss": [StrOptions(set(_LOSSES))],
    }

    def _asks_for_norms(self, curator):
        return False

    def _known_labels(self):
        return self._known_classes()

    def _start(self, curator):
        return self._known() if self._resume(curator) else None

    def _task(self, rows):
        loss = _LOSSES[self.loss][0]
        if self.loss == "log_loss":
            return logistic_task(rows)
        return hinge_task(rows, None if self.loss == "squared_hinge" else loss)

    def _softness(self, mean_weight, n_rows):
        strength = self._strength()
        scale = _LOSSES[self.loss][1] * mean_weight
        return scale / strength if strength > 0 else np.inf

    @available_if(_has_probabilities)
    def predict_proba(self, X: TableLike) -> np.ndarray:
        """Probability of each class, with the loss "log_loss" or "modified_huber".

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
        """
        if self.loss == "log_loss":
            return probabilities(self._margins(X))
        margins = self.decision_function(X)
        if margins.ndim == 2:
            return OneVsRest(margins.shape[1]).inverse_link(margins)
        second = Hinge(2.0).inverse_link(margins)
        return np.column_stack([1 - second, second])

    @available_if(_has_probabilities)
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
        with np.errstate(divide="ignore"):  # modified_huber is sure of some rows
            return np.log(self.predict_proba(X))
