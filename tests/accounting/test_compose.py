"""Composition against dp-accounting, closed forms and exact sums."""

import math

import dp_accounting
import numpy as np
import pytest
from dp_accounting import dp_event as dp
from dp_accounting.pld import privacy_loss_distribution as pld

from skprivate.accounting import (
    delta_of_events,
    epsilon_curve,
    epsilon_of,
    epsilon_of_events,
)

ADD_REMOVE = dp_accounting.NeighboringRelation.ADD_OR_REMOVE_ONE


def some(few, many):
    """Parametrize by a number of cases; many of them are for `make audit`."""
    more = pytest.param(many, marks=pytest.mark.slow)
    return pytest.mark.parametrize("n_cases", [few, more])


def gaussian(noise):
    return dp.GaussianDpEvent(noise)


def laplace(noise):
    return dp.LaplaceDpEvent(noise)


def any_pure(epsilon):
    return dp.DiscreteLaplaceDpEvent(epsilon, 1)


def sampled(rate, noise, steps):
    event = dp.PoissonSampledDpEvent(rate, gaussian(noise))
    return dp.SelfComposedDpEvent(event, steps)


def bracket(events, delta, grid=1e-3):
    """Lower and upper epsilon of dp-accounting's optimistic and pessimistic PLD."""
    return tuple(
        distribution(events, pessimistic, grid).get_epsilon_for_delta(delta)
        for pessimistic in (False, True)
    )


def distribution(events, pessimistic, grid):
    options = {
        "pessimistic_estimate": pessimistic,
        "use_connect_dots": pessimistic,
        "value_discretization_interval": grid,
    }
    total = pld.identity(grid) if pessimistic else None
    for event in events:
        if isinstance(event, dp.GaussianDpEvent):
            one = pld.from_gaussian_mechanism(event.noise_multiplier, **options)
        elif isinstance(event, dp.LaplaceDpEvent):
            one = pld.from_laplace_mechanism(event.noise_multiplier, **options)
        else:
            one = pld.from_discrete_laplace_mechanism(
                event.noise_parameter, 1, **options
            )
        total = one if total is None else total.compose(one)
    return total


@some(150, 900)
def test_gaussian_compositions_lie_in_the_bracket(n_cases):
    """Seeded compositions of Gaussian releases, by closed form."""
    generator = np.random.default_rng(0)
    for _ in range(n_cases):
        parts = generator.integers(1, 4)
        mu = 10 ** generator.uniform(-1, 0.3)
        shares = generator.dirichlet(np.ones(parts))
        events = [gaussian(1 / (mu * math.sqrt(share))) for share in shares]
        delta = 10 ** generator.uniform(-9, -2)
        lower, upper = bracket(events, delta, grid=mu / 100)
        epsilon = epsilon_of_events(events, delta)
        assert lower <= epsilon <= 1.01 * upper
        assert upper <= 1.1 * lower + 0.01, "the bracket says too little"


def random_mix(generator):
    """Gaussian, Laplace and pure events of comparable sizes, in random order."""
    kinds = [gaussian, laplace, lambda noise: any_pure(1 / noise)]
    count = generator.integers(2, 6)
    noises = 10 ** generator.uniform(0, 1, size=count)
    events = [kinds[generator.integers(3)](float(noise)) for noise in noises]
    return [event for event in events for _ in range(generator.integers(1, 3))]


@some(20, 60)
def test_mixed_compositions_lie_in_the_bracket(n_cases):
    generator = np.random.default_rng(1)
    for _ in range(n_cases):
        events = random_mix(generator)
        delta = 10 ** generator.uniform(-8, -3)
        lower, upper = bracket(events, delta)
        epsilon = epsilon_of_events(events, delta)
        assert lower <= epsilon <= 1.01 * upper


@some(15, 40)
def test_compositions_with_zcdp_lie_in_the_bracket(n_cases):
    """A rho-zCDP event may be a Gaussian release, and costs no more than by RDP."""
    generator = np.random.default_rng(2)
    for _ in range(n_cases):
        rhos = 10 ** generator.uniform(-3, -1, size=generator.integers(1, 4))
        others = [e for e in random_mix(generator) if not hasattr(e, "sensitivity")]
        delta = 10 ** generator.uniform(-8, -3)
        worst = [*others, *(gaussian(1 / math.sqrt(2 * rho)) for rho in rhos)]
        events = [*others, *(dp.ZCDpEvent(float(rho)) for rho in rhos)]
        accountant = dp_accounting.rdp.RdpAccountant(neighboring_relation=ADD_REMOVE)
        accountant.compose(dp.ComposedDpEvent(events))
        epsilon = epsilon_of_events(events, delta)
        assert bracket(worst, delta)[0] <= epsilon
        assert epsilon <= 1.01 * accountant.get_epsilon(delta)


def test_sampled_releases_agree_with_dp_accounting():
    event = sampled(0.01, 1.5, 200)
    accountant = dp_accounting.pld.PLDAccountant(ADD_REMOVE)
    exact = accountant.compose(event).get_epsilon(1e-6)
    assert epsilon_of_events(event, 1e-6) == pytest.approx(exact, rel=3e-3)
    assert epsilon_of_events(event, 1e-6) >= exact * (1 - 1e-4)


def test_replace_one_doubles_the_sensitivity():
    """dp-accounting's RDP forgets the factor 2 (google/differential-privacy 378)."""
    event = gaussian(4)
    assert epsilon_of_events(event, 1e-6) == pytest.approx(1.0607, abs=1e-4)
    replaced = epsilon_of_events(event, 1e-6, "replace_one")
    assert replaced == pytest.approx(2.2541, abs=1e-4)
    assert replaced == pytest.approx(epsilon_of(0.5, 1e-6))


def test_replace_one_of_every_kind():
    """Each kind costs more than under add or remove, and at most a group of two."""
    assert epsilon_of_events(laplace(2), 0, "replace_one") == 1
    assert epsilon_of_events(any_pure(0.5), 0, "replace_one") == 1
    assert epsilon_of_events(dp.DiscreteLaplaceDpEvent(0.1, 3), 0) == pytest.approx(0.3)
    discrete = dp.DiscreteLaplaceDpEvent(0.1, 3)
    assert epsilon_of_events(discrete, 0, "replace_one") == pytest.approx(0.6)
    zcdp = dp.ZCDpEvent(0.01)
    assert epsilon_of_events(zcdp, 1e-6, "replace_one") == pytest.approx(
        epsilon_of_events(dp.ZCDpEvent(0.04), 1e-6)
    )
    chosen = dp.RepeatAndSelectDpEvent(gaussian(8), 5, 1)
    assert epsilon_of_events(chosen, 1e-6, "replace_one") == pytest.approx(
        epsilon_of_events(dp.RepeatAndSelectDpEvent(gaussian(4), 5, 1), 1e-6)
    )
    event = sampled(0.05, 2.0, 50)
    replaced = epsilon_of_events(event, 1e-5, "replace_one")
    assert 1.2 < replaced / epsilon_of_events(event, 1e-5) < 3
    assert epsilon_of_events(dp.NonPrivateDpEvent(), 1e-6, "replace_one") == math.inf


def test_replace_one_of_the_unknown_is_refused():
    event = dp.PoissonSampledDpEvent(0.1, laplace(1))
    assert epsilon_of_events(event, 1e-6) < 1
    with pytest.raises(ValueError, match="ask for relation='add_remove'"):
        epsilon_of_events(event, 1e-6, "replace_one")


def test_pure_compositions_add_up():
    events = [laplace(2), laplace(4), any_pure(0.125)]
    assert epsilon_of_events(events, 0) == 0.875
    assert epsilon_of_events(events, 1e-12) <= 0.875
    assert delta_of_events(events, 0.875) == 0
    assert epsilon_of_events([*events, gaussian(4)], 0) == math.inf


def test_many_small_pure_releases_cost_far_less_than_their_sum():
    assert epsilon_of_events([any_pure(0.01)] * 400, 1e-6) < 1.1


def test_grouping_does_not_change_the_price():
    listed = [laplace(20)] * 6 + [gaussian(10), gaussian(5)]
    nested = dp.ComposedDpEvent(
        [
            gaussian(5),
            dp.SelfComposedDpEvent(dp.ComposedDpEvent([laplace(20)] * 2), 3),
            gaussian(10),
            dp.NoOpDpEvent(),
        ]
    )
    assert epsilon_of_events(listed, 1e-6) == epsilon_of_events(nested, 1e-6)
    assert epsilon_of_events(iter(listed), 1e-6) == epsilon_of_events(listed, 1e-6)


def test_what_is_released_no_times_hides_no_other_price():
    never = dp.SelfComposedDpEvent(gaussian(0.0), 0)
    both = epsilon_of_events([never, gaussian(4)], 1e-6)
    assert both == epsilon_of_events(gaussian(4), 1e-6)


def test_nothing_costs_nothing():
    assert epsilon_of_events([], 1e-6) == 0
    assert epsilon_of_events(dp.NoOpDpEvent(), 0) == 0
    assert delta_of_events([], 0.0) == 0
    assert epsilon_of_events([gaussian(math.inf), laplace(math.inf)], 0) == 0


@pytest.mark.parametrize(
    "event",
    [
        dp.NonPrivateDpEvent(),
        gaussian(0.0),
        gaussian(math.nan),
        gaussian(1e-200),
        laplace(0.0),
        laplace(-1.0),
        any_pure(math.nan),
        sampled(0.1, 0.0, 1),
        sampled(math.nan, 1.0, 1),
        dp.ZCDpEvent(math.nan),
        dp.ZCDpEvent(-1.0),
        dp.RepeatAndSelectDpEvent(gaussian(0.0), 5, 1),
        dp.DiscreteLaplaceDpEvent(1.0, -1),
    ],
)
def test_no_noise_is_not_private(event):
    assert epsilon_of_events([event, gaussian(5)], 1e-6) == math.inf
    assert delta_of_events([event], 100.0) == 1


@pytest.mark.parametrize(
    "event",
    [
        dp.UnsupportedDpEvent(),
        dp.RandomizedResponseDpEvent(0.5, 2),
        dp.SampledWithoutReplacementDpEvent(100, 10, gaussian(1)),
    ],
)
def test_unknown_events_are_refused(event):
    with pytest.raises(ValueError, match=r"no theorem here .*; replace"):
        epsilon_of_events([event, laplace(1)], 1e-6)
    with pytest.raises(ValueError, match=r"no theorem here .*; replace"):
        delta_of_events([event, laplace(1)], 1.0)


def test_bad_arguments_are_refused():
    with pytest.raises(TypeError, match="pass DpEvent objects"):
        epsilon_of_events([3], 1e-6)
    with pytest.raises(ValueError, match="count; pass"):
        epsilon_of_events(dp.SelfComposedDpEvent(gaussian(1), -1), 1e-6)
    with pytest.raises(ValueError, match="relation is unknown; pass"):
        epsilon_of_events(gaussian(1), 1e-6, "swap")
    for delta in (1.0, -0.1, math.nan):
        with pytest.raises(ValueError, match=r"delta .*; pass"):
            epsilon_of_events(gaussian(1), delta)
    with pytest.raises(ValueError, match=r"epsilon .*; pass"):
        delta_of_events(gaussian(1), math.nan)


def test_tiny_deltas_do_not_rest_on_the_fourier_transform():
    events = [laplace(10)] * 20 + [gaussian(10)]
    epsilons = epsilon_curve(events, [1e-9, 1e-11, 1e-40])
    assert np.all(np.diff(epsilons) > 0)
    assert epsilons[-1] > epsilon_of(0.1, 1e-40)


def test_curve_and_delta_are_inverse():
    events = [laplace(10)] * 5 + [gaussian(4)]
    for delta in (1e-3, 1e-6):
        epsilon = epsilon_of_events(events, delta)
        assert delta_of_events(events, epsilon) == pytest.approx(delta, rel=2e-2)
    deltas = np.array([[1e-3, 1e-6]])
    curve = epsilon_curve(events, deltas)
    assert curve.shape == (1, 2)
    assert curve[0, 1] == epsilon_of_events(events, 1e-6)
    assert delta_of_events(gaussian(4), epsilon_of(0.25, 1e-6)) == pytest.approx(1e-6)


def test_events_with_lists_need_no_hash():
    event = dp.MixtureOfGaussiansDpEvent(30.0, [0.0, 1.0], [0.5, 0.5])
    assert 0 < epsilon_of_events(event, 1e-6) < epsilon_of_events(gaussian(30.0), 1e-6)
