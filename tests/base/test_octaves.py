"""Ranges from noisy counts of magnitudes: never too narrow, alike on both sides."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skprivate import make_dp_pipeline
from skprivate.accounting import Budget
from skprivate.base import Curator
from skprivate.base._octaves import ranges_of_cells
from skprivate.base._range import ValueCells, cell_exponents
from skprivate.compose import DPTableVectorizer
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.mechanisms import Entropy
from skprivate.preprocessing import DPPowerTransformer, DPStandardScaler
from skprivate.rows import ArrayRows

EXPONENTS = cell_exponents()
N_CELLS = 2 * len(EXPONENTS) - 1


def cells(X, blocks=()):
    query = ValueCells(X.shape[1], blocks=blocks)
    return query(np.ascontiguousarray(X), None, np.empty(0)) * query.step


def found(X, noise=0.0, seed=0, exponents=EXPONENTS):
    counts = cells(X)
    drawn = noise * np.random.default_rng(seed).normal(size=counts.shape)
    return ranges_of_cells(counts + drawn, noise, exponents)


def searched(X, epsilon=1.0, share=0.15, seed=0):
    curator = Curator(ArrayRows(X), Budget(epsilon, 1e-6), Entropy(seed))
    return (*curator.bounds("private", share=share), curator)


magnitudes = st.floats(-(2.0**499), 2.0**499).map(
    lambda x: 0.0 if abs(x) < 2.0**-500 else x
)


@given(values=st.lists(magnitudes, min_size=1, max_size=30))
def test_without_noise_no_value_is_beyond_an_end(values):
    X = np.array(values)[:, None]
    ranges = found(X)
    assert ranges.found.all()
    assert (ranges.low <= X).all()
    assert (ranges.high >= X).all()


@pytest.mark.parametrize("value", [0.0, 1.0, -1.0, 2.0**-10, -(2.0**30), 3.0])
def test_a_constant_is_within_its_range(value):
    ranges = found(np.full((3000, 2), value), noise=20.0)
    assert (ranges.low <= value).all()
    assert (value <= ranges.high).all()


def test_ranges_of_mirrored_values_are_mirrored(rng):
    counts = cells(rng.normal(0.3, 1, size=(900, 40)))
    counts += 30 * rng.normal(size=counts.shape)
    ranges = ranges_of_cells(counts, 30.0, EXPONENTS)
    mirrored = ranges_of_cells(counts[:, ::-1].copy(), 30.0, EXPONENTS)
    np.testing.assert_array_equal(mirrored.low, -ranges.high)
    np.testing.assert_array_equal(mirrored.high, -ranges.low)


@pytest.mark.parametrize("n_rows", [1000, 1400, 2000, 2800, 4000, 20_000])
def test_both_sides_of_a_normal_column_are_kept(n_rows, rng):
    """At the noise of a table of five columns, epsilon = 1, in a pipeline."""
    X = rng.normal(size=(n_rows, 20))
    ranges = found(X, noise=44.0, seed=n_rows)
    beyond = ((ranges.low > X) | (ranges.high < X)).mean()
    assert beyond < 0.05  # of a window of n, half of them were
    if n_rows >= 2000:
        assert beyond < 0.005
    assert (ranges.high <= 16).all()
    assert (ranges.low >= -16).all()


def test_noise_alone_tells_nothing():
    nothing = ranges_of_cells(np.zeros(3 * N_CELLS), 5.0, EXPONENTS)
    assert not nothing.found.any()
    assert (nothing.low.tolist(), nothing.high.tolist()) == ([-1] * 3, [1] * 3)
    noise = 10 * np.random.default_rng(0).normal(size=(500, N_CELLS))
    assert ranges_of_cells(noise, 10.0, EXPONENTS).found.mean() < 0.12


def test_values_on_one_side_begin_at_zero_unless_that_is_surely_wrong(rng):
    years = rng.uniform(1990, 2020, size=(100_000, 3))
    assert found(years[:3000], noise=40.0).low.tolist() == [0, 0, 0]
    exact = found(years)
    assert (exact.low.tolist(), exact.high.tolist()) == ([1024] * 3, [2048] * 3)


@pytest.mark.parametrize(
    "unit", [1e-140, 1e-30, 1e-15, 1e-9, 1e-3, 1.0, 1e12, 1e18, 1e30, 1e140]
)
def test_all_magnitudes_are_searched(unit, rng):
    X = unit * rng.normal(size=(20_000, 3))
    low, high, curator = searched(X)
    assert ((low > X) | (high < X)).mean() < 0.005
    assert (high - low < 40 * unit).all()
    ordinary = 2.0**-40 < unit < 2.0**60
    assert len(curator.releases) == (1 if ordinary else 2)
    if ordinary:  # a tenth was kept for a closer look, and is left
        assert curator.remaining == pytest.approx(1 - 0.9 * 0.15)


def test_ordinary_columns_do_not_suffer_from_odd_ones(rng):
    X = rng.normal(size=(20_000, 3)) * [1.0, 1e-20, 1e25]
    low, high, _ = searched(X)
    assert (high - low < 40 * np.array([1.0, 1e-20, 1e25])).all()


@pytest.mark.parametrize("step", ["scaler", "table", "none"])
@pytest.mark.parametrize("unit", [1.0, 1e3, 1e9])
def test_times_since_1970_in_any_unit(step, unit, rng):
    hours = rng.random(5_000)
    y = hours + 0.05 * rng.normal(size=len(hours))
    X = pd.DataFrame({"clicked_at": unit * (1.60e9 + hours * 1e8)})
    ridge = DPRidge(target_bounds=(-1, 2), random_state=0)
    first = {"scaler": [DPStandardScaler(random_state=0)], "none": []}.get(
        step, [DPTableVectorizer(find_categories=False, random_state=0)]
    )
    model = make_dp_pipeline(*first, ridge, epsilon=20.0)
    assert model.fit(X, y).score(X, y) > 0.8


def test_nanometres_by_box_cox(rng):
    X = 1e-9 * rng.lognormal(size=(20_000, 1))
    power = DPPowerTransformer("box-cox", epsilon=5.0, random_state=0).fit(X)
    assert abs(power.transform(X).std() - 1) < 0.2


def test_few_values_of_a_normal_table_are_at_an_end(rng):
    X = rng.normal(size=(2000, 5))
    for seed in range(4):
        epsilon = [1.0, 0.4][seed % 2]  # alone, and about as in a pipeline
        vectorizer = DPTableVectorizer(epsilon=epsilon, random_state=seed)
        Z = vectorizer.fit_transform(X)
        ends = (Z.min(axis=0) >= Z) | (Z.max(axis=0) <= Z)
        assert ends.mean() <= 0.02


def test_a_small_normal_table_is_learned(rng):
    """In a window of n, one tail of a column was found and not the other."""
    for n in (500, 1000, 2000, 3000):
        X = rng.normal(size=(n, 5))
        y = X[:, 0] > 0
        model = make_dp_pipeline(
            DPTableVectorizer(random_state=n),
            DPLogisticRegression(classes=[False, True], random_state=n),
            epsilon=1.0,
        )
        assert model.fit(X, y).score(X, y) > 0.85


def test_blocks_that_are_none_are_refused():
    for blocks in ((-1,), (len(EXPONENTS),), (0.5,), (True,)):
        with pytest.raises(ValueError, match="cannot be asked"):
            ValueCells(2, blocks=blocks).check(2)
