"""Rows chosen to break kernels, and what checks them: boxes, twins, exact norms."""

from fractions import Fraction

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse

NONE = np.empty(0)
NO_CODES = np.empty(0, dtype=np.int32)
EXTREMES = [0.0, -0.0, 1.0, -1.0, 5e-324, -2.5e-310, 1e308, -1.7e308]
NOT_FINITE = [np.nan, np.inf, -np.inf]


def bit_patterns(shape):
    """Arrays of doubles whose 64 bits are random: most are huge or tiny, some NaN."""
    return arrays(np.uint64, shape).map(lambda bits: bits.view(np.float64))


def matrices(max_rows=12, max_features=6):
    """Matrices of random bit patterns, extremes and ordinary numbers."""
    sizes = st.tuples(st.integers(1, max_rows), st.integers(1, max_features))
    ordinary = st.one_of(
        st.sampled_from(EXTREMES + NOT_FINITE), st.floats(-4.0, 4.0, width=32)
    )
    return sizes.flatmap(
        lambda shape: st.one_of(
            bit_patterns(shape), arrays(np.float64, shape, elements=ordinary)
        )
    )


def box_of(n_features, bits, reach=3.0):
    """Box [-reach, reach] with integers up to ``2**bits``."""
    return boxed(np.full(n_features, -reach), np.full(n_features, reach), bits)


def boxed(low, high, bits):
    """Box with centre in the middle; a flat one has scale zero."""
    half = (high - low) / 2.0
    scale = np.divide(2.0**bits, half, out=np.zeros_like(half), where=half > 0.0)
    return np.stack([low, high, low + half, scale])


def as_csr(X):
    """The same rows as the CSR tuple that kernels read."""
    matrix = sparse.csr_array(X)
    return matrix.data, matrix.indices, matrix.indptr, X.shape[1]


def on_grid(X, box):
    """Integers of the finite rows, and which rows those are."""
    finite = np.isfinite(X).all(axis=1)
    low, high, center, scale = box
    q = np.rint((np.clip(X[finite].astype(np.float64), low, high) - center) * scale)
    return q, finite


def squared(total):
    """Exact squared L2 norm of an array of integers in float64."""
    return sum(int(v) ** 2 for v in np.ravel(total))


def exactly(value):
    """A float as a rational number."""
    return Fraction(float(value))
