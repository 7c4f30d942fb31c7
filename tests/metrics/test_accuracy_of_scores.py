"""How exact scores are, and how often their intervals hold the truth.

Seeds are fixed, so these are no gambles; the full tables are in benchmarks/metrics.py.
"""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from benchmarks.metrics import CASES, KINDS, coverage, scores
from skprivate.metrics import dp_average_precision_score, dp_roc_auc_score
from skprivate.metrics._axis import equal_cells, key_of, nonnegative, score_at
from skprivate.metrics._intervals import proportion, weighted_sum

EXAMPLES = np.concatenate(
    [
        [-1e308, -1e9, -1.0, -1e-300, 0.0, 5e-324, 1e-300, 1e-12, 0.1, 0.5, 0.9],
        [1 - 1e-12, 1 - 2.0**-53, 1.0, 1 + 2.0**-52, 2.0, 100.0, 1e9, 1e308],
    ]
)


@pytest.mark.parametrize("kind", KINDS)
def test_roc_auc_is_within_a_hundredth(kind):
    rng = np.random.default_rng(0)
    errors = []
    for i in range(12):
        y, score = scores(kind, 10_000, rng, 0.5)
        found = dp_roc_auc_score(y, score, epsilon=0.5, classes=[0, 1], random_state=i)
        errors.append(abs(found - roc_auc_score(y, score)))
    assert max(errors) <= 0.01


def test_average_precision_of_rare_positives_is_not_lost_in_the_top_cell():
    rng = np.random.default_rng(0)
    y = (rng.random(40_000) < 0.01).astype(np.int64)
    score = rng.normal(size=len(y)) + 2.0 * y
    options = {"epsilon": 1.0, "classes": [0, 1]}
    found = [
        dp_average_precision_score(y, score, random_state=i, **options)
        for i in range(12)
    ]
    exact = average_precision_score(y, score)
    assert abs(np.mean(found) - exact) <= 0.04  # equal cells: 0.12
    assert sum(f.interval[0] <= exact <= f.interval[1] for f in found) >= 11


def test_average_precision_is_a_function_of_the_release(rng):
    y = rng.integers(0, 2, 500)
    options = {"classes": [0, 1], "random_state": 3}
    first, second = (
        dp_average_precision_score(y, y + shift, **options)
        for shift in (np.linspace(0, 1, 500),) * 2
    )
    assert (float(first), first.interval) == (float(second), second.interval)


def test_nonnegative_takes_many_tables(rng):
    tables, totals = rng.normal(5, 10, (3, 2, 20)), rng.uniform(10, 200, (3, 2))
    found = nonnegative(tables, totals)
    for index in np.ndindex(3, 2):
        np.testing.assert_array_equal(
            found[index], nonnegative(tables[index], totals[index])
        )


def test_a_weighted_sum_of_plain_estimates_adds_up_variances():
    centers, deviations = np.array([0.2, 0.5, 0.9]), np.array([0.1, 0.2, 0.0])
    weights = np.array([0.5, 0.3, 0.2])

    def ends_at(z):
        return centers, centers - z * deviations, centers + z * deviations

    estimate, low, high = weighted_sum(ends_at, weights, 2.0)
    half = 2.0 * np.linalg.norm(weights * deviations)
    assert estimate == pytest.approx(weights @ centers)
    assert (estimate - low, high - estimate) == pytest.approx((half, half))


def test_a_drowned_part_of_a_sum_counts_by_its_own_part():
    def ends_at(z):  # as if it said all from one deviation on
        return np.zeros(2), -np.minimum(z, [9, 1]), np.minimum(z, [9, 1])

    _, low, high = weighted_sum(ends_at, np.array([0.5, 0.5]), np.sqrt(2.0))
    assert (low, high) == pytest.approx((-1.0, 1.0))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:epsilon=inf")
@pytest.mark.parametrize("name", CASES)
def test_intervals_hold_the_truth(name):
    draw, metric, options = CASES[name]
    population = draw(1_000_000, np.random.default_rng(1))
    truth = float(metric(*population, epsilon=np.inf, **options))
    share, *_ = coverage(draw, metric, options, truth, 10_000, 1.0, 1000, 0)
    # A coverage of 94 to 96 %, give or take five standard errors.
    assert 0.94 - 5 * 0.0075 <= share <= 0.96 + 5 * 0.0062


def test_axis_keeps_the_order_and_can_be_undone():
    places = key_of(EXAMPLES)
    assert np.all(np.diff(places) > 0)
    assert places.min() >= -2.0
    assert places.max() <= 4.0
    np.testing.assert_allclose(key_of([0.0, 0.5, 1.0]), [0.0, 1.0, 2.0])
    ordinary = np.concatenate([np.linspace(-5, 5, 101), [1e-9, 1 - 1e-9, 1e9]])
    np.testing.assert_allclose(score_at(key_of(ordinary)), ordinary, rtol=1e-9)


def test_equal_cells_hold_equal_counts(rng):
    values = np.sort(rng.normal(size=6000) / 10 + 1)
    edges = np.linspace(-2, 4, 61)
    for _ in range(2):
        edges = equal_cells(edges, np.histogram(values, edges)[0].astype(float), 20)
    counts = np.histogram(values, edges)[0]
    assert counts.max() <= 2 * 6000 / 20


def test_equal_cells_keep_a_crowd_together():
    edges = np.linspace(-2, 4, 65)
    crowd = np.linspace(1.0, 1.0 + 1e-7, 1000)
    for _ in range(4):
        edges = equal_cells(edges, np.histogram(crowd, edges)[0].astype(float), 64)
    assert np.histogram(crowd, edges)[0].max() <= 100


def test_nonnegative_counts_are_the_nearest(rng):
    counts = rng.normal(5, 10, 50)
    found = nonnegative(counts, 200.0)
    assert found.min() >= 0
    assert found.sum() == pytest.approx(200.0)
    other = np.maximum(counts, 0)
    other *= 200 / other.sum()
    assert np.linalg.norm(found - counts) <= np.linalg.norm(other - counts)
    assert nonnegative(np.full(3, -5.0), 0.0).sum() == pytest.approx(1.0)


def test_proportion_without_noise_is_wilsons():
    estimate, low, high = proportion(8.0, 2.0, 0.0, 0.0, 1.959964)
    assert estimate == pytest.approx(0.8)
    assert (float(low), float(high)) == pytest.approx((0.4902, 0.9433), abs=1e-4)


def test_proportion_says_nothing_where_noise_drowns_it():
    for counts in [(3.0, 4.0), (-5.0, 1.0), (0.0, 0.0)]:
        _, low, high = proportion(*counts, 1e4, 1e4, 1.96)
        assert (float(low), float(high)) == (0.0, 1.0)
