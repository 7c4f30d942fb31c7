"""Refused fits, remembered: scikit-learn turns the errors of a search into NaN."""

import time

from skprivate.accounting import BudgetExceededError
from skprivate.ledger._chain import enter
from skprivate.ledger._errors import LedgerUnavailableError, StrictLedgerError

_KINDS = {
    cls.__name__: cls
    for cls in (BudgetExceededError, LedgerUnavailableError, StrictLedgerError)
}
_UNWRITTEN = []  # (token, error) of this process, where the file could not be written


def note_refusal(handle, error):
    """Remember a refusal in the ledger's file, or in this process if that fails."""
    from skprivate.ledger._file import transaction

    row = (time.time(), handle.token, type(error).__name__, str(error))
    try:
        with transaction(handle.path, handle.uid) as connection:
            cursor = connection.execute(
                "INSERT INTO refusals (time, token, kind, message) VALUES (?, ?, ?, ?)",
                row,
            )
            enter(connection, ("refusals", cursor.lastrowid))
    except LedgerUnavailableError:
        _UNWRITTEN.append((handle.token, error))


def refusals_of(path, uid, token):
    """Kinds and messages of what was refused in the ``with`` block of `token`."""
    from skprivate.ledger._file import reading

    with reading(path, uid) as connection:
        rows = connection.execute(
            "SELECT kind, message FROM refusals WHERE token = ? ORDER BY id", [token]
        ).fetchall()
    local = [(type(e).__name__, str(e)) for t, e in _UNWRITTEN if t == token]
    return rows + local


def dismiss(path, uid, token):
    """Forget the refusals of a block."""
    from skprivate.ledger._file import transaction

    _UNWRITTEN[:] = [pair for pair in _UNWRITTEN if pair[0] != token]
    with transaction(path, uid) as connection:
        ids = connection.execute("SELECT id FROM refusals WHERE token = ?", [token])
        numbers = [number for (number,) in ids.fetchall()]
        connection.execute("UPDATE refusals SET token = '' WHERE token = ?", [token])
        enter(connection, *(("refusals", number) for number in numbers))


def raise_refusals(path, uid, token):
    """Raise the first refusal of a block, if there is one."""
    refused = refusals_of(path, uid, token)
    if not refused:
        return
    kind, message = refused[0]
    raise _KINDS[kind](
        f"{len(refused)} fit(s) were refused in this block, perhaps without a word: "
        "scikit-learn turns errors into NaN scores. If you have dealt with them, call "
        f"ledger.dismiss_refusals() at the end of the block. The first was: {message}"
    )
