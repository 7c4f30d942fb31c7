"""Defects of what a model knows besides its releases, and of what it says."""

import numpy as np

import skprivate.base._estimator as estimator_module
import skprivate.rows._door as door
from skprivate.base import Curator
from tests.testing.planting import caught_by, variant, with_fit, wrap
from tests.testing.toys import ClassSums, Toy


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
    monkeypatch.setattr(estimator_module, "vars", lambda estimator: {}, raising=False)


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
