"""What events cost where rows come several times: the price for a group of units."""

from collections.abc import Iterable
from typing import Any

from skprivate.accounting._events import (
    failure_event,
    failure_of_leaf,
    leaves_of,
    mu_of_leaf,
    pure_of_leaf,
)


def events_of_group(events: Iterable[Any], size: int) -> tuple[Any, ...]:
    """Events that bound what happens if one unit is ``size`` rows of what they saw.

    **Guarantee.** If releases compose to ``events`` on add or remove one row, they
    compose to the result on add or remove up to ``size`` rows.

    Proof. What is ``mu``-GDP for a row is ``size * mu``-GDP for a group (Dong, Roth and
    Su 2022, Theorem 2.14), what is ``epsilon``-DP is ``size * epsilon``-DP, and what is
    ``(0, delta)``-DP is ``(0, size * delta)``-DP, as total variation obeys the triangle
    inequality. Each holds given all earlier answers, so these compose as they did. Of
    other events no such price is known: they count as not private.

    Parameters
    ----------
    events : iterable of DpEvent
    size : int
        Public.

    Returns
    -------
    tuple of DpEvent
    """
    if size == 1:
        return tuple(events)
    from dp_accounting import dp_event as dp

    leaves = leaves_of(tuple(events))
    return tuple(
        dp.SelfComposedDpEvent(_of_group(event, size), count) for event, count in leaves
    )


def _of_group(event, size):
    from dp_accounting import dp_event as dp

    pure, failing = pure_of_leaf(event), failure_of_leaf(event)
    if pure is not None:
        return dp.DiscreteLaplaceDpEvent(size * pure, 1)
    if failing is not None and size * failing < 1:
        return failure_event(size * failing)
    mu = mu_of_leaf(event)
    if mu is not None and 0 < mu < float("inf"):
        return dp.GaussianDpEvent(1 / (size * mu))
    return dp.NonPrivateDpEvent()
