"""Record a fit, and replay it on other rows with every answer frozen.

If all that a model knows about its rows are the answers, then a fit on other rows with
the same answers asks the same questions and learns the same model, to the last bit; and
on neighbouring rows the exact totals differ by no more than was declared. (The idea is
that of Cebere et al., *Re:cord-play*, PETS 2026.)
"""

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import clone

from skprivate.base import DPEstimator
from skprivate.testing._examples import quiet
from skprivate.testing._same import bits_of, differences, fitted_state
from skprivate.testing._tape import Recorder, Tape, copied, listening

_ROUNDING = 1e-12  # levels are rounded square roots


@dataclass(frozen=True, eq=False)
class Recording:
    """A fitted estimator, the tape of its fit, and what it went on from, if it did."""

    estimator: object
    tape: Tape
    start: object = None


@dataclass(frozen=True, eq=False)
class Playback:
    """What replaying a recording on other rows has shown.

    Attributes
    ----------
    findings : list of str
        Leaks, each with its meaning and its cure; empty if all is well.
    refused : bool
        Whether the rows were refused before anything was told.
    largest_move : float
        Largest move of an exact total, as a fraction of what was declared.
    """

    findings: list
    refused: bool
    largest_move: float


def record(
    estimator: DPEstimator, *, going_on: bool = False, **fit_args: Any
) -> Recording:
    """Fit a clone and write down all that it asks and is told.

    Parameters
    ----------
    estimator : DPEstimator
        Not changed.
    going_on : bool, default=False
        Whether to fit a copy instead, which goes on from what it has learned.
    **fit_args
        Arguments of ``fit``.

    Returns
    -------
    Recording
    """
    start = deepcopy(estimator) if going_on else None
    recorder, fitted = Recorder(), _about_to_fit(estimator, start)
    with quiet(), listening(recorder):
        fitted.fit(**fit_args)
    return Recording(fitted, recorder.tape, start)


def replay(recording: Recording, *, units: float = 1, **fit_args: Any) -> Playback:
    """Fit on other rows with the answers of a recording, and compare.

    Parameters
    ----------
    recording : Recording
        From :func:`record`.
    units : float, default=1
        Number of privacy units by which the rows differ: 0 for the same rows in another
        order or place, inf for unrelated rows.
    **fit_args
        Arguments of ``fit``: the other rows.

    Returns
    -------
    Playback
    """
    grouped = fit_args.get("groups") is not None
    player = _Player(recording.tape, units, free_start=grouped)
    fitted = _about_to_fit(recording.estimator, recording.start)
    try:
        with quiet(), listening(player):
            fitted.fit(**fit_args)
    except _Diverged:
        return player.result()
    except (ValueError, TypeError) as error:
        if not player.started:
            return Playback([], True, 0.0)
        player.find(_RAISED.format(type(error).__name__))
        return player.result()
    except Exception as error:
        player.find(_RAISED.format(type(error).__name__))
        return player.result()
    player.compare(recording.estimator, fitted)
    return player.result()


def _about_to_fit(estimator, start):
    """A clone, or a copy of what a fit goes on from."""
    return clone(estimator) if start is None else deepcopy(start)


_RAISED = (
    "{} is raised on these rows only: that it happens tells them apart. Refuse rows "
    "before the first release, or let them contribute nothing."
)
_SEQUENCE = (
    "the sequence of releases depends on the rows: release {} {}. Decide what to ask "
    "from parameters and earlier answers only."
)
_CHANGED = (
    "{} of release {} ({}) depends on the rows. Compute it from parameters and earlier "
    "answers only."
)
_MOVED = (
    "release {} ({}): the exact total moves by {:.6g} times what is declared for one "
    "unit, while the rows differ by {:g}. Clip contributions to the bound, or declare "
    "a larger one."
)
_MONOTONE = (
    "release {} ({}): scores move in both directions, yet the mechanism is told that "
    "they are monotone. Drop monotone=True."
)
_WORDS = (
    "the number of random words drawn outside of mechanisms depends on the rows. Draw "
    "as many for any rows."
)
_ATTRIBUTE = (
    "attribute {} changes with the rows though every answer is frozen: it is not "
    "computed from answers alone. Compute it from releases, or drop it."
)


class _Diverged(BaseException):
    """Ends a replay that has left its tape; no estimator should catch this."""


class _Player:
    """Answers from a tape, and notes every departure from it."""

    def __init__(self, tape, units, free_start):
        self._tape, self._units, self._free_start = tape, units, free_start
        self.salt = tape.salt
        self._n_asked = self._n_told = self._n_drawn = 0
        self._findings, self._largest = [], 0.0

    @property
    def started(self):
        """Whether anything was told: rows may be refused while they are added up."""
        return self._n_told > 0

    def find(self, text):
        """Note a leak, once."""
        if text not in self._findings:
            self._findings.append(text)

    def result(self):
        """What was found."""
        return Playback(self._findings, False, self._largest)

    def charge(self, query, sensitivity, share, mechanism):
        """Compare a question with that of the tape."""
        number = self._n_asked
        self._n_asked += 1
        if number >= len(self._tape.asked):
            self.find(_SEQUENCE.format(number, "was not there before"))
            raise _Diverged
        before = self._tape.asked[number]
        if query.name != before.query.name:
            self.find(_SEQUENCE.format(number, "asks something else"))
            raise _Diverged
        for name, old, new in (
            ("sensitivity", before.sensitivity, sensitivity),
            ("share", before.share, share),
            ("mechanism", before.mechanism, mechanism),
            ("query", before.query, query),
        ):
            if bits_of(old) != bits_of(new):
                self.find(_CHANGED.format(f"the {name}", number, query.name))

    def mechanism(self, call, mechanism, total, levels, weights):
        """Compare an exact total with that of the tape, and answer from the tape."""
        number = self._n_told
        self._n_told += 1
        if number >= len(self._tape.told):
            self.find(_SEQUENCE.format(number, "was not there before"))
            raise _Diverged
        before = self._tape.told[number]
        if np.shape(total) != np.shape(before.total):
            self.find(_SEQUENCE.format(number, "has another shape"))
            raise _Diverged
        name = self._name(number)
        if bits_of(levels) != bits_of(before.levels):
            self.find(_CHANGED.format("the scale", number, name))
        if bits_of(mechanism) != bits_of(before.mechanism):
            self.find(_CHANGED.format("the mechanism", number, name))
        if bits_of(weights) != bits_of(before.weights):
            self.find(_CHANGED.format("the noise weights", number, name))
        self._measure(number, name, before, total)
        return copied(before.answer)

    def words(self, draw, n):
        """Random words of the tape; but those that choose rows of groups are free."""
        if self._free_start and self._n_asked == 0:
            return draw(n)
        number = self._n_drawn
        self._n_drawn += 1
        drawn = self._tape.drawn
        if self._free_start:
            number += 1  # the tape begins with the words that chose rows of groups
        if number >= len(drawn) or len(drawn[number]) != n:
            self.find(_WORDS)
            raise _Diverged
        return drawn[number].copy()

    def compare(self, first, second):
        """Compare what was learned."""
        if self._n_told < len(self._tape.told):
            self.find(_SEQUENCE.format(self._n_told, "is missing"))
        for name in differences(fitted_state(first), fitted_state(second)):
            self.find(_ATTRIBUTE.format(name))

    def _name(self, number):
        """How a report calls a release."""
        asked = self._tape.asked
        return asked[number].query.name if number < len(asked) else "unnamed"

    def _measure(self, number, name, before, total):
        """How far the exact total has moved, and whether that was declared."""
        move = _difference(total, before.total)
        weights = 1.0 if before.weights is None else np.ravel(before.weights)
        distance = np.linalg.norm(move / weights, ord=before.mechanism.norm)
        monotone = self._units == 1 and getattr(before.mechanism, "monotone", False)
        if monotone and np.any(move > 0) and np.any(move < 0):
            self.find(_MONOTONE.format(number, name))
        declared = before.levels
        if isinstance(before.total, dict):  # levels are those of a single key
            declared = before.mechanism.sensitivity(before.levels)
        ratio = distance / declared if declared else float(distance > 0)
        self._largest = max(self._largest, ratio)
        if distance > declared * self._units * (1 + _ROUNDING):
            self.find(_MOVED.format(number, name, ratio, self._units))


def _difference(total, before):
    """By how much a total has moved, flat; totals may be counts by key."""
    if isinstance(before, dict):
        keys = {*total, *before}
        return np.array([float(total.get(k, 0) - before.get(k, 0)) for k in keys])
    return np.ravel(np.asarray(total, float) - np.asarray(before, float))
