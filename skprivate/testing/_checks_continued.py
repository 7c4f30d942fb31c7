"""Checks of estimators whose fits may go on from the last one."""

from copy import deepcopy

import numpy as np

from skprivate.accounting import epsilon_of_events
from skprivate.base._continued import _Partial
from skprivate.ledger import PrivacyLedger, StrictLedgerError
from skprivate.testing._checks_replay import _raise
from skprivate.testing._examples import configured, error_of, example_for, fit, quiet
from skprivate.testing._neighbours import neighbours_of
from skprivate.testing._replay import record, replay


def check_reports_cover_all_fits(estimator):
    """What went on from other fits costs what all of them do, and each is debited."""
    rows, model = example_for(estimator), configured(estimator)
    event, delta = model._budget().event, model.delta
    for n_fits, batches, times in ((3, [None] * 3, 3), (4, [1, 2, 1, None], 3)):
        with PrivacyLedger() as ledger, quiet():
            fitted = deepcopy(model)
            for batch in batches:
                fitted.partial_fit(**rows.fit_args, batch=batch)
        assert len(ledger.records) == n_fits, (
            f"{n_fits} calls are debited {len(ledger.records)} times. Leave charging "
            "to DPEstimator.fit."
        )
        found, expected = fitted.privacy_, epsilon_of_events([event] * times, delta)
        assert np.isclose(found.epsilon(), expected, rtol=1e-6), (
            f"after {n_fits} fits the report says epsilon={found.epsilon():.6g} in "
            f"place of {expected:.6g}. Leave reports to DPContinuesMixin."
        )


def check_replay_of_fits_that_go_on(estimator):
    """A fit that starts from the last one moves no total farther than declared."""
    rows = example_for(estimator)
    known = fit(configured(estimator, warm_start=True), rows)
    if "warm_start" not in known.get_params(deep=False):
        known._partial = _Partial(None, None)  # as within partial_fit
    recording = record(known, going_on=True, **rows.fit_args)
    for neighbour in neighbours_of(rows):
        playback = replay(recording, units=neighbour.units, **neighbour.rows.fit_args)
        _raise(playback, neighbour.name)


def check_batches_are_assumed(estimator):
    """That batches have no unit in common is listed, or refused if that is strict."""
    rows, model = example_for(estimator), configured(estimator)
    with quiet():
        assumed = deepcopy(model).partial_fit(**rows.fit_args, batch=1).privacy_.assumed
    assert any("batches" in fact for fact in assumed), (
        "batches that are named are not listed as assumed. Ask _resume(curator) last "
        "before the first release."
    )
    ledger = PrivacyLedger(strict=True)
    with quiet():
        error = error_of(_in_ledger, ledger, deepcopy(model), rows)
    assert isinstance(error, StrictLedgerError), (
        "a strict ledger takes the user's word that batches have no unit in common. "
        "Ask _resume(curator) before the first release."
    )
    assert ledger.records == (), (
        "what a strict ledger refuses is charged, though parameters tell. Ask "
        "_resume(curator) before the first release."
    )


def _in_ledger(ledger, model, rows):
    with ledger:
        model.partial_fit(**rows.fit_args, batch=1)
