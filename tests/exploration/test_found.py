"""Counts of categories that were found: intervals hold, given that they are told."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from skprivate.exploration import DPDataProfile
from skprivate.exploration._found import both_counts

Z, THRESHOLD = norm.isf(0.025), 40
N_FITS = 60


def told(n_rows, deviations):
    """Pairs of counts, of which the first is above the threshold, as likely as not."""
    first, second = deviations
    top = int(max(n_rows + 8 * first, THRESHOLD + 4 * first)) + 2
    found = np.arange(THRESHOLD + 1, top, dtype=float)
    ends = norm.sf((found[:, None] + [-0.5, 0.5] - n_rows) / first)
    chance = (ends[:, 0] - ends[:, 1]) / norm.sf((THRESHOLD + 0.5 - n_rows) / first)
    own = n_rows + second * norm.ppf((np.arange(400) + 0.5) / 400)
    pairs = np.meshgrid(found, own, indexing="ij")
    return [part.ravel() for part in pairs], np.repeat(chance, 400) / 400


@pytest.mark.parametrize("deviations", [(10.0, 10.0), (3.0, 12.0), (12.0, 3.0)])
@pytest.mark.parametrize("distance", [-2, -1, 0, 1, 3, 10])
def test_an_interval_holds_given_that_it_is_told(deviations, distance):
    """The probability, added up: no simulation."""
    n_rows = max(1.0, THRESHOLD + distance * deviations[0])
    (found, own), chance = told(n_rows, deviations)
    assert chance.sum() == pytest.approx(1.0, abs=1e-3)
    values, below, above = both_counts(found, own, deviations, THRESHOLD, Z)
    too_high = chance[values - below > n_rows + 1e-6].sum()
    too_low = chance[values + above < n_rows - 1e-6].sum()
    assert too_high <= 0.025 + 0.002  # for the steps of the second count
    assert too_low <= 0.025 + 0.002
    if distance == 10:  # and is no wider than need be
        assert too_high + too_low > 0.03


def test_the_plain_interval_would_not_hold():
    (found, own), chance = told(20.0, (10.0, 10.0))
    too_high = (found + own) / 2 - Z * 10 / np.sqrt(2) > 20
    assert chance[too_high].sum() > 0.3


def test_far_above_the_threshold_it_is_the_mean():
    values, below, above = both_counts(
        np.array([1000.0]), np.array([1010.0]), (10.0, 10.0), THRESHOLD, Z
    )
    half = Z * 10 / np.sqrt(2)
    assert values[0] == 1005.0
    assert below[0] == pytest.approx(half, abs=0.3)
    assert above[0] == pytest.approx(half, abs=0.3)


def test_just_above_the_threshold_it_may_be_anything_below():
    values, below, above = both_counts(
        np.array([41.0, 42.0]), np.array([-300.0, 30.0]), (10.0, 10.0), THRESHOLD, Z
    )
    assert (values - below).tolist() == pytest.approx([0.0, 0.0], abs=1e-6)
    assert np.isfinite(above).all()


@pytest.fixture(scope="module")
def table():
    """Words as in a text: most are rare, and many near what can be told."""
    rng = np.random.default_rng(0)
    words = np.array([f"w{i}" for i in np.minimum(rng.zipf(1.6, 3000), 500)], object)
    words[::9] = None
    return pd.DataFrame({"word": words, "other": words[::-1]})


@pytest.mark.parametrize(("epsilon", "n_shown"), [(0.5, 10), (3.0, 10), (3.0, 100)])
def test_intervals_of_found_categories_hold(table, epsilon, n_shown):
    """By seeds 0 to 59: 95 % of hundreds of intervals, less some deviations."""
    held = {"shown": [], "others": [], "missing": []}
    for seed in range(N_FITS):
        profile = DPDataProfile(epsilon=epsilon, max_categories=n_shown)
        for column in profile.set_params(random_state=seed).fit(table).profile_.columns:
            exact = table[column.name].value_counts()
            rest = exact.drop(list(column.categories)).sum()
            for word, found in column.categories.items():
                held["shown"].append(found.low <= exact[word] <= found.high)
            found, gaps = column.others, column.missing
            held["others"].append(found.low <= rest <= found.high)
            n_gaps = table[column.name].isna().sum()
            held["missing"].append(gaps.low <= n_gaps <= gaps.high)
    for kind, inside in held.items():
        assert np.mean(inside) > (0.92 if kind == "shown" else 0.87), kind


def test_both_counts_make_intervals_narrower(table):
    found = DPDataProfile(epsilon=3.0, random_state=0).fit(table)
    (release,) = [r for r in found.privacy_.releases if "CategoryCounts" in r.query]
    alone = 2 * Z * release.mechanism.deviation(release.sensitivity)
    first = next(iter(found.profile_.columns[0].categories.values()))
    # Shares of 0.1 and 0.12 instead of 0.12 alone, and one of the rounding.
    assert first.high - first.low < alone * np.sqrt(0.12 / 0.22) + 1.0


def test_others_are_all_that_is_not_shown(table):
    profile = DPDataProfile(epsilon=20.0, max_categories=2, random_state=0)
    column = profile.fit(table).profile_.columns[0]
    assert list(column.categories) == ["w1", "w2"]
    exact = table["word"].value_counts().iloc[2:].sum()
    assert column.others.value == pytest.approx(exact, abs=15)


def test_nothing_may_be_found():
    table = pd.DataFrame({"id": np.arange(3000).astype(str).astype(object)})
    column = DPDataProfile(random_state=0).fit(table).profile_.columns[0]
    assert column.categories == {}
    assert column.others.low < 3000 < column.others.high


def test_weights_count_where_there_are_some(table):
    """What finds categories counts rows; so their weights are counted alone."""
    weight = np.where(table["word"] == "w1", 0.25, 1.0)
    profile = DPDataProfile(epsilon=10.0, random_state=0)
    column = profile.fit(table, sample_weight=weight).profile_.columns[0]
    exact = table["word"].value_counts()
    assert column.categories["w1"].value == pytest.approx(exact["w1"] / 4, abs=30)
    assert column.categories["w2"].value == pytest.approx(exact["w2"], abs=30)
    assert next(iter(column.categories)) == "w2"


@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_without_noise_counts_are_exact(table):
    column = DPDataProfile(epsilon=np.inf).fit(table).profile_.columns[0]
    exact = table["word"].value_counts()
    for word, found in column.categories.items():
        assert found.low == found.value == found.high == exact[word]
