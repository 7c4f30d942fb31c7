"""Lists of rows as arrays before a step sees them: NumPy would find one type."""

from numbers import Real

from sklearn.utils import get_tags

from skprivate.base import DPEstimator
from skprivate.rows._kinds import real_array
from skprivate.rows._untyped import UNTYPED, untyped_array


def arrayed(step, X):
    """A list of rows as objects for a step that reads tables, else as float64.

    Guarantee: each value is what it would be in any other company.
    """
    if not isinstance(X, UNTYPED) or _reads_items(step):
        return X
    values = untyped_array(X)
    return values if _reads_tables(step) else real_array(values, "X")


def listed_for(step, X):
    """The same for ``fit``, where private steps have a door of their own for lists."""
    own = isinstance(step, DPEstimator) or hasattr(step, "_children")
    return X if own else arrayed(step, X)


def _reads_items(step):
    """Whether a step takes texts or mappings, one after another, and no table."""
    return not (hasattr(step, "_children") or get_tags(step).input_tags.two_d_array)


def _reads_tables(step):
    """Whether a step may meet more than floats, as parameters and tags tell."""
    if hasattr(step, "_children"):
        return True
    given, tags = getattr(step, "categories", None), get_tags(step).input_tags
    if isinstance(given, (list, tuple)) and not isinstance(step, DPEstimator):
        # scikit-learn's encoders know numbers again only in an array of numbers.
        return not all(_is_float(value) for listed in given for value in listed)
    return tags.categorical or tags.string


def _is_float(value):
    return isinstance(value, Real) and float(value) == value
