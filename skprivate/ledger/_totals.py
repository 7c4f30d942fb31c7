"""Running totals of a ledger, one for each part, and what they add up to for a unit."""

import json
import struct

from skprivate.ledger._chain import enter
from skprivate.ledger._errors import LedgerUnavailableError

CAP = ("epsilon", "delta", "reserve", "strict", "leader")


def cap_of(connection):
    """What :data:`CAP` names, as the ledger has it; None where there is none."""
    meta = dict(connection.execute("SELECT key, value FROM meta").fetchall())
    return {key: meta.get(key) for key in CAP}


def settle(connection, leader, reserve):
    """Write what the first debit decides."""
    connection.execute("INSERT INTO meta VALUES ('leader', ?)", [leader])
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('reserve', ?)", [reserve])
    enter(connection, ("meta", "leader"), ("meta", "reserve"))


def read_totals(connection):
    """Prices of what was debited so far, by scope."""
    import numpy as np

    from skprivate.accounting import Price
    from skprivate.accounting._price import ORDERS

    totals = {}
    for scope, mu2, pure, renyi in connection.execute("SELECT * FROM totals"):
        try:
            numbers, scope = np.frombuffer(renyi), scope_of(scope)
            good = len(numbers) - len(ORDERS) in (0, 1) and numbers.min() >= 0
            good = good and mu2 >= 0 and pure >= 0
        except (TypeError, ValueError):
            good = False
        if not good:
            raise LedgerUnavailableError(
                "The totals of the ledger are damaged. No fit was run. Restore the "
                "file from a copy."
            )
        renyi, lost = numbers[: len(ORDERS)], numbers[len(ORDERS) :]
        totals[scope] = Price(mu2, pure, renyi, float(sum(lost)))
    return totals


def write_total(connection, scope, price):
    """Replace the total of one scope.

    What was lost of delta stands behind the divergences, if there is any: versions that
    do not know of it refuse such a file, and this one reads theirs.
    """
    numbers = price.renyi.tobytes()
    if price.lost:
        numbers += struct.pack("d", price.lost)
    connection.execute(
        "INSERT OR REPLACE INTO totals VALUES (?, ?, ?, ?)",
        [text_of_scope(scope), price.mu2, price.pure, numbers],
    )


def largest(totals, scope=()):
    """The most that all this costs any one unit.

    **Guarantee.** An upper bound, in each theory, of the total price of those debits
    that concern a unit, if a unit is in at most one part of each group. A debit with
    scope ``(g1, p1), (g2, p2), ...`` concerns only units in all of these parts. Let a
    unit be given, with its part of each group. Going down from the root, always to the
    parts of the unit, meets every debit that concerns it; the sum below adds the
    largest part of each group, and is at least as large.
    """
    from skprivate.accounting import Price

    total = totals.get(scope, Price.nothing())
    depth = len(scope)
    below = sorted(
        {s[: depth + 1] for s in totals if len(s) > depth and s[:depth] == scope}
    )
    groups = {}
    for part in below:
        price = largest(totals, part)
        group = part[-1][0]
        groups[group] = price if group not in groups else groups[group] | price
    for price in groups.values():
        total = total + price
    return total


def text_of_scope(scope):
    """A scope as text, as the file holds it."""
    return json.dumps(scope)


def scope_of(text):
    """The scope that :func:`text_of_scope` has written."""
    return tuple((group, part) for group, part in json.loads(text))
