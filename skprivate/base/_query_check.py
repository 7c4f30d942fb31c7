"""Whether a query is what it says, and fits the rows that it is put to."""

from dataclasses import fields, is_dataclass
from math import frexp, inf, isfinite
from numbers import Integral, Real
from typing import get_args

import numpy as np

from skprivate.base._box import Box, once
from skprivate.rows import refused

MOST_VALUES = 2**30  # of an answer
MOST_LEVELS = 2.0**37  # with at most 2**16 rows of a chunk, sums stay below 2**53
_ONE_LENGTH = "has arrays of different lengths, or of none"


def check_query(query, n_features):
    """Refuse a query that no estimator of ours would ask, before memory is read by it.

    Nothing here depends on rows: a query is public, and so is the number of columns.
    """
    try:
        problem = next(_problems(query, n_features), None)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        problem = "its parts do not go together"  # so that its bounds have no value
    if problem is not None:
        raise refused(
            ValueError,
            f"{type(query).__name__} cannot be asked of these rows: {problem}. Make "
            "the query from finite, ordered bounds of as many columns as X has.",
        )


def _problems(query, n_features):
    """What is wrong with a query, in order of what the rest relies on."""
    if is_dataclass(query):
        for field in fields(query):
            yield from _of_field(query, field)
    yield from query.problems()
    if query.width not in (None, n_features):
        yield f"it is about {query.width} columns, and X has {n_features}"
    if not (isinstance(query.size, Integral) and 0 < query.n_totals <= MOST_VALUES):
        yield "its size is not positive, or too large"
    if not (query.step > 0 and frexp(query.step)[0] == 0.5):
        yield "step is no power of two"
    heaviest = 1.0
    if query.weights is not None:
        heaviest = np.max(query.weights)
        if np.size(query.weights) != query.n_totals or not np.min(query.weights) > 0:
            yield "weights are not positive, or not one of each value"
    bounds = [query.levels] + [query.l1_bound] * (query.l1_bound is not None)
    if not all(0 < bound < inf for bound in bounds):
        yield "its bound is not positive and finite"
    if not query.levels * heaviest <= MOST_LEVELS:
        yield "its bound is too many grid steps for exact sums"


def _of_field(query, field):
    """Fields declared as numbers, arrays, boxes or queries must be what they are."""
    value, kinds = getattr(query, field.name), get_args(field.type) or (field.type,)
    if value is None and type(None) in kinds:
        return
    may_be_any = field.default != field.default  # NaN stands for missing values
    checks = {
        int: _of_count,
        float: _of_number,
        np.ndarray: _of_array,
        tuple: _of_tuple,
    }
    kind = kinds[0]
    if kind is Box:
        yield from (f"{field.name} {text}" for text in box_problems(value))
    elif isinstance(kind, type) and hasattr(kind, "problems"):
        inner = fields(value) if isinstance(value, kind) else [None]
        for part in inner:
            yield from _of_field(value, part) if part else [f"{field.name} is no query"]
    elif kind in checks and not (may_be_any and isinstance(value, Real)):
        yield from (f"{field.name} {text}" for text in checks[kind](value))


def _of_count(value):
    if not isinstance(value, Integral) or isinstance(value, bool):
        yield "is no whole number"
    elif not 0 <= value < 2**31:
        yield "is negative, or too large"


def _of_number(value):
    if not isinstance(value, Real) or isinstance(value, bool) or not isfinite(value):
        yield "is no finite number"


def _of_array(value):
    if not isinstance(value, np.ndarray) or value.dtype != np.float64:
        yield "is no array of float64"
    elif not np.isfinite(once(value)).all():
        yield "is not finite"


def _of_tuple(value):
    if not isinstance(value, tuple):
        yield "is no tuple"
    elif not all(isinstance(v, Real) and isfinite(v) for v in value):
        yield "is not finite"


def box_problems(box):
    """What is wrong with a box."""
    if not isinstance(box, Box):
        yield "is no box"
        return
    parts = box.low, box.high, box.center, box.half
    for part in parts:
        yield from _of_array(part)
    if len({part.shape for part in parts}) > 1 or box.low.ndim != 1 or not box.low.size:
        yield _ONE_LENGTH
        return
    low, high, _, half = map(once, parts)
    if not ((low <= high).all() and (half >= 0).all()):
        yield "has bounds in the wrong order, or a negative unit"
    elif not isinstance(box.bits, Integral) or not -1000 < box.bits < 53:
        yield "has no usable number of bits"
    elif box.overflows:
        yield "overflows"


def are_columns(numbers, n_columns):
    """Whether numbers are whole ones from zero up to below ``n_columns``."""
    return all(
        isinstance(number, Integral)
        and not isinstance(number, bool)
        and 0 <= number < n_columns
        for number in numbers
    )


def edge_problems(edges, *others):
    """What is wrong with ascending edges, in a row for each column."""
    if edges.ndim != 2 or any(part.shape != edges.shape[:1] for part in others):
        yield _ONE_LENGTH
    elif not (edges[:, 1:] >= edges[:, :-1]).all():
        yield "edges do not ascend"
