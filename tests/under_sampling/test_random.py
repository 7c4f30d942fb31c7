"""Under-sampling by independent coins."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from skprivate.under_sampling import DPRandomUnderSampler

X = np.arange(20_000.0).reshape(10_000, 2)
y = np.repeat(["common", "rare"], [9_000, 1_000])


def test_classes_come_out_about_equal():
    _, kept = DPRandomUnderSampler().fit_resample(X, y)
    n_common, n_rare = np.sum(kept == "common"), np.sum(kept == "rare")
    # Noise of a count is 4.2; a binomial of 9000 at 1/9 has a deviation of 30.
    assert abs(n_rare - 1000) < 50
    assert abs(n_common - 1000) < 6 * 32


def test_rows_and_labels_stay_together():
    X_kept, y_kept = DPRandomUnderSampler().fit_resample(X, y)
    assert set(X_kept[y_kept == "rare", 0]) <= set(X[9000:, 0])
    assert set(X_kept[y_kept == "common", 0]) <= set(X[:9000, 0])


def test_other_rows_do_not_move_a_coin():
    """With the released counts given, a coin depends on its own row's class alone."""
    sampler = DPRandomUnderSampler(random_state=0)
    sampler.fit(X, y)
    kept, _, _ = sampler._resample(y)
    others = y.copy()
    others[1:] = "rare"
    again, _, _ = sampler._resample(others)
    assert (0 in kept) == (0 in again)


def test_coins_are_fresh_in_every_call():
    sampler = DPRandomUnderSampler()
    first, _ = sampler.fit_resample(X, y)
    second, _ = sampler.fit_resample(X, y)
    assert not np.array_equal(first, second)


@pytest.mark.parametrize(
    ("strategy", "aim"), [(0.5, 2000), ({"common": 3000}, 3000), ({"common": 0}, 0)]
)
def test_other_strategies(strategy, aim):
    _, kept = DPRandomUnderSampler(strategy).fit_resample(X, y)
    assert abs(np.sum(kept == "common") - aim) < 6 * 45


@pytest.mark.parametrize(
    "strategy", [{"unknown": 5}, {"common": -1}, 0.0, 1.5, "minority"]
)
def test_a_strategy_that_does_not_fit_is_refused(strategy):
    with pytest.raises(ValueError, match="sampling_strategy"):
        DPRandomUnderSampler(strategy).fit_resample(X, y)


def test_tables_keep_their_kind():
    frame = pd.DataFrame(X, columns=["a", "b"])
    X_kept, y_kept = DPRandomUnderSampler().fit_resample(frame, pd.Series(y, name="c"))
    assert list(X_kept.columns) == ["a", "b"]
    assert y_kept.name == "c"
    X_kept, _ = DPRandomUnderSampler().fit_resample(sparse.csr_array(X), y)
    assert sparse.issparse(X_kept)
