"""Composition by Renyi divergences, for events without a privacy loss distribution.

zCDP events (Bun and Steinke 2016) and private selection by repetition (Papernot and
Steinke 2022) are curves of Renyi divergence; converted by Canonne, Kamath and Steinke
(2020), Proposition 12. The relation is add or remove one unit: events are doubled
beforehand for replace one.
"""

import numpy as np

from skprivate.accounting._events import pure_of_leaf

MORE_ORDERS = tuple(float(2**k) for k in np.arange(9, 26, 0.25))


def supports(leaves, relation):
    """Whether every leaf has a Renyi divergence, under add or remove one unit."""
    if relation != "add_remove" and any(_sampled(event) for event, _ in leaves):
        return False
    accountant = _empty(leaves)
    return all(accountant.supports(_as_zcdp(event)) for event, _ in leaves)


def epsilon(leaves, delta):
    """Upper bound of epsilon."""
    return float(compose(leaves).get_epsilon(delta))


def delta(leaves, epsilon):
    """Upper bound of delta."""
    return float(compose(leaves).get_delta(epsilon))


def compose(leaves):
    """An accountant that holds all of them."""
    accountant = _empty(leaves)
    for event, count in leaves:
        accountant.compose(_as_zcdp(event), count)
    return accountant


def _empty(leaves):
    from dp_accounting import NeighboringRelation
    from dp_accounting.rdp import rdp_privacy_accountant as rdp

    orders = [float(order) for order in rdp.DEFAULT_RDP_ORDERS]
    if not any(_sampled(event) for event, _ in leaves):
        # small budgets need large orders, which sampled events make expensive
        orders += [order for order in MORE_ORDERS if order > orders[-1]]
    return rdp.RdpAccountant(orders, NeighboringRelation.ADD_OR_REMOVE_ONE)


def _sampled(event):
    return hasattr(event, "sampling_probability")


def _as_zcdp(event):
    """A pure epsilon-DP event is epsilon^2/2-zCDP (Bun and Steinke 2016, Prop. 1.4)."""
    from dp_accounting import dp_event as dp

    epsilon = pure_of_leaf(event)
    if epsilon is None or isinstance(event, dp.LaplaceDpEvent):
        return event
    return dp.ZCDpEvent(0.5 * epsilon * epsilon)
