"""Linear support vector classification by a few noisy gradients."""

from skprivate.base import DPEstimator
from skprivate.linear_model._classifier import CONSTRAINTS, DescentClassifierMixin
from skprivate.linear_model._tasks import hinge_task
from skprivate.losses import SquaredHinge


class DPLinearSVC(DescentClassifierMixin, DPEstimator):
    """Linear support vector machine of two classes, under differential privacy.

    The squared hinge loss, by the descent of :class:`DPLogisticRegression`: there is
    nothing to tune.

    **Guarantee.** All that depends on rows are the releases: counts of classes and
    moments, which tell where rows lie, and sums of gradients, each of which is cut to a
    norm that is public or follows from what was released before.

    Parameters
    ----------
    C : float, default=1.0
        Strength of the loss, beside the penalty ``||coef||**2 / 2``, as in
        scikit-learn: of features as they are given.
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
        Weight of each class in the loss, as in :class:`DPLogisticRegression`.
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
    classes_ : ndarray of shape (2,)
        Class labels.
    coef_ : ndarray of shape (1, n_features)
        Weights of the features.
    intercept_ : ndarray of shape (1,)
        Constant term, which is not penalized.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    DPLogisticRegression : Has probabilities, and takes more than two classes.
    sklearn.svm.LinearSVC : The same without privacy; it penalizes the intercept, too.

    Notes
    -----
    ``delta`` must be positive. More than two classes are refused.

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
        C=1.0,
        *,
        bounds="private",
        row_norm=None,
        classes=None,
        class_weight=None,
        adversarial=None,
        public=None,
        epsilon=1.0,
        delta=1e-6,
        max_weight=1.0,
        max_rows_per_group=1,
        random_state=None,
    ):
        super().__init__(
            epsilon=epsilon,
            delta=delta,
            max_weight=max_weight,
            max_rows_per_group=max_rows_per_group,
            random_state=random_state,
        )
        self.C = C
        self.bounds = bounds
        self.row_norm = row_norm
        self.classes = classes
        self.class_weight = class_weight
        self.adversarial = adversarial
        self.public = public

    _parameter_constraints = CONSTRAINTS
    _loss = SquaredHinge()
    _scale_of_loss = 2.0  # scikit-learn's is not halved

    def _check_classes(self):
        if len(self.classes_) > 2:
            raise ValueError(
                "Only binary classification is supported, and there are more than two "
                "classes. Use DPLogisticRegression."
            )

    def _task(self, rows):
        return hinge_task(rows)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags
