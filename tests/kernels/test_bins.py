"""Bins of numbers: counted edge by edge in plain Python."""

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
