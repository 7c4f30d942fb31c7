"""Additive models of classes."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from skprivate._sklearn import StrOptions
from skprivate._typing import BoundsLike, SeedLike, TableLike
from skprivate.additive._look import TargetLook
from skprivate.additive._model import LOOK_SHARE, AdditiveModel
from skprivate.additive._monotone import refuse_several
from skprivate.additive._tasks import check_number_of_classes, task_of_classes
from skprivate.base import (
    DPClassifierMixin,
    DPEstimator,
    log_probabilities,
    probabilities,
)
from skprivate.base._class_weights import check_class_weight, check_weights
from skprivate.losses import logs_of_cut
from skprivate.rows import UnitClip
from skprivate.schema import Schema
from skprivate.tables import share_of_bins, signal_of, view_of

_CUT = 0.7  # to which part of the longest one gradients are cut


class DPAdditiveClassifier(AdditiveModel, DPClassifierMixin, DPEstimator):
    """Classify by a sum of shape functions, one for each column, privately.

    The log odds of a class are a sum of a function of each column, and of a few pairs
    of columns. So the whole model can be read: :meth:`explain` tells what each column
    adds for a row, and :class:`DPShapeDisplay` draws the functions, with bands that
    count the noise. Columns of a raw table are put into private bins; missing values
    are a bin of their own.

    Parameters
    ----------
    schema : Schema or mapping, default=None
        What is known about columns, or makes them something else than their type says;
        see :class:`~skprivate.schema.Schema`. It need not name all of them.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the numbers of which the schema tells none.
    categorical_features : array-like, "from_dtype" or None, default="from_dtype"
        Columns of categories, by name, number or mask; by default those whose type
        says so.
    max_bins : int, default=32
        Most bins of a number, but for those of values that many rows share. Neighbours
        are smoothed, so that many bins cost little.
    cardinality_threshold : int, default=40
        Most categories of a column to find.
    find_categories : bool, default=True
        Whether to pay for categories that neither a type nor the schema tells. False
        refuses such columns.
    interactions : int, "auto" or list of pairs, default="auto"
        Pairs of columns that have a function of both: names or numbers, or how many to
        choose. ``"auto"`` chooses as many as a noisy count of rows says can be learned;
        none where a `UnitClip` clips what groups add, with which nothing can be chosen.
    monotonic_cst : array-like of int or dict, default=None
        1 for a column whose function rises, -1 for one that falls, 0 for neither; only
        for two classes. Such columns are in no pair.
    classes : array-like of shape (n_classes,), default=None
        Class labels. None reads them from ``y`` and reports that as assumed public.
    class_weight : dict, "balanced" or None, default=None
        Weight of each class in the loss: public numbers by label, or ``"balanced"``,
        which makes up for noisy counts of the classes, for free.
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
    term_names_ : list of str
        Names of the columns, and of pairs as ``"a x b"``.
    term_features_ : tuple of tuple of int
        Numbers of the columns of each term.
    term_values_ : list of ndarray of shape (n_cells, n_margins)
        The function of each term, by code: bins of ``table_bins_``, the last one of
        missing values. One margin if there are two classes.
    term_errors_ : list of ndarray of shape (n_cells, n_margins)
        Standard deviations: of noise, and of which rows there are.
    term_importances_ : ndarray of shape (n_terms,)
        Mean absolute value of each function, over noisy counts of rows.
    pair_groups_ : tuple of ndarray of int
        For each column the group of each code, of which pairs have cells: cell ``a * n
        + b`` of a pair is of group ``a`` of the first column, and ``b`` of ``n`` of the
        second. Empty if there are no pairs.
    intercept_ : ndarray of shape (n_margins,)
        What a row of average terms has.
    table_bins_ : TableBins
        How rows are read.
    schema_ : Schema
        What was declared about columns, and what was found.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    DPAdditiveRegressor : The same for numbers.
    DPShapeDisplay : Draws the functions.

    Notes
    -----
    ``delta`` must be positive.

    The target is counted in each cell of each column; then a few times the gradients of
    the log loss are, at the best functions so far. All gradients are kept in mind as
    one linear system, in which noise counts by its variance; so no part of the budget
    is lost. Second derivatives follow from noisy counts, and from second moments of two
    scores of each column. How much a column matters is learned on the way, as in
    automatic relevance determination [1]_; neighbouring bins are a random walk.

    How many pairs are chosen follows a noisy number of rows; :meth:`plan`, made on no
    rows, then announces none, at the same total price.

    References
    ----------
    .. [1] MacKay (1992). Bayesian interpolation. Neural Computation 4(3).
    .. [2] Nori, Caruana, Bu, Shen and Kulkarni (2021). Accuracy, interpretability, and
       differential privacy via explainable boosting. ICML.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.additive import DPAdditiveClassifier
    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(-1, 1, (4000, 2))
    >>> y = (np.abs(X[:, 0]) + X[:, 1] > 0.5).astype(int)
    >>> model = DPAdditiveClassifier(bounds=(-1, 1), classes=[0, 1]).fit(X, y)
    >>> model.score(X, y) > 0.85
    True
    """

    def __init__(
        self,
        *,
        schema: Schema | Mapping[Any, Any] | None = None,
        bounds: BoundsLike | Literal["private"] = "private",
        categorical_features: ArrayLike | Literal["from_dtype"] | None = "from_dtype",
        max_bins: int = 32,
        cardinality_threshold: int = 40,
        find_categories: bool = True,
        interactions: int | Sequence[Any] | Literal["auto"] = "auto",
        monotonic_cst: ArrayLike | dict[Any, Any] | None = None,
        classes: ArrayLike | None = None,
        class_weight: dict[Any, Any] | Literal["balanced"] | None = None,
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
        self.schema = schema
        self.bounds = bounds
        self.categorical_features = categorical_features
        self.max_bins = max_bins
        self.cardinality_threshold = cardinality_threshold
        self.find_categories = find_categories
        self.interactions = interactions
        self.monotonic_cst = monotonic_cst
        self.classes = classes
        self.class_weight = class_weight

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        **AdditiveModel._additive_constraints,
        "classes": ["array-like", None],
        "class_weight": [dict, StrOptions({"balanced"}), None],
    }

    def _fit(self, curator):
        check_weights(self.class_weight)
        asked = self._asked(curator)
        self.classes_ = curator.classes(self.classes, least=2)
        check_number_of_classes(self.classes_)
        n_classes = len(self.classes_)
        check_class_weight(self.class_weight, self.classes_)
        refuse_several(self.monotonic_cst, n_classes)
        share = share_of_bins(signal_of(curator.budget, 1))
        bins = self._learn_bins(curator, share=share)
        view = view_of(bins, 1 if n_classes == 2 else n_classes)
        look = TargetLook.of(curator, view, bins, n_classes, None, share=LOOK_SHARE)
        cut = _CUT if curator.budget.private and self.class_weight is None else None
        task = task_of_classes(self.class_weight, self.classes_, look.in_all(), cut)
        self._cut_ = task.cut_to
        self._learn_terms(curator, bins, view, look, task, asked)

    def decision_function(self, X: TableLike) -> np.ndarray:
        """Margins of rows: large where a class is likely.

        They are log odds, but for a bend where one class is so unlikely that gradients
        of its rows are cut; `predict_proba` knows of it.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            Rows with the columns of ``fit``.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_classes)
            One number per row if there are two classes: positive for the second.
        """
        margins = self._margins(X)
        return margins.ravel() if margins.shape[1] == 1 else margins

    def predict(self, X: TableLike) -> np.ndarray:
        """Predict the class of rows.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            Rows with the columns of ``fit``.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        best = self._margins_of_classes(X).argmax(axis=1)
        return self.classes_[best]

    def predict_proba(self, X: TableLike) -> np.ndarray:
        """Probability of each class.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            Rows with the columns of ``fit``.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
        """
        return probabilities(self._margins_of_classes(X))

    def predict_log_proba(self, X: TableLike) -> np.ndarray:
        """Logarithm of the probability of each class.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            Rows with the columns of ``fit``.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
        """
        return log_probabilities(self._margins_of_classes(X))

    def _margins_of_classes(self, X):
        """Logarithms of the shares of classes that margins stand for."""
        return logs_of_cut(self._margins(X), self._cut_)

    def _n_subtasks(self):
        """Unknown before the noisy number of rows is."""
        return None

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True  # noise dominates a few hundred rows
        return tags
