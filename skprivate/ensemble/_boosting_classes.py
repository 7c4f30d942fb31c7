"""Histogram gradient boosting of classes, privately."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import log_expit, log_softmax
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import StrOptions
from skprivate._typing import BoundsLike, SeedLike, TableLike
from skprivate.additive._tasks import check_number_of_classes, task_of_classes
from skprivate.base import DPClassifierMixin, DPEstimator
from skprivate.base._class_weights import check_class_weight, check_weights
from skprivate.ensemble._boosting import Start, boost
from skprivate.ensemble._boosting_kept import boost_kept
from skprivate.ensemble._boosting_plan import (
    COUNT_SHARE,
    CUT,
    PARAMETERS,
    bins_wanted,
    check_constraints,
    keeps_trees,
    plan_of,
    plan_of_kept,
    trees_wanted,
)
from skprivate.ensemble._warm_start import look_at, start_of, starts_from_shapes
from skprivate.losses import Focal, logs_of_cut
from skprivate.queries import CellTotals, LeafCells, LossSteps, OfView, TargetParts
from skprivate.rows import UnitClip
from skprivate.schema import Schema
from skprivate.tables import BinsTables, share_of_bins, signal_of, view_of
from skprivate.trees import Tree, shares_of_gains

_LARGEST = 2.0  # of a step, in log odds


class DPHistGradientBoostingClassifier(BinsTables, DPClassifierMixin, DPEstimator):
    """Gradient boosting over private bins, under differential privacy.

    A round releases the gradient and the curvature of the loss in each leaf of some
    trees, and takes Newton steps there, shrunk as far as noise hides them. Trees are
    drawn from the bins of the columns alone, unless there is no noise. Columns may be
    numbers, dates, booleans and categories, with gaps.

    Parameters
    ----------
    loss : {"log_loss", "focal"}, default="log_loss"
        That of two classes or of several, with one margin each; or the focal loss of
        two classes, with ``gamma=2``, where rows that are right already count little.
    learning_rate : float or None, default=None
        What Newton steps are multiplied by; those of the trees of a round are averaged.
        None: by a rule; where trees are kept, steps follow from all gradients.
    max_iter : int, default=100
        Most rounds. How many there are is a rule in the noisy number of rows and the
        budget, and all are paid for beforehand.
    trees_per_iter : int or None, default=None
        Trees of a round, where splits are random; None: up to 50, or 100 that are kept,
        or 4 if ``delta`` is zero. Fewer than 4 are new in each round.
        Many cost no more than few: the noise of each leaf grows, that of their mean
        does not.
    max_leaf_nodes : int or None, default=31
        Most leaves of a tree whose splits are learned.
    max_depth : int or None, default=None
        Splits on the way to a leaf. None: 3 where splits are random, or 4 in trees that
        are kept; where they are learned 4, or 8 without noise.
    min_samples_leaf : float, default=1
        Rows on either side of a split, by noisy counts, for a tenth of the budget of
        each round; one asks for none.
    l2_regularization : float, default=0.0
        Curvature that is added in each leaf, beside what noise asks for.
    splits : {"auto", "random", "learned"}, default="auto"
        Whether splits are drawn from the bins alone, which costs nothing, or learned
        from noisy histograms, for half of the budget of a round. ``"auto"`` learns them
        only where there is no noise.
    monotonic_cst : array-like of int of shape (n_features,), dict or None, default=None
        1 where predictions must not decrease along a column, -1 where they must not
        increase, 0 for any; a dict by name of column.
    interaction_cst : {"pairwise", "no_interactions"} or sequence of sequences of int \
            or None, default=None
        Groups of columns that may meet in one tree. Columns of no group are one more.
    early_stopping : bool, default=False
        Whether rounds end once noise alone could make the gradients that the last
        ``n_iter_no_change`` rounds have released. That saves time and trees, no budget:
        all rounds are paid for beforehand, and what those left out would have cost goes
        to one last round. Without noise, none is left out.
    n_iter_no_change : int, default=10
        Rounds that ``early_stopping`` looks back at.
    class_weight : dict, "balanced" or None, default=None
        Weight of each class in the loss: public numbers by label, or ``"balanced"``,
        which makes up for noisy counts of the classes, up to a weight of 100.
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
    max_bins : int or None, default=None
        Most bins of a number, which are cut at private quantiles. Missing values have
        a bin of their own. None: 32, or 255 without noise.
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
    boosted_ : Boosted
        The trees, and the margins that they start from.
    n_iter_ : int
        Number of rounds that were done.
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
    sklearn.ensemble.HistGradientBoostingClassifier : The same without privacy.

    Notes
    -----
    In each round a row adds a gradient to one leaf of each tree, of a norm to which
    :class:`~skprivate.queries.LossSteps` cuts it: half of the longest one, since noise
    is in proportion. Which probabilities margins stand for where gradients are cut is
    known; see :func:`~skprivate.losses.logs_of_cut`. All rounds have the same random
    trees (Maddock et al. 2022), and all of their gradients count.

    Focal loss, splits that are learned, no ``delta``, and ``learning_rate``,
    ``monotonic_cst``, ``min_samples_leaf`` or ``early_stopping`` are about rounds with
    trees of their own; so are deep trees, and fewer trees than 4, or than there are
    groups in ``interaction_cst``. There a row adds a gradient and a curvature, which of
    two classes costs nothing; the balance of noise between the two is as in S-BDT
    (Peinemann et al. 2024).

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from skprivate.ensemble import DPHistGradientBoostingClassifier
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> model = DPHistGradientBoostingClassifier(
    ...     epsilon=4.0, classes=[0, 1], random_state=0
    ... )
    >>> model.fit(X, y).score(X, y) > 0.8
    True
    """

    _plan_varies = True  # a noisy number of rows decides how deep, or how often

    def __init__(
        self,
        loss: Literal["log_loss", "focal"] = "log_loss",
        *,
        learning_rate: float | None = None,
        max_iter: int = 100,
        trees_per_iter: int | None = None,
        max_leaf_nodes: int | None = 31,
        max_depth: int | None = None,
        min_samples_leaf: float = 1,
        l2_regularization: float = 0.0,
        splits: Literal["auto", "random", "learned"] = "auto",
        monotonic_cst: ArrayLike | dict[Any, Any] | None = None,
        interaction_cst: Sequence[Any]
        | Literal["pairwise", "no_interactions"]
        | None = None,
        early_stopping: bool = False,
        n_iter_no_change: int = 10,
        class_weight: dict[Any, Any] | Literal["balanced"] | None = None,
        classes: ArrayLike | None = None,
        schema: Schema | Mapping[Any, Any] | None = None,
        bounds: BoundsLike | Literal["private"] = "private",
        categorical_features: ArrayLike | Literal["from_dtype"] | None = "from_dtype",
        max_bins: int | None = None,
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
        self.loss = loss
        self.learning_rate = learning_rate
        self.max_iter = max_iter
        self.trees_per_iter = trees_per_iter
        self.max_leaf_nodes = max_leaf_nodes
        self.max_depth = max_depth
        self.min_samples_leaf = min_samples_leaf
        self.l2_regularization = l2_regularization
        self.splits = splits
        self.monotonic_cst = monotonic_cst
        self.interaction_cst = interaction_cst
        self.early_stopping = early_stopping
        self.n_iter_no_change = n_iter_no_change
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
        **PARAMETERS,
        "loss": [StrOptions({"log_loss", "focal"})],
        "class_weight": [dict, StrOptions({"balanced"}), None],
        "classes": ["array-like", None],
    }

    def _fit(self, curator):
        check_constraints(self, curator.columns)
        check_weights(self.class_weight)
        self._check_bins(curator)
        self.classes_ = curator.classes(self.classes)
        check_number_of_classes(self.classes_)
        check_class_weight(self.class_weight, self.classes_)
        n_classes, budget = len(self.classes_), curator.budget
        if n_classes > 2 and self.monotonic_cst is not None:
            raise ValueError("monotonic_cst is for two classes. Leave it out.")
        if n_classes != 2 and self.loss == "focal":
            raise ValueError("loss='focal' is for two classes. Use 'log_loss'.")
        mu = signal_of(budget, 5 * trees_wanted(self, budget))
        n_bins = bins_wanted(self, budget)
        bins = self._learn_bins(curator, share=share_of_bins(mu), n_bins=n_bins)
        view = view_of(bins, 1 if n_classes == 2 else n_classes)
        warm = n_classes > 1 and starts_from_shapes(curator, bins)
        kept = self.loss == "log_loss" and n_classes > 1
        kept = kept and keeps_trees(self, budget, curator.columns)
        look = look_at(curator, view, bins, n_classes) if warm or kept else None
        counts = look.in_all() if warm else self._count(curator, bins)
        cut = CUT if kept else None
        task = task_of_classes(self.class_weight, self.classes_, counts, cut)
        n_rows, several = float(counts.sum()), n_classes > 2
        known = n_rows, mu, _LARGEST
        plan = plan_of(self, curator.columns, budget, *known, several=several)
        if warm:
            start = start_of(curator, view, bins, look, task, plan.signs)
        else:
            start = Start.constant(bins, task.start)
        if kept:
            plan = plan_of_kept(plan, self, mu)
            masses = np.split(look.masses(task.weights), bins.offsets[1:])
            boosted = boost_kept(curator, bins, task.steps(), start, plan, masses)
        else:
            boosted = boost(curator, bins, self._terms(task), start, plan)
        self.boosted_, self.n_iter_ = boosted, boosted.n_rounds
        self._cut_ = task.cut_to, task.by_class
        self.feature_importances_ = shares_of_gains(boosted.gains)

    def _terms(self, task):
        """What a row adds to leaves of trees of one round."""
        by_class = task.by_class
        if by_class is not None:
            by_class = by_class / by_class.max()  # none is cut
        loss = Focal() if self.loss == "focal" else task.loss
        return LossSteps.of(loss, by_class=by_class)

    def _count(self, curator, bins):
        """Noisy number of rows of each class, at least one."""
        root = Tree.leaf(bins.n_codes, [0.0])
        query = CellTotals(LeafCells((root,)), TargetParts(len(self.classes_)))
        counts = curator.release(OfView(query, view_of(bins)), share=COUNT_SHARE)
        return np.maximum(counts, max(1.0, curator.noise_of(query)))

    def decision_function(self, X: TableLike) -> np.ndarray:
        """Margins of the classes: log odds, of two classes those of the second.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_classes)
        """
        check_is_fitted(self)
        margins = self.boosted_.margins(self._codes(X))
        cut_to, by_class = self._cut_
        if cut_to is not None:
            margins = logs_of_cut(margins, cut_to, by_class)
            if len(self.classes_) == 2:
                margins = margins[:, 1:] - margins[:, :1]
        return margins[:, 0] if len(self.classes_) == 2 else margins

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
        margins = self.decision_function(X)
        if margins.ndim == 1:
            return np.column_stack([log_expit(-margins), log_expit(margins)])
        return log_softmax(margins, axis=1)

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
