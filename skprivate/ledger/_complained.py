"""The part of a ledger where complaints are kept."""

from typing import Any

from skprivate.ledger._complaints import (
    Complaint,
    change,
    erase_text,
    read_complaints,
    write_complaint,
)


class Complained:
    """Complaints and requests about what a ledger counts."""

    @property
    def complaints(self) -> tuple[Complaint, ...]:
        """All complaints, oldest first, as a tuple of :class:`Complaint`."""
        with self._reading() as connection:
            return read_complaints(connection)

    def complaint(
        self,
        case: str,
        *,
        category: str,
        text: str | None = None,
        due: Any = None,
        table: str | None = None,
    ) -> Complaint:
        """Record a complaint or a request.

        What is recorded is about the table, never about a person: the number that you
        gave the case, and which releases of the table there were. Whether the person is
        in the table is not asked, and belongs in no ledger. The text stays beside the
        chain, which holds its keyed digest, so that it can be erased.

        Parameters
        ----------
        case : str
            Your own number of the case, such as "2026-0117"; never a name.
        category : str
            "access", "automated decision", "breach", "erasure", "fairness",
            "objection", "portability", "rectification", "restriction" or "other".
        text : str, default=None
            What was written.
        due : date or str, default=None
            When an answer is due; None means in 30 days.
        table : str, default=None
            Which table it is about; None means all that the ledger counts.

        Returns
        -------
        Complaint

        Examples
        --------
        >>> from skprivate import PrivacyLedger
        >>> ledger = PrivacyLedger(epsilon=3.0, delta=1e-6, table="patients")
        >>> ledger.complaint("2026-0117", category="erasure", due="2999-12-31")
        Complaint('2026-0117', erasure: open)
        >>> ledger.change_complaint("2026-0117", status="answered")
        Complaint('2026-0117', erasure: answered)
        """
        with self._writing() as connection:
            write_complaint(connection, case, category, text, due, table)
        return self._complaint_of(case)

    def change_complaint(
        self, case: str, *, status: str | None = None, due: Any = None
    ) -> Complaint:
        """Record a new status, or a new day on which an answer is due.

        Parameters
        ----------
        case : str
        status : str, default=None
            "open", "in work", "waiting"; "answered", "refused" or "withdrawn".
        due : date or str, default=None

        Returns
        -------
        Complaint
        """
        with self._writing() as connection:
            change(connection, case, status, due)
        return self._complaint_of(case)

    def erase_complaint_text(self, case: str) -> Complaint:
        """Delete the text of a complaint from the file; :meth:`verify` still passes.

        Copies of the file, such as backups, still have it.

        Parameters
        ----------
        case : str

        Returns
        -------
        Complaint
        """
        with self._writing() as connection:
            erase_text(connection, case)
        return self._complaint_of(case)

    def _complaint_of(self, case):
        return next(one for one in self.complaints if one.case == case)
