"""Gaussian differential privacy: mu, epsilon and delta, each from the other two.

Neighbouring relation: none is assumed. mu is the sensitivity of the released sum,
under whichever relation the caller uses, divided by the standard deviation of its
Gaussian noise. In this library the relation is *add or remove one unit*; under
*replace one* a sum moves up to twice as far, so mu doubles.

Directed: `delta_of` and `epsilon_of` are never below the exact value, `mu_of` never
above it, although all three are computed in floating point; the excess is below a
relative 1e-8 wherever epsilon <= 1e6 and delta >= 1e-300. So that a report of what was
asked never names more, `epsilon_of(mu_of(epsilon, delta), delta) <= epsilon` holds for
the numbers as computed, with room for the rounding of sums of mu^2. mu-GDP mechanisms
compose, adaptively, into sqrt(sum mu_i^2)-GDP (Dong, Roth and Su 2022, Corollary 3.3).
"""

import math
from functools import lru_cache

from skprivate.accounting._checks import check_delta, check_epsilon, check_nonnegative
from skprivate.accounting._trade_off import log_delta, mills_ratio

HUGE = 2.0**40  # beyond, the zCDP bound is used: it is analytic and as tight
MAX_STEPS = 200
CLOSE = 2.0**-43  # gap in log delta at which a root is good: below the slack anyway
ROOM = 1 + 2.0**-46  # for a thousand roundings of sums, of roots and of 1 / mu
TINY = 5e-324  # delta of a Gaussian mechanism is never exactly 0


def delta_of(mu: float, epsilon: float) -> float:
    """Smallest delta for which mu-GDP implies (epsilon, delta)-DP.

    Parameters
    ----------
    mu : float in [0, inf]
    epsilon : float in [0, inf]

    Returns
    -------
    float in [0, 1], rounded up.

    References
    ----------
    Balle and Wang (2018), "Improving the Gaussian mechanism", Theorem 8.
    Dong, Roth and Su (2022), "Gaussian differential privacy", Corollary 2.13.
    """
    mu, epsilon = check_nonnegative("mu", mu), check_nonnegative("epsilon", epsilon)
    if mu == 0 or epsilon == math.inf:
        return 0.0
    if mu >= HUGE:
        return _delta_by_zcdp(mu, epsilon)
    return max(math.exp(log_delta(mu, epsilon)[0]), TINY)


def _delta_by_zcdp(mu, epsilon):
    """Bun and Steinke (2016), Lemma 3.5: eps = mu^2/2 + mu sqrt(2 log(1/delta))."""
    distance = epsilon / mu * (1 - 2.0**-50) - 0.5 * mu * (1 + 2.0**-50)
    distance = max(distance, 0.0) * (1 - 2.0**-50)
    return max(math.exp(-0.5 * distance * distance), TINY)


def mu_of(epsilon: float, delta: float) -> float:
    """Largest mu for which mu-GDP implies (epsilon, delta)-DP, rounded down.

    Parameters
    ----------
    epsilon : float in [2^-40, inf]
    delta : float in [0, 1)

    Returns
    -------
    float
        `delta_of(mu, epsilon) <= delta` holds. 0 if delta is 0: Gaussian noise of
        any size is not purely private. inf if epsilon is inf.

    References
    ----------
    Balle and Wang (2018), Section 3: the "analytic Gaussian mechanism".
    """
    epsilon, delta = check_epsilon(epsilon), check_delta(delta)
    if epsilon == math.inf:
        return math.inf
    if delta == 0:
        return 0.0
    return _mu_of(epsilon, delta)


@lru_cache(maxsize=1024)  # every release of a fit asks for the same
def _mu_of(epsilon, delta):
    log_inverse = -math.log(delta)
    # solves eps = mu^2/2 + mu sqrt(2 log(1/delta)): always small enough (zCDP)
    roots = math.sqrt(2 * (log_inverse + epsilon)) + math.sqrt(2 * log_inverse)
    lower = 2 * epsilon / roots * (1 - 2.0**-40)
    if epsilon <= HUGE:
        lower = _largest_mu(lower, epsilon, _log_below(delta))
    return _back_off(lower, lambda mu: epsilon_of(mu * ROOM, delta) <= epsilon, -1)


def _log_below(delta):
    """log(delta), lowered so that the exponential of it does not exceed delta."""
    log = math.log(delta)
    return log - 2.0**-50 * (1 - log)


def _largest_mu(lower, epsilon, target):
    """Newton's method in log mu, kept in a bracket, then rounded down."""
    mu, upper = lower, math.inf
    for _ in range(MAX_STEPS):
        value, ratio = log_delta(mu, epsilon)
        gap = value - target
        if abs(gap) <= CLOSE:
            break
        lower, upper = (lower, mu) if gap > 0 else (mu, upper)
        step = math.exp(max(-1.0, min(1.0, -gap * ratio / mu)))
        proposal = mu * step
        if abs(proposal - mu) <= 2.0**-50 * mu:
            break
        if not lower < proposal < upper:
            proposal = math.sqrt(lower * upper) if upper < math.inf else 2 * mu
        mu = proposal
    return _back_off(mu, lambda x: log_delta(x, epsilon)[0] <= target, -1)


def epsilon_of(mu: float, delta: float) -> float:
    """Smallest epsilon for which mu-GDP implies (epsilon, delta)-DP, rounded up.

    Parameters
    ----------
    mu : float in [0, inf]
    delta : float in [0, 1)

    Returns
    -------
    float
        In [0, inf]; `delta_of(mu, epsilon) <= delta` holds. inf if delta is 0
        and mu is not.
    """
    mu, delta = check_nonnegative("mu", mu), check_delta(delta)
    if mu == 0:
        return 0.0
    if delta == 0 or mu == math.inf:
        return math.inf
    target = _log_below(delta)
    upper = (0.5 * mu * mu + mu * math.sqrt(-2 * target)) * (1 + 2.0**-40)
    if mu > HUGE:
        return upper
    if log_delta(mu, 0.0)[0] <= target:
        return 0.0
    return _smallest_epsilon(mu, upper, target)


def _smallest_epsilon(mu, upper, target):
    """Newton's method in epsilon from above, kept in a bracket, then rounded up."""
    lower, epsilon = 0.0, upper
    for _ in range(MAX_STEPS):
        value, ratio = log_delta(mu, epsilon)
        gap = value - target
        if abs(gap) <= CLOSE:
            break
        lower, upper = (epsilon, upper) if gap > 0 else (lower, epsilon)
        # d delta / d eps = -e^eps Phi(-b) = -phi(a) R(b)
        step = gap * ratio / mills_ratio(epsilon / mu + 0.5 * mu)
        if abs(step) <= 2.0**-50 * epsilon:
            break
        proposal = epsilon + step
        if not lower < proposal < upper:
            proposal = 0.5 * (lower + upper)
        epsilon = proposal
    return _back_off(epsilon, lambda x: log_delta(mu, x)[0] <= target, +1)


def _back_off(value, holds, direction):
    """Move `value` the conservative way until the guarantee holds."""
    relative = 2.0**-52
    while not holds(value):
        value *= 1 + direction * relative
        relative *= 2
    return value
