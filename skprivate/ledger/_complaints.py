"""Complaints and requests about a table, by the number of the holder's own case."""

import json
import re
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from skprivate.ledger._chain import enter
from skprivate.ledger._facts import check_whole, checked_facts, moment_of
from skprivate.ledger._texts import sealed_text

CATEGORIES = (
    "access",
    "automated decision",
    "breach",
    "erasure",
    "fairness",
    "objection",
    "portability",
    "rectification",
    "restriction",
    "other",
)
OPEN = ("open", "in work", "waiting")
CLOSED = ("answered", "refused", "withdrawn")
STATUSES = (*OPEN, *CLOSED)
DAYS = 30  # to answer, where no day is given

_CASE = re.compile(r"(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9._/-]{0,39}", re.ASCII)
# Numbers and words that are a person's own: no case is named like these.
_PERSONAL = re.compile(
    r"[A-Za-z]{3,}[._/-][A-Za-z]{3,}"  # first and last name
    r"|(?<![0-9])[0-9]{3}-[0-9]{2}-[0-9]{4}(?![0-9])"  # social security
    r"|(?<![0-9])1[3-9][0-9]{9}(?![0-9])"  # mobile phone
    r"|(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9])"  # identity card
)
_LONGEST = 100_000  # of a text


@dataclass(frozen=True)
class Complaint:
    """A complaint or request, as it is now.

    Parameters
    ----------
    case : str
        The holder's number of the case.
    category : str
    status : str
        The latest.
    opened : datetime
        When it was recorded; UTC.
    due : date
        When an answer is due.
    table : str or None
        Which table it is about; None means all that the ledger counts.
    releases : tuple of int
        Numbers of the records of that table at the time, whoever complained.
    text : str or None
        What was written, unless nothing was, or it was erased.
    erased : bool
        Whether there was a text that was erased.
    steps : tuple of (datetime, what, value)
        What was changed since, oldest first.

    Examples
    --------
    >>> from skprivate import PrivacyLedger
    >>> ledger = PrivacyLedger(table="patients")
    >>> asked = ledger.complaint("2026-0117", category="access", due="2999-12-31")
    >>> asked.is_open, asked.releases
    (True, ())
    """

    case: str
    category: str
    status: str
    opened: datetime
    due: date
    table: str | None
    releases: tuple
    text: str | None
    erased: bool
    steps: tuple

    @property
    def is_open(self) -> bool:
        """Whether somebody waits for an answer."""
        return self.status in OPEN

    def is_overdue(self, today: Any = None) -> bool:
        """Whether it is open after the day on which an answer was due.

        Parameters
        ----------
        today : date, default=None
            None means today, in UTC.

        Returns
        -------
        bool
        """
        return self.is_open and self.due < (today or datetime.now(UTC).date())

    def __repr__(self):
        late = ", overdue" if self.is_overdue() else ""
        return f"Complaint({self.case!r}, {self.category}: {self.status}{late})"


def write_complaint(connection, case, category, text, due, table):
    """Record a complaint; the caller commits."""
    _check_case(case)
    _check_one_of(category, CATEGORIES, "category")
    due = _checked_day(due) or datetime.now(UTC).date() + timedelta(days=DAYS)
    if table is not None:
        checked_facts(table=table)
    if text is not None and not (isinstance(text, str) and 0 < len(text) <= _LONGEST):
        raise TypeError(f"text must be a text of 1 to {_LONGEST} characters, or None.")
    if text is not None:
        check_whole("text", text)
    if _number_of(connection, case) is not None:
        raise ValueError(
            "case is in the ledger already. Give another number, or change what is "
            "there by ledger.change_complaint."
        )
    releases = _ranges(_releases_of(connection, table))
    salt, digest = (None, None) if text is None else sealed_text(text)
    row = [time.time(), case, category, table, json.dumps(releases), digest]
    number = connection.execute(
        "INSERT INTO complaints (time, case_number, category, about, releases, digest) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        row,
    ).lastrowid
    if text is not None:
        connection.execute("INSERT INTO texts VALUES (?, ?, ?)", [number, salt, text])
    enter(connection, ("complaints", number))
    _step(connection, number, "status", "open")
    _step(connection, number, "due", due.isoformat())


def change(connection, case, status, due):
    """Record a new status or day; the caller commits."""
    number = _known(connection, case)
    if status is None and due is None:
        raise TypeError('change_complaint needs a status, such as "answered", or due=.')
    if status is not None:
        _check_one_of(status, STATUSES, "status")
        _step(connection, number, "status", status)
    if due is not None:
        _step(connection, number, "due", _checked_day(due).isoformat())


def erase_text(connection, case):
    """Delete the text of a complaint, and what its digest was made with."""
    number = _known(connection, case)
    gone = connection.execute("DELETE FROM texts WHERE complaint = ?", [number])
    if gone.rowcount:
        _step(connection, number, "text", "erased")


def read_complaints(connection):
    """All complaints, oldest first."""
    steps = {}
    for number, when, what, value in connection.execute(
        "SELECT complaint, time, what, value FROM steps ORDER BY id"
    ):
        steps.setdefault(number, []).append((moment_of(when), what, value))
    rows = connection.execute(
        "SELECT id, time, case_number, category, about, releases, text FROM complaints "
        "LEFT JOIN texts ON complaint = id ORDER BY id"
    )
    return tuple(_complaint(*row, steps.get(row[0], [])) for row in rows.fetchall())


def _complaint(number, when, case, category, table, releases, text, steps):
    now = {what: value for _, what, value in steps}
    ranges = json.loads(releases)
    return Complaint(
        case=case,
        category=category,
        status=now["status"],
        opened=moment_of(when),
        due=date.fromisoformat(now["due"]),
        table=table,
        releases=tuple(n for a, b in ranges for n in range(a, b + 1)),
        text=text,
        erased="text" in now,
        steps=tuple(steps),
    )


def _step(connection, number, what, value):
    row = [number, time.time(), what, value]
    cursor = connection.execute(
        "INSERT INTO steps (complaint, time, what, value) VALUES (?, ?, ?, ?)", row
    )
    enter(connection, ("steps", cursor.lastrowid))


def _releases_of(connection, table):
    """Numbers of what was released of a table: of all its rows, never of one person."""
    from skprivate.ledger._records import facts_by_number

    facts = facts_by_number(connection)
    return [n for n, held in facts if table is None or held.get("table") == table]


def _ranges(numbers):
    """Ascending numbers as ranges from a first to a last one."""
    ranges = []
    for number in numbers:
        if ranges and ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ranges


def _number_of(connection, case):
    query = "SELECT id FROM complaints WHERE case_number = ?"
    row = connection.execute(query, [case]).fetchone()
    return None if row is None else row[0]


def _known(connection, case):
    _check_case(case)
    number = _number_of(connection, case)
    if number is None:
        raise KeyError("case is not in the ledger. See ledger.complaints.")
    return number


def _check_case(case):
    if not isinstance(case, str):
        raise TypeError(
            f"case is of type {type(case).__name__}; give the number of the case as a "
            'text, such as "2026-0117".'
        )
    if not _CASE.fullmatch(case) or _PERSONAL.search(case):
        raise ValueError(
            "case must be the number that you gave the case, and nothing of the "
            "person: at most 40 letters, digits, and ./_-, a digit among them, and "
            "neither names nor a phone or identity number. Give one such as "
            "2026-0117."
        )


def _check_one_of(value, known, name):
    if value not in known:
        raise ValueError(f"{name} is unknown. Give one of: {', '.join(known)}.")


def _checked_day(day):
    if day is None:
        return None
    if isinstance(day, datetime) or not isinstance(day, (str, date)):
        raise TypeError('due must be a date, or a text such as "2026-12-31".')
    try:
        return date.fromisoformat(day) if isinstance(day, str) else day
    except ValueError:
        raise ValueError('due is no day. Give a text such as "2026-12-31".') from None
