"""Private classification into several classes, each against the rest."""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from skprivate._typing import Estimator, SeedLike, TableLike
from skprivate.base import DPClassifierMixin
from skprivate.base._rehearsal import refuse_other_kind
from skprivate.base._tiles import responses
from skprivate.composition._rules._leaves import CLASSES_FROM_Y
from skprivate.model_selection._classes import READ
from skprivate.multiclass._labels import OneAgainstRest, codes_of, labels_of
from skprivate.multioutput._classes import _models_have
from skprivate.multioutput._per_output import DPPerOutput, Output
from skprivate.pipeline._labels import place_of_classes
from skprivate.rows import DaskRows, Rows, refused
from skprivate.rows._emptied import emptied_column
from skprivate.rows._kinds import is_dask
from skprivate.rows._labels import encode, sorted_classes
from skprivate.rows._target import checked_target
from skprivate.rows._target_columns import columns_of, n_columns
from skprivate.rows._untyped import exact_array

_TWO = (0, 1)


class DPOneVsRestClassifier(DPClassifierMixin, DPPerOutput):
    """A private classifier of two classes for each class, with one budget.

    **Guarantee.** A fit is within ``(epsilon, delta)``, on add or remove one unit. Each
    model sees all rows, with a target that says of each row, by its own label, whether
    it is of one class. It has an equal part of the budget in ``mu ** 2``; that of ``k``
    models is spent ``k`` times, adaptively, which adds up to the whole (Dong, Roth and
    Su 2022, Corollary 3.3). Of two classes there is one model.

    Parameters
    ----------
    estimator : estimator
        Private classifier of two classes with ``epsilon`` and ``delta``, which are set
        here; a pipeline from ``make_dp_pipeline`` is one. It is told that its classes
        are 0 and 1.
    classes : array-like of shape (n_classes,), default=None
        Class labels. None reads them from ``y``, and reports that as assumed public.
        Where ``y`` has a column for each label, there is nothing to read, and these
        are the names of the columns, in order.
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
        The fitted models, one for each class; one if there are two classes.
    classes_ : ndarray of shape (n_classes,)
        Class labels.
    n_classes_ : int
        Number of classes.
    multilabel_ : bool
        Whether a row may have several labels.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the features, if they have names.
    privacy_ : PrivacyReport
        All releases, with their shares of the whole.

    See Also
    --------
    skprivate.multioutput.DPMultiOutputClassifier : Outputs of several classes each.
    sklearn.multiclass.OneVsRestClassifier : The same without privacy.

    Notes
    -----
    A classifier that takes several classes itself, as
    :class:`~skprivate.linear_model.DPLogisticRegression`, asks about all of them at
    once, and has less noise than this: use it as it is. So does
    :class:`~skprivate.linear_model.DPLinearSVC`, which is this without noise, by one
    gradient of all margins that is cut as a whole. This is for models of two classes,
    and for several labels.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.linear_model import DPLinearSVC
    >>> from skprivate.multiclass import DPOneVsRestClassifier
    >>> X = np.random.default_rng(0).uniform(-1, 1, (6000, 2))
    >>> y = np.array(["left", "middle", "right"])[np.digitize(X[:, 0], [-0.4, 0.4])]
    >>> one = DPLinearSVC(bounds=(-1, 1))
    >>> labels = ["left", "middle", "right"]
    >>> model = DPOneVsRestClassifier(one, classes=labels, epsilon=2.0).fit(X, y)
    >>> model.predict(X).shape, round(model.privacy_.epsilon(), 6)
    ((6000,), 2.0)
    """

    def __init__(
        self,
        estimator: Estimator,
        *,
        classes: ArrayLike | None = None,
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
        _, step = place_of_classes(self.estimator)
        told = getattr(step, "classes", None)
        if told is not None and list(told) != [*_TWO]:
            raise ValueError(
                "The estimator was told other classes than 0 and 1, and it is to tell "
                "one class from the rest. Leave classes out there, and list the labels "
                "in classes=... of the whole."
            )
        if self.classes is not None:
            encode(np.empty(0), self.classes)  # refuses a label that is listed twice
            _several(sorted_classes(self.classes))

    def _given(self, rows):
        if is_dask(rows.X) and _n_labels(rows.y) is None:
            given = dict(rows.fit_params)
            X = DaskRows(rows.X, rows.y, given.pop("sample_weight", None))
            rows = replace(rows, X=X, y=None, fit_params=given)
        if rows.y is None and not isinstance(rows.X, Rows):
            checked_target(None, "class", type(self).__name__)  # refuses it
        self._labels(_n_labels(rows.y))  # refuses labels that y has no column for
        return rows

    def _labels(self, n_labels):
        """The labels, as far as they are public; None where they are in the rows."""
        if n_labels is None:
            return None if self.classes is None else sorted_classes(self.classes)
        if self.classes is None:
            return np.arange(n_labels)
        found = exact_array(self.classes)  # columns are in the order of the user
        if len(found) != n_labels:
            raise refused(
                ValueError,
                "y has another number of columns than there are labels in classes. "
                "Give one column for each, in the same order.",
            )
        return found

    def _models_for(self, labels, n_labels):
        """The outputs: one for each label, but one for two classes."""
        first = 1 if n_labels is None and len(labels) == 2 else 0
        return [Output(str(label), np.array(_TWO)) for label in labels[first:]]

    def _outputs(self, rows, paid):
        n_labels = _n_labels(rows.y)
        labels, assumed = self._labels(n_labels), ()
        if labels is None:
            if paid.strict:
                paid.refuse(f"it assumes public {READ}")
            labels, assumed = _several(labels_of(rows)), (READ,)
        outputs = self._models_for(labels, n_labels)
        self.classes_, self.multilabel_ = labels, n_labels is not None
        return outputs, self._targets(rows, labels, len(outputs)), assumed

    def _targets(self, rows, labels, number):
        """What the fit of each model is given in place of the labels."""
        if self.multilabel_:
            return ({"y": column} for column in columns_of(rows.y))
        codes = range(len(labels) - number, len(labels))
        if rows.y is None:
            source = rows.X
            each = (OneAgainstRest(labels, code) for code in codes)
            return ({"X": source.relabelled(work)} for work in each)
        found = codes_of(rows.y, labels, rows.fit_params.get("sample_weight"))
        return ({"y": (found == code).astype(np.int8)} for code in codes)

    def _public_outputs(self, given):
        n_labels = _n_labels(given.y)
        labels = self._labels(n_labels)
        if labels is None:
            if given.paid is not None and given.paid.strict:
                given.paid.refuse(f"it assumes public {READ}")
            labels = np.array(_TWO)
        outputs = self._models_for(labels, n_labels)
        if n_labels is not None:
            columns = [emptied_column(column) for column in columns_of(given.y)]
            both = zip(outputs, columns, strict=True)
            return len(outputs), [(out, replace(given, y=y)) for out, y in both]
        if given.y is not None:  # else it is in a source, or missing
            checked_target(given.y, "class", type(self).__name__)
            if given.has_type and self.classes is not None:
                refuse_other_kind(labels, given.y)
            given = replace(given, y=np.empty(0, np.int8), has_type=True)
        return len(outputs), [(outputs[0], given)]

    def _planned_outputs(self, classes):
        labels = self._labels(None)
        self.classes_ = np.asarray(classes) if labels is None else labels
        self.multilabel_ = False
        return self._models_for(_several(self.classes_), None)

    def _first_outputs(self):
        labels = self._labels(None)
        return self._models_for(np.array(_TWO) if labels is None else labels, None)

    def _assumed_in_price(self):
        return [CLASSES_FROM_Y] if self.classes is None else []

    @property
    def n_classes_(self) -> int:
        """Number of classes."""
        return len(self.classes_)

    def _scores(self, X):
        """How much each model is for its class, a column each, and where it is even."""
        check_is_fitted(self)
        if all(hasattr(model, "decision_function") for model in self.estimators_):
            said = [responses(m, "decision_function", X) for m in self.estimators_]
            return np.column_stack(said), 0.0
        said = [responses(m, "predict_proba", X)[:, 1] for m in self.estimators_]
        return np.column_stack(said), 0.5

    def predict(self, X: TableLike) -> np.ndarray:
        """Predicted classes of rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_classes)
            Labels; or one for each label that a row has, and zero for others.
        """
        scores, even = self._scores(X)
        if self.multilabel_:
            return (scores > even).astype(np.int64)
        if len(self.estimators_) == 1:
            return self.classes_[(scores[:, 0] > even).astype(np.intp)]
        return self.classes_[scores.argmax(axis=1)]

    @available_if(_models_have("predict_proba"))
    def predict_proba(self, X: TableLike) -> np.ndarray:
        """Probabilities of the classes, or of each label on its own.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Rows add up to one, unless a row may have several labels.
        """
        check_is_fitted(self)
        said = [responses(m, "predict_proba", X)[:, 1] for m in self.estimators_]
        proba = np.column_stack(said)
        if self.multilabel_:
            return proba
        if len(said) == 1:
            return np.column_stack([1 - proba, proba])
        whole = proba.sum(axis=1, keepdims=True)
        even = np.full_like(proba, 1 / len(said))
        return np.divide(proba, whole, out=even, where=whole > 0)

    @available_if(_models_have("decision_function"))
    def decision_function(self, X: TableLike) -> np.ndarray:
        """How far rows are on the side of each class.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_classes)
            One column for two classes.
        """
        scores, _ = self._scores(X)
        return scores[:, 0] if len(self.estimators_) == 1 else scores

    def score(
        self, X: TableLike, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float:
        """Exact mean accuracy, of all labels of a row together: for public rows only.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.
        y : array-like of shape (n_samples,) or (n_samples, n_classes)
            Their labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights.

        Returns
        -------
        float
        """
        check_is_fitted(self)
        if not self.multilabel_:
            return super().score(X, y, sample_weight)
        columns = [checked_target(column, "class") for column in columns_of(y)]
        right = np.all(np.column_stack(columns) == self.predict(X), axis=1)
        return float(np.average(right, weights=sample_weight))


def _n_labels(y):
    """Number of labels, where a row may have several; None where it has one class."""
    number = n_columns(y)
    return None if number in (None, 1) else number


def _several(labels):
    """The labels, if there are two or more."""
    if len(labels) < 2:
        raise refused(
            ValueError,
            "There is only one class, so there is nothing to tell apart. Give rows of "
            "at least two classes, or list them in classes=...",
        )
    return labels
