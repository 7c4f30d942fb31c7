"""The privacy curve of the Gaussian mechanism, in log space.

With a = eps/mu - mu/2, b = eps/mu + mu/2 and the Mills ratio
R(x) = Phi(-x)/phi(x), the curve of a mu-GDP mechanism (Balle and Wang 2018,
Theorem 8; Dong, Roth and Su 2022, Corollary 2.13) reads

    delta(mu, eps) = Phi(-a) - e^eps Phi(-b) = phi(a) (R(a) - R(b)),

because e^eps = phi(a)/phi(b). The second form neither overflows nor underflows.
Its one subtraction loses digits when mu is small; there the difference is written
as the integral of -R'(x) = 1 - x R(x), which Gauss and Legendre do exactly enough.
"""

import math

SQRT_2 = math.sqrt(2.0)
SQRT_HALF_PI = math.sqrt(math.pi / 2)
LOG_SQRT_2PI = 0.5 * math.log(2 * math.pi)

SMALL_MU = 0.25  # below: quadrature; five nodes err by less than 1e-14 relative
FAR_TAIL = 1e3  # beyond: log delta is bounded by -a^2/2, far below any double
ASYMPTOTIC = 20.0  # beyond: 1 - x R(x) by its asymptotic series

NODES = (
    (0.5, 0.28444444444444444),
    (0.2307653449471585, 0.23931433524968324),
    (0.7692346550528415, 0.23931433524968324),
    (0.04691007703066800, 0.11846344252809454),
    (0.9530899229693320, 0.11846344252809454),
)


def mills_ratio(x):
    """R(x) = Phi(-x) / phi(x) for x > -30."""
    from scipy.special import erfcx

    return SQRT_HALF_PI * float(erfcx(x / SQRT_2))


def mills_slope(x):
    """-R'(x) = 1 - x R(x), for x > -1; relative error below 1e-12."""
    if x < ASYMPTOTIC:
        return 1.0 - x * mills_ratio(x)
    inverse = 1.0 / (x * x)
    term, total = inverse, inverse
    for odd in range(3, 25, 2):  # 1/x^2 - 3/x^4 + 15/x^6 - ...
        term *= -odd * inverse
        total += term
    return total


def ratio_to_density(mu, a, b):
    """Quotient delta / phi(a), for a = eps/mu - mu/2 in [-30, 1000], b = a + mu."""
    if mu < SMALL_MU:
        return mu * sum(w * mills_slope(a + mu * x) for x, w in NODES)
    return mills_ratio(a) - mills_ratio(b)


def log_delta(mu, epsilon):
    """Upper bound of log delta(mu, eps), and its derivative's ingredients.

    Parameters
    ----------
    mu : float in (0, inf)
    epsilon : float in [0, inf)

    Returns
    -------
    log_delta : float
        Never below log delta(mu, eps), and above it by less than
        4e-12 + |a| b 2^-49 (rounding of a and b, times the slope of log phi).
    ratio : float
        delta / phi(a). Since d delta / d mu = phi(a), its inverse is the slope
        of log delta in mu.
    """
    a = (epsilon - 0.5 * mu * mu) / mu
    b = a + mu
    if not a < FAR_TAIL:
        return -0.5 * a * a, 1.0 / (a * a)
    slack = 2.0**-38 + abs(a) * b * 2.0**-49
    log_density = -0.5 * a * a - LOG_SQRT_2PI
    if a < 0 and mu >= SMALL_MU:
        # here delta is at least 0.09: no digits are lost
        tail = math.exp(log_density) * mills_ratio(b)
        value = math.log(0.5 * math.erfc(a / SQRT_2) - tail)
        return min(value + slack, 0.0), math.exp(min(value - log_density, 700.0))
    ratio = ratio_to_density(mu, a, b)
    return min(log_density + math.log(ratio) + slack, 0.0), ratio
