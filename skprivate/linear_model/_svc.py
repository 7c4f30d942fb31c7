"""Linear support vector classification by a few noisy gradients."""

from typing import Any, Literal

from numpy.typing import ArrayLike

from skprivate._typing import BoundsLike, SeedLike
from skprivate.base import DPEstimator
from skprivate.linear_model._classifier import CONSTRAINTS, DescentClassifierMixin
from skprivate.linear_model._public import PublicCoef, PublicRows
from skprivate.linear_model._tasks import hinge_task
from skprivate.losses import OneVsRest, SquaredHinge
from skprivate.rows import UnitClip


class DPLinearSVC(DescentClassifierMixin, DPEstimator):
    """Linear support vector machine, under differential privacy.

    The squared hinge loss, by the descent of :class:`DPLogisticRegression`: there is
    nothing to tune. Several classes are told one from all others, by one joint gradient
    of all margins, which is clipped as a whole.

    **Guarantee.** All that depends on rows are the releases: counts of classes and
    moments, which tell where rows lie, and sums of gradients, each of which is cut to a
    norm that is public or follows from what was released before.

    Parameters
    ----------
    C : float, default=1.0
        Strength of the loss, beside the penalty ``||coef||**2 / 2``, as in
        scikit-learn: of features as they are given.
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
        accuracy, not privacy. See Notes of :class:`DPLogisticRegression`.
    classes : array-like of shape (n_classes,), default=None
        Class labels. None reads them from ``y`` and reports that as assumed public.
    class_weight : dict, "balanced" or None, default=None
        Weight of the rows of each class in the loss, as in
        :class:`DPLogisticRegression`: in all of its margins.
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
        What was released, and at what price.

    See Also
    --------
    DPLogisticRegression : Has probabilities.
    sklearn.svm.LinearSVC : The same without privacy; it penalizes the intercept, too.

    Notes
    -----
    Under privacy no row is a support vector: each adds a gradient, if it is on the
    wrong side of its margin, and nothing of it is kept.

    With ``adversarial=(norm, radius)`` the loss of a row is that of the worst row
    within the radius, which for a linear margin has a closed form: the margin loses the
    radius times the dual norm of ``coef_``. It costs no more budget. Behind a scaler,
    the radius is in its units. Against the infinity norm, coefficients that are almost
    zero count less.

    Examples
    --------
    >>> from sklearn.datasets import make_blobs
    >>> from skprivate.linear_model import DPLinearSVC
    >>> X, y = make_blobs(2000, centers=2, random_state=0)
    >>> model = DPLinearSVC(bounds=(-5, 10), classes=[0, 1]).fit(X, y)
    >>> model.score(X, y) > 0.9
    True
    """

    def __init__(
        self,
        C: float = 1.0,
        *,
        fit_intercept: bool = True,
        bounds: BoundsLike | Literal["private"] = "private",
        row_norm: float | None = None,
        classes: ArrayLike | None = None,
        class_weight: dict[Any, Any] | Literal["balanced"] | None = None,
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
        self.fit_intercept = fit_intercept
        self.bounds = bounds
        self.row_norm = row_norm
        self.classes = classes
        self.class_weight = class_weight
        self.adversarial = adversarial
        self.public = public

    _typed_as_rows = ()  # as its namesake, which is in double precision throughout
    _parameter_constraints = CONSTRAINTS
    _loss = SquaredHinge()
    _scale_of_loss = 2.0  # scikit-learn's is not halved

    def _task(self, rows):
        return hinge_task(rows)

    def _loss_of_many(self, n_classes):
        return OneVsRest(n_classes)
