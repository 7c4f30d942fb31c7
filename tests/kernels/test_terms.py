"""Cells of columns and pairs: row by row in plain Python, and what is refused."""

import numpy as np
import pytest

from skprivate import kernels
from skprivate.kernels import _plain
from skprivate.queries import AddCellTerms, ColumnCells, GroupCells
from skprivate.rows import DerivedColumns

N_CODES = np.array([1, 5, 256, 33])
TERMS = np.array([[0, -1], [1, 3], [2, -1], [3, 2], [1, 1], [0, 3]])
SIZES = [1, 5 * 33, 256, 33 * 256, 25, 33]
N = 2500  # more than a block


@pytest.fixture(params=["compiled", "twin"])
def kind(request, monkeypatch):
    monkeypatch.setattr(_plain, "_read", _plain.Counter())
    if request.param == "twin":
        yield
    else:
        with kernels.without_twins():
            yield


def codes_of(rng):
    codes = np.column_stack([rng.integers(0, m, N) for m in N_CODES]).astype(np.uint8)
    codes[0] = 255  # beyond all codes
    return codes


def cells_of_row(row):
    """The definition, in integers of Python."""
    for a, b in TERMS.tolist():
        first, second = (min(int(row[j]), int(N_CODES[j]) - 1) for j in (a, b))
        yield first if b < 0 else first * int(N_CODES[b]) + second


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("n_parts", [1, 2, 3])
def test_a_cell_of_each_term_has_its_rows(n_parts, order, kind, rng):
    codes = codes_of(rng)
    parts = rng.integers(-(2**40), 2**40, (N, n_parts))
    expected = [np.zeros((size, n_parts), np.int64) for size in SIZES]
    for row, part in zip(codes, parts, strict=True):
        for table, cell in zip(expected, cells_of_row(row), strict=True):
            table[cell] += part
    found = kernels.term_sums(np.asarray(codes, order=order), N_CODES, TERMS, parts)
    assert np.array_equal(found, np.concatenate(expected))


@pytest.mark.parametrize("n_margins", [1, 3])
def test_terms_are_added_in_their_order(n_margins, kind, rng):
    codes = codes_of(rng)
    values = rng.normal(size=(sum(SIZES), n_margins)) * 10.0 ** rng.integers(-9, 9)
    margins = rng.normal(size=(N, n_margins))
    margins[7], values[3] = np.inf, 1e308
    starts = np.cumsum(SIZES) - SIZES
    expected = margins.tolist()
    for i, row in enumerate(codes):
        for start, cell in zip(starts, cells_of_row(row), strict=True):
            for k in range(n_margins):
                expected[i][k] += float(values[start + cell, k])
    found = kernels.add_terms(codes, N_CODES, TERMS, values, margins)
    assert np.array_equal(found, expected)
    assert margins[7, 0] == np.inf  # they are left as they are


def test_tables_of_queries_have_the_sums_of_their_cells(kind, rng):
    codes, parts = codes_of(rng), rng.integers(-9, 9, (N, 2))
    terms = ((0,), (1, 3), (2,), (3, 2))
    groups = tuple(np.arange(n) // 7 for n in N_CODES)
    wide = GroupCells((np.arange(300), *groups[1:]), terms)
    for tables in (ColumnCells(N_CODES, terms), GroupCells(groups, terms), wide):
        expected = kernels.cell_sums(tables(codes), tables.sizes, parts)
        assert np.array_equal(tables.sums(codes, parts), expected)
        more = tables.sums(codes.astype(np.uint16), parts)
        assert np.array_equal(more, expected)


@pytest.mark.parametrize("terms", [((0,), (1, 3)), ((1, 3, 0), (2,))])
def test_terms_of_any_order_are_added_to_margins(terms, kind, rng):
    tables, codes = ColumnCells(N_CODES, terms), codes_of(rng)
    term = AddCellTerms(tables, rng.normal(size=(int(tables.sizes.sum()), 2)))
    margins = rng.normal(size=(N, 2))
    expected = margins
    for values in term.terms(codes):
        expected = expected + values
    for given in (codes, codes.astype(np.uint16)):
        found = term(DerivedColumns(given, margins))
        assert np.array_equal(found.margins, expected)
        assert found.codes is given


def test_arrays_that_do_not_fit_are_refused(rng):
    codes, parts = np.zeros((5, 4), np.uint8), np.ones((5, 1), np.int64)
    values, margins = np.zeros((sum(SIZES), 1)), np.zeros((5, 1))
    for bad in (
        (codes.astype(np.uint16), N_CODES, TERMS, parts),
        (codes[:, :3], N_CODES, TERMS, parts),
        (codes, np.where(N_CODES == 1, 0, N_CODES), TERMS, parts),
        (codes, N_CODES * 40, TERMS, parts),  # more than 2**16 cells
        (codes, N_CODES, TERMS + 1, parts),
        (codes, N_CODES, TERMS - 1, parts),
        (codes, N_CODES, TERMS[:, :1], parts),
        (codes, N_CODES, TERMS, parts[:3]),
        (codes, N_CODES, TERMS, parts.astype(float)),
    ):
        with pytest.raises(ValueError):
            kernels.term_sums(*bad)
    for bad in (values[1:], margins[1:]), (values[1:], margins), (values, margins[1:]):
        with pytest.raises(ValueError):
            kernels.add_terms(codes, N_CODES, TERMS, *bad)
