"""How the budget was used up, in time."""

from skprivate.accounting import Price, price_of
from skprivate.ledger._totals import largest


def plot_timeline(ledger, ax):
    """Draw epsilon after each debit, and the cap; returns the axes."""
    from matplotlib.dates import ConciseDateFormatter

    if ax is None:
        import matplotlib.pyplot as plt

        ax = plt.subplots()[1]
    delta, records = ledger.report_delta, ledger.records
    steps = list(_epsilons(records, delta))
    ax.step([r.time for r in records], steps, where="post", marker=".", label="spent")
    if ledger.epsilon is not None:
        ax.axhline(ledger.epsilon, color="C3", linestyle="--", label="cap")
    ax.set(xlabel="time (UTC)", ylabel=f"epsilon at delta={delta:g}", ylim=(0, None))
    ax.legend()
    locator = ax.xaxis.get_major_locator()
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    return ax


def _epsilons(records, delta):
    """Epsilon after each record: by the quick theorems, as there may be many."""
    totals = {}
    for record in records:
        before = totals.get(record.parts, Price.nothing())
        totals[record.parts] = before + price_of(record.event)
        yield largest(totals).epsilon(delta)
