"""The price of a choice among several, whatever is chosen."""

import math
from dataclasses import replace

from skprivate.accounting._events import leaves_of, mu_of_leaf, pure_of_leaf
from skprivate.composition._cost import PrivacyCost


def worst_of(costs):
    """A price that is at least each of the given ones, at every delta.

    Gaussian compositions are ordered by mu, and pure ones by their epsilon (Dong, Roth
    and Su 2022, Definition 4). A pure and a Gaussian one are not ordered, so of a
    mixture the largest mu is taken, which bounds both; and of what has no mu, the
    price of all.

    Parameters
    ----------
    costs : sequence of PrivacyCost
        At least one.

    Returns
    -------
    PrivacyCost
        With the leaks of all.
    """
    first = costs[0]
    everything = PrivacyCost.sum_of(first.name, [("", cost) for cost in costs])
    fits = max(cost.fits for cost in costs)
    events = _dominating([cost.events for cost in costs])
    if events is None:
        return replace(everything, children=())
    same = all(cost.events == first.events for cost in costs)
    children = first.children if same else ()
    return PrivacyCost(first.name, events, fits, everything.leaks, children, first.note)


def _dominating(options):
    """Events whose composition dominates each of the given compositions, or None."""
    from dp_accounting import dp_event as dp

    if all(events == options[0] for events in options):
        return options[0]
    options = [leaves_of(events) for events in options]
    mus = [_composed(leaves, mu_of_leaf, 2) for leaves in options]
    pures = [_composed(leaves, pure_of_leaf, 1) for leaves in options]
    if all(pure < math.inf for pure in pures):
        return (dp.DiscreteLaplaceDpEvent(max(pures), 1),)
    if all(mu < math.inf for mu in mus):
        return (dp.GaussianDpEvent(1 / max(mus)),)
    return None


def _composed(leaves, price, power):
    """The composed price of leaves, inf if one of them has none."""
    prices = [(price(event), count) for event, count in leaves]
    if any(each is None for each, _ in prices):
        return math.inf
    return math.fsum(count * each**power for each, count in prices) ** (1 / power)
