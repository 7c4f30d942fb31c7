"""Checks of fits that are interrupted: what they leave behind, and how they go on."""

import os
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from unittest.mock import patch

from sklearn.base import clone

from skprivate.base import Curator, Journal
from skprivate.ledger import PrivacyLedger
from skprivate.rows import ArrayRows, ChunkRows
from skprivate.testing._examples import configured, example_for, quiet
from skprivate.testing._same import differences, fitted_state
from skprivate.testing._tape import Recorder, listening
from skprivate.testing._thrift import some_of

_FIRST = 3  # releases that are interrupted, and passes over rows


def check_interrupted_fit_leaves_nothing(estimator):
    """Ctrl-C, or a disk that is full, at any of the first releases.

    The debit stays, the estimator is as it was, and no file is left.
    """
    estimator = configured(estimator)
    rows = example_for(estimator)
    errors = KeyboardInterrupt("planned"), OSError(28, "planned"), SystemExit(1)
    cases = [(n, error) for n in range(_FIRST) for error in errors]
    for n, error in some_of(cases, estimator, parts=3):
        _interrupt(estimator, rows.fit_args, _Breaker(n, error), n)
    for n in some_of(range(_FIRST), estimator, parts=3):
        source = _Torn(rows, n)
        X = ChunkRows(source, rows.width)
        _interrupt(estimator, {"X": X}, _Breaker(-1, None), n, source)


def check_journal_goes_on(estimator):
    """A fit that was interrupted is told again what it has paid; it pays the rest."""
    estimator = configured(estimator, random_state=0)  # how much is asked may depend
    rows = example_for(estimator)
    X = ArrayRows(rows.X, rows.y)
    fitted, starts, n_told = _questions(estimator, X)
    with tempfile.TemporaryDirectory() as folder, quiet():
        path, kept, ledger = os.path.join(folder, "journal"), 0, PrivacyLedger()
        for n in some_of(range(min(_FIRST, len(starts))), estimator, parts=3):
            broken = _Breaker(starts[n] - kept, KeyboardInterrupt("planned"))
            _fit_into(path, estimator, X, broken, ledger)
            assert len(broken.tape.told) == starts[n] - kept, (
                "answers that are in a journal are asked for once more. Ask the same "
                "questions for the same parameters: draw no random numbers in _fit."
            )
            kept = starts[n]
        last = Recorder()
        resumed = _fit_into(path, estimator, X, last, ledger)
    assert len(last.tape.told) == n_told - kept, (
        "a fit that goes on with a journal asks for more, or less, than is left."
    )
    different = differences(_without_notes(fitted), _without_notes(resumed))
    assert not different, (
        f"{different} are others where the same is told. Draw nothing in _fit."
    )


def _without_notes(fitted):
    """What was learned, but not where answers are from."""
    state = fitted_state(fitted)
    return {**state, "privacy_": replace(state["privacy_"], notes=())}


def _questions(estimator, X):
    """A fit, at which answer of a mechanism each question starts, and their number.

    What is asked in one pass may be several queries.
    """
    heard, starts, told = Recorder(), [], Curator._told

    def noted(self, *question):
        starts.append(len(heard.tape.told))
        return told(self, *question)

    with quiet(), listening(heard), patch.object(Curator, "_told", noted):
        fitted = clone(estimator).fit(X)
    return fitted, starts, len(heard.tape.told)


def _fit_into(path, estimator, X, listener, ledger):
    """A fit with a journal, and whether each answer of rows has been paid."""
    fitted, before = clone(estimator), len(ledger.records)
    with ledger, listening(listener):
        try:
            with Journal(path):
                fitted.fit(X)
        except KeyboardInterrupt:
            assert fitted_state(fitted) == {}, (
                "a fit with a journal leaves attributes behind when it is interrupted."
            )
    assert len(ledger.records) > before, (
        "answers of rows are not debited. Leave answers and debits to the curator."
    )
    return fitted


def _interrupt(estimator, given, breaker, n, source=None):
    """Fit what is interrupted, and look at what is left."""
    fresh = clone(estimator)
    with PrivacyLedger() as ledger, _empty_folder() as folder, quiet():
        with listening(breaker):
            try:
                fresh.fit(**given)
            except BaseException as error:
                breaker.caught(error)
            else:
                happened = breaker.happened or (source is not None and source.happened)
                assert not happened, (
                    f"an interruption at release {n} is swallowed. Catch Exception of "
                    "your own code only."
                )
                return
        left = os.listdir(folder)
    assert not left, (
        f"a fit that is interrupted at release {n} leaves files behind. Remove them in "
        "a finally clause, or let rows.keeping() have them."
    )
    assert fitted_state(fresh) == {}, (
        f"a fit that is interrupted at release {n} leaves attributes behind. Leave fit "
        "to DPEstimator."
    )
    assert [record.event for record in ledger.records] == [fresh._budget().event], (
        f"a fit that is interrupted at release {n} is not debited once. Leave charging "
        "to DPEstimator.fit."
    )


@contextmanager
def _empty_folder():
    """A new folder for temporary files meanwhile."""
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.object(tempfile, "tempdir", folder),
    ):
        yield folder


class _Breaker(Recorder):
    """Interrupts one of the answers of a fit."""

    def __init__(self, answer, error):
        super().__init__()
        self._left, self._error = answer, error
        self.happened = False

    def mechanism(self, call, *parts):
        """Raise, when it is time."""
        if self._left == 0:
            self.happened = True
            raise self._error
        self._left -= 1
        return super().mechanism(call, *parts)

    def caught(self, error):
        """Insist on the error that was raised, where it was no source's."""
        expected = type(self._error)
        if self._error is not None and not isinstance(error, expected):
            raise error


class _Torn:
    """Opens chunks, of which the second cannot be read in one of the passes."""

    def __init__(self, rows, n):
        self._rows, self._left, self.happened = rows, n, False

    def __call__(self):
        self._left -= 1
        broken = self._left == -1
        half = len(self._rows) // 2
        for part in (slice(None, half), slice(half, None)):
            if broken and part.start:
                self.happened = True
                raise OSError(28, "planned")
            part = self._rows.rows(part)
            yield (part.X,) if part.y is None else (part.X, part.y)
