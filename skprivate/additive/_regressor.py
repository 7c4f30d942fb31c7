"""Additive models of numbers."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import RegressorMixin

from skprivate._typing import BoundsLike, SeedLike, TableLike
from skprivate.additive._look import TargetLook
from skprivate.additive._model import LOOK_SHARE, AdditiveModel
from skprivate.additive._tasks import N_PARTS, task_of_numbers
from skprivate.base import DPEstimator
from skprivate.rows import UnitClip
from skprivate.schema import Schema
from skprivate.tables import share_of_bins, signal_of, view_of

_TARGET_SHARE = 0.03


class DPAdditiveRegressor(AdditiveModel, RegressorMixin, DPEstimator):
    """Predict a number by a sum of shape functions, one for each column, privately.

    A prediction is a sum of a function of each column, and of a few pairs of columns.
    So the whole model can be read: :meth:`explain` tells what each column adds for a
    row, and :class:`DPShapeDisplay` draws the functions, with bands that count the
    noise. Columns of a raw table are put into private bins; missing values are a bin of
    their own.

    Parameters
    ----------
    schema : Schema or mapping, default=None
        What is known about columns, or makes them something else than their type says;
        see :class:`~skprivate.schema.Schema`. It need not name all of them.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the numbers of which the schema tells none.
    target_bounds : tuple (low, high) or "private", default="private"
        Public range of the target. Values outside count as if they were at the nearest
        end, and predictions stay inside. ``"private"`` pays a small share for a search.
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
        1 for a column whose function rises, -1 for one that falls, 0 for neither. Such
        columns are in no pair.
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
    term_names_ : list of str
        Names of the columns, and of pairs as ``"a x b"``.
    term_features_ : tuple of tuple of int
        Numbers of the columns of each term.
    term_values_ : list of ndarray of shape (n_cells, 1)
        The function of each term, by code: bins of ``table_bins_``, the last one of
        missing values.
    term_errors_ : list of ndarray of shape (n_cells, 1)
        Standard deviations: of noise, and of which rows there are.
    term_importances_ : ndarray of shape (n_terms,)
        Mean absolute value of each function, over noisy counts of rows.
    pair_groups_ : tuple of ndarray of int
        For each column the group of each code, of which pairs have cells: cell ``a * n
        + b`` of a pair is of group ``a`` of the first column, and ``b`` of ``n`` of the
        second. Empty if there are no pairs.
    intercept_ : ndarray of shape (1,)
        What a row of average terms has.
    target_bounds_ : tuple (low, high)
        Range of predictions.
    table_bins_ : TableBins
        How rows are read.
    schema_ : Schema
        What was declared about columns, and what was found.
    privacy_ : PrivacyReport
        What was released, and at what price.

    See Also
    --------
    DPAdditiveClassifier : The same for classes; its notes tell how terms are learned.
    DPShapeDisplay : Draws the functions.

    Notes
    -----
    ``delta`` must be positive.

    Residuals are clipped at a few of their deviations, as far as these are known.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.additive import DPAdditiveRegressor
    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(-1, 1, (4000, 2))
    >>> y = np.abs(X[:, 0]) + X[:, 1]
    >>> model = DPAdditiveRegressor(bounds=(-1, 1), target_bounds=(-1, 2)).fit(X, y)
    >>> model.score(X, y) > 0.8
    True
    """

    def __init__(
        self,
        *,
        schema: Schema | Mapping[Any, Any] | None = None,
        bounds: BoundsLike | Literal["private"] = "private",
        target_bounds: BoundsLike | Literal["private"] = "private",
        categorical_features: ArrayLike | Literal["from_dtype"] | None = "from_dtype",
        max_bins: int = 32,
        cardinality_threshold: int = 40,
        find_categories: bool = True,
        interactions: int | Sequence[Any] | Literal["auto"] = "auto",
        monotonic_cst: ArrayLike | dict[Any, Any] | None = None,
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
        self.target_bounds = target_bounds
        self.categorical_features = categorical_features
        self.max_bins = max_bins
        self.cardinality_threshold = cardinality_threshold
        self.find_categories = find_categories
        self.interactions = interactions
        self.monotonic_cst = monotonic_cst

    _parameter_constraints = {
        **DPEstimator._parameter_constraints,
        **AdditiveModel._additive_constraints,
        "target_bounds": "no_validation",  # the curator checks them
    }

    def _fit(self, curator):
        asked = self._asked(curator)
        share = share_of_bins(signal_of(curator.budget, 1))
        bins = self._learn_bins(curator, share=share)
        bounds = curator.target_bounds(self.target_bounds, share=_TARGET_SHARE)
        self.target_bounds_ = bounds
        view = view_of(bins, 1)
        look = TargetLook.of(curator, view, bins, N_PARTS, bounds, share=LOOK_SHARE)
        task = task_of_numbers(look.in_all(), bounds)
        self._learn_terms(curator, bins, view, look, task, asked)

    def predict(self, X: TableLike) -> np.ndarray:
        """Predict the target of rows.

        Parameters
        ----------
        X : data frame or array-like of shape (n_samples, n_features)
            Rows with the columns of ``fit``.

        Returns
        -------
        ndarray of shape (n_samples,)
        """
        return np.clip(self._margins(X).ravel(), *self.target_bounds_)

    def _n_subtasks(self):
        """Unknown before the noisy number of rows is."""
        return None

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = True  # noise dominates a few hundred rows
        return tags
