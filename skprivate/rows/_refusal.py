"""Errors that say what to do and never carry a value from the data."""

import re
from contextlib import contextmanager
from typing import Any

import numpy as np
from sklearn.exceptions import NotFittedError

_RESHAPE = (
    "Reshape your data either using array.reshape(-1, 1) if your data has a single "
    "feature or array.reshape(1, -1) if it contains a single sample."
)

# (what another library's message contains, the constant message shown instead).
# Wording follows scikit-learn, whose estimator checks look for parts of it.
_REPLACEMENTS = (
    (
        "Complex data not supported",
        "Complex data not supported: {name} must hold real numbers. Pass the real and "
        "imaginary parts as two features.",
    ),
    (
        "contains infinity",
        "Input {name} contains infinity or a value too large for dtype('float64'). "
        "Replace or drop such values first.",
    ),
    (
        "contains NaN",
        "Input {name} contains NaN. Fill gaps first, with a DPSimpleImputer or a "
        "DPTableVectorizer in front, or drop such rows.",
    ),
    ("got 1D array", "Expected 2D array, got 1D array instead. " + _RESHAPE),
    ("got scalar array", "Expected 2D array, got scalar array instead. " + _RESHAPE),
    ("Expected 2D input", "Expected 2D array, got 1D array instead. " + _RESHAPE),
    (
        "Expected a 2-dimensional container",
        "Expected a 2-dimensional container, got a Series instead. Pass a DataFrame. "
        + _RESHAPE,
    ),
    (
        "Found array with dim",
        "Found array with more than 2 dimensions, while dim <= 2 is required. Pass one "
        "row per sample and one column per feature.",
    ),
    # scikit-learn prints the shape; the number of rows is private, so it is left out.
    (
        " sample(s)",
        "Found array with 0 sample(s) while a minimum of 1 is required. Pass at least "
        "one row.",
    ),
    (
        "0 feature(s)",
        "Found array with 0 feature(s) (shape=(, 0)) while a minimum of 1 is required. "
        "Pass at least one column.",
    ),
    (
        "could not convert string",
        "{name} holds text where numbers are needed. Encode text columns first: put a "
        "DPTableVectorizer or a DPOneHotEncoder in front.",
    ),
    (
        "argument must be a string",
        "{name} holds something that is no number: argument must be a string or a real "
        "number. Convert or drop such columns first.",
    ),
    (
        "setting an array element",
        "{name} has rows of unequal length. Give every row the same number of columns.",
    ),
    (
        "Sparse data was passed",
        "Sparse data was passed, but dense data is required. Use '.toarray()' to "
        "convert {name} to a dense array.",
    ),
    ("np.matrix", "np.matrix is not supported. Convert {name} with np.asarray."),
)

# Messages of scikit-learn that hold nothing but the schema: widths, and names of
# columns, or such that parameters ask for.
_SCHEMA_ONLY = re.compile(
    r"X has \d+ features, but \w+ is expecting \d+ features as input\.$"
    r"|X has a different shape than during fitting\.$"
    r"|The feature names should match those that were passed during fit\.\n"
    r"|This \w+ instance is not fitted yet\. Call 'fit' with appropriate arguments "
    r"|Feature names are only supported if all input features have string names"
    r"|Some column names are not columns of the dataframe: "
    r"|A given column is not a column of the dataframe$"
    r"|Specifying the columns using strings is only supported for dataframes\.$"
    r"|X has feature names, but \w+ was fitted without feature names$"
    r"|X does not have valid feature names, but \w+ was fitted with feature names$"
)

_UNREADABLE = (
    "{name} cannot be read as numbers. Pass a numeric array, a DataFrame of numeric "
    "columns, or a list of rows of equal length."
)


def refused(kind: Any, message: Any) -> Any:
    """An error whose message is known to hold no data, so that `sealed` lets it by."""
    error = kind(message)
    error.holds_no_data = True
    return error


def sealed(call, name="X", unreadable=_UNREADABLE):
    """Result of ``call()``; no error that leaves it holds a value from the data.

    Guarantee: an exception raised here has a message that is a constant of this
    library (or holds column names and widths, which are public), and has neither
    ``__cause__`` nor ``__context__``. The type is kept for ValueError and TypeError.
    `name` is the argument that is read, for the message; `unreadable` is the message
    where no better one is known.
    """
    try:
        with np.errstate(all="ignore"):
            return call()
    except Exception as error:
        refusal = _without_data(error, name, unreadable)
    # Raised outside the except block: inside, Python would attach the original error.
    raise refusal


@contextmanager
def of_column(name):
    """A block that reads one column: what is refused in it names the column.

    Parameters
    ----------
    name : str or int
        Its name, or its number if it has none.
    """
    try:
        yield
    except Exception as error:
        message = str(error)
        if getattr(error, "holds_no_data", False) and message.startswith("X "):
            error.args = (f"Column {name!r} of {message}",)
        raise


def _without_data(error, name, unreadable):
    """`error` itself where it holds no data, else its replacement."""
    if getattr(error, "holds_no_data", False):
        return error
    if isinstance(error, MemoryError):
        return refused(MemoryError, f"Not enough memory to read {name}. Use ChunkRows.")
    message = str(error)
    if _SCHEMA_ONLY.match(message):
        kinds = (NotFittedError, ValueError, TypeError, UserWarning)
        return refused(_kind_of(error, kinds), message)
    kind = _kind_of(error, (TypeError, ValueError))
    for part, replacement in _REPLACEMENTS:
        if part in message:
            return refused(kind, replacement.format(name=name))
    return refused(kind, unreadable.format(name=name))


def _kind_of(error, kinds):
    """The first of `kinds` that `error` is, by default ValueError."""
    return next((kind for kind in kinds if isinstance(error, kind)), ValueError)
