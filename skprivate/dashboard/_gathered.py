"""What a page says of a ledger, read once, as plain data."""

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from skprivate.accounting import Price, price_of
from skprivate.ledger import LedgerTamperedError
from skprivate.ledger._totals import largest
from skprivate.report import influence_statement

_MOST_POINTS = 300  # of the timeline
NOT_SAID = "not recorded"


@dataclass(frozen=True)
class Gathered:
    """All that is shown, as of one moment.

    Parameters
    ----------
    ledger : PrivacyLedger
    now : datetime
    records, complaints : tuple
    spent : Amount
        By the tightest theorem.
    verification : Verification or None
        None if something does not fit.
    findings : tuple of str
        What does not fit.
    """

    ledger: object
    now: datetime
    records: tuple
    complaints: tuple
    spent: float
    verification: object
    findings: tuple
    rows: tuple = field(default=())

    @property
    def file(self):
        """The name of the file, without the folders of a machine."""
        return Path(self.ledger.path).name


def gather(ledger, key=None, head=None, now=None):
    """Read a ledger for a page."""
    verification, findings = None, ()
    try:
        verification = ledger.verify(key=key, head=head)
    except LedgerTamperedError as error:
        findings = error.findings
    records = ledger.records
    return Gathered(
        ledger=ledger,
        now=(now or datetime.now(UTC)).astimezone(UTC),
        records=records,
        complaints=ledger.complaints,
        spent=ledger.spent(),
        verification=verification,
        findings=findings,
        rows=tuple(_alike(records)),
    )


@dataclass(frozen=True)
class Row:
    """Equal releases: of one kind, on one table, for one purpose, at one price."""

    table: str
    purpose: str
    name: str
    price: float
    parts: str
    notes: tuple
    records: tuple

    @property
    def last(self):
        """When the last one was made."""
        return max(record.time for record in self.records)


def _alike(records):
    """Rows of the table of releases, the latest first."""
    alike = {}
    for record in records:
        parts = ", ".join(f"{group} {part}" for group, part in record.parts)
        key = (
            record.facts.get("table", NOT_SAID),
            record.facts.get("purpose", NOT_SAID),
            record.name,
            float(record.epsilon),
            parts,
            notes_of(record),
        )
        alike.setdefault(key, []).append(record)
    rows = [Row(*key, tuple(found)) for key, found in alike.items()]
    return sorted(rows, key=lambda row: row.last, reverse=True)


def notes_of(record):
    """What to look at in a release, in a word or two each."""
    notes = {
        "no noise": math.isinf(record.epsilon),
        "seeded": record.seeded,
        "no report": not record.unit,
        "assumes facts": bool(record.assumed),
    }
    return tuple(note for note, there in notes.items() if there)


def steps_of(records, delta):
    """Epsilon after records, by the quick theorems: (time, epsilon, name of the last).

    Of many records some are left out, but never the last.
    """
    every = max(1, math.ceil(len(records) / _MOST_POINTS))
    totals, steps = {}, []
    for i, record in enumerate(records):
        before = totals.get(record.parts, Price.nothing())
        totals[record.parts] = before + price_of(record.event)
        if (len(records) - 1 - i) % every == 0:
            steps.append((record.time, largest(totals).epsilon(delta), record.name))
    return steps


def sums_by(records, delta, names_of):
    """Groups of records as (name, number, epsilon of them alone), dearest first."""
    groups = {}
    for record in records:
        groups.setdefault(names_of(record), []).append(record)
    sums = []
    for name, members in groups.items():
        totals = {}
        for record in members:
            before = totals.get(record.parts, Price.nothing())
            totals[record.parts] = before + price_of(record.event)
        sums.append((name, len(members), largest(totals).epsilon(delta)))
    return sorted(sums, key=lambda group: (-group[2], group[0]))


def belief_of(ledger, records):
    """What all results together tell about who took part, as a statement; or None."""
    if not records:
        return None
    try:
        return influence_statement(ledger)
    except (TypeError, ValueError):
        return None  # no theorem: the price is infinite, which the page says
