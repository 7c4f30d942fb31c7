"""The focal loss: derivatives, the bound, and what it says in boosting."""

import numpy as np
import pytest

from skprivate.ensemble import DPHistGradientBoostingClassifier
from skprivate.losses import Focal, Logistic, largest_gradient, loss_problems
from skprivate.queries import LossSteps
from skprivate.rows import DerivedColumns

every_gamma = pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0, 5.0])


@every_gamma
def test_gradient_is_the_derivative_of_the_value(gamma, rng):
    loss, margin = Focal(gamma), 3.0 * rng.normal(size=500)
    target = rng.integers(0, 2, 500)
    step = 1e-6
    rise = loss.value(margin + step, target) - loss.value(margin - step, target)
    np.testing.assert_allclose(
        loss.gradient(margin, target), rise / (2 * step), atol=1e-7
    )


@every_gamma
def test_no_row_is_beyond_the_bounds(gamma):
    loss, margin = Focal(gamma), np.linspace(-60, 60, 600_001)
    found = np.abs(loss.gradient(margin, 1.0)).max()
    assert found <= loss.gradient_bound <= found * 1.06
    curvature = loss.curvature(margin, 0.0)
    assert 0 <= curvature.min() <= curvature.max() <= loss.curvature_bound


def test_hostile_margins_stay_within_the_bounds():
    margin = np.array([1e300, -1e300, 0.0, -0.0, 5e-324])
    for target in (0.0, 1.0):
        found = Focal().gradient(margin, target)
        assert (np.abs(found) <= Focal().gradient_bound).all()


def test_without_gamma_it_is_the_log_loss(rng):
    margin, target = rng.normal(size=100), rng.integers(0, 2, 100).astype(float)
    for what in ("value", "gradient", "curvature"):
        expected = getattr(Logistic(), what)(margin, target)
        found = getattr(Focal(0.0), what)(margin, target)
        np.testing.assert_allclose(found, expected, atol=1e-12)


def test_rows_that_are_right_count_little():
    right = Focal().gradient([4.0], [1])[0] / Logistic().gradient([4.0], [1])[0]
    wrong = Focal().gradient([-4.0], [1])[0] / Logistic().gradient([-4.0], [1])[0]
    assert right < 0.002
    assert wrong > 0.9


def test_company_changes_no_bit(rng):
    margin, target = 4 * rng.normal(size=1000), rng.integers(0, 2, 1000).astype(float)
    for what in ("gradient", "curvature"):
        whole = getattr(Focal(), what)(margin, target)
        for start in range(0, 40):
            part = getattr(Focal(), what)(margin[start:], target[start:])
            assert np.array_equal(part, whole[start:])


def test_steps_are_cut_whatever_the_loss_says(rng):
    steps = LossSteps.of(Focal())
    margins = 50 * rng.normal(size=(2000, 1))
    columns = DerivedColumns(np.zeros((2000, 1), np.uint8), margins)
    parts = steps.parts(columns, rng.integers(0, 2, 2000), np.empty(0)) * steps.step
    lengths = np.sqrt(np.sum((parts / steps.weights) ** 2, axis=1))
    assert lengths.max() <= steps.largest


@pytest.mark.parametrize("gamma", [-1.0, 9.0, np.nan, "2", True, None])
def test_what_is_no_gamma(gamma):
    assert list(loss_problems(Focal(gamma)))


def test_boosting_by_the_focal_loss():
    rng = np.random.default_rng(0)
    X = rng.uniform(0, 1, (4000, 2))
    y = (X[:, 0] > 0.9).astype(int)
    options = {"max_iter": 5, "bounds": (0, 1), "random_state": 0, "epsilon": 9.0}
    model = DPHistGradientBoostingClassifier("focal", classes=[0, 1], **options)
    assert model.fit(X, y).score(X, y) > 0.93
    three = DPHistGradientBoostingClassifier("focal", classes=[0, 1, 2], **options)
    with pytest.raises(ValueError, match="two classes"):
        three.fit(X, y)


@pytest.mark.parametrize("margin", [1e302, 1e305, 1.7e308, np.inf])
@pytest.mark.parametrize("target", [0.0, 1.0])
def test_the_largest_floats_stay_within_the_bound(margin, target):
    margins = np.array([margin, -margin])
    assert np.abs(Focal().gradient(margins, target)).max() <= Focal().gradient_bound


def test_the_largest_gradient_of_a_range_is_not_at_its_ends():
    seen = np.abs(Focal().gradient(np.linspace(-5, 5, 10_001), 1.0)).max()
    assert largest_gradient(Focal(), margins=(-5.0, 5.0), targets=(0.0, 1.0)) >= seen
