"""What all records of a ledger cost a unit, by the tightest known theorem."""

import math
from itertools import product

from skprivate.accounting import epsilon_of_events
from skprivate.accounting._checks import check_delta
from skprivate.ledger._amount import Amount
from skprivate.ledger._totals import largest

MOST_UNITS = 64  # kinds of units to tell apart; each takes up to a second


def epsilon_of_records(records, totals, delta):
    """Epsilon of the dearest kind of unit: one part of each group, in every way.

    Where there are too many ways, the totals of the cap give an upper bound.
    """
    check_delta(delta)
    total = largest(totals)
    epsilon, ways = total.epsilon(delta), ways_of(records)
    if ways is not None:
        exact = [known_epsilon(events, delta) for events in ways]
        epsilon = min(epsilon, max(exact, default=0.0))
    return explained(epsilon, total, delta)


def explained(epsilon, price, delta):
    """An epsilon that says why it is infinite, if it is."""
    return Amount(epsilon, why_infinite(price, delta) if epsilon == math.inf else "")


def why_infinite(price, delta):
    """Why what has this price is not private at a delta, and what helps."""
    if not price.private:
        return "something was released without noise, or its price is not known"
    if price.lost >= delta and price.lost > 0:
        return (
            f"finding categories takes {price.lost:.3g} of delta, so delta must be "
            f"larger than that, such as {2 * price.lost:.1g}"
        )
    return "delta must be larger than 0 for Gaussian noise, such as 1e-6"


def ways_of(records):
    """Events that concern one unit, for every kind of unit; None if they are too many.

    A unit is in one part of each group of disjoint parts.

    Returns
    -------
    list of tuple of DpEvent, or None
    """
    groups = {}
    for record in records:
        for group, part in record.parts:
            groups.setdefault(group, set()).add(part)
    kinds = 1
    for parts in groups.values():
        kinds *= len(parts)
    if kinds > MOST_UNITS:
        return None
    concerned = {
        tuple(i for i, r in enumerate(records) if set(r.parts) <= set(unit))
        for unit in product(*({(g, p) for p in parts} for g, parts in groups.items()))
    }
    return [tuple(records[i].event for i in way) for way in sorted(concerned)]


def known_epsilon(events, delta):
    """Epsilon of a composition; inf if no theorem is known: that is not private."""
    check_delta(delta)
    try:
        return epsilon_of_events(events, delta)
    except ValueError:
        return math.inf
