"""Which ledgers listen: those active in this process, and those that are carried."""

import os
import threading
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from uuid import uuid4

_CARRIED = "_skprivate_ledgers"
# One stack for the process, and no context variable: joblib's threads do not see those.
# Its operations are single calls, hence atomic: a lock might be held during a fork.
_STACK = []
_PREPAID = threading.local()


@dataclass(frozen=True)
class Handle:
    """How a worker finds a ledger. Plain values, so that it can be pickled.

    Parameters
    ----------
    path : str
        Absolute path of the file.
    uid : str
        Identity of the ledger, to notice that another one took its place.
    strict : bool
        Whether it refuses seeds and what is assumed public.
    scope : tuple of (group, part)
        Where in its disjoint parts the fits take place; outermost first.
    token : str
        The ``with`` block that made the handle, for refusals.
    """

    path: str
    uid: str
    strict: bool = False
    scope: tuple = ()
    token: str = ""


@dataclass(frozen=True, eq=False)
class _Entry:
    """An active handle; holds its ledger, so that a temporary file stays."""

    handle: Handle
    ledger: object
    pid: int
    thread: int


def activate(ledger, strict, scope=()):
    """Make a ledger listen to every fit of this process; returns the handle."""
    token = uuid4().hex
    handle = Handle(ledger.path, ledger.uid, strict, tuple(scope), token)
    entry = _Entry(handle, ledger, os.getpid(), threading.get_ident())
    _STACK.append(entry)
    return handle


def deactivate(handle):
    """Undo :func:`activate`."""
    _STACK.remove(next(e for e in list(_STACK) if e.handle is handle))


def open_parts(uid):
    """The innermost open scope of a ledger, and the thread that opened it."""
    entries = [e for e in list(_STACK) if e.handle.uid == uid and e.handle.scope]
    if not entries:
        return (), threading.get_ident()
    return entries[-1].handle.scope, entries[-1].thread


def handles_for(owner=None):
    """The handles to charge, one for each ledger.

    A ledger that this process has activated counts with the part that is open now. One
    that an estimator carries comes next, and last those which the process inherited
    when it was forked: by now another part may be open there.
    """
    entries = list(_STACK)
    inherited = [e.handle for e in entries if e.pid != os.getpid()]
    own = [e.handle for e in entries if e.pid == os.getpid()]
    owners = owner if isinstance(owner, tuple) else (owner,)
    carried = [h for o in owners for h in getattr(o, "__dict__", {}).get(_CARRIED, ())]
    found, strict = {}, set()
    for handle in (*inherited, *carried, *own):
        found[handle.uid] = handle  # later ones are better informed
        if handle.strict:
            strict.add(handle.uid)
    return [_with_strict(h, h.uid in strict) for _, h in sorted(found.items())]


def _with_strict(handle, strict):
    if handle.strict == strict:
        return handle
    return Handle(handle.path, handle.uid, strict, handle.scope, handle.token)


@contextmanager
def prepaid():
    """Charge nothing for the fits in this block: a compound object has paid for them.

    Holds for the thread that enters it, so a worker enters it for itself, around each
    fit. What a strict ledger refuses is refused all the same.

    Examples
    --------
    >>> from skprivate.ledger import PrivacyLedger, prepaid
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> with PrivacyLedger() as ledger, prepaid():
    ...     scaler = DPStandardScaler(bounds=(0, 1)).fit([[0.0], [1.0]])
    >>> len(ledger.records)
    0
    """
    before = is_prepaid()
    _PREPAID.here = True
    try:
        yield
    finally:
        _PREPAID.here = before


def is_prepaid():
    """Whether this thread is in a block of :func:`prepaid`."""
    return getattr(_PREPAID, "here", False)


class LedgerCarrier:
    """Mixin that takes ledgers along to workers, in pickles and clones.

    A pickle holds the path and the identity of every ledger that is active when it is
    made (nothing of what they contain), so a fit in another process charges them. Where
    such a ledger cannot be reached, the fit is refused. To fit a model on other
    data, apart from the ledgers it carries, make a new one with the same parameters.

    Examples
    --------
    >>> import pickle
    >>> from skprivate.ledger import PrivacyLedger
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> ledger = PrivacyLedger()
    >>> with ledger:
    ...     message = pickle.dumps(DPStandardScaler(bounds=(0, 1)))
    >>> worker = pickle.loads(message).fit([[0.0], [1.0]])
    >>> len(ledger.records)
    1
    """

    def __getstate__(self):
        state = super().__getstate__()
        handles = handles_for(self)
        if handles:
            return {**(state or {}), _CARRIED: tuple(handles)}
        return state

    def __sklearn_clone__(self):
        parent = getattr(super(), "__sklearn_clone__", None)
        new = deepcopy(self) if parent is None else parent()
        if _CARRIED in vars(self):
            vars(new)[_CARRIED] = vars(self)[_CARRIED]
        return new
