"""Privacy events, flattened into leaves and counts, and what each leaf costs.

Events are those of dp-accounting. Their noise multipliers are relative to the largest
change that *adding or removing one unit* makes to the released sum.

`DiscreteLaplaceDpEvent(epsilon, 1)` stands for any epsilon-DP mechanism: its privacy
loss is epsilon or -epsilon, as that of randomized response, which dominates them all
(Kairouz, Oh and Viswanath 2015, Theorem 3.2).

`PoissonSampledDpEvent(r, NonPrivateDpEvent())`, which tells everything with probability
r and else nothing, stands for any (0, r)-DP mechanism: for its pair of distributions,
disjoint with probability r and else equal, dominates them all (the same theorem).
"""

import math

from skprivate.accounting._pure import mu_of_pure


def leaves_of(events):
    """Flatten a composition.

    Parameters
    ----------
    events : DpEvent or iterable of DpEvent

    Returns
    -------
    tuple of (event, count)
        Equal events are grouped; all Gaussian ones become a single event. Empty if
        nothing costs anything.
    """
    from dp_accounting import dp_event as dp

    leaves, precision = [], []
    stack = [(events, 1)]
    while stack:
        event, count = stack.pop()
        if isinstance(event, dp.SelfComposedDpEvent):
            stack.append((event.event, count * _check_count(event.count)))
        elif isinstance(event, dp.ComposedDpEvent):
            stack.extend((part, count) for part in reversed(event.events))
        elif isinstance(event, dp.GaussianDpEvent) and count > 0:
            mu = mu_of_leaf(event)
            precision.append(count * mu * mu)
        elif isinstance(event, dp.DpEvent):
            _add(leaves, event, count)
        else:
            stack.extend((part, count) for part in reversed(_parts(event)))
    mu = math.sqrt(math.fsum(precision))
    if not mu < math.inf:
        return ((dp.NonPrivateDpEvent(), 1),)
    if mu > 0:
        leaves.insert(0, (dp.GaussianDpEvent(1 / mu), 1))
    return tuple(leaves)


def _check_count(count):
    if not count >= 0:
        raise ValueError("an event has a negative count; pass a number of releases.")
    return count


def _parts(events):
    try:
        return list(events)
    except TypeError:
        raise TypeError(
            f"an event is of type {type(events).__name__}; "
            "pass DpEvent objects of dp_accounting."
        ) from None


def _add(leaves, event, count):
    """Add a leaf to the list, in place, unless it is free."""
    from dp_accounting import dp_event as dp

    if isinstance(event, dp.NoOpDpEvent) or count == 0 or pure_of_leaf(event) == 0:
        return
    for position, (other, number) in enumerate(leaves):
        if other == event:
            leaves[position] = (event, number + count)
            return
    leaves.append((event, count))


def failure_event(delta):
    """The event of a mechanism that is (0, delta)-DP: free, or NoOp, for delta = 0."""
    from dp_accounting import dp_event as dp

    if delta == 0:
        return dp.NoOpDpEvent()
    return dp.PoissonSampledDpEvent(delta, dp.NonPrivateDpEvent())


def failure_of_leaf(event):
    """Delta of a leaf that is (0, delta)-DP, or None if it is of another kind."""
    from dp_accounting import dp_event as dp

    if not isinstance(event, dp.PoissonSampledDpEvent):
        return None
    if not isinstance(event.event, dp.NonPrivateDpEvent):
        return None
    rate = event.sampling_probability
    return rate if 0 <= rate < 1 else None


def without_failures(leaves):
    """Leaves that are not (0, delta)-DP, and the sum of the deltas of those that are.

    Composed with a (0, r)-DP mechanism, what is (epsilon, delta)-DP is
    (epsilon, delta + r)-DP: with probability 1 - r of the dominating pair nothing is
    added to the privacy loss (Kairouz, Oh and Viswanath 2015, Theorem 3.3).

    Returns
    -------
    tuple of (event, count)
    float
    """
    failures = [(failure_of_leaf(event), count) for event, count in leaves]
    rest = tuple(
        leaf for leaf, (p, _) in zip(leaves, failures, strict=True) if p is None
    )
    return rest, math.fsum(p * count for p, count in failures if p is not None)


def is_nonprivate(event):
    """Whether a leaf releases its rows, or has a parameter that makes no sense.

    Such a leaf has no finite epsilon, whatever delta: what is unclear is not private.
    """
    from dp_accounting import dp_event as dp

    positive = [
        getattr(event, name, 1.0)
        for name in ("noise_multiplier", "noise_parameter", "standard_deviation")
    ]
    nonnegative = [
        getattr(event, name, 0.0) for name in ("rho", "xi", "sampling_probability")
    ]
    inner = getattr(event, "event", None)
    return (
        isinstance(event, dp.NonPrivateDpEvent)
        or pure_of_leaf(event) == math.inf
        or not all(value > 0 for value in positive)
        or not all(value >= 0 for value in nonnegative)
        or (inner is not None and any(is_nonprivate(e) for e, _ in leaves_of(inner)))
    )


def pure_of_leaf(event):
    """Pure epsilon of a leaf, or None if it has none (or none is known)."""
    from dp_accounting import dp_event as dp

    if isinstance(event, dp.LaplaceDpEvent):
        return _inverse(event.noise_multiplier)
    if isinstance(event, dp.DiscreteLaplaceDpEvent):
        total = event.noise_parameter * event.sensitivity
        return total if total >= 0 else math.inf
    return None


def mu_of_leaf(event):
    """Gaussian-DP cost of a leaf, or None if none is known."""
    from dp_accounting import dp_event as dp

    if isinstance(event, dp.GaussianDpEvent):
        return _inverse(event.noise_multiplier)
    epsilon = pure_of_leaf(event)
    return None if epsilon is None else mu_of_pure(epsilon)


def _inverse(noise_multiplier):
    """1 / noise_multiplier; no noise, or noise of unknown size, is not private."""
    return 1 / noise_multiplier if noise_multiplier > 0 else math.inf
