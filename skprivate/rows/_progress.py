"""How far a pass over rows is, for whoever runs the fit."""

from logging import getLogger
from time import monotonic

_EVERY = 5.0  # seconds


class Progress:
    """Tells a logger, every few seconds, how far a pass over many rows is.

    How many rows there are is not public: numbers have two digits, and go to the logger
    ``skprivate.rows`` only, at level ``INFO``.

    Parameters
    ----------
    n_rows : int or None
        How many there are, if that is known.
    """

    def __init__(self, n_rows):
        self._n_rows, self._seen = n_rows, 0
        self._begun = self._told = monotonic()

    def saw(self, n_rows):
        """Some rows more were read."""
        self._seen += n_rows
        now = monotonic()
        if now - self._told < _EVERY:
            return
        self._told, speed = now, self._seen / (now - self._begun)
        text = "Read about %s rows, %s a second."
        told = [_short(self._seen), _short(speed)]
        if self._n_rows is not None and speed > 0:
            text = text[:-1] + "; %s seconds left of this pass."
            told.append(_short((self._n_rows - self._seen) / speed))
        getLogger("skprivate.rows").info(text, *told)


def _short(number):
    """A number with two digits."""
    return f"{float(f'{max(number, 0.0):.1e}'):,.0f}"
