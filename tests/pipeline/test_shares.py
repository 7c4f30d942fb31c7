"""One budget, shared out."""

from fractions import Fraction

import numpy as np
import pytest
from sklearn.preprocessing import Normalizer

from skprivate.accounting import Budget
from skprivate.decomposition import DPPCA
from skprivate.linear_model import DPRidge
from skprivate.pipeline import make_dp_pipeline, make_dp_union
from skprivate.pipeline._shares import parts_of
from skprivate.preprocessing import DPMinMaxScaler, DPStandardScaler


@pytest.mark.parametrize("epsilon", [0.01, 0.3, 1.0, 7.5, 30.0])
@pytest.mark.parametrize("delta", [1e-12, 1e-9, 1e-6])
@pytest.mark.parametrize(
    "weights", [(1, 1), (1, 2, 3), (6, 1, 1, 1), (1e-3, 1), tuple(range(1, 30))]
)
def test_squares_of_mu_never_exceed_the_whole(epsilon, delta, weights):
    whole = Budget(epsilon, delta)
    parts = parts_of(whole, weights)
    assert all(part.share == 1 and part.delta == delta for part in parts)
    spent = sum(Fraction(part.mu) ** 2 for part in parts)
    assert spent <= Fraction(whole.mu) ** 2
    assert spent >= Fraction(whole.mu) ** 2 * Fraction(1 - 1e-9)
    wanted = np.array(weights) / sum(weights)
    np.testing.assert_allclose([p.mu**2 / whole.mu**2 for p in parts], wanted)


@pytest.mark.parametrize("weights", [(1, 1), (1, 2, 3), (0.1,) * 7])
def test_pure_epsilons_add_up(weights):
    parts = parts_of(Budget(1.0, 0.0), weights)
    assert sum(Fraction(part.epsilon) for part in parts) <= 1
    assert sum(part.epsilon for part in parts) == pytest.approx(1.0)


def test_a_single_part_is_the_whole():
    assert parts_of(Budget(1.0, 1e-6), [3]) == [Budget(1.0, 1e-6)]


def test_infinite_parts_of_an_infinite_budget():
    assert [p.epsilon for p in parts_of(Budget(np.inf, 1e-6), [1, 2])] == [np.inf] * 2


def test_a_budget_too_small_to_share_is_refused():
    with pytest.raises(ValueError, match="larger epsilon"):
        parts_of(Budget(1e-7, 1e-2), [1, 1000])


def three_steps():
    bounds = {"bounds": (-1.0, 1.0)}
    return (
        DPMinMaxScaler(**bounds),
        DPPCA(n_components=2),
        DPRidge(target_bounds=(-1, 1)),
    )


def multipliers(report):
    return np.array([r.mechanism.event.noise_multiplier for r in report.releases])


def test_three_steps_have_much_less_noise_than_with_a_third_of_epsilon_and_delta():
    pipe = make_dp_pipeline(*three_steps(), epsilon=1.0)
    joint = multipliers(pipe.plan(4))
    naive = [s.set_params(epsilon=1 / 3, delta=1e-6 / 3) for s in three_steps()]
    naive[1].set_params(bounds=(0, 1))
    naive[2].set_params(bounds=(-2, 2))
    split = [
        m
        for s, width in zip(naive, (4, 4, 2), strict=True)
        for m in multipliers(s.plan(width))
    ]
    assert len(split) == len(joint)
    assert np.all(np.array(split) / joint > 1.5)


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ([1, 3], [0.25, 0.75]),
        ((2, 2), [0.5, 0.5]),
        (np.array([3.0, 1.0]), [0.75, 0.25]),
        ({"dpstandardscaler": 1, "dpridge": 1}, [0.5, 0.5]),
    ],
)
def test_weights_are_shares_of_squared_mu(weights, expected):
    pipe = make_dp_pipeline(DPStandardScaler(), DPRidge(), weights=weights)
    X, y = np.random.default_rng(0).normal(size=(50, 2)), np.linspace(-1, 1, 50)
    pipe.fit(X, y)
    whole = Budget(1.0, 1e-6).mu ** 2
    parts = [step.privacy_.budget.mu**2 / whole for _, step in pipe.steps]
    np.testing.assert_allclose(parts, expected)
    shares = [r.share for r in pipe.privacy_.releases]
    assert sum(shares) == pytest.approx(1.0)


def test_a_predictor_has_more_by_default_and_what_learns_nothing_has_nothing():
    pipe = make_dp_pipeline(DPStandardScaler(), Normalizer(), DPPCA(), DPRidge())
    expected = np.array([1, 0, 1, 1.5]) / 3.5
    assert [*pipe._shares().values()] == pytest.approx(expected)


def test_what_is_made_of_others_counts_for_its_steps_or_its_heaviest_part():
    inner = make_dp_pipeline(DPStandardScaler(), DPPCA())
    both = make_dp_union(DPStandardScaler(), DPMinMaxScaler())
    shares = make_dp_pipeline(inner, both, DPRidge())._shares()
    expected = np.array([2, 1, 1.5]) / 4.5
    assert [*shares.values()] == pytest.approx(expected)


def test_a_class_may_state_its_own_weight():
    class Heavy(DPStandardScaler):
        default_weight = 100.0

    shares = make_dp_pipeline(Heavy(), DPRidge())._shares()
    assert shares["heavy"] > 0.9


@pytest.mark.parametrize(
    ("weights", "error"),
    [
        ([1], ValueError),
        ([1, 2, 3], ValueError),
        ([1, 0], ValueError),
        ([1, -1], ValueError),
        ([1, np.nan], ValueError),
        ([1, np.inf], ValueError),
        ([1, True], TypeError),
        ([1, "2"], TypeError),
        ({"nobody": 1}, ValueError),
        ("equal", TypeError),
        (3, TypeError),
    ],
)
def test_bad_weights_are_refused(weights, error):
    pipe = make_dp_pipeline(DPStandardScaler(), DPRidge(), weights=weights)
    with pytest.raises(error, match="weight"):
        pipe.fit(np.eye(2), [0.0, 1.0])


def test_a_compound_that_learns_nothing_takes_no_share():
    free = make_dp_pipeline(Normalizer(), "passthrough")
    pipe = make_dp_pipeline(free, DPRidge(bounds=(-1, 1), target_bounds=(-1, 1)))
    assert pipe.plan(3).epsilon() == pytest.approx(1.0)
    assert sum(release.share for release in pipe.plan(3).releases) == pytest.approx(1.0)
