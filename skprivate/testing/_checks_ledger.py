"""Checks that no fit escapes a ledger, and that none is charged more than once."""

import copy
import pickle

from sklearn.base import clone
from sklearn.utils import get_tags

from skprivate.ledger import (
    BudgetExceededError,
    LedgerUnavailableError,
    PrivacyLedger,
    StrictLedgerError,
    prepaid,
)
from skprivate.rows import ArrayRows, Rows
from skprivate.testing._examples import (
    N_FEATURES,
    configured,
    error_of,
    example_for,
    fit,
    quiet,
    target_kind,
)
from skprivate.testing._same import bits_of, fitted_state
from skprivate.testing._shared import recording_of


def check_ledger_is_debited_exactly(estimator):
    """A fit is debited once, with all of its budget, and its report is attached."""
    for epsilon in (0.5, 4.0):
        chosen = configured(estimator, epsilon=epsilon)
        with PrivacyLedger() as ledger:
            fitted = fit(chosen, example_for(chosen))
        records = ledger.records
        assert len(records) == 1, (
            f"one fit is debited {len(records)} times. Leave charging to "
            "DPEstimator.fit, and fit no other estimators in _fit."
        )
        event = chosen._budget().event
        assert records[0].event == event, (
            "the debit is not that of the budget. Leave charging to DPEstimator.fit."
        )
        assert len(records[0].releases) == len(fitted.privacy_.rows()), (
            "the ledger does not list what was released. Leave privacy_ to fit."
        )


def check_ledger_is_debited_before_rows_are_read(estimator):
    """Rows that fail when they are read have been paid for."""
    estimator = configured(estimator)
    with PrivacyLedger() as ledger, quiet():
        error = error_of(estimator.fit, _Unreadable())
    assert isinstance(error, _ReadError), (
        f"rows are not read through total(), but {error!r} is raised. Ask the curator."
    )
    assert len(ledger.records) == 1, (
        "rows are read before the fit is debited. Leave charging to DPEstimator.fit."
    )
    assert not hasattr(estimator, "privacy_"), (
        "a failed fit leaves privacy_ behind. Assign it in DPEstimator.fit only."
    )


def check_ledger_is_spared_mistakes_that_public_facts_reveal(estimator):
    """What parameters, types and shapes show to be wrong is free."""
    rows = example_for(estimator)
    for name, (params, given) in _public_mistakes(estimator, rows).items():
        with PrivacyLedger() as ledger, quiet():
            chosen = configured(estimator, **params)
            error = error_of(chosen.fit, **{**rows.fit_args, **given})
        assert isinstance(error, (TypeError, ValueError)), (
            f"{name}: not refused by TypeError or ValueError, but {error!r} is raised."
        )
        assert ledger.records == (), (
            f"{name}: charged, although no row is needed to see it. Check parameters "
            "in _fit, before the first release."
        )


def check_ledger_refuses_no_more_than_a_fit_does(estimator):
    """What fits without a ledger fits with one: as an array, a list, in groups."""
    estimator, rows = configured(estimator), example_for(estimator)
    weight, groups = [1.0] * len(rows), list(range(len(rows)))
    given = {
        "an array": {},
        "a list": {"X": rows.X.tolist()},
        "weights": {"sample_weight": weight},
        "groups": {"groups": groups},
        "rows in memory": {"X": ArrayRows(rows.X, rows.y, None), "y": None},
    }
    for name, args in given.items():
        call = {**rows.fit_args, **args}
        with quiet():
            alone = error_of(clone(estimator).fit, **call)
            with PrivacyLedger() as ledger:
                charged = error_of(clone(estimator).fit, **call)
        assert type(alone) is type(charged), (
            f"{name}: a fit with a ledger raises {charged!r}, without one {alone!r}. "
            "Let _fit do the same on no rows."
        )
        assert alone is not None or len(ledger.records) == 1, (
            f"{name}: one fit is debited {len(ledger.records)} times."
        )


def check_ledger_refusal_changes_nothing(estimator):
    """A refused fit reads no row, and leaves the estimator as it was."""
    estimator = configured(estimator)
    fitted = copy.deepcopy(recording_of(estimator).estimator)
    for chosen in (clone(estimator), fitted):
        before = bits_of(fitted_state(chosen))
        with quiet():
            ledger = PrivacyLedger(epsilon=1e-3, delta=1e-9)
            with ledger:
                error = error_of(chosen.fit, _Unreadable())
                ledger.dismiss_refusals()
        assert isinstance(error, BudgetExceededError), (
            f"a fit beyond the cap is not refused, but {error!r} is raised. Leave fit "
            "to DPEstimator."
        )
        assert ledger.records == (), (
            "a refused fit is debited all the same. Leave charging to DPEstimator.fit."
        )
        assert bits_of(fitted_state(chosen)) == before, (
            "a refused fit changes the estimator. Assign attributes in _fit only."
        )


def check_ledger_travels_with_the_estimator(estimator):
    """A pickle, a copy or their clones charge the ledger, or do not fit."""
    estimator, rows = configured(estimator), example_for(estimator)
    ledger = PrivacyLedger()
    with ledger:
        carried = pickle.loads(pickle.dumps(estimator)), copy.deepcopy(estimator)
    for other in (*carried, clone(carried[0])):
        fit(other, rows)
    assert len(ledger.records) == 3, (
        "a pickled estimator forgets its ledger. Call super() in __getstate__ and in "
        "__sklearn_clone__."
    )
    fit(estimator, rows)
    assert len(ledger.records) == 3, (
        "a ledger is charged after its block has ended, by an estimator that was never "
        "pickled. Keep no ledger in it."
    )
    del ledger
    error = error_of(fit, carried[0], rows)
    assert isinstance(error, LedgerUnavailableError), (
        f"a fit whose ledger is gone is not refused, but {error!r} is raised. Leave "
        "fit to DPEstimator."
    )


def check_ledger_leaves_prepaid_fits_alone(estimator):
    """What a compound object has paid for is not debited again."""
    estimator = configured(estimator)
    rows = example_for(estimator)
    with PrivacyLedger() as ledger, prepaid(estimator), quiet():
        estimator.fit(**rows.fit_args)
    assert ledger.records == (), (
        "a prepaid fit is debited a second time. Leave charging to DPEstimator.fit."
    )


def check_strict_ledger_is_obeyed(estimator):
    """A strict ledger refuses seeds, no noise, and labels that are read from ``y``."""
    rows, estimator = example_for(estimator), clone(estimator)
    estimator.set_params(random_state=None)
    wrong = {
        "a seed": configured(estimator, random_state=0),
        "epsilon=inf": configured(estimator, epsilon=float("inf")),
    }
    if target_kind(estimator) == "class" and "classes" in estimator.get_params():
        wrong["labels read from y"] = configured(estimator, classes=None)
    for what, chosen in wrong.items():
        with PrivacyLedger(strict=True) as ledger:
            error = error_of(fit, chosen, rows)
            ledger.dismiss_refusals()
        assert isinstance(error, StrictLedgerError), (
            f"a strict ledger does not refuse {what}, but {error!r} is raised. Get "
            "labels by curator.classes, or call curator.assume."
        )
    with PrivacyLedger(strict=True):
        fit(configured(estimator), rows)


def _public_mistakes(estimator, rows):
    """Parameters and arguments that are wrong whatever the rows are, by name."""
    mistakes = {
        "a negative epsilon": ({"epsilon": -1.0}, {}),
        "delta of two": ({"delta": 2.0}, {}),
        "text as max_rows_per_group": ({"max_rows_per_group": "many"}, {}),
        "three dimensions": ({}, {"X": rows.X[:, :, None]}),
        "one dimension": ({}, {"X": rows.X[:, 0]}),
        "complex numbers": ({}, {"X": rows.X * 1j}),
        "no container": ({}, {"X": 3.0}),
        "weights of two columns": ({}, {"sample_weight": rows.X[:, :2]}),
    }
    if rows.y is not None:
        if get_tags(estimator).target_tags.required:
            mistakes["no y"] = {}, {"y": None}
        if not get_tags(estimator).target_tags.multi_output:
            mistakes["y of two columns"] = {}, {"y": rows.X[:, :2]}
    for name in {"bounds", "target_bounds"} & estimator.get_params().keys():
        wrong = {"reversed": (1.0, -1.0), "one end": (1.0,), "text": ("a", "b")}
        wrong["too many"] = [0.0] * (N_FEATURES + 2), [1.0] * (N_FEATURES + 2)
        mistakes |= {f"{name}: {k}": ({name: v}, {}) for k, v in wrong.items()}
    return mistakes


class _ReadError(Exception):
    """Rows were read."""


class _Unreadable(Rows):
    """Rows that cannot be read."""

    n_features = N_FEATURES

    def total(self, queries):
        raise _ReadError

    def tally(self, numbers, **options):
        raise _ReadError

    def encoded(self, classes):
        return self

    def labels(self):
        raise _ReadError
