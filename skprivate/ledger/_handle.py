"""How a ledger is found by who has to charge it."""

from dataclasses import dataclass, replace


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
    facts : tuple of (name, text)
        What the fits are about, as far as a block says so.
    """

    path: str
    uid: str
    strict: bool = False
    scope: tuple = ()
    token: str = ""
    facts: tuple = ()


def latest(handles):
    """Of handles that one process has opened, those that hold now, by their ledger."""
    return {handle.uid: handle for handle in handles}


def agreed(found, handles):
    """Add handles whose scope may contradict that of others.

    **Guarantee.** The scope of each ledger is what all say: a debit there concerns at
    least the units that each of them means. So are its facts.
    """
    for handle in handles:
        other = found.get(handle.uid, handle)
        scope = []
        for here, there in zip(handle.scope, other.scope, strict=False):
            if here != there:
                break
            scope.append(here)
        facts = tuple(fact for fact in handle.facts if fact in other.facts)
        found[handle.uid] = replace(handle, scope=tuple(scope), facts=facts)
    return found


def with_strict(handles, others):
    """The handles, strict where any of the others is; in an order for all processes.

    Sorted by identity, so that two processes never wait for each other.
    """
    strict = {handle.uid for handle in others if handle.strict}
    ordered = sorted(handles, key=lambda handle: handle.uid)
    return [replace(h, strict=True) if h.uid in strict else h for h in ordered]
