"""Parameters that are drawn at random: the largest price in their range."""

import math

from skprivate.composition._registry import rule_of
from skprivate.composition._rules._candidates import is_free, owner_of
from skprivate.composition._rules._leaves import price_of_private_estimator


def listed(estimator, space, walk):
    """A space in which every distribution is replaced by its most expensive value.

    The price of a private estimator grows with ``epsilon`` and with ``delta`` (more
    budget allows a larger mu), so the upper end of a range costs most.

    Parameters
    ----------
    estimator : object
        The model that is searched over.
    space : dict of str to list or distribution
        As scikit-learn's randomized searches take it.
    walk : Walk
        At the search.

    Returns
    -------
    grid : dict of str to list
    leaks : list of Leak
        One for each distribution whose price has no known end.
    """
    grid, leaks = {}, []
    for name, values in space.items():
        if not hasattr(values, "rvs"):
            grid[name] = values
        elif not is_free(estimator, name, space):
            largest = _most_expensive(estimator, name, values, space)
            if largest is not None:
                grid[name] = [largest]
            else:
                leaks.append(
                    walk.leak(
                        f"the price may depend on {name!r}, which is drawn from a "
                        "distribution",
                        "List its values.",
                    )
                )
    return grid, leaks


def is_drawn(space):
    """Whether any parameter comes from a distribution."""
    return any(hasattr(values, "rvs") for values in space.values())


def _most_expensive(estimator, name, distribution, space):
    prefix, _, last = name.rpartition("__")
    owner = owner_of(estimator, name)
    if rule_of(type(owner)) is not price_of_private_estimator or any(
        prefix == other or prefix.startswith(f"{other}__") for other in space
    ):
        return None
    try:
        low, high = (float(end) for end in distribution.support())
    except (AttributeError, TypeError, ValueError):
        return None
    # delta = 0 is another mechanism, whose price is on another scale.
    in_range = 0 < low <= high < math.inf
    return high if last in ("epsilon", "delta") and in_range else None
