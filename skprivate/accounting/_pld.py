"""Composition by privacy loss distributions, with dp-accounting.

Koskela, Jalko and Honkela (2020) compose by Fourier transform; Doroshenko, Ghazi,
Kamath, Kumar and Manurangsi (2022, "Connect the dots") discretise pessimistically, so
that every number here is an upper bound. The relation is add or remove one unit.
"""

import math

from skprivate.accounting._events import mu_of_leaf, pure_of_leaf
from skprivate.accounting._relation import (
    ADD_REMOVE,
    REPLACE_ONE,
    is_gaussian,
    is_sampled_gaussian,
)

SMALLEST_DELTA = 1e-10  # below, the rounding of the Fourier transform matters
ROUNDING = 2e-12  # taken off delta, for the rounding of the Fourier transform
MOST_CELLS = 2**20
REFINEMENT = 4
# The error falls as the square of the grid: when one refinement gains less than this,
# less than a fifteenth of it is left.
SETTLED = 6e-3


def supports(leaves, relation):
    """Whether every leaf has a privacy loss distribution under the relation."""
    return all(
        pure_of_leaf(event) is not None
        or is_gaussian(event)
        or is_sampled_gaussian(event)
        or (relation == ADD_REMOVE and _is_add_remove_only(event))
        for event, _ in leaves
    )


def _is_add_remove_only(event):
    from dp_accounting import dp_event as dp

    if isinstance(event, dp.PoissonSampledDpEvent):
        return isinstance(event.event, dp.LaplaceDpEvent)
    return isinstance(event, dp.MixtureOfGaussiansDpEvent)


def epsilon(leaves, relation, delta, guess=1.0):
    """Upper bound of epsilon; delta is at least SMALLEST_DELTA.

    The grid is refined until epsilon settles, starting from a guess of its size.
    """
    finest = _reach(leaves) / MOST_CELLS
    grid = max(min(guess, 10.0) / 500, finest)
    value = _on_grid(leaves, relation, delta, grid)
    while value > 0 and grid > finest:
        grid = max(grid / REFINEMENT, finest)
        finer = _on_grid(leaves, relation, delta, grid)
        settled = not finer < value * (1 - SETTLED)
        value = min(finer, value)
        if settled:
            break
    return value


def rough_epsilon(leaves, relation, delta, scale):
    """Upper bound of epsilon, on one grid: close only near `scale` and above."""
    grid = max(scale / 2000, _reach(leaves) / MOST_CELLS)
    return _on_grid(leaves, relation, delta, grid)


def _on_grid(leaves, relation, delta, grid):
    distribution = compose(leaves, relation, grid)
    return float(distribution.get_epsilon_for_delta(delta - ROUNDING))


def delta(leaves, relation, epsilon):
    """Upper bound of delta, on one grid sized by epsilon."""
    grid = max(min(max(epsilon, 1e-3), 10.0) / 2**13, _reach(leaves) / MOST_CELLS)
    value = compose(leaves, relation, grid).get_delta_for_epsilon(epsilon)
    return min(1.0, float(value) + ROUNDING)


def no_finer(leaves, grid):
    """Width of cells, or a larger one of which there are not too many."""
    return max(grid, _reach(leaves) / MOST_CELLS)


def compose(leaves, relation, grid):
    """Privacy loss distribution of all leaves, in cells of width `grid`."""
    from dp_accounting.pld import privacy_loss_distribution as pld

    total = None
    for event, count in leaves:
        one = _one(event, relation, grid)
        many = one if count == 1 else one.self_compose(count)
        total = many if total is None else total.compose(many)
    return pld.identity(grid) if total is None else total


def _one(event, relation, grid):
    """Distribution of one leaf that `supports` has accepted."""
    from dp_accounting import dp_event as dp
    from dp_accounting.pld import privacy_loss_distribution as pld

    options = {"value_discretization_interval": grid}
    if isinstance(event, dp.PoissonSampledDpEvent):
        options["sampling_prob"] = event.sampling_probability
        if is_sampled_gaussian(event):
            options["neighboring_relation"] = _neighbours(relation)
        event = event.event
    if isinstance(event, dp.GaussianDpEvent):
        return pld.from_gaussian_mechanism(event.noise_multiplier, **options)
    if isinstance(event, dp.LaplaceDpEvent):
        return pld.from_laplace_mechanism(event.noise_multiplier, **options)
    if isinstance(event, dp.DiscreteLaplaceDpEvent):
        return pld.from_discrete_laplace_mechanism(
            event.noise_parameter, event.sensitivity, **options
        )
    return pld.from_mixture_gaussian_mechanism(
        event.standard_deviation, event.sensitivities, event.sampling_probs, **options
    )


def _neighbours(relation):
    from dp_accounting import NeighboringRelation

    if relation == REPLACE_ONE:
        return NeighboringRelation.REPLACE_ONE
    return NeighboringRelation.ADD_OR_REMOVE_ONE


def _reach(leaves):
    """Rough width of the composed distribution, to limit the number of cells."""
    total = 0.0
    for event, count in leaves:
        width, spread = _size(event)
        typical = width + 20 * spread * math.sqrt(count) + count * spread**2
        total += min(typical, count * width)
    return total


def _size(event):
    """Rough width and standard deviation of the privacy loss of one leaf."""
    pure = pure_of_leaf(event)
    if pure is not None:
        return 2 * pure, pure
    rate = getattr(event, "sampling_probability", 1.0)
    mu = mu_of_leaf(getattr(event, "event", event))
    if mu is None:
        return 2.0, 1.0
    width = mu * mu + 20 * mu
    if rate == 1:
        return width, mu
    return width, min(width, rate * math.sqrt(math.expm1(min(mu * mu, 100.0))))
