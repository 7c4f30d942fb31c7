"""Defects of noise, of choices, and of where randomness comes from."""

import numpy as np

import skprivate.accounting._budget as budget
import skprivate.base._report as report
import skprivate.mechanisms._additive as additive
import skprivate.mechanisms._selection as selection
from skprivate.mechanisms import Entropy, Gaussian
from tests.testing.planting import caught_by, wrap
from tests.testing.toys import ClassVotes, ToyTriangle


@caught_by("check_noise_has_the_size_that_was_paid")
def noise_is_off(monkeypatch):
    def call(self, total, levels, entropy, context=b"", weights=None):
        return np.array(total)

    monkeypatch.setattr(additive._Additive, "__call__", call)


@caught_by("check_attack_stays_within_the_claim")
def noise_is_off_and_attacked(monkeypatch):
    noise_is_off(monkeypatch)


def noise_times(monkeypatch, factor):
    def make(original):
        def call(self, total, levels, *args, **kwargs):
            return original(self, total, levels * factor, *args, **kwargs)

        return call

    wrap(monkeypatch, additive._Additive, "__call__", make)


@caught_by("check_noise_has_the_size_that_was_paid")
def noise_is_half(monkeypatch):
    noise_times(monkeypatch, 0.5)


@caught_by("check_noise_has_the_size_that_was_paid")
def noise_is_a_quarter_too_small(monkeypatch):
    noise_times(monkeypatch, 0.75)


@caught_by("check_noise_has_the_size_that_was_paid")
def noise_is_twice_what_was_paid(monkeypatch):
    noise_times(monkeypatch, 2.0)


@caught_by("check_attack_stays_within_the_claim")
def noise_is_a_third_and_attacked(monkeypatch):
    noise_times(monkeypatch, 1 / 3)


@caught_by("check_noise_has_the_size_that_was_paid")
def weights_of_the_noise_are_ignored(monkeypatch):
    def make(original):
        def call(self, total, levels, *args, weights=None, **kwargs):
            return original(self, total, levels, *args, **kwargs)

        return call

    wrap(monkeypatch, additive._Additive, "__call__", make)
    return ToyTriangle()


@caught_by("check_seeded_noise_depends_on_the_rows")
def seed_is_used_again_on_other_rows(monkeypatch):
    def open_stream(entropy, context, mechanism, *parts):
        return entropy.stream(repr(mechanism).encode())

    monkeypatch.setattr(additive, "open_stream", open_stream)


@caught_by("check_releases_of_one_fit_share_no_noise")
def seed_is_used_again_in_the_same_fit(monkeypatch):
    monkeypatch.setattr(additive, "open_stream", lambda e, *rest: e.stream(b""))


@caught_by("check_releases_of_one_fit_share_no_noise")
def noise_is_drawn_once_and_used_twice(monkeypatch):
    drawn = np.random.default_rng(0).normal(size=1000)

    def make(original):
        def call(self, total, levels, *args, **kwargs):
            noise = drawn[: np.size(total)].reshape(np.shape(total))
            return total + np.rint(noise * levels / self.mu).astype(np.int64)

        return call

    wrap(monkeypatch, additive._Additive, "__call__", make)


@caught_by("check_noise_is_fresh")
def entropy_falls_back_to_a_fixed_seed(monkeypatch):
    def make(original):
        def stream(self, context=b""):
            return original(self if self.seeded else Entropy(0), context)

        return stream

    wrap(monkeypatch, Entropy, "stream", make)


@caught_by("check_seeded_fit_is_repeatable")
def seed_is_ignored(monkeypatch):
    def make(original):
        return lambda self, context=b"": original(Entropy(), context)

    wrap(monkeypatch, Entropy, "stream", make)


@caught_by("check_seeded_fit_is_repeatable")
def seeded_fit_is_called_private(monkeypatch):
    monkeypatch.setattr(
        report.PrivacyReport, "private", property(lambda self: self.budget.private)
    )


@caught_by("check_infinite_epsilon_adds_no_noise")
def infinite_epsilon_adds_noise(monkeypatch):
    def make(original):
        def mechanism(self, share=1.0, *args, **kwargs):
            found = original(self, share, *args, **kwargs)
            return Gaussian(1e3) if not self.private else found

        return mechanism

    wrap(monkeypatch, budget.Budget, "mechanism", make)


@caught_by("check_choices_are_random")
def best_score_is_always_chosen(monkeypatch):
    def call(self, scores, levels, entropy, context=b""):
        return int(np.argmax(scores))

    monkeypatch.setattr(selection._Selection, "__call__", call)


@caught_by("check_replay_as_given")
def sensitivity_of_scores_is_too_small(monkeypatch):
    doubled = staticmethod(lambda total: 2 * total)
    monkeypatch.setattr(ClassVotes, "scores", doubled, raising=False)
