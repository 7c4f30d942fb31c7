"""What a search knows about rows it was told by its curators, and nothing else."""

from hashlib import blake2b
from unittest.mock import patch

import numpy as np
import pytest
from scipy.stats import binom, norm
from sklearn.base import clone

from skprivate.accounting import Budget
from skprivate.base import OtherQuestionError, Tape
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.model_selection import DPGridSearchCV
from skprivate.naive_bayes import DPGaussianNB
from skprivate.rows import ArrayRows
from skprivate.testing._same import bits_of
from skprivate.testing._tape import Recorder, listening

X = np.clip(np.random.default_rng(0).normal(size=(80, 3)), -2, 2)
Y = (X[:, 0] > 0).astype(int)


def bayes():
    return DPGaussianNB(bounds=(-2, 2), classes=[0, 1])


def logistic():
    return DPLogisticRegression(bounds=(-2, 2), classes=[0, 1])


SEARCHES = {
    "one group": DPGridSearchCV(bayes(), {"var_smoothing": [1e-9, 0.1, 1.0]}),
    "few groups": DPGridSearchCV(logistic(), {"C": [0.1, 1.0, 10.0]}),
    "many groups": DPGridSearchCV(logistic(), {"C": [0.1, 1.0]}, mean_runs=3.0),
    "few groups of several": DPGridSearchCV(
        bayes(),
        {"bounds": [(-2, 2), (-1, 1)], "var_smoothing": [1e-9, 0.1]},
        n_variations=4,
    ),
    "groups of several": DPGridSearchCV(
        bayes(),
        {"bounds": [(-2, 2), (-1, 1)], "var_smoothing": [1e-9, 0.1]},
        mean_runs=2.5,
    ),
    "by curves": DPGridSearchCV(
        bayes(), {"var_smoothing": [1e-9, 0.1]}, scoring="roc_auc"
    ),
}
every_search = pytest.mark.parametrize("search", SEARCHES.values(), ids=list(SEARCHES))


def coin_of(row):
    """A coin that stays with the row, wherever it stands."""
    return blake2b(row.tobytes(), digest_size=1).digest()[0] < 80


class Player(Recorder):
    """Gives the answers of a tape again, and notes how far exact totals have moved."""

    def __init__(self, tape):
        super().__init__()
        self._told, self._drawn = iter(tape.told), iter(tape.drawn)
        self.moves = []

    def mechanism(self, call, mechanism, total, levels, weights):
        before = next(self._told)
        assert bits_of(mechanism) == bits_of(before.mechanism)
        assert bits_of(levels) == bits_of(before.levels)
        move = np.ravel(np.asarray(total, float) - np.asarray(before.total, float))
        scale = 1.0 if weights is None else np.ravel(weights)
        self.moves.append(np.linalg.norm(move / scale, ord=mechanism.norm) / levels)
        answer = before.answer
        return answer.copy() if isinstance(answer, np.ndarray) else answer

    def words(self, draw, n):
        return next(self._drawn).copy()


def fitted(search, listener, X, y):
    """Fit a clone with coins that depend on single rows only."""
    scored = np.array([coin_of(row) for row in np.asarray(X)])

    def falls_below(fraction, n_rows, groups, entropy):
        return scored

    with (
        listening(listener),
        patch("skprivate.model_selection._parts.falls_below", falls_below),
    ):
        return clone(search).fit(X, y)


def neighbours():
    """Rows and targets with one row more or less; and whether that row is scored."""
    for row in ([9.0, -9.0, 9.0], [0.0, 0.0, 1.0], [-2.0, 2.0, -2.0], [0.5, 9.0, 1.0]):
        for label in (0, 1):
            more = np.vstack([X, row])
            yield more, np.append(Y, label), coin_of(more[-1])
    for gone in (0, 1, 2, 3):
        yield np.delete(X, gone, 0), np.delete(Y, gone), coin_of(X[gone])


def test_a_search_that_judges_itself_sees_rows_in_fits_only():
    """What was asked is one fit, which a neighbour moves within the bounds."""
    alphas = {"alpha": [0.1, 1e3]}
    search = DPGridSearchCV(DPRidge(bounds=(-2, 2), target_bounds=(-4, 4)), alphas)
    recorder, target = Recorder(), X @ [1.0, 1.0, 0.0]
    first = fitted(search, recorder, X, target)
    assert len(first.privacy_.releases) == len(DPRidge().plan(3).releases) - 2
    for more, y, _ in neighbours():
        player = Player(recorder.tape)
        second = fitted(search, player, more, np.append(target, 9.0)[: len(y)])
        assert len(player.moves) == len(recorder.tape.told)
        assert bits_of(first.best_estimator_) == bits_of(second.best_estimator_)


@every_search
def test_a_row_is_seen_by_fits_or_by_scores_within_the_bounds(search):
    """With all answers and coins frozen, a neighbour leads to the same bits.

    And no exact total has moved by more than it was said to; those of the other part
    have not moved at all, so a run costs the larger part and not the sum.
    """
    recorder = Recorder()
    first = fitted(search, recorder, X, Y)
    parts = {True: [], False: []}
    for more, y, is_scored in neighbours():
        player = Player(recorder.tape)
        second = fitted(search, player, more, y)
        assert len(player.moves) == len(recorder.tape.told)
        assert max(player.moves) <= 1 + 1e-12
        parts[is_scored].append(np.array(player.moves) > 0)
        for name in ("best_params_", "best_estimator_", "privacy_"):
            assert bits_of(getattr(first, name)) == bits_of(getattr(second, name))
    scored, not_scored = np.any(parts[True], axis=0), np.any(parts[False], axis=0)
    assert scored.any()
    assert not_scored.any()
    assert not np.any(scored & not_scored)


def test_a_tape_tells_what_the_rows_told():
    tape, rows = Tape(), ArrayRows(X, X[:, 0] + X[:, 1])
    ridge = DPRidge(bounds=(-2, 2), target_bounds=(-4, 4))
    with tape.recording():
        first = clone(ridge).fit(rows)
    with tape.replaying():
        again = clone(ridge).fit(ArrayRows(np.zeros((1, 3)), np.zeros(1)))
    assert np.array_equal(first.coef_, again.coef_)
    assert first.intercept_ == again.intercept_
    with tape.replaying():
        other = clone(ridge).set_params(alpha=50.0).fit(X, X[:, 0])
    assert not np.array_equal(first.coef_, other.coef_)
    assert tape.n_answers == len(first.privacy_.releases)


def test_a_tape_does_not_answer_other_questions():
    tape = Tape()
    ridge = DPRidge(bounds=(-2, 2), target_bounds=(-4, 4))
    with tape.recording():
        clone(ridge).fit(X, X[:, 0])
    for name, value in (
        ("bounds", (-3, 3)),
        ("epsilon", 2.0),
        ("fit_intercept", False),
    ):
        with pytest.raises(OtherQuestionError), tape.replaying():
            clone(ridge).set_params(**{name: value}).fit(X, X[:, 0])
    with pytest.raises(OtherQuestionError), tape.replaying():
        pass  # asks less


def test_a_tape_is_heard_in_its_block_only():
    tape = Tape()
    ridge = DPRidge(bounds=(-2, 2), target_bounds=(-4, 4))
    with tape.recording():
        clone(ridge).fit(X, X[:, 0])
    n_answers = tape.n_answers
    first, second = (clone(ridge).fit(X, X[:, 0]) for _ in range(2))
    assert not np.array_equal(first.coef_, second.coef_)
    assert tape.n_answers == n_answers


def test_answers_on_a_tape_cannot_be_altered():
    tape = Tape()
    ridge = DPRidge(bounds=(-2, 2), target_bounds=(-4, 4))
    with tape.recording():
        first = clone(ridge).fit(X, X[:, 0])
    before = first.coef_.copy()
    with tape.replaying():
        clone(ridge).fit(X, X[:, 0]).coef_[:] = 0.0
    with tape.replaying():
        again = clone(ridge).fit(X, X[:, 0])
    assert np.array_equal(before, again.coef_)


@pytest.mark.slow
def test_the_best_attack_on_a_choice_stays_within_the_claim():
    """A row that is scored moves the choice between two models as much as it can."""
    # Of so few rows and this epsilon, noise decides as often as rows do.
    n_fits, alpha = 1000, 1e-6
    search = DPGridSearchCV(
        bayes(), {"var_smoothing": [1e-9, 1e6]}, epsilon=8.0, n_variations=0
    )
    chosen = []
    for rows in (slice(-20, None), slice(-20, -1)):
        count = 0
        for _ in range(n_fits):
            count += fitted(search, Recorder(), X[rows], Y[rows]).best_params_ == {
                "var_smoothing": 1e-9
            }
        chosen.append(count)
    low = binom.ppf(alpha, n_fits, np.array(chosen) / n_fits) / n_fits
    high = binom.isf(alpha, n_fits, np.array(chosen) / n_fits) / n_fits
    attack = norm.ppf(low[0]) - norm.ppf(high[1])
    assert attack <= Budget(8.0, 1e-6).mu
