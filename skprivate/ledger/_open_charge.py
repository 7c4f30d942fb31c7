"""Fits that pay for each answer when they ask for it, and not for all beforehand."""

from contextlib import contextmanager

from skprivate.ledger._charge import Charge, admitted
from skprivate.ledger._debit import REFUSALS, debit, try_debit


class OpenCharge(Charge):
    """A charge that starts from nothing, for a fit whose answers are written down.

    **Guarantee.** Every ledger that listens is debited before an answer is made, and by
    at least what that answer costs. Each debit is an event of its own, chosen in view
    of what was released before, as a ledger admits them: see
    :class:`~skprivate.accounting.Filter`. Nothing is ever paid back.

    Parameters
    ----------
    name : str
        What is fitted.
    handles : sequence of Handle
        The ledgers that listen.
    page : object
        Where answers are written down: ``page.told(paid, question, due, answer)``. Its
        ``whole`` is an event, all that may be released; and ``page.rest()`` is what of
        a fit is still to be paid, or None: refused, before any row is read, if too
        little is left for that.
    seeded : bool
    """

    def __init__(self, name, handles, page, seeded):
        super().__init__(name, handles)
        self.page, self._seeded, self._rest = page, seeded, page.rest()
        if self._rest is not None:
            try_debit(handles, name, self._rest, seeded, page.whole)

    @contextmanager
    def kept(self):
        """A block of work on rows; what fails in it before an answer costs the rest.

        For whether it fails may tell of rows, as with a fit that is paid beforehand.
        """
        with super().kept():
            try:
                yield
            except REFUSALS:
                raise
            except Exception:
                if not self._debits and self._rest is not None:
                    self.pay(self._rest, "failed")
                raise

    def pay(self, event, what):
        """Debit all ledgers for one answer, which is about to be made."""
        if self._handles:
            name, whole = f"{self._name}: {what}", self.page.whole
            given = self._handles, name, event, self._seeded
            self._debits = debit(*given, whole=whole)


def open_charge(name, page, *, owner, seeded=False):
    """What :func:`charge` returns, for a fit that pays as it asks.

    Parameters
    ----------
    name : str
    page : object
        See :class:`OpenCharge`.
    owner : object
    seeded : bool, default=False

    Returns
    -------
    OpenCharge
    """
    handles, _ = admitted(name, owner, seeded)
    return OpenCharge(name, handles, page, seeded)
