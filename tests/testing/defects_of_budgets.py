"""Defects of budgets, of reports, and of privacy units."""

import numpy as np

import skprivate.accounting._budget as budget
import skprivate.base._curator as curator_module
import skprivate.base._report as report
import skprivate.rows._door as door
import skprivate.rows._units as units
import skprivate.rows._weights as weights
from skprivate.base import Curator
from tests.testing.planting import caught_by, variant, with_fit, with_query, wrap
from tests.testing.toys import ClassVotes, Toy, ToyMoments


@caught_by("check_replay_as_given")
def half_the_sensitivity_in_the_curator(monkeypatch):
    def make(original):
        return lambda self, query: original(self, query) / 20

    wrap(monkeypatch, Curator, "_sensitivity", make)


@caught_by("check_report_lists_every_answer")
def sensitivity_is_smaller_than_the_bound(monkeypatch):
    def make(original):
        return lambda self, query: original(self, query) / 2

    wrap(monkeypatch, Curator, "_sensitivity", make)


@caught_by("check_replay_pure")
def laplace_noise_scales_with_the_2_norm(monkeypatch):
    def sensitivity(self, query):
        return query.levels * self._max_rows

    monkeypatch.setattr(Curator, "_sensitivity", sensitivity)


@caught_by("check_budget_must_suffice")
def shares_are_not_charged(monkeypatch):
    def make(original):
        def charge(self, *args):
            spent = self._spent
            original(self, *args)
            self._spent = spent

        return charge

    wrap(monkeypatch, Curator, "_charge", make)


@caught_by("check_budget_is_spent_exactly")
def budget_is_spent_twice(monkeypatch):
    shares_are_not_charged(monkeypatch)
    return with_fit(lambda self, curator: curator.count(share=0.5))


@caught_by("check_attack_stays_within_the_claim")
def budget_is_spent_twice_and_attacked(monkeypatch):
    shares_are_not_charged(monkeypatch)
    return with_fit(Toy._fit)


@caught_by("check_budget_is_spent_exactly")
def budget_is_split_by_mu_instead_of_its_square(monkeypatch):
    def mu(self, share):
        return budget.mu_of(self.epsilon, self.delta) * share**0.25

    monkeypatch.setattr(budget.Budget, "_mu_of_share", mu)


@caught_by("check_budget_is_spent_exactly")
def half_of_the_budget_is_left_over(monkeypatch):
    monkeypatch.setattr(Curator, "remaining", 0.3)


@caught_by("check_budget_is_spent_exactly")
def replacing_is_priced_as_adding(monkeypatch):
    def make(original):
        return lambda events, delta, relation=None: original(events, delta)

    wrap(monkeypatch, report, "epsilon_of_events", make)


@caught_by("check_report_lists_every_answer")
def mechanism_is_called_behind_the_curator(monkeypatch):
    def peek(self, curator):
        (total,) = curator._rows.total([ClassVotes(2)])
        noise = curator.budget.mechanism(0.5)
        self.peek_ = noise(total, 2.0**20, curator._entropy)

    return with_fit(peek)


@caught_by("check_report_lists_every_answer")
def size_of_the_answer_is_misreported(monkeypatch):
    return with_query(size=1)


@caught_by("check_plan_is_what_happens")
def number_of_releases_follows_a_noisy_count(monkeypatch):
    def _fit(self, curator):
        if curator.count(share=0.1) > 2:
            curator.count(share=0.1)
        Toy._fit(self, curator)

    monkeypatch.setattr(curator_module, "affordable", lambda name, asked, spent: asked)
    return variant(_fit=_fit).set_params(epsilon=20.0)


@caught_by("check_nonsense_budgets_are_refused")
def epsilon_is_not_checked(monkeypatch):
    monkeypatch.setattr(budget, "check_epsilon", lambda epsilon: epsilon)


@caught_by("check_nonsense_budgets_are_refused")
def nan_passes_for_a_positive_epsilon(monkeypatch):
    def check_epsilon(epsilon):
        if isinstance(epsilon, (bool, str)) or not isinstance(epsilon, (int, float)):
            raise TypeError("epsilon must be a number")
        if epsilon <= 2.0**-40:  # NaN is not below anything
            raise ValueError("epsilon must be positive")
        return float(epsilon)

    monkeypatch.setattr(budget, "check_epsilon", check_epsilon)
    monkeypatch.setattr(budget, "mu_of", lambda epsilon, delta: 0.5)


@caught_by("check_fit_is_not_overridden")
def fit_is_overridden(monkeypatch):
    def fit(self, X, y=None):
        return Toy.fit(self, X, y)

    return variant(fit=fit)


@caught_by("check_replay_of_groups")
def groups_cost_no_more_than_rows(monkeypatch):
    def make(original):
        def init(self, *args, **kwargs):
            original(self, *args, **kwargs | {"max_rows": 1})

        return init

    wrap(monkeypatch, Curator, "__init__", make)


@caught_by("check_large_groups_are_cut")
def groups_keep_a_row_too_many(monkeypatch):
    def make(original):
        return lambda groups, n, *args: original(groups, n + 1, *args)

    wrap(monkeypatch, door, "bound_groups", make)


@caught_by("check_large_groups_are_cut")
def groups_are_not_cut(monkeypatch):
    monkeypatch.setattr(door, "bound_groups", lambda groups, *_: np.ones(len(groups)))


@caught_by("check_replay_of_clipped_groups")
def sums_of_groups_are_not_clipped(monkeypatch):
    monkeypatch.setattr(units, "clipped", lambda sums, *_: sums)
    return ToyMoments()


@caught_by("check_replay_with_weights")
def weights_are_not_cut(monkeypatch):
    def bounded(sample_weight, max_weight, n):
        if sample_weight is None:
            return np.empty(0)
        return weights.finite(np.asarray(sample_weight, float), "w") / max_weight

    monkeypatch.setattr(door, "bounded_weights", bounded)
