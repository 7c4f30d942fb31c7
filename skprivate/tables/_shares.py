"""What bins may cost, and rows as codes of them."""

from math import sqrt
from typing import Any

import numpy as np

from skprivate.accounting import Budget
from skprivate.binning import BinCodes
from skprivate.queries import Derived


def signal_of(budget: Budget, n_tables: int) -> Any:
    """What would be ``mu`` if noise on so many tables were Gaussian; public."""
    if budget.pure:
        return budget.epsilon / sqrt(2.0 * n_tables)
    return min(budget.mu, 1e3)


def share_of_bins(mu: float) -> float:
    """Share of the budget that bins get: more where there is little.

    With much noise, categories and ranges that are not found are lost for good; with
    little of it, all are found for less.
    """
    return float(np.clip(0.1 * (0.24 / max(mu, 1e-9)) ** 0.25, 0.05, 0.2))


def view_of(bins: Any, n_margins: int = 1) -> Derived:
    """Rows as codes, with margins of zero."""
    return Derived((BinCodes(bins, np.zeros(n_margins)),))
