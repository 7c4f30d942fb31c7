"""Private quantiles: how near they are, and that nothing can derail them."""

import numpy as np
import pytest

from skprivate.accounting import Budget
from skprivate.base import Curator
from skprivate.mechanisms import Entropy
from skprivate.queries import private_quantiles
from skprivate.queries._atoms import round_number
from skprivate.queries._refine import first_edges, monotone_sums, refined_edges
from skprivate.rows import ArrayRows

HUNDREDTHS = np.arange(0.01, 1.0, 0.01)


def quantiles_of(X, quantiles, low, high, epsilon=1.0, delta=1e-6, seed=0, **options):
    curator = Curator(ArrayRows(X), Budget(epsilon, delta), Entropy(seed))
    ends = [np.broadcast_to(np.asarray(end, float), X.shape[1]) for end in (low, high)]
    return private_quantiles(curator, quantiles, *ends, share=1.0, **options)


def rank_errors(x, quantiles, values):
    """Distance of the wanted rank from the ranks that a value has."""
    x, rank = np.sort(x), np.floor(quantiles * len(x))
    first, last = (np.searchsorted(x, values, side) for side in ("left", "right"))
    return np.maximum(0, np.maximum(first - rank, rank - last))


SHAPES = {
    "uniform": lambda rng, n: rng.random(n),
    "normal": lambda rng, n: rng.normal(size=n),
    "heavy tails": lambda rng, n: np.clip(rng.standard_cauchy(n), -1e6, 1e6),
    "far off": lambda rng, n: 1e6 - 1.0 + rng.random(n),
    "two lumps": lambda rng, n: (
        np.where(rng.random(n) < 0.3, -1e5, 1e5) + rng.random(n)
    ),
    "ages": lambda rng, n: np.rint(17 + 70 * rng.beta(2, 4, n)),
    "prices": lambda rng, n: rng.choice([0.1, 0.3, 0.95, 19.99, 250.0], n),
    "constant": lambda rng, n: np.full(n, 37.3),
}


@pytest.mark.parametrize("delta", [1e-6, 0.0])
@pytest.mark.parametrize("shape", SHAPES)
def test_ranks_are_near_whatever_the_shape(shape, delta, rng):
    x = SHAPES[shape](rng, 200_000)
    values = quantiles_of(x[:, None], HUNDREDTHS, -1e6, 1e6, delta=delta)[0]
    assert (np.diff(values) >= 0).all()
    # The noise of a sum of counts has a deviation of about 25 ranks.
    assert rank_errors(x, HUNDREDTHS, values).max() < 500


@pytest.mark.parametrize("shape", ["ages", "prices", "constant"])
def test_values_that_many_rows_share_are_found_exactly(shape, rng):
    x = SHAPES[shape](rng, 100_000)
    values = quantiles_of(x[:, None], [0.12, 0.5, 0.88], 0.0, 1000.0)[0]
    assert set(values) <= set(x)


def test_features_do_not_disturb_each_other(rng):
    X = np.column_stack([SHAPES[shape](rng, 100_000) for shape in SHAPES])
    values = quantiles_of(X, HUNDREDTHS, -1e6, 1e6)
    assert values.shape == (len(SHAPES), 99)
    for x, of_one in zip(X.T, values, strict=True):
        assert rank_errors(x, HUNDREDTHS, of_one).max() < 1500


@pytest.mark.parametrize("n_rows", [0, 1, 2, 30])
@pytest.mark.parametrize("epsilon", [1e-6, 1.0, np.inf])
def test_with_few_rows_values_stay_ordered_and_within_the_bounds(n_rows, epsilon, rng):
    X = rng.normal(size=(n_rows, 3))
    bounds = np.array([-1.0, 0.0, 2.5]), np.array([1.0, 0.0, 1e9])
    for quantiles in ([], [0.5], [0.0, 0.25, 1.0], np.linspace(0, 1, 40)):
        values = quantiles_of(X, quantiles, *bounds, epsilon=epsilon)
        assert values.shape == (3, len(quantiles))
        assert np.isfinite(values).all()
        assert (np.diff(values, axis=1) >= 0).all()
        for column, low, high in zip(values, *bounds, strict=True):
            assert ((low <= column) & (column <= high)).all()


@pytest.mark.parametrize("rounds", [2, 3])
def test_without_noise_quantiles_are_those_of_numpy(rounds, rng):
    X = rng.normal(size=(5001, 2))
    quantiles = [0.0, 0.1, 0.25, 0.5, 0.75, 1.0]
    values = quantiles_of(X, quantiles, -8.0, 8.0, epsilon=np.inf, rounds=rounds)
    expected = np.quantile(X, quantiles, axis=0).T
    np.testing.assert_allclose(values, expected, atol=2e-2 if rounds == 2 else 2e-3)


def test_values_beyond_the_bounds_count_at_the_ends(rng):
    X = rng.normal(size=(50_000, 1))
    values = quantiles_of(X, [0.05, 0.5, 0.95], -0.5, 0.5)[0]
    np.testing.assert_allclose(values, [-0.5, 0.0, 0.5], atol=0.05)


def test_the_whole_share_is_spent_and_no_more(rng):
    curator = Curator(ArrayRows(rng.random((50, 2))), Budget(1.0, 1e-6), Entropy(0))
    for rounds in (1, 2, 3):
        before = curator.remaining
        low, high = np.zeros(2), np.ones(2)
        private_quantiles(curator, [0.5], low, high, share=0.3, rounds=rounds)
        assert before - curator.remaining == pytest.approx(0.3)


def test_bounds_far_apart_cost_little(rng):
    x = rng.normal(size=100_000)
    near, far = (
        [
            rank_errors(x, HUNDREDTHS, quantiles_of(x[:, None], *arguments)[0]).max()
            for arguments in [(HUNDREDTHS, -end, end, 1.0, 1e-6, s) for s in range(5)]
        ]
        for end in (10.0, 1e6)
    )
    assert np.mean(far) < 3 * np.mean(near)


@pytest.mark.parametrize(
    ("low", "high"),
    [(-1.0, 3.0), (17.0, 90.0), (-1e9, -2.0), (0.0, 5e-324), (0.0, 0.0), (7.0, 7.0)],
)
def test_first_edges_stay_within_the_bounds(low, high):
    edges = first_edges(low, high, 512)
    assert edges.shape == (513,)
    assert edges[[0, -1]].tolist() == [low, high]
    assert (np.diff(edges) >= 0).all()


def test_small_values_are_found_between_wide_bounds(rng):
    x = np.where(rng.random(50_000) < 0.99, rng.lognormal(size=50_000), 1e10)
    values = quantiles_of(x[:, None], [0.25, 0.5, 0.75], -1e12, 1e12)[0]
    np.testing.assert_allclose(values, np.quantile(x, [0.25, 0.5, 0.75]), rtol=0.05)


def test_sums_become_monotone_without_bias(rng):
    counts = rng.normal(size=(400, 64))
    sums = monotone_sums(counts)
    assert (np.diff(sums, axis=1) >= 0).all()
    middle = sums[:, 32] - counts[:, :32].sum(axis=1)
    assert abs(middle.mean()) < 1.0
    steady = np.ones((1, 64))
    np.testing.assert_array_equal(monotone_sums(steady)[0], np.arange(65.0))


def test_edges_gather_where_quantiles_may_be():
    edges, sums = np.linspace(0.0, 64.0, 65), np.arange(65.0) * 100
    refined = refined_edges(edges, sums, np.array([1600.0, 4800.0]), 50.0, 1.0, 64)
    assert refined.shape == edges.shape
    assert (np.diff(refined) >= 0).all()
    assert refined[[0, -1]].tolist() == [0.0, 64.0]
    beside = np.minimum(abs(refined - 16), abs(refined - 48)) <= 1.0
    assert beside.sum() >= 60


def test_edges_without_rows_stay():
    edges = np.linspace(0.0, 1.0, 9)
    refined = refined_edges(edges, np.zeros(9), np.zeros(3), 1.0, 0.5, 8)
    np.testing.assert_allclose(refined, edges)


def test_round_numbers():
    low = np.array([36.9, 0.29, -1.6, 1234.5, 0.1, 5.0, 1e-30, -0.1])
    high = np.array([37.2, 0.31, -1.4, 1234.6, 0.1, 6.0, 2e-30, 0.2])
    found = round_number(low, high)
    expected = [37.0, 0.3, -1.5, 1234.5, 0.1, 5.0, 1.5e-30, 0.0]
    np.testing.assert_allclose(found, expected)
    assert found[1] == 0.3
