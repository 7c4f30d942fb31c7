"""Cells of columns of codes, and of pairs of them: sums in these, and what they add."""

from typing import Any

import numpy as np

from skprivate.kernels._blocks import lent
from skprivate.kernels._jit import inner, kernel
from skprivate.kernels._plain import spared
from skprivate.kernels._sizes import check_number, check_shape

_BLOCK_ROWS = 2048  # cells of a term stay in the cache


def term_sums(
    codes: np.ndarray, n_codes: np.ndarray, terms: np.ndarray, parts: np.ndarray
) -> np.ndarray:
    """For each cell of each term, the sum of what its rows add.

    Guarantee: row i adds the integers ``parts[i]`` to one cell of each term, number
    ``a * n_codes[second] + b``, where a and b are its codes of the two columns, or the
    last ones of these; nothing else is added, and memory is touched nowhere else. Exact
    where the absolute values of a column of ``parts`` add up to less than 2**63.

    Parameters
    ----------
    codes : ndarray of uint8 of shape (n, d)
        Column by column in memory; else they are copied.
    n_codes : ndarray of int64 of shape (d,)
        At least one each, and of the columns of a term 2**16 pairs at most.
    terms : ndarray of int64 of shape (n_terms, 2)
        Columns; -1 in place of the second where there is one.
    parts : ndarray of int64 of shape (n, n_parts)

    Returns
    -------
    ndarray of int64 of shape (sum of numbers of cells, n_parts)
        Term by term.
    """
    check_shape("parts", parts, (len(codes), parts.shape[1]))
    if parts.dtype != np.int64:
        raise ValueError("parts are of another type. Make them as documented.")
    task, n_cells = _task(codes, n_codes, terms)
    total = np.zeros((n_cells, parts.shape[1]), dtype=np.int64)
    if spared(_term_sums, len(codes) * len(terms) * parts.shape[1], codes):
        for place in _plain_places(codes, *task):
            np.add.at(total, place, parts)
    else:
        _term_sums(*_compiled(codes, *task), lent(np.ascontiguousarray(parts)), total)
    return total


def add_terms(
    codes: np.ndarray,
    n_codes: np.ndarray,
    terms: np.ndarray,
    values: np.ndarray,
    margins: np.ndarray,
) -> np.ndarray:
    """Margins of rows, and the values of their cells, added in the order of terms.

    Guarantee: a function of the codes and the margins of the row and of the values, by
    additions in float64 in this order. Cells are those of `term_sums`.

    Parameters
    ----------
    codes, n_codes, terms : as for `term_sums`
    values : ndarray of float64 of shape (sum of numbers of cells, n_margins)
    margins : ndarray of float64 of shape (n, n_margins)

    Returns
    -------
    ndarray of float64 of shape (n, n_margins)
    """
    task, n_cells = _task(codes, n_codes, terms)
    check_shape("values", values, (n_cells, margins.shape[1]))
    check_shape("margins", margins, (len(codes), margins.shape[1]))
    sums = np.array(margins, dtype=np.float64, order="C")
    if spared(_add_terms, len(codes) * len(terms) * margins.shape[1], codes):
        with np.errstate(over="ignore", invalid="ignore"):
            for place in _plain_places(codes, *task):
                sums += values[place]
    else:
        values = lent(np.ascontiguousarray(values, dtype=np.float64))
        _add_terms(*_compiled(codes, *task), values, sums)
    return sums


def _task(codes, n_codes, terms):
    """Arrays that are as they must be, where each term starts, and number of cells."""
    n_codes, terms = (np.asarray(a, dtype=np.int64) for a in (n_codes, terms))
    check_shape("n_codes", n_codes, codes.shape[1:])
    check_shape("terms", terms, (len(terms), 2))
    within = (terms >= [0, -1]).all() and (terms < codes.shape[1]).all()
    if codes.dtype != np.uint8 or not within:
        raise ValueError("codes or terms are of another kind. Make them as documented.")
    sizes = n_codes[terms[:, 0]] * np.where(terms[:, 1] < 0, 1, n_codes[terms[:, 1]])
    check_number("n_codes", n_codes.min(), 1)
    check_number("2**16 - cells of a term", 2**16 - sizes.max(initial=0), 0)
    return (n_codes, terms, np.cumsum(sizes) - sizes), int(sizes.sum())


def _compiled(codes: Any, n_codes: Any, terms: Any, starts: Any) -> Any:
    """Arrays as compiled code takes them."""
    lasts = np.minimum(n_codes - 1, 255).astype(np.uint8)
    arrays = codes.T, lasts, n_codes, terms, starts
    return tuple(lent(np.ascontiguousarray(array)) for array in arrays)


@kernel
def _term_sums(columns, lasts, n_codes, terms, starts, parts, total):
    n, n_parts = parts.shape
    cell = np.empty(_BLOCK_ROWS, np.uint16)
    for start in range(0, n, _BLOCK_ROWS):
        m = min(_BLOCK_ROWS, n - start)
        for t in range(len(terms)):
            _cells(columns, lasts, n_codes, terms[t, 0], terms[t, 1], start, m, cell)
            at = starts[t]
            if n_parts == 1:
                for i in range(m):
                    total[np.uintp(at + cell[i]), 0] += parts[np.uintp(start + i), 0]
            elif n_parts == 2:
                for i in range(m):
                    place = np.uintp(at + cell[i])
                    total[place, 0] += parts[np.uintp(start + i), 0]
                    total[place, 1] += parts[np.uintp(start + i), 1]
            else:
                for i in range(m):
                    for k in range(n_parts):
                        place = np.uintp(at + cell[i])
                        total[place, k] += parts[np.uintp(start + i), k]


@kernel
def _add_terms(columns, lasts, n_codes, terms, starts, values, sums):
    n, n_margins = sums.shape
    cell = np.empty(_BLOCK_ROWS, np.uint16)
    for start in range(0, n, _BLOCK_ROWS):
        m = min(_BLOCK_ROWS, n - start)
        for t in range(len(terms)):
            _cells(columns, lasts, n_codes, terms[t, 0], terms[t, 1], start, m, cell)
            at = starts[t]
            if n_margins == 1:
                for i in range(m):
                    sums[np.uintp(start + i), 0] += values[np.uintp(at + cell[i]), 0]
            else:
                for i in range(m):
                    for k in range(n_margins):
                        value = values[np.uintp(at + cell[i]), k]
                        sums[np.uintp(start + i), k] += value


@inner
def _cells(columns, lasts, n_codes, a, b, start, m, cell):
    """Number of the cell of each row of a block, in one term."""
    last = lasts[a]
    for i in range(m):
        cell[i] = min(columns[a, np.uintp(start + i)], last)
    if b >= 0:
        width, last = np.uint16(n_codes[b]), lasts[b]
        for i in range(m):
            code = min(columns[b, np.uintp(start + i)], last)
            cell[i] = np.uint16(np.uint16(cell[i] * width) + code)


def _plain_places(codes, n_codes, terms, starts):
    """The twin of `_cells`, of all rows: cells of one term after another."""
    for (a, b), start in zip(terms.tolist(), starts.tolist(), strict=True):
        cell = np.minimum(codes[:, a].astype(np.int64), n_codes[a] - 1)
        if b >= 0:
            code = np.minimum(codes[:, b].astype(np.int64), n_codes[b] - 1)
            cell = cell * n_codes[b] + code
        yield start + cell
