"""What a table and its releases are about, in the words of whoever answers for them."""

from datetime import UTC, date, datetime

NAMES = ("table", "purpose", "retention", "unit_of_privacy")
_LONGEST = 1000


def checked_facts(**facts):
    """Facts that are given, as texts by their name.

    Returns
    -------
    dict of str to str
    """
    return {k: _checked(k, v) for k, v in facts.items() if v is not None}


def _checked(name, value):
    if name == "retention" and isinstance(value, date):
        value = f"{value:%Y-%m-%d}"
    if not isinstance(value, str) or not value.strip():
        a_day = " or a date" if name == "retention" else ""
        raise TypeError(f"{name} must be a text{a_day}; say it in a few words.")
    check_whole(name, value)
    if len(value) > _LONGEST:
        raise ValueError(
            f"{name} has more than {_LONGEST} characters. Say it shorter, or refer to "
            "a document."
        )
    return value


def check_whole(name, text):
    """Refuse what no file of texts can hold."""
    if not text.isascii() and any("\ud800" <= sign <= "\udfff" for sign in text):
        raise ValueError(f"{name} has half of a pair of signs. Give it as Unicode.")


def day_of(text):
    """The day that a text is, as in "2031-12-31"; None if it is a rule in words."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def moment_of(seconds):
    """The moment that a ledger has written; ValueError if it can be none."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OSError, OverflowError):
        raise ValueError("a time in this ledger is none; it is damaged.") from None


def read_facts(connection):
    """All that was declared, oldest first, as (number of debits before, name, text)."""
    rows = connection.execute("SELECT after, name, value FROM facts ORDER BY id")
    return rows.fetchall()


def facts_of(declared, number, own):
    """What held for a debit: what was declared before it, or by a block around it."""
    held = {name: value for after, name, value in declared if after < number}
    return held | own
