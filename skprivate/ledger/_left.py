"""What a cap leaves for fits to come."""

from numbers import Integral

from skprivate.accounting._filter import ROUNDING
from skprivate.ledger._amount import Amount

_NO_CATEGORIES = (
    "for fits that find no categories: nothing is left of the part of delta that those "
    "which do would take"
)


def check_n_fits(n_fits):
    """Refuse what is no number of fits."""
    if not isinstance(n_fits, Integral) or n_fits < 1:
        raise ValueError("n_fits must be a whole number of at least one.")


def left_for(n_fits, limit, leader, total):
    """Epsilon of each of so many fits that would just be admitted.

    Parameters
    ----------
    n_fits : int
    limit : Filter
    leader : int or None
        Which theory leads; None: nothing has been debited.
    total : Price
        Of what was debited.

    Returns
    -------
    Amount
        When it is printed, it says if something is missing.
    """
    if leader is None:
        return Amount(limit.remaining(total, limit.leader(total), n_fits))
    epsilon = limit.remaining(total, leader, n_fits)
    if epsilon == 0:
        return Amount(0.0, "epsilon is used up")
    left = limit.kept(leader) - total.lost
    short = limit.delta > 0 and left <= ROUNDING * limit.delta
    return Amount(epsilon, _NO_CATEGORIES if short else "")
