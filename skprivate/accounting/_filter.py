"""A privacy filter: may one more event be admitted under a cap of (epsilon, delta)?"""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from skprivate.accounting._budget import RESERVED
from skprivate.accounting._checks import check_delta, check_epsilon, check_reserve
from skprivate.accounting._gdp import epsilon_of, mu_of
from skprivate.accounting._price import ORDERS, renyi_overhead

ROUNDING = 1e-9  # relative, on totals: a budget that is just used up is admitted
SPARE = 1e-8  # relative, on delta: what all theories but the leading one share
GAUSSIAN = -1  # the leading theory is Gaussian DP; else the index of an order
KEEPING = 2**12  # added to the leader where a part of delta is kept for failures


@dataclass(frozen=True)
class Filter:
    """Admits releases, chosen one after the other, while a cap is not exceeded.

    **Guarantee.** Let events be admitted one by one, each chosen in view of everything
    that was released before, if :meth:`admits` holds for the total price including it.
    Then all that is released is (epsilon, delta)-DP, up to a relative 1e-8 in both.

    Each theory alone is a filter, as its running total decides: of ``mu ** 2`` for
    Gaussian DP (Smith and Thakurta 2022; Koskela, Tobaben and Honkela 2023), of a Renyi
    divergence of one order (Feldman and Zrnic 2021, Theorem 3.1), of pure epsilons
    (Rogers, Roth, Ullman and Vadhan 2016). Here an event is admitted if *any* theory
    holds. Totals only grow; so a theory that holds at the end has held all along, and
    its own filter would have admitted the very same releases. But *which* one holds at
    the end may depend on what was released. So split the outcomes by it: for every
    event ``E``, ``P(E and t) <= exp(epsilon) Q(E and t) + delta_t`` by theory ``t``.
    Summed over ``t``, the deltas add up, and must not exceed ``delta`` together.

    (With the same delta for each, as is often done over the orders of Renyi's
    divergence, the union is *not* (epsilon, delta)-DP: who picks an order after a first
    answer can reach 1.4 delta, see tests/accounting/test_filter.py.)

    Pure epsilons have ``delta_t = 0``, hence are free. Of the others, one leads and has
    all of ``delta``; the rest share ``1e-8 * delta``, which is within the tolerance.
    Which one leads is a function of the first event, which was chosen before anything
    was released: Gaussian DP if that event has a price there, else the order in which
    it takes the smallest part of the cap.

    What may fail, being (0, delta)-DP (a release of keys nobody listed is), has a limit
    of its own, since a limit that depends on how much of delta was lost before would
    again be chosen in view of answers: the ``reserve``, and what it leaves of delta is
    for all theories together. By basic composition, they are DP with the sum of both.
    Without a ``reserve``, the first event decides: a tenth of delta if that event may
    fail, else nothing. A ledger asks :meth:`settled` for a better one.

    Parameters
    ----------
    epsilon : float in [2^-40, inf)
    delta : float in [0, 1)
    reserve : float in [0, delta), or None, default=None
        The part of delta for what may fail; None lets the first event decide.

    Examples
    --------
    >>> from skprivate.accounting import Budget, Filter, price_of
    >>> cap, price = Filter(1.0, 1e-6), price_of(Budget(1.0, 1e-6).event)
    >>> leader = cap.leader(price)
    >>> cap.admits(price, leader), cap.admits(price + price, leader)
    (True, False)
    """

    epsilon: float
    delta: float
    reserve: float | None = None

    def __post_init__(self):
        object.__setattr__(self, "epsilon", check_epsilon(self.epsilon))
        object.__setattr__(self, "delta", check_delta(self.delta))
        if self.epsilon == math.inf:
            raise ValueError("epsilon=inf is no cap; pass epsilon=None for none.")
        if self.reserve is not None:
            reserve = check_reserve(self.reserve, self.delta)
            object.__setattr__(self, "reserve", reserve)

    def settled(self, first: Any) -> Any:
        """The same with a reserve, which the price of the first event may decide.

        The first event is chosen before anything is released, so any function of it
        may choose. If it may fail itself, half of delta, for which others pay some
        three percent of epsilon, or a tenth if it needs the rest. If not, a tenth, or
        nothing if it needs all. So does one that is the n-th part of the cap: its
        budget has been shared out, down to the last bit.
        """
        if self.reserve is not None or self.delta == 0:
            return self
        parts = [0.5, RESERVED] if first.lost else [RESERVED, 0.0]
        if not first.lost and self._is_shared_out(first):
            parts = [0.0]
        for part in parts:
            cap = replace(self, reserve=part * self.delta)
            if cap.admits(first, cap.leader(first)):
                break
        return cap

    def _is_shared_out(self, first):
        """Whether the cap is a multiple of a price in Gaussian DP, up to rounding."""
        if not 0 < first.mu2 < math.inf:
            return False
        times = mu_of(self.epsilon, self.delta) ** 2 / first.mu2
        return abs(times - round(times)) <= ROUNDING * times

    def leader(self, first: Any) -> Any:
        """The theory that has all of delta, from the price of the first event."""
        keeping = first.lost > 0 if self.reserve is None else self.reserve > 0
        if keeping and self.delta > 0:
            return KEEPING + self._rest.leader(replace(first, lost=0.0))
        if first.mu2 < math.inf or self.delta == 0:
            return GAUSSIAN
        limits = self._renyi_limits(math.log(self.delta))
        parts = np.divide(
            first.renyi, limits, out=np.full(len(ORDERS), math.inf), where=limits > 0
        )
        return int(np.argmin(parts))

    def admits(self, total: Any, leader: Any) -> bool:
        """Whether releases of this total price stay within the cap."""
        if total.lost > 0 or leader >= KEEPING + GAUSSIAN:
            if not self.keeps(total, leader):
                return False
            return self._rest.admits(replace(total, lost=0.0), leader - KEEPING)
        slack = 1 + ROUNDING
        if total.pure <= self.epsilon * slack:
            return True
        mu2, renyi = self._limits(leader)
        return total.mu2 <= mu2 * slack or bool(np.any(total.renyi <= renyi * slack))

    def keeps(self, total: Any, leader: Any) -> bool:
        """Whether what was kept of delta for failures suffices for this total."""
        return total.lost <= self.kept(leader) * (1 + ROUNDING)

    def kept(self, leader: Any) -> Any:
        """The part of delta that is kept for failures."""
        return self._part_for_failures if leader >= KEEPING + GAUSSIAN else 0.0

    @property
    def _part_for_failures(self):
        return self.delta * RESERVED if self.reserve is None else self.reserve

    @cached_property
    def _rest(self):
        """The cap without what is kept for failures."""
        return Filter(self.epsilon, self.delta - self._part_for_failures)

    def remaining(self, total: Any, leader: Any, n_fits: int = 1) -> Any:
        """Epsilon of each of some fits, at the cap's delta, that are just admitted.

        Of such that may not fail; nothing is said about what is left for failures.
        Squares of ``mu`` add up, so each of them has an equal part of what is left.
        """
        if self.delta == 0:
            return max(0.0, self.epsilon - total.pure) / n_fits
        left = self._left(total, leader) / n_fits
        return epsilon_of(math.sqrt(left), self.delta) if left > 0 else 0.0

    def _left(self, total, leader):
        """Largest ``mu ** 2`` of a Gaussian release that would be admitted."""
        if leader >= KEEPING + GAUSSIAN:
            return self._rest._left(total, leader - KEEPING)
        mu2, renyi = self._limits(leader)
        return max(mu2 - total.mu2, np.max(2 * (renyi - total.renyi) / ORDERS))

    def _limits(self, leader):
        """Largest total of ``mu ** 2``, and of each order; negative if unusable."""
        if self.delta == 0:
            return -1.0, np.full(len(ORDERS), -1.0)
        if leader == GAUSSIAN:
            return mu_of(self.epsilon, self.delta) ** 2, self._spare_limits[1]
        mu2, renyi = self._spare_limits
        renyi = renyi.copy()
        renyi[leader] = self._renyi_limits(math.log(self.delta))[leader]
        return mu2, renyi

    @cached_property
    def _spare_limits(self):
        """Limits of the theories that do not lead."""
        log_delta = math.log(self.delta) + math.log(SPARE / (len(ORDERS) + 1))
        mu = mu_of(self.epsilon, math.exp(log_delta))
        renyi = self._renyi_limits(log_delta)
        return mu**2, np.where(renyi > 0, renyi, -1.0)

    def _renyi_limits(self, log_delta):
        return self.epsilon - renyi_overhead(log_delta)
