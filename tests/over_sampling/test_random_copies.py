"""Copies of rows: at most a public number of each, by coins of the row alone."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from skprivate.over_sampling import DPRandomOverSampler

y = np.repeat([0, 1, 2], [3000, 1000, 100])
X = np.random.default_rng(0).normal(size=(4100, 2))


def sampler(**params):
    return DPRandomOverSampler(**{"random_state": 0, "epsilon": 5.0} | params)


def times(y_more):
    return np.bincount(y_more) / np.bincount(y)


def test_rows_come_as_often_as_their_class_needs():
    X_more, y_more = sampler(max_copies=4).fit_resample(X, y)
    np.testing.assert_array_equal(X_more[:4100], X)
    assert times(y_more) == pytest.approx([1, 3, 4], abs=0.15)
    _, counts = np.unique(X_more[:, 0], return_counts=True)
    assert counts.max() <= 4


def test_no_row_comes_more_often_than_it_may():
    for cap in (1, 2, 3):
        X_more, _ = sampler(max_copies=cap).fit_resample(X, y)
        _, counts = np.unique(X_more[:, 0], return_counts=True)
        assert counts.max() == cap == sampler(max_copies=cap).stability


def test_a_row_depends_on_no_other_row():
    """With the same noisy counts, it comes as often whatever the others are."""
    fitted = sampler().fit(X, y)
    kept, _, _ = fitted._resample(y)
    others = y.copy()
    others[::2] = 2
    again, _, _ = fitted._resample(others)
    same = np.arange(1, 4100, 2)
    first, second = (np.bincount(rows, minlength=4100) for rows in (kept, again))
    np.testing.assert_array_equal(first[same], second[same])


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        ("minority", [1, 1, 3]),
        ("not minority", [1, 3, 1]),
        ("not majority", [1, 3, 3]),
        ({2: 200}, [1, 1, 2]),
        ({1: 0.5, 2: 0.05}, [1, 1.5, 1.5]),
        ({0: 10}, [1, 1, 1]),
        (lambda counts: {1: 2 * counts[1]}, [1, 2, 1]),
    ],
)
def test_strategies(strategy, expected):
    _, y_more = sampler(sampling_strategy=strategy).fit_resample(X, y)
    assert times(y_more) == pytest.approx(expected, abs=0.15)


def test_tables_of_any_kind_and_with_gaps():
    frame = pd.DataFrame({"a": X[:, 0], "b": ["x", None, "y", "z"] * 1025})
    more, labels = sampler().fit_resample(frame, pd.Series(y))
    assert more.dtypes.to_dict() == frame.dtypes.to_dict()
    assert len(more) == len(labels) > 6000
    more, _ = sampler().fit_resample(sparse.csr_array(X), y)
    assert sparse.issparse(more)
    rows, _ = sampler().fit_resample([[str(v), i] for i, v in enumerate(y)], y)
    assert isinstance(rows, list)


@pytest.mark.parametrize("cap", [0, -1, 1.5, 10**4, "3", None])
def test_caps_that_are_none(cap):
    with pytest.raises(ValueError, match="max_copies"):
        sampler(max_copies=cap).fit_resample(X, y)
