"""The ledger itself."""

import math
import os
from time import time
from typing import Any, Self
from uuid import uuid4

from skprivate._typing import PathLike
from skprivate.accounting import Filter
from skprivate.ledger import _refusals
from skprivate.ledger._active import activate, deactivate, is_active
from skprivate.ledger._amount import Amount
from skprivate.ledger._chain import first_secret
from skprivate.ledger._complained import Complained
from skprivate.ledger._disjoint import DisjointParts
from skprivate.ledger._errors import LedgerUnavailableError
from skprivate.ledger._facts import checked_facts
from skprivate.ledger._kept import Kept, keys_of
from skprivate.ledger._left import check_n_fits, left_for
from skprivate.ledger._place import (
    checked_path,
    is_same,
    meta_of,
    temporary_path,
    words_of,
)
from skprivate.ledger._records import Record, read_records
from skprivate.ledger._spent import epsilon_of_records
from skprivate.ledger._totals import cap_of, largest, read_totals

DELTA = 1e-6  # of reports, where there is no cap; the default of all estimators


class PrivacyLedger(Kept, Complained):
    """Counts what every private fit costs, and refuses what would exceed a cap.

    In a ``with`` block, every fit of a private estimator is debited before it reads a
    row: of clones and folds, in threads and in worker processes. **Guarantee.** All
    that these fits release is, together, ``(epsilon, delta)``-differentially private,
    however each was chosen in view of what was released before; see
    :class:`~skprivate.accounting.Filter`. Nothing is ever refunded: a fit that fails
    after its debit has been paid for, and its message says so. Mistakes that public
    facts reveal are refused before the debit.

    It counts only in such a block: a ledger that is made and never entered counts
    nothing, as its ``repr`` says. The block is that of this process, of its threads,
    and of all processes that it starts, before or in the block, on this machine. On
    another machine, it counts what an estimator does that was sent there in the block.
    A thread that is started in the block is charged also after it. What else runs later
    than the block is not: a generator that is made in it and read after it, or a task
    that a pool of threads begins after it. Take the results in the block.

    A ledger is a file. It cannot see what is no private fit: a scikit-learn estimator,
    a score, or a plot of the same rows. ``check_private`` looks at those.

    Parameters
    ----------
    epsilon, delta : float, default=None
        The cap; give both or none. Without a cap everything is admitted, and counted.
    path : str or path-like, default=None
        File of a durable ledger, which any number of processes may share, and which is
        continued if it is there: a cap given again must then be the same. None is a
        temporary file, deleted together with this object.
    strict : bool, default=False
        Refuse fits that are seeded or not private at all, and facts that are read off
        the rows and assumed public. A file that was created strict stays so.
    reserve : float, default=None
        The part of the cap's ``delta`` that is kept for fits that find categories; each
        takes a tenth of its own ``delta`` from it. Noise has what is left. Zero keeps
        nothing, and refuses such fits. None keeps a half if the first fit finds
        categories, else a tenth; and less where the first fit needs it, as one that
        costs the whole cap, or exactly the n-th part of it.
    table, purpose, unit_of_privacy : str, default=None
        Which table this is about, what its fits are for, and whom a privacy unit is,
        such as "a patient": facts that every release is recorded with.
    retention : str or date, default=None
        Until when the table may be kept: a day, or a rule in words.
    key : bytes or KeyRing, default=None
        Of whoever verifies the ledger. A new file is sealed for it, and so is one of an
        older version, once; any other is verified with it, see :meth:`verify`. No
        process that fits needs it.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate import PrivacyLedger
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> X = np.random.default_rng(0).uniform(size=(100, 2))
    >>> with PrivacyLedger(epsilon=2.0, delta=1e-6) as ledger:
    ...     scaler = DPStandardScaler(epsilon=1.0, bounds=(0, 1)).fit(X)
    >>> round(ledger.spent(), 3)
    1.0
    """

    def __init__(
        self,
        epsilon: float | None = None,
        delta: float | None = None,
        path: PathLike | None = None,
        strict: bool = False,
        reserve: float | None = None,
        *,
        table: str | None = None,
        purpose: str | None = None,
        retention: Any = None,
        unit_of_privacy: str | None = None,
        key: Any = None,
    ) -> None:
        if (epsilon is None) != (delta is None):
            raise ValueError(
                "a cap is a pair of epsilon and delta; give both, such as epsilon=1.0 "
                "and delta=1e-6, or none."
            )
        if not isinstance(strict, bool):
            raise TypeError("strict must be True or False.")
        if epsilon is None and reserve is not None:
            raise ValueError(
                "reserve is a part of the delta of a cap; give epsilon and delta, too."
            )
        cap = None if epsilon is None else Filter(epsilon, delta, reserve)
        facts = checked_facts(
            table=table,
            purpose=purpose,
            retention=retention,
            unit_of_privacy=unit_of_privacy,
        )
        self._entered = []
        self.path = temporary_path(self) if path is None else checked_path(path)
        self._open(cap, strict, path is not None, facts, key)

    @classmethod
    def open(cls, path: PathLike, uid: str | None = None) -> Self:
        """A ledger that is there already; nothing is created.

        Parameters
        ----------
        path : str or path-like
            The file.
        uid : str, default=None
            The identity that the ledger must have; None takes any.

        Returns
        -------
        PrivacyLedger
        """
        from skprivate.ledger._file import reading

        with reading(checked_path(path), uid):
            pass  # it is there, and a ledger
        return cls(path=path)

    def _open(self, cap, strict, durable, facts, key):
        """Create the file, or continue it."""
        from skprivate.ledger import _file

        uid = uuid4().hex
        meta = {"uid": uid, "created": time(), "durable": int(durable)}
        meta["strict"] = int(strict)
        if cap is not None:
            meta |= {"epsilon": cap.epsilon, "delta": cap.delta}
        if cap is not None and cap.reserve is not None:
            meta["reserve"] = cap.reserve
        secret = None if key is None else first_secret(keys_of(key)[-1], uid)
        made = not os.path.lexists(self.path) and _file.create(
            self.path, meta, durable=durable, facts=facts.items(), secret=secret
        )
        with _file.reading(self.path) as connection:
            there = dict(connection.execute("SELECT key, value FROM meta").fetchall())
        self.uid, self._cap, made_strict = meta_of(self.path, there)
        self.strict = strict or made_strict
        if cap is not None and not is_same(cap, self._cap):
            raise ValueError(
                f"The ledger {self.path} has another cap: {words_of(self._cap)}. Give "
                "the same, or leave epsilon, delta and reserve out; for another cap, "
                "start another ledger."
            )
        if not made:
            self._continue(facts, key)

    @property
    def epsilon(self) -> float | None:
        """Epsilon of the cap, or None."""
        return None if self._cap is None else self._cap.epsilon

    @property
    def delta(self) -> float | None:
        """Delta of the cap, or None."""
        return None if self._cap is None else self._cap.delta

    @property
    def reserve(self) -> float | None:
        """The part of delta for finding categories; None if there is no cap.

        It is also None where the first fit, which is still to come, decides.
        """
        if self._cap is None:
            return None
        if self._cap.reserve is not None:
            return self._cap.reserve
        limit, leader, _ = self._state()
        return None if leader is None else limit.kept(leader)

    @property
    def report_delta(self) -> float:
        """Delta at which prices are stated: that of the cap, or 1e-6."""
        return DELTA if self._cap is None else self._cap.delta

    @property
    def records(self) -> tuple[Record, ...]:
        """All debits, oldest first, as a tuple of :class:`Record`."""
        with self._reading() as connection:
            return read_records(connection, self.report_delta)

    def spent(self, delta: float | None = None) -> float:
        """Epsilon of everything that was debited, by the tightest known theorem.

        Parameters
        ----------
        delta : float, default=None
            None means that of the cap; without a cap, 1e-6.

        Returns
        -------
        float
            The smallest epsilon that is known to hold for the releases that happened.
            It may be below what the cap counts, which must hold for what may yet come.
            If it is infinite, it says why when it is printed.
        """
        delta = self.report_delta if delta is None else delta
        with self._reading() as connection:
            records, totals = read_records(connection, delta), read_totals(connection)
        return epsilon_of_records(records, totals, delta)

    @property
    def remaining(self) -> float:
        """Epsilon of one more fit that would just be admitted, at the cap's delta.

        When it is printed, it says if something is missing: epsilon, or the part of
        delta that fits which find categories take.
        """
        return self.remaining_for(1)

    def remaining_for(self, n_fits: int) -> float:
        """Epsilon of each of so many more fits that would just be admitted.

        Ten may have more than a tenth of :attr:`remaining` each: squares add up.

        Parameters
        ----------
        n_fits : int

        Returns
        -------
        float

        Examples
        --------
        >>> from skprivate.ledger import PrivacyLedger
        >>> ledger = PrivacyLedger(epsilon=1.0, delta=1e-6)
        >>> round(ledger.remaining_for(10), 2)
        0.29
        """
        check_n_fits(n_fits)
        if self._cap is None:
            return Amount(math.inf, "there is no cap")
        return left_for(n_fits, *self._state())

    @property
    def remaining_reserve(self) -> float | None:
        """What fits have not yet taken of :attr:`reserve`; None if that is None."""
        reserve = self.reserve
        return None if reserve is None else max(0.0, reserve - self._state()[2].lost)

    def _state(self):
        """The filter, which theory leads in it, and what a unit has paid."""
        with self._reading() as connection:
            cap, totals = cap_of(connection), read_totals(connection)
        limit = Filter(cap["epsilon"], cap["delta"], cap["reserve"])
        return limit, cap["leader"], largest(totals)

    def disjoint(self, group: str) -> DisjointParts:
        """Parts of the rows that have no privacy unit in common, as you assert.

        Parameters
        ----------
        group : str
            What the parts are, such as "site"; it stands in every record.

        Returns
        -------
        DisjointParts
        """
        return DisjointParts(self, group)

    @property
    def is_active(self) -> bool:
        """Whether fits are counted here and now: in a ``with`` block of this ledger."""
        return is_active(self.uid)

    @property
    def refusals(self) -> tuple[Any, ...]:
        """Messages of the fits that were refused in the present ``with`` block."""
        found = []
        for handle in self._entered[-1:]:
            found = _refusals.refusals_of(self.path, self.uid, handle.token)
        return tuple(message for _, message in found)

    def dismiss_refusals(self) -> None:
        """Say that you have dealt with what was refused in this ``with`` block.

        Else it is raised again at the end of the block.
        """
        for handle in self._entered[-1:]:
            _refusals.dismiss(self.path, self.uid, handle.token)

    def __enter__(self):
        with self._reading():
            pass  # it must be there: better to learn that now than after a long fit
        self._entered.append(activate(self, self.strict))
        return self

    def __exit__(self, kind, error, traceback):
        handle = self._entered.pop()
        deactivate(handle)
        if kind is None:
            _refusals.raise_refusals(self.path, self.uid, handle.token)

    def to_frame(self) -> Any:
        """All records as a data frame of pandas, oldest first."""
        from skprivate.ledger._display import frame_of

        return frame_of(self.records)

    def plot_timeline(self, ax: Any = None) -> Any:
        """Draw how epsilon grew with each debit, below the cap.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            None makes a new figure.

        Returns
        -------
        matplotlib Axes
        """
        from skprivate.ledger._timeline import plot_timeline

        return plot_timeline(self, ax)

    def __repr__(self):
        from skprivate.ledger._display import text_of_ledger

        try:
            return text_of_ledger(self)
        except LedgerUnavailableError as error:
            return f"PrivacyLedger {self.path} (not readable)\n  {error}"

    def _repr_html_(self):
        from skprivate.ledger._display import html_of_ledger

        return html_of_ledger(self)

    def __sklearn_clone__(self):
        return self

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __reduce__(self):
        return PrivacyLedger.open, (self.path, self.uid)
