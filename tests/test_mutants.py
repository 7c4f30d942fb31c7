"""Defects that have happened to others, planted here: each must be caught by a check.

A check that has never failed proves nothing. Every function below breaks one thing, in
the estimator or in the library, and names the check that must notice.
"""

import numpy as np
import pytest

import skprivate.accounting._budget as budget
import skprivate.base._curator as curator_module
import skprivate.base._report as report
import skprivate.mechanisms._additive as additive
import skprivate.mechanisms._selection as selection
import skprivate.rows._door as door
import skprivate.rows._weights as weights
from skprivate.base import Curator, Query
from skprivate.mechanisms import Entropy, Gaussian
from skprivate.queries import Moments, SecondMoments
from skprivate.testing import all_estimators, dp_checks
from tests.testing.toys import ClassSums, ClassVotes, Toy, ToyMoments, ToyTriangle

MUTANTS = []


def caught_by(check):
    """Register a defect, with the check that must notice it."""

    def register(plant):
        MUTANTS.append(pytest.param(plant, check, id=plant.__name__))
        return plant

    return register


@pytest.mark.parametrize(("plant", "check"), MUTANTS)
def test_planted_defect_is_caught(plant, check, monkeypatch):
    estimator = plant(monkeypatch) or Toy()
    with pytest.raises((AssertionError, ValueError)) as failure:
        dp_checks(estimator)[check](estimator)
    text = str(failure.value).splitlines()[0]
    assert len(text) > 60, "a failed check says what it means, and what to do"


def test_there_are_enough_defects():
    assert len(MUTANTS) >= 40


def variant(**members):
    """A toy with some members replaced; pickle finds its class here."""
    members |= {"__init__": Toy.__init__, "__module__": __name__}
    globals()["Variant"] = type("Variant", (Toy,), members)
    return globals()["Variant"]()


def with_query(**members):
    """A toy whose sums have some members replaced."""
    return variant(sums=type("ClassSums", (ClassSums,), members))


def with_fit(after):
    """A toy that does something more at the end of ``_fit``."""

    def _fit(self, curator):
        Toy._fit(self, curator)
        after(self, curator)

    return variant(_fit=_fit)


def wrap(monkeypatch, owner, name, make):
    """Replace a function by ``make(function)``."""
    monkeypatch.setattr(owner, name, make(getattr(owner, name)))


# --- contributions ---------------------------------------------------------------


@caught_by("check_hostile_rows_stay_within_bounds")
def kernel_without_clip(monkeypatch):
    def clipped(self, X):
        X = np.where(np.isfinite(X), X, 0.0)
        return np.clip(X / 2, -1e3, 1e3)

    return with_query(clipped=clipped)


@caught_by("check_hostile_rows_stay_within_bounds")
def half_the_sensitivity_in_the_query(monkeypatch):
    return with_query(bound=property(lambda self: ClassSums.bound.fget(self) / 2))


@caught_by("check_hostile_rows_stay_within_bounds")
def sensitivity_forgets_the_count(monkeypatch):
    return with_query(bound=property(lambda self: np.sqrt(len(self.low))))


@caught_by("check_hostile_rows_stay_within_bounds")
def count_of_a_row_is_not_clipped(monkeypatch):
    def steps(self, X, weight):
        steps = ClassSums.steps(self, X, weight)
        steps[:, 0] *= 1 + len(self.low)
        return steps

    return with_query(steps=steps)


@caught_by("check_hostile_rows_stay_within_bounds")
def bound_of_the_1_norm_is_that_of_the_2_norm(monkeypatch):
    return with_query(l1_bound=ClassSums.bound)


@caught_by("check_hostile_weights_stay_within_bounds")
def rounding_lengthens_a_row(monkeypatch):
    def steps(self, X, weight):
        return ClassSums.steps(self, X, weight) + (len(weight) > 0)

    return with_query(steps=steps)


@caught_by("check_hostile_rows_stay_within_bounds")
def nan_passes_the_clip(monkeypatch):
    def clipped(self, X):
        return np.clip(X, self.low, self.high) / 2

    return with_query(clipped=clipped)


@caught_by("check_rows_that_are_not_finite_contribute_nothing")
def guard_against_nan_is_compiled_away(monkeypatch):
    def steps(self, X, weight):
        return ClassSums.steps(self, np.nan_to_num(X), weight)

    return with_query(steps=steps)


@caught_by("check_hostile_rows_stay_within_bounds")
def chebyshev_map_has_the_wrong_slope(monkeypatch):
    def call(self, X, y, weight):
        answer = original(self, X, y, weight)
        half = 1 + self.box.n_features
        answer[:, half:] = 2 * answer[:, half:]
        return answer

    original = Moments.__call__
    monkeypatch.setattr(Moments, "__call__", call)
    return ToyMoments()


@caught_by("check_hostile_rows_stay_within_bounds")
def noise_off_the_diagonal_is_too_small(monkeypatch):
    def half(self):
        rows, columns = np.triu_indices(self.n_columns)
        return np.where(rows == columns, 1.0, 0.5)

    monkeypatch.setattr(SecondMoments, "weights", property(half))
    return ToyTriangle()


@caught_by("check_queries_add_up")
def clip_after_the_sum(monkeypatch):
    def call(self, X, y, weight):
        return np.clip(ClassSums.__call__(self, X, y, weight), -(2**19), 2**19)

    return with_query(__call__=call)


@caught_by("check_queries_add_up")
def mean_of_chunks_instead_of_sum(monkeypatch):
    def call(self, X, y, weight):
        return np.rint(ClassSums.__call__(self, X, y, weight) / max(1, len(X)))

    return with_query(__call__=call)


@caught_by("check_queries_add_up")
def rows_are_rounded_after_the_sum(monkeypatch):
    def call(self, X, y, weight):
        total = np.zeros((self.n_classes, 1 + len(self.low)))
        np.add.at(total[:, 1:], y, self.clipped(X))
        return np.rint(total / self.step)

    return with_query(__call__=call)


@caught_by("check_queries_add_up")
def float_sums_depend_on_order(monkeypatch):
    def call(self, X, y, weight):
        total = ClassSums.__call__(self, X, y, weight)
        running = np.cumsum(self.clipped(X)[:, 0].astype(np.float32))
        return total + np.rint(2.0**23 * running[-1:].sum())

    return with_query(__call__=call)


@caught_by("check_queries_add_up")
def contribution_depends_on_the_position(monkeypatch):
    def steps(self, X, weight):
        steps = ClassSums.steps(self, X, weight)
        steps[1::4] -= np.sign(steps[1::4])  # the last bit, in every fourth row
        return steps

    return with_query(steps=steps)


@caught_by("check_hostile_rows_stay_within_bounds")
def sums_of_floats(monkeypatch):
    def steps(self, X, weight):
        return ClassSums.steps(self, X, weight) * (1 - 1e-9)

    return with_query(steps=steps)


@caught_by("check_same_bits_from_every_layout")
def single_precision_is_computed_in_single_precision(monkeypatch):
    def clipped(self, X):
        rows = ClassSums.clipped(self, X)
        return rows.astype(np.float16).astype(float) if X.itemsize == 4 else rows

    return with_query(clipped=clipped)


# --- noise -----------------------------------------------------------------------


@caught_by("check_noise_has_the_size_that_was_paid")
def noise_is_off(monkeypatch):
    def call(self, total, levels, entropy, context=b"", weights=None):
        return np.array(total)

    monkeypatch.setattr(additive._Additive, "__call__", call)


@caught_by("check_attack_stays_within_the_claim")
def noise_is_off_and_attacked(monkeypatch):
    noise_is_off(monkeypatch)


def _noise_times(monkeypatch, factor):
    def make(original):
        def call(self, total, levels, *args, **kwargs):
            return original(self, total, levels * factor, *args, **kwargs)

        return call

    wrap(monkeypatch, additive._Additive, "__call__", make)


@caught_by("check_noise_has_the_size_that_was_paid")
def noise_is_half(monkeypatch):
    _noise_times(monkeypatch, 0.5)


@caught_by("check_noise_has_the_size_that_was_paid")
def noise_is_a_quarter_too_small(monkeypatch):
    _noise_times(monkeypatch, 0.75)


@caught_by("check_noise_has_the_size_that_was_paid")
def noise_is_twice_what_was_paid(monkeypatch):
    _noise_times(monkeypatch, 2.0)


@caught_by("check_attack_stays_within_the_claim")
def noise_is_a_third_and_attacked(monkeypatch):
    _noise_times(monkeypatch, 1 / 3)


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


# --- budget ----------------------------------------------------------------------


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

    monkeypatch.setattr(curator_module, "_ROUNDING", 1.0)
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


# --- units -----------------------------------------------------------------------


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


@caught_by("check_replay_with_weights")
def weights_are_not_cut(monkeypatch):
    def bounded(sample_weight, max_weight, n):
        if sample_weight is None:
            return np.empty(0)
        return weights.finite(np.asarray(sample_weight, float), "w") / max_weight

    monkeypatch.setattr(door, "bounded_weights", bounded)


# --- what a model knows ----------------------------------------------------------


@caught_by("check_replay_as_given")
def labels_that_occur_are_kept(monkeypatch):
    def keep(self, curator):
        self.seen_ = np.unique(curator._rows.y, return_counts=True)

    return with_fit(keep)


@caught_by("check_replay_with_declared_bounds")
def scale_uses_the_number_of_rows(monkeypatch):
    def _fit(self, curator):
        n_rows = len(curator._rows.X) if hasattr(curator._rows, "X") else 1
        self.sums = lambda *args: _Mean(*args, n_rows)
        Toy._fit(self, curator)
        del self.sums

    class _Mean(ClassSums):
        def __init__(self, low, high, n_classes, n_rows):
            super().__init__(low, high, n_classes)
            object.__setattr__(self, "n_rows", n_rows)

        @property
        def bound(self):
            return ClassSums.bound.fget(self) * (1 + 1 / self.n_rows)

    return variant(_fit=_fit)


@caught_by("check_replay_as_given")
def bounds_are_read_off_the_rows(monkeypatch):
    def _fit(self, curator):
        X = curator._rows.X
        self.bounds = X.min(), X.max()
        Toy._fit(self, curator)
        self.bounds = (-2.0, 2.0)

    return variant(_fit=_fit)


@caught_by("check_what_is_read_for_free_is_noted")
def labels_are_read_and_not_noted(monkeypatch):
    monkeypatch.setattr(Curator, "assume", lambda self, fact: None)


@caught_by("check_replay_as_given")
def exact_number_of_rows_is_an_attribute(monkeypatch):
    def keep(self, curator):
        self.n_samples_seen_ = len(curator._rows.X)

    return with_fit(keep)


@caught_by("check_nothing_is_as_long_as_the_rows")
def exact_number_of_rows_is_in_a_dict(monkeypatch):
    def keep(self, curator):
        self.info_ = {"rows": [len(curator._rows.X)]}

    return with_fit(keep)


@caught_by("check_nothing_is_as_long_as_the_rows")
def labels_of_training_rows_are_kept(monkeypatch):
    def keep(self, curator):
        self.labels_ = np.zeros(len(curator._rows.X), np.int8)

    return with_fit(keep)


@caught_by("check_replay_of_unrelated_rows")
def exact_loss_is_kept(monkeypatch):
    def keep(self, curator):
        self.inertia_ = float(np.round(np.sum(curator._rows.X**2), 1))

    return with_fit(keep)


@caught_by("check_replay_with_declared_bounds")
def stops_when_the_exact_loss_is_small(monkeypatch):
    def _fit(self, curator):
        if np.max(np.abs(curator._rows.X)) > 1.5:
            curator.count(share=0.1)
        Toy._fit(self, curator)

    return variant(_fit=_fit)


@caught_by("check_replay_as_given")
def raises_for_some_rows_after_a_release(monkeypatch):
    def fail(self, curator):
        if np.max(np.abs(curator._rows.X)) > 1e5:
            raise OverflowError("too large")

    return with_fit(fail)


@caught_by("check_no_value_escapes_from_a_fitted_estimator")
def pickle_holds_the_rows(monkeypatch):
    def keep(self, curator):
        self._rows = curator._rows.X

    return with_fit(keep)


@caught_by("check_predicting_changes_nothing")
def predict_keeps_its_rows(monkeypatch):
    def predict(self, X):
        self._last = X
        return Toy.predict(self, X)

    return variant(predict=predict)


@caught_by("check_inputs_are_untouched")
def input_is_scaled_in_place(monkeypatch):
    def predict(self, X):
        predicted = Toy.predict(self, X)
        X -= X.mean()
        return predicted

    return variant(predict=predict)


@caught_by("check_no_value_escapes_by_errors")
def message_echoes_a_value(monkeypatch):
    def make(original):
        def features(X, **kwargs):
            try:
                return original(X, **kwargs)
            except ValueError:
                message = f"cannot read {np.asarray(X).ravel()[:8]}"
            raise ValueError(message)

        return features

    wrap(monkeypatch, door, "checked_features", make)


@caught_by("check_no_value_escapes_by_errors")
def context_of_an_error_holds_a_value(monkeypatch):
    def make(original):
        def features(X, **kwargs):
            try:
                return np.asarray(X).astype(float) if original else None
            except ValueError:
                raise ValueError("X holds text. Convert it.") from None

        return features

    wrap(monkeypatch, door, "checked_features", make)


@caught_by("check_failed_fit_changes_nothing")
def failed_fit_leaves_a_trace(monkeypatch):
    def _fit_rows(self, *args):
        try:
            Toy._fit_rows(self, *args)
        finally:
            self.tries_ = getattr(self, "tries_", 0) + 1

    return variant(_fit_rows=_fit_rows)


@caught_by("check_refit_forgets")
def second_fit_remembers_the_first(monkeypatch):
    def _fit(self, curator):
        before = getattr(self, "centroids_", 0.0)
        Toy._fit(self, curator)
        self.centroids_ = self.centroids_ + before

    return variant(_fit=_fit)


@caught_by("check_fitted_numbers_are_finite")
def division_by_a_noisy_count(monkeypatch):
    def divide(self, curator):
        with np.errstate(all="ignore"):
            self.rate_ = np.float64(1.0) / np.rint(self.count_ / 1e12)

    return with_fit(divide)


# --- the same in real estimators -------------------------------------------------


def _real(name):
    return dict(all_estimators())[name]()


@caught_by("check_hostile_rows_stay_within_bounds")
def real_bound_of_moments_is_too_small(monkeypatch):
    monkeypatch.setattr(
        Moments, "bound", property(lambda self: np.sqrt(self.box.n_features))
    )
    return _real("DPStandardScaler")


@caught_by("check_noise_has_the_size_that_was_paid")
def real_noise_is_half(monkeypatch):
    _noise_times(monkeypatch, 0.5)
    return _real("DPMinMaxScaler")


@caught_by("check_replay_as_given")
def real_sensitivity_is_too_small(monkeypatch):
    levels = Query.levels.fget
    monkeypatch.setattr(Query, "levels", property(lambda self: levels(self) / 2))
    return _real("DPMinMaxScaler")


@caught_by("check_noise_is_fresh")
def real_entropy_is_fixed(monkeypatch):
    entropy_falls_back_to_a_fixed_seed(monkeypatch)
    return _real("DPStandardScaler")


@caught_by("check_choices_are_random")
def best_score_is_always_chosen(monkeypatch):
    def call(self, scores, levels, entropy, context=b""):
        return int(np.argmax(scores))

    monkeypatch.setattr(selection._Selection, "__call__", call)


@caught_by("check_replay_as_given")
def sensitivity_of_scores_is_too_small(monkeypatch):
    doubled = staticmethod(lambda total: 2 * total)
    monkeypatch.setattr(ClassVotes, "scores", doubled, raising=False)
