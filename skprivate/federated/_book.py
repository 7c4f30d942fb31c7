"""The book of a party: what was debited, asked and answered, in one durable file."""

import hashlib
from dataclasses import dataclass
from fractions import Fraction

from skprivate.accounting import BudgetExceededError
from skprivate.ledger import LedgerUnavailableError, PrivacyLedger
from skprivate.ledger._debit import attach_report, debit
from skprivate.ledger._handle import Handle
from skprivate.ledger._tables import OF_PARTIES
from skprivate.rows import refused


@dataclass(frozen=True)
class Known:
    """What the book has on a question.

    Parameters
    ----------
    answer : bytes or None
        What was answered; None: the question was booked, and then the party was ended.
    """

    answer: bytes | None


class Book:
    """Debits, questions and answers of one party.

    **Guarantee.** A fit, a question and what it costs are written in one transaction,
    before a row is read; an answer before it leaves. So whenever the process ends, at
    whatever write: what has left the party was debited; what was debited once is not
    debited again when the question is repeated; and a repeated question gets the very
    bytes that it got before, if it got any. SQLite's transactions are what this rests
    on, which survive a kill, and a loss of power where the file is not a temporary one.

    Parameters
    ----------
    policy : Policy
    """

    def __init__(self, policy):
        epsilon, delta = policy.cap
        self.ledger = PrivacyLedger(epsilon, delta, path=policy.ledger)
        self._handle = Handle(self.ledger.path, self.ledger.uid)
        with self._transaction() as connection:
            for table in OF_PARTIES:
                connection.execute(table)

    def opened(self, opening, data):
        """What was answered when this fit was opened; None if it is not.

        Refused if another fit was opened by its name, or if it is over.
        """
        row = self._fit(opening.fit)
        if row is None:
            return None
        if row["asked"] != data or row["closed"]:
            raise _refused("a fit of this name was opened before. Open another")
        return row["answer"]

    def opening_of(self, fit):
        """The message by which a fit was opened; None if it is not, or is over."""
        row = self._fit(fit)
        return None if row is None or row["closed"] else row["asked"]

    def would_open(self, opening):
        """Raise what :meth:`open` would raise; nothing is written."""
        try:
            self._debit(opening, opening.budget.event, _undo)
        except _UndoneError:
            return

    def open(self, opening, data, answer):
        """Debit a fit, and write what is answered, in one transaction."""

        def write(connection, number):
            row = opening.fit, data, answer, number, "0", 0
            connection.execute(
                "INSERT INTO federated_fits VALUES (?, ?, ?, ?, ?, ?)", row
            )

        self._debit(opening, opening.budget.event, write)

    def booked(self, opening, number, attempt, data):
        """What the book has on a question, whose place among others is right.

        Returns
        -------
        Known or None
            None: it was not asked before.
        """
        fit = self._fit(opening.fit)
        if fit is None or fit["closed"]:
            raise _refused("this fit is not open. Open it first")
        with self._reading() as connection:
            row = connection.execute(
                "SELECT asked, answer FROM federated_answers "
                "WHERE fit = ? AND number = ? AND attempt = ?",
                [opening.fit, number, attempt],
            ).fetchone()
            last = connection.execute(
                "SELECT number, attempt FROM federated_answers "
                "WHERE fit = ? ORDER BY number DESC, attempt DESC LIMIT 1",
                [opening.fit],
            ).fetchone()
        if row is not None:
            if row[0] != _digest(data):
                raise _refused("another question was asked in its place")
            return Known(row[1])
        past, tried = last or (0, 0)
        if (number, attempt) not in ((past + 1, 0), (past, tried + 1)) or not number:
            raise _refused("questions must be numbered in order, from one on")
        return None

    def book(self, opening, number, attempt, data, cost, event, log):
        """Write a question, and what it takes of the budget, before a row is read.

        Parameters
        ----------
        cost : Fraction
            As :meth:`Opening.cost` counts it.
        event : DpEvent
            Of the same, for the ledger, where the question is asked once more: the
            budget of the fit has paid for one attempt only.
        log : str
            What is asked, in words; no total.
        """
        asked = opening.fit, number, attempt, _digest(data), None, log

        def write(connection, _=None):
            connection.execute(
                "INSERT INTO federated_answers VALUES (?, ?, ?, ?, ?, ?)", asked
            )

        if attempt:
            self._debit(opening, event, write)
            return
        with self._transaction() as connection:
            ((spent,),) = connection.execute(
                "SELECT spent FROM federated_fits WHERE fit = ?", [opening.fit]
            ).fetchall()
            spent = Fraction(spent) + cost
            if not opening.covers(spent):
                raise refused(
                    BudgetExceededError,
                    "the questions of this fit cost more than it was opened for. Ask "
                    "less, or open it with a larger epsilon.",
                )
            connection.execute(
                "UPDATE federated_fits SET spent = ? WHERE fit = ?",
                [str(spent), opening.fit],
            )
            write(connection)

    def answered(self, opening, number, attempt, answer, *, stops=False, instead=None):
        """Write an answer; returns the one that is there, if there is one already.

        Parameters
        ----------
        answer : bytes
        stops : bool, default=False
            Whether no other is given before the owner resumes.
        instead : bytes, default=None
            What is written if another answer has stopped the party meanwhile.
        """
        key = opening.fit, number, attempt
        where = "WHERE fit = ? AND number = ? AND attempt = ?"
        with self._transaction() as connection:
            if instead is not None and _stopped(connection):
                answer = instead
            elif stops:
                connection.execute(
                    "INSERT INTO federated_stops VALUES (?)", [opening.fit]
                )
            connection.execute(
                f"UPDATE federated_answers SET answer = ? {where} AND answer IS NULL",
                [answer, *key],
            )
            ((kept,),) = connection.execute(
                f"SELECT answer FROM federated_answers {where}", key
            ).fetchall()
        return kept

    @property
    def stopped(self):
        """Whether nothing more is answered before the owner resumes."""
        with self._reading() as connection:
            return _stopped(connection)

    def resume(self):
        """Let questions be answered again."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM federated_stops")

    def close(self, fit):
        """End a fit: no more questions; answers are removed, their record stays."""
        row = self._fit(fit)
        if row is None or row["closed"]:
            return
        with self._reading() as connection:
            logs = connection.execute(
                "SELECT log FROM federated_answers WHERE fit = ? "
                "ORDER BY number, attempt",
                [fit],
            ).fetchall()
        attach_report(self._handle, row["debit"], _Log([log for (log,) in logs]))
        with self._transaction() as connection:
            connection.execute(
                "UPDATE federated_fits SET closed = 1 WHERE fit = ?", [fit]
            )
            connection.execute("DELETE FROM federated_answers WHERE fit = ?", [fit])

    def _fit(self, fit):
        with self._reading() as connection:
            row = connection.execute(
                "SELECT asked, answer, debit, closed FROM federated_fits WHERE fit = ?",
                [fit],
            ).fetchone()
        return row and dict(
            zip(("asked", "answer", "debit", "closed"), row, strict=True)
        )

    def _debit(self, opening, event, also):
        name = f"{opening.name} (noise: {opening.noise})"
        try:
            debit([self._handle], name, event, False, also)
        except BudgetExceededError:
            error = refused(
                BudgetExceededError,
                "its ledger has no room for this. Give the fit a smaller epsilon, or "
                "ask the owner for more.",
            )
        except LedgerUnavailableError:
            error = _unavailable()
        else:
            return
        raise error

    def _transaction(self):
        from skprivate.ledger._file import transaction

        return transaction(self._handle.path, self._handle.uid)

    def _reading(self):
        from skprivate.ledger._file import reading

        return reading(self._handle.path, self._handle.uid)


class _Log:
    """What a fit has asked, as a ledger has it beside a debit."""

    unit, assumed = "row of this party", ()

    def __init__(self, logs):
        self._logs = logs

    def rows(self):
        """One entry for each question."""
        return [{"query": log, "times": 1} for log in self._logs]


class _UndoneError(Exception):
    """Undoes a transaction: only its refusal was of interest."""


def _undo(connection, number):
    raise _UndoneError


def _stopped(connection):
    return bool(connection.execute("SELECT 1 FROM federated_stops").fetchall())


def _digest(data):
    return hashlib.blake2b(data, digest_size=32).digest()


def _refused(why):
    return refused(ValueError, f"{why}.")


def _unavailable():
    return refused(
        LedgerUnavailableError, "its ledger cannot be used. Ask its owner to mend it."
    )
