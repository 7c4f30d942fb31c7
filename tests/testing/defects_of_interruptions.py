"""Defects of fits that are interrupted, and of journals."""

import os
import tempfile

import skprivate.base._journal as journal_module
from skprivate.base import DPEstimator
from skprivate.ledger import charge
from skprivate.ledger._open_charge import OpenCharge
from tests.testing.planting import caught_by, variant, wrap
from tests.testing.toys import Toy


@caught_by("check_interrupted_fit_leaves_nothing")
def files_are_left_behind(monkeypatch):
    def _fit(self, curator):
        file, _ = tempfile.mkstemp()
        os.close(file)
        Toy._fit(self, curator)

    return variant(_fit=_fit)


@caught_by("check_interrupted_fit_leaves_nothing")
def attributes_are_left_behind(monkeypatch):
    def fit(self, X, y=None, **options):
        self._begun = True
        return DPEstimator.fit(self, X, y, **options)

    return variant(fit=fit)


@caught_by("check_interrupted_fit_leaves_nothing")
def a_failed_fit_is_charged_again(monkeypatch):
    def fit(self, X, y=None, **options):
        try:
            return DPEstimator.fit(self, X, y, **options)
        except BaseException:
            charge("failed", self._budget(), owner=self)
            raise

    return variant(fit=fit)


@caught_by("check_interrupted_fit_leaves_nothing")
def interruptions_are_swallowed(monkeypatch):
    def _fit(self, curator):
        try:
            Toy._fit(self, curator)
        except BaseException:
            self.sums_ = None

    return variant(_fit=_fit)


@caught_by("check_journal_goes_on")
def answers_of_a_journal_are_not_paid(monkeypatch):
    monkeypatch.setattr(OpenCharge, "pay", lambda self, event, what: None)


@caught_by("check_journal_goes_on")
def journals_forget(monkeypatch):
    monkeypatch.setattr(journal_module.JournalFile, "write", lambda self, *entry: None)


@caught_by("check_journal_goes_on")
def journals_tell_something_else(monkeypatch):
    def make(original):
        def answer_of(text):
            told = original(text)
            return told if isinstance(told, int) else [2 * total for total in told]

        return answer_of

    wrap(monkeypatch, journal_module, "answer_of", make)
