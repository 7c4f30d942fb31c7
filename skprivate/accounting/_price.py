"""What one event costs in every theory that a filter can keep, as numbers that add up.

The relation is add or remove one unit.
"""

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Self

import numpy as np

from skprivate.accounting._events import (
    is_nonprivate,
    leaves_of,
    mu_of_leaf,
    pure_of_leaf,
    without_failures,
)
from skprivate.accounting._gdp import epsilon_of

from . import _rdp

# The orders of dp_accounting, and the large ones that small budgets need. Ledger files
# hold one number for each, so a change here is a new format of the file.
ROUNDED_UP = 1 + 2.0**-40  # for sums of deltas
ORDERS = np.array(
    [1 + x / 10.0 for x in range(1, 100)]
    + list(range(11, 64))
    + [128, 256, 512, 1024]
    + [order for order in _rdp.MORE_ORDERS if order > 1024]
)


@dataclass(frozen=True, eq=False)
class Price:
    """Costs of releases in each theory; all grow, and none ever shrinks.

    Parameters
    ----------
    mu2 : float
        Square of the Gaussian-DP parameter; inf if there is none.
    pure : float
        Pure epsilon; inf if there is none.
    renyi : ndarray of shape (n_orders,)
        Renyi divergence of each of the `ORDERS`; inf where it is not known.
    lost : float, default=0.0
        Sum of the deltas of what is (0, delta)-DP, on top of all theories.

    Examples
    --------
    >>> from dp_accounting import GaussianDpEvent
    >>> from skprivate.accounting import price_of
    >>> (price_of(GaussianDpEvent(2)) + price_of(GaussianDpEvent(2))).mu2
    0.5
    """

    mu2: float
    pure: float
    renyi: np.ndarray
    lost: float = 0.0

    @classmethod
    def nothing(cls) -> Self:
        """The price of no release."""
        return cls(0.0, 0.0, np.zeros(len(ORDERS)))

    def __add__(self, other):
        return Price(
            self.mu2 + other.mu2,
            self.pure + other.pure,
            self.renyi + other.renyi,
            self.lost + other.lost,
        )

    def __or__(self, other):
        """The larger of two prices, in each theory: what either side may cost."""
        return Price(
            max(self.mu2, other.mu2),
            max(self.pure, other.pure),
            np.maximum(self.renyi, other.renyi),
            max(self.lost, other.lost),
        )

    @property
    def private(self) -> bool:
        """Whether any theory knows a finite price."""
        return min(self.mu2, self.pure, np.min(self.renyi)) < math.inf

    def epsilon(self, delta: float) -> Any:
        """Upper bound of epsilon at `delta`; quick, and not the tightest."""
        if self.lost > 0:
            delta -= self.lost * ROUNDED_UP
            if delta < 0:
                return math.inf
        bounds = [self.pure, epsilon_of(math.sqrt(self.mu2), delta)]
        if delta > 0:
            bounds.append(np.min(self.renyi + renyi_overhead(math.log(delta))))
        return max(0.0, float(min(bounds)))


def renyi_overhead(log_delta):
    """What epsilon has in addition to the Renyi divergence of each order.

    Canonne, Kamath and Steinke (2020), Proposition 12.
    """
    return np.log1p(-1 / ORDERS) - (log_delta + np.log(ORDERS)) / (ORDERS - 1)


def price_of(event: Any) -> Price:
    """The price of an event of dp_accounting.

    Parameters
    ----------
    event : DpEvent

    Returns
    -------
    Price
        Every number is an upper bound. All are inf if the event is not private.
    """
    leaves, lost = without_failures(leaves_of(event))
    if any(is_nonprivate(leaf) for leaf, _ in leaves):
        return Price(math.inf, math.inf, np.full(len(ORDERS), math.inf))
    total = replace(Price.nothing(), lost=lost)
    for leaf, count in leaves:
        mu, pure = mu_of_leaf(leaf), pure_of_leaf(leaf)
        mu2 = math.inf if mu is None else count * mu * mu
        pure = math.inf if pure is None else count * pure
        total += Price(mu2, pure, count * _renyi_of(leaf))
    return total


def _renyi_of(leaf):
    """Renyi divergences of a leaf.

    Those of Gaussian noise are exact (Mironov 2017, Proposition 7). A pure leaf is
    epsilon^2/2-zCDP (Bun and Steinke 2016, Proposition 1.4), and its divergence of any
    order is at most epsilon, the largest log likelihood ratio.
    """
    pure = pure_of_leaf(leaf)
    if pure is not None:
        return np.minimum(0.5 * pure * pure * ORDERS, pure)
    mu = mu_of_leaf(leaf)
    if mu is not None:
        return 0.5 * mu * mu * ORDERS
    return _renyi_by_accountant(leaf)


@lru_cache(maxsize=256)  # a private selection takes milliseconds
def _renyi_by_accountant(leaf):
    if not _rdp.supports([(leaf, 1)], "add_remove"):
        return np.full(len(ORDERS), math.inf)
    accountant = _rdp.compose([(leaf, 1)])
    known = dict(zip(accountant.orders, accountant.rdp, strict=True))
    return np.array([known.get(order, math.inf) for order in ORDERS])
