"""One noise multiplier for a plan that mixes mechanisms."""

import math
from collections.abc import Callable
from typing import Any, Literal

from skprivate.accounting._checks import check_delta, check_epsilon
from skprivate.accounting._compose import epsilon_of_events, rough_epsilon
from skprivate.accounting._gdp import mu_of
from skprivate.accounting._relation import ADD_REMOVE

TOLERANCE = 1e-3  # on epsilon, relative: noise is at most about this much too large
LIMITS = 2.0**-40, 2.0**60
MOST_STEPS = 60
UNREACHABLE = (
    "no noise reaches this epsilon at this delta; "
    "raise delta above 0, or take the fixed releases out of the plan."
)


def noise_multiplier(
    make_event: Callable[..., Any],
    epsilon: float,
    delta: float,
    relation: Literal["add_remove", "replace_one"] = ADD_REMOVE,
) -> float:
    """Smallest noise multiplier at which a plan is (epsilon, delta)-DP.

    Parameters
    ----------
    make_event : callable
        From a noise multiplier (float) to a DpEvent, or an iterable of them; its
        epsilon must fall as the multiplier grows. It must be deterministic.
    epsilon : float in [2^-40, inf)
    delta : float in [0, 1)
    relation : {"add_remove", "replace_one"}, default="add_remove"

    Returns
    -------
    float
        `epsilon_of_events(make_event(multiplier), delta, relation) <= epsilon` has
        been evaluated and holds. The epsilon reached is some 0.1 % smaller.

    Notes
    -----
    A secant in log-log scale, kept in a bracket, where epsilon is nearly a power of
    the noise. It starts from the multiplier of a single Gaussian release. Evaluations
    are cached, so calibrating the same plan again costs next to nothing.
    """
    epsilon, delta = check_epsilon(epsilon), check_delta(delta)
    if epsilon == math.inf:
        return 0.0

    def log_excess(log_multiplier):
        event = make_event(math.exp(log_multiplier))
        value = rough_epsilon(event, delta, relation, epsilon)
        return math.log(value) - math.log(epsilon) if value > 0 else -math.inf

    start = 1 / mu_of(epsilon, delta) if delta > 0 else 1 / epsilon
    multiplier = math.exp(_solve(log_excess, math.log(start)))
    for _ in range(MOST_STEPS):
        if epsilon_of_events(make_event(multiplier), delta, relation) <= epsilon:
            return multiplier
        multiplier *= 1 + TOLERANCE
    raise ValueError(UNREACHABLE)


def _solve(excess, point):
    """A point where a decreasing function is in [-TOLERANCE, 0]."""
    low, high = -math.inf, math.inf  # excess > 0 at low, <= 0 at high
    slope, before = -1.0, None
    for _ in range(MOST_STEPS):
        value = excess(point)
        if -TOLERANCE <= value <= 0 or (value <= 0 and point - low < 1e-6):
            return point
        low, high = (point, high) if value > 0 else (low, point)
        if before is not None and math.isfinite(value) and math.isfinite(before[1]):
            secant = (value - before[1]) / (point - before[0])
            slope = min(-0.05, max(-20.0, secant)) if math.isfinite(secant) else slope
        before = point, value
        point = _next(point, value, slope, low, high)
        if point == before[0]:
            break
    if high < math.inf:
        return high
    raise ValueError(UNREACHABLE)


def _next(point, value, slope, low, high):
    """Aim at the middle of the tolerance; fall back on bisection, or on doubling."""
    smallest, largest = map(math.log, LIMITS)
    target = point - (value + TOLERANCE / 2) / slope
    if not low < target < high:
        if math.isfinite(low) and math.isfinite(high):
            return 0.5 * (low + high)
        target = point + (2.0 if value > 0 else -2.0)
    target = min(max(target, point - 5.0), point + 5.0)
    return min(max(target, smallest), largest)
