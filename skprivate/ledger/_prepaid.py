"""Fits that somebody else has paid for."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

_HERE = threading.local()


@dataclass(eq=False)
class _Paid:
    """One fit of an object, until it begins."""

    fitted: object
    left: bool = True


@contextmanager
def prepaid(*fitted: Any) -> Iterator[Any]:
    """Charge nothing for one fit of each of these objects: they have been paid for.

    It is about these very objects, not their clones, once each, in the thread that
    enters the block; so a worker enters it for itself, around each fit. Whatever else
    is fitted in the block, by the code of a user, is charged. What a strict ledger
    refuses is refused all the same.

    **Guarantee.** A fit that is not charged is that of an object which its compound has
    named, and that compound has paid.

    Parameters
    ----------
    *fitted : object
        The estimators or scorers that are about to be fitted or called.

    Examples
    --------
    >>> from skprivate.ledger import PrivacyLedger, prepaid
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> part, other = (DPStandardScaler(bounds=(0, 1)) for _ in range(2))
    >>> with PrivacyLedger() as ledger, prepaid(part):
    ...     part = part.fit([[0.0], [1.0]])
    ...     other = other.fit([[0.0], [1.0]])
    >>> len(ledger.records)
    1
    """
    if not fitted:
        raise TypeError("prepaid needs what is about to be fitted: prepaid(estimator).")
    paid = [_Paid(one) for one in fitted]
    before = getattr(_HERE, "paid", ())
    _HERE.paid = (*before, *paid)
    try:
        yield
    finally:
        _HERE.paid = before


@contextmanager
def covered():
    """Have no ledger hear of any fit in this thread: they are part of one that is paid.

    **Guarantee.** Nothing that is fitted in here is released, but for what whoever
    enters the block makes of it, and has paid for. To charge such a fit would tell that
    there was one, which may depend on rows.
    """
    before = is_covered()
    _HERE.covered = True
    try:
        yield
    finally:
        _HERE.covered = before


def is_covered():
    """Whether this thread is in such a block."""
    return getattr(_HERE, "covered", False)


def within_a_fit():
    """Whether this thread fits parts of something that has paid for them.

    Coins may leave a part no rows. To refuse that would tell that there are few.
    """
    return is_covered() or bool(getattr(_HERE, "paid", ()))


def is_prepaid(who):
    """Whether the next fit of an object is paid for."""
    return _first_paid(who) is not None


def take_prepaid(who):
    """Whether the fit of an object is paid for; the next one is not."""
    paid = _first_paid(who)
    if paid is None:
        return False
    paid.left = False
    return True


def _first_paid(who):
    """The innermost fit that is paid for and has not begun, or None."""
    there = (p for p in reversed(getattr(_HERE, "paid", ())) if p.fitted is who)
    return next((paid for paid in there if paid.left), None)


def journal_here():
    """The journal in whose block this thread is, or None."""
    return getattr(_HERE, "journal", None)


def set_journal(journal):
    """Have another journal for the fits of this thread, or None; returns that before.

    Parameters
    ----------
    journal : object or None
        ``journal.listens`` says whether it keeps the next fit.
    """
    before = journal_here()
    _HERE.journal = journal
    return before
