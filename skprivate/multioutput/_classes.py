"""Private classification of several labels, each by a model of its own."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import ClassifierMixin
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from skprivate._typing import Estimator, SeedLike, TableLike
from skprivate.base._tiles import responses
from skprivate.multioutput._targets import DPMultiOutput
from skprivate.rows import refused
from skprivate.rows._labels import sorted_classes
from skprivate.rows._target import checked_target
from skprivate.rows._target_columns import columns_of, n_columns

_CLASSES = (
    "classes must list the labels of each output: one list for each column of y. Give "
    "None where the estimator knows them, or where they may be read from y."
)


def _models_have(method):
    """Whether all models, fitted or not, have a method."""

    def check(whole):
        models = getattr(whole, "estimators_", [whole.estimator])
        return all(hasattr(model, method) for model in models)

    return check


class DPMultiOutputClassifier(ClassifierMixin, DPMultiOutput):
    """A private classifier for each column of the target, with one budget.

    **Guarantee.** A fit is within ``(epsilon, delta)``, on add or remove one unit. Each
    model sees all rows with one column of their targets, and has an equal part of the
    budget in ``mu ** 2``; that of ``k`` models is spent ``k`` times, adaptively, which
    adds up to the whole (Dong, Roth and Su 2022, Corollary 3.3).

    Parameters
    ----------
    estimator : estimator
        Private classifier with ``epsilon`` and ``delta``, which are set here; a
        pipeline from ``make_dp_pipeline`` is one.
    classes : list of array-like, default=None
        The labels of each output. None takes those that the estimator was told, the
        same for all outputs; or it reads them from ``y``, and reports that as assumed
        public.
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
    classes_ : list of ndarray
        Class labels of each output.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the features, if they have names.
    privacy_ : PrivacyReport
        All releases, with their shares of the whole.

    See Also
    --------
    skprivate.multiclass.DPOneVsRestClassifier : Several labels that a row may have.
    sklearn.multioutput.MultiOutputClassifier : The same without privacy.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.linear_model import DPLogisticRegression
    >>> from skprivate.multioutput import DPMultiOutputClassifier
    >>> X = np.random.default_rng(0).uniform(-1, 1, (2000, 3))
    >>> Y = np.c_[X[:, 0] > 0, X[:, 1] > X[:, 2]].astype(int)
    >>> one = DPLogisticRegression(bounds=(-1, 1), classes=[0, 1])
    >>> model = DPMultiOutputClassifier(one, epsilon=2.0).fit(X, Y)
    >>> model.predict(X).shape, round(model.privacy_.epsilon(), 6)
    ((2000, 2), 2.0)
    """

    def __init__(
        self,
        estimator: Estimator,
        *,
        classes: Sequence[ArrayLike] | None = None,
        n_jobs: int | None = None,
        epsilon: float = 1.0,
        delta: float = 1e-6,
        random_state: SeedLike = None,
    ) -> None:
        self.estimator = estimator
        self.classes = classes
        self.n_jobs = n_jobs
        self.epsilon = epsilon
        self.delta = delta
        self.random_state = random_state

    def _check(self):
        super()._check()
        listed = self.classes is None or isinstance(self.classes, (list, tuple))
        if not listed or any(np.ndim(one) != 1 for one in self.classes or ()):
            raise ValueError(_CLASSES)

    def _check_number(self, number):
        super()._check_number(number)
        if self.classes is not None and len(self.classes) != number:
            raise refused(ValueError, _CLASSES)

    def _classes_of(self, number):
        return None if self.classes is None else sorted_classes(self.classes[number])

    def _keep(self, outputs, models):
        parts = super()._keep(outputs, models)
        self.classes_ = [model.classes_ for model in models]
        return parts

    def predict(self, X: TableLike) -> np.ndarray:
        """Predicted classes of rows.

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

    @available_if(_models_have("predict_proba"))
    def predict_proba(self, X: TableLike) -> list[np.ndarray]:
        """Probabilities of the classes of each output.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        list of ndarray of shape (n_samples, n_classes)
            One for each output.
        """
        check_is_fitted(self)
        return [responses(model, "predict_proba", X) for model in self.estimators_]

    def score(self, X: TableLike, y: ArrayLike) -> float:
        """Exact share of rows of which all outputs are right: for public rows only.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.
        y : array-like of shape (n_samples, n_outputs)
            Their labels.

        Returns
        -------
        float
        """
        check_is_fitted(self)
        if n_columns(y) != len(self.estimators_):
            raise refused(
                ValueError,
                "y has another number of outputs than that of fit. Give one column for "
                "each.",
            )
        said = self.predict(X)
        columns = [checked_target(column, "class") for column in columns_of(y)]
        return float(np.mean(np.all(np.column_stack(columns) == said, axis=1)))
