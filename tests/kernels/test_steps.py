"""Steps of the logistic loss: those made one by one, and the norm that they keep."""

import numpy as np
import pytest

from skprivate import kernels
from skprivate.kernels import _plain
from skprivate.kernels._losses import derivatives
from skprivate.losses import Logistic
from skprivate.queries import LossSteps
from skprivate.rows import DerivedColumns

ODD = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 1e-320, 1e300, np.inf, -np.inf, np.nan]
N = 3000  # more than a block
STEP = 2.0**-20


def rows(rng):
    margins, targets = rng.normal(size=N) * 6, rng.integers(0, 2, N).astype(float)
    odd = rng.choice(len(ODD), (2, 500))
    margins[:500], targets[:400] = np.take(ODD, odd[0]), np.take(ODD, odd[1, :400])
    return margins, targets


@pytest.fixture(params=["compiled", "twin"])
def kind(request, monkeypatch):
    monkeypatch.setattr(_plain, "_read", _plain.Counter())
    if request.param == "twin":
        yield
    else:
        with kernels.without_twins():
            yield


@pytest.mark.parametrize("rooms", [(1.0, 1.25), (0.3, 0.3), (0.5, 1.0)])
@pytest.mark.parametrize("n_parts", [1, 2])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("by_class", [(1.0, 1.0), (0.3, 1.7), (0.0, 2.0**20)])
def test_rows_have_the_bits_of_steps_one_by_one(
    rooms, n_parts, weighted, by_class, kind, rng
):
    margins, targets = rows(rng)
    weight = rng.random(N) if weighted else np.empty(0)
    noise = np.array([1.0, 8**-0.5])[:n_parts]
    task = np.array(by_class), noise, rooms, weight, STEP
    found = kernels.logistic_steps(margins, targets, *task)

    known = np.isin(targets, [0.0, 1.0]) & np.isfinite(margins)
    with np.errstate(all="ignore"):
        g = derivatives(kernels.LOGISTIC, 0.0, margins, targets)
        vector = np.column_stack([g, np.abs(g) * (1.0 - np.abs(g))])[:, :n_parts]
        vector *= np.where(targets == 1.0, by_class[1], by_class[0])[:, None]
    vector[~known] = np.nan
    expected = kernels.shortened(vector, noise, rooms, weight, STEP)
    assert np.array_equal(found, expected)
    assert not found[~known].any()
    sized = found * STEP / noise
    assert np.linalg.norm(sized, axis=1).max() <= rooms[0] + 1e-12
    assert np.abs(sized).sum(axis=1).max() <= rooms[1] + 1e-12
    alone = [
        kernels.logistic_steps(margins[[i]], targets[[i]], *task[:3], w, STEP)[0]
        for i in range(0, N, 97)
        for w in [weight[i : i + 1]]
    ]
    assert np.array_equal(alone, found[::97])


def test_queries_take_them_where_nothing_is_in_between(rng, monkeypatch):
    margins, targets = rows(rng)
    columns = DerivedColumns(np.zeros((N, 1), np.uint8), margins[:, None])
    for steps in (
        LossSteps.of(Logistic(), by_class=np.array([0.2, 1.0])),
        LossSteps.of(Logistic(), (1.0,), 0.7),
    ):
        found = steps.parts(columns, targets, np.empty(0))
        with monkeypatch.context() as patched:
            patched.setattr(LossSteps, "_is_logistic", False)
            slow = steps.parts(columns, targets, np.empty(0))
        finite = np.isfinite(margins)
        assert np.array_equal(found[finite], slow[finite])
        assert not found[~finite].any()
    odd = (
        LossSteps.of(Logistic(), counts_rows=True),
        LossSteps.of(Logistic(), bounds=(0.0, 1.0)),
    )
    assert not any(steps._is_logistic for steps in odd)


def test_curvatures_do_not_shorten_gradients_that_are_cut():
    steps = LossSteps.of(Logistic(), (1.0, 1.0), np.hypot(0.7, 0.25))
    margins = np.linspace(-5, np.log(0.69 / 0.31), 200)
    columns = DerivedColumns(np.zeros((200, 1), np.uint8), margins[:, None])
    found = steps.parts(columns, np.zeros(200), np.empty(0)) * steps.step
    p = 1 / (1 + np.exp(-margins))
    assert np.allclose(found, np.column_stack([p, p * (1 - p)]), atol=2 * steps.step)
    assert LossSteps.of(Logistic(), (1.0, 1.0)).largest_l1 == 1.0


def test_arrays_that_do_not_fit_are_refused():
    ones = np.ones(5)
    task = ones[:2], ones[:2], (1.0, 1.0), ones[:0], STEP
    for i, bad in ((0, ones[:3]), (1, np.ones(3)), (1, ones[:0]), (3, ones[:4])):
        args = [*task]
        args[i] = bad
        with pytest.raises(ValueError):
            kernels.logistic_steps(ones, ones, *args)
    with pytest.raises(ValueError):
        kernels.logistic_steps(ones, ones[:4], *task)
