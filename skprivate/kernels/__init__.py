"""Numba kernels: arrays in, arrays out, no knowledge of privacy or scikit-learn.

Every kernel that adds over rows keeps one promise, which the privacy of the library
rests on:

    a row contributes integers, of a norm that its docstring states and proves, and a
    row that is not finite contributes zero.

Integers are held in float64. Below 2**53 their sums are exact, so a total depends on
no order: not on chunks, threads, the kind of chunk, or which party added first.
Importing this package compiles nothing.
"""

from skprivate.kernels._bins import bins_of, write_bins
from skprivate.kernels._blocks import CHUNK_ROWS
from skprivate.kernels._boxes import boxes_of_rows, split_boxes
from skprivate.kernels._cells import cell_sums
from skprivate.kernels._centers import nearest_center_sums
from skprivate.kernels._clip import clipped_sum
from skprivate.kernels._counts import class_counts, histogram, norm_histogram
from skprivate.kernels._exact import (
    center_bits,
    clipped_sum_bits,
    gradient_bits,
    moments_bits,
    second_moments_bits,
)
from skprivate.kernels._forest_walk import forest_sums, forest_values
from skprivate.kernels._gradients import gradient, rounded_coef
from skprivate.kernels._intervals import interval_counts, interval_table
from skprivate.kernels._losses import (
    GAMMA,
    HINGE,
    HUBER,
    LOGISTIC,
    POISSON,
    QUANTILE,
    SQUARED,
    SQUARED_HINGE,
    TWEEDIE,
)
from skprivate.kernels._magnitudes import magnitude_edges, magnitude_histogram
from skprivate.kernels._moments import moments
from skprivate.kernels._plain import without_twins
from skprivate.kernels._products import row_products, squared_distances
from skprivate.kernels._row_balls import clip_rows, row_norms
from skprivate.kernels._second_moments import second_moments
from skprivate.kernels._shortened import shortened
from skprivate.kernels._softmax import gradient_softmax
from skprivate.kernels._sparse_gradients import (
    sparse_gradient,
    sparse_gradient_softmax,
)
from skprivate.kernels._steps import logistic_steps
from skprivate.kernels._terms import add_terms, term_sums
from skprivate.kernels._urns import drawn_from_urns
from skprivate.kernels._walk import ends_of_rows
from skprivate.kernels._watch import finite_watch

__all__ = [
    "CHUNK_ROWS",
    "GAMMA",
    "HINGE",
    "HUBER",
    "LOGISTIC",
    "POISSON",
    "QUANTILE",
    "SQUARED",
    "SQUARED_HINGE",
    "TWEEDIE",
    "add_terms",
    "bins_of",
    "boxes_of_rows",
    "cell_sums",
    "center_bits",
    "class_counts",
    "clip_rows",
    "clipped_sum",
    "clipped_sum_bits",
    "drawn_from_urns",
    "ends_of_rows",
    "finite_watch",
    "forest_sums",
    "forest_values",
    "gradient",
    "gradient_bits",
    "gradient_softmax",
    "histogram",
    "interval_counts",
    "interval_table",
    "logistic_steps",
    "magnitude_edges",
    "magnitude_histogram",
    "moments",
    "moments_bits",
    "nearest_center_sums",
    "norm_histogram",
    "rounded_coef",
    "row_norms",
    "row_products",
    "second_moments",
    "second_moments_bits",
    "shortened",
    "sparse_gradient",
    "sparse_gradient_softmax",
    "split_boxes",
    "squared_distances",
    "term_sums",
    "without_twins",
    "write_bins",
]
