"""Sums of the rows of each cell, where a row is in one cell of each of many tables."""

import numpy as np

from skprivate.kernels._blocks import lent
from skprivate.kernels._jit import inner, kernel
from skprivate.kernels._plain import spared
from skprivate.kernels._sizes import check_number, check_shape

_BLOCK_ROWS = 2048  # cells of a term stay in the cache


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


def term_sums(
    codes: np.ndarray, n_codes: np.ndarray, terms: np.ndarray, parts: np.ndarray
) -> np.ndarray:
    """The same where a table is of a column of codes, or of two of them.

    Guarantee: row i adds the integers ``parts[i]`` to one cell of each term, number
    ``a * n_codes[second] + b``, where a and b are its codes of the two columns, or the
    last ones of these; nothing else is added, and memory is touched nowhere else. Exact
    where the absolute values of a column of ``parts`` add up to less than 2**63.

    Parameters
    ----------
    codes : ndarray of uint8 of shape (n, d)
        Column by column in memory; else they are copied.
    n_codes : ndarray of int64 of shape (d,)
        From 1 to 2**16 for two columns together; what is beyond 2**8 is of no use.
    terms : ndarray of int64 of shape (n_terms, 2)
        Columns; -1 in place of the second where there is one.
    parts : ndarray of int64 of shape (n, n_parts)

    Returns
    -------
    ndarray of int64 of shape (sum of numbers of cells, n_parts)
        Term by term.
    """
    check_shape("n_codes", n_codes, codes.shape[1:])
    check_shape("terms", terms, (len(terms), 2))
    check_shape("parts", parts, (len(codes), parts.shape[1]))
    within = (terms >= [0, -1]).all() and (terms < codes.shape[1]).all()
    if codes.dtype != np.uint8 or parts.dtype != np.int64 or not within:
        raise ValueError("codes, terms or parts are of another kind. See the text.")
    n_codes = np.asarray(n_codes, dtype=np.int64)
    seconds = np.where(terms[:, 1] < 0, 1, n_codes[terms[:, 1]])
    sizes = n_codes[terms[:, 0]] * seconds
    for size in (n_codes.min(), 2**16 - sizes.max(initial=0) + 1):
        check_number("n_codes", size, 1)
    total = np.zeros((int(sizes.sum()), parts.shape[1]), dtype=np.int64)
    starts = np.cumsum(sizes) - sizes
    if spared(_term_sums, len(codes) * len(terms) * parts.shape[1], codes):
        _plain_term_sums(codes, n_codes, terms, starts, parts, total)
    else:
        lasts = np.minimum(n_codes - 1, 255).astype(np.uint8)
        arrays = map(np.ascontiguousarray, (codes.T, lasts, n_codes, terms))
        _term_sums(*map(lent, arrays), starts, lent(np.ascontiguousarray(parts)), total)
    return total


@kernel
def _term_sums(columns, lasts, n_codes, terms, starts, parts, total):
    n, n_parts = parts.shape
    cell = np.empty(_BLOCK_ROWS, np.uint16)
    for start in range(0, n, _BLOCK_ROWS):
        m = min(_BLOCK_ROWS, n - start)
        for t in range(len(terms)):
            a, b = terms[t]
            _first_codes(columns, a, start, m, lasts[a], cell)
            if b >= 0:
                width = np.uint16(n_codes[b])
                _second_codes(columns, b, start, m, lasts[b], width, cell)
            at = starts[t]
            if n_parts == 1:
                for i in range(m):
                    place = np.uintp(at + cell[i])
                    total[place, 0] += parts[np.uintp(start + i), 0]
            elif n_parts == 2:
                for i in range(m):
                    place = np.uintp(at + cell[i])
                    total[place, 0] += parts[np.uintp(start + i), 0]
                    total[place, 1] += parts[np.uintp(start + i), 1]
            else:
                for i in range(m):
                    for k in range(n_parts):
                        total[np.uintp(at + cell[i]), k] += parts[np.uintp(start + i), k]


@inner
def _first_codes(columns, a, start, m, last, cell):
    for i in range(m):
        cell[i] = min(columns[a, np.uintp(start + i)], last)


@inner
def _second_codes(columns, b, start, m, last, width, cell):
    for i in range(m):
        code = min(columns[b, np.uintp(start + i)], last)
        cell[i] = np.uint16(np.uint16(cell[i] * width) + code)


def _plain_term_sums(codes, n_codes, terms, starts, parts, total):
    """The twin of `_term_sums`; sums of integers need no order."""
    for (a, b), start in zip(terms.tolist(), starts.tolist(), strict=True):
        cell = np.minimum(codes[:, a].astype(np.int64), n_codes[a] - 1)
        if b >= 0:
            code = np.minimum(codes[:, b].astype(np.int64), n_codes[b] - 1)
            cell = cell * n_codes[b] + code
        np.add.at(total, start + cell, parts)


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
