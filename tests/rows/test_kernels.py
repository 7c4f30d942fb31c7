"""Real kernels accept what every source hands out, and add up to the same bits."""

from dataclasses import dataclass

import numpy as np
import pytest
import scipy.sparse as sp

from skprivate.kernels import clipped_sum, moments, second_moments
from skprivate.rows import ArrayRows, ChunkRows, Door, NoRows, Parties
from skprivate.rows import _array as array_module

ONE = 2.0**16
BOX = np.array([[-2.0] * 4, [2.0] * 4, [0.0] * 4, [ONE / 2] * 4])
TARGET_BOX = np.array([-1.0, 1.0, 0.0, ONE])


@dataclass(frozen=True)
class Kernel:
    """A query that is one call of a kernel."""

    name: str
    max_rows: int = 2**30
    largest_entry = ONE**2

    @property
    def n_totals(self):
        """Of four features and three classes."""
        return {"sum": 4, "moments": 27, "gram": 36}[self.name]

    def __call__(self, X, y, weight):
        """Exact sum over a chunk, from the kernel."""
        if self.name == "sum":
            return clipped_sum(X, BOX, weight, 2, ONE)
        if self.name == "moments":
            return moments(X, BOX, weight, y, 3, ONE)
        return second_moments(X, y, BOX, TARGET_BOX, weight, ONE, ONE)


@pytest.mark.parametrize(
    ("name", "target"), [("sum", "none"), ("moments", "class"), ("gram", "number")]
)
def test_kernels_give_the_same_bits_everywhere(table, monkeypatch, name, target):
    X, numbers, labels, w = table
    y = labels if target == "class" else numbers
    monkeypatch.setattr(array_module, "CHUNK_BYTES", 2**15)
    strided, half = np.asfortranarray(X), len(X) // 2
    door, query = Door(target, accept_sparse=True), Kernel(name)
    sources = [
        ArrayRows(X, y, w),
        ArrayRows(strided, y, w),
        ArrayRows(sp.csr_array(X), y, w),
        ChunkRows(lambda: iter([(X[:half], y[:half], w[:half]), (X[half:], y[half:],
                                                                 w[half:])])),
        Parties(ArrayRows(X[half:], y[half:], w[half:]),
                ArrayRows(sp.csr_array(X[:half]), y[:half], w[:half])),
    ]  # fmt: skip
    totals = []
    for source in [*sources, NoRows(4)]:
        rows = source.through(door)
        rows = rows.encoded(["no", "perhaps", "yes"]) if target == "class" else rows
        totals += rows.total([query])
    for total in totals[:-1]:
        np.testing.assert_array_equal(total, totals[0])
    assert totals[0].any()
    assert totals[-1].shape == totals[0].shape
    assert not totals[-1].any()
