"""One fit can refute a claim, and does not refute one that holds."""

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeRegressor

from skprivate.audit import audit_one_run
from skprivate.audit._one_run import chance_of, least_epsilon
from skprivate.linear_model import DPLogisticRegression


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(500, 5))
    return X, (X[:, 0] > 0).astype(int)


def test_a_model_that_keeps_rows(rows):
    audit = audit_one_run(
        KNeighborsClassifier(1), *rows, n_canaries=300, random_state=0
    )
    assert audit.epsilon > 0.9  # half of the canaries look known that are not
    assert audit.claimed is None
    assert not audit.broken


def orthogonal(n):
    """Canaries that do not disturb each other."""
    return np.eye(n), np.ones(n, dtype=int)


def test_a_claim_that_is_false(monkeypatch):
    """The noise is switched off behind the back of the report."""
    from skprivate.mechanisms import Gaussian

    monkeypatch.setattr(Gaussian, "__call__", lambda self, total, *rest, **more: total)
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 200)) / 1000
    audit = audit_one_run(
        DPLogisticRegression(row_norm=1.0, bounds=(-1, 1), classes=[0, 1]),
        X,
        rng.integers(0, 2, 400),
        canaries=orthogonal(200),
        random_state=0,
    )
    assert audit.claimed == pytest.approx(1.0)
    assert audit.broken


def test_a_claim_that_holds(rows):
    model = DPLogisticRegression(bounds=(-3, 3), classes=[0, 1])
    audit = audit_one_run(model, *rows, n_canaries=200, random_state=0)
    assert audit.claimed == pytest.approx(1.0)
    assert not audit.broken
    assert "nothing against it" in repr(audit)
    assert "NOT PRIVATE" in audit._repr_html_()


def test_numbers(rows):
    audit = audit_one_run(
        DecisionTreeRegressor(), rows[0], rows[0][:, 1], n_canaries=100, random_state=0
    )
    assert audit.epsilon > 1


def test_randomized_response_is_not_accused():
    """Guesses that are right as often as epsilon allows: refuted at most 1 in 20."""
    rng = np.random.default_rng(0)
    epsilon, m = 1.0, 400
    share = np.exp(epsilon) / (1 + np.exp(epsilon))
    right = rng.binomial(m, share, size=1000)
    refuted = sum(chance_of(m, m, r, epsilon, 0.0) < 0.05 for r in right)
    assert refuted <= 82  # P(Binomial(1000, .05) > 82) < 1e-5, and it is seeded


def test_bounds_of_known_results():
    assert least_epsilon(100, 100, 50, 0.0, 0.05) == 0.0
    all_right = least_epsilon(1000, 1000, 1000, 0.0, 0.05)
    share = 0.05 ** (1 / 1000)
    assert all_right == pytest.approx(np.log(share / (1 - share)), abs=1e-3)
    assert least_epsilon(1000, 1000, 1000, 1e-3, 0.05) < all_right


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"n_canaries": 5}, "n_canaries must"),
        ({"confidence": 1}, "confidence must"),
        ({"delta": 1}, "delta must"),
    ],
)
def test_parameters(rows, change, match):
    with pytest.raises(ValueError, match=match):
        audit_one_run(KNeighborsClassifier(), *rows, **change)
    with pytest.raises(ValueError, match="one class"):
        audit_one_run(KNeighborsClassifier(), rows[0], np.zeros(500))


def test_too_few_canaries(rows):
    X, y = rows
    with pytest.raises(ValueError, match="at least 10 rows"):
        audit_one_run(KNeighborsClassifier(1), X, y, canaries=(X[:1], y[:1]))
