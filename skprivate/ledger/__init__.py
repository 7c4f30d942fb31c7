"""Ledgers: what every fit costs, written down before it reads a row, or refused.

A :class:`PrivacyLedger` is active in a ``with`` block. Every private fit in it, also of
clones and folds and in worker processes, calls :func:`charge` first. Importing this
package is cheap: SQLite and dp-accounting are imported when a fit is charged. It sets
the environment variable ``SKPRIVATE_LEDGERS``, by which workers find open blocks.
"""

from skprivate.accounting import BudgetExceededError
from skprivate.ledger._active import LedgerCarrier
from skprivate.ledger._charge import Charge, charge
from skprivate.ledger._complaints import Complaint
from skprivate.ledger._disjoint import DisjointParts
from skprivate.ledger._errors import (
    LedgerTamperedError,
    LedgerUnavailableError,
    StrictLedgerError,
)
from skprivate.ledger._ledger import PrivacyLedger
from skprivate.ledger._prepaid import prepaid
from skprivate.ledger._records import Record
from skprivate.ledger._verified import Verification

__all__ = [
    "BudgetExceededError",
    "Charge",
    "Complaint",
    "DisjointParts",
    "LedgerCarrier",
    "LedgerTamperedError",
    "LedgerUnavailableError",
    "PrivacyLedger",
    "Record",
    "StrictLedgerError",
    "Verification",
    "charge",
    "prepaid",
]
