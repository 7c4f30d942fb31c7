"""The best attack on a row, and orders of rows, where models are around models."""

from unittest.mock import patch

import numpy as np
import pytest
from sklearn.base import clone

from skprivate.accounting import Budget
from skprivate.base import Curator
from skprivate.rows import ArrayRows, ChunkRows, Parties
from skprivate.testing._attack import _interval
from skprivate.testing._examples import quiet
from skprivate.testing._tape import Recorder, listening
from tests.test_wrappers import BY_COINS, SINGLE, TABLES, WRAPPERS, last, target

EPSILON, DELTA = 14.0, 1e-6
THERE, AWAY = 1 - 2.0**-20, 2.0**-40  # weights of a row: all of it, or nothing
N_ROWS = 40


class Attacker(Recorder):
    """Scores how likely all answers are with and without one row.

    Its weight tells it from others, wherever a model hands it on: with another target,
    to some of the models only, or as what released models say of it. One weight leaves
    all of the row, the other nothing. Coins, which are secret, are known here: what is
    private for an attacker who knows them is so for others.
    """

    def __init__(self, present):
        super().__init__()
        self._there, self.score, self.power = present, 0.0, 0.0

    def mechanism(self, call, mechanism, total, levels, weights):
        answer = super().mechanism(call, mechanism, total, levels, weights)
        assert type(mechanism).__name__ == "Gaussian"
        rows = self._curator._rows
        places = np.flatnonzero(rows.weight == (THERE if self._there else AWAY))
        assert len(places) <= 1
        if len(places):
            query = self.tape.asked[len(self.tape.told) - 1].query
            y = None if rows.y is None else rows.y[places]
            (move,) = ArrayRows(rows.X[places], y).total([query])
            deviation = levels * mechanism.event.noise_multiplier
            deviation = deviation * (1.0 if weights is None else weights)
            effect = move / deviation
            residual = (answer - total + self._there * move) / deviation
            self.score += float(np.sum(effect * (residual - effect / 2)))
            self.power += float(np.sum(effect**2))
        return answer

    def attack(self, model, X, y):
        weight = np.append(np.ones(len(X) - 1), THERE if self._there else AWAY)
        original = Curator.__init__

        def remembered(curator, *args, **kwargs):
            self._curator = curator
            original(curator, *args, **kwargs)

        heard = patch.object(Curator, "__init__", remembered)
        with quiet(), listening(self), heard:
            clone(model).fit(X, y, sample_weight=weight)
        return self


def rows_of(name):
    """Some rows, of which the last is far from the others."""
    X = np.random.default_rng(0).uniform(-1, 1, (N_ROWS, 3))
    X[-1] = 2.0
    return X, target(name, X)


def check_attack(name, n_fits):
    model, (X, y) = WRAPPERS[name]().set_params(epsilon=EPSILON), rows_of(name)
    present, absent = (
        [Attacker(there).attack(model, X, y) for _ in range(n_fits)]
        for there in (True, False)
    )
    claim = Budget(EPSILON, DELTA).mu
    assert max(np.sqrt(one.power) for one in present) <= claim * (1 + 1e-6)
    hits = sum(one.score > 0 for one in present)
    passes = sum(one.score <= 0 for one in absent)
    low, high = _interval(hits, passes, n_fits, alpha=1e-6)
    assert low <= claim
    possible = min(np.sqrt(one.power) for one in present)
    assert high >= 0.9 * possible
    return np.mean([np.sqrt(one.power) for one in present]) / claim


@pytest.mark.parametrize("name", WRAPPERS)
def test_the_best_attack_on_a_row_finds_no_more_than_claimed(name):
    assert check_attack(name, 12) > (0.1 if name in BY_COINS else 0.3)


@pytest.mark.slow
@pytest.mark.parametrize("name", WRAPPERS)
def test_attack_with_many_fits(name):
    check_attack(name, 600)


def test_the_attack_would_find_a_budget_that_is_spent_twice():
    """An attack that cannot succeed shows nothing."""
    name = "one vs rest"
    spent_twice = patch("skprivate.multioutput._per_output.equal_part", _whole)
    with spent_twice, pytest.raises(AssertionError):
        check_attack(name, 12)


def _whole(budget, number, discovers):
    return budget


# --- order, and places ---------------------------------------------------------------


def seeded(name):
    model = WRAPPERS[name]()
    names = {"random_state"} & {*model.get_params(deep=False)} or {
        key for key in model.get_params() if key.endswith("__random_state")
    }
    model.set_params(**dict.fromkeys(names, 3))
    if "stack" in name:
        model.set_params(final_estimator=last(name, random_state=3))
    return model


@pytest.mark.parametrize("name", [name for name in WRAPPERS if name not in BY_COINS])
def test_models_do_not_depend_on_order_or_places_of_rows(name, rng):
    """Noise of a seed depends on totals: models are the same if these are, to the bit.

    Thirteen hundred rows are more than a tile of a pipeline, and a block of a kernel.
    """
    X = rng.uniform(-1, 1, (1300, 3)) * 10.0 ** rng.integers(-1, 2, (1300, 1))
    y, order = target(name, X), rng.permutation(1300)
    wanted = said(seeded(name).fit(X, y), X)
    others = [(X[order], y[order]), (np.asfortranarray(X), y)]
    if name in SINGLE:
        halves = [ArrayRows(X[part], y[part]) for part in (order[:400], order[400:])]
        starts = range(0, 1300, 97)
        chunks = [(X[i : i + 97], y[i : i + 97]) for i in starts]
        others += [(ChunkRows(lambda: iter(chunks)),), (Parties(*halves),)]
    for given in others:
        found = said(seeded(name).fit(*given), X)
        np.testing.assert_array_equal(found, wanted)


def said(model, X):
    proba = hasattr(model, "predict_proba") and not is_table(model)
    return model.predict_proba(X) if proba else model.predict(X)


def is_table(model):
    return type(model) in {type(WRAPPERS[name]()) for name in TABLES}


@pytest.mark.parametrize("name", [name for name in WRAPPERS if name not in BY_COINS])
@pytest.mark.parametrize("value", [1e308, -1e6, 5e-324])
def test_hostile_rows_leave_models_finite(name, value, rng):
    X = rng.uniform(-1, 1, (200, 3))
    X[::7, 1] = value
    y = target(name, np.clip(X, -1, 1))
    with quiet():
        model = WRAPPERS[name]().fit(X, y)
    answer = said(model, X)
    assert np.isfinite(np.asarray(answer, dtype=float)).all()
