"""A private regressor of what private regressors say, with one budget."""

from collections.abc import Sequence
from typing import Any, Literal, Self

from numpy.typing import ArrayLike
from sklearn.ensemble import StackingRegressor

from skprivate._typing import BoundsLike, Estimator, TableLike
from skprivate.ensemble._stack import declared_ends
from skprivate.ensemble._stacks import DPStacking
from skprivate.linear_model import DPRidgeCV


class DPStackingRegressor(DPStacking, StackingRegressor):
    """A private regressor of what private regressors say, with one budget.

    **Guarantee.** A fit is within ``(epsilon, delta)``, on add or remove one unit. All
    models see all rows; the last one sees, for each row, what the released models say
    about it, which is a function of that row and of releases. So a unit more is a unit
    more for the last model, too, which is private whatever the others have released:
    an adaptive composition, whose price is the root of the sum of ``mu ** 2`` (Dong,
    Roth and Su 2022, Corollary 3.3), or with ``delta=0`` the sum of ``epsilon``.

    Parameters
    ----------
    estimators : list of tuple (name, estimator)
        Regressors of skprivate, or pipelines from ``make_dp_pipeline``, which leave
        their own ``epsilon`` and ``delta`` at the defaults; or ``"drop"``.
    final_estimator : estimator, default=None
        Regressor of skprivate that learns from what they say; None is
        :class:`~skprivate.linear_model.DPRidgeCV`, with the ``target_bounds`` that the
        first model declares.
    n_jobs : int, default=None
        Number of workers that fit.
    passthrough : bool, default=False
        Whether the last model sees the features, too.
    verbose : int, default=0
        Whether to print the time that each fit takes.
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
        What each model is asked for: all predict.
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
    DPVotingRegressor : Trusts all models as much, and spends nothing on that.
    DPStackingClassifier : Of classes; its notes say why there is no ``cv``.
    sklearn.ensemble.StackingRegressor : The same without privacy.

    Notes
    -----
    Where all models declare their ``target_bounds``, predictions lie there, as far as
    the last model is concerned: it moves others to the nearest end. Else it pays for a
    search for their range.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.ensemble import DPStackingRegressor
    >>> from skprivate.linear_model import DPHuberRegressor, DPRidge
    >>> X = np.random.default_rng(0).uniform(-1, 1, (4000, 2))
    >>> ends = {"target_bounds": (-2, 2)}
    >>> models = [("ridge", DPRidge(**ends)), ("huber", DPHuberRegressor(**ends))]
    >>> stack = DPStackingRegressor(models, bounds=(-1, 1), epsilon=2.0)
    >>> stack.fit(X, X[:, 0] - X[:, 1]).score(X, X[:, 0] - X[:, 1]) > 0.9
    True
    """

    def __init__(
        self,
        estimators: Sequence[tuple[str, Estimator]],
        final_estimator: Estimator = None,
        *,
        n_jobs: int | None = None,
        passthrough: bool = False,
        verbose: int = 0,
        bounds: BoundsLike | Literal["private"] = "private",
        epsilon: float = 1.0,
        delta: float = 1e-6,
        budget_weights: dict[Any, Any] | Sequence[Any] | None = None,
    ) -> None:
        self.estimators = estimators
        self.final_estimator = final_estimator
        self.n_jobs = n_jobs
        self.passthrough = passthrough
        self.verbose = verbose
        self.bounds = bounds
        self.epsilon = epsilon
        self.delta = delta
        self.budget_weights = budget_weights

    def _default(self, **units):
        """The last model, where none is given."""
        ends = (declared_ends(model) for _, model in self.estimators)
        known = next((pair for pair in ends if pair is not None), "private")
        return DPRidgeCV(target_bounds=known, **units)

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
            The target, where a source does not hold it.
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
            The fitted regressor.
        """
        return self._fit_all(X, y, sample_weight, groups, params)
