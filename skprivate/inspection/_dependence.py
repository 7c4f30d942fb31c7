"""What a model says on average if a feature has this value or that."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import is_classifier, is_regressor

from skprivate._typing import BoundsLike, Estimator, SeedLike, TableLike
from skprivate.base import check_bounds
from skprivate.base._tiles import responses
from skprivate.exploration import DPStatistic
from skprivate.inspection._background import (
    DPBackground,
    PublicBackground,
    ShownRows,
    background_of,
)
from skprivate.inspection._columns import (
    as_table,
    check_columns,
    label_of,
    names_of,
    places_of,
    with_values,
)
from skprivate.inspection._curves import DPPartialDependence
from skprivate.inspection._grids import grids_of, points_of
from skprivate.inspection._measured import (
    RowNumbers,
    check_model,
    mean_numbers,
    with_axes,
)
from skprivate.linear_model import PublicRows
from skprivate.metrics._question import code_of
from skprivate.rows import UnitClip
from skprivate.rows._parted import is_source

_MOST_POINTS = 10_000
_NO_MODEL = "model must be a fitted classifier or regressor. Fit one, and give it."


def dp_partial_dependence(
    model: Estimator,
    X: TableLike,
    features: Sequence[Any] | None = None,
    *,
    background: DPBackground | PublicBackground | PublicRows | None = None,
    custom_values: dict[Any, Any] | None = None,
    grid_resolution: int = 20,
    percentiles: tuple[float, ...] = (0.05, 0.95),
    target: Any = None,
    prediction_bounds: BoundsLike | None = None,
    epsilon: float = 1.0,
    delta: float = 1e-6,
    sample_weight: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    max_weight: float = 1.0,
    max_rows_per_group: int | UnitClip = 1,
    confidence: float = 0.95,
    random_state: SeedLike = None,
) -> DPPartialDependence:
    """Partial dependence of a model on features: free of charge, or private.

    Where ``X`` is a background, no row of anybody is asked about, and the answer is
    exact and free. Else the mean over private rows is released.

    What one unit can change: of a row, the answers of the model with each value of the
    grid in place of its own are numbers between public ends, and depend on this row
    alone. So a row moves the noisy sums of all ``g`` points by at most the root of
    ``g``: a grid of a few points has less noise.

    Parameters
    ----------
    model : estimator
        Fitted.
    X : DPBackground, PublicBackground, PublicRows; or rows as an array, data frame, \
            Dask collection or Rows
        What is averaged over.
    features : sequence, default=None
        Names or numbers of columns; a tuple of two stands for both together. None: all
        columns, one by one.
    background : DPBackground, PublicBackground or PublicRows, default=None
        Tells which values to try, where ``X`` is private.
    custom_values : dict, default=None
        Values of the grid by name or number of a column, in place of those of the
        background.
    grid_resolution : int, default=20
        Number of values of a column, if the background has more.
    percentiles : tuple of float, default=(0.05, 0.95)
        Of the background, between which they are.
    target : label, default=None
        The class whose probability is told; None means the last of two.
    prediction_bounds : tuple (low, high), default=None
        Public range of what the model says, for private rows: answers outside count as
        the nearer end. Probabilities need none.
    epsilon, delta : float, default=1.0, 1e-6
        What an answer about private rows may cost. ``delta=0`` asks for pure
        differential privacy, ``epsilon=inf`` adds no noise and is not private.
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
    DPPartialDependence
        ``found["age"]`` is a :class:`~skprivate.exploration.DPStatistic` with a value
        for each of the grid.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.inspection import PublicBackground, dp_partial_dependence
    >>> from skprivate.linear_model import DPLogisticRegression
    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(-1, 1, (4000, 2))
    >>> y = (X[:, 0] > 0).astype(int)
    >>> model = DPLogisticRegression(bounds=(-1, 1), classes=[0, 1]).fit(X, y)
    >>> background = PublicBackground(rng.uniform(-1, 1, (100, 2)))
    >>> found = dp_partial_dependence(model, background, [0])
    >>> bool(found[0].values[-1] > found[0].values[0] + 0.5)
    True
    """
    answer = Answer.of(model, target)
    given = {"rows": X, "background": background, "custom_values": custom_values}
    shown = _shown(X, background)
    names = _names(shown, **given)
    places = places_of(features, names)
    grids = grids_of(
        places, names, shown, custom_values, grid_resolution, tuple(percentiles)
    )
    points = [points_of(grid) for grid in grids]
    width = sum(map(len, points))
    if width > _MOST_POINTS:
        raise ValueError(
            f"The grid has more than {_MOST_POINTS} points. Lower grid_resolution."
        )
    asked = Curves(answer, tuple(places), tuple(points))
    labels = [label_of(names, place) for place in places]
    if _is_shown(X):
        means = asked(shown.rows_, None).mean(axis=0)
        privacy = getattr(shown, "privacy_", None)
        found = DPStatistic(
            "prediction", (), means, means, means, None, confidence, privacy
        )
    else:
        low, high = answer.ends(prediction_bounds)
        ends = np.full(width, low), np.full(width, high)
        found = mean_numbers(
            "dp_partial_dependence",
            RowNumbers(asked, width, *ends),
            X,
            None,
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
    return DPPartialDependence(_curves(found, names, places, labels, grids))


@dataclass(frozen=True, eq=False)
class Answer:
    """One number that a model says of a row.

    Parameters
    ----------
    model : estimator
    method : str
    column : int or None
        Of what the method returns.
    """

    model: object
    method: str
    column: int | None

    @classmethod
    def of(cls, model, target):
        """Probability of a class, or what a regressor predicts."""
        check_model(model)
        if is_regressor(model):
            if target is not None:
                raise ValueError(
                    "target is a class, and model predicts numbers. Leave target out."
                )
            return cls(model, "predict", None)
        if not is_classifier(model):
            raise TypeError(_NO_MODEL)
        classes = model.classes_
        if target is None and len(classes) > 2:
            raise ValueError(
                "model has more than two classes. Say in target=... whose probability "
                "is meant."
            )
        code = code_of(target, classes)
        if hasattr(model, "predict_proba"):
            return cls(model, "predict_proba", code)
        return cls(model, "decision_function", code if len(classes) > 2 else None)

    def __call__(self, X):
        """One number for each row."""
        found = np.asarray(responses(self.model, self.method, X), dtype=np.float64)
        return found if self.column is None else found[:, self.column]

    def ends(self, prediction_bounds):
        """What it is between."""
        if prediction_bounds is None and self.method == "predict_proba":
            return 0.0, 1.0
        if prediction_bounds is None:
            raise ValueError(
                "prediction_bounds must be given: the range of what the model says, "
                "known without a look at the rows. Give (low, high); or a background "
                "in place of X, which is free."
            )
        low, high = check_bounds(prediction_bounds, 1, "prediction_bounds")
        return float(low[0]), float(high[0])


@dataclass(frozen=True, eq=False)
class Curves:
    """What a model says of each row with values of grids in place of its own.

    Parameters
    ----------
    answer : Answer
    places : tuple of tuple of int
    points : tuple of list
        Values for each place, point by point.
    """

    answer: Answer
    places: tuple
    points: tuple

    def __call__(self, X, y):
        """An array of shape (n_rows, n_points), of each row by itself."""
        X = as_table(X)
        return np.column_stack(
            [
                self.answer(with_values(X, place, values))
                for place, points in zip(self.places, self.points, strict=True)
                for values in points
            ]
        )


def _is_shown(X):
    """Whether rows may be shown."""
    return isinstance(X, (ShownRows, PublicRows))


def _shown(X, background):
    """The background, if there is one."""
    if _is_shown(X):
        return background_of(X, "X")
    if background is None:
        return None
    shown = background_of(background)
    if not is_source(X):
        check_columns(X, shown.rows_)
    return shown


def _names(shown, rows, background, custom_values):
    """Names of the columns, which are public."""
    if shown is not None:
        return names_of(shown.rows_)
    if custom_values is None or is_source(rows):
        raise ValueError(
            "Which values to try must be known without a look at the rows. Give "
            "background=DPBackground(...).fit(X), or custom_values for rows in memory."
        )
    return names_of(as_table(rows))


def _curves(found, names, places, labels, grids):
    """One statistic for each feature."""
    curves, start = {}, 0
    for place, label, grid in zip(places, labels, grids, strict=True):
        axes = tuple(
            (str(names[j]), tuple(values.tolist()))
            for j, values in zip(place, grid, strict=True)
        )
        part = _part(found, start, start + int(np.prod([len(v) for v in grid])))
        curves[label] = with_axes(part, "prediction", axes)
        start += part.values.size
    return curves


def _part(found, start, stop):
    """Some of the numbers of a statistic."""

    def cut(part):
        return np.ravel(part)[start:stop]

    population = found.population
    return replace(
        found,
        axes=(),
        values=cut(found.values),
        low=cut(found.low),
        high=cut(found.high),
        population=None if population is None else tuple(map(cut, population)),
    )
