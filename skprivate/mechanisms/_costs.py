"""What a mechanism costs, in each of the accountants' currencies."""

import math

UP = 1 + 2.0**-44  # covers the rounding of scipy's functions


def mu_of_pure(epsilon):
    """Return the smallest mu for which epsilon-DP implies mu-Gaussian DP, rounded up.

    2 Phi^-1(s(epsilon)), s the logistic function. The trade-off function of
    epsilon-DP is two lines that meet on the diagonal at 1 - s(epsilon) (Dong, Roth
    and Su 2022, Proposition 2.4); a Gaussian one is convex with the same ends, so
    it lies below the lines as soon as it passes through that corner.
    """
    from scipy.special import erfinv, log_expit, ndtri_exp

    if math.isinf(epsilon):
        return math.inf
    if epsilon < 1:  # s = 1/2 + tanh(epsilon/2) / 2, precise near one half
        return 2 * math.sqrt(2) * float(erfinv(math.tanh(epsilon / 2))) * UP
    # In logarithms: e^-epsilon may underflow, and 1 - it would round to 1.
    return -2 * float(ndtri_exp(log_expit(-epsilon))) * UP


def mu_of_bounded_range(epsilon):
    """Return the Gaussian DP cost of an epsilon-bounded-range mechanism, rounded up.

    Its log likelihood ratios lie in an interval of length epsilon (Dong, Durfee and
    Rogers 2020), so the two lines above meet at (q, 1 - p), the log odds of p and q
    differing by epsilon. The logistic law has heavier tails than the normal one
    (van Zwet 1964), so Phi^-1(p) - Phi^-1(q) is largest in the symmetric case: the
    cost is that of a purely private mechanism of half the epsilon.
    """
    return mu_of_pure(epsilon / 2)


def rho_of_pure(epsilon):
    """Return epsilon^2 / 2: Bun and Steinke 2016, Proposition 1.4."""
    return epsilon**2 / 2


def gaussian_event(mu):
    """Return the event of Gaussian noise, sensitivity 1 over sigma = mu."""
    from dp_accounting.dp_event import GaussianDpEvent, NonPrivateDpEvent

    return NonPrivateDpEvent() if math.isinf(mu) else GaussianDpEvent(1 / mu)


def laplace_event(epsilon):
    """Return the event of Laplace noise of scale sensitivity / epsilon."""
    from dp_accounting.dp_event import LaplaceDpEvent, NonPrivateDpEvent

    if math.isinf(epsilon):
        return NonPrivateDpEvent()
    return LaplaceDpEvent(1 / epsilon)


def zcdp_event(rho):
    """Return the event of a mechanism known to be rho-zCDP."""
    from dp_accounting.dp_event import NonPrivateDpEvent, ZCDpEvent

    return NonPrivateDpEvent() if math.isinf(rho) else ZCDpEvent(rho)


def pure_event(epsilon):
    """Return an event that dominates every epsilon-DP mechanism.

    Discrete Laplace noise with sensitivity 1 on a sum that moves by 1 has privacy
    loss epsilon or -epsilon only, the former with probability s(epsilon): that is
    randomised response, which dominates (Kairouz, Oh and Viswanath 2015, Thm. 3.2).
    """
    from dp_accounting.dp_event import DiscreteLaplaceDpEvent, NonPrivateDpEvent

    if math.isinf(epsilon):
        return NonPrivateDpEvent()
    return DiscreteLaplaceDpEvent(epsilon, 1)


def failing_event(event, delta):
    """Return the event of a mechanism beside one that is (0, delta)-DP.

    To tell everything with probability delta, and else nothing, dominates all (0,
    delta)-DP mechanisms (Kairouz, Oh and Viswanath 2015, Theorem 3.2).
    """
    from dp_accounting.dp_event import (
        ComposedDpEvent,
        NonPrivateDpEvent,
        PoissonSampledDpEvent,
    )

    return ComposedDpEvent([event, PoissonSampledDpEvent(delta, NonPrivateDpEvent())])
