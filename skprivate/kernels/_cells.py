"""Sums of the rows of each cell, where a row is in one cell of each of many tables."""

import numpy as np

from skprivate.kernels._blocks import lent
from skprivate.kernels._jit import kernel
from skprivate.kernels._plain import spared
from skprivate.kernels._sizes import check_number, check_shape


def cell_sums(cells: np.ndarray, sizes: np.ndarray, parts: np.ndarray) -> np.ndarray:
    """For each cell of each table, the sum of what its rows add.

    Guarantee: row i adds the integers ``parts[i]`` to one cell of each table j, number
    ``min(cells[i, j], sizes[j] - 1)``, or to none where that is negative; nothing else
    is added, and memory is touched nowhere else. Exact where the absolute values of a
    column of ``parts`` add up to less than 2**63.

    Parameters
    ----------
    cells : ndarray of uint8, uint16 or int32 of shape (n, n_tables)
    sizes : ndarray of int64 of shape (n_tables,)
        Number of cells of each table.
    parts : ndarray of int64 of shape (n, n_parts)

    Returns
    -------
    ndarray of int64 of shape (sum of sizes, n_parts)
        Table by table.
    """
    if cells.dtype not in (np.uint8, np.uint16, np.int32) or parts.dtype != np.int64:
        raise ValueError("cells or parts are of another type. Make them as documented.")
    check_shape("cells", cells, (len(parts), len(sizes)))
    for size in sizes:
        check_number("sizes", size, 1)
    sizes = np.asarray(sizes, dtype=np.int64)
    starts = np.cumsum(sizes) - sizes
    total = np.zeros((int(sizes.sum()), parts.shape[1]), dtype=np.int64)
    few = spared(_cell_sums, cells.size * parts.shape[1], cells)
    add = _plain_cell_sums if few else _cell_sums
    cells, parts = np.ascontiguousarray(cells), np.ascontiguousarray(parts)
    add(lent(cells), starts, sizes - 1, lent(parts), total)
    return total


@kernel
def _cell_sums(cells, starts, lasts, parts, total):
    n, n_tables = cells.shape
    n_parts = parts.shape[1]
    if n_parts == 1:
        for i in range(n):
            first = parts[i, 0]
            for j in range(n_tables):
                cell = np.int64(cells[i, j])
                if cell >= 0:
                    total[starts[j] + min(cell, lasts[j]), 0] += first
    elif n_parts == 2:
        for i in range(n):
            first, second = parts[i, 0], parts[i, 1]
            for j in range(n_tables):
                cell = np.int64(cells[i, j])
                if cell >= 0:
                    place = starts[j] + min(cell, lasts[j])
                    total[place, 0] += first
                    total[place, 1] += second
    else:
        for i in range(n):
            for j in range(n_tables):
                cell = np.int64(cells[i, j])
                if cell >= 0:
                    place = starts[j] + min(cell, lasts[j])
                    for k in range(n_parts):
                        total[place, k] += parts[i, k]


def _plain_cell_sums(cells, starts, lasts, parts, total):
    """The twin of `_cell_sums`; sums of integers need no order."""
    for j, (start, last) in enumerate(zip(starts, lasts, strict=True)):
        cell = cells[:, j].astype(np.int64)
        there = cell >= 0
        np.add.at(total, start + np.minimum(cell[there], last), parts[there])
