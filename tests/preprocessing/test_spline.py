"""Splines with private knots."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.preprocessing import SplineTransformer

from skprivate import PrivacyLedger
from skprivate.preprocessing import DPSplineTransformer

rng = np.random.default_rng(0)
X = np.column_stack([rng.normal(size=20_000), rng.lognormal(size=20_000)])
KNOTS = ["uniform", "quantile"]
BEYOND = ["constant", "linear", "continue", "periodic"]


@pytest.mark.filterwarnings("ignore:epsilon=inf")
@pytest.mark.parametrize("knots", KNOTS)
@pytest.mark.parametrize("extrapolation", BEYOND)
def test_without_noise_it_is_scikit_learns(knots, extrapolation):
    options = {"knots": knots, "extrapolation": extrapolation, "include_bias": False}
    bounds = X.min(axis=0), X.max(axis=0)
    private = DPSplineTransformer(bounds=bounds, epsilon=np.inf, **options).fit(X)
    public = SplineTransformer(**options).fit(X)
    np.testing.assert_allclose(private.transform(X), public.transform(X), atol=0.01)
    assert private.n_features_out_ == public.n_features_out_
    np.testing.assert_array_equal(
        private.get_feature_names_out(), public.get_feature_names_out()
    )


@pytest.mark.parametrize("delta", [1e-6, 0.0])
def test_knots_are_near_the_quantiles(delta):
    splines = DPSplineTransformer(knots="quantile", delta=delta, random_state=0).fit(X)
    expected = np.quantile(X, [0.25, 0.5, 0.75], axis=0)
    np.testing.assert_allclose(splines.knots_[1:-1], expected, atol=0.1)


@pytest.mark.parametrize("knots", KNOTS)
@pytest.mark.parametrize("extrapolation", BEYOND)
@pytest.mark.parametrize("degree", [1, 3])
def test_output_bounds_hold(knots, extrapolation, degree):
    splines = DPSplineTransformer(
        knots=knots, extrapolation=extrapolation, degree=degree, bounds=(-30, 30)
    )
    low, high = splines.fit(X).output_bounds_
    Z = splines.transform(np.linspace(-30, 30, 999)[:, None] * np.ones(2))
    assert Z.shape[1] == len(low)
    np.testing.assert_array_equal(Z, np.clip(Z, low - 1e-9, high + 1e-9))


@pytest.mark.parametrize("knots", KNOTS)
@pytest.mark.parametrize("value", [0.0, -3.0, 1e9])
def test_a_constant_feature_has_knots_around_it(knots, value):
    splines = DPSplineTransformer(knots=knots, random_state=0)
    splines.fit(np.full((5000, 1), value))
    assert (np.diff(splines.knots_, axis=0) > 0).all()
    assert np.isfinite(splines.transform([[value]])).all()


@pytest.mark.parametrize("knots", KNOTS)
@pytest.mark.parametrize("n_rows", [1, 10])
def test_few_rows_give_ascending_knots(knots, n_rows):
    splines = DPSplineTransformer(12, knots=knots, epsilon=0.1).fit(X[:n_rows])
    assert (np.diff(splines.knots_, axis=0) > 0).all()


def test_given_knots_cost_nothing():
    knots = np.linspace([-2, 0], [2, 5], 4)
    splines = DPSplineTransformer(knots=knots).fit(X)
    assert splines.privacy_.releases == ()
    public = SplineTransformer(knots=knots).fit(X)
    np.testing.assert_array_equal(splines.transform(X), public.transform(X))
    with pytest.raises(ValueError, match="column for each feature"):
        DPSplineTransformer(knots=knots[:, :1]).fit(X)
    with pytest.raises(ValueError, match="sorted"):
        DPSplineTransformer(knots=knots[::-1]).fit(X)


def test_sparse_output():
    splines = DPSplineTransformer(sparse_output=True, random_state=0).fit(X)
    output = splines.transform(X[:50])
    assert sparse.issparse(output)
    dense = splines.set_params(sparse_output=False).transform(X[:50])
    np.testing.assert_allclose(output.toarray(), dense)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("in_csr", [False, True], ids=["dense", "sparse"])
@pytest.mark.parametrize("extrapolation", BEYOND)
@pytest.mark.parametrize("degree", [0, 1, 2, 3])
@pytest.mark.parametrize("knots", [*KNOTS, np.linspace([-1, 1], [1, 2], 5)])
def test_rows_of_the_fit_lie_beyond_the_knots(
    knots, degree, extrapolation, in_csr, dtype
):
    rows = X[:300].astype(dtype)
    splines = DPSplineTransformer(
        knots=knots, degree=degree, extrapolation=extrapolation, sparse_output=in_csr
    )
    output = splines.fit_transform(rows)
    output = output.toarray() if in_csr else output
    assert output.shape == (300, splines.n_features_out_)
    assert np.isfinite(output).all()
    assert output.dtype == dtype
    if extrapolation in ("constant", "periodic"):
        close = 1e-7 if dtype is np.float64 else 1e-6
        np.testing.assert_allclose(output.sum(axis=1), 2, rtol=close)


@pytest.mark.parametrize("in_csr", [False, True], ids=["dense", "sparse"])
def test_an_error_beyond_the_knots_needs_public_ones_and_quotes_no_row(in_csr):
    options = {"extrapolation": "error", "sparse_output": in_csr}
    for knots in KNOTS:
        with PrivacyLedger() as ledger, pytest.raises(ValueError, match="Give public"):
            DPSplineTransformer(knots=knots, **options).fit(X)
        assert not ledger.records
    knots = np.linspace([-1.0, 0.0], [1.0, 9.0], 4)
    splines = DPSplineTransformer(knots=knots, **options).fit(X)
    assert splines.transform([[0.5, 0.5]]).shape == (1, 12)
    with pytest.raises(ValueError, match="beyond the limits of the knots") as told:
        splines.transform([[0.5, 0.5], [0.5, 13.6171]])
    assert "13.6" not in str(told.value)


def test_too_few_knots_for_periodic_splines_are_refused_for_nothing():
    splines = DPSplineTransformer(3, degree=3, extrapolation="periodic")
    with PrivacyLedger() as ledger, pytest.raises(ValueError, match="degree < n_knots"):
        splines.fit(X)
    assert not ledger.records
