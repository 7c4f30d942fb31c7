"""Private exponents of power transformations."""

import numpy as np
import pytest
from scipy import stats
from sklearn.preprocessing import PowerTransformer

from skprivate.preprocessing import DPPowerTransformer

rng = np.random.default_rng(0)
X = np.column_stack(
    [
        rng.normal(size=20_000),
        rng.lognormal(size=20_000),
        -rng.gamma(2.0, 3.0, 20_000),
    ]
)
POSITIVE = abs(X) + 0.1


@pytest.mark.filterwarnings("ignore:epsilon=inf")
@pytest.mark.parametrize("standardize", [True, False])
@pytest.mark.parametrize("method", ["yeo-johnson", "box-cox"])
def test_without_noise_it_is_nearly_scikit_learns(method, standardize):
    Z = POSITIVE if method == "box-cox" else X
    bounds = Z.min(axis=0), Z.max(axis=0)
    options = {"method": method, "standardize": standardize}
    private = DPPowerTransformer(bounds=bounds, epsilon=np.inf, **options).fit(Z)
    public = PowerTransformer(**options).fit(Z)
    # 255 quantiles stand for all rows, so the very tails are cut.
    np.testing.assert_allclose(private.lambdas_, public.lambdas_, atol=0.03)
    middle = np.quantile(Z, [0.1, 0.3, 0.5, 0.9], axis=0)
    np.testing.assert_allclose(
        private.transform(middle), public.transform(middle), atol=0.06
    )


@pytest.mark.parametrize("delta", [1e-6, 0.0])
def test_the_output_is_more_normal(delta):
    Z = DPPowerTransformer(delta=delta, random_state=0).fit_transform(X)
    assert abs(stats.skew(Z)).max() < 0.3
    np.testing.assert_allclose(Z.mean(axis=0), 0, atol=0.1)
    np.testing.assert_allclose(Z.std(axis=0), 1, atol=0.1)


@pytest.mark.parametrize("method", ["yeo-johnson", "box-cox"])
def test_transform_and_back(method):
    power = DPPowerTransformer(method, random_state=0).fit(POSITIVE)
    back = power.inverse_transform(power.transform(POSITIVE))
    np.testing.assert_allclose(back, POSITIVE)


def test_box_cox_takes_what_is_not_positive_for_the_lower_bound():
    power = DPPowerTransformer("box-cox", bounds=(0.01, 100)).fit(X)
    np.testing.assert_array_equal(
        power.transform([[-5.0] * 3]), power.transform([[0.01] * 3])
    )
    assert np.isfinite(DPPowerTransformer("box-cox").fit(X).transform(X)).all()


def test_box_cox_needs_positive_bounds():
    with pytest.raises(ValueError, match="positive"):
        DPPowerTransformer("box-cox", bounds=(0, 1)).fit(POSITIVE)


@pytest.mark.parametrize("method", ["yeo-johnson", "box-cox"])
def test_a_constant_feature_is_left_alone(method):
    power = DPPowerTransformer(method, random_state=0).fit(np.full((5000, 1), 7.0))
    assert power.lambdas_.tolist() == [1.0]
    assert power.scale_.tolist() == [1.0]


@pytest.mark.parametrize("method", ["yeo-johnson", "box-cox"])
def test_output_bounds_hold(method):
    power = DPPowerTransformer(method, bounds=(1e-3, 1e3), random_state=0)
    power.fit(POSITIVE)
    low, high = power.output_bounds_
    Z = power.transform(np.clip(1e3 * X, 1e-3, 1e3))
    np.testing.assert_array_equal(Z, np.clip(Z, low - 1e-9, high + 1e-9))


def test_widest_bounds_stay_finite():
    power = DPPowerTransformer(bounds=(-(2.0**499), 2.0**499), random_state=0).fit(X)
    assert np.isfinite(power.output_bounds_).all()
    assert np.isfinite(power.transform(X)).all()


def test_bounds_whose_squares_vanish():
    rows = np.random.default_rng(0).uniform(0, 1e-300, (200, 1))
    with np.errstate(divide="raise", invalid="raise"):
        model = DPPowerTransformer(bounds=(0, 1e-300)).fit(rows)
    assert np.isfinite(model.transform(rows)).all()
    assert np.isfinite(model.output_bounds_).all()
