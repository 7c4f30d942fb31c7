"""The (epsilon, delta) of a composition of releases.

Several theorems bound the same composition, and the smallest bound holds:

* only Gaussian releases: exact (Dong, Roth and Su 2022, Corollaries 2.13 and 3.3);
* every release has a Gaussian-DP cost: the same formula is an upper bound;
* every release is pure: epsilons add up (the only bound if delta is 0);
* privacy loss distributions (Koskela et al. 2020; Doroshenko et al. 2022);
* Renyi divergences for what these lack (Bun and Steinke 2016; Papernot and Steinke
  2022), and where delta is too small for the Fourier transform.

What fails with a small probability, and else costs nothing, is taken off delta first.

Relation: "add_remove" is add or remove one unit, the relation of this library.
"replace_one" is the price of the same releases when a unit may be replaced.
"""

import math
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from skprivate.accounting._checks import check_delta, check_nonnegative
from skprivate.accounting._events import (
    is_nonprivate,
    leaves_of,
    mu_of_leaf,
    pure_of_leaf,
    without_failures,
)
from skprivate.accounting._gdp import delta_of, epsilon_of
from skprivate.accounting._relation import ADD_REMOVE, check_relation, under_relation

from . import _pld, _rdp

ROUNDED_UP = 1 + 2.0**-50  # for sums of deltas
NOT_PRIVATE = 64.0  # an epsilon so large that a better bound is worth no computation


def epsilon_of_events(
    events: Any,
    delta: float,
    relation: Literal["add_remove", "replace_one"] = ADD_REMOVE,
) -> float:
    """Epsilon at which a composition of events is (epsilon, delta)-DP.

    Parameters
    ----------
    events : DpEvent or iterable of DpEvent
        Of dp_accounting; noise multipliers relative to add-or-remove sensitivity.
    delta : float in [0, 1)
    relation : {"add_remove", "replace_one"}, default="add_remove"

    Returns
    -------
    float
        An upper bound; exact up to rounding if all events are Gaussian. inf if the
        composition is not private, or not purely private and delta is 0.
    """
    return _cached(_epsilon, _prepare(events, relation), relation, check_delta(delta))


def delta_of_events(events: Any, epsilon: float, relation: Any = ADD_REMOVE) -> float:
    """Delta at which a composition of events is (epsilon, delta)-DP.

    Parameters are those of `epsilon_of_events`; epsilon is a float in [0, inf].
    """
    epsilon = check_nonnegative("epsilon", epsilon)
    return _cached(_delta, _prepare(events, relation), relation, epsilon)


def epsilon_curve(events: Any, deltas: Any, relation: Any = ADD_REMOVE) -> Any:
    """`epsilon_of_events` for each of several deltas, as an array of their shape."""
    events = _prepare(events, relation)
    deltas = np.asarray(deltas, dtype=float)
    values = [_cached(_epsilon, events, relation, check_delta(d)) for d in deltas.flat]
    return np.reshape(np.array(values, dtype=float), deltas.shape)


def _prepare(events, relation):
    return under_relation(leaves_of(events), check_relation(relation))


def rough_epsilon(events, delta, relation, scale):
    """`epsilon_of_events`, at a fraction of its price: close only near `scale`."""
    return _cached(_epsilon, _prepare(events, relation), relation, delta, scale)


def _cached(function, leaves, relation, *targets):
    try:
        hash(leaves)
    except TypeError:  # an event that holds a list
        function = function.__wrapped__
    return function(leaves, relation, *targets)


@lru_cache(maxsize=1024)
def _epsilon(leaves, relation, delta, scale=None):
    leaves, lost = without_failures(leaves)
    if lost > 0:
        delta -= lost * ROUNDED_UP
        if delta < 0:
            return math.inf
    if not leaves:
        return 0.0
    if any(is_nonprivate(event) for event, _ in leaves):
        return math.inf
    mu = _total_mu(leaves)
    bounds = [_total_pure(leaves)]
    if mu is not None:
        bounds.append(epsilon_of(mu, delta))
    if delta == 0 or (mu is not None and _gaussian(leaves)):
        return min(bounds)
    best = min(bounds)
    if best == 0 or NOT_PRIVATE < best < math.inf:
        return best
    if delta >= _pld.SMALLEST_DELTA and _pld.supports(leaves, relation):
        bounds.append(_by_distributions(leaves, relation, delta, best, scale))
    elif _rdp.supports(leaves, relation):
        bounds.append(_rdp.epsilon(leaves, delta))
    elif mu is None:
        raise _unsupported(leaves, relation)
    return min(bounds)


def _by_distributions(leaves, relation, delta, best, scale):
    if scale is not None:
        return _pld.rough_epsilon(leaves, relation, delta, scale)
    return _pld.epsilon(leaves, relation, delta, best if best < math.inf else 1.0)


@lru_cache(maxsize=1024)
def _delta(leaves, relation, epsilon):
    leaves, lost = without_failures(leaves)
    if lost > 0:
        return min(1.0, lost * ROUNDED_UP + _delta(leaves, relation, epsilon))
    if not leaves or epsilon == math.inf:
        return 0.0
    if any(is_nonprivate(event) for event, _ in leaves):
        return 1.0
    if epsilon >= _total_pure(leaves):
        return 0.0
    mu = _total_mu(leaves)
    bounds = [1.0] if mu is None else [delta_of(mu, epsilon)]
    if mu is not None and _gaussian(leaves):
        return bounds[0]
    distribution = _pld.supports(leaves, relation)
    if distribution:
        bounds.append(_pld.delta(leaves, relation, epsilon))
    if not (distribution and min(bounds) >= _pld.SMALLEST_DELTA):
        if _rdp.supports(leaves, relation):
            bounds.append(_rdp.delta(leaves, epsilon))
        elif mu is None and not distribution:
            raise _unsupported(leaves, relation)
    return min(bounds)


def _gaussian(leaves):
    """Whether all is one Gaussian release: pure leaves make the list longer."""
    return len(leaves) == 1 and pure_of_leaf(leaves[0][0]) is None


def _total_mu(leaves):
    """Gaussian-DP cost of the composition, or None if a leaf has none."""
    costs = [(mu_of_leaf(event), count) for event, count in leaves]
    if any(mu is None for mu, _ in costs):
        return None
    return math.sqrt(math.fsum(count * mu * mu for mu, count in costs))


def _total_pure(leaves):
    """Sum of pure epsilons, inf if a leaf has none."""
    costs = [(pure_of_leaf(event), count) for event, count in leaves]
    if any(epsilon is None for epsilon, _ in costs):
        return math.inf
    return math.fsum(count * epsilon for epsilon, count in costs)


def _unsupported(leaves, relation):
    names = ", ".join(sorted({type(event).__name__ for event, _ in leaves}))
    return ValueError(
        f"no theorem here composes these events under {relation}: {names}; "
        "replace the unusual one by a ZCDpEvent or a Gaussian bound."
    )
