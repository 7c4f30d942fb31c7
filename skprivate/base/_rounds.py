"""Rounds: releases on fresh secret samples, all of them paid for beforehand."""

from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from skprivate.accounting import BudgetExceededError, check_rate, check_rounds
from skprivate.base._shares import affordable, taken_of
from skprivate.mechanisms import SampledGaussian, SampledLaplace
from skprivate.rows import UnitClip, refused
from skprivate.rows._sampled import Coins


class Rounds:
    """A number of releases, each on a fresh Poisson sample of the privacy units.

    In a round every unit is in with probability ``rate``, by a secret coin of its own.

    **Guarantee.** All of them together cost the share that was paid when they were
    opened, whatever is asked, in whatever order with other releases of the curator, and
    also if not all are used: see :func:`~skprivate.accounting.sampled_multiplier`. The
    number of rounds, their rate and their noise are fixed from then on. How many units
    a sample has is not told, and nothing is divided by it.

    Parameters
    ----------
    curator : Curator
    mechanism : SampledGaussian or SampledLaplace
        With the number of rounds and the rate.
    share : float
        Fraction of the budget that was paid.
    failing : float, default=0.0
        Part of delta that was paid.
    """

    def __init__(
        self,
        curator: Any,
        mechanism: SampledGaussian | SampledLaplace,
        share: float,
        failing: float = 0.0,
    ) -> None:
        self._curator, self._mechanism = curator, mechanism
        self._share, self.left = share, mechanism.n_rounds
        self._failing, self._is_due = failing, True

    def release(self, query: Any) -> np.ndarray:
        """Noisy value of ``query`` over a sample of the rows.

        Its expectation is ``rate`` times the sum over all rows.

        Parameters
        ----------
        query : Query
            What to add. What is wanted together is one query: two of them would be
            about one sample, and be priced as if they were about two.

        Returns
        -------
        ndarray
            In real units.
        """
        curator, mechanism = self._curator, self._mechanism
        query.check(curator.n_features)
        if self.left == 0:
            raise BudgetExceededError(
                f"{query.name} asks for one more round, and all of them are used. Open "
                "more: curator.rounds(n_rounds, ...)."
            )
        asked = [query], [curator._sensitivity(query)], [mechanism]
        part = self._share / mechanism.n_rounds
        curator._charge([query], asked[1], [part], [mechanism], due=False)
        curator._due = partial(self._price, self.left)
        self.left -= 1
        context = curator._context_of("coins")
        # To make columns of each sample anew takes more than to make them of all rows.
        often = mechanism.rate * mechanism.n_rounds > 1
        rate, max_rows = mechanism.rate, curator._max_rows
        coins = Coins(rate, curator._entropy, context, max_rows, often)
        (total,) = curator._told(asked, 1, lambda: curator._noisy(*asked, coins))
        curator._tick(1)
        return curator._real(query, total.astype(float))

    def _price(self, n_rounds):
        """What one round is of the share, and what a fit pays that pays as it asks.

        All that are left when rows are first asked are paid together. Of rounds whose
        answers are known already, that is less than was planned.
        """
        part = Fraction(self._share) / self._mechanism.n_rounds
        if not self._is_due:
            return part, 0.0, None
        self._is_due = False
        left = self._mechanism, n_rounds, self._share, self._failing
        return part, 0.0, self._curator.budget.event_of_rounds(*left)

    def __repr__(self):
        return f"Rounds({self._mechanism!r}, left={self.left})"


def opened_rounds(curator, n_rounds, rate, share, reserve):
    """Rounds of a curator, paid for.

    Parameters
    ----------
    curator : Curator
    n_rounds : int
        Public, as are the rate and the share: parameters, or functions of them.
    rate : float in (0, 1]
    share : float
        Fraction of the budget for all of them.
    reserve : float in (0, 1]
        Below rate 1, they also take this part of ``curator.reserve``.

    Returns
    -------
    Rounds
    """
    n_rounds, rate = check_rounds(n_rounds), check_rate(rate)
    if isinstance(curator._unit, UnitClip):
        raise refused(
            ValueError,
            "Rounds on samples do not clip the sum of a group. Give max_rows_per_group "
            "as an integer.",
        )
    (share,) = affordable("Rounds", [float(share)], curator._spent)
    budget = curator.budget
    failing, left = taken_of(curator.reserve, reserve)
    if rate < 1 and budget.private and not budget.pure and not failing:
        raise ValueError(
            "Rounds on samples take a part of delta, and none is reserved, or it is "
            "spent. Let _discovers() return True, and open all rounds at once; what "
            "finds categories before that can leave some: reserve=0.5."
        )
    mechanism = budget.sampled(share, rate, n_rounds, failing)
    curator._spent += Fraction(share)
    if rate < 1:
        curator.reserve = left
    return Rounds(curator, mechanism, share, failing if rate < 1 else 0.0)
