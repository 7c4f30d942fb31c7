"""Answers written down during one fit, and read out to another.

What a curator has told is released. A second fit that asks exactly the same may be told
the same once more: all that it learns is computed from what is released already, and
costs nothing (post-processing; Dwork and Roth 2014, Proposition 2.1).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import local
from typing import Any

import numpy as np

from skprivate.base._bits import bits_of

_HERE = local()  # a thread fits one estimator at a time


class OtherQuestionError(RuntimeError):
    """A fit asks what the tape has no answer to."""


class Tape:
    """Questions and answers of a fit, in order.

    **Guarantee.** While a tape is replayed, no curator of this thread reads a row: it
    returns what is on the tape, or raises :class:`OtherQuestionError`. A question is
    the same if queries, sensitivities and mechanisms are, to the last bit, and if as
    many questions came before.
    """

    def __init__(self) -> None:
        self._entries = []
        self._last = None

    @property
    def n_answers(self) -> int:
        """Number of releases on the tape."""
        return sum(count for _, count, _ in self._entries)

    @contextmanager
    def recording(self) -> Iterator[Any]:
        """Write down what curators of this thread are asked, and tell."""
        with _in_this_thread(self._record):
            yield self

    @contextmanager
    def replaying(self) -> Iterator[Any]:
        """Let curators of this thread answer from the tape, which must be used up."""
        position = iter(self._entries)

        def replay(question, n_releases, answer):
            known, _, told = next(position, (None, 0, None))
            if known != bits_of(question):
                raise OtherQuestionError(
                    "This fit asks something that is not on the tape. Fit it on rows."
                )
            return copied(told)

        with _in_this_thread(replay):
            yield self
        if next(position, None) is not None:
            raise OtherQuestionError(
                "This fit asks less than there is on the tape. Fit it on rows."
            )

    def varied(self, times: float, entropy: Any, context: bytes) -> "Tape | None":
        """The same tape with fresh noise on its last answer, on top of that it has.

        The mechanism that gave the answer is applied to it once more. Only the last
        answer can be varied: what was asked later could depend on an earlier one.

        **Guarantee.** Rows have no part in it: it is a function of what was told, and
        of coins, so whatever is learned from it costs nothing (as above).

        Parameters
        ----------
        times : float
            Size of the noise, in units of that which the answer has.
        entropy : Entropy
        context : bytes
            Separates variations if the entropy is seeded.

        Returns
        -------
        Tape or None
            None where the last answer is no noisy sum, but a choice or a list of keys.
        """
        if not self._entries or not isinstance(self._entries[-1][2], list):
            return None
        bits, n_releases, told = self._entries[-1]
        answers = []
        for query, levels, mechanism, total in zip(*self._last, told, strict=True):
            total, levels = query.widened(total), times * levels
            noisy = mechanism(total, levels, entropy, context, weights=query.weights)
            answers.append(noisy)
        tape = Tape()
        tape._entries = [*self._entries[:-1], (bits, n_releases, answers)]
        tape._last = self._last
        return tape

    def _record(self, question, n_releases, answer):
        bits = bits_of(question)  # before the answer: queries may cache what they need
        told = answer()
        self._entries.append((bits, n_releases, copied(told)))
        self._last = question
        return told


def answered(question, n_releases, answer):
    """What ``answer()`` returns; from a tape, if one is replayed in this thread."""
    listener = getattr(_HERE, "listener", None)
    return answer() if listener is None else listener(question, n_releases, answer)


def off_the_record():
    """A block in which curators of this thread are heard by no tape, and told nothing.

    For fits whose answers are not released, and whose number rows may decide.
    """
    return _in_this_thread(None)


@contextmanager
def _in_this_thread(listener):
    before = getattr(_HERE, "listener", None)
    _HERE.listener = listener
    try:
        yield
    finally:
        _HERE.listener = before


def copied(told):
    """Answers that nobody else can alter."""
    if isinstance(told, list):
        return [np.array(values) for values in told]
    if isinstance(told, np.ndarray):
        return told.copy()
    return dict(told) if isinstance(told, dict) else told
