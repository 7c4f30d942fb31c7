"""What the guarantee of a model rests on, and what takes it away."""

import re

from skprivate.composition import Leak, Walk
from skprivate.composition._rules._fitted_before import CHANGED
from skprivate.composition._rules._per_class import CONSTANT
from skprivate.composition._rules._state import estimators_inside, read_off
from skprivate.ledger import LedgerCarrier


def unit_gaps(name, units):
    """A gap, if fits do not protect the same unit: their prices do not add up."""
    kinds = sorted({kind_of(part) for unit in units for part in unit.split(" or ")})
    if len(kinds) < 2:
        return ()
    what = f"its fits protect different units ({', '.join(kinds)})"
    return (Leak(name, what, "Pass the same groups to all of them."),)


def kind_of(unit):
    """The unit without the number of its rows."""
    return unit.partition(" (")[0]


def unknown_price(name, error):
    """The gap of a tree that has no price."""
    what = f"its price is not known ({str(error).rstrip('.')})"
    return Leak(name, what, "Give what is missing to privacy_report.")


def foreign_gaps(fits):
    """Gaps, where what was fitted has methods that may have read rows unseen."""
    for fit in fits:
        for part in estimators_inside(fit.source):
            if isinstance(part, LedgerCarrier):
                yield from Walk({}, fit.path, (part,)).leaks_to_code(part)


def state_gaps(fitted):
    """Gaps, where a part has learned what its parameters, as they are now, do not say.

    Parameters may be changed after a fit, and steps replaced. What was fitted then is
    what gets out.
    """
    for part in read_off(fitted):
        yield Leak(type(part).__name__, CHANGED, "Fit the model again.")


def without_constants(fitted, leaks):
    """Split leaks of a tree that was fitted: what got out, and what is now assumed.

    A label that no row has gets a constant instead of a model. Where all got models,
    that each occurs is known, as class labels are that were read from the rows.

    Returns
    -------
    leaks : tuple of Leak
    facts : tuple of (place, fact)
    """
    if any(type(p).__name__ == "_ConstantPredictor" for p in estimators_inside(fitted)):
        return leaks, ()
    kept = tuple(leak for leak in leaks if leak.what != CONSTANT)
    facts = [(leak.where, _OCCURS) for leak in leaks if leak.what == CONSTANT]
    return kept, tuple(facts)


_OCCURS = "each label has rows with it and rows without it"
_ASSUMED = re.compile(r"assumed(?: public)?: ([^;]+)")


def presumed(cost, labels=()):
    """What the tree around private fits takes for granted: pairs (place, fact).

    What the fits themselves assume, their own reports say.
    """
    if cost.children or not cost.events:
        place = " > ".join(labels) or cost.name
        for fact in _ASSUMED.findall(cost.note):
            yield place, fact
    for label, part in cost.children:
        yield from presumed(part, (*labels, label))


def unexplained(fits, cost):
    """Gaps, where a fit that is seen is none of those that the tree would make.

    The price of fits that are gone follows from the parameters that the tree has now.
    A fit that is still there, and was paid for differently, shows that they changed;
    and more fits than there should be, that their number is not understood.
    """
    left = [[event, count] for event, count in _counted(cost.events)]
    for fit in fits:
        for event in fit.paid:
            match = next((e for e in left if e[0] == event and e[1] > 0), None)
            if match is None:
                yield Leak(
                    fit.where,
                    "it was fitted with another budget, or more often, than its place "
                    "in the tree has now, so the price of the whole is not known",
                    "Fit the model again, and leave its parameters alone afterwards; "
                    "or fit it inside a PrivacyLedger, and report that.",
                )
            else:
                match[1] -= 1


def _counted(events, times=1):
    """The events of a composition, with how often they occur."""
    from dp_accounting import dp_event as dp

    for event in events:
        if isinstance(event, dp.SelfComposedDpEvent):
            yield from _counted([event.event], times * event.count)
        elif isinstance(event, dp.ComposedDpEvent):
            yield event, times  # what a search has paid for is one event
            yield from _counted(event.events, times)
        else:
            yield event, times
