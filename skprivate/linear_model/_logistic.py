"""Logistic regression by a few noisy gradients in a noisy Newton metric."""

from numbers import Real
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from skprivate._sklearn import Interval
from skprivate._typing import BoundsLike, SeedLike, TableLike
from skprivate.base import (
    DPContinuesMixin,
    DPEstimator,
    log_probabilities,
    probabilities,
)
from skprivate.linear_model._classifier import CONSTRAINTS, DescentClassifierMixin
from skprivate.linear_model._inference_links import LogisticInferenceMixin
from skprivate.linear_model._public import PublicCoef, PublicRows
from skprivate.linear_model._tasks import logistic_task
from skprivate.losses import Logistic
from skprivate.rows import UnitClip


class DPLogisticRegression(
    LogisticInferenceMixin, DPContinuesMixin, DescentClassifierMixin, DPEstimator
):
    """Logistic regression under differential privacy.

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
        much, a larger ``C``, or a scaler before, leaves its coefficient room. ``inf``
        is no penalty.
    l1_ratio : float, default=0.0
        Part of the penalty that is ``|coef| / C`` instead, which sets coefficients to
        zero: 1.0 is the lasso's, others between are elastic nets. It is then no smaller
        than what noise alone would let pass; see Notes.
    fit_intercept : bool, default=True
        Whether there is a constant term. Without one, zeros stay where they are, and
        features are not centered.
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
    class_weight : dict, "balanced" or None, default=None
        Weight of each class in the loss: public numbers by label, or ``"balanced"``,
        which makes up for noisy counts of the classes (as scikit-learn does for exact
        ones) up to a weight of 100. That is free: the counts are released anyway.
        Gradients of rows are weighted before they are clipped.
    warm_start : bool, default=False
        Whether ``fit`` starts from the coefficients of the last fit. Each fit has its
        price, and ``privacy_`` adds them up.
    adversarial : tuple (norm, radius), default=None
        Train for the worst rows within a radius of those given, in their units, by a
        norm of 2 or infinity: two classes, at most 1024 features. See Notes.
    public : PublicRows or PublicCoef, default=None
        What is no secret and known before: a start, free of charge, to which penalties
        and noise draw; rows also tell where rows lie. See :class:`PublicRows`.
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
        Constant terms, which are not penalized.
    privacy_ : PrivacyReport
        What was released, and at what price: by all fits behind ``coef_``.

    See Also
    --------
    sklearn.linear_model.LogisticRegression : The same without privacy.

    Notes
    -----
    ``epsilon=inf`` computes what scikit-learn does.

    With ``delta=0`` gradients are clipped in the 1-norm, and noise is Laplace's. That
    is several times as much, the more so the more features there are; so steps are
    fewer.

    A penalty of corners is met by proximal steps: each solves a small lasso in the
    metric of the Hessian, from numbers that were released. Noise in a gradient looks
    like a slope; a corner as large as the largest of so many noises keeps most of the
    features out that have no more than that. So with little budget models are sparser
    than without noise.

    Gradients are clipped per row [1]_, in coordinates that are standardized by noisy
    means and variances. With two classes, noisy second moments [2]_ give the Hessian of
    the loss of rows as if they were normal (Stein 1981 [3]_), so that five to twenty
    steps are enough; with more classes, an upper bound of it, and accelerated steps.

    With more than 1024 features, or with fewer than ``16 n_features / mu`` rows of an
    announced norm, nothing is asked but the number of rows of each class (and the norm
    that most rows have, if none was announced), gradients, and where to cut margins.
    With more than 1024 features, and ``delta > 0``, how much of all rows is in each of
    them is asked, too, so that what all rows share counts less.

    The number of steps follows the noisy number of rows, and so do the norms to which
    rows are clipped. So :meth:`plan`, made on no rows, announces the same kinds of
    releases, shares of the stages and total price as a fit, but not the same steps.

    With ``adversarial=(norm, radius)`` the loss of a row is that of the worst row
    within the radius, which for a linear margin has a closed form: the margin loses the
    radius times the dual norm of ``coef_``. It costs no more budget. Behind a scaler,
    the radius is in its units. Against the infinity norm, coefficients that are almost
    zero count less.

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

    def __init__(
        self,
        C: float = 1.0,
        *,
        l1_ratio: float = 0.0,
        fit_intercept: bool = True,
        bounds: BoundsLike | Literal["private"] = "private",
        row_norm: float | None = None,
        classes: ArrayLike | None = None,
        class_weight: dict[Any, Any] | Literal["balanced"] | None = None,
        warm_start: bool = False,
        adversarial: tuple[Any, Any] | None = None,
        public: PublicRows | PublicCoef | None = None,
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
        self.C = C
        self.l1_ratio = l1_ratio
        self.fit_intercept = fit_intercept
        self.bounds = bounds
        self.row_norm = row_norm
        self.classes = classes
        self.class_weight = class_weight
        self.adversarial = adversarial
        self.public = public
        self.warm_start = warm_start

    _parameter_constraints = {
        **CONSTRAINTS,
        "l1_ratio": [Interval(Real, 0, 1, closed="both")],
        "warm_start": ["boolean"],
    }
    _loss = Logistic()
    _scale_of_loss = 1.0

    def _part_of_corners(self):
        return float(self.l1_ratio)

    def _known_labels(self):
        return self._known_classes()

    def _start(self, curator):
        if self._resume(curator):
            return np.column_stack([self.coef_, self.intercept_])
        return None

    def _task(self, rows):
        return logistic_task(rows)

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
