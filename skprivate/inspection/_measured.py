"""From rows and a model to means of numbers of rows: pay, ask the model, ask."""

from dataclasses import dataclass, replace

import numpy as np
from sklearn.base import is_classifier
from sklearn.exceptions import NotFittedError

from skprivate.base._confidence import check_confidence
from skprivate.base._rehearsal import Given
from skprivate.exploration._measured import Statistic
from skprivate.exploration._moments import Means
from skprivate.ledger import charge, prepaid
from skprivate.ledger._charge import unpaid
from skprivate.rows import DaskRows
from skprivate.rows._emptied import emptied_column
from skprivate.rows._features import refuse_no_rows
from skprivate.rows._kinds import is_dask
from skprivate.rows._parted import is_source, mapped_items
from skprivate.rows._refusal import refused, sealed
from skprivate.rows._target import checked_target


def check_model(model):
    """Refuse what is no model, or has not been fitted as far as this can be seen."""
    if not hasattr(model, "predict") or not hasattr(model, "__sklearn_tags__"):
        raise TypeError(
            "model must be a fitted classifier or regressor. Fit one, and give it."
        )
    private = hasattr(model, "epsilon") and not hasattr(model, "privacy_")
    if private or (is_classifier(model) and not hasattr(model, "classes_")):
        raise NotFittedError(
            f"This {type(model).__name__} is not fitted yet. Call fit first."
        )


@dataclass(frozen=True, eq=False)
class RowNumbers:
    """Numbers that are found for each row.

    **Guarantee.** ``work`` must treat each row by itself: what it returns for one is a
    function of this row, of its target, and of what is public or was released.

    Parameters
    ----------
    work : callable
        From rows and their targets to an array of shape (n_rows, width).
    width : int
    low, high : ndarray of shape (width,)
        Public ends: what is outside is moved to the nearer one.
    target : {"class", "number", "none"}
        What targets are.
    """

    work: object
    width: int
    low: np.ndarray
    high: np.ndarray
    target: str = "none"

    def table(self, X, y, weight):
        """Numbers of all rows, wherever these are, and what is left to be given."""
        if not is_source(X):
            return sealed(lambda: self._of_rows(X, y)), weight
        rows = DaskRows(X, y, weight) if is_dask(X) else X
        return mapped_items(rows, self._of_rows, self.width), None

    def _of_rows(self, X, y):
        found = np.asarray(self.work(X, y), dtype=np.float64)
        return np.where(np.isfinite(found), found, 0.0)


def mean_numbers(
    name, numbers, X, y, *, sample_weight=None, groups=None, owner=(), **settings
):
    """Means of numbers of rows, and charge every ledger for them once.

    **Guarantee.** The result is a function of what one :class:`Curator` released within
    the budget, and of public parameters; ledgers are debited before a row is read, and
    before the model sees one. One unit changes the numbers of its own rows alone, each
    between its ends, so a row moves the release by at most ``sqrt(width)`` parts of a
    count (see :class:`~skprivate.queries._target_cells.TargetCells`).
    """
    question = Means(None, None, "private", (numbers.low, numbers.high)).checked()
    question, empty = question.of_table(np.empty((0, numbers.width)), {})
    asked = Statistic(question, name, **settings)
    asked._validate_params()
    check_confidence(asked.confidence)
    if X is None:
        raise refused(TypeError, "X is None. Pass the rows.")
    to_pay = unpaid(name, owner=owner)
    if to_pay is not None:
        if numbers.target != "none" and not is_source(X):
            checked_target(emptied_column(y), numbers.target)
        given = Given.of(np.empty((0, 1)), None, sample_weight, groups, to_pay)
        asked._rehearse(given.with_table(empty))
    seeded = asked.random_state is not None
    paid = charge(name, asked._budget(), owner=owner, seeded=seeded)
    with paid.kept():
        table, weight = numbers.table(X, y, sample_weight)
        refuse_no_rows(table)
        with prepaid(asked):
            asked.fit(table, sample_weight=weight, groups=groups)
        paid.record(asked.privacy_)
        known = asked.confidence, asked.privacy_
        return question.result(asked.answer_, name, *known)


def with_axes(found, name, axes, shape=None):
    """A statistic of other axes, in an order that stays."""
    shape = tuple(len(labels) for _, labels in axes) if shape is None else shape
    parts = [np.reshape(part, shape) for part in (found.values, found.low, found.high)]
    population = found.population
    if population is not None:
        population = tuple(np.reshape(end, shape) for end in population)
    values, low, high = parts
    return replace(
        found,
        name=name,
        axes=axes,
        values=values,
        low=low,
        high=high,
        population=population,
    )
