"""Areas and rates with intervals."""

import numpy as np

from skprivate.audit._rates import Rate


def proportion(found, n, alpha):
    """Ends of the interval of a share, which is wrong with a chance of alpha."""
    rate = Rate.exact(found, n, 1 - alpha)
    return rate.low, rate.high


def area(inside, outside, alpha):
    """Area under the curve, and its interval (DeLong et al., 1988)."""
    from scipy.special import ndtri
    from scipy.stats import rankdata

    m, n = len(inside), len(outside)
    both = rankdata(np.concatenate([inside, outside]))
    of_inside = (both[:m] - rankdata(inside)) / n
    of_outside = 1 - (both[m:] - rankdata(outside)) / m
    found = float(of_inside.mean())
    spread = np.sqrt(of_inside.var(ddof=1) / m + of_outside.var(ddof=1) / n)
    reach = float(-ndtri(alpha / 2) * spread)
    return found, (max(0.0, found - reach), min(1.0, found + reach))


def detection(inside, outside, rate, alpha):
    """Rate of detection at a rate of false alarms: of the best threshold that has it.

    Returns
    -------
    found : float
    interval : tuple (low, high)
        Of the rate of detection.
    alarms : float
        The rate of false alarms that the threshold has, at most: an order statistic of
        rows that were not seen, so that this bound is exact whatever they are.
    """
    allowed = int(np.floor(rate * len(outside)))
    ordered = np.sort(outside)[::-1]
    above = inside > ordered[allowed]
    _, alarms = proportion(allowed, len(outside), alpha)
    return float(above.mean()), proportion(int(above.sum()), len(inside), alpha), alarms
