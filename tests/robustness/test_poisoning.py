"""What added rows can do, at most: bounds that are known, and refusals."""

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.linear_model import LinearRegression

from skprivate import privacy_report
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.robustness import poisoning_report


def test_gaussian_noise_gives_the_exact_bound():
    plan = DPRidge(epsilon=1.0).plan(4)
    report = poisoning_report(plan, units=(1, 2, 5))
    mu = plan.privacy_.budget.mu if hasattr(plan, "privacy_") else plan.budget.mu
    for k, left in report.chances.items():
        assert left >= norm.cdf(norm.ppf(0.95) - k * mu) - 1e-6
        assert left == pytest.approx(norm.cdf(norm.ppf(0.95) - k * mu), abs=0.02)


def test_pure_noise_gives_the_bound_of_epsilon():
    plan = DPLogisticRegression(epsilon=0.5, delta=0, bounds=(0, 1)).plan(2)
    left = poisoning_report(plan, units=(1, 2)).chances
    assert left[1] >= np.exp(-0.5) * 0.95 - 1e-9
    assert left[2] >= np.exp(-1.0) * 0.95 - 1e-9


def test_half_is_where_it_says():
    plan = DPRidge(epsilon=1.0).plan(4)
    half = poisoning_report(plan, units=(1,)).half
    near = poisoning_report(plan, units=(half - 1, half)).chances
    assert near[half - 1] >= 0.5 > near[half]


def test_less_epsilon_more_rows():
    small, large = (
        poisoning_report(DPRidge(epsilon=e).plan(4)).half for e in (0.1, 1.0)
    )
    assert small > 5 * large


def test_reports_are_taken_too(rng):
    X = rng.uniform(size=(200, 2))
    model = DPRidge(bounds=(0, 1), target_bounds=(0, 1)).fit(X, X[:, 0])
    first, second = poisoning_report(model), poisoning_report(privacy_report(model))
    assert first == second
    assert "DPRidge" in repr(first)
    assert "<table" in first._repr_html_()


def test_what_is_not_private(rng):
    X = rng.uniform(size=(20, 2))
    with pytest.raises(ValueError, match="not private"):
        poisoning_report(LinearRegression().fit(X, X[:, 0]))


@pytest.mark.parametrize(
    "change",
    [{"probability": 0.5}, {"probability": 1}, {"units": (0,)}, {"units": (1.5,)}],
)
def test_parameters(change):
    with pytest.raises(ValueError, match=r"must (lie|be)"):
        poisoning_report(DPRidge().plan(4), **change)


def test_one_number_in_place_of_a_list():
    with pytest.raises(TypeError, match="units must be a list"):
        poisoning_report(DPRidge(epsilon=1.0).plan(4), units=5)


@pytest.mark.parametrize("change", [{"units": None}, {"units": ()}])
def test_no_list_of_units(change):
    with pytest.raises(TypeError, match="units must be a list"):
        poisoning_report(DPRidge().plan(4), **change)


@pytest.mark.parametrize("probability", ["a", None])
def test_a_probability_is_a_number(probability):
    with pytest.raises(ValueError, match="probability must"):
        poisoning_report(DPRidge().plan(4), probability=probability)
