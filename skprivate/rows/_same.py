"""Whether two sources read the same rows, as far as that can be seen."""

from functools import partial
from itertools import combinations, product
from pathlib import PurePath
from types import FunctionType, MethodType
from weakref import ref

import numpy as np

from skprivate.rows._refusal import refused

_PLAIN = (str, bytes, int, float, PurePath)
_MOST_WORK = 10**6


def refuse_shared(held):
    """Refuse what two sources hold, of lists of what each holds: it counts twice.

    A report states what a row can move if it is counted once. No value is compared,
    only where the values are: two owners may well have equal rows.
    """
    pairs = (product(one, other) for one, other in combinations(held, 2))
    if any(_same(a, b) for pair in pairs for a, b in pair):
        raise refused(
            ValueError,
            "Two parties hold the same rows, which would be counted twice. Give every "
            "party once, with rows that no other party has; if two arrays only share "
            "memory, copy one of them.",
        )


def trace_of(X):
    """What tells later whether `X` was given twice; it does not keep a table alive."""
    try:
        return ref(X)  # the same each time
    except TypeError:  # a list
        return X


def _same(a, b):
    """Whether two things are one, or made of the same things in the same way."""
    if a is b:
        return True
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        try:
            return np.shares_memory(a, b, max_work=_MOST_WORK)
        except np.exceptions.TooHardError:
            return True  # it may be so
    if type(a) is not type(b):
        return False
    if isinstance(a, _PLAIN):
        return a == b
    parts = _parts(a), _parts(b)
    return parts[0] is not None and _all_same(*parts)


def _parts(thing):
    """What a function consists of, or None; loops make many of the same parts."""
    if isinstance(thing, FunctionType):
        cells = thing.__closure__ or ()
        try:
            inside = tuple(cell.cell_contents for cell in cells)
        except ValueError:  # a name that is not bound yet
            inside = cells
        named = thing.__kwdefaults__ or {}
        defaults = (*(thing.__defaults__ or ()), *named, *named.values())
        return thing.__code__, *inside, *defaults
    if isinstance(thing, MethodType):
        return thing.__self__, thing.__func__
    if isinstance(thing, partial):
        return thing.func, *thing.args, *thing.keywords, *thing.keywords.values()
    return None


def _all_same(these, those):
    return len(these) == len(those) and all(map(_same, these, those))
