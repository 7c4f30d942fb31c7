"""Drawings of shape functions, with bands that count the noise."""

from collections.abc import Sequence
from math import ceil, sqrt
from typing import Any, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted

_WIDTH, _HEIGHT = 3.4, 2.6  # of one drawing, in inches
_COLUMNS = 3
_CONFIDENT = 1.96


class DPShapeDisplay:
    """Plot of the terms of an additive model.

    Functions of numbers are steps, those of categories bars, those of pairs squares.
    Bands hold the function of all people with 95% confidence, as far as the model is
    right: they count the noise of privacy, and the chance of which rows there are.

    Parameters
    ----------
    terms : list of dict
        What :meth:`from_estimator` reads off a model.

    Attributes
    ----------
    figure_, axes_ : Figure, ndarray of Axes
        What was drawn, after :meth:`plot`; an axis for each term.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.additive import DPAdditiveRegressor, DPShapeDisplay
    >>> X = np.random.default_rng(0).uniform(-1, 1, (2000, 2))
    >>> model = DPAdditiveRegressor(bounds=(-1, 1), target_bounds=(-1, 1))
    >>> display = DPShapeDisplay.from_estimator(model.fit(X, X[:, 0]), terms=["x0"])
    >>> display.axes_[0].get_title()
    'x0'
    """

    def __init__(self, terms: Sequence[dict[Any, Any]]) -> None:
        self.terms = terms

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        *,
        terms: Sequence[str | int] | None = None,
        margin: int = 0,
        axes: Sequence[Any] | None = None,
    ) -> "DPShapeDisplay":
        """Read the terms off a fitted model, and plot.

        Parameters
        ----------
        estimator : DPAdditiveClassifier or DPAdditiveRegressor
        terms : list of str or int, default=None
            Names or numbers of terms; None: the most important ones, nine at most.
        margin : int, default=0
            Number of the class, where there are more than two.
        axes : sequence of Axes, default=None
            One for each term.

        Returns
        -------
        DPShapeDisplay
        """
        check_is_fitted(estimator)
        names = getattr(estimator, "term_names_", None)
        if names is None:
            raise TypeError(
                "estimator must be a fitted additive model. Give one; of a pipeline, "
                "its last step: pipeline[-1]."
            )
        if not 0 <= margin < estimator.term_values_[0].shape[1]:
            raise ValueError(
                "margin is no number of a class. Count the classes from zero; with two "
                "classes, or a number, there is one margin."
            )
        if terms is None:
            order = np.argsort(-estimator.term_importances_, kind="stable")
            chosen = order[: _COLUMNS**2].tolist()
        else:
            chosen = [_number_of(term, names) for term in terms]
        if not chosen:
            raise ValueError("terms is empty. Name a term, or leave terms out.")
        return cls([_term(estimator, j, margin) for j in chosen]).plot(axes)

    def plot(self, axes: Any = None) -> Self:
        """Draw a panel for each term, into ``axes`` or into a new figure."""
        if axes is None:
            axes = self._new_axes()
        axes = np.ravel(np.asarray(axes, dtype=object))
        if len(axes) < len(self.terms):
            raise ValueError("There are fewer axes than terms. Give one for each.")
        self.axes_ = axes[: len(self.terms)]
        self.figure_ = self.axes_[0].figure
        for axis, term in zip(self.axes_, self.terms, strict=True):
            _DRAW[term["kind"]](axis, term)
            axis.set_title(term["name"])
        return self

    def _new_axes(self):
        try:
            from matplotlib import pyplot
        except ImportError:
            raise ImportError(
                "DPShapeDisplay needs matplotlib. Install it with pip install "
                "'skprivate[viz]'."
            ) from None
        n = len(self.terms)
        n_columns = min(n, _COLUMNS)
        n_rows = ceil(n / n_columns)
        size = _WIDTH * n_columns, _HEIGHT * n_rows
        _figure, axes = pyplot.subplots(
            n_rows, n_columns, figsize=size, squeeze=False, layout="constrained"
        )
        for axis in axes.ravel()[n:]:
            axis.remove()
        return axes.ravel()[:n]


def _number_of(term, names):
    if term in names:
        return names.index(term)
    if isinstance(term, (int, np.integer)) and 0 <= term < len(names):
        return int(term)
    raise ValueError(
        f"terms names a term that there is not, {term!r}. Give a list of names of "
        "term_names_, or of their numbers."
    )


def _term(model, number, margin):
    """What is drawn of a term: numbers that are released, and names."""
    features = model.term_features_[number]
    values = model.term_values_[number][:, margin]
    term = {"name": model.term_names_[number], "values": values}
    if len(features) == 2:
        groups = [int(model.pair_groups_[j].max()) + 1 for j in features]
        ends = [model.table_bins_.names[j] for j in features]
        return {**term, "kind": "pair", "shape": groups, "names": ends}
    (j,) = features
    term["reach"] = _CONFIDENT * model.term_errors_[number][:, margin]
    edges = model.table_bins_.bins.edges[j]
    if edges is None:
        listed = [str(value) for value in model.table_bins_.listed[j]]
        return {**term, "kind": "category", "labels": [*listed, "other", "missing"]}
    bounds = model.schema_[term["name"]].bounds
    kind = "date" if model.table_bins_.columns[j].kind == "date" else "number"
    return {**term, "kind": kind, "edges": edges, "bounds": _numbers(bounds)}


def _numbers(bounds):
    """Ends of a column, of dates as seconds; None if there are none."""
    if bounds is None or not isinstance(bounds[0], str):
        return bounds
    return tuple(np.array(bounds, dtype="datetime64[s]").astype(np.float64).tolist())


def _draw_number(axis, term):
    """Steps between edges; what lies beyond the outermost ones is drawn as far."""
    edges = np.asarray(term["edges"])
    low, high = term["bounds"] if term["bounds"] is not None else (0.0, 1.0)
    if len(edges):
        low, high = min(low, edges[0]), max(high, edges[-1])
    ends = np.concatenate([[low], edges, [high]])
    values, reach = term["values"][:-1], term["reach"][:-1]
    axis.stairs(values, ends, baseline=None, linewidth=1.5)
    axis.fill_between(
        ends,
        np.append(values - reach, (values - reach)[-1]),
        np.append(values + reach, (values + reach)[-1]),
        step="post",
        alpha=0.2,
        linewidth=0,
    )


def _draw_date(axis, term):
    """The same, with dates in place of seconds."""
    _draw_number(axis, term)
    axis.xaxis.set_major_formatter(_day)
    axis.tick_params(axis="x", rotation=30)


def _day(seconds, _position):
    """The day that many seconds after 1970 began, if it has a year of four digits."""
    if not -6.2e10 < seconds < 2.5e11:
        return f"{seconds:g}"
    return str(np.datetime64(int(seconds), "s").astype("datetime64[D]"))


def _draw_category(axis, term):
    """A bar for each category, those that are not listed and missing ones last."""
    places = np.arange(len(term["values"]))
    axis.barh(places, term["values"], xerr=term["reach"], height=0.6, alpha=0.7)
    axis.set_yticks(places, term["labels"], fontsize="small")
    axis.invert_yaxis()


def _draw_pair(axis, term):
    """A square for each group of both columns, from low to high, missing ones last."""
    grid = term["values"].reshape(term["shape"])
    most = max(float(np.abs(grid).max()), sqrt(np.finfo(float).tiny))
    axis.imshow(
        grid.T, origin="lower", aspect="auto", cmap="RdBu_r", vmin=-most, vmax=most
    )
    first, second = term["names"]
    axis.set(xlabel=f"{first}, by group", ylabel=f"{second}, by group")


_DRAW = {
    "number": _draw_number,
    "date": _draw_date,
    "category": _draw_category,
    "pair": _draw_pair,
}
