"""Ledgers that objects take along, and all that is in them."""

from contextlib import suppress
from functools import partial
from types import FunctionType, MethodType

import numpy as np

CARRIED = "_skprivate_ledgers"
_PLAIN = frozenset({bool, int, float, complex, str, bytes, type(None), type})
_GROUPS = list, tuple, set, frozenset


def carried_by(thing):
    """Handles that an object carries, or anything that it is made of.

    That are the parameters of an estimator, and of these their parameters; what lists,
    tuples, sets and dicts hold, as the candidates of a search; and what a bound method,
    a ``functools.partial`` or a function that was defined in another is about.

    Parameters
    ----------
    thing : object

    Returns
    -------
    list of Handle
    """
    found, seen, left = [], {}, [thing]
    while left:
        one = left.pop()
        if type(one) in _PLAIN or id(one) in seen:
            continue
        seen[id(one)] = one  # kept, as its number must not be given away again
        found += getattr(one, "__dict__", {}).get(CARRIED, ())
        left += _inside(one)
    return found


def _inside(one):
    if isinstance(one, _GROUPS):
        return one
    if isinstance(one, dict):
        return one.values()
    if isinstance(one, MethodType):
        return [one.__self__]
    if isinstance(one, partial):
        return [one.func, *one.args, *one.keywords.values()]
    if isinstance(one, FunctionType):
        return [*_enclosed(one), *(one.__defaults__ or ())]
    if isinstance(one, np.ndarray):
        return one.ravel().tolist() if one.dtype.kind == "O" else ()
    if hasattr(one, "get_params") and not isinstance(one, type):
        # Ten times quicker than get_params; what was fitted is no part of the next fit.
        parts = getattr(one, "__dict__", {})
        return [value for name, value in parts.items() if name[-1:] != "_"]
    return ()


def _enclosed(function):
    """What a function knows from where it was defined; a name may not be bound yet."""
    for cell in function.__closure__ or ():
        with suppress(ValueError):
            yield cell.cell_contents
