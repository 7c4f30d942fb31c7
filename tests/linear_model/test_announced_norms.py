"""Heads that are told how long rows are, alone and after steps that announce it."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.preprocessing import Normalizer, normalize

from skprivate.cluster import DPKMeans
from skprivate.decomposition import DPPCA, DPTruncatedSVD
from skprivate.linear_model import DPLogisticRegression, DPRidge, DPRidgeCV
from skprivate.naive_bayes import DPGaussianNB
from skprivate.pipeline import DPFeatureUnion, make_dp_pipeline
from skprivate.preprocessing import RowNormClipper
from skprivate.testing import record, replay

NONE = np.empty(0)
HEADS = {
    "logistic": DPLogisticRegression(classes=[0, 1]),
    "ridge": DPRidge(target_bounds=(0, 1)),
    "ridge_cv": DPRidgeCV(target_bounds=(0, 1)),
    "pca": DPPCA(3),
    "svd": DPTruncatedSVD(3),
    "bayes": DPGaussianNB(classes=[0, 1]),
    "means": DPKMeans(2),
}
heads = pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)


def unit_rows(n_rows=600, n_features=40, seed=0):
    """Rows of norm one around two centers."""
    rng = np.random.default_rng(seed)
    centers, y = rng.normal(size=(2, n_features)), rng.integers(0, 2, n_rows)
    return normalize(2 * centers[y] + rng.normal(size=(n_rows, n_features))), y


def asked_of(model, X, y):
    """Queries, and what was given to each."""
    return record(clone(model).set_params(random_state=0), X=X, y=y).tape.asked


@heads
def test_an_announced_norm_saves_the_search_and_the_look(head):
    X, y = unit_rows()
    told = clone(head).set_params(row_norm=1.0).fit(X, y).privacy_
    names = [release.query for release in told.releases]
    assert "ValueCells" not in names or isinstance(head, DPLogisticRegression)
    if not isinstance(head, (DPGaussianNB, DPLogisticRegression)):
        assert "Moments" not in names
    assert told.epsilon() <= 1.0 + 1e-9


def test_with_signal_rows_are_looked_at():
    X, y = unit_rows(20_000, n_features=4)
    told = DPPCA(2, row_norm=1.0, epsilon=3.0).fit(X, y).privacy_.releases
    assert "Moments" in [release.query for release in told]


@pytest.mark.parametrize(
    "head",
    [HEADS["ridge"], HEADS["bayes"]],
    ids=["ridge", "bayes"],
)
def test_it_is_worth_its_announcement(head):
    X, y = unit_rows(400, n_features=100)
    scores = [
        [
            clone(head).set_params(**told, random_state=seed).fit(X, y).score(X, y)
            for seed in range(3)
        ]
        for told in ({"row_norm": 1.0}, {"bounds": (-1, 1)})
    ]
    assert np.mean(scores[0]) > np.mean(scores[1]) + 0.2


def three_norms(head):
    """Normalizer, clipper and a weighted union each announce the length of rows."""
    parts = [("short", RowNormClipper(0.25)), ("unit", Normalizer())]
    weights = {"short": 2.0, "unit": 0.5}
    union = DPFeatureUnion(parts, transformer_weights=weights)
    return make_dp_pipeline(Normalizer(), RowNormClipper(0.5), union, head)


@heads
def test_three_announced_norms_on_neighbours(head):
    X, y = unit_rows(60)
    recording = record(three_norms(head), X=X, y=y)
    norms = [step.output_norm_ for _, step in recording.estimator.steps[1:3]]
    np.testing.assert_allclose(norms, [0.5, np.sqrt(0.5)])
    for row in (np.zeros(40), np.full(40, 1e150), -X[0], 1e-300 * X[1]):
        for label in (0, 1):
            more = np.vstack([X, row]), np.append(y, label)
            shown = replay(recording, X=more[0], y=more[1])
            assert not shown.findings
            assert shown.largest_move <= 1.0
    assert not replay(recording, X=X[:-1], y=y[:-1]).findings


@heads
@pytest.mark.parametrize("norm", [1e-3, 1.0, 1e3])
def test_false_announcements_move_no_total_too_far(head, norm):
    X, y = unit_rows(60)
    for asked in asked_of(clone(head).set_params(row_norm=norm), X, y):
        for row in [factor * X[:1] for factor in (0.0, 1.0, 1e6, -1e300, 1e-300)]:
            for code in (0, 1):
                target = np.array([code], np.int32)
                query = asked.query
                added = query(row, target, NONE)
                assert (
                    np.linalg.norm(
                        added / (1.0 if query.weights is None else query.weights)
                    )
                    <= query.levels
                )
