"""Why a ledger refuses a fit, besides a budget that is used up."""


class LedgerUnavailableError(RuntimeError):
    """A ledger that is to be charged cannot be written, so the fit does not run."""


class StrictLedgerError(RuntimeError):
    """A strict ledger refuses what rests on a seed, or on facts assumed public."""
