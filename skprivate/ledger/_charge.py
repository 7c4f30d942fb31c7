"""Charging a fit: every ledger that listens is debited before a row is read."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from skprivate.accounting import Budget
from skprivate.ledger._active import LedgerCarrier, carried_handles, handles_for
from skprivate.ledger._debit import attach_report, debit
from skprivate.ledger._errors import StrictLedgerError
from skprivate.ledger._foreign import foreign_code, why_foreign
from skprivate.ledger._handle import Handle
from skprivate.ledger._outliving import left_behind
from skprivate.ledger._prepaid import (
    is_covered,
    is_prepaid,
    journal_here,
    take_prepaid,
)
from skprivate.ledger._refusals import note_refusal

_CHARGED = "The ledger has been charged, since this shows in the rows only."


class Charge:
    """What :func:`charge` returns: proof of payment, and the place for a report.

    Parameters
    ----------
    name : str
        What is fitted.
    handles : sequence of Handle, default=()
        The ledgers that listen.
    debits : dict of Handle to int, default=None
        The number of the debit in each ledger; none if the fit was prepaid.

    Examples
    --------
    >>> from skprivate.accounting import Budget
    >>> from skprivate.ledger import charge
    >>> charge("my mechanism", Budget(1.0, 1e-6)).strict
    False
    """

    page = None  # where answers are kept, and paid one by one; see OpenCharge

    def __init__(
        self,
        name: str,
        handles: Sequence[Handle] = (),
        debits: dict[Any, Any] | None = None,
    ) -> None:
        self._name, self._handles = name, tuple(handles)
        self._debits = debits or {}

    @property
    def strict(self) -> bool:
        """Whether a strict ledger listens: what is assumed public must be refused."""
        return any(handle.strict for handle in self._handles)

    @property
    def ledgers(self) -> frozenset[Any]:
        """Identities of the ledgers that were debited."""
        return frozenset(handle.uid for handle in self._debits)

    @contextmanager
    def kept(self) -> Iterator[Any]:
        """A block of work on rows: what fails in it stays paid for, and says so.

        A number that is too small or too large ends no such block, though NumPy was
        told to raise.
        """
        try:
            with np.errstate(**_not_raising()):
                yield
        except Exception as error:
            if self._debits:
                _say_charged(error)
            raise

    def record(self, report: Any) -> None:
        """Attach what was released and assumed to the debit; its price stays.

        Parameters
        ----------
        report : PrivacyReport
            Or anything with its ``rows()``, ``assumed`` and ``unit``.

        Raises
        ------
        LedgerUnavailableError
            If a ledger cannot be written any more.
        """
        for handle, number in self._debits.items():
            attach_report(handle, number, report)

    def refuse(self, reason: str) -> Any:
        """Raise StrictLedgerError, and let the strict ledgers remember it.

        Parameters
        ----------
        reason : str
            What is not allowed, and what to do.
        """
        error = StrictLedgerError(f"A strict ledger refuses {self._name}: {reason}")
        for handle in self._handles:
            if handle.strict:
                note_refusal(handle, error)
        raise error


def charge(name: str, event: Any, *, owner: Any = None, seeded: bool = False) -> Charge:
    """Debit every ledger that is active, or that what takes part carries.

    Active are ledgers in whose ``with`` block this process is, or one that has started
    it, directly or not.

    Call it before any row is read. Either all ledgers are debited, or none is and the
    error says why; a debit is never taken back. (If the disk fails between the commits
    of two ledgers, the first keeps its debit although the fit is refused.)

    Parameters
    ----------
    name : str
        What is fitted, for the records.
    event : DpEvent or Budget
        All that the fit may release.
    owner : object or tuple of object, default=None
        The estimator; or all that take part, that which is fitted or called first in
        the tuple. Ledgers that they carry, or their parts do, are debited, too.
    seeded : bool, default=False
        Whether whoever knows a seed can remove the noise.

    Returns
    -------
    Charge

    Raises
    ------
    BudgetExceededError
        If a ledger's cap would be exceeded.
    LedgerUnavailableError
        If a ledger is gone, replaced, locked or cannot be written.
    StrictLedgerError
        If a ledger is strict, and the fit is seeded or not private.

    Examples
    --------
    >>> from skprivate.accounting import Budget
    >>> from skprivate.ledger import PrivacyLedger, charge
    >>> with PrivacyLedger(epsilon=1.5, delta=1e-6) as ledger:
    ...     paid = charge("my mechanism", Budget(1.0, 1e-6))
    >>> round(ledger.remaining, 2)
    1.05
    """
    handles, to_pay = admitted(name, owner, seeded)
    journal = journal_here()
    if to_pay and journal is not None and journal.listens:
        raise TypeError(
            f"A journal cannot keep the answers of {name}: it keeps those of private "
            "estimators, with a finite epsilon, and of pipelines of such. Run it "
            "outside of the block of the journal."
        )
    if not handles or not to_pay:
        return Charge(name, handles)
    if isinstance(event, Budget):
        event = event.event
    return Charge(name, handles, debit(handles, name, event, seeded))


def admitted(name, owner, seeded):
    """The ledgers that hear of a fit, none of which refuses it, and whether to pay.

    Raises
    ------
    StrictLedgerError
    """
    handles = _listening(owner)
    to_pay = not take_prepaid(_fitted(owner))
    unpaid = Charge(name, handles)
    if unpaid.strict and seeded:
        unpaid.refuse("its noise is seeded. Leave random_state=None.")
    if unpaid.strict:
        _refuse_foreign_code(unpaid, owner if isinstance(owner, tuple) else (owner,))
    return handles, to_pay


def charge_carried(name, event, thing, charged, *, seeded=False):
    """Debit ledgers that an object carries, which came in after all was paid for.

    Parameters
    ----------
    name : str
    event : DpEvent or Budget
        All that was, and may be, released.
    thing : object
    charged : frozenset of str
        Ledgers that have been charged, as :attr:`Charge.ledgers` tells.
    seeded : bool, default=False

    Returns
    -------
    Charge
    """
    handles = () if is_covered() else carried_handles(thing)
    new = Charge(name, [handle for handle in handles if handle.uid not in charged])
    if not new._handles:
        return new
    if new.strict and seeded:
        new.refuse("its noise is seeded. Leave random_state=None.")
    if isinstance(event, Budget):
        event = event.event
    return Charge(name, new._handles, debit(new._handles, name, event, seeded))


def _refuse_foreign_code(unpaid, owners):
    """Refuse objects of this package with methods that may read rows unseen."""
    for owner in owners:
        names = foreign_code(owner) if isinstance(owner, LedgerCarrier) else ()
        if names:
            unpaid.refuse(f"{why_foreign(owner, names)}. Define _fit(curator) instead.")


def unpaid(name, *, owner=None):
    """What :func:`charge` is about to debit; None if no ledger will be.

    Parameters
    ----------
    name : str
    owner : object or tuple of object, default=None
        As for :func:`charge`.

    Returns
    -------
    Charge or None
        Without a debit. It can refuse, where a ledger is strict.
    """
    handles = _listening(owner)
    return Charge(name, handles) if handles and not is_prepaid(_fitted(owner)) else None


def _listening(owner):
    """Handles of the ledgers that are to hear of a fit."""
    return () if is_covered() else handles_for(owner, left_behind())


def _not_raising():
    """NumPy's own way with what it was told to raise, or to hand to a function."""
    own = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}
    return {k: own[k] for k, way in np.geterr().items() if way in ("raise", "call")}


def _fitted(owner):
    """What is fitted or called, of all that take part."""
    first = owner[:1] if isinstance(owner, tuple) else (owner,)
    return first[0] if first else None


def _say_charged(error):
    """Let the message of an error end by saying that it was paid for."""
    first, *rest = error.args or ("",)
    if isinstance(first, str) and not first.endswith(_CHARGED):
        error.args = (f"{first} {_CHARGED}".lstrip(), *rest)
