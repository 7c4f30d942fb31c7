"""Sampling strategies as words and as functions, on noisy counts, of any table."""

import datetime

import numpy as np
import pytest

from skprivate import make_dp_pipeline
from skprivate.base import check_strategy, wanted_counts
from skprivate.compose import DPTableVectorizer
from skprivate.linear_model import DPLogisticRegression
from skprivate.over_sampling import DPSyntheticOverSampler
from skprivate.under_sampling import DPRandomUnderSampler

pd = pytest.importorskip("pandas")
pl = pytest.importorskip("polars")

CLASSES = np.array(["a", "b", "c"])
COUNTS = np.array([100.0, 300.0, 1000.0])


@pytest.mark.parametrize(
    ("word", "down", "up"),
    [
        ("auto", [100, 100, 100], [1000, 1000, 1000]),
        ("all", [100, 100, 100], [1000, 1000, 1000]),
        ("majority", [100, 300, 100], None),
        ("minority", None, [1000, 300, 1000]),
        ("not minority", [100, 100, 100], [100, 1000, 1000]),
        ("not majority", [100, 100, 1000], [1000, 1000, 1000]),
    ],
)
def test_words_are_those_of_imbalanced_learn(word, down, up):
    for expected, balanced in (down, min), (up, max):
        if expected is not None:
            check_strategy(word, CLASSES)
            found = wanted_counts(word, CLASSES, COUNTS, balanced)
            assert found.tolist() == expected


def half(counts):
    """Half of the rows of each class."""
    return {label: n / 2 for label, n in counts.items()}


y = np.repeat(["few", "many"], [500, 2500])
X = np.random.default_rng(0).uniform(0, 1, (3000, 2))


def test_a_function_sees_noisy_counts_and_nothing_else():
    seen = []
    sampler = DPRandomUnderSampler(lambda counts: seen.append(counts) or half(counts))
    _, kept = sampler.fit_resample(X, y)
    (counts,) = seen
    assert list(counts) == ["few", "many"]
    assert list(counts.values()) == sampler.counts_.tolist()
    assert abs(len(kept) - 1500) < 200
    more = DPSyntheticOverSampler(
        lambda counts: {"few": 2 * counts["few"]}, bounds=(0, 1), epsilon=9.0
    )
    assert 900 < np.sum(more.fit_resample(X, y)[1] == "few") < 1100


@pytest.mark.parametrize(
    ("result", "error"),
    [
        (None, TypeError),
        ({"other": 3}, ValueError),
        ({"few": -1}, ValueError),
        ({"few": np.nan}, ValueError),
        ({"few": np.inf}, ValueError),
        ({"few": "3"}, ValueError),
    ],
)
def test_what_a_function_returns_is_checked(result, error):
    for sampler in DPRandomUnderSampler, DPSyntheticOverSampler:
        with pytest.raises(error, match="sampling_strategy"):
            sampler(lambda counts: result).fit_resample(X, y)


def test_words_of_the_other_kind_are_refused():
    for sampler, word in (
        (DPRandomUnderSampler, "minority"),
        (
            DPSyntheticOverSampler,
            "majority",
        ),
    ):
        with pytest.raises(ValueError, match="sampling_strategy"):
            sampler(word).fit_resample(X, y)


@pytest.mark.parametrize("read", [pd.DataFrame, pl.DataFrame])
def test_rows_are_dropped_whatever_they_hold(read):
    table = read(
        {
            "amount": [*X[:-1, 0], np.inf],
            "shop": ["x", None, "y"] * 1000,
            "day": [datetime.date(2020, 1, 1)] * 3000,
        }
    )
    sampler = DPRandomUnderSampler(classes=["few", "many"], epsilon=9.0)
    kept, labels = sampler.fit_resample(table, y)
    assert type(kept) is type(table)
    assert list(sampler.feature_names_in_) == ["amount", "shop", "day"]
    assert len(kept) == len(labels) < 1500
    rows = [[str(v), i] for i, v in enumerate(y)]
    assert len(sampler.fit_resample(rows, y)[0]) < 1500
    with pytest.raises(ValueError, match="2D"):
        sampler.fit_resample(y, y)


def test_a_sampler_stands_before_the_vectorizer():
    table = pd.DataFrame(X, columns=["a", "b"]).assign(shop=["x", "y", None] * 1000)
    pipe = make_dp_pipeline(
        DPRandomUnderSampler("majority", classes=["few", "many"]),
        DPTableVectorizer(),
        DPLogisticRegression(classes=["few", "many"]),
        epsilon=5.0,
    )
    assert pipe.fit(table, y).predict(table).shape == (3000,)


@pytest.mark.parametrize("read", [np.asarray, pd.DataFrame, pl.DataFrame])
def test_nothing_to_add(read):
    sampler = DPSyntheticOverSampler({"few": 1}, bounds=(0, 1))
    more, labels = sampler.fit_resample(read(X), y)
    assert len(more) == len(labels) == 3000
