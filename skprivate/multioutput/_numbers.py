"""Private regression of several numbers, each by a model of its own."""

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils.validation import check_is_fitted

from skprivate._typing import Estimator, SeedLike, TableLike
from skprivate.base._tiles import responses
from skprivate.multioutput._targets import DPMultiOutput


class DPMultiOutputRegressor(RegressorMixin, DPMultiOutput):
    """A private regressor for each column of the target, with one budget.

    **Guarantee.** A fit is within ``(epsilon, delta)``, on add or remove one unit. Each
    model sees all rows with one column of their targets, and has an equal part of the
    budget in ``mu ** 2``; that of ``k`` models is spent ``k`` times, adaptively, which
    adds up to the whole (Dong, Roth and Su 2022, Corollary 3.3).

    Parameters
    ----------
    estimator : estimator
        Private regressor with ``epsilon`` and ``delta``, which are set here; a pipeline
        from ``make_dp_pipeline`` is one.
    n_jobs : int, default=None
        Number of workers that fit.
    epsilon : float, default=1.0
        Budget of a fit of the whole.
    delta : float, default=1e-6
        Budget of a fit of the whole. Zero asks for pure differential privacy.
    random_state : int, RandomState instance or None, default=None
        A seed makes a fit repeatable, and not private.

    Attributes
    ----------
    estimators_ : list of estimator
        The fitted models, one for each output.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the features, if they have names.
    privacy_ : PrivacyReport
        All releases, with their shares of the whole.

    See Also
    --------
    sklearn.multioutput.MultiOutputRegressor : The same without privacy.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.linear_model import DPHuberRegressor
    >>> from skprivate.multioutput import DPMultiOutputRegressor
    >>> X = np.random.default_rng(0).uniform(-1, 1, (2000, 3))
    >>> Y = np.c_[X[:, 0], X[:, 1] - X[:, 2]]
    >>> one = DPHuberRegressor(bounds=(-1, 1), target_bounds=(-2, 2))
    >>> model = DPMultiOutputRegressor(one, epsilon=2.0).fit(X, Y)
    >>> model.predict(X).shape, round(model.privacy_.epsilon(), 6)
    ((2000, 2), 2.0)
    """

    _kind = "regressor"

    def __init__(
        self,
        estimator: Estimator,
        *,
        n_jobs: int | None = None,
        epsilon: float = 1.0,
        delta: float = 1e-6,
        random_state: SeedLike = None,
    ) -> None:
        self.estimator = estimator
        self.n_jobs = n_jobs
        self.epsilon = epsilon
        self.delta = delta
        self.random_state = random_state

    def predict(self, X: TableLike) -> np.ndarray:
        """Predicted numbers of rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_outputs)
        """
        check_is_fitted(self)
        said = [responses(model, "predict", X) for model in self.estimators_]
        return np.asarray(said).T
