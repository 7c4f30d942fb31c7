"""A decision tree of numbers with private splits and leaves."""

from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import RegressorMixin
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval, StrOptions
from skprivate._typing import BoundsLike, SeedLike, TableLike
from skprivate.base import DPEstimator
from skprivate.queries import TargetParts
from skprivate.rows import UnitClip
from skprivate.schema import Schema
from skprivate.tables import BinsTables, share_of_bins, signal_of
from skprivate.tree._growth import depth_of_tree, fit_tree

_COUNT_SHARE = 0.01
_TARGET_SHARE = 0.05  # to find the range of the target


class DPDecisionTreeRegressor(BinsTables, RegressorMixin, DPEstimator):
    """Decision tree over private bins, under differential privacy.

    The tree grows level by level: noisy sums of the target, for each code of each
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
    target_bounds : tuple (low, high) or "private", default="private"
        Public range of the target. ``"private"`` pays for a search.
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
    target_bounds_ : tuple (low, high)
        Range that targets are moved into.
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
    sklearn.tree.DecisionTreeRegressor : The same without privacy.
    export_text : The tree in words.
    plot_tree : The tree as a drawing.

    Notes
    -----
    On each level a row adds its target from 0 to 1, and one minus it, in one cell of
    each column: a 2-norm of at most the root of the number of columns, and a 1-norm of
    at most that number. See :class:`~skprivate.queries.CellTotals`.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.tree import DPDecisionTreeRegressor
    >>> X = np.random.default_rng(0).random((5000, 2))
    >>> tree = DPDecisionTreeRegressor(target_bounds=(0, 1), random_state=0)
    >>> tree.fit(X, X[:, 0]).score(X, X[:, 0]) > 0.5
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
        target_bounds: BoundsLike | Literal["private"] = "private",
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
        self.target_bounds = target_bounds
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
        "target_bounds": "no_validation",  # the curator checks them
    }

    def _fit(self, curator):
        mu = signal_of(curator.budget, curator.n_features)
        bins = self._learn_bins(curator, share=share_of_bins(mu))
        low, high = curator.target_bounds(self.target_bounds, share=_TARGET_SHARE)
        self.target_bounds_ = low, high
        n_rows = curator.count(share=_COUNT_SHARE)
        self.max_depth_ = self.max_depth or depth_of_tree(n_rows, mu)
        tree, self.feature_importances_ = fit_tree(
            curator,
            bins,
            TargetParts(2, (low, high)),
            depth=self.max_depth_,
            most_leaves=self.max_leaf_nodes or 2**20,
            least=self.min_samples_leaf,
            learned=self.splitter == "best",
        )
        self.tree_ = tree.with_value(low + tree.value[:, 1:] * (high - low))

    def predict(self, X: TableLike) -> np.ndarray:
        """Mean target in the leaf of each row.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        check_is_fitted(self)
        return self.tree_.predict(self._codes(X))[:, 0]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = True  # noise dominates a few hundred rows
        return tags
