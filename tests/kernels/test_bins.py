"""Bins of numbers: counted edge by edge in plain Python."""

from contextlib import nullcontext

import numpy as np
import pytest

from skprivate import kernels
from skprivate.kernels import _plain

ODD = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-320, 1e308, -1e308]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_edges", [0, 1, 2, 3, 4, 7, 8, 31, 254, 300])
def test_both_kinds_count_edges(n_edges, dtype, rng, monkeypatch):
    edges = np.sort(rng.normal(size=n_edges).astype(dtype)).astype(np.float64)
    values = np.concatenate([rng.normal(size=500), ODD, edges]).astype(dtype)
    expected = [
        n_edges + 1 if np.isnan(v) else sum(e <= v for e in edges.tolist())
        for v in values.tolist()
    ]
    monkeypatch.setattr(_plain, "_read", _plain.Counter())
    assert kernels.bins_of(values, edges).tolist() == expected
    strided = np.repeat(values, 3)[::3]
    with kernels.without_twins():
        assert kernels.bins_of(values, edges).tolist() == expected
        assert kernels.bins_of(strided, edges).tolist() == expected


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_columns_of_rows_are_as_each_by_itself(kind, dtype, rng, monkeypatch):
    edges = [np.sort(rng.normal(size=n)) for n in (31, 0, 254, 1)]
    edges.insert(1, None)
    X = rng.choice([*rng.normal(size=50), *ODD], size=(1500, 5)).astype(dtype)
    expected = [
        np.full(len(X), 7) if e is None else kernels.bins_of(x, e)
        for x, e in zip(X.T, edges, strict=True)
    ]
    monkeypatch.setattr(_plain, "_read", _plain.Counter())
    for twins in (nullcontext, kernels.without_twins):
        codes = np.full(X.shape, 7, kind, order="F")
        with twins():
            kernels.write_bins(X, edges, codes)
        assert codes.T.tolist() == np.array(expected).tolist()


def test_arrays_that_do_not_fit_are_refused():
    X, edges, codes = np.zeros((2, 1)), [np.arange(255.0)], np.zeros((2, 1), np.uint8)
    with pytest.raises(ValueError, match="room in codes"):
        kernels.write_bins(X, edges, codes)
    with pytest.raises(ValueError, match="must have the shape"):
        kernels.write_bins(X, edges * 2, codes)
    with pytest.raises(ValueError, match="another order"):
        kernels.write_bins(np.zeros((2, 2)).T, [None] * 2, np.zeros((2, 2), np.uint8))
