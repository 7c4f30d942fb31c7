"""Random forest of classes: one release for all leaves of all trees."""

from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import log_softmax
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval, StrOptions
from skprivate._typing import BoundsLike, SeedLike, TableLike
from skprivate.base import DPClassifierMixin, DPEstimator
from skprivate.base._class_weights import (
    check_class_weight,
    check_weights,
    class_weights,
)
from skprivate.ensemble._calibration import slope_and_intercept
from skprivate.ensemble._forest import (
    depth_of_forest,
    grow_forest,
    wanted_trees,
)
from skprivate.queries import TargetParts
from skprivate.rows import UnitClip
from skprivate.schema import Schema
from skprivate.tables import BinsTables, share_of_bins, signal_of, view_of
from skprivate.trees import AddForest, Forest, normal_shares

_COUNT_SHARE = 0.01
_CALIBRATION_SHARE = 0.03


class DPRandomForestClassifier(BinsTables, DPClassifierMixin, DPEstimator):
    """Random forest, under differential privacy: trees of random splits.

    Trees are drawn by a public seed, from the bins of the columns; where there are rows
    enough for a noisy look at each of them, those that tell more by themselves are
    split more often. What is
    learned then, in one release for all leaves of all trees, is how many rows of each
    class are in them. Each node is shrunk to its parent, as far as noise hides its
    rows.
    Columns may be numbers, dates, booleans and categories, with gaps.

    Parameters
    ----------
    n_estimators : int or None, default=None
        Number of trees; None: up to 200, or 20 if ``delta`` is zero. With Gaussian
        noise many cost no more than few: the noise of a leaf grows, that of their mean
        does not.
    max_depth : int or None, default=None
        Splits on the way to a leaf. None: by a rule in the noisy number of rows.
    min_samples_leaf : float or "noise", default=1
        For smaller models. A number: splits with fewer rows on either side, by noisy
        counts, are cut off. ``"noise"``: from the bottom up, leaves go into their
        parent unless the counts of both are beyond two deviations of the noise.
    class_weight : dict, "balanced" or None, default=None
        Weight of each class: public numbers by label, or ``"balanced"``, which makes up
        for noisy counts of the classes, up to a weight of 100.
    classes : array-like of shape (n_classes,), default=None
        Class labels. None reads them from ``y`` and reports that as assumed public.
    schema : Schema or mapping, default=None
        What is known about columns, or makes them something else than their type says;
        see :class:`~skprivate.schema.Schema`. It need not name all of them.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the numbers of which the schema does not tell it: numbers, or
        arrays of one number per column. ``"private"`` searches for it.
    categorical_features : "from_dtype", array-like or None, default="from_dtype"
        Columns of categories: those whose type says so, or these, by number, name, or
        a truth value each.
    max_bins : int, default=32
        Most bins of a number, which are cut at private quantiles. Missing values have
        a bin of their own.
    cardinality_threshold : int, default=40
        Most categories of a column to find. Others are put together, as are those so
        rare that noise hides them.
    find_categories : bool, default=True
        Whether to pay for categories that neither a type nor the schema tells: with a
        part of the share of bins if there are such columns, and with a tenth of
        ``delta`` in any case, since prices are fixed before there is a table; if
        ``delta`` is zero, none are found. False refuses such columns.
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
    n_classes_ : int
        Number of classes.
    forest_ : Forest
        The trees, over codes of bins.
    max_depth_ : int
        Depth that trees were drawn with.
    feature_importances_ : ndarray of shape (n_features,)
        How much splits on each column tell apart, by noisy totals; they add up to one.
    table_bins_ : TableBins
        How rows are read.
    schema_ : Schema
        What was declared and what was found, for all columns.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    sklearn.ensemble.RandomForestClassifier : The same without privacy.

    Notes
    -----
    A row adds one to the count of its class in one leaf of each of ``n``
    trees: a 2-norm of at most ``sqrt(n)``, a 1-norm of at most ``n``. See
    :class:`~skprivate.queries.CellTotals`.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from skprivate.ensemble import DPRandomForestClassifier
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> forest = DPRandomForestClassifier(epsilon=4.0, classes=[0, 1], random_state=0)
    >>> forest.fit(X, y).score(X, y) > 0.8
    True
    """

    _plan_varies = True  # a noisy look at columns decides where trees are split

    def __init__(
        self,
        n_estimators: int | None = None,
        *,
        max_depth: int | None = None,
        min_samples_leaf: float | Literal["noise"] = 1,
        class_weight: dict[Any, Any] | Literal["balanced"] | None = None,
        classes: ArrayLike | None = None,
        schema: Schema | Mapping[Any, Any] | None = None,
        bounds: BoundsLike | Literal["private"] = "private",
        categorical_features: ArrayLike | Literal["from_dtype"] | None = "from_dtype",
        max_bins: int = 32,
        cardinality_threshold: int = 40,
        find_categories: bool = True,
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
        self.n_estimators = n_estimators
        self.max_depth = max_depth
        self.min_samples_leaf = min_samples_leaf
        self.class_weight = class_weight
        self.classes = classes
        self.schema = schema
        self.bounds = bounds
        self.categorical_features = categorical_features
        self.max_bins = max_bins
        self.cardinality_threshold = cardinality_threshold
        self.find_categories = find_categories

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        **BinsTables._bins_constraints,
        "n_estimators": [Interval(Integral, 1, 10_000, closed="both"), None],
        "max_depth": [Interval(Integral, 1, 20, closed="both"), None],
        "min_samples_leaf": [
            Interval(Real, 1, None, closed="left"),
            StrOptions({"noise"}),
        ],
        "class_weight": [dict, StrOptions({"balanced"}), None],
        "classes": ["array-like", None],
    }

    def _fit(self, curator):
        check_weights(self.class_weight)
        self._check_bins(curator)
        self.classes_ = curator.classes(self.classes)
        check_class_weight(self.class_weight, self.classes_)
        self.n_classes_ = len(self.classes_)
        budget = curator.budget
        mu = signal_of(budget, self.n_estimators or wanted_trees(budget, 0, 0))
        bins = self._learn_bins(curator, share=share_of_bins(mu))
        n_rows = curator.count(share=_COUNT_SHARE)
        n_trees = self.n_estimators or wanted_trees(budget, n_rows, mu)
        self.max_depth_ = self.max_depth or depth_of_forest(n_rows, mu)
        calibrated = self.n_classes_ == 2 and self.class_weight is None
        calibration = _CALIBRATION_SHARE if calibrated else 0.0
        trees, self.feature_importances_ = grow_forest(
            curator,
            bins,
            TargetParts(self.n_classes_),
            n_trees,
            self.max_depth_,
            signal=n_rows * mu,
            share=(1.0 - calibration) * curator.remaining,
            least=self.min_samples_leaf,
            by_part=self._weights,
        )
        trees = [t.with_value(t.value / n_trees) for t in trees]
        self.forest_ = Forest(tuple(trees))
        self._line_ = 1.0, 0.0
        if calibration:
            second = Forest(tuple(t.with_value(t.value[:, 1:]) for t in trees))
            view = view_of(bins).then(AddForest(second))
            self._line_ = slope_and_intercept(
                curator, view, bins.n_codes, share=curator.remaining
            )

    def _weights(self, counts):
        """Weight of each class, from noisy counts of rows."""
        counts = np.maximum(counts, 1.0)
        found = class_weights(self.class_weight, self.classes_, counts).by_class
        return np.ones(self.n_classes_) if found is None else found

    def predict_log_proba(self, X: TableLike) -> np.ndarray:
        """Logarithms of the probabilities of the classes.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
        """
        check_is_fitted(self)
        logs = np.log(normal_shares(self.forest_.predict(self._codes(X))))
        slope, intercept = self._line_
        return log_softmax(slope * logs + [*[0.0] * (logs.shape[1] - 1), intercept], 1)

    def predict_proba(self, X: TableLike) -> np.ndarray:
        """Probabilities of the classes.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
        """
        return np.exp(self.predict_log_proba(X))

    def predict(self, X: TableLike) -> np.ndarray:
        """Most probable class of each row.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        best = self.predict_log_proba(X).argmax(axis=1)
        return self.classes_[best]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True  # noise dominates a few hundred rows
        return tags
