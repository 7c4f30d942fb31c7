"""Ridge that chooses its penalty from what it has released anyway."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.linear_model import Ridge, RidgeCV

from skprivate.base import PrivacyWarning
from skprivate.linear_model import DPRidge, DPRidgeCV

ALPHAS = np.logspace(-3, 3, 13)


def problem(n_rows, n_features, seed, noise=3.0):
    rng = np.random.default_rng(seed)
    X = rng.uniform(-1, 1, (n_rows, n_features))
    y = X @ rng.normal(size=n_features) + noise * rng.normal(size=n_rows)
    return X, y


@pytest.mark.parametrize(
    ("n_rows", "n_features"), [(200, 30), (60, 40), (500, 5), (100, 60), (2000, 3)]
)
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_without_noise_it_chooses_as_scikit_learn_does(
    n_rows, n_features, fit_intercept
):
    X, y = problem(n_rows, n_features, seed=n_rows)
    model = DPRidgeCV(
        ALPHAS,
        bounds=(-1, 1),
        target_bounds=(-100, 100),
        fit_intercept=fit_intercept,
        epsilon=np.inf,
    )
    with pytest.warns(PrivacyWarning):
        model.fit(X, y)
    theirs = RidgeCV(ALPHAS, fit_intercept=fit_intercept).fit(X, y)
    # Leaving one out and its rotation-invariant form may differ by a step of the grid.
    step = abs(np.log(model.alpha_ / theirs.alpha_)) / np.log(ALPHAS[1] / ALPHAS[0])
    assert step < 1.5
    reference = Ridge(model.alpha_, fit_intercept=fit_intercept).fit(X, y)
    assert_allclose(model.coef_, reference.coef_, atol=1e-3)


def test_its_error_is_that_of_leaving_one_out():
    from skprivate.accounting import Budget
    from skprivate.base import Curator
    from skprivate.linear_model._least_squares import LeastSquares
    from skprivate.linear_model._penalized import Penalty
    from skprivate.mechanisms import Entropy
    from skprivate.rows import ArrayRows

    X, y = problem(300, 20, seed=0)
    curator = Curator(ArrayRows(X, y), Budget(np.inf, 1e-6), Entropy(0))
    (released,) = LeastSquares.released(curator, (-1, 1), (-100, 100), True)
    for alpha in (0.1, 10.0, 100.0):
        ours = released.solve(Penalty(l2=alpha)).validation_error
        theirs = -RidgeCV([alpha]).fit(X, y).best_score_
        assert ours == pytest.approx(theirs, rel=0.01)


def test_the_choice_costs_nothing():
    X, y = problem(400, 4, seed=0)
    public = {"bounds": (-1, 1), "target_bounds": (-20, 20)}
    many = DPRidgeCV(ALPHAS, **public).fit(X, y).privacy_
    one = DPRidge(**public).fit(X, y).privacy_
    assert many.events == one.events
    assert [r.query for r in many.releases] == [r.query for r in one.releases]


def test_one_penalty_is_ridge():
    X, y = problem(400, 4, seed=0)
    model = DPRidgeCV([7.0], bounds=(-1, 1), target_bounds=(-20, 20)).fit(X, y)
    assert model.alpha_ == 7.0
    assert DPRidgeCV(7.0, bounds=(-1, 1)).fit(X, y).alpha_ == 7.0


def test_it_finds_the_scale_of_tiny_features():
    """Where a unit is much, the default penalty of ridge leaves nothing."""
    X, y = problem(20_000, 5, seed=1, noise=0.5)
    public = {"bounds": (-1e-3, 1e-3), "target_bounds": (-10, 10), "random_state": 0}
    grid = np.logspace(-6, 1, 8)
    chosen = DPRidgeCV(grid, **public).fit(X * 1e-3, y)
    default = DPRidge(**public).fit(X * 1e-3, y)
    assert chosen.alpha_ < 0.1
    assert chosen.score(X * 1e-3, y) > 0.7 > default.score(X * 1e-3, y)


def test_with_equal_seeds_and_penalty_it_predicts_what_it_says():
    X, y = problem(400, 4, seed=0)
    model = DPRidgeCV(bounds=(-1, 1), target_bounds=(-20, 20)).fit(X, y)
    assert_allclose(
        model.predict(X), X @ model.coef_ + model.intercept_, rtol=1e-12, atol=1e-12
    )


@pytest.mark.parametrize("alphas", [[], ["a"], [-1.0], [np.nan], [np.inf], [1, None]])
def test_penalties_that_make_no_sense(alphas):
    X, y = problem(40, 2, seed=0)
    with pytest.raises(ValueError, match="alphas"):
        DPRidgeCV(alphas, bounds=(-1, 1), target_bounds=(-9, 9)).fit(X, y)


def _related_rows(n_rows, rng):
    """Twelve features, each two of them related, and a target with noise of one."""
    X = np.sqrt(0.7) * rng.normal(size=(n_rows, 1))
    X = (X + np.sqrt(0.3) * rng.normal(size=(n_rows, 12))).clip(-3, 3)
    y = X @ np.linspace(-1, 1, 12) + rng.normal(size=n_rows)
    return X, y.clip(-10, 10)


def test_its_error_is_that_of_new_rows_in_spite_of_noise_and_clipping():
    rng = np.random.default_rng(0)
    X_new, y_new = _related_rows(20_000, rng)
    ratios = []
    for seed in range(25):
        model = DPRidge(
            1e-3, bounds=(-3, 3), target_bounds=(-10, 10), random_state=seed
        )
        model.fit(*_related_rows(3000, rng))
        error = np.mean((model.predict(X_new) - y_new) ** 2)
        ratios.append(model.validation_error_ / error)
    assert 0.85 < np.median(ratios) < 1.15  # 0.66 without both corrections
