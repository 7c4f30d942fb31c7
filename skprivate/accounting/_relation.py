"""The price of the same release under "replace one unit".

Replacing a unit is removing one and adding another, so a sum moves at most twice as
far: noise multipliers halve, pure epsilons double, mu doubles. This is done here, on
the events, because dp-accounting's own RDP accountant leaves out that factor for
Gaussian and Laplace events (google/differential-privacy issue 378); its accountants
are therefore always built with ADD_OR_REMOVE_ONE, on doubled events.
"""

from skprivate.accounting._events import failure_event, failure_of_leaf

ADD_REMOVE = "add_remove"
REPLACE_ONE = "replace_one"


def check_relation(relation):
    """Return the relation if it is one of the two that are known."""
    if relation not in (ADD_REMOVE, REPLACE_ONE):
        raise ValueError(
            f"relation is unknown; pass '{ADD_REMOVE}' or '{REPLACE_ONE}'."
        )
    return relation


def under_relation(leaves, relation):
    """Leaves whose add-or-remove price is the price under `relation`."""
    if relation == ADD_REMOVE:
        return leaves
    return tuple((doubled(event), count) for event, count in leaves)


def doubled(event):
    """The event with twice the sensitivity.

    A Poisson-sampled Gaussian is left as it is: the accountant of privacy loss
    distributions knows its own pair of distributions for replace-one.
    """
    from dp_accounting import dp_event as dp

    if isinstance(event, (dp.GaussianDpEvent, dp.LaplaceDpEvent)):
        return type(event)(event.noise_multiplier / 2)
    if isinstance(event, dp.DiscreteLaplaceDpEvent):
        if event.sensitivity == 1:  # it may stand for any epsilon-DP mechanism
            return dp.DiscreteLaplaceDpEvent(2 * event.noise_parameter, 1)
        return dp.DiscreteLaplaceDpEvent(event.noise_parameter, 2 * event.sensitivity)
    if isinstance(event, dp.ZCDpEvent):
        # Bun and Steinke (2016), Proposition 1.9 and its form for xi: groups of two
        return dp.ZCDpEvent(4 * event.rho, 3 * event.xi)
    if isinstance(event, dp.RepeatAndSelectDpEvent):
        inner = _doubled_tree(event.event)
        return dp.RepeatAndSelectDpEvent(inner, event.mean, event.shape)
    if isinstance(event, dp.NonPrivateDpEvent) or is_sampled_gaussian(event):
        return event
    failure = failure_of_leaf(event)
    if failure is not None:  # remove one, add another: either may be told
        return failure_event(2 * failure) if failure < 0.5 else dp.NonPrivateDpEvent()
    raise ValueError(
        f"{type(event).__name__} has no known price under replace_one; "
        "ask for relation='add_remove'."
    )


def _doubled_tree(event):
    from dp_accounting import dp_event as dp

    from skprivate.accounting._events import leaves_of

    leaves = under_relation(leaves_of(event), REPLACE_ONE)
    return dp.ComposedDpEvent([dp.SelfComposedDpEvent(e, n) for e, n in leaves])


def is_gaussian(event):
    """Whether a leaf is a Gaussian release."""
    from dp_accounting import dp_event as dp

    return isinstance(event, dp.GaussianDpEvent)


def is_sampled_gaussian(event):
    """Whether a leaf is a Poisson-sampled Gaussian release."""
    from dp_accounting import dp_event as dp

    return isinstance(event, dp.PoissonSampledDpEvent) and is_gaussian(event.event)
