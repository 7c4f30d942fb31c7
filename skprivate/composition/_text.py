"""A price as text: the tree, with what to do about each leak."""

from skprivate.accounting import epsilon_of_events


def as_text(cost):
    """The tree that ``print`` shows."""
    return "\n".join([headline(cost), *_lines(cost, "", "  ")])


def headline(cost):
    """What the whole costs, in one line."""
    fits = counted(cost.fits, "private fit")
    if not cost.private:
        leaks = counted(len(cost.leaks), "leak")
        return f"Privacy of {cost.name}: NOT PRIVATE, {leaks} (and {fits})"
    try:
        epsilon = epsilon_of_events(cost.events, _DELTA)
    except ValueError:  # events that no theorem here composes
        return f"Privacy of {cost.name}: {fits}, which do not add up to one epsilon"
    return f"Privacy of {cost.name}: epsilon={epsilon:.4g}, delta={_DELTA:g}, {fits}"


def title(cost):
    """A node in one line."""
    times = {1: "", None: " × ?"}.get(cost.repeats, f" × {cost.repeats}")
    return f"{cost.name}{times}"


def counted(number, noun):
    """A number of things."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _lines(cost, label, indent):
    """A node and all below it."""
    head = f"{label}: {title(cost)}" if label else title(cost)
    first, *more = cost.note.split("; ")
    yield f"{indent}{head}" + (f"  ({first})" if first else "")
    for note in more:
        yield f"{indent}  {note}"
    for leak in cost.own_leaks():
        yield f"{indent}  ! {leak.what}"
        yield f"{indent}    -> {leak.remedy}"
    for name, child in cost.children:
        yield from _lines(child, name, indent + "  ")


_DELTA = 1e-6  # the default of every estimator here
