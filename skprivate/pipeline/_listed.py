"""Rows that are no table: lists, in which NumPy would find one type, and texts."""

from numbers import Real

from sklearn.feature_extraction import FeatureHasher
from sklearn.utils import get_tags

from skprivate.base import DPEstimator
from skprivate.rows._kinds import real_array
from skprivate.rows._refusal import refused
from skprivate.rows._untyped import UNTYPED, untyped_array


def arrayed(step, X):
    """A list of rows as objects for a step that reads tables, else as float64.

    Guarantee: each value is what it would be in any other company.
    """
    if not isinstance(X, UNTYPED) or reads_items(step):
        return X
    values = untyped_array(X)
    return values if _reads_tables(step) else real_array(values, "X")


def listed_for(step, X):
    """The same for ``fit``, where private steps have a door of their own for lists."""
    own = isinstance(step, DPEstimator) or hasattr(step, "_children")
    return X if own else arrayed(step, X)


def check_items(name, step, X):
    """Refuse a table where a step reads one text, or mapping, for each row."""
    flat = getattr(step, "reads_flat_rows", False)
    if reads_items(step) and not flat and len(getattr(X, "shape", ())) == 2:
        raise refused(
            TypeError,
            f"{name!r}, a {type(step).__name__}, reads one item for each row, and gets "
            "a table. Give it the column alone, such as X['text']; beside other "
            "columns, use make_dp_column_transformer with the name of that column, not "
            "in a list.",
        )


def planned_row(step, row):
    """A row for a step that has seen none: an empty item where it reads such."""
    first = first_step(step)
    if first is None or not reads_items(first):
        return row
    return [{}] if isinstance(first, FeatureHasher) else [""]


def first_step(step):
    """What a step hands its rows to first: of a pipeline or union, its first part."""
    while parts := getattr(step, "steps", getattr(step, "transformer_list", None)):
        step = next((part for _, part in parts if hasattr(part, "fit")), None)
    return step


def reads_items(step):
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
