"""What the guarantee of a model rests on, and what takes it away."""

import re

from skprivate.composition import Leak


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
