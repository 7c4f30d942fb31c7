"""The checks themselves: a sound estimator passes all, and each is told apart."""

import numpy as np
import pytest

from skprivate.testing import (
    audit_mu,
    check_dp_estimator,
    dp_checks,
    hostile_rows,
    parametrize_with_dp_checks,
    record,
    replay,
)
from skprivate.testing._examples import configured, example_for, fit, small
from skprivate.testing._neighbours import neighbours_of
from skprivate.testing._same import bits_of
from tests.testing.toys import Toy, ToyMoments, ToyRounds, ToyTriangle

TOYS = [Toy(), ToyMoments(), ToyTriangle(), ToyRounds()]


@parametrize_with_dp_checks(TOYS)
def test_sound_estimators_pass(estimator, check):
    check(estimator)


def test_results_are_reported_as_by_scikit_learn():
    class Careless(Toy):
        def predict(self, X):
            self.last_ = X
            return Toy.predict(self, X)

        __init__ = Toy.__init__

    results = check_dp_estimator(Careless(), on_fail="report")
    failed = [r["check_name"] for r in results if r["status"] == "failed"]
    assert "check_predicting_changes_nothing" in failed
    assert len(results) == len(dp_checks(Careless())) > 30
    with pytest.raises(AssertionError, match="Keep nothing"):
        dp_checks(Careless())["check_predicting_changes_nothing"](Careless())


def test_every_check_says_what_it_checks():
    for check in dp_checks(Toy()).values():
        assert check.__doc__


def test_there_are_many_neighbours():
    rows = example_for(Toy())
    names = [neighbour.name for neighbour in neighbours_of(rows)]
    assert len(names) == len(set(names)) >= 20


def test_models_that_iterate_are_made_small():
    class Rounds(Toy):
        def __init__(self, *, max_iter=100, epsilon=1.0):
            super().__init__(epsilon=epsilon)
            self.max_iter = max_iter

    assert small(Rounds(epsilon=2.0)).get_params() == {"max_iter": 3, "epsilon": 2.0}


def test_replay_of_the_same_rows_finds_nothing():
    estimator, rows = configured(Toy()), example_for(Toy())
    recording = record(estimator, **rows.fit_args)
    playback = replay(recording, units=0, **rows.fit_args)
    assert playback.findings == []
    assert playback.largest_move == 0


def test_a_heavy_row_moves_the_total_by_all_that_is_declared():
    estimator, rows = configured(ToyMoments()), example_for(Toy())
    recording = record(estimator, **rows.fit_args)
    playback = replay(recording, **rows.with_row(2.0).fit_args)
    assert playback.largest_move == pytest.approx(1, abs=1e-6)
    assert playback.findings == []


def test_hostile_rows_hold_every_kind_of_number():
    rows = hostile_rows(2000, 4)
    assert np.isnan(rows).any()
    assert np.isinf(rows).any()
    tiny = np.abs(rows[(rows != 0) & np.isfinite(rows)]).min()
    assert tiny == 5e-324
    assert np.isfinite(rows).all(axis=1).mean() > 0.4


def test_bits_tell_apart_what_equality_does_not():
    assert bits_of(0.0) != bits_of(-0.0)
    assert bits_of(1) != bits_of(1.0)
    assert bits_of(np.nan) == bits_of(np.nan)
    assert bits_of([np.float32(1)]) != bits_of([np.float64(1)])
    assert bits_of({"a": (1, {2})}) == bits_of({"a": (1, {2})})


def test_listening_leaves_no_trace():
    estimator, rows = configured(Toy(), random_state=0), example_for(Toy())
    before = bits_of(vars(fit(estimator, rows)))
    record(estimator, **rows.fit_args)
    assert bits_of(vars(fit(estimator, rows))) == before


@pytest.mark.slow
def test_audit_closes_in_on_the_claim():
    toy = configured(ToyMoments(), epsilon=8.0)
    rows = example_for(toy, 10)
    canary = np.full(rows.width, 2.0), 0
    low, high = audit_mu(toy, rows.X, rows.y, canary, n_fits=5000)
    assert 1.25 < low < 1.5316 < high < 1.85
