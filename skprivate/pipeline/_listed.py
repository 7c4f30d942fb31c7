"""Lists of rows as arrays before a step sees them: NumPy would find one type."""

from sklearn.utils import get_tags

from skprivate.base import DPEstimator
from skprivate.rows._kinds import real_array
from skprivate.rows._untyped import UNTYPED, untyped_array


def arrayed(step, X):
    """A list of rows as objects for a step that reads tables, else as float64.

    Guarantee: each value is what it would be in any other company. What is no list is
    returned as it is.
    """
    if not isinstance(X, UNTYPED):
        return X
    values = untyped_array(X)
    return values if _reads_tables(step) else real_array(values, "X")


def listed_for(step, X):
    """The same for ``fit``, where private steps have a door of their own for lists."""
    own = isinstance(step, DPEstimator) or hasattr(step, "_children")
    return X if own else arrayed(step, X)


def _reads_tables(step):
    """Whether a step may meet other values than numbers, as its tags tell."""
    if hasattr(step, "_children"):
        return True
    tags = get_tags(step).input_tags
    return tags.categorical or tags.string
