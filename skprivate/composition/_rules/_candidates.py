"""The points of a search space, and what a fit at each of them costs."""

from itertools import product
from math import prod

from sklearn.base import clone

from skprivate.base import DPEstimator
from skprivate.composition._cost import PrivacyCost
from skprivate.composition._registry import rule_of
from skprivate.composition._rules._leaves import price_of_private_estimator

_MOST = 2000  # points that are priced one by one
_PRICED = {"epsilon", "delta", "random_state", "classes"}  # of a private estimator


def grids_of(space, walk):
    """A search space as a list of dicts."""
    grids = [space] if isinstance(space, dict) else space
    if not isinstance(grids, (list, tuple)) or not all(
        isinstance(grid, dict) for grid in grids
    ):
        raise ValueError(
            f"{walk.path}: the search space is no dict or list of dicts. Give one, "
            "such as {'C': [1.0, 10.0]}."
        )
    return list(grids)


def size_of(grid, walk):
    """Number of points of a grid of lists."""
    for name, values in grid.items():
        if isinstance(values, str) or not hasattr(values, "__len__"):
            raise ValueError(
                f"{walk.path}: the values of {name!r} are no list. List what to try."
            )
    return prod(len(values) for values in grid.values())


def prices_of_points(estimator, grid, walk):
    """What a fit costs at each point of a grid of lists.

    Parameters that cannot change the price are left out, so large grids are cheap.

    Parameters
    ----------
    estimator : object
        The model that is searched over.
    grid : dict of str to list
        Values by parameter.
    walk : Walk
        At the search.

    Returns
    -------
    list of (PrivacyCost, int)
        Prices of one fit, and how many points have them; one price with a leak if
        there are too many different points.
    """
    number = size_of(grid, walk)
    grid = {k: v for k, v in grid.items() if not is_free(estimator, k, grid)}
    n_priced = size_of(grid, walk)
    if not number:
        return []
    if n_priced > _MOST:
        leak = walk.leak(
            f"more than {_MOST} points may have different prices",
            "Search over fewer values of epsilon, delta and parts.",
        )
        return [(PrivacyCost(type(estimator).__name__, leaks=(leak,)), None)]
    prices = []
    for point in product(*grid.values()):
        values = dict(zip(grid, point, strict=True))
        cost = walk(at_point(estimator, values, walk), "estimator")
        same = next((i for i, (known, _) in enumerate(prices) if known == cost), None)
        if same is None:
            prices.append((cost, number // n_priced))
        else:
            prices[same] = cost, prices[same][1] + number // n_priced
    return prices


def is_free(estimator, name, grid):
    """Whether a parameter is one of a private estimator, and not of its price.

    What may have to find categories reserves a part of delta for it. Which parameters
    decide about that, its class knows, and they may do so together: none is free.
    """
    prefix, _, last = name.rpartition("__")
    replaced = any(prefix == other or prefix.startswith(f"{other}__") for other in grid)
    owner = owner_of(estimator, name)
    return (
        isinstance(owner, DPEstimator)
        and rule_of(type(owner)) is price_of_private_estimator
        and last not in _PRICED
        and type(owner)._discovers is DPEstimator._discovers
        and last in owner.get_params(deep=False)
        and not replaced
    )


def owner_of(estimator, name):
    """The estimator inside that has a parameter, or None."""
    prefix = name.rpartition("__")[0]
    if not prefix:
        return estimator
    try:
        return estimator.get_params(deep=True).get(prefix)
    except (AttributeError, TypeError):
        return None


def at_point(estimator, values, walk):
    """The estimator with parameters of one candidate; messages hold no values."""
    if not values:
        return estimator
    try:
        return clone(estimator).set_params(**values)
    except Exception as error:
        names = ", ".join(sorted(values))
        raise ValueError(
            f"{walk.path}: a candidate cannot be made by setting {names} "
            f"({type(error).__name__}). Correct these names."
        ) from None
