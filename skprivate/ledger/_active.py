"""Which ledgers listen: those that are open here or above, and those carried along."""

import os
import threading
from copy import deepcopy
from dataclasses import dataclass
from uuid import uuid4

from skprivate._parameters import ExplainsParameters
from skprivate.ledger._board import post, posted, take_down
from skprivate.ledger._carried import CARRIED, carried_by
from skprivate.ledger._handle import Handle, agreed, latest, with_strict
from skprivate.ledger._outliving import leave_behind, threads_now

# One stack for the process, and no context variable: joblib's threads do not see those.
# Its operations are single calls, hence atomic: a lock might be held during a fork.
_STACK = []


@dataclass(frozen=True, eq=False)
class _Entry:
    """An active handle; holds its ledger, so that a temporary file stays."""

    handle: Handle
    ledger: object
    pid: int
    thread: int
    notice: str
    threads: object

    @property
    def here(self):
        """Whether this process has opened it; else it has been forked since."""
        return self.pid == os.getpid()


def activate(ledger, strict, scope=(), facts=None):
    """Make a ledger listen to every fit of this process, and of those it starts."""
    token = uuid4().hex
    facts = open_facts(ledger.uid)[0] if facts is None else facts
    handle = Handle(ledger.path, ledger.uid, strict, tuple(scope), token, facts)
    pid, thread, notice = os.getpid(), threading.get_ident(), post(handle)
    _STACK.append(_Entry(handle, ledger, pid, thread, notice, threads_now()))
    return handle


def deactivate(handle):
    """Undo :func:`activate`."""
    entry = next(e for e in list(_STACK) if e.handle is handle)
    _STACK.remove(entry)
    if entry.here:
        leave_behind(handle, entry.ledger, entry.threads)
        take_down(entry.notice)


def is_active(uid):
    """Whether a ledger listens to this process."""
    return any(handle.uid == uid for handle in handles_for())


def open_parts(uid):
    """The innermost open scope of a ledger, and the thread that opened it."""
    entries = [e for e in list(_STACK) if e.handle.uid == uid and e.handle.scope]
    if not entries:
        return (), threading.get_ident()
    return entries[-1].handle.scope, entries[-1].thread


def open_facts(uid):
    """What the fits are about by the innermost block that says so, and its thread."""
    entries = [e for e in list(_STACK) if e.handle.uid == uid and e.handle.facts]
    if not entries:
        return (), threading.get_ident()
    return entries[-1].handle.facts, entries[-1].thread


def handles_for(owner=None, more=()):
    """The handles to charge, one for each ledger; with `more` that may speak for it.

    A ledger that this process has opened counts with the part that is open now. Others
    are open in a process above this one, or were when an object that takes part was
    sent here: where these two do not name the same part, by now another may be open,
    and the fit counts for all parts that they may mean.
    """
    own = [entry.handle for entry in list(_STACK) if entry.here]
    above, carried = posted(), [*carried_by(owner), *more]
    found = agreed(agreed({}, carried), latest(above).values()) | latest(own)
    return with_strict(found.values(), (*carried, *above, *own))


def carried_handles(thing):
    """The handles that an object carries, or anything in it, one for each ledger."""
    carried = carried_by(thing)
    return with_strict(agreed({}, carried).values(), carried)


class LedgerCarrier(ExplainsParameters):
    """Mixin that takes ledgers along to workers, in pickles and clones.

    A pickle holds the path and the identity of every ledger that is active when it is
    made (nothing of what they contain), so a fit in another process charges them. Where
    such a ledger cannot be reached, the fit is refused. To fit a model on other
    data, apart from the ledgers it carries, make a new one with the same parameters.
    As this is what all private estimators are, it also says what to do about parameters
    that they do not have.

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
            return {**(state or {}), CARRIED: tuple(handles)}
        return state

    def __sklearn_clone__(self):
        parent = getattr(super(), "__sklearn_clone__", None)
        new = deepcopy(self) if parent is None else parent()
        return self._hand_on(new)

    def _hand_on(self, new):
        """The new object, which carries what this one does."""
        if CARRIED in vars(self):
            vars(new)[CARRIED] = vars(self)[CARRIED]
        return new
