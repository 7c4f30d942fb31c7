"""What is asked only where rows are many passes the checks of all estimators, too.

Their tables are small. Here looks and shapes are asked for on any, and rows of leaves.
"""

import pytest

from skprivate.ensemble import (
    DPHistGradientBoostingClassifier,
    DPHistGradientBoostingRegressor,
    DPRandomForestClassifier,
    _forest,
    _warm_start,
)
from skprivate.testing import dp_checks

SMALL = {"max_bins": 8, "max_depth": 2}
ROUNDS = {"max_iter": 2, "trees_per_iter": 2, "min_samples_leaf": 2} | SMALL
MODELS = [
    DPRandomForestClassifier(n_estimators=3, **SMALL),
    DPHistGradientBoostingClassifier(**ROUNDS),
    DPHistGradientBoostingRegressor(**ROUNDS),
]
CHECKS = [
    "check_replay_as_given",
    "check_rows_that_are_not_finite_contribute_nothing",
    "check_contributions_do_not_depend_on_company",
    "check_budget_is_spent_exactly",
]


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_looks_and_shapes_keep_the_promise(model, check, monkeypatch):
    asked = []
    for module, name in ((_forest, "_LOOK_SIGNAL"), (_warm_start, "_SIGNAL")):
        monkeypatch.setattr(module, name, 0.0)
    for module, name in ((_forest, "look_at_columns"), (_warm_start, "learn_shapes")):
        original = getattr(module, name)

        def noted(*args, _original=original, **kwargs):
            asked.append(_original.__name__)
            return _original(*args, **kwargs)

        monkeypatch.setattr(module, name, noted)
    dp_checks(model)[check](model)
    assert asked
