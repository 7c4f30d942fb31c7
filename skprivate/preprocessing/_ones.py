"""Where rows of zeros and ones lie."""

import numpy as np

from skprivate.base import Geometry


def geometry_of_ones(n_columns, n_ones):
    """Of columns of zeros and ones, at most ``n_ones`` of which are one in a row."""
    ends = np.zeros(n_columns), np.ones(n_columns)
    return Geometry(ends, float(np.sqrt(n_ones)))
