"""Vectors that are made shorter: the bits of the twin, and no norm beyond its room."""

import numpy as np
import pytest

from skprivate import kernels
from skprivate.kernels import _losses, _plain
from skprivate.losses import Gamma, Huber, Logistic, Poisson, Quantile, Squared, Tweedie
from skprivate.losses._rows import kernel_task

ODD = [0.0, -0.0, 1.0, -3.7, 1e-320, 1e155, -1e300, np.inf, -np.inf, np.nan]
NOISE = np.array([1.0, 8**-0.5, 3.0])


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("k", [1, 2, 3])
def test_both_kinds_agree_and_stay_short(k, weighted, rng, monkeypatch):
    vectors = rng.choice(ODD, (3000, k)) * rng.random((3000, k))
    vectors[1000:] = rng.normal(size=(2000, k)) * 10.0 ** rng.integers(-3, 4, (2000, 1))
    weight = rng.random(3000) if weighted else np.empty(0)
    args = vectors, NOISE[:k], (1.0, 1.4), weight, 2.0**-20
    monkeypatch.setattr(_plain, "_read", _plain.Counter())
    twin = kernels.shortened(*args)
    with kernels.without_twins():
        assert np.array_equal(kernels.shortened(*args), twin)
    sized = twin * 2.0**-20 / NOISE[:k]
    assert np.linalg.norm(sized, axis=1).max() <= 1.0 + 1e-12
    assert np.abs(sized).sum(axis=1).max() <= 1.4 + 1e-12
    assert not twin[~np.isfinite(vectors).all(axis=1)].any()
    assert (np.abs(twin[1000:]).sum(axis=1) > 0).mean() > 0.9


@pytest.mark.parametrize(
    "loss",
    [
        Logistic(),
        Squared(),
        Huber(1.0),
        Poisson(),
        Gamma(),
        Quantile(0.3),
        Tweedie(1.5),
    ],
    ids=lambda loss: type(loss).__name__,
)
def test_derivatives_have_the_bits_of_their_twins(loss, rng, monkeypatch):
    margins = np.append(rng.normal(size=2000) * 10, [900.0, -900.0, np.inf, np.nan])
    targets = rng.integers(0, 2, len(margins)).astype(np.float64)
    monkeypatch.setattr(_plain, "_read", _plain.Counter())
    with np.errstate(all="ignore"):
        twin = _losses.derivatives(*kernel_task(loss), margins, targets)
        with kernels.without_twins():
            found = _losses.derivatives(*kernel_task(loss), margins, targets)
    assert np.array_equal(found, twin, equal_nan=True)
