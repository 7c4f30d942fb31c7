"""Why a ledger refuses a fit, besides a budget that is used up; and edited ledgers."""

from collections.abc import Sequence


class LedgerUnavailableError(RuntimeError):
    """A ledger that is to be charged cannot be written, so the fit does not run."""


class StrictLedgerError(RuntimeError):
    """A strict ledger refuses what rests on a seed, or on facts assumed public."""


class LedgerTamperedError(RuntimeError):
    """A ledger is not as it was written: edited, cut, or replaced by an old copy.

    Parameters
    ----------
    path : str
        The file.
    findings : sequence of str
        What does not fit, as tables and numbers of rows, never values.
    """

    def __init__(self, path: str, findings: Sequence[str]) -> None:
        self.path, self.findings = path, tuple(findings)
        more = len(self.findings) - 1
        also = f" There are {more} more findings, in `findings`." if more else ""
        super().__init__(
            f"The ledger {path} is not as it was written: {self.findings[0]}.{also} "
            "Keep this file for whoever looks into it, and restore a backup that can "
            "be verified."
        )

    def __reduce__(self):
        return type(self), (self.path, self.findings)
