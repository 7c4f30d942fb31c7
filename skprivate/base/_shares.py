"""Shares of a budget, added up without rounding."""

from fractions import Fraction
from math import isfinite
from numbers import Real

import numpy as np

from skprivate.accounting import BudgetExceededError
from skprivate.mechanisms import below

_ROUNDING = Fraction(1, 10**9)  # shares that are sums of floats may ask for more
_DUST = Fraction(1, 2**50)  # what rounding leaves over is not worth a release


def shares_of(queries, share):
    """The share of each query."""
    if np.ndim(share) == 0:
        return [float(share) / len(queries)] * len(queries)
    if len(share) != len(queries):
        raise ValueError("Give one share for all queries, or one for each.")
    return [float(part) for part in share]


def remaining_share(spent):
    """What is left of one, as a float; never more than that."""
    return below(1 - spent) if 1 - spent > _DUST else 0.0


def taken_of(reserve, part):
    """What a phase takes of a reserve of delta, and what it leaves.

    **Guarantee.** Both add up to at most ``reserve`` in exact arithmetic.

    Parameters
    ----------
    reserve : float
        What is left of it.
    part : float in (0, 1]
        How much of that to take.

    Returns
    -------
    taken, left : float
    """
    if isinstance(part, bool) or not isinstance(part, Real) or not 0 < part <= 1:
        raise ValueError(
            "reserve is no part of what is left: give a number above 0, and at most 1."
        )
    taken = below(Fraction(reserve) * Fraction(float(part)))
    return taken, below(Fraction(reserve) - Fraction(taken))


def equal_share(remaining, n):
    """The largest float of which ``n`` together are no more than what is left."""
    return below(Fraction(remaining) / n)


def affordable(name, shares, spent):
    """Shares that fit into what is left; refused if they ask for more.

    **Guarantee.** With what was spent, they add up to at most one in exact arithmetic.
    Where they exceed that by a rounding error, the largest is cut by as much.

    Parameters
    ----------
    name : str
        Of the query, for the message.
    shares : list of float
    spent : Fraction
    """
    known = all(isfinite(share) for share in shares)
    over = sum(map(Fraction, shares)) - (1 - spent) if known else 1
    if over > 0:
        largest = int(np.argmax(shares))
        cut = below(Fraction(shares[largest]) - over) if known else 0.0
        if over > _ROUNDING or cut <= 0:
            raise BudgetExceededError(
                f"{name} asks for a share of {sum(shares):.3g}, and only "
                f"{remaining_share(spent):.3g} is left. Ask for curator.remaining."
            )
        shares = [*shares[:largest], cut, *shares[largest + 1 :]]
    return shares
