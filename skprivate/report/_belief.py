"""What results can do to what somebody believes: bounds on odds, and how often more.

Let P and Q be the distributions of all results with and without one unit, and L the
logarithm of P / Q at what came out. Whoever sees the results, and believed before with
probability p that the unit was in, has odds of ``exp(L) p / (1 - p)`` afterwards.

**Guarantee.** With (epsilon, delta(epsilon)) for every epsilon, as the accountant
states it, and any e < epsilon, the chance that L exceeds epsilon is at most
``delta(e) / (1 - exp(e - epsilon))``.

Proof. Let A be the event that it does, so that ``Q(A) <= exp(-epsilon) P(A)``. By
definition of delta, ``P(A) - exp(e) Q(A) <= delta(e)``. The first in the second gives
``P(A) (1 - exp(e - epsilon)) <= delta(e)``. The other direction is the same with P and
Q exchanged, as neighbours may be; if the unit was in, it has ``exp(-epsilon)`` times
that chance at most. The least over all e is exact: it is the point of the trade-off
curve at which detection is exp(epsilon) times the false alarms. It is larger than
delta(epsilon), which is no such chance.
"""

import math

from skprivate.accounting import delta_of_events, events_of_group

_FRACTIONS = (0.0, 0.25, 0.5, 0.7, 0.8, 0.87, 0.92, 0.95, 0.97, 0.98, 0.99)
_STEPS = 60  # of a golden section, where an evaluation costs nothing
_GOLDEN = (math.sqrt(5) - 1) / 2


def posterior(prior, epsilon):
    """Probability after odds were multiplied by exp(epsilon), which may be negative."""
    if math.isinf(epsilon):
        return 1.0 if epsilon > 0 else 0.0
    odds = math.exp(-abs(epsilon))
    if epsilon > 0:
        return prior / (prior + odds * (1 - prior))
    return odds * prior / (1 - prior + odds * prior)


def beyond(ways, epsilon, *, relation="add_remove"):
    """Largest chance that results multiply odds by more than exp(epsilon), either way.

    Parameters
    ----------
    ways : sequence of sequence of DpEvent
        What was released about a unit; of several ways, the dearest counts.
    epsilon : float
        Not negative.
    relation : {"add_remove", "replace_one"}, default="add_remove"

    Returns
    -------
    float
        At most one; zero where the releases are purely private at ``epsilon``.
    """
    if math.isinf(epsilon):
        return 0.0
    return max((_of_way(way, epsilon, relation) for way in ways), default=0.0)


def _of_way(events, epsilon, relation):
    def bound(e):
        gap = -math.expm1(e - epsilon)
        return _delta(events, e, relation) / gap if gap > 0 else 1.0

    if _delta(events, epsilon, relation) == 0:  # purely private
        return 0.0
    if _is_quick(events):
        best = _least(bound, -epsilon - 5, epsilon)
    else:
        best = min(bound(epsilon * fraction) for fraction in _FRACTIONS)
    return min(1.0, best * (1 + math.exp(-epsilon)))


def ways_of_group(ways, size):
    """Events that bound what several units together change, whatever parts they are in.

    **Guarantee.** If all releases are Gaussian, a unit moves results by the largest mu
    of all ways at most, whatever part it is in, and so ``size`` units by ``size`` times
    that (Dong, Roth and Su 2022, Theorem 2.14). Else all ways count together: units in
    different parts are concerned by all of their releases.
    """
    if size > 1 and len(ways) > 1 and not all(map(_is_quick, ways)):
        ways = (tuple(event for way in ways for event in way),)
    return tuple(events_of_group(way, size) for way in ways)


def _delta(events, epsilon, relation):
    """delta(epsilon); below zero it follows from the other direction."""
    if epsilon >= 0:
        return delta_of_events(events, epsilon, relation=relation)
    other = delta_of_events(events, -epsilon, relation=relation)
    return -math.expm1(epsilon) + math.exp(epsilon) * other


def _is_quick(events):
    from dp_accounting import GaussianDpEvent

    from skprivate.accounting._events import leaves_of

    return all(isinstance(event, GaussianDpEvent) for event, _ in leaves_of(events))


def _least(function, low, high):
    """The least value of a function with one valley; every value is a bound."""
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    of_left, of_right = function(left), function(right)
    best = min(of_left, of_right)
    for _ in range(_STEPS):
        if of_left < of_right:
            high, right, of_right = right, left, of_left
            left = high - _GOLDEN * (high - low)
            of_left = function(left)
        else:
            low, left, of_left = left, right, of_right
            right = low + _GOLDEN * (high - low)
            of_right = function(right)
        best = min(best, of_left, of_right)
    return best


def best_guess(ways, prior):
    """Largest share of right guesses whether a unit was in, at a prior belief.

    **Guarantee.** A guess is right with probability ``p P(A) + (1 - p) (1 - Q(A))``,
    which is ``1 - p + p (P(A) - exp(e) Q(A))`` for ``e = log((1 - p) / p)``, and so at
    most ``1 - p + p delta(e)`` if p is at most a half; else the same of ``1 - p``.
    """
    rare = min(prior, 1 - prior)
    e = math.log1p(-rare) - math.log(rare)
    delta = max((delta_of_events(way, max(e, 0.0)) for way in ways), default=0.0)
    return 1 - rare + rare * delta
