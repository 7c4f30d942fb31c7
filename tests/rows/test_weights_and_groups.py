"""Weights and privacy units of several rows."""

from math import comb

import numpy as np
import pytest
from sklearn.base import BaseEstimator

from skprivate.rows import as_rows, bound_groups, bounded_weights

SECRET = "SECRET-GROUP"


def seeded(n):
    return np.random.default_rng(0).integers(0, 2**64, n, dtype=np.uint64)


@pytest.mark.parametrize("max_weight", [0.1, 1.0, 3.0, 5e-324, 1e308])
@pytest.mark.parametrize("dtype", [float, int, np.float32, bool, object, list])
def test_weights_are_cut_and_relative(max_weight, dtype):
    given = [0, 1, 2, 5]
    given = given if dtype is list else np.array(given, dtype)
    weight = bounded_weights(given, max_weight, 4)
    assert weight.dtype == np.float64
    assert (weight >= 0).all()
    assert (weight <= 1).all()
    expected = np.minimum(np.asarray(given, float), max_weight) / max_weight
    np.testing.assert_array_equal(weight, expected)


def test_one_weight_for_all_rows():
    assert bounded_weights(None, 1.0, 3).shape == (0,)
    assert bounded_weights(0.5, 2.0, 3).tolist() == [0.25] * 3


@pytest.mark.parametrize(
    ("weight", "kind", "message"),
    [
        ([1, np.nan, 1], ValueError, "NaN"),
        ([1, np.inf, 1], ValueError, "infinity"),
        ([1, -98765, 1], ValueError, "Negative values in data passed to `sample_w"),
        ([1, 1], ValueError, "sample_weight.shape == "),
        (np.ones((3, 1)), ValueError, "Sample weights must be 1D array or scalar"),
        (np.ones((3, 2)), ValueError, "Sample weights must be 1D array or scalar"),
        (np.array(["98765", "1", "1"]), TypeError, "real numbers"),
        (np.array([{98765}, 1, 1], object), TypeError, "real number"),
        ([1j, 1, 1], TypeError, "real numbers"),
        (np.ma.array([1, 2, 3], mask=[0, 0, 1]), ValueError, "masked"),
        (True, TypeError, "in memory"),
        ("98765", TypeError, "in memory"),
        (np.nan, ValueError, "NaN"),
    ],
)
def test_bad_weights_are_refused(weight, kind, message):
    with pytest.raises(kind, match=message) as caught:
        bounded_weights(weight, 1.0, 3)
    assert "98765" not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("max_weight", [0, -1, np.nan, np.inf, "1", True, None])
def test_the_largest_weight_is_a_positive_number(max_weight):
    with pytest.raises(ValueError, match="max_weight"):
        bounded_weights([1.0], max_weight, 1)


@pytest.mark.parametrize("max_rows", [1, 3, 10**9])
@pytest.mark.parametrize(
    "convert",
    [
        np.asarray,
        np.ndarray.tolist,
        lambda groups: groups.astype(float),
        lambda groups: groups.astype(str),
        lambda groups: groups.astype(object),
        lambda groups: groups.astype(str).astype(object),
        lambda groups: pytest.importorskip("pandas").Series(groups.astype(str)),
        lambda groups: pytest.importorskip("polars").Series(groups),
    ],
)
def test_no_group_keeps_more_rows_than_it_may(max_rows, convert):
    groups = np.random.default_rng(1).integers(-5, 40, 500)
    keep = bound_groups(convert(groups), max_rows, seeded)
    assert keep.dtype == bool
    for group in np.unique(groups):
        size = (groups == group).sum()
        assert keep[groups == group].sum() == min(size, max_rows)


def test_kept_rows_are_uniform_within_a_group():
    groups, n = np.array([7, 3, 7, 7, 3, 7]), 6000
    counts = {}
    for seed in range(n):
        draw = np.random.default_rng(seed).integers(0, 2**64, 6, dtype=np.uint64)
        kept = tuple(np.flatnonzero(bound_groups(groups, 2, lambda n, draw=draw: draw)))
        counts[kept] = counts.get(kept, 0) + 1
    n_pairs = comb(4, 2)
    assert len(counts) == n_pairs
    expected = n / n_pairs
    chi2 = sum((count - expected) ** 2 / expected for count in counts.values())
    assert chi2 < 25.7  # 99.99 % of the chi-squared law with 5 degrees of freedom


def test_a_group_does_not_change_what_others_keep():
    groups = np.array(list("abcabcaab"))
    alone = bound_groups(groups[groups != "c"], 1, lambda n: seeded(9)[groups != "c"])
    both = bound_groups(groups, 1, seeded)
    np.testing.assert_array_equal(both[groups != "c"], alone)


def test_words_come_from_the_system_by_default():
    groups = np.zeros(200)
    first, second = (np.flatnonzero(bound_groups(groups, 5)) for _ in range(2))
    assert first.tolist() != second.tolist()


@pytest.mark.parametrize(
    ("groups", "kind", "message"),
    [
        ([1, np.nan], ValueError, "groups contains NaN"),
        (np.array([SECRET, None], object), ValueError, "groups contains NaN"),
        (np.array([SECRET, np.nan], object), ValueError, "groups contains NaN"),
        (np.array([SECRET, (1,)], object), TypeError, "integers or text"),
        (np.array([{SECRET}, 1], object), TypeError, "integers or text"),
        (np.array(["2020"], "M8[Y]"), TypeError, "integers or text"),
        ([1j, 2], TypeError, "integers or text"),
        ([[1, 2], [3, 4]], ValueError, "1d array"),
        (iter("ab"), TypeError, "in memory"),
    ],
)
def test_bad_groups_are_refused(groups, kind, message):
    with pytest.raises(kind, match=message) as caught:
        bound_groups(groups, 1)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("max_rows", [0, -1, 1.5, True, None, "1"])
def test_bad_numbers_of_rows_are_refused(max_rows):
    with pytest.raises(ValueError, match="max_rows_per_group"):
        bound_groups([1, 2], max_rows)


def test_rows_that_do_not_count_take_no_place_in_their_group(sums):
    X, groups = np.arange(6.0)[:, None], np.array([0, 0, 0, 1, 1, 1])
    options = {"target": "none", "accept_sparse": False, "words": seeded}
    weight = [0, 0, 1, 2, 0, 0]
    rows = as_rows(BaseEstimator(), X, None, weight, groups, **options, max_weight=2)
    assert rows.weight.tolist() == [0, 0, 0.5, 1, 0, 0]
    rows = as_rows(BaseEstimator(), X, groups=groups, max_rows_per_group=2, **options)
    assert rows.total([sums()])[0][0, 0] == 4
    assert np.shares_memory(rows.X, X)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        as_rows(BaseEstimator(), X, groups=groups[:3], **options)
    with pytest.raises(ValueError, match="at least one non-zero"):
        as_rows(BaseEstimator(), X, sample_weight=np.zeros(6), **options)


def test_a_zero_weight_is_an_absent_row(sums, table):
    X, y, _, weight = table
    weight = np.where(weight < 0.5, 0, weight)
    options = {"target": "number", "accept_sparse": False}
    all_rows = as_rows(BaseEstimator(), X, y, weight, **options)
    kept = weight > 0
    some = as_rows(BaseEstimator(), X[kept], y[kept], weight[kept], **options)
    np.testing.assert_array_equal(all_rows.total([sums()]), some.total([sums()]))
