"""Bins: what code a value has, whatever its company, and what becomes of codes."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from scipy import sparse

from skprivate.base import Geometry
from skprivate.binning import Bins, CategoryBins, NumberBins
from tests.kernels.hostile import as_csr, matrices

EDGES = (np.array([-1.0, 0.0, 0.1, 3.0]), np.array([]), np.array([1e-300, 1e300]))
BINS = Bins((*Bins.of_edges(EDGES).columns, CategoryBins(np.array([0, 1, 0, 2]))))


def code_of(column, value):
    """The twin: one value, in plain Python."""
    if np.isnan(value):
        return column.n_codes - 1
    if isinstance(column, NumberBins):
        return sum(edge <= value for edge in column.edges)
    known = value in range(len(column.groups) - 1)
    return column.groups[int(value) if known else -1]


@given(X=matrices(max_features=1))
def test_every_value_has_a_code_of_its_own(X):
    X = np.repeat(X[:, :1], 4, axis=1)
    X[:, 3] = np.where(np.abs(X[:, 3]) < 9, np.round(X[:, 3]), X[:, 3])
    expected = [
        [code_of(c, v) for c, v in zip(BINS.columns, x, strict=True)] for x in X
    ]
    codes = BINS.codes(X)
    assert codes.dtype == np.uint8
    assert np.array_equal(codes, expected)
    assert np.array_equal(BINS.codes(np.asfortranarray(X)), codes)
    assert np.array_equal(BINS.codes(as_csr(X)), codes)
    assert np.array_equal(BINS.codes(sparse.csr_matrix(X)), codes)
    alone = [BINS.codes(X[i : i + 1])[0] for i in range(len(X))]
    assert np.array_equal(alone, codes)


def test_edges_zeros_and_infinities():
    column = NumberBins(EDGES[0])
    values = [-np.inf, -1.0, np.nextafter(-1, -2), -0.0, 0.0, 0.1, np.inf, np.nan]
    assert column.codes(values).tolist() == [0, 1, 0, 2, 2, 3, 4, 5]
    near = np.float32(0.1)  # of another type: it is above the edge, and stays there
    assert column.codes(np.array([near])).tolist() == [3]
    assert NumberBins(np.array([])).codes(np.array([5, -5])).tolist() == [0, 0]


def test_many_bins_take_two_bytes():
    bins = Bins.of_edges([np.arange(1000.0)])
    codes = bins.codes(np.array([[998.5], [np.nan]]))
    assert codes.dtype == np.uint16
    assert codes.ravel().tolist() == [999, 1001]
    with pytest.raises(ValueError, match="too many"):
        Bins.of_edges([np.arange(2.0**16)])
    assert Bins.of_edges([np.arange(254.0)]).dtype == np.uint8
    assert Bins.of_edges([np.arange(255.0)]).dtype == np.uint16


def test_merged_bins_are_maps_of_codes(rng):
    X = np.column_stack([rng.normal(size=(99, 3)), rng.integers(0, 5, 99)])
    X[rng.random(X.shape) < 0.1] = np.nan
    for j, groups in ((0, [0, 0, 1, 2, 2]), (3, [1, 0, 0])):
        merged, codes = BINS.merged(j, groups), BINS.codes(X)
        table = np.append(groups, max(groups) + 1)
        codes[:, j] = table[codes[:, j]]
        assert np.array_equal(merged.codes(X), codes)
    with pytest.raises(ValueError, match="neighbouring"):
        BINS.merged(0, [0, 1, 0, 2, 2])
    with pytest.raises(ValueError, match="one number for each bin"):
        BINS.merged(0, [0, 1])


def test_one_hot_view(rng):
    X = np.column_stack([rng.normal(size=(9, 3)), rng.integers(0, 5, 9)])
    codes = BINS.codes(X)
    table = BINS.one_hot(codes).toarray()
    assert table.shape == (9, BINS.size)
    for j, (start, n) in enumerate(zip(BINS.offsets, BINS.n_codes, strict=True)):
        assert np.array_equal(table[:, start : start + n].argmax(axis=1), codes[:, j])
    assert (table.sum(axis=1) == 4).all()


def test_middles_are_in_their_bins():
    low, high = np.full(4, -5.0), np.full(4, 5.0)
    middles = BINS.centers(low, high)
    assert middles[0][:-1].tolist() == [-3.0, -0.5, 0.05, 1.55, 4.0]
    assert np.isnan(middles[0][-1])
    assert np.isnan(middles[3]).all()
    codes = np.arange(5, dtype=np.uint8)[:, None]
    bins = Bins.of_edges(EDGES[:1])
    assert np.array_equal(bins.codes(bins.inverse(codes, low[:1], high[:1])), codes)


def test_public_bounds_make_bins():
    bounds = np.array([0.0, 2.0, 0.0, -1e308]), np.array([4.0, 2.0, 2.0, 1e308])
    bins = Bins.within(Geometry(bounds, codes=np.array([0, 0, 3, 0])), 4)
    assert bins.edges[0].tolist() == [1.0, 2.0, 3.0]
    assert bins.n_codes.tolist() == [5, 2, 5, 5]
    assert bins.categorical.tolist() == [False, False, True, False]
    with pytest.raises(ValueError, match="Declare them"):
        Bins.within(Geometry(), 4)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Bins(()),
        lambda: Bins((np.zeros(3),)),
        lambda: Bins.of_edges([[1.0, 0.0]]),
        lambda: Bins.of_edges([[1.0, 1.0]]),
        lambda: Bins.of_edges([[np.nan]]),
        lambda: CategoryBins(np.array([0, 2])),
        lambda: CategoryBins(np.array([-1, 0])),
        lambda: CategoryBins(np.array([], dtype=int)),
        lambda: CategoryBins(np.array([0.0])),
    ],
)
def test_bins_that_make_no_sense_are_refused(make):
    with pytest.raises(ValueError, match="makes no sense"):
        make()


def test_other_columns_are_refused():
    with pytest.raises(ValueError, match="3 columns"):
        BINS.codes(np.zeros((2, 3)))
    with pytest.raises(ValueError, match="3 columns"):
        BINS.codes(as_csr(np.eye(3)))


def test_bins_travel():
    X = np.linspace(-2, 2, 40).reshape(10, 4)
    assert np.array_equal(pickle.loads(pickle.dumps(BINS)).codes(X), BINS.codes(X))
