"""Naive Bayes of counts: scikit-learn's without noise, sensible in any noise."""

import numpy as np
import pytest
from scipy import sparse
from sklearn import naive_bayes
from sklearn.preprocessing import Normalizer

from skprivate.naive_bayes import DPBernoulliNB, DPComplementNB, DPMultinomialNB
from skprivate.pipeline import make_dp_pipeline

rng = np.random.default_rng(0)
Y = rng.integers(0, 3, 3000)
X = rng.poisson((3 * rng.random((3, 20)))[Y]).astype(float)
CLASSES = {"classes": [0, 1, 2]}
NAMESAKES = [
    (DPMultinomialNB(), naive_bayes.MultinomialNB()),
    (DPMultinomialNB(alpha=0.1), naive_bayes.MultinomialNB(alpha=0.1)),
    (DPMultinomialNB(fit_prior=False), naive_bayes.MultinomialNB(fit_prior=False)),
    (DPComplementNB(), naive_bayes.ComplementNB()),
    (DPComplementNB(norm=True), naive_bayes.ComplementNB(norm=True)),
    (DPBernoulliNB(), naive_bayes.BernoulliNB()),
    (DPBernoulliNB(binarize=1.5), naive_bayes.BernoulliNB(binarize=1.5)),
]
BOTH = [np.asarray, sparse.csr_matrix]
ALL = [DPMultinomialNB, DPComplementNB, DPBernoulliNB]


@pytest.mark.parametrize("form", BOTH, ids=["dense", "sparse"])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("model", "twin"), NAMESAKES, ids=lambda m: str(m))
@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_without_noise_it_is_scikit_learns(model, twin, weighted, form):
    weight = rng.random(len(X)) if weighted else None
    model.set_params(epsilon=np.inf, **CLASSES)
    model.fit(form(X), Y, sample_weight=weight)
    twin.fit(X, Y, sample_weight=weight)
    np.testing.assert_allclose(model.class_count_, twin.class_count_, rtol=1e-3)
    np.testing.assert_allclose(model.feature_count_, twin.feature_count_, rtol=1e-3)
    logs, expected = model.feature_log_prob_, twin.feature_log_prob_
    np.testing.assert_allclose(logs, expected, rtol=1e-3, atol=2e-4)
    proba, other = model.predict_proba(form(X)), twin.predict_proba(X)
    np.testing.assert_allclose(proba, other, atol=1e-3)
    np.testing.assert_allclose(proba.sum(axis=1), 1.0)


@pytest.mark.parametrize("cls", ALL)
def test_at_epsilon_one_little_is_lost(cls):
    best = cls(epsilon=np.inf, **CLASSES)
    with pytest.warns(UserWarning, match="epsilon=inf"):
        best = best.fit(X, Y).score(X, Y)
    models = [cls(**CLASSES, random_state=seed) for seed in range(5)]
    scores = [model.fit(X, Y).score(X, Y) for model in models]
    assert np.mean(scores) > best - 0.03


@pytest.mark.parametrize("cls", ALL)
def test_features_that_noise_hides_do_not_speak_for_small_classes(cls):
    """Of 300 rare features none differs by class; one class is ten times smaller."""
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], [5000, 500])
    rare = sparse.random_array((5500, 300), density=0.01, rng=rng, format="csr")
    rare.data[:] = 1.0
    sign = rng.random((5500, 1)) < np.where(y == 1, 0.8, 0.2)[:, None]
    Z = sparse.hstack([sign.astype(float), rare], format="csr")
    bound = {"max_ones": 9} if cls is DPBernoulliNB else {"row_norm": 2.0}
    models = [cls(classes=[0, 1], **bound, random_state=seed) for seed in range(5)]
    logs = [model.fit(Z, y).feature_log_prob_ for model in models]
    ratios = np.mean([log[1] - log[0] for log in logs], axis=0)
    assert abs(ratios[0]) > 0.5  # clear
    assert abs(np.mean(ratios[1:])) < 0.2  # of noise alone, on neither side


@pytest.mark.parametrize("cls", [DPMultinomialNB, DPComplementNB])
@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_rows_that_are_longer_than_the_norm_have_the_same_say(cls):
    rows = X[:200]
    rows = 3.0 * rows / np.linalg.norm(rows, axis=1, keepdims=True)
    model = cls(row_norm=1.0, epsilon=np.inf, **CLASSES)
    one = model.fit(rows, Y[:200]).feature_count_
    other = model.fit(rows * 7.0, Y[:200]).feature_count_
    np.testing.assert_allclose(one, other, rtol=3e-3)
    directions = [rows[Y[:200] == k].sum(axis=0) / 3.0 for k in range(3)]
    np.testing.assert_allclose(one, directions, rtol=3e-3)


def test_pipelines_hand_on_the_norm():
    pipe = make_dp_pipeline(Normalizer(), DPMultinomialNB(**CLASSES)).fit(X, Y)
    names = [r.query for r in pipe[-1].privacy_.releases]
    assert names == ["ClassCounts", "RowSumsByClass"]
    assert pipe.score(X, Y) > 0.9


@pytest.mark.parametrize("cls", [DPMultinomialNB, DPBernoulliNB])
def test_priors_are_taken_as_given(cls):
    model = cls(class_prior=[0.5, 0.5, 0.0], **CLASSES).fit(X, Y)
    assert 2 not in model.predict(X)
    with pytest.raises(ValueError, match="riors"):
        cls(class_prior=[1.0], **CLASSES).fit(X, Y)


@pytest.mark.parametrize(
    "params",
    [{"alpha": 0.0}, {"alpha": [1.0, 2.0]}, {"alpha": np.nan}, {"max_ones": 0},
     {"binarize": -1.0}, {"binarize": None}, {"max_ones": 2.5}],
)  # fmt: skip
def test_what_is_not_supported_is_refused(params):
    with pytest.raises(ValueError, match="parameter of DPBernoulliNB"):
        DPBernoulliNB(**params, **CLASSES).fit(X, Y)


@pytest.mark.parametrize("bound", [None, 1, 10**9])
@pytest.mark.parametrize("delta", [0, 1e-6])
@pytest.mark.parametrize("cls", ALL)
@pytest.mark.filterwarnings("ignore::skprivate.base.UtilityWarning")
def test_degenerate_rows_give_finite_models(cls, delta, bound):
    name = "max_ones" if cls is DPBernoulliNB else "row_norm"
    for data in (np.zeros((2, 3)), np.full((5, 3), 1e300), -np.ones((50, 3))):
        for y in (np.arange(len(data)) % 2, np.zeros(len(data), int)):
            for epsilon in (1e-6, 1.0):
                model = cls(
                    alpha=1e-10, classes=np.unique(y), epsilon=epsilon, delta=delta
                )
                model.set_params(**{name: bound}).fit(data, y)
                assert np.isfinite(model.feature_log_prob_).all()
                assert np.isfinite(model.predict_proba(np.ones((1, 3)))).all()
                assert np.isfinite(model.predict_joint_log_proba(data)).all()


@pytest.mark.parametrize("cls", ALL)
def test_pure_privacy_works(cls):
    model = cls(delta=0, epsilon=4.0, **CLASSES).fit(X, Y)
    assert model.privacy_.epsilon(0.0) <= 4.0 * (1 + 1e-9)
    assert model.score(X, Y) > 0.8


@pytest.mark.parametrize("cls", ALL)
def test_the_plan_is_what_the_fit_does(cls):
    model = cls(**CLASSES)
    assert model.plan(20).events == model.fit(X, Y).privacy_.events


def _topics(n_rows, n_classes, rng):
    """Words of which each class has a few of its own."""
    base = 1 / (np.arange(1, 801) + 5.0)
    logs = np.where(rng.random((n_classes, 800)) < 0.05, 2 * rng.normal(size=800), 0)
    shares = rng.permutation(base) * np.exp(logs)
    shares /= shares.sum(axis=1, keepdims=True)
    y = rng.integers(0, n_classes, n_rows)
    return rng.multinomial(60, shares[y]).astype(float), y


def test_of_many_classes_noise_hides_less_than_differences_tell():
    """What totals alone say, and differences in proportion to what is no noise."""
    from skprivate.naive_bayes._multinomial import log_shares

    rng = np.random.default_rng(0)
    X, y = _topics(12_000, 12, rng)
    fit, test = slice(0, 8_000), slice(8_000, 12_000)
    totals = np.array([X[fit][y[fit] == k].sum(axis=0) for k in range(12)])
    noisy = totals + 40.0 * rng.normal(size=totals.shape)
    right = [
        np.mean((X[test] @ log_shares(noisy, 40.0, 1.0, likely).T).argmax(1) == y[test])
        for likely in (False, True)
    ]
    best = (X[test] @ log_shares(totals, 0.0, 1.0).T).argmax(1) == y[test]
    assert right[1] > right[0] + 0.05
    assert right[1] > np.mean(best) - 0.3


@pytest.mark.parametrize("noise", [1e-200, 1e-3, 0.3, 3.0, 9.0, 1e3, 1e200])
def test_likeliest_ratios_are_the_best_of_a_grid(noise):
    from skprivate.naive_bayes._likely import log_ratios

    rng = np.random.default_rng(0)
    truth = np.exp(rng.normal(size=(3, 500)))
    ratio = truth + min(noise, 1e3) * rng.normal(size=truth.shape)
    found = log_ratios(ratio, np.full_like(ratio, noise))
    assert np.isfinite(found).all()
    if 1e-3 < noise < 10:
        grid = np.linspace(-6, 6, 2001)[:, None, None]

        def cost(r):
            return (ratio - np.exp(r)) ** 2 / noise**2 + r**2

        assert (cost(found) <= cost(grid).min(axis=0) + 0.02).all()
    if noise < 0.01:
        np.testing.assert_allclose(found, np.log(np.maximum(ratio, 1e-6)), atol=0.05)
    if noise > 100:
        assert np.abs(found).max() < 0.1
