"""One debit in all ledgers that listen, or in none."""

import json
import math
import os
import time
from contextlib import ExitStack, suppress
from dataclasses import replace

from skprivate.accounting import BudgetExceededError, Filter, Price, price_of
from skprivate.accounting._budget import RESERVED
from skprivate.accounting._filter import ROUNDING
from skprivate.ledger._chain import enter
from skprivate.ledger._codec import text_of
from skprivate.ledger._errors import LedgerUnavailableError, StrictLedgerError
from skprivate.ledger._refusals import note_refusal
from skprivate.ledger._spent import explained
from skprivate.ledger._totals import (
    cap_of,
    largest,
    read_totals,
    settle,
    text_of_scope,
    write_total,
)

REFUSALS = (BudgetExceededError, LedgerUnavailableError, StrictLedgerError)


def debit(handles, name, event, seeded, also=None, whole=None):
    """Debit all ledgers, or raise.

    Parameters
    ----------
    handles : list of Handle
        Sorted by identity, so that two processes never wait for each other.
    name : str
    event : DpEvent
    seeded : bool
    also : callable, default=None
        ``also(connection, number)`` is called within the transaction of each debit:
        what it writes is there if, and only if, the debit is; if it raises, neither is.
    whole : DpEvent, default=None
        Of which this is a part that is paid by itself. What a first debit decides is
        decided by it: it, too, was chosen before anything was released.

    Returns
    -------
    dict of Handle to int
        The number of the debit in each ledger.
    """
    from skprivate.ledger._file import transaction

    text, price = text_of(event), price_of(event)
    first = price if whole is None else price_of(whole)
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
                numbers[handle] = _enter(connection, handle, row, price, first)
                if also is not None:
                    also(connection, numbers[handle])
    except REFUSALS as error:
        note_refusal(handle, error)
        raise
    return numbers


def try_debit(handles, name, event, seeded, whole):
    """Raise what :func:`debit` would, and leave everything as it is."""
    with suppress(_Admitted):
        debit(handles, name, event, seeded, _undo, whole)


class _Admitted(Exception):
    """Undoes what was only tried."""


def _undo(connection, number):
    raise _Admitted


def _enter(connection, handle, row, price, first):
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
            limit = limit.settled(first)
            leader = limit.leader(first)
            settle(connection, leader, limit.reserve)
        before = largest(totals)
        if not limit.keeps(after, leader):
            enough = limit.admits(replace(after, lost=before.lost), leader)
            kept = limit.kept(leader)
            raise _too_little_kept(name, price, limit, kept, before, enough)
        if not limit.admits(after, leader):
            raise _exceeded(name, price, limit, limit.remaining(before, leader))
    write_total(connection, handle.scope, own)
    scope = text_of_scope(handle.scope)
    cursor = connection.execute(
        "INSERT INTO debits (time, name, event, scope, seeded, pid) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        [time, name, text, scope, seeded, pid],
    )
    number = cursor.lastrowid
    rows = [("totals", scope), ("debits", number)]
    if handle.facts:
        about = [number, json.dumps(dict(handle.facts))]
        connection.execute("INSERT INTO about VALUES (?, ?)", about)
        rows.append(("about", number))
    enter(connection, *rows)
    return number


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
        enter(connection, ("reports", number))


def _too_little_kept(name, price, limit, kept, before, enough_epsilon):
    """The refusal of a fit that is to find categories."""
    left = max(0.0, kept - before.lost)
    smaller = ""
    if left > ROUNDING * limit.delta:
        enough = 10.0 ** math.floor(math.log10(left / RESERVED))
        smaller = f"give the fit a smaller delta, such as {enough:g}; "
    short = "this part of delta, not epsilon"
    helps = (
        f"{smaller.capitalize()}List the categories; or start a ledger that keeps "
        "more: PrivacyLedger(epsilon, delta, reserve=...)."
    )
    if not enough_epsilon:
        short = "this part of delta, and epsilon, too"
        helps = "Leave the fit out, or start with smaller epsilons."
    return BudgetExceededError(
        f"{name} is to find categories, or to sample rows, which takes "
        f"{price.lost:.3g} of delta. This ledger, with a cap of delta={limit.delta:g}, "
        f"keeps {kept:.3g} for all fits that do so, and too little of it is left: "
        f"{left:.3g}. What is short is {short}. No row was read. {helps}"
    )


def _exceeded(name, price, limit, remaining):
    """The refusal of a fit for which too little is left."""
    alone = explained(price.epsilon(limit.delta), price, limit.delta)
    short, helps = "epsilon", "Give the fit a smaller epsilon, or leave it out."
    if not price.private:
        short, helps = "noise", "Give the fit a finite epsilon."
    elif limit.delta == 0 and price.pure == math.inf:
        short, helps = "delta, of which it has none", "Give the fit delta=0."
    return BudgetExceededError(
        f"{name} costs epsilon={alone:.4g} at delta={limit.delta:g} by itself, and the "
        f"ledger, with a cap of epsilon={limit.epsilon:g}, has room for "
        f"epsilon={remaining:.4g} more. What is short is {short}. No row was read. "
        f"{helps}"
    )
