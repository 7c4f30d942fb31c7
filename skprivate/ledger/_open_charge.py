"""Fits that pay for each answer when they ask for it, and not for all beforehand."""

from contextlib import contextmanager

from skprivate.ledger._charge import Charge
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
        ``whole`` is an event, all that may be released; and its ``rest`` is what of a
        fit is still to be paid: refused, before any row is read, if too little is left.
    seeded : bool
    """

    def __init__(self, name, handles, page, seeded):
        super().__init__(name, handles)
        self.page, self._seeded = page, seeded
        try_debit(handles, name, page.rest, seeded, page.whole)

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
                self._pay_once("failed")
                raise

    def record(self, report):
        """Attach a report to the last debit; there is one, as rows were read."""
        self._pay_once("told again")
        super().record(report)

    def _pay_once(self, what):
        """Debit the rest, unless something was debited."""
        if not self._debits:
            self.pay(self.page.rest, what)

    def pay(self, event, what):
        """Debit all ledgers for one answer, which is about to be made."""
        if self._handles:
            given = self._handles, f"{self._name}: {what}", event, self._seeded
            self._debits = debit(*given, whole=self.page.whole)
