"""Public facts that a user declared as parameters."""

from numbers import Real

import numpy as np

# Parameters that state a fact about rows; others only say what to compute.
_NAMES = (
    *("bounds", "bound", "range", "classes", "categories", "schema", "class_weight"),
    "public",
)
_MOST = 4  # values shown of a sequence
_LONGEST = 30  # characters shown of a text


def declared_public(estimator):
    """Bounds, classes and categories among the parameters of an estimator.

    Whoever declares them says that they are known without a look at the rows, so a
    report may show them, in short.

    Returns
    -------
    tuple of (name, text)
    """
    if not hasattr(estimator, "get_params"):
        return ()
    parameters = sorted(estimator.get_params(deep=True).items())
    return tuple(
        (name, short(value)) for name, value in parameters if _declares(name, value)
    )


def _declares(name, value):
    last = name.rpartition("__")[2]
    if value is None or isinstance(value, bool) or hasattr(value, "get_params"):
        return False
    # A word is no fact about rows, but a way to find one: bounds="private".
    return not isinstance(value, str) and last.endswith(_NAMES)


def short(value):
    """The value in a few words."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, Real):
        return f"{value:.6g}"
    if isinstance(value, (str, bytes)):
        text = repr(value)
        return text if len(text) <= _LONGEST else text[:_LONGEST] + "...'"
    if isinstance(value, (list, tuple, np.ndarray)) and np.ndim(value) > 0:
        return _short_sequence(value)
    return getattr(value, "in_short", type(value).__name__)


def _short_sequence(values):
    first = [short(value) for value in values[:_MOST]]
    more = len(values) - len(first)
    if more > 0:
        first.append(f"... {more} more")
    left, right = "()" if isinstance(values, tuple) else "[]"
    return f"{left}{', '.join(first)}{right}"
