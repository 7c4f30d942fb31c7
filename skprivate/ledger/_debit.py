"""One debit in all ledgers that listen, or in none."""

import json
import os
import time
from contextlib import ExitStack

from skprivate.accounting import BudgetExceededError, Filter, Price, price_of
from skprivate.ledger._codec import text_of
from skprivate.ledger._errors import LedgerUnavailableError, StrictLedgerError
from skprivate.ledger._refusals import note_refusal
from skprivate.ledger._totals import (
    cap_of,
    largest,
    read_totals,
    text_of_scope,
    write_total,
)

_REFUSALS = (BudgetExceededError, LedgerUnavailableError, StrictLedgerError)


def debit(handles, name, event, seeded):
    """Debit all ledgers, or raise.

    Parameters
    ----------
    handles : list of Handle
        Sorted by identity, so that two processes never wait for each other.
    name : str
    event : DpEvent
    seeded : bool

    Returns
    -------
    dict of Handle to int
        The number of the debit in each ledger.
    """
    from skprivate.ledger._file import transaction

    text, price = text_of(event), price_of(event)
    row = (time.time(), name, text, int(seeded), os.getpid())
    numbers, handle = {}, None
    try:
        # All locks first, then all checks, then all commits.
        with ExitStack() as stack:
            connections = {}
            for handle in handles:
                opened = stack.enter_context(transaction(handle.path, handle.uid))
                connections[handle] = opened
            for handle, connection in connections.items():
                numbers[handle] = _enter(connection, handle, row, price)
    except _REFUSALS as error:
        note_refusal(handle, error)
        raise
    return numbers


def _enter(connection, handle, row, price):
    """Check one ledger's cap and write the debit; the caller commits."""
    time, name, text, seeded, pid = row
    cap, totals = cap_of(connection), read_totals(connection)
    if (cap["strict"] or handle.strict) and (seeded or not price.private):
        raise StrictLedgerError(
            f"A strict ledger refuses {name}: it is seeded, or not private at all. "
            "Leave random_state=None and give it a finite epsilon."
        )
    own = totals.get(handle.scope, Price.nothing()) + price
    after = largest(totals | {handle.scope: own})
    if cap["epsilon"] is not None:
        limit = Filter(cap["epsilon"], cap["delta"], cap["reserve"])
        leader = cap["leader"]
        if leader is None:
            leader = limit.leader(price)
            connection.execute("INSERT INTO meta VALUES ('leader', ?)", [leader])
        if not limit.keeps(after, leader):
            raise _too_little_kept(name, price, limit, leader)
        if not limit.admits(after, leader):
            raise _exceeded(
                name, price, limit, limit.remaining(largest(totals), leader)
            )
    write_total(connection, handle.scope, own)
    scope = text_of_scope(handle.scope)
    cursor = connection.execute(
        "INSERT INTO debits (time, name, event, scope, seeded, pid) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        [time, name, text, scope, seeded, pid],
    )
    return cursor.lastrowid


def attach_report(handle, number, report):
    """Write what a fit released and assumed beside its debit."""
    from skprivate.ledger._file import transaction

    text = json.dumps(
        {
            "unit": str(report.unit),
            "releases": report.rows(),
            "assumed": [str(fact) for fact in report.assumed],
        },
        default=float,  # NumPy's numbers
    )
    with transaction(handle.path, handle.uid) as connection:
        connection.execute(
            "INSERT OR REPLACE INTO reports VALUES (?, ?)", [number, text]
        )


def _too_little_kept(name, price, limit, leader):
    """The refusal of a fit that is to find categories."""
    return BudgetExceededError(
        f"{name} is to find categories, which takes {price.lost:.3g} of delta. This "
        f"ledger, with a cap of delta={limit.delta:g}, keeps {limit.kept(leader):.3g} "
        "for all fits that do so, and too little of it is left. No row was read. List "
        "the categories, or start a ledger that keeps more: PrivacyLedger(epsilon, "
        "delta, reserve=...)."
    )


def _exceeded(name, price, limit, remaining):
    """The refusal of a fit for which too little is left."""
    alone = price.epsilon(limit.delta)
    return BudgetExceededError(
        f"{name} costs epsilon={alone:.4g} (delta={limit.delta:g}) by itself, and the "
        f"ledger, with a cap of epsilon={limit.epsilon:g}, has room for "
        f"epsilon={remaining:.4g} more. No row was read. Give it a smaller epsilon, or "
        "leave it out."
    )
