"""Keeping a ledger: what it is about, whether it is whole, and copies of it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from skprivate._typing import PathLike
from skprivate.accounting import Budget
from skprivate.ledger import _refusals
from skprivate.ledger._active import activate, deactivate, open_facts, open_parts
from skprivate.ledger._begun import declare
from skprivate.ledger._chain import first_secret, head_of
from skprivate.ledger._copies import copy_to
from skprivate.ledger._debit import debit
from skprivate.ledger._errors import LedgerTamperedError, LedgerUnavailableError
from skprivate.ledger._facts import checked_facts, read_facts
from skprivate.ledger._handle import Handle
from skprivate.ledger._place import checked_path
from skprivate.ledger._tables import CHAINED
from skprivate.ledger._verified import Verification, findings_in, is_ahead, parts_of

# What decoders raise on values that no ledger has written.
_DAMAGED = AttributeError, LookupError, OverflowError, TypeError, ValueError


class Kept:
    """What a ledger says of itself, and how it is guarded."""

    @property
    def facts(self) -> dict[Any, Any]:
        """What is declared of the table, by name: the latest of each, as a dict."""
        with self._reading() as connection:
            return {name: value for _, name, value in read_facts(connection)}

    def declare(
        self,
        *,
        table: str | None = None,
        purpose: str | None = None,
        retention: Any = None,
        unit_of_privacy: str | None = None,
    ) -> None:
        """Say what the table and the releases to come are about.

        What was declared before stays in the file, and with the releases since then.

        Parameters
        ----------
        table, purpose, unit_of_privacy : str, default=None
        retention : str or date, default=None
            See :class:`PrivacyLedger`.
        """
        facts = checked_facts(
            table=table,
            purpose=purpose,
            retention=retention,
            unit_of_privacy=unit_of_privacy,
        )
        if not facts:
            raise TypeError('declare needs a fact, such as purpose="a bed model".')
        with self._writing() as connection:
            declare(connection, facts.items())

    @contextmanager
    def about(
        self,
        *,
        table: str | None = None,
        purpose: str | None = None,
        retention: Any = None,
        unit_of_privacy: str | None = None,
    ) -> Iterator[Any]:
        """Count fits in this block, and record what they are about.

        What is said here goes before what is declared of the whole ledger, and before
        what a block around this one says.

        Parameters
        ----------
        table, purpose, unit_of_privacy : str, default=None
        retention : str or date, default=None
            See :class:`PrivacyLedger`.

        Examples
        --------
        >>> from skprivate import PrivacyLedger
        >>> from skprivate.accounting import Budget
        >>> from skprivate.ledger import charge
        >>> ledger = PrivacyLedger(epsilon=3.0, delta=1e-6, table="patients")
        >>> with ledger.about(purpose="beds for the winter"):
        ...     paid = charge("a count", Budget(0.1, 0.0))
        >>> ledger.records[0].facts
        {'table': 'patients', 'purpose': 'beds for the winter'}
        """
        facts = checked_facts(
            table=table,
            purpose=purpose,
            retention=retention,
            unit_of_privacy=unit_of_privacy,
        )
        if not facts:
            raise TypeError('about needs a fact, such as purpose="a bed model".')
        outer, thread = open_facts(self.uid)
        if thread != threading.get_ident():
            raise RuntimeError(
                "another thread of this process is in a block of ledger.about. Enter "
                "one after the other, or each in a process of its own."
            )
        told = tuple((dict(outer) | facts).items())
        handle = activate(self, self.strict, open_parts(self.uid)[0], told)
        self._entered.append(handle)
        try:
            yield self
        finally:
            self._entered.remove(handle)
            deactivate(handle)
        _refusals.raise_refusals(self.path, self.uid, handle.token)

    @property
    def head(self) -> Any:
        """What the ledger holds now, in a line: keep it elsewhere, for :meth:`verify`.

        It is the number of entries in the chain, the last link, and a digest of what no
        link is about yet. It tells nothing of the entries. Empty if an older version
        has written the file: the next fit starts its chain.
        """
        with self._reading() as connection:
            return head_of(connection) if _is_chained(connection) else ""

    def verify(self, *, key: Any = None, head: str | None = None) -> Verification:
        """Look for every edit, by whatever program, since the ledger was started.

        Without a key and a head this finds accidents, and edits by somebody who does
        not know of the chain: who does can make a new one. Given the key, it finds
        everything that was done to earlier entries, and every cut at the end. It does
        not find an old copy of the file that was put back: for this, keep a head
        elsewhere, such as in the report that you publish. Given a head, it finds
        everything up to its entry.

        Parameters
        ----------
        key : bytes or KeyRing, default=None
            The one that the file was made with; of a ring, any.
        head : str, default=None
            An earlier :attr:`head`.

        Returns
        -------
        Verification
            How much was verified, and by what.

        Raises
        ------
        LedgerTamperedError
            If anything does not fit.
        """
        keys = () if key is None else keys_of(key)
        secrets = [first_secret(one, self.uid) for one in keys]
        if head is not None:
            parts_of(head)  # or an error that says what a head is
        with self._reading() as connection:
            found = findings_in(connection, secrets, head)
            entries = (
                head_of(connection) if not found and _is_chained(connection) else ""
            )
        if found:
            raise LedgerTamperedError(self.path, found)
        return Verification(entries, key is not None, head is not None)

    def backup(self, path: PathLike) -> str:
        """Copy the ledger as it is now, while others may go on to debit it.

        Parameters
        ----------
        path : str or path-like
            Where nothing is yet. The copy holds all that the ledger does, texts of
            complaints included, and only its owner can read it.

        Returns
        -------
        str
            The :attr:`head` of the copy; keep it elsewhere.
        """
        target = checked_path(path)
        with self._reading() as connection:
            head = head_of(connection) if _is_chained(connection) else ""
            copy_to(connection, target)
        return head

    @classmethod
    def restore(
        cls,
        backup: PathLike,
        path: PathLike,
        *,
        key: Any = None,
        head: str | None = None,
        lost: Any = None,
    ) -> Any:
        """Put a backup in the place of a ledger that is gone, after verifying it.

        A backup has forgotten what was spent after it was made. If a later `head` is
        known, a backup without it is refused, unless `lost` says what that was at most:
        it is then debited.

        Parameters
        ----------
        backup : str or path-like
            What :meth:`backup` has written.
        path : str or path-like
            Where the ledger is to be. Nothing may be there: who restores a ledger
            that is damaged moves that one away, and keeps it.
        key : bytes or KeyRing, default=None
            See :meth:`verify`.
        head : str, default=None
            The last head that is known of the ledger, wherever it was kept.
        lost : DpEvent or Budget, default=None
            All that may have been released after the backup was made. It is debited
            as "lost with the file", outside of any part.

        Returns
        -------
        PrivacyLedger
        """
        from skprivate.ledger import _file

        source = cls.open(backup)
        known = head
        if lost is not None and head is not None and is_ahead(source.head, head):
            known = None  # it is said to be lost
        source.verify(key=key, head=known)

        def debit_lost(draft):
            event = lost.event if isinstance(lost, Budget) else lost
            debit([Handle(draft, source.uid)], "lost with the file", event, False)
            _file.close(draft)

        with _file.reading(source.path, source.uid) as connection:
            finish = None if lost is None else debit_lost
            copy_to(connection, checked_path(path), finish)
        return cls.open(path, source.uid)

    def _continue(self, facts, key):
        """Compare what was given with what an existing file says."""
        there = self.facts
        for name, value in facts.items():
            if there.get(name) != value:
                which = "another" if name in there else "no"
                raise ValueError(
                    f"The ledger {self.path} has {which} {name}. Leave {name} out, or "
                    f"say it by ledger.declare({name}=...): it then holds for the "
                    "releases to come."
                )
        if key is not None:
            self._seal_old_file(key)
            self.verify(key=key)

    def _seal_old_file(self, key):
        from skprivate.ledger._file import transaction

        with self._reading() as connection:
            old = not _is_chained(connection)
        if old:
            secret = first_secret(keys_of(key)[-1], self.uid)
            with transaction(self.path, self.uid, secret):
                pass

    @contextmanager
    def _reading(self):
        from skprivate.ledger._file import reading

        with reading(self.path, self.uid) as connection:
            try:
                yield connection
            except _DAMAGED:
                raise LedgerUnavailableError(
                    f"The ledger {self.path} cannot be read: what is in it is nothing "
                    "that a ledger writes. ledger.verify() says what was edited. "
                    "Restore the file from a backup."
                ) from None  # the cause would repeat what is there

    def _writing(self):
        from skprivate.ledger._file import transaction

        return transaction(self.path, self.uid)


def keys_of(key):
    """All keys that were given, the current one last."""
    names = getattr(key, "names", None)
    keys = [key] if names is None else [key.key(name) for name in names]
    for one in keys:
        if not isinstance(one, (bytes, bytearray)):
            raise TypeError(
                f"key is of type {type(one).__name__}; give bytes, or a KeyRing."
            )
        if len(one) < 16:
            raise ValueError(
                "key has fewer than 16 bytes, so it can be guessed. Give 32 random "
                "ones, as secrets.token_bytes(32) or KeyRing.new() makes them."
            )
    return keys


def _is_chained(connection):
    return connection.execute("PRAGMA user_version").fetchone()[0] >= CHAINED
