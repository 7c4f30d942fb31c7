"""A decision tree of classes with private splits and leaves."""

from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval, StrOptions
from skprivate._typing import BoundsLike, SeedLike, TableLike
from skprivate.base import DPClassifierMixin, DPEstimator
from skprivate.base._class_weights import (
    check_class_weight,
    check_weights,
    class_weights,
)
from skprivate.queries import TargetParts
from skprivate.rows import UnitClip
from skprivate.schema import Schema
from skprivate.tables import BinsTables, share_of_bins, signal_of
from skprivate.tree._growth import depth_of_tree, fit_tree

_COUNT_SHARE = 0.01


class DPDecisionTreeClassifier(BinsTables, DPClassifierMixin, DPEstimator):
    """Decision tree over private bins, under differential privacy.

    The tree grows level by level: noisy counts of the classes, for each code of each
    column in each leaf, say where to split. In the end one release tells what is in
    the leaves; each node is shrunk to its parent, as far as noise hides its rows.
    Columns may be numbers, dates, booleans and categories, with gaps.

    Parameters
    ----------
    max_depth : int or None, default=None
        Most splits on the way to a leaf. None: by a rule in the noisy number of rows,
        since each level has its price.
    max_leaf_nodes : int or None, default=None
        Most leaves; of a level, the splits that gain most are taken.
    min_samples_leaf : float, default=1
        Rows on either side of a split, by noisy counts.
    splitter : {"best", "random"}, default="best"
        Splits that are learned, for half of the budget, or drawn from bins alone.
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
    tree_ : Tree
        Over codes of bins.
    max_depth_ : int
        Depth that the tree was allowed.
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
    sklearn.tree.DecisionTreeClassifier : The same without privacy.
    export_text : The tree in words.
    plot_tree : The tree as a drawing.

    Notes
    -----
    On each level a row adds one to the count of its class in one cell of each
    column: a 2-norm of at most the root of the number of columns, and a 1-norm of at
    most that number. See :class:`~skprivate.queries.CellTotals`.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from skprivate.tree import DPDecisionTreeClassifier
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> tree = DPDecisionTreeClassifier(epsilon=8.0, classes=[0, 1], random_state=0)
    >>> tree.fit(X, y).score(X, y) > 0.7
    True
    """

    _plan_varies = True  # a noisy number of rows decides how deep, or how often

    def __init__(
        self,
        *,
        max_depth: int | None = None,
        max_leaf_nodes: int | None = None,
        min_samples_leaf: float = 1,
        splitter: Literal["best", "random"] = "best",
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
        self.max_depth = max_depth
        self.max_leaf_nodes = max_leaf_nodes
        self.min_samples_leaf = min_samples_leaf
        self.splitter = splitter
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
        "max_depth": [Interval(Integral, 1, 20, closed="both"), None],
        "max_leaf_nodes": [Interval(Integral, 2, None, closed="left"), None],
        "min_samples_leaf": [Interval(Real, 1, None, closed="left")],
        "splitter": [StrOptions({"best", "random"})],
        "class_weight": [dict, StrOptions({"balanced"}), None],
        "classes": ["array-like", None],
    }

    def _fit(self, curator):
        check_weights(self.class_weight)
        self._check_bins(curator)
        self.classes_ = curator.classes(self.classes)
        check_class_weight(self.class_weight, self.classes_)
        self.n_classes_ = len(self.classes_)
        mu = signal_of(curator.budget, curator.n_features)
        bins = self._learn_bins(curator, share=share_of_bins(mu))
        n_rows = curator.count(share=_COUNT_SHARE)
        self.max_depth_ = self.max_depth or depth_of_tree(n_rows, mu)
        self.tree_, self.feature_importances_ = fit_tree(
            curator,
            bins,
            TargetParts(self.n_classes_),
            depth=self.max_depth_,
            most_leaves=self.max_leaf_nodes or 2**20,
            least=self.min_samples_leaf,
            learned=self.splitter == "best",
            by_part=self._weights,
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
        return np.log(self.predict_proba(X))

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
        check_is_fitted(self)
        return self.tree_.predict(self._codes(X))

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
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True  # noise dominates a few hundred rows
        return tags
