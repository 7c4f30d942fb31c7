"""What a pure guarantee costs in Gaussian differential privacy.

Let s be the logistic function and Phi the normal distribution function.

Pure: an epsilon-DP mechanism is 2 Phi^-1(s(epsilon))-GDP, and not less in general.
    Its trade-off function is bounded by two lines that meet on the diagonal at
    alpha = 1 - s(epsilon) (Dong, Roth and Su 2022, Proposition 2.4 and Section 2.4);
    the Gaussian trade-off function is convex and has the same two end points, so it
    lies below the lines as soon as it passes through the corner.

Bounded range: the exponential mechanism's log likelihood ratio lies in an interval of
    length epsilon, [t - epsilon, t] (Dong, Durfee and Rogers 2020, "epsilon-bounded
    range"). The two lines then meet at (alpha, beta) = (q, 1 - p) where p and q have
    log odds that differ by exactly epsilon, and the same argument asks for
    mu >= h(x + epsilon/2) - h(x - epsilon/2), h = Phi^-1 o s, for the worst x. The
    logistic law has heavier tails than the normal one (van Zwet 1964, s-ordering):
    h is odd, increasing, and concave on x > 0, so h' is even and peaks at 0, and
    x = 0 is worst. Hence mu = 2 Phi^-1(s(epsilon / 2)): the exponential mechanism
    costs as much as a purely private mechanism of half its epsilon.
"""

import math

from skprivate.accounting._checks import check_nonnegative
from skprivate.mechanisms import _costs

SQRT_2 = math.sqrt(2.0)
DOWN = 1 - 2.0**-44  # covers the rounding of log_ndtr and erf


def mu_of_pure(epsilon: float) -> float:
    """GDP cost of any epsilon-DP mechanism, rounded up."""
    return _costs.mu_of_pure(check_nonnegative("epsilon", epsilon))


def pure_of_mu(mu: float) -> float:
    """Largest epsilon whose `mu_of_pure` is at most mu, rounded down."""
    mu = check_nonnegative("mu", mu)
    if mu == 0 or mu == math.inf:
        return mu
    if mu < 1:
        return 2 * math.atanh(math.erf(mu / (2 * SQRT_2))) * DOWN
    from scipy.special import log_ndtr

    return (float(log_ndtr(mu / 2)) - float(log_ndtr(-mu / 2))) * DOWN


def mu_of_bounded_range(epsilon: float) -> float:
    """GDP cost of an epsilon-bounded-range mechanism, rounded up."""
    return _costs.mu_of_bounded_range(check_nonnegative("epsilon", epsilon))


def bounded_range_of_mu(mu: float) -> float:
    """Largest epsilon whose `mu_of_bounded_range` is at most mu, rounded down."""
    return 2 * pure_of_mu(mu)
