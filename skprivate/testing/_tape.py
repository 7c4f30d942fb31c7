"""Listen to everything that passes between rows and models during a fit."""

import os
from collections.abc import Mapping
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from unittest.mock import patch

import numpy as np

import skprivate.mechanisms
from skprivate.base import Curator
from skprivate.mechanisms import Entropy
from skprivate.rows import _sampled
from skprivate.rows._sampled import Coins
from skprivate.testing._coins import coins_by_content


@dataclass(frozen=True, eq=False)
class Asked:
    """One query that was charged, before any row was read."""

    query: object
    sensitivity: float
    share: float
    mechanism: object


@dataclass(frozen=True, eq=False)
class Told:
    """One call of a mechanism: the exact total, and what it answered."""

    mechanism: object
    total: object
    levels: float
    weights: object
    answer: object

    @property
    def noise(self):
        """What was added, flat, in grid steps; None for selections and keys."""
        keys = isinstance(self.answer, dict)
        if keys or np.shape(self.answer) != np.shape(self.total):
            return None
        return np.ravel(np.asarray(self.answer, float) - np.asarray(self.total, float))


@dataclass(eq=False)
class Tape:
    """What one fit asked, what it was told, and what random words it drew besides."""

    asked: list = field(default_factory=list)
    told: list = field(default_factory=list)
    drawn: list = field(default_factory=list)
    salt: bytes = field(default_factory=lambda: os.urandom(16))  # of coins of samples


class Recorder:
    """Lets everything happen, and writes it on a tape."""

    def __init__(self):
        self.tape = Tape()
        self.salt = self.tape.salt

    def charge(self, *asked):
        """Note what was asked."""
        self.tape.asked.append(Asked(*asked))

    def mechanism(self, call, mechanism, total, levels, weights):
        """Note what was told."""
        answer = call()
        parts = total, levels, weights, answer
        self.tape.told.append(Told(mechanism, *map(copied, parts)))
        return answer

    def words(self, draw, n):
        """Note random words that are no noise of a mechanism."""
        words = draw(n)
        self.tape.drawn.append(words.copy())
        return words


@contextmanager
def listening(listener):
    """Report every charge, noise and random word to ``listener`` meanwhile.

    Mechanisms and entropy are replaced at their classes, so no estimator can pass them
    by, whatever it is made of. Not for several threads at once.
    """
    inside = _Depth()
    with ExitStack() as stack:
        enter = stack.enter_context
        enter(patch.object(Curator, "_charge", _charge_for(listener)))
        enter(patch.object(Coins, "drawn", coins_by_content(listener)))
        # Those coins need the rows as they are, also where columns are kept.
        enter(patch.object(_sampled, "_of_sample", _sampled._OfSample))
        enter(patch.object(Entropy, "stream", _stream_for(listener, inside)))
        for cls in _mechanism_classes():
            call = _call_for(listener, cls.__call__, inside)
            enter(patch.object(cls, "__call__", call))
        yield listener


class _Depth:
    """How deep in mechanisms the program is: some are made of others."""

    calls = 0


def _mechanism_classes():
    """Classes that define how a mechanism draws."""
    public = [getattr(skprivate.mechanisms, n) for n in skprivate.mechanisms.__all__]
    lines = [cls.__mro__ for cls in public if isinstance(cls, type)]
    return {c for line in lines for c in line if "__call__" in vars(c)} - {type}


def _charge_for(listener):
    original = Curator._charge

    def charge(self, queries, sensitivities, shares, mechanisms, **paid):
        original(self, queries, sensitivities, shares, mechanisms, **paid)
        for parts in zip(queries, sensitivities, shares, mechanisms, strict=True):
            listener.charge(*parts)

    return charge


def _call_for(listener, original, inside):
    def call(self, total, levels, *args, **kwargs):
        if inside.calls:
            return original(self, total, levels, *args, **kwargs)

        def really():
            inside.calls += 1
            try:
                return original(self, total, levels, *args, **kwargs)
            finally:
                inside.calls -= 1

        heard = dict(total) if isinstance(total, Mapping) else total
        return listener.mechanism(really, self, heard, levels, kwargs.get("weights"))

    return call


def _stream_for(listener, inside):
    original = Entropy.stream

    def stream(self, context=b""):
        source = original(self, context)
        return source if inside.calls else _HeardStream(source, listener)

    return stream


class _HeardStream:
    """A stream of words outside of any mechanism."""

    def __init__(self, source, listener):
        self._source, self._listener = source, listener

    def words(self, n):
        return self._listener.words(self._source.words, n)


def copied(value):
    """A value that later changes of arrays do not reach."""
    return deepcopy(value) if isinstance(value, (np.ndarray, dict)) else value
