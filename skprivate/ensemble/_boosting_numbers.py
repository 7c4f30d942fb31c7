"""Histogram gradient boosting of numbers, privately."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import frexp, ldexp, log, sqrt
from numbers import Real
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm
from sklearn.base import RegressorMixin
from sklearn.utils.validation import check_is_fitted

from skprivate._sklearn import Interval, StrOptions
from skprivate._typing import BoundsLike, SeedLike, TableLike
from skprivate.additive._tasks import task_of_numbers
from skprivate.base import DPEstimator
from skprivate.base._bounds import check_bounds
from skprivate.base._range import is_private
from skprivate.ensemble._boosting import Start, boost
from skprivate.ensemble._boosting_plan import (
    COUNT_SHARE,
    PARAMETERS,
    bins_wanted,
    check_constraints,
    plan_of,
    trees_wanted,
)
from skprivate.ensemble._warm_start import look_at, start_of, starts_from_shapes
from skprivate.losses import Poisson, Quantile, Squared
from skprivate.queries import CellTotals, LeafCells, LossSteps, OfView, TargetParts
from skprivate.rows import UnitClip
from skprivate.schema import Schema
from skprivate.tables import BinsTables, share_of_bins, signal_of, view_of
from skprivate.trees import Tree, shares_of_gains

_TARGET_SHARE = 0.05  # to find the range of the target
_LARGEST = 2.0  # of a step, in deviations of the target
_RESIDUAL = 0.6  # deviation of what shapes leave, in those of the target
_NARROWEST = 1e-100  # of a range: there are numbers too small to be divided by
_LARGE = 2.0**20  # of counts, from where on they are counted in larger units
_SMALL = 2.0**-4  # in smaller ones
_LEAST_NOISE = 2.0**-12  # of curvatures, in units of that of gradients
_HASTE = 3.0  # about a third of the rows are near enough to a quantile to curve
_LEAST_DEVIATION = 0.01  # of the range of the target
_MOST_LOG = 700.0  # beyond which exponentials overflow


class DPHistGradientBoostingRegressor(BinsTables, RegressorMixin, DPEstimator):
    """Gradient boosting over private bins, under differential privacy.

    A round releases the gradient and the curvature of the loss in each leaf of some
    trees, and takes Newton steps there, shrunk as far as noise hides them. Trees are
    drawn from the bins of the columns alone, unless there is no noise. Columns may be
    numbers, dates, booleans and categories, with gaps.

    Parameters
    ----------
    loss : {"squared_error", "absolute_error", "poisson", "quantile"}, \
            default="squared_error"
        Gradients of rows are cut to a length that follows from the noisy deviation of
        the target. Near zero, that of absolute errors and quantiles is smooth.
    quantile : float, default=None
        Which one, for ``loss="quantile"``.
    learning_rate : float or None, default=None
        What Newton steps are multiplied by; those of the trees of a round are averaged.
        None: by a rule.
    max_iter : int, default=100
        Most rounds. How many there are is a rule in the noisy number of rows and the
        budget, and all are paid for beforehand.
    trees_per_iter : int or None, default=None
        Trees of a round, where splits are random; None: up to 50, or 4 if ``delta`` is
        zero.
        Many cost no more than few: the noise of each leaf grows, that of their mean
        does not.
    max_leaf_nodes : int or None, default=31
        Most leaves of a tree whose splits are learned.
    max_depth : int or None, default=None
        Splits on the way to a leaf. None: 3 where splits are random; where
        they are learned 4, or 8 without noise.
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
    target_bounds_ : tuple (low, high)
        Range that targets are moved into.
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
    sklearn.ensemble.HistGradientBoostingRegressor : The same without privacy.

    Notes
    -----
    In each round a row adds a gradient and a curvature to one leaf of each tree, of a
    norm that :class:`~skprivate.queries.LossSteps` bounds.
    The balance of noise between the two is as in S-BDT (Peinemann et al. 2024), random
    splits as in Maddock et al. (2022).

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.ensemble import DPHistGradientBoostingRegressor
    >>> X = np.random.default_rng(0).random((5000, 2))
    >>> model = DPHistGradientBoostingRegressor(target_bounds=(0, 1), random_state=0)
    >>> model.fit(X, X[:, 0]).score(X, X[:, 0]) > 0.5
    True
    """

    _plan_varies = True  # a noisy number of rows decides how deep, or how often

    def __init__(
        self,
        loss: Literal[
            "squared_error", "absolute_error", "poisson", "quantile"
        ] = "squared_error",
        *,
        quantile: float | None = None,
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
        target_bounds: BoundsLike | Literal["private"] = "private",
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
        self.quantile = quantile
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
        **PARAMETERS,
        "loss": [
            StrOptions({"squared_error", "absolute_error", "poisson", "quantile"})
        ],
        "quantile": [Interval(Real, 0, 1, closed="neither"), None],
        "target_bounds": "no_validation",  # the curator checks them
    }

    def _fit(self, curator):
        self._check_loss()
        check_constraints(self, curator.columns)
        budget = curator.budget
        mu = signal_of(budget, 5 * trees_wanted(self, budget))
        n_bins = bins_wanted(self, budget)
        bins = self._learn_bins(curator, share=share_of_bins(mu), n_bins=n_bins)
        low, high = curator.target_bounds(self.target_bounds, share=_TARGET_SHARE)
        if self.loss == "poisson":
            low, high = max(low, 0.0), max(high, 0.0)
        self.target_bounds_ = low, high
        warm = self.loss == "squared_error" and starts_from_shapes(curator, bins)
        view, n_parts = view_of(bins), 3  # which tell mean and deviation
        if warm:
            look = look_at(curator, view, bins, n_parts, (low, high))
            task = task_of_numbers(look.in_all(), (low, high))
            target = _Target(float(look.in_all().sum()), *task.unit)
        else:
            target = self._look_at_target(curator, bins)
        terms, margin, largest = self._steps(target, target.rows * mu, warm)
        haste = _HASTE if terms.counts_rows else 1.0
        plan = plan_of(self, curator.columns, budget, target.rows, mu, largest, haste)
        if warm:
            start = start_of(curator, view, bins, look, task, plan.signs)
        else:
            start = Start.constant(bins, np.array([margin]))
        self.boosted_ = boost(curator, bins, terms, start, plan)
        self._unit_, self.n_iter_ = terms.unit, self.boosted_.n_rounds
        self.feature_importances_ = shares_of_gains(self.boosted_.gains)

    def _check_loss(self):
        if (self.loss == "quantile") != (self.quantile is not None):
            raise ValueError(
                "quantile is for loss='quantile', which needs it. Give both, such as "
                "quantile=0.9, or neither."
            )
        if self.loss == "poisson" and not is_private(self.target_bounds):
            _, high = check_bounds(self.target_bounds, 1, "target_bounds")
            if high[0] <= 0:
                raise ValueError(
                    "target_bounds has nothing above zero, and loss='poisson' is for "
                    "counts. Give a range of positive targets, or another loss."
                )

    def _look_at_target(self, curator, bins):
        """Noisy number of rows, and mean and deviation of their targets."""
        low, high = self.target_bounds_
        root = Tree.leaf(bins.n_codes, [0.0])
        query = CellTotals(LeafCells((root,)), TargetParts(3, (low, high)))
        parts = curator.release(OfView(query, view_of(bins)), share=COUNT_SHARE)
        rows = max(parts.sum(), 1.0, 2.0 * curator.noise_of(query))
        mean = float(np.clip((parts[1] / 2 + parts[2]) / rows, 0.0, 1.0))
        variance = float(np.clip(parts[2] / rows - mean**2, _LEAST_DEVIATION**2, 0.25))
        width = high - low if high - low > _NARROWEST else 1.0
        return _Target(rows, low + mean * width, sqrt(variance) * width)

    def _steps(self, target, signal, warm):
        """What rows add, the margin to start from, and the largest step."""
        low, high = self.target_bounds_
        cut = max(1.5, 2.0 * (signal / 5e3) ** 0.25)  # in deviations of the target
        if warm:
            cut *= _RESIDUAL
        if self.loss == "poisson":
            unit = _unit_of_counts(high)
            mean = max(target.mean / unit, 1e-3 * high / unit, 1e-9)
            cut = min(cut * target.deviation / unit, 10.0 * high / unit + 1.0)
            noise = 1.0, max(3.0 * mean / cut, _LEAST_NOISE)
            largest = sqrt(cut**2 + (cut / 3.0) ** 2)
            steps = LossSteps.of(
                Poisson(), noise, largest, bounds=(low, high), unit=(0.0, unit)
            )
            return steps, log(mean), 1.0
        if self.loss == "squared_error":
            cut = min(cut, 2.0 * (high - low) / target.deviation + 1.0)
            noise = 1.0, 3.0 / cut
            largest = sqrt(cut**2 + (cut / 3.0) ** 2)
            unit = target.mean, target.deviation
            steps = LossSteps.of(
                Squared(), noise, largest, bounds=(low, high), unit=unit
            )
            return steps, 0.0, _LARGEST
        quantile = 0.5 if self.quantile is None else self.quantile
        unit = target.mean, 0.5 * target.deviation
        steps = LossSteps.of(
            Quantile(quantile), (1.0, 6.0), 0.17 + max(quantile, 1 - quantile),
            bounds=(low, high), unit=unit, counts_rows=True,
        )  # fmt: skip
        return steps, 2.0 * float(norm.ppf(quantile)), _LARGEST

    def predict(self, X: TableLike) -> np.ndarray:
        """Predicted target of each row.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            Rows.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        check_is_fitted(self)
        margins = self.boosted_.margins(self._codes(X))[:, 0]
        center, half = self._unit_
        low, high = self.target_bounds_
        if self.loss == "poisson":
            most = log(high / half) if high > 0 else -_MOST_LOG
            return half * np.exp(np.clip(margins, -_MOST_LOG, most))
        return np.clip(center + half * margins, low, high)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = True  # noise dominates a few hundred rows
        return tags


def _unit_of_counts(high):
    """What counts up to an end are counted in: one, or a power of two near the end.

    So neither gradients of huge targets nor those of tiny ones leave the numbers that a
    query may state, and results are the same to the bit where ends are usual.
    """
    if _SMALL <= high <= _LARGE or high <= _NARROWEST:
        return 1.0
    return ldexp(1.0, frexp(high)[1] - 1)


@dataclass(frozen=True)
class _Target:
    """What is known about the targets of all rows."""

    rows: float
    mean: float
    deviation: float
