"""Private models that vote, with one budget."""

from collections.abc import Sequence
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.ensemble import VotingClassifier, VotingRegressor
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from skprivate._typing import BoundsLike, Estimator, TableLike
from skprivate.base import DPClassifierMixin, Geometry
from skprivate.base._tiles import responses
from skprivate.ensemble._side_by_side import DPSideBySide
from skprivate.rows._labels import encode

_WEIGHTS = (
    "Number of `estimators` and weights must be equal, and weights at least zero, not "
    "all of them zero. Give one for each model, or None."
)


class DPVoting(DPSideBySide):
    """What voting has in common: weights of the votes."""

    def _check_structure(self):
        super()._check_structure()
        if self.weights is None:
            return
        weights = np.asarray(self.weights, dtype=np.float64)
        fits = weights.shape == (len(self.estimators),)
        if not fits or not (weights >= 0).all() or not 0 < weights.sum() < np.inf:
            raise ValueError(_WEIGHTS)
        if not self._votes().sum():
            raise ValueError(_WEIGHTS)

    def _votes(self):
        """Weight of the vote of each model that is not dropped."""
        there = [model != "drop" for _, model in self.estimators]
        given = np.ones(len(there)) if self.weights is None else self.weights
        return np.asarray(given, dtype=np.float64)[there]

    def _mean(self, said):
        """Weighted mean of what the models say, each row by itself."""
        total = sum(vote * one for vote, one in zip(self._votes(), said, strict=True))
        return total / self._votes().sum()


class DPVotingClassifier(DPVoting, DPClassifierMixin, VotingClassifier):
    """Private classifiers that vote, with one budget.

    **Guarantee.** A fit is within ``(epsilon, delta)``, on add or remove one unit: all
    models see the same rows, so their prices add up, in ``mu ** 2``; how they vote
    follows from the models and from parameters.

    Parameters
    ----------
    estimators : list of tuple (name, estimator)
        Classifiers of skprivate, or pipelines from ``make_dp_pipeline``, which leave
        their own ``epsilon`` and ``delta`` at the defaults; or ``"drop"``.
    voting : {"hard", "soft"}, default="hard"
        Whether each model has one vote, or their probabilities are averaged.
    weights : array-like of shape (n_estimators,), default=None
        Of the votes. They are public, and no shares of the budget.
    n_jobs : int, default=None
        Number of workers that fit.
    flatten_transform : bool, default=True
        Shape of ``transform`` where probabilities are averaged.
    verbose : bool, default=False
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
        How the budget is shared out: numbers by name, or one for each. None: equally.

    Attributes
    ----------
    estimators_ : list of estimator
        The fitted models, without those that are dropped.
    named_estimators_ : Bunch
        The same by name.
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
    DPStackingClassifier : Learns how much to trust each model.
    sklearn.ensemble.VotingClassifier : The same without privacy.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.ensemble import DPVotingClassifier
    >>> from skprivate.linear_model import DPLogisticRegression
    >>> from skprivate.naive_bayes import DPGaussianNB
    >>> X = np.random.default_rng(0).uniform(-1, 1, (4000, 2))
    >>> y = (X[:, 0] > X[:, 1]).astype(int)
    >>> models = [("linear", DPLogisticRegression()), ("bayes", DPGaussianNB())]
    >>> both = DPVotingClassifier(
    ...     models, voting="soft", classes=[0, 1], bounds=(-1, 1), epsilon=2.0
    ... )
    >>> both.fit(X, y).score(X, y) > 0.9
    True
    """

    def __init__(
        self,
        estimators: Sequence[tuple[str, Estimator]],
        *,
        voting: Literal["hard", "soft"] = "hard",
        weights: ArrayLike | None = None,
        n_jobs: int | None = None,
        flatten_transform: bool = True,
        verbose: bool = False,
        classes: ArrayLike | None = None,
        bounds: BoundsLike | Literal["private"] = "private",
        epsilon: float = 1.0,
        delta: float = 1e-6,
        budget_weights: dict[Any, Any] | Sequence[Any] | None = None,
    ) -> None:
        self.estimators = estimators
        self.voting = voting
        self.weights = weights
        self.n_jobs = n_jobs
        self.flatten_transform = flatten_transform
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
        """Fit all models to the same rows.

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

    def _check_structure(self):
        super()._check_structure()
        if self.voting not in ("hard", "soft"):
            raise ValueError("voting must be 'hard' or 'soft'. Use one of them.")
        for name, model in self.estimators:
            silent = self.voting == "soft" and not hasattr(model, "predict_proba")
            if silent and model != "drop":
                raise ValueError(
                    f"{name!r} has no predict_proba, which voting='soft' averages. Use "
                    "voting='hard', or drop it."
                )

    def _keep(self, children):
        super()._keep(children)
        if self.voting == "soft" and self.flatten_transform:
            width = len(self.estimators_) * len(self.classes_)
            self.output_geometry_ = Geometry((np.zeros(width), np.ones(width)))

    def _predict(self, X):
        """Code of the class that each model predicts, a column each."""
        said = [responses(model, "predict", X) for model in self.estimators_]
        return np.column_stack([encode(one, self.classes_) for one in said])

    def _collect_probas(self, X):
        """Probabilities that each model gives."""
        said = [responses(model, "predict_proba", X) for model in self.estimators_]
        return np.asarray(said)

    def predict(self, X: TableLike) -> np.ndarray:
        """Predicted classes of rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        check_is_fitted(self)
        if self.voting == "soft":
            said = self._collect_probas(X)
        else:
            votes = self._predict(X).T[:, :, np.newaxis]
            said = votes == np.arange(len(self.classes_))
        return self.classes_[self._mean(said).argmax(axis=1)]

    @available_if(lambda whole: whole.voting == "soft")
    def predict_proba(self, X: TableLike) -> np.ndarray:
        """Probabilities of the classes: the mean of those of all models.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
        """
        check_is_fitted(self)
        return self._mean(self._collect_probas(X))


class DPVotingRegressor(DPVoting, VotingRegressor):
    """Mean of what private regressors predict, with one budget.

    **Guarantee.** A fit is within ``(epsilon, delta)``, on add or remove one unit: all
    models see the same rows, so their prices add up, in ``mu ** 2``; the mean follows
    from the models and from parameters.

    Parameters
    ----------
    estimators : list of tuple (name, estimator)
        Regressors of skprivate, or pipelines from ``make_dp_pipeline``, which leave
        their own ``epsilon`` and ``delta`` at the defaults; or ``"drop"``.
    weights : array-like of shape (n_estimators,), default=None
        Of the mean. They are public, and no shares of the budget.
    n_jobs : int, default=None
        Number of workers that fit.
    verbose : bool, default=False
        Whether to print the time that each fit takes.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the features, for all models that ask for one.
    epsilon : float, default=1.0
        Budget of one ``fit`` of the whole. ``inf`` means no noise, and no privacy.
    delta : float, default=1e-6
        Budget of one ``fit`` of the whole. Zero asks for pure differential privacy.
    budget_weights : dict or sequence, default=None
        How the budget is shared out: numbers by name, or one for each. None: equally.

    Attributes
    ----------
    estimators_ : list of estimator
        The fitted models, without those that are dropped.
    named_estimators_ : Bunch
        The same by name.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the features, if they have names.
    privacy_ : PrivacyReport
        All releases, with their shares of the whole.

    See Also
    --------
    sklearn.ensemble.VotingRegressor : The same without privacy.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.ensemble import DPVotingRegressor
    >>> from skprivate.linear_model import DPHuberRegressor, DPRidge
    >>> X = np.random.default_rng(0).uniform(-1, 1, (4000, 2))
    >>> ends = {"target_bounds": (-2, 2)}
    >>> models = [("ridge", DPRidge(**ends)), ("huber", DPHuberRegressor(**ends))]
    >>> both = DPVotingRegressor(models, bounds=(-1, 1), epsilon=2.0)
    >>> both.fit(X, X[:, 0] - X[:, 1]).score(X, X[:, 0] - X[:, 1]) > 0.9
    True
    """

    def __init__(
        self,
        estimators: Sequence[tuple[str, Estimator]],
        *,
        weights: ArrayLike | None = None,
        n_jobs: int | None = None,
        verbose: bool = False,
        bounds: BoundsLike | Literal["private"] = "private",
        epsilon: float = 1.0,
        delta: float = 1e-6,
        budget_weights: dict[Any, Any] | Sequence[Any] | None = None,
    ) -> None:
        self.estimators = estimators
        self.weights = weights
        self.n_jobs = n_jobs
        self.verbose = verbose
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
        """Fit all models to the same rows.

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

    def _predict(self, X):
        """What each model predicts, a column each."""
        said = [responses(model, "predict", X) for model in self.estimators_]
        return np.column_stack(said)

    def predict(self, X: TableLike) -> np.ndarray:
        """Weighted mean of what the models predict.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        check_is_fitted(self)
        return self._mean(self._predict(X).T)
