"""Ledgers: what a debit costs.

Run with ``python -m benchmarks.ledger``. A debit is one transaction, committed before a
row is read; a durable one is on the disk by then. Times are wall-clock, as a disk does
not work on the processor; the median of many, which a busy machine disturbs least.
"""

import statistics
import tempfile
import time
from pathlib import Path

from skprivate import PrivacyLedger
from skprivate.accounting import Budget
from skprivate.base import PrivacyReport
from skprivate.ledger import charge

N_DEBITS = 1000


def milliseconds(function, number=N_DEBITS):
    """Median and 95th percentile of a call."""
    times = []
    for _ in range(number):
        start = time.perf_counter()
        function()
        times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


def measure(name, ledger, *others):
    """Debits and their reports, first with an empty ledger, then with a full one."""
    budget = Budget(1e-3, 1e-9)
    report = PrivacyReport("estimator", budget, (), (), "row", False)
    with ledger:
        for other in others:
            other.__enter__()
        paid = charge("warm up", budget)
        show(f"{name}: debit", *milliseconds(lambda: charge("fit", budget)))
        show(f"{name}: report of it", *milliseconds(lambda: paid.record(report)))
        show(f"{name}: debit, later", *milliseconds(lambda: charge("fit", budget)))
        for other in others:
            other.__exit__(None, None, None)


def show(name, median, percentile):
    print(f"  {name:42} {median:8.3f} {percentile:10.3f}")


def main():
    print(f"milliseconds, {N_DEBITS} calls {'median':>24} {'95 %':>10}")
    show("no ledger: charge", *milliseconds(lambda: charge("fit", Budget(1.0, 1e-6))))
    measure("temporary", PrivacyLedger())
    measure("temporary, capped", PrivacyLedger(1e3, 1e-6))
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in "abc"]
        measure("durable, capped", PrivacyLedger(1e3, 1e-6, path=paths[0]))
        two = [PrivacyLedger(1e3, 1e-6, path=path) for path in paths[1:]]
        measure("two durable, nested", *two)


if __name__ == "__main__":
    main()
