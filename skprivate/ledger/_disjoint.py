"""Parts of the rows that have no privacy unit in common."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from skprivate.ledger import _refusals
from skprivate.ledger._active import activate, deactivate, open_parts


class DisjointParts:
    """Parts that have no privacy unit in common, as the user asserts.

    What is fitted on different parts costs as much as the dearest part does (parallel
    composition; McSherry 2009, Theorem 4), since a unit is in one part only. What is
    fitted outside of any part, or in the parts of another group, adds to it. This is so
    under "add or remove one unit"; a unit that may be replaced by one of another part
    pays for both.

    Made by :meth:`PrivacyLedger.disjoint`. While a part is open, everything that this
    process fits, in any thread, must see rows of that part only: the ledger takes your
    word for it, and its records say so.

    Parameters
    ----------
    ledger : PrivacyLedger
        Where the parts are debited.
    group : str
        What the parts are.

    Examples
    --------
    >>> from skprivate import PrivacyLedger
    >>> from skprivate.accounting import Budget
    >>> from skprivate.ledger import charge
    >>> ledger = PrivacyLedger(epsilon=1.0, delta=1e-6)
    >>> with ledger.disjoint("site") as site:
    ...     for name in ("north", "south"):
    ...         with site.part(name):
    ...             paid = charge("model", Budget(1.0, 1e-6))
    >>> len(ledger.records), round(ledger.spent(), 3)
    (2, 1.0)
    """

    def __init__(self, ledger: Any, group: str) -> None:
        self._ledger, self._group = ledger, _checked_name(group, "group")

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        pass

    @contextmanager
    def part(self, name: str) -> Iterator[Any]:
        """Everything in this block sees rows of one part only.

        Parameters
        ----------
        name : str
            Of the part.
        """
        ledger, name = self._ledger, _checked_name(name, "part")
        outer, thread = open_parts(ledger.uid)
        if thread != threading.get_ident():
            raise RuntimeError(
                "another thread of this process has opened a part of this ledger. Open "
                "one part after the other, or each in a process of its own."
            )
        if self._group in dict(outer):
            raise RuntimeError(
                f"a part of {self._group!r} is open already, and has no unit in common "
                "with another. Leave it first."
            )
        handle = activate(ledger, ledger.strict, (*outer, (self._group, name)))
        try:
            yield self
        finally:
            deactivate(handle)
        _refusals.raise_refusals(ledger.path, ledger.uid, handle.token)


def _checked_name(name, what):
    if not isinstance(name, str) or not name:
        raise TypeError(f"the name of a {what} must be a text, such as 'north'.")
    return name
