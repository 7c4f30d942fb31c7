"""Warnings that noise hides what there is to learn.

They are made of public facts and of what a fit released, and of nothing else: so they
are as private as the model. Columns are named, never a value or an exact number.
"""

import threading
from contextlib import contextmanager
from warnings import warn

_MOST_NAMES = 5
_WEAK = 5.0  # deviations of a count: a range of fewer rows may be off
_OF_CALLER = 4  # levels of the stack: this module, fit, and what wraps it
_HERE = threading.local()


class UtilityWarning(UserWarning):
    """By its own noisy numbers, a fit has learned little of what it was to learn."""


def warn_of(name, doubts):
    """Say what a fit found doubtful, in one warning, unless its model is kept back.

    Parameters
    ----------
    name : str
        What was fitted.
    doubts : list of str
        Made of public facts and of what was released.
    """
    if doubts and not getattr(_HERE, "unsaid", False):
        warn(
            f"{name} has few rows for its noise: {'; '.join(doubts)}. More rows, a "
            "larger epsilon, fewer columns or declared bounds would help.",
            UtilityWarning,
            stacklevel=_OF_CALLER,
        )


def warn_of_choice(text):
    """Say that a parameter may not mean what was meant, by released numbers alone.

    Parameters
    ----------
    text : str
        What is doubtful, and what to do about it.
    """
    if not getattr(_HERE, "unsaid", False):
        warn(text, UtilityWarning, stacklevel=2)


@contextmanager
def unsaid():
    """No such warning of fits in this thread: their models may never be released."""
    before = getattr(_HERE, "unsaid", False)
    _HERE.unsaid = True
    try:
        yield
    finally:
        _HERE.unsaid = before


def doubts_of_ranges(ranges, deviation, names):
    """What is doubtful about ranges that were searched for.

    Parameters
    ----------
    ranges : Ranges
    deviation : float
        Of the noise of a count.
    names : callable
        From the number of a range to what a person calls it.

    Yields
    ------
    str
    """
    lost = ~ranges.found
    if lost.any():
        yield f"the range of {_listed(names, lost)} was not found"
    weak = ranges.found & (ranges.rows < _WEAK * deviation)
    if weak.any():
        of_some, rows = _listed(names, weak), _about(ranges.rows[weak].min())
        yield f"the range of {of_some} was found from about {rows} rows"


def _listed(names, chosen):
    """A number of columns, and the first names."""
    found = chosen.nonzero()[0].tolist()
    text = ", ".join(names(k) for k in found[:_MOST_NAMES])
    text += ", …" * (len(found) > _MOST_NAMES)
    return f"{len(found)} column{'s' * (len(found) > 1)} ({text})"


def noise_exceeds_signal(n_rows, n_columns):
    """That of so many coefficients, about so many noisy rows say little."""
    return (
        f"noise exceeds the signal: {n_columns} coefficients from about "
        f"{_about(n_rows)} rows"
    )


def hidden_classes(counts, noise):
    """Those of how many classes noise hides the rows; one phrase, or none.

    Yields
    ------
    str
    """
    hidden = int((counts < 2 * noise).sum())
    if hidden:
        yield f"noise hides the rows of {hidden} of {len(counts)} classes"


def _about(number):
    """A number with two digits."""
    return f"{float(f'{number:.2g}'):g}"
