"""The door for targets: numbers of a regression, labels of a classification."""

import warnings
from numbers import Integral, Real

import numpy as np
from sklearn.exceptions import DataConversionWarning

from skprivate.rows._kinds import in_memory_array, is_complex, kinds_of_array
from skprivate.rows._refusal import refused, sealed
from skprivate.rows._target_columns import columns_of, n_columns
from skprivate.rows._untyped import MISSING, floats_of

_ONE_EACH = "Pass one value for each row."
_SEVERAL = {
    "class": f"{_ONE_EACH} Of several targets DPMultiOutputClassifier fits one model "
    "each.",
    "number": f"{_ONE_EACH} Of several targets DPMultiOutputRegressor fits one model "
    "each. Least squares, as DPRidge, take them; of a source of rows they have to know "
    "how many: target_bounds=([low, low], [high, high]).",
}
_UNKNOWN = "Unknown label type: "


def checked_target(y, target, owner="estimator", n_targets=None):
    """`y` as `target` needs it: float64 for "number", labels for "class", else None.

    With ``n_targets``, a public number, it is an array of as many columns of numbers.

    Raises
    ------
    ValueError, TypeError
        For anything else, in words of scikit-learn and without a value of `y`.
    """
    if target == "none":
        return None
    if y is None:
        raise refused(
            ValueError,
            f"This {owner} estimator requires y to be passed, but the target y is "
            "None. Pass y, or name its column in a source: ArrowRows(..., target=...).",
        )
    if n_targets is not None:
        return _several_numbers(y, n_targets)
    y = one_column(y, "y", _SEVERAL.get(target, _ONE_EACH))
    if is_complex(y):
        raise refused(
            ValueError,
            "Complex data not supported: y must hold real numbers. Give its real part, "
            "or its size.",
        )
    return sealed(lambda: _numbers(y) if target == "number" else _labels(y), "y")


def one_column(values, name, instead=_ONE_EACH):
    """`values` as a 1-D array, not copied where it is one; a column is flattened.

    ``instead`` ends the message that refuses anything else.
    """
    array = in_memory_array(values, name)
    if array.ndim == 2 and array.shape[1] == 1:
        warnings.warn(
            f"A column-vector {name} was passed when a 1d array was expected. Please "
            "change its shape to (n_samples, ), for example using ravel().",
            DataConversionWarning,
            stacklevel=2,
        )
        return array.reshape(-1)
    if array.ndim != 1:
        shape = "a scalar" if array.ndim == 0 else "an array of more than one column"
        raise refused(
            ValueError, f"{name} should be a 1d array, got {shape} instead. {instead}"
        )
    return array


def finite(values, name):
    """`values`, refused if one of them is NaN or infinite."""
    if np.isfinite(values).all():
        return values
    found = "NaN" if np.isnan(values).any() else "infinity"
    raise refused(
        ValueError,
        f"Input {name} contains {found}"
        + (" or a value too large for dtype('float64')" if found != "NaN" else "")
        + ". Replace or drop such values first.",
    )


def _several_numbers(y, number):
    """`y` as finite float64, a column for each target, each value on its own."""
    if n_columns(y) != number:
        raise refused(
            ValueError,
            f"y has not the {number} columns of this fit, one for each target. Give as "
            "many, and as many target_bounds.",
        )
    if isinstance(y, np.ndarray) and y.dtype == np.float64:
        return finite(y, "y")
    columns = [checked_target(column, "number") for column in columns_of(y)]
    return np.column_stack(columns)


def _numbers(y):
    """`y` as finite float64, each value on its own."""
    kinds = {*kinds_of_array(y)}
    if kinds & {*"SUT"}:
        raise refused(
            ValueError, "y holds text where numbers are needed. Convert it to float."
        )
    if not kinds <= {*"biufO"}:
        raise refused(
            TypeError, "y must hold numbers. Convert dates and durations to float."
        )
    y = floats_of(y) if y.dtype.kind == "O" else y.astype(np.float64, copy=False)
    return finite(y, "y")


def _labels(y):
    """`y` as labels: bool, integers, floats without fraction, or text."""
    if y.dtype.kind == "O":
        y = _labels_of_objects(y)
    if y.dtype.kind == "f" and (finite(y, "y") != np.trunc(y)).any():
        raise _continuous()
    if y.dtype.kind in "ST":
        if y.dtype.kind == "T":
            return y.astype(object)
        raise refused(TypeError, _UNKNOWN + "bytes. Decode the labels of y to text.")
    if y.dtype.kind not in "biufUO":
        raise refused(
            ValueError,
            _UNKNOWN + "y must hold bool, integers or text. Convert it to one of them.",
        )
    return y


def _labels_of_objects(y):
    """Labels of an object array: all of them text, booleans or numbers, or refused.

    Numbers become exact integers, whatever the types of others.
    """
    types = _types(y)
    if any(t.__name__ in MISSING for t in types):
        raise refused(
            ValueError, "Input y contains NaN. Drop rows without a label first."
        )
    if all(issubclass(t, str) for t in types):
        return y
    if all(issubclass(t, (bool, np.bool_)) for t in types):
        return y.astype(bool)
    known = tuple(t for t in types if issubclass(t, (Real, np.bool_)))
    numbers = [v for v in y.tolist() if isinstance(v, known)]
    if any(not issubclass(t, (Integral, np.bool_)) for t in known):
        _refuse_fractions(numbers)
    if len(known) == len(types):
        return _integers(numbers)
    raise refused(
        ValueError,
        _UNKNOWN + "y mixes text with numbers, or holds other objects. Convert every "
        "label to text, or every label to an integer.",
    )


def _integers(numbers):
    """Whole numbers as int64, or as Python's integers where one is too large."""
    whole = np.array([*map(int, numbers)], dtype=object)
    try:
        return whole.astype(np.int64)
    except OverflowError:
        return whole


def _refuse_fractions(numbers):
    """Refuse objects that are no finite whole numbers."""
    odd = [v for v in numbers if not isinstance(v, (int, np.integer, np.bool_))]
    odd = finite(np.array(odd, dtype=np.float64), "y")
    if (odd != np.trunc(odd)).any():
        raise _continuous()


def _continuous():
    return refused(
        ValueError,
        _UNKNOWN + "continuous. A classifier needs discrete classes: use a regressor, "
        "or cut y into classes.",
    )


def _types(y):
    """Types that occur in an object array."""
    return set(map(type, y.tolist()))
