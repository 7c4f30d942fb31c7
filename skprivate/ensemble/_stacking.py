"""A private classifier of what private classifiers say, with one budget."""

from collections.abc import Sequence
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.ensemble import StackingClassifier
from sklearn.utils.metaestimators import available_if

from skprivate._typing import BoundsLike, Estimator, TableLike
from skprivate.base import DPClassifierMixin
from skprivate.ensemble._stacks import DPStacking
from skprivate.linear_model import DPLogisticRegression

_METHODS = ("predict_proba", "decision_function", "predict")


def _last_has(method):
    """Whether the last model, fitted or not, has a method."""

    def check(whole):
        last = getattr(whole, "final_estimator_", None)
        return hasattr(whole._last() if last is None else last, method)

    return check


class DPStackingClassifier(DPStacking, DPClassifierMixin, StackingClassifier):
    """A private classifier of what private classifiers say, with one budget.

    **Guarantee.** A fit is within ``(epsilon, delta)``, on add or remove one unit. All
    models see all rows; the last one sees, for each row, what the released models say
    about it, which is a function of that row and of releases. So a unit more is a unit
    more for the last model, too, which is private whatever the others have released:
    an adaptive composition, whose price is the root of the sum of ``mu ** 2`` (Dong,
    Roth and Su 2022, Corollary 3.3), or with ``delta=0`` the sum of ``epsilon``.

    Parameters
    ----------
    estimators : list of tuple (name, estimator)
        Classifiers of skprivate, or pipelines from ``make_dp_pipeline``, which leave
        their own ``epsilon`` and ``delta`` at the defaults; or ``"drop"``.
    final_estimator : estimator, default=None
        Classifier of skprivate that learns from what they say; None is
        :class:`~skprivate.linear_model.DPLogisticRegression`.
    stack_method : {"auto", "predict_proba", "decision_function", "predict"}, \
            default="auto"
        What the models are asked for; ``"auto"`` is the first that a model has.
    n_jobs : int, default=None
        Number of workers that fit.
    passthrough : bool, default=False
        Whether the last model sees the features, too.
    verbose : int, default=0
        Whether to print the time that each fit takes.
    classes : array-like of shape (n_classes,), default=None
        Class labels. None takes those that a model was told; or it reads them from
        ``y``, and reports that as assumed public.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features, for all models that ask for one.
    epsilon : float, default=1.0
        Budget of one ``fit`` of the whole. ``inf`` means no noise, and no privacy.
    delta : float, default=1e-6
        Budget of one ``fit`` of the whole. Zero asks for pure differential privacy.
    budget_weights : dict or sequence, default=None
        How the budget is shared out: numbers by name, of which one may be
        ``"final_estimator"``, or one for each, the last for that. None: equally.

    Attributes
    ----------
    estimators_ : list of estimator
        The fitted models, without those that are dropped.
    named_estimators_ : Bunch
        The same by name.
    final_estimator_ : estimator
        The fitted last model.
    stack_method_ : list of str
        What each model is asked for.
    classes_ : ndarray of shape (n_classes,)
        Class labels.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the features, if they have names.
    output_bounds_ : tuple (low, high) of ndarray
        Range of ``transform``, if it is known.
    privacy_ : PrivacyReport
        All releases, with their shares of the whole.

    See Also
    --------
    DPVotingClassifier : Trusts all models as much, and spends nothing on that.
    sklearn.ensemble.StackingClassifier : The same without privacy.

    Notes
    -----
    There is no ``cv``. Without privacy the last model must see what models say about
    rows that they were not fitted to, or it trusts those most that know their rows by
    heart. A private model knows no row by heart: what it says of a row is nearly the
    same without it. Folds would be a fit of each model for each of them, of which each
    unit is in all but one, and the noise of every one would be so much the larger.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.ensemble import DPStackingClassifier
    >>> from skprivate.linear_model import DPLogisticRegression
    >>> from skprivate.naive_bayes import DPGaussianNB
    >>> X = np.random.default_rng(0).uniform(-1, 1, (4000, 2))
    >>> y = (X[:, 0] > X[:, 1]).astype(int)
    >>> models = [("linear", DPLogisticRegression()), ("bayes", DPGaussianNB())]
    >>> stack = DPStackingClassifier(
    ...     models, classes=[0, 1], bounds=(-1, 1), epsilon=2.0
    ... )
    >>> stack.fit(X, y).score(X, y) > 0.9
    True
    """

    def __init__(
        self,
        estimators: Sequence[tuple[str, Estimator]],
        final_estimator: Estimator = None,
        *,
        stack_method: Literal[
            "auto", "predict_proba", "decision_function", "predict"
        ] = "auto",
        n_jobs: int | None = None,
        passthrough: bool = False,
        verbose: int = 0,
        classes: ArrayLike | None = None,
        bounds: BoundsLike | Literal["private"] = "private",
        epsilon: float = 1.0,
        delta: float = 1e-6,
        budget_weights: dict[Any, Any] | Sequence[Any] | None = None,
    ) -> None:
        self.estimators = estimators
        self.final_estimator = final_estimator
        self.stack_method = stack_method
        self.n_jobs = n_jobs
        self.passthrough = passthrough
        self.verbose = verbose
        self.classes = classes
        self.bounds = bounds
        self.epsilon = epsilon
        self.delta = delta
        self.budget_weights = budget_weights

    def fit(
        self,
        X: TableLike,
        y: ArrayLike | None = None,
        *,
        sample_weight: ArrayLike | None = None,
        groups: ArrayLike | None = None,
        **params: Any,
    ) -> Self:
        """Fit all models, and then the last one to what they say.

        Parameters
        ----------
        X : array-like, data frame, sparse matrix or Rows
            The rows, or a source that can reach them.
        y : array-like of shape (n_samples,), default=None
            Their classes, where a source does not hold them.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, for all models that take some; or, with metadata routing, for those
            that request them.
        groups : array-like of shape (n_samples,), default=None
            Rows with equal values belong to one privacy unit, for all models.
        **params : dict
            Routed metadata.

        Returns
        -------
        self : object
            The fitted classifier.
        """
        return self._fit_all(X, y, sample_weight, groups, params)

    _default = DPLogisticRegression

    @property
    def _methods(self):
        return _METHODS if self.stack_method == "auto" else (self.stack_method,)

    def _check_structure(self):
        if self.stack_method != "auto" and self.stack_method not in _METHODS:
            raise ValueError(
                f"stack_method must be 'auto', {', '.join(map(repr, _METHODS))}. Use "
                "one of them."
            )
        super()._check_structure()

    @available_if(_last_has("predict_proba"))
    def predict_proba(self, X: TableLike) -> np.ndarray:
        """Probabilities of the classes, of the last model.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
        """
        return self._said("predict_proba", X)

    @available_if(_last_has("decision_function"))
    def decision_function(self, X: TableLike) -> np.ndarray:
        """Margins of the last model.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_classes)
        """
        return self._said("decision_function", X)
