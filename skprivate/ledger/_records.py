"""One line of a ledger."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from skprivate.accounting import price_of
from skprivate.ledger._codec import event_of
from skprivate.ledger._facts import facts_of, moment_of, read_facts
from skprivate.ledger._spent import explained, known_epsilon
from skprivate.ledger._totals import scope_of


@dataclass(frozen=True)
class Record:
    """One debit: who asked for what, when, and at what price.

    It holds what the fit may publish anyway, and nothing of the rows.

    Parameters
    ----------
    time : datetime
        When it was debited; UTC.
    name : str
        What was fitted.
    event : DpEvent
        All that the fit was allowed to release.
    delta : float
        At which :attr:`epsilon` is stated.
    parts : tuple of (group, part)
        The disjoint parts whose rows it saw; empty if it may have seen any.
    seeded : bool
        Whether whoever knows a seed can remove the noise.
    unit : str
        What one neighbour has more than the other; empty if the fit did not finish.
    releases : tuple of dict
        What was released, of which size and sensitivity, for which share, by which
        mechanism.
    assumed : tuple of str
        What was assumed public.
    number : int
        Its number in the ledger.
    facts : dict of str to str
        What it was about: table, purpose, retention and unit of privacy, as far as
        they were declared.

    Examples
    --------
    >>> from skprivate.accounting import Budget
    >>> from skprivate.ledger import PrivacyLedger, charge
    >>> with PrivacyLedger() as ledger:
    ...     paid = charge("my mechanism", Budget(1.0, 1e-6))
    >>> record = ledger.records[0]
    >>> record.name, round(record.epsilon, 6)
    ('my mechanism', 1.0)
    """

    time: datetime
    name: str
    event: object
    delta: float
    parts: tuple
    seeded: bool
    unit: str
    releases: tuple
    assumed: tuple
    number: int = 0
    facts: dict = field(default_factory=dict)

    @property
    def epsilon(self) -> Any:
        """Price of this debit alone."""
        epsilon = known_epsilon([self.event], self.delta)
        return explained(epsilon, price_of(self.event), self.delta)


def read_records(connection, delta):
    """All records, in order."""
    rows = connection.execute(
        "SELECT time, name, event, scope, seeded, report, id FROM debits "
        "LEFT JOIN reports ON debit = id ORDER BY id"
    )
    facts = dict(facts_by_number(connection))
    return tuple(_record(*row, facts[row[-1]], delta) for row in rows.fetchall())


def facts_by_number(connection):
    """What each debit was about, as pairs (number, facts)."""
    declared = read_facts(connection)
    rows = connection.execute(
        "SELECT id, facts FROM debits LEFT JOIN about ON debit = id ORDER BY id"
    )
    return [
        (number, facts_of(declared, number, json.loads(own) if own else {}))
        for number, own in rows.fetchall()
    ]


def _record(time, name, event, scope, seeded, report, number, facts, delta):
    told = json.loads(report) if report else {}
    return Record(
        time=moment_of(time),
        name=name,
        event=event_of(event),
        delta=delta,
        parts=scope_of(scope),
        seeded=bool(seeded),
        unit=told.get("unit", ""),
        releases=tuple(told.get("releases", ())),
        assumed=tuple(told.get("assumed", ())),
        number=number,
        facts=facts,
    )
