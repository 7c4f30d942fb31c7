"""Defects of how fits are charged to ledgers."""

import skprivate.base._journal as journal_module
import skprivate.ledger._debit as debit_module
from skprivate.base import Curator, DPEstimator
from skprivate.ledger import Charge, LedgerCarrier, prepaid
from skprivate.ledger._carried import CARRIED
from tests.testing.planting import caught_by, variant, with_fit, wrap
from tests.testing.toys import Toy, ToyMoments


@caught_by("check_ledger_is_debited_exactly")
def fits_are_not_charged(monkeypatch):
    monkeypatch.setattr(
        journal_module, "charge", lambda name, *args, **kwargs: Charge(name)
    )


@caught_by("check_ledger_is_debited_exactly")
def fits_are_charged_twice(monkeypatch):
    def make(original):
        def charge(*args, **kwargs):
            original(*args, **kwargs)
            return original(*args, **kwargs)

        return charge

    wrap(monkeypatch, journal_module, "charge", make)


@caught_by("check_ledger_is_debited_exactly")
def a_fit_fits_another(monkeypatch):
    return with_fit(lambda self, curator: ToyMoments().fit(curator._rows))


@caught_by("check_ledger_is_debited_exactly")
def the_debit_forgets_the_budget(monkeypatch):
    def make(original):
        def charge(name, budget, **options):
            return original(name, type(budget)(1.0, budget.delta), **options)

        return charge

    wrap(monkeypatch, journal_module, "charge", make)


@caught_by("check_ledger_is_debited_exactly")
def reports_are_not_recorded(monkeypatch):
    monkeypatch.setattr(Charge, "record", lambda self, report: None)


@caught_by("check_ledger_is_debited_before_rows_are_read")
def rows_are_read_before_the_charge(monkeypatch):
    def fit(self, X, y=None, **options):
        try:
            with prepaid(self):
                return DPEstimator.fit(self, X, y, **options)
        finally:
            if hasattr(self, "privacy_"):
                journal_module.charge("late", self.privacy_.budget, owner=self)

    return variant(fit=fit)


@caught_by("check_ledger_is_spared_mistakes_that_public_facts_reveal")
def fits_are_not_rehearsed(monkeypatch):
    monkeypatch.setattr(DPEstimator, "_rehearse", lambda self, given: None)


@caught_by("check_ledger_refuses_no_more_than_a_fit_does")
def a_fit_that_looks_at_rows_cannot_be_rehearsed(monkeypatch):
    def _fit(self, curator):
        self.size_ = curator._rows.X.nbytes  # there are none in a rehearsal
        Toy._fit(self, curator)

    return variant(_fit=_fit)


@caught_by("check_ledger_refusal_changes_nothing")
def caps_are_not_checked(monkeypatch):
    monkeypatch.setattr(debit_module.Filter, "admits", lambda self, *args: True)


@caught_by("check_ledger_refusal_changes_nothing")
def a_refused_fit_leaves_a_trace(monkeypatch):
    def _check_budget(self):
        self.tried_ = True
        return DPEstimator._check_budget(self)

    return variant(_check_budget=_check_budget)


@caught_by("check_ledger_travels_with_the_estimator")
def pickles_forget_the_ledger(monkeypatch):
    def __getstate__(self):
        state = dict(Toy.__getstate__(self))
        state.pop(CARRIED, None)
        return state

    return variant(__getstate__=__getstate__)


@caught_by("check_ledger_travels_with_the_estimator")
def clones_forget_the_ledger(monkeypatch):
    def make(original):
        def __sklearn_clone__(self):
            new = original(self)
            vars(new).pop(CARRIED, None)
            return new

        return __sklearn_clone__

    wrap(monkeypatch, LedgerCarrier, "__sklearn_clone__", make)


@caught_by("check_ledger_leaves_prepaid_fits_alone")
def prepaid_is_ignored(monkeypatch):
    monkeypatch.setattr("skprivate.ledger._charge.take_prepaid", lambda *who: False)


@caught_by("check_strict_ledger_is_obeyed")
def seeds_pass_a_strict_ledger(monkeypatch):
    def make(original):
        def charge(*args, seeded, **options):
            return original(*args, **options)

        return charge

    wrap(monkeypatch, journal_module, "charge", make)


@caught_by("check_strict_ledger_is_obeyed")
def assumptions_pass_a_strict_ledger(monkeypatch):
    monkeypatch.setattr(Curator, "assume", lambda self, fact: None)


@caught_by("check_strict_ledger_is_obeyed")
def fits_without_noise_pass_a_strict_ledger(monkeypatch):
    monkeypatch.setattr(debit_module.Price, "private", True)
