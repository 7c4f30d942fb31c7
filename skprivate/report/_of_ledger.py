"""The privacy report of all that a ledger has recorded."""

from skprivate.ledger._spent import ways_of
from skprivate.report._fit import Fit, row_of
from skprivate.report._gaps import unit_gaps
from skprivate.report._model import ModelPrivacyReport
from skprivate.report._stated import facts_of_ledger
from skprivate.report._versions import versions


def report_of_ledger(ledger, delta):
    """What all fits in a ledger released together, its cap aside.

    Parameters
    ----------
    ledger : PrivacyLedger
        With its file in reach.
    delta : float or None
        The delta of the guarantee; None means the one of the ledger's own reports.

    Returns
    -------
    ModelPrivacyReport
    """
    records = ledger.records
    finished = [record for record in records if record.unit]
    ways = ways_of(records)
    if ways is None:  # too many kinds of units: as if all were about everybody
        ways = [tuple(record.event for record in records)]
    if delta is None:
        delta = ledger.report_delta
    return ModelPrivacyReport(
        name=type(ledger).__name__,
        delta=delta,
        ways=tuple(ways),
        n_fits=len(records),
        fits=tuple(_fit(record) for record in finished),
        gaps=unit_gaps(type(ledger).__name__, [record.unit for record in finished]),
        unseen=tuple(_unfinished(len(records) - len(finished))),
        asserted=tuple(_disjoint(records)),
        seeded=any(record.seeded for record in records),
        facts=facts_of_ledger(ledger, records),
        versions=versions(),
    )


def _fit(record):
    from skprivate.accounting import epsilon_of_events

    return Fit(
        where=record.name,
        estimator=record.name,
        epsilon=epsilon_of_events(record.event, record.delta),
        delta=record.delta,
        unit=record.unit,
        seeded=record.seeded,
        assumed=record.assumed,
        declared=(),
        releases=tuple(row_of(row) for row in record.releases),
    )


def _unfinished(number):
    if number > 0:
        yield (
            f"Fits that failed, or are not finished: {number}. Nothing is refunded; "
            "what they assumed is not known. Make a new report when all are finished."
        )


def _disjoint(records):
    groups = dict.fromkeys(group for r in records for group, _ in r.parts)
    for group in groups:
        yield f"the parts of {group!r} have no privacy unit in common"
