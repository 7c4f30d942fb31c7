"""Defects planted under estimators of the package."""

import numpy as np

from skprivate.base import Query
from skprivate.queries._present_moments import PresentMoments
from skprivate.testing import all_estimators
from tests.testing.defects_of_noise import (
    entropy_falls_back_to_a_fixed_seed,
    noise_times,
)
from tests.testing.planting import caught_by


def _real(name):
    return dict(all_estimators())[name]()


@caught_by("check_hostile_rows_stay_within_bounds")
def real_bound_of_moments_is_too_small(monkeypatch):
    monkeypatch.setattr(
        PresentMoments, "bound", property(lambda self: np.sqrt(self.box.n_features))
    )
    return _real("DPStandardScaler")


@caught_by("check_noise_has_the_size_that_was_paid")
def real_noise_is_half(monkeypatch):
    noise_times(monkeypatch, 0.5)
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
