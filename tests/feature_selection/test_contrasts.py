"""What a row can add to the sums that selection asks for."""

import numpy as np
import pytest

from skprivate.base import Box
from skprivate.feature_selection._contrasts import (
    ClassContrasts,
    FeatureMoments,
    TargetContrasts,
)
from skprivate.feature_selection._numbers import Numbers
from skprivate.feature_selection._region import Region, norms
from skprivate.feature_selection._top_k import LargestContrast
from skprivate.queries._spread import Spread
from skprivate.testing import hostile_rows

D = 7
NONE = np.empty(0)
SCALE = np.array([1.0, 2.0, 0.5, 0.0, 1.0, 3.0, 1e-3])
SPREAD = Spread(100.0, np.linspace(-1, 1, D), SCALE)
REGION = Region.around(SPREAD, np.full(D, -20.0), np.full(D, 30.0), 3.0)
TARGET = Box(np.array([-3.0]), np.array([5.0]), np.array([0.9]), np.array([0.7]), 17)
NUMBERS = Numbers("f_regression", SPREAD, 100.0, 1.0, TARGET)
PRIORS = {"two": np.array([0.9, 0.1]), "three": np.array([0.2, 0.3, 0.5])}
ROWS = np.vstack(
    [hostile_rows(300, D), np.full((1, D), 1e9), np.full((1, D), -1e9), np.eye(D) * 50]
)


def queries(clip):
    box = REGION.standardized
    yield TargetContrasts(box, TARGET, clip)
    for priors in PRIORS.values():
        yield ClassContrasts.of(box, priors, clip)


def contributions(query, rng):
    """What each row alone adds, with targets and weights of many kinds."""
    for row in ROWS:
        for target in (-1e300, 0.3, 5.0, np.nan):
            y = np.array([target])
            if isinstance(getattr(query, "contrasts", query), ClassContrasts):
                y = np.array([rng.integers(-1, 4)], dtype=np.int32)
            for weight in (NONE, np.array([0.37])):
                yield row, query(row[np.newaxis], y, weight)


@pytest.mark.parametrize("clip", [0.01, 1.0, 2.7])
def test_no_row_adds_more_than_is_stated(clip, rng):
    for query in queries(clip):
        for row, added in contributions(query, rng):
            assert np.array_equal(added, np.rint(added))
            assert np.sum(added**2) <= query.levels**2 * (1 + 1e-12)
            assert np.abs(added).sum() <= query.l1_bound / query.step * (1 + 1e-12)
            if not np.isfinite(row).all():
                assert not added.any()
            assert not added.reshape(-1, D + 1)[:, 3].any()  # it has no extent


def test_no_row_moves_a_score_by_more_than_is_stated(rng):
    box = REGION.standardized
    clip = 2 * norms(box)[1] * NUMBERS.largest
    largest = {2: 0.9, 3: 0.8}
    for query in queries(clip):
        if isinstance(query, TargetContrasts):
            asked = LargestContrast(query, NUMBERS.largest, ())
        else:
            n_classes = 2 if query.coef.ndim == 1 else 3
            asked = LargestContrast(query, largest[n_classes], ())
        before = rng.integers(-(2**30), 2**30, query.size)
        moved = 0.0
        for _, added in contributions(asked, rng):
            total = before + added.ravel().astype(np.int64)
            change = np.abs(asked.scores(total) - asked.scores(before)).max()
            moved = max(moved, float(change))
        assert 0.9 * asked.levels < moved <= asked.levels


def test_features_that_are_taken_are_last_whatever_the_rows(rng):
    query = ClassContrasts.of(REGION.standardized, PRIORS["two"], 1.0)
    asked = LargestContrast(query, 0.9, (1, 4))
    for total in (np.zeros(D + 1, np.int64), rng.integers(-9, 9, D + 1)):
        scores = asked.scores(total)
        assert scores[[1, 4]].tolist() == [-1, -1]
        assert np.delete(scores, [1, 4]).min() >= 0


@pytest.mark.parametrize("order", [1, 2])
def test_no_row_adds_more_to_the_moments_than_is_stated(order):
    box = REGION.half_box if order == 1 else REGION.unit_box
    query = FeatureMoments(box, order)
    for row in ROWS:
        for weight in (NONE, np.array([0.37])):
            added = query(row[np.newaxis], None, weight)
            assert np.linalg.norm(added) <= query.levels * (1 + 1e-12)
            assert np.abs(added).sum() <= query.l1_bound / query.step
            assert added[3] == 0


def test_contrasts_are_what_they_are_said_to_be(rng):
    X = rng.uniform(-2, 2, (500, D))
    box = REGION.standardized
    Z = (np.clip(X, REGION.low, REGION.high) - REGION.center) / np.where(
        SCALE > 0, SCALE, np.inf
    )
    y = rng.uniform(-4, 6, 500)
    t = (np.clip(y, -3, 5) - 0.9) / 0.7
    query = TargetContrasts(box, TARGET, 1e4)
    expected = -np.append(t @ Z, t.sum())
    atol = 2 * 500 * query.step
    np.testing.assert_allclose(query(X, y, NONE) * query.step, expected, atol=atol)
    codes = rng.integers(0, 3, 500).astype(np.int32)
    query = ClassContrasts.of(box, PRIORS["three"], 1e4)
    residuals = PRIORS["three"] - np.eye(3)[codes]
    expected = residuals.T @ np.column_stack([Z, np.ones(500)])
    np.testing.assert_allclose(
        query(X, codes, NONE).reshape(3, D + 1) * query.step, expected, atol=atol
    )
