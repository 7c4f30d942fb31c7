"""Values at which a model is looked at."""

from itertools import product
from numbers import Real

import numpy as np
from scipy.stats.mstats import mquantiles

from skprivate.inspection._columns import column_of, different


def grids_of(places, names, shown, custom_values, grid_resolution, percentiles):
    """For each feature the values of each of its columns.

    Parameters
    ----------
    places : list of tuple of int
    names : list
    shown : background or None
    custom_values : dict or None
    grid_resolution : int
    percentiles : tuple of float

    Returns
    -------
    list of tuple of ndarray
    """
    check_resolution(grid_resolution)
    check_percentiles(percentiles)
    custom = {} if custom_values is None else custom_values
    if not isinstance(custom, dict):
        raise TypeError("custom_values must be a dict of columns and their values.")
    unknown = [key for key in custom if key not in names and not _is_place(key, names)]
    if unknown:
        raise ValueError(
            "custom_values names a column that the rows do not have. Give names or "
            "numbers of columns."
        )
    return [
        tuple(
            _grid(j, names, shown, custom, grid_resolution, percentiles) for j in place
        )
        for place in places
    ]


def points_of(grid):
    """All combinations of the values of some columns, in order."""
    return list(product(*grid))


def check_resolution(grid_resolution):
    """Refuse what is no number of values."""
    whole = isinstance(grid_resolution, (int, np.integer))
    if not whole or isinstance(grid_resolution, bool) or grid_resolution < 2:
        raise ValueError("grid_resolution must be a whole number of at least 2.")


def check_percentiles(percentiles):
    """Refuse what are no two shares in order."""
    fine = len(percentiles) == 2 and all(isinstance(p, Real) for p in percentiles)
    if not fine or not 0 <= percentiles[0] < percentiles[1] <= 1:
        raise ValueError("percentiles must be two shares in order. Give (0.05, 0.95).")


def _is_place(key, names):
    whole = isinstance(key, (int, np.integer)) and not isinstance(key, bool)
    return whole and 0 <= key < len(names)


def _grid(j, names, shown, custom, grid_resolution, percentiles):
    """Values of one column: given, all that there are, or some at equal distances."""
    for key in (names[j], j):
        if key in custom:
            return _given(custom[key])
    if shown is None:
        raise ValueError(
            "custom_values lacks a column of features. Give values for each of them, "
            "or a background."
        )
    values = column_of(shown.rows_, j)
    values = values[values == values]
    if not len(values):
        raise ValueError(
            "The background has only missing values in a column of features. Give "
            "custom_values for it."
        )
    found = different(values)
    if len(found) <= grid_resolution or found.dtype.kind not in "iuf":
        return found
    low, high = mquantiles(values, prob=percentiles, axis=0)
    return np.linspace(low, high, grid_resolution) if low < high else found[:1]


def _given(values):
    values = np.asarray(values)
    if values.ndim != 1 or not len(values):
        raise ValueError("custom_values must be a list of values for each column.")
    return values
