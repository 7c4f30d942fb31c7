"""What epsilon and delta mean: how well an attacker can tell who was in the data.

An attacker sees the model, knows every other unit, and decides whether one unit was
in the training data. With FPR the chance of a false alarm, and TPR that of a correct
one, differential privacy is a bound on TPR as a function of FPR: its trade-off function
(Wasserman and Zhou 2010; Dong, Roth and Su 2022). The relation is add or remove one
unit, which is what membership is.
"""

import math

from skprivate.accounting import delta_of_events
from skprivate.accounting._events import is_nonprivate, leaves_of, mu_of_leaf

FALSE_ALARMS = (0.001, 0.01, 0.1)
# Points of the curve that say most about attacks, though not about guarantees.
_LARGE_DELTAS = (0.0, 1e-3, 0.01, 0.03, 0.1, 0.3)


def best_detection(ways, false_alarms, points):
    """Largest TPR that any attacker can have at an FPR.

    Parameters
    ----------
    ways : sequence of sequence of DpEvent
        What was released about a unit; of several ways, the dearest counts.
    false_alarms : float in (0, 1)
        The FPR.
    points : sequence of (delta, epsilon)
        Points of the accountant's curve, each of which is a guarantee.

    Returns
    -------
    float
        The least of these upper bounds: TPR <= e^epsilon FPR + delta and
        TPR <= 1 - e^-epsilon (1 - delta - FPR) for every point (Dong, Roth and Su
        2022, Proposition 2.5), and TPR <= Phi(Phi^-1(FPR) + mu) where all releases are
        Gaussian-DP (Definition 2.6 and Corollary 3.3): exact for Gaussian noise.
    """
    bounds = [1.0, max(_gaussian_detection(way, false_alarms) for way in ways)]
    for delta, epsilon in points:
        if epsilon < 700:  # e^epsilon is a number
            bounds.append(math.exp(epsilon) * false_alarms + delta)
        rest = max(0.0, 1 - delta - false_alarms)
        bounds.append(1 - math.exp(-epsilon) * rest)
    return min(bounds)


def detections(report, false_alarms=FALSE_ALARMS):
    """Pairs (false alarms, largest TPR) of a report that has a price."""
    points = [(d, report.epsilon(d)) for d in _LARGE_DELTAS]
    points += report.curves["add_remove"]
    return [(rate, best_detection(report.ways, rate, points)) for rate in false_alarms]


def best_advantage(ways):
    """Largest TPR - FPR of any attacker.

    It is the total variation distance, which is delta at epsilon = 0.
    """
    return max(delta_of_events(way, 0.0) for way in ways)


def _gaussian_detection(events, false_alarms):
    from scipy.special import ndtr, ndtri

    costs = []
    for event, count in leaves_of(events):
        mu = math.inf if is_nonprivate(event) else mu_of_leaf(event)
        if mu is None:
            return 1.0
        costs.append(count * mu * mu)
    return float(ndtr(ndtri(false_alarms) + math.sqrt(math.fsum(costs))))


def percent(part):
    """A probability in percent, rounded up: it is an upper bound."""
    return f"{points(part)}%"


def points(part):
    """The same without the sign."""
    return f"{math.ceil(part * 1e4 - 1e-9) / 100:g}"
