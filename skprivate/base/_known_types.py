"""Types of what a user's function makes: found on made-up rows."""

from copy import copy

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import get_tags

from skprivate.base._made_types import types_made
from skprivate.base._tables import is_by_row
from skprivate.rows._typed_like import typed_like
from skprivate.rows._untyped import UNTYPED

_KNOWN = ("skprivate", "sklearn", "imblearn")
_PARTS = "steps", "transformer_list", "transformers_"


def knowing(model):
    """A model as it is, but that each function of a user in it returns fixed types.

    **Guarantee.** If such a function makes of each row one row, a value that it hands
    on depends on this value of its own, and on public facts: on the declared types of
    its rows, and on what it makes of made-up rows of these. It never depends on what
    the function returned for other rows.

    Parameters
    ----------
    model : estimator
        Fitted; not changed. Parts without code of a user are asked as they are: what
        they make of a type is known.
    """
    if isinstance(model, str) or model is None or not holds_code(model):
        return model
    parts = next((name for name in _PARTS if hasattr(model, name)), None)
    if parts is None:
        return _KnownTypes(model) if hasattr(model, "transform") else model
    twin = copy(model)
    pairs = [(name, knowing(part), *rest) for name, part, *rest in getattr(twin, parts)]
    vars(twin)[parts] = pairs
    return twin


class _KnownTypes:
    """A transformer with code of a user; it returns one type, whatever the rows.

    For rows of the same types, such as those of one call.
    """

    def __init__(self, step):
        self._step, self._made = step, None

    def transform(self, X, **params):
        """What the step makes of rows, in the types of what it makes of made-up ones.

        Metadata of single rows are not made up: without them it must work, too.
        """
        if not hasattr(X, "shape") and not isinstance(X, UNTYPED):
            return self._step.transform(X, **params)  # an iterator of texts
        if self._made is None:
            shared = {n: value for n, value in params.items() if not is_by_row(value)}
            self._made = types_made(
                lambda rows: self._step.transform(rows, **shared), X
            )
        return typed_like(self._made, self._step.transform(X, **params))

    def __sklearn_is_fitted__(self):
        return True

    def __sklearn_tags__(self):
        return get_tags(self._step)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._step, name)


def holds_code(model):
    """Whether a transformer has functions, or classes, of somebody else.

    Parameters
    ----------
    model : estimator
        With its parts.
    """
    home = type(model).__module__.partition(".")[0]
    if home not in _KNOWN or "transform" in vars(model):
        return True
    held = model.get_params(deep=False) if isinstance(model, BaseEstimator) else {}
    return any(map(_is_code, _all_in(held.values())))


def _is_code(value):
    """Whether a parameter is a function that somebody wrote; those of NumPy are not."""
    if isinstance(value, type | np.ufunc):
        return False
    if hasattr(value, "fit"):
        return holds_code(value)
    home = type(value).__module__.partition(".")[0]
    return callable(value) and home not in _KNOWN


def _all_in(values):
    """Values, and those within lists and dicts of them."""
    for value in values:
        if isinstance(value, (list, tuple)):
            yield from _all_in(value)
        elif isinstance(value, dict):
            yield from _all_in(value.values())
        else:
            yield value


def parts_in(values):
    """Estimators among values, or in lists and dicts of them."""
    return (value for value in _all_in(values) if hasattr(value, "fit"))
