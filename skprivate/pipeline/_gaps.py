"""Gaps that would pass the first steps of a pipeline, and be refused by a later one.

Whether there is a gap, the rows tell, so it costs what the fit does. But then nothing
should be released before.
"""

import numpy as np
from sklearn.preprocessing import FunctionTransformer

from skprivate._sklearn import safe_indexing
from skprivate.pipeline._door import keeps_missing, needs_finite_numbers
from skprivate.rows import Rows
from skprivate.rows._emptied import emptied
from skprivate.rows._features import checked_features


def check_finite(steps, X):
    """Refuse a missing value that would pass the first steps, and not all of them.

    Parameters
    ----------
    steps : list of estimator
        Those that are still to be fitted.
    X : array-like
        What arrives at the first of them. A source of rows is looked at as it is read.
    """
    if isinstance(X, Rows) or not _passes_gaps(steps[0]):
        return
    shape = getattr(X, "shape", ())
    columns = [*range(shape[1])] if len(shape) == 2 else None
    found = sorted({*_columns_refused(steps, X, columns)})
    if columns is None and found:
        checked_features(X, accept_sparse=True)
    elif found:
        part = X if found == columns else safe_indexing(X, found, axis=1)
        checked_features(part, accept_sparse=True)


def _columns_refused(steps, X, columns):
    """Columns of X, by number, whose gaps come to a step that must have none.

    Parameters
    ----------
    steps : list of estimator
    X : table
        No value is looked at.
    columns : list of int, or None
        The columns; None where they cannot be told apart, and are one.
    """
    carried = [0] if columns is None else columns  # None in it: of no column alone
    for number, step in enumerate(steps):
        if number and needs_finite_numbers(step):
            return {j for j in carried if j is not None}
        if hasattr(step, "_columns_of_parts"):
            return _refused_by_parts(step, steps[number + 1 :], X, carried, columns)
        if not _passes_gaps(step):
            return set()
    return set()


def _refused_by_parts(step, later, X, carried, columns):
    """The same where each part of a step has columns of its own."""
    if columns is None or len(carried) != len(columns):
        return set()
    try:
        # What steps before return has no names, unless they were told to give some.
        parts = step._columns_of_parts(emptied(X), np.empty((0, len(columns))))
    except Exception:  # its fit will tell
        return set()
    found, after = set(), []
    for part, places in parts:
        if needs_finite_numbers(part):
            found |= {carried[j] for j in places}
        if _passes_gaps(part):
            after += [carried[j] for j in places]
    for step in later:
        if needs_finite_numbers(step):
            return found | {*after}
        if hasattr(step, "_columns_of_parts") or not _passes_gaps(step):
            break
    return found


def _passes_gaps(step):
    """Whether what is missing before a step is missing after it, and that is all."""
    if isinstance(step, FunctionTransformer):
        func = step.func
        if isinstance(func, np.ufunc) and func.nin == func.nout == 1:
            with np.errstate(all="ignore"):
                return not step.kw_args and bool(func(np.nan) != func(np.nan))
        return func is None
    return hasattr(step, "_columns_of_parts") or keeps_missing(step)
