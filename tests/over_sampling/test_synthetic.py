"""Over-sampling with rows of a released Gaussian."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from skprivate.over_sampling import DPSyntheticOverSampler

rng = np.random.default_rng(0)
X = np.r_[rng.normal(0, 1, (9000, 2)), rng.normal(3, 0.5, (1000, 2))]
y = np.repeat([0, 1], [9000, 1000])
SAMPLER = DPSyntheticOverSampler(bounds=(-6, 6))


def test_real_rows_come_first_and_unchanged():
    X_more, y_more = SAMPLER.fit_resample(X, y)
    np.testing.assert_array_equal(X_more[:10_000], X)
    np.testing.assert_array_equal(y_more[:10_000], y)


def test_synthetic_rows_look_like_their_class():
    X_more, y_more = SAMPLER.fit_resample(X, y)
    new = X_more[10_000:]
    assert np.all(y_more[10_000:] == 1)
    assert abs(len(new) - 8000) < 100
    # Noise of the mean: 6 * sqrt(5) / 0.2367 / 1000 = 0.057 at a half width of 6.
    np.testing.assert_allclose(new.mean(axis=0), 3, atol=0.5)
    assert np.all(new.std(axis=0) < 2)


def test_synthetic_rows_stay_within_the_bounds():
    X_more, _ = DPSyntheticOverSampler(bounds=(-1, 1)).fit_resample(X, y)
    assert np.all(np.abs(X_more[10_000:]) <= 1)


def test_with_hardly_any_budget_it_refuses_to_make_up_millions_of_rows():
    with pytest.raises(ValueError, match="budget is too small"):
        DPSyntheticOverSampler(bounds=(-6, 6), epsilon=1e-9, delta=1e-12).fit(X, y)


@pytest.mark.parametrize(
    ("strategy", "aim"), [(0.5, 4500), ({1: 2000}, 2000), ({0: 10_000}, 1000)]
)
def test_other_strategies(strategy, aim):
    sampler = DPSyntheticOverSampler(strategy, bounds=(-6, 6))
    _, y_more = sampler.fit_resample(X, y)
    assert abs(np.sum(y_more == 1) - aim) < 100


def test_tables_keep_their_kind():
    pl = pytest.importorskip("polars")
    frame = pd.DataFrame(X, columns=["a", "b"]).assign(c=np.arange(10_000))
    sampler = DPSyntheticOverSampler(bounds=([-6, -6, 0], [6, 6, 10_000]))
    X_more, y_more = sampler.fit_resample(frame, pd.Series(y))
    assert X_more.dtypes.to_dict() == frame.dtypes.to_dict()
    assert y_more.dtype == y.dtype
    X_more, y_more = sampler.fit_resample(pl.from_pandas(frame), pl.Series("y", y))
    assert X_more.schema == pl.from_pandas(frame).schema
    assert isinstance(y_more, pl.Series)
    X_more, _ = SAMPLER.fit_resample(sparse.csr_matrix(X), y)
    assert sparse.issparse(X_more)
    X_more, y_more = SAMPLER.fit_resample(X.tolist(), y.tolist())
    assert isinstance(X_more, list)
    assert isinstance(y_more, list)
