"""Rows that come several times after a sampler: they are one unit for what follows."""

from dataclasses import replace

import numpy as np

from skprivate.base._tables import take
from skprivate.pipeline._steps import does_nothing, resamples
from skprivate.rows import UnitClip
from skprivate.under_sampling import RowFilter


def stability_of(steps):
    """How many rows one row may become on the way through steps: a public number."""
    found = 1
    for _, step in steps:
        if not does_nothing(step) and resamples(step):
            found *= getattr(step, "stability", 1)
    return found


def count_copies(child, copies):
    """Tell a child that up to so many rows are one unit.

    **Guarantee.** All that the child asks counts at most as many rows of a unit as it
    is told, whatever the units are, and has noise for as many. So it is within its
    budget on add or remove one unit; with as many as there may be copies, none is lost.
    A :class:`~skprivate.rows.UnitClip` that the user gave stays.
    """
    if copies == 1 or not child.spends:
        return
    for name, value in child.step.get_params(deep=True).items():
        counts = name.rpartition("__")[2] == "max_rows_per_group"
        if counts and not isinstance(value, UnitClip):
            child.tell(name, copies, value)


def with_units(given, copies):
    """Public facts of rows of which some are one unit; see :class:`Given`."""
    return given if copies == 1 else replace(given, groups=np.empty(0, np.int64))


def check_copies(steps):
    """Refuse samplers of others behind copies: nobody knows which row is whose.

    Raises
    ------
    TypeError
    """
    first = None
    for name, step in steps:
        if does_nothing(step) or not resamples(step):
            continue
        tells = isinstance(step, RowFilter) or hasattr(step, "_traced")
        if first and not (tells or hasattr(step, "steps")):
            raise TypeError(
                f"After {first!r}, whose rows come several times, {name!r} does not "
                "tell which rows it keeps. Put it before, or use a sampler of "
                "skprivate."
            )
        if getattr(step, "stability", 1) > 1:
            first = name


def rows_after(step, X, y, params):
    """Rows and target after a sampler, with which nothing else has to go along."""
    return getattr(step, "_traced", step.fit_resample)(X, y, **params)[:2]


def rows_and_units_after(step, X, y, units, params):
    """The same, and the unit of each row.

    Parameters
    ----------
    step : sampler
    X, y : array-like
    units : ndarray of int or None
        Of the rows; None: each is a unit of its own.
    params : dict
        Further arguments of ``fit_resample``.

    Returns
    -------
    X, y : table, array
    units : ndarray of int
    """
    if isinstance(step, RowFilter):  # which does not look at targets
        X, kept = step.fit_resample(X, np.arange(len(units)), **params)
        return X, take(y, kept), units[kept]
    X, y, origins = step._traced(X, y, **params)
    real = origins >= 0
    if units is None:
        units = np.arange(origins.max(initial=-1) + 1)
    # A synthetic row is public: it is in no unit, or in one of its own.
    found = units.max(initial=-1) + 1 + np.arange(len(origins))
    found[real] = units[origins[real]]
    return X, y, found
