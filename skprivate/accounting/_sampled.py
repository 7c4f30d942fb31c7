"""Noise for rounds on Poisson samples, priced like one Gaussian release.

In a round every privacy unit is in with probability `rate`, by a secret coin. What that
hides is worth much: the noise is a fraction of what the same rounds over all rows would
need. But it has no price in Gaussian DP, in which budgets are shared out. So the noise
is such that all rounds together are *dominated* by what has one.
"""

import math
from functools import lru_cache
from numbers import Integral

import numpy as np

from skprivate.accounting import _pld
from skprivate.accounting._checks import check_real
from skprivate.accounting._gdp import delta_of

SMALLEST_FAILURE = _pld.SMALLEST_DELTA
LEAST_NOISE = 0.25  # in units of what one privacy unit adds: nobody is told outright
_POINTS = 1000  # at which two curves are compared
_FAR = 9.0  # standard deviations of the privacy loss up to there
_CELLS = 1000, 8000, 64000  # of privacy loss up to there: finer while that gains
_MANY = 10_000  # rounds: only so many have losses that need the finest
_SETTLED = 1.003  # less noise than this is no gain
_GROW, _CLOSE = 1.3, 1.001
_HOPED, _NEAR = 64.0, 1.02  # how much less the price of fewer rounds may be, how near


def check_rate(rate: float) -> float:
    """Return the sampling rate as a float in (0, 1]."""
    rate = check_real("rate", rate)
    if not (rate > 0 and rate <= 1):
        raise ValueError("rate is outside (0, 1]; pass the part of the rows to sample.")
    return rate


def check_rounds(n_rounds: int) -> int:
    """Return the number of rounds as an integer of at least one."""
    if isinstance(n_rounds, bool) or not isinstance(n_rounds, Integral):
        raise TypeError(
            f"n_rounds is of type {type(n_rounds).__name__}; pass an integer."
        )
    if n_rounds < 1:
        raise ValueError("n_rounds is below 1; pass the number of rounds.")
    return int(n_rounds)


def sampled_multiplier(mu: float, failing: float, rate: float, n_rounds: int) -> float:
    """Smallest noise at which sampled rounds cost ``mu``, and ``failing`` of delta.

    **Guarantee.** Let each of ``n_rounds`` rounds add Gaussian noise, of the returned
    multiple of what one unit can add, to a sum over a fresh Poisson sample of units.
    Composed with whatever else, also if that is chosen in between in view of answers,
    the rounds may be replaced by one mu-GDP release beside a (0, failing)-DP one.

    *Proof.* By add or remove, one round is dominated by (M, Q) and (Q, M), where ``Q =
    N(0, s^2)`` and ``M = (1 - rate) Q + rate N(1, s^2)`` (Zhu, Dong and Wang 2022,
    Theorem 11); adaptive rounds are dominated by the products of these (Theorem 10
    there). So is a mix of rounds with other releases, in any order: products commute.
    Of both products an upper bound ``h`` of the privacy curve is computed (Koskela,
    Jalko and Honkela 2020; Doroshenko et al. 2022), for all epsilon >= 0; the rest of
    the curve is that of the other direction. Where ``h <= failing + (1 - failing) g``,
    for the curve ``g`` of mu-GDP, which is symmetric, the products are themselves
    dominated by the pair that is disjoint with probability ``failing`` and else (N(0,
    1), N(mu, 1)): for that is its curve. Domination is transitive, and goes through
    composition. Both curves fall; so a comparison of ``h`` at one point with ``g`` at
    the next covers what is in between, and the last ``h`` is compared to ``failing``.

    Nothing less than ``failing`` will do: far out, all rounds may have had the unit in
    them, and then it is as if there had been no sampling. Without sampling the noise
    would be ``sqrt(n_rounds) / mu``, which is always enough, as the curve of M and Q is
    below that of N(1, s^2) and Q.

    Parameters
    ----------
    mu : float in (0, inf)
        Price in Gaussian DP (Dong, Roth and Su 2022).
    failing : float in [0, 1)
        Part of delta; 0 only if the rate is 1.
    rate : float in (0, 1]
    n_rounds : int

    Returns
    -------
    float
        Standard deviation of the noise over the sensitivity of the sum.

    Examples
    --------
    >>> from skprivate.accounting import Budget, sampled_multiplier
    >>> budget = Budget(1.0, 1e-6).reserving()
    >>> round(sampled_multiplier(budget.mu, budget.reserve, 0.01, 1000), 2)
    1.57
    """
    rate, n_rounds = check_rate(rate), check_rounds(n_rounds)
    whole = math.sqrt(n_rounds) / mu
    if rate == 1:
        return whole
    if not failing >= SMALLEST_FAILURE:
        raise ValueError(
            f"rounds on samples need {SMALLEST_FAILURE:g} of delta for what may fail, "
            "and less is reserved. Raise delta to 1e-9 or more, or pass rate=1."
        )
    return min(whole, max(LEAST_NOISE, _least(mu, failing, rate, n_rounds, whole)))


@lru_cache(maxsize=256)  # a fit that is interrupted again asks for the same
def sampled_mu(multiplier, failing, rate, n_rounds, most):
    """A small mu that rounds of a given noise cost, beside ``failing`` of delta.

    **Guarantee.** That of :func:`sampled_multiplier`, by the same comparison of curves:
    it is for rounds of which there were to be more when their noise was chosen.

    Parameters
    ----------
    multiplier : float
        Standard deviation of the noise over the sensitivity of the sum.
    failing, rate : float
    n_rounds : int
    most : float
        What is known to be enough, as for more rounds.

    Returns
    -------
    float
        At most ``most``.
    """
    alone = math.sqrt(n_rounds) / multiplier  # as if nobody were left out
    if rate == 1 or alone == 0:
        return min(most, alone)

    def enough(mu):
        points = np.linspace(0.0, 0.5 * mu * mu + _FAR * mu, _POINTS)
        allowed = [
            failing + (1 - failing) * delta_of(mu, point) for point in points[1:]
        ]
        allowed = np.array([*allowed, failing]) * (1 - 1e-9)
        curve = _curve(rate, n_rounds, multiplier, points, _CELLS[0])
        return bool(np.all(curve <= allowed))

    high = min(most, alone)
    low = high / _HOPED
    while high > low * _NEAR:
        middle = math.sqrt(low * high)
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


@lru_cache(maxsize=256)  # a plan, a rehearsal and a fit ask for the same
def _least(mu, failing, rate, n_rounds, whole):
    """Noise that is enough, and hardly more than that; at most `whole`."""
    points = np.linspace(0.0, 0.5 * mu * mu + _FAR * mu, _POINTS)
    allowed = [failing + (1 - failing) * delta_of(mu, point) for point in points[1:]]
    allowed = np.array([*allowed, failing]) * (1 - 1e-9)
    # Rounds have mu = rate * sqrt(n_rounds * (exp(1 / s^2) - 1)), if there are many.
    low = 1 / math.sqrt(math.log1p(mu * mu / (rate * rate * n_rounds)))
    low, high = min(max(0.9 * low, LEAST_NOISE), whole), whole
    for cells in _CELLS if n_rounds > _MANY else _CELLS[:2]:

        def enough(multiplier, cells=cells):
            curve = _curve(rate, n_rounds, multiplier, points, cells)
            return bool(np.all(curve <= allowed))

        if high == low or (high < whole and not enough(high / _SETTLED)):
            break  # a finer grid gains nothing
        high = _bisected(enough, low, high)
    return high


def _bisected(enough, low, high):
    """A number that is enough, as `high` is, and of which little less is not."""
    top, high = high, low
    while high < top and not enough(high):
        low, high = high, min(high * _GROW, top)
    while high > low * _CLOSE:
        middle = math.sqrt(low * high)
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _curve(rate, n_rounds, multiplier, points, cells):
    """Upper bound of delta at each epsilon, of both directions."""
    from dp_accounting import dp_event as dp

    event = dp.PoissonSampledDpEvent(rate, dp.GaussianDpEvent(multiplier))
    leaves = ((event, n_rounds),)
    grid = _pld.no_finer(leaves, points[-1] / cells)
    distribution = _pld.compose(leaves, _pld.ADD_REMOVE, grid)
    found = distribution.get_delta_for_epsilon(points.tolist())
    return np.asarray(found) + _pld.ROUNDING
