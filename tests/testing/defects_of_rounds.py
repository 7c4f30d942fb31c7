"""Defects of rounds on samples: each in a release that is one of several."""

import numpy as np

import skprivate.rows._array as array
from skprivate.base import Count
from skprivate.mechanisms import SampledGaussian
from tests.testing.planting import caught_by, wrap
from tests.testing.toys import ToyRounds


class FewInRounds(ToyRounds):
    """Of a hundred rows two are in a sample."""

    n_rounds, rate = 10, 0.02


class MostInRounds(ToyRounds):
    """All but one of two hundred are: hardly a row sits out two rounds by chance."""

    rate = 0.995


@caught_by("check_attack_stays_within_the_claim")
def everyone_is_in_every_sample(monkeypatch):
    monkeypatch.setattr(array.ArrayRows, "sampled", lambda rows, coins: rows)
    return FewInRounds()


def noise_of_rounds_times(monkeypatch, factor, only=None):
    def make(original):
        def call(self, total, levels, *args, **kwargs):
            calls.append(1)
            times = factor if only in (None, len(calls) % ToyRounds.n_rounds) else 1.0
            return original(self, total, levels * times, *args, **kwargs)

        return call

    calls = []
    monkeypatch.setattr(
        SampledGaussian, "__call__", make(SampledGaussian.__call__), raising=False
    )


@caught_by("check_attack_stays_within_the_claim")
def rounds_have_a_tenth_of_the_noise(monkeypatch):
    noise_of_rounds_times(monkeypatch, 0.1)
    return MostInRounds()


@caught_by("check_noise_has_the_size_that_was_paid")
def rounds_have_three_times_the_noise(monkeypatch):
    noise_of_rounds_times(monkeypatch, 3.0)
    return MostInRounds()


@caught_by("check_noise_has_the_size_that_was_paid")
def one_round_has_half_of_the_noise(monkeypatch):
    noise_of_rounds_times(monkeypatch, 0.5, only=2)
    return ToyRounds()


@caught_by("check_replay_as_given")
def a_row_counts_twice_in_one_round(monkeypatch):
    class Twice(ToyRounds):
        n_asked = 0

        def round(self, rounds, query):
            self.n_asked += 1
            if self.n_asked == 2:
                rows = rounds._curator._rows
                rounds._curator._rows = type(rows)(
                    np.vstack([rows.X, rows.X]), np.append(rows.y, rows.y)
                )
            return rounds.release(query)

    return Twice()


@caught_by("check_replay_as_given")
def the_size_of_a_sample_is_looked_at(monkeypatch):
    class Looking(ToyRounds):
        def round(self, rounds, query):
            told = rounds.release(query)
            self.n_seen_ = int(rounds._curator._rows.total([Count()])[0][0])
            return told

    return Looking()


@caught_by("check_replay_as_given")
def rounds_end_when_the_rows_say_so(monkeypatch):
    class Stopping(ToyRounds):
        def round(self, rounds, query):
            n_rows = rounds._curator._rows.X.shape[0]
            return rounds.release(query) if n_rows > 40 or rounds.left > 1 else 0.0

    return Stopping()


@caught_by("check_budget_is_spent_exactly")
def rounds_are_not_paid(monkeypatch):
    class Again(ToyRounds):
        def _fit(self, curator):
            spent = curator._spent
            super()._fit(curator)
            curator._spent = spent
            self.count_ = curator.count(share=0.5)

    return Again()


@caught_by("check_budget_is_spent_exactly")
def rounds_are_priced_as_if_there_were_one(monkeypatch):
    import skprivate.accounting._budget as budget

    def make(original):
        def multiplier(mu, failing, rate, n_rounds):
            return original(mu, failing, rate, 1)

        return multiplier

    wrap(monkeypatch, budget, "sampled_multiplier", make)
    return ToyRounds()
