"""How much a model needs each feature."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import is_regressor

from skprivate._typing import Estimator, SeedLike, TableLike
from skprivate.inspection._background import (
    DPBackground,
    PublicBackground,
    background_of,
)
from skprivate.inspection._columns import (
    as_table,
    check_columns,
    column_of,
    label_of,
    names_of,
    ordered,
    places_of,
    with_values,
)
from skprivate.inspection._measured import (
    RowNumbers,
    check_model,
    mean_numbers,
    with_axes,
)
from skprivate.linear_model import PublicRows
from skprivate.metrics._scorer import DPScorer, get_dp_scorer
from skprivate.rows import UnitClip
from skprivate.rows._parted import is_source
from skprivate.rows._refusal import refused


def dp_permutation_importance(
    model: Estimator,
    X: TableLike,
    y: ArrayLike | None = None,
    *,
    background: DPBackground | PublicBackground | PublicRows,
    features: Sequence[Any] | None = None,
    scoring: str | DPScorer | None = None,
    n_repeats: int = 10,
    epsilon: float = 1.0,
    delta: float = 1e-6,
    sample_weight: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    max_weight: float = 1.0,
    max_rows_per_group: int | UnitClip = 1,
    confidence: float = 0.95,
    random_state: SeedLike = None,
) -> Any:
    """Permutation importance of features under differential privacy.

    How much worse a model does if it gets somebody else's value of a feature.
    scikit-learn shuffles values among rows, so that a row has a say in the scores of
    others. Here values come from background rows, which may be shown.

    What one unit can change: the score of a row with its own value, less the mean of
    its scores with values of the background, is a number in [-1, 1] times the largest
    score of a row, that depends on this row alone. So a row moves the noisy sums of all
    ``d`` features by at most the root of ``d``, however many values are tried.

    Parameters
    ----------
    model : estimator
        Fitted on other rows, or on these and for its own price.
    X : array-like, data frame, Dask collection or Rows
        The rows, not sparse.
    y : array-like of shape (n_samples,), default=None
        Their targets; None where a source has them.
    background : DPBackground, PublicBackground or PublicRows
        Rows with the columns of ``X``, where values are taken from.
    features : sequence, default=None
        Names or numbers of columns; a tuple of several is replaced together. None: all
        columns, one by one.
    scoring : str or DPScorer, default=None
        A score that is a mean over rows, such as ``"accuracy"``, which None means for
        classifiers, ``"neg_log_loss"`` or ``"neg_brier_score"``. Of a regression, one
        with public bounds: ``make_dp_scorer("neg_mean_squared_error",
        target_bounds=(0, 10))``. Its own budget is not used.
    n_repeats : int, default=10
        Values of the background that each row is tried with: evenly spread over those
        of a column, and the same for all rows. More cost time only.
    epsilon, delta : float, default=1.0, 1e-6
        What this one answer may cost. ``delta=0`` asks for pure differential privacy,
        ``epsilon=inf`` adds no noise and is not private.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights, cut to ``max_weight``.
    groups : array-like of shape (n_samples,), default=None
        Rows with equal values belong to one privacy unit.
    max_weight : float, default=1.0
        Public; it multiplies the noise where there are weights.
    max_rows_per_group : int or UnitClip, default=1
        Rows of one unit that count; multiplies the noise where there are ``groups``.
    confidence : float, default=0.95
        Of each interval.
    random_state : int, RandomState instance or None, default=None
        A seed makes the noise repeatable, for tests only: it is then no protection.

    Returns
    -------
    DPStatistic
        ``found["age"]`` is how much the score drops without ``age``. ``population``
        counts sampling, too.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.inspection import PublicBackground, dp_permutation_importance
    >>> from skprivate.linear_model import DPLogisticRegression
    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(-1, 1, (4000, 2))
    >>> y = (X[:, 0] > 0).astype(int)
    >>> model = DPLogisticRegression(bounds=(-1, 1), classes=[0, 1]).fit(X, y)
    >>> spread = PublicBackground(rng.uniform(-1, 1, (100, 2)))
    >>> found = dp_permutation_importance(model, X, y, background=spread)
    >>> bool(found[0] > 0.3), bool(found[1] < 0.1)
    (True, True)
    """
    check_model(model)
    shown = background_of(background).rows_
    names = names_of(shown)
    places = places_of(features, names)
    scorer = _scorer(model, scoring)
    _check_repeats(n_repeats)
    if not is_source(X):
        check_columns(X, shown)
    scale = scorer.question_for(model).row_scale
    drops = Drops(model, scorer, shown, tuple(places), int(n_repeats), scale)
    width = len(places)
    end = np.full(width, scale)
    target = scorer.question_for(model).target
    numbers = RowNumbers(drops, width, -end, end, target)
    found = mean_numbers(
        "dp_permutation_importance",
        numbers,
        X,
        y,
        owner=(model,),
        epsilon=epsilon,
        delta=delta,
        sample_weight=sample_weight,
        groups=groups,
        max_weight=max_weight,
        max_rows_per_group=max_rows_per_group,
        confidence=confidence,
        random_state=random_state,
    )
    labels = tuple(label_of(names, place) for place in places)
    return with_axes(found, "importance", (("feature", labels),))


@dataclass(frozen=True, eq=False)
class Drops:
    """How much the score of each row drops, if features have values of a background.

    Parameters
    ----------
    model : estimator
    scorer : DPScorer
    shown : table
        Background rows.
    places : tuple of tuple of int
    n_repeats : int
    scale : float
        What a difference of scores of rows is worth.
    """

    model: object
    scorer: DPScorer
    shown: object
    places: tuple
    n_repeats: int
    scale: float

    def __call__(self, X, y):
        """An array of shape (n_rows, n_features), of each row by itself."""
        X = as_table(X)
        if len(y) != X.shape[0]:
            raise refused(
                ValueError,
                "Found input variables with inconsistent numbers of samples: X and y "
                "must have the same number of rows.",
            )
        own = self._scores(X, y)
        drops = np.zeros((len(own), len(self.places)))
        for k, place in enumerate(self.places):
            for values in self._tried(place):
                replaced = with_values(X, place, values)
                drops[:, k] += own - self._scores(replaced, y)
        return self.scale * drops / self.n_repeats

    def _tried(self, place):
        """Values of the background for some columns, the same for all rows.

        Of one column they are spread evenly over its order, so that they stand for its
        distribution far better than as many draws would.
        """
        columns = [column_of(self.shown, j) for j in place]
        if len(columns) == 1:
            columns = [ordered(columns[0])]
        n_rows = len(columns[0])
        at = (np.arange(self.n_repeats) + 0.5) * n_rows / self.n_repeats
        return [[column[row] for column in columns] for row in at.astype(int).tolist()]

    def _scores(self, X, y):
        return np.asarray(self.scorer.row_score(self.model, X, y), dtype=np.float64)


def _scorer(model, scoring):
    """A scorer whose score is a mean over rows."""
    if scoring is None:
        if is_regressor(model):
            raise ValueError(
                "scoring must be given for a regressor, with public bounds of its "
                "target: make_dp_scorer('neg_mean_squared_error', target_bounds=...)."
            )
        scoring = "accuracy"
    scorer = get_dp_scorer(scoring)
    if not scorer.question_for(model).is_mean:
        raise ValueError(
            "scoring must be a mean over rows between public bounds, which this score "
            "is not. Give 'accuracy', 'neg_log_loss', 'neg_brier_score', or an error "
            "with target_bounds."
        )
    return scorer


def _check_repeats(n_repeats):
    whole = isinstance(n_repeats, (int, np.integer)) and n_repeats is not True
    if not whole or not 1 <= n_repeats <= 10_000:
        raise ValueError("n_repeats must be a whole number of at least 1. Give 10.")
