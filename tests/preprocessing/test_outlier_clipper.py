"""Rows clipped to a private quantile of their norms, features to their own."""

import numpy as np
import pytest
from scipy import sparse

from skprivate.linear_model import DPLogisticRegression
from skprivate.pipeline import make_dp_pipeline
from skprivate.preprocessing import DPOutlierClipper

rng = np.random.default_rng(0)
X = rng.normal(size=(20_000, 4)) * [1, 2, 0.5, 3]
X[::100] *= 1e5
NORMS = {"l1": 1, "l2": 2, "max": np.inf}


@pytest.mark.parametrize("delta", [1e-6, 0.0])
@pytest.mark.parametrize("norm", NORMS)
def test_the_norm_is_near_the_quantile(norm, delta):
    clipper = DPOutlierClipper(0.9, norm=norm, delta=delta, random_state=0).fit(X)
    norms = np.linalg.norm(X, NORMS[norm], axis=1)
    low, high = np.quantile(norms, [0.89, 0.91])
    assert low < clipper.max_norm_ < high
    clipped = clipper.transform(X)
    longest = np.linalg.norm(clipped, NORMS[norm], axis=1)
    assert longest.max() <= clipper.max_norm_ * (1 + 1e-12)
    stays = norms < clipper.max_norm_
    np.testing.assert_array_equal(clipped[stays], X[stays])
    low, high = clipper.output_bounds_
    assert (low <= clipped).all()
    assert (clipped <= high).all()


@pytest.mark.filterwarnings("ignore:epsilon=inf")
@pytest.mark.parametrize("quantile", [0.5, 0.9, 1.0])
def test_without_noise_it_is_the_quantile(quantile):
    clean = X[1:100]
    clipper = DPOutlierClipper(quantile, bounds=(-20, 20), epsilon=np.inf).fit(clean)
    norms = np.sort(np.linalg.norm(clean, axis=1))
    below, above = np.searchsorted(norms, clipper.max_norm_ + np.array([-0.05, 0.05]))
    assert below <= quantile * len(clean) <= above
    features = DPOutlierClipper(
        quantile, by="feature", bounds=(-20, 20), epsilon=np.inf
    ).fit(clean)
    expected = np.quantile(clean, [1 - quantile, quantile], axis=0)
    np.testing.assert_allclose([features.low_, features.high_], expected, atol=0.3)


def test_features_are_clipped_each_on_its_own():
    clipper = DPOutlierClipper(0.95, by="feature", random_state=0).fit(X)
    expected = np.quantile(X, [0.05, 0.95], axis=0)
    np.testing.assert_allclose([clipper.low_, clipper.high_], expected, rtol=0.1)
    np.testing.assert_array_equal(
        clipper.transform(X), np.clip(X, clipper.low_, clipper.high_)
    )
    assert not hasattr(clipper, "max_norm_")
    np.testing.assert_array_equal(clipper.output_bounds_, [clipper.low_, clipper.high_])
    assert clipper.output_norm_ == clipper.output_geometry_.longest
    model = DPLogisticRegression(classes=[0, 1])
    pipe = make_dp_pipeline(DPOutlierClipper(0.95, by="feature"), model)
    assert pipe.fit(X, X[:, 0] > 0).predict(X).shape == (len(X),)


def test_a_row_costs_as_in_one_column_however_many_there_are():
    wide, narrow = (DPOutlierClipper(bounds=(0, 1)).plan(d) for d in (1000, 1))
    assert [r.sensitivity for r in wide.releases] == [
        r.sensitivity for r in narrow.releases
    ]


def test_sparse_rows_give_the_same_bits():
    Z = sparse.random_array((3000, 30), density=0.1, rng=rng).tocsr()
    of_sparse = DPOutlierClipper(random_state=0).fit(Z)
    of_dense = DPOutlierClipper(random_state=0).fit(Z.toarray())
    assert of_sparse.max_norm_ == of_dense.max_norm_
    clipped = of_sparse.transform(Z)
    assert sparse.issparse(clipped)
    np.testing.assert_array_equal(clipped.toarray(), of_dense.transform(Z.toarray()))
    with pytest.raises(TypeError, match="dense"):
        DPOutlierClipper(by="feature").fit(Z)


@pytest.mark.parametrize("value", [0.0, 1e308, 5e-324, 7.0])
@pytest.mark.parametrize("by", ["row", "feature"])
def test_odd_rows_do_no_harm(value, by):
    Z = np.full((400, 3), value)
    clipper = DPOutlierClipper(by=by, random_state=0).fit(Z)
    assert np.isfinite(clipper.transform(Z)).all()
    assert np.isfinite(clipper.output_bounds_).all()
