"""Densities from noisy cells: right where rows are, smooth where there are few."""

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.neighbors import KernelDensity

from skprivate.neighbors import DPHistogramDensity
from skprivate.neighbors._histogram_density import _smooth
from skprivate.queries._places import GridCells

BOUNDS = (-6, 6)


def rows(n, d, seed=0):
    """Two lumps, of which one is narrow; features depend on each other."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d))
    X[:, 1:] = 0.7 * X[:, :1] + 0.5 * X[:, 1:]
    narrow = rng.random(n) < 0.3
    X[narrow] = 0.3 * X[narrow] + 2
    return X


@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("delta", [1e-6, 0.0])
def test_it_is_near_a_kernel_density(d, delta):
    X, test = rows(20_000, d), rows(1000, d, seed=1)
    best = KernelDensity(bandwidth=0.2).fit(X[:3000]).score_samples(test).mean()
    model = DPHistogramDensity(bounds=BOUNDS, delta=delta, random_state=0).fit(X)
    assert model.score_samples(test).mean() > best - (0.1 if delta else 0.3)
    assert model.score(test) == pytest.approx(model.score_samples(test).sum())


@pytest.mark.parametrize("structure", ["joint", "independent"])
def test_densities_are_one_together(structure):
    X = rows(5000, 2)
    model = DPHistogramDensity(structure=structure, bounds=BOUNDS).fit(X)
    part = (np.arange(512) + 0.5) / 512 * 12 - 6
    grid = np.stack(np.meshgrid(part, part), axis=-1).reshape(-1, 2)
    mass = np.exp(model.score_samples(grid)).sum() * (12 / 512) ** 2
    assert mass == pytest.approx(1.0, rel=1e-6)
    assert all((cells > 0).all() for cells in model.densities_)


def test_rows_outside_are_the_least_likely():
    X = rows(5000, 2)
    model = DPHistogramDensity(bounds=BOUNDS).fit(X)
    outside = model.score_samples(np.array([[0.0, 7.0], [1e300, 0.0], [-7.0, -7.0]]))
    assert (outside <= model.score_samples(X).min()).all()
    assert np.isfinite(outside).all()


def test_drawn_rows_look_like_rows():
    X = rows(20_000, 2)
    model = DPHistogramDensity(bounds=BOUNDS, epsilon=3.0, random_state=0).fit(X)
    drawn = model.sample(20_000, random_state=0)
    assert drawn.shape == X.shape
    np.testing.assert_allclose(drawn.mean(axis=0), X.mean(axis=0), atol=0.15)
    np.testing.assert_allclose(np.cov(drawn.T), np.cov(X.T), atol=0.3)
    assert np.array_equal(drawn, model.sample(20_000, random_state=0))
    for wrong in (0, 1.5, "many"):
        with pytest.raises(ValueError, match="n_samples"):
            model.sample(wrong)


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_without_noise_a_normal_density_is_found():
    X = np.random.default_rng(0).normal(size=(100_000, 1))
    model = DPHistogramDensity(bounds=BOUNDS, epsilon=np.inf).fit(X)
    part = np.linspace(-2, 2, 41).reshape(-1, 1)
    found, expected = np.exp(model.score_samples(part)), norm.pdf(part[:, 0])
    np.testing.assert_allclose(found, expected, rtol=0.2)


def test_noise_alone_is_spread_evenly():
    rng = np.random.default_rng(0)
    chance = _smooth(rng.normal(0, 5.0, 512), 5.0, 3)
    assert chance.sum() == pytest.approx(1.0)
    assert (chance > 0).all()
    lonely = DPHistogramDensity(bounds=BOUNDS, random_state=0).fit(np.zeros((1, 1)))
    assert lonely.densities_[0].max() < 0.2


def test_cells_of_a_grid():
    grid = GridCells(np.zeros(2), np.array([1.0, 2.0]), 2)
    rng = np.random.default_rng(0)
    X = rng.uniform(-0.5, 2.5, (200, 2))
    numbers = grid(X)[:, 0].astype(int)
    places = np.clip(np.floor(X * [4, 2]), 0, 3).astype(int)
    np.testing.assert_array_equal(grid.corners()[numbers], places)
    assert sorted({*range(16)}) == sorted({*grid.cells(grid.corners() / [4, 2])})
    assert np.isnan(grid(np.array([[np.nan, 0.0], [0.0, np.inf]]))).all()
    ends = np.zeros(2), np.ones(2)
    for wrong in (GridCells(*ends, 40), GridCells(*ends[::-1], 2), GridCells(*ends, 0)):
        with pytest.raises(ValueError, match="GridCells"):
            wrong.width_of(2)


def test_joint_grids_are_of_few_features():
    model = DPHistogramDensity(structure="joint", bounds=(0, 1))
    with pytest.raises(ValueError, match="'independent'"):
        model.fit(np.full((50, 4), 0.5))
    assert len(model.set_params(structure="auto").fit(np.eye(4)).densities_) == 4


@pytest.mark.parametrize("delta", [0, 1e-6])
@pytest.mark.parametrize("structure", ["joint", "independent"])
@pytest.mark.parametrize(
    "data",
    [np.zeros((1, 3)), np.full((5, 3), 1e300), np.eye(3) * 1e-300, np.ones((50, 3))],
    ids=["one row", "huge", "tiny", "constant"],
)
def test_degenerate_rows_give_finite_models(data, structure, delta):
    for bounds in ("private", (0, 1), (2, 2), (0, [1, 0, 1e9])):
        model = DPHistogramDensity(structure=structure, bounds=bounds, delta=delta)
        assert np.isfinite(model.fit(data).score_samples(data)).all()
        assert np.isfinite(model.sample(5)).all()


@pytest.mark.parametrize("structure", ["joint", "independent"])
def test_the_plan_is_what_the_fit_does(structure):
    model = DPHistogramDensity(structure=structure)
    plan, done = model.plan(2), model.fit(rows(500, 2)).privacy_
    assert plan.events == done.events
