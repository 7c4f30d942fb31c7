"""Selection by scores: scikit-learn's without noise, close to it with little."""

import numpy as np
import pytest
from scipy import sparse, stats
from sklearn import feature_selection
from sklearn.feature_selection import SelectKBest, SelectPercentile

from skprivate import PrivacyLedger, make_dp_pipeline
from skprivate.accounting import Budget
from skprivate.feature_selection import DPSelectKBest, DPSelectPercentile
from skprivate.feature_selection._scores import chi2
from skprivate.feature_selection._top_k import choosing_is_better
from skprivate.linear_model import DPLogisticRegression

rng = np.random.default_rng(0)
N, D, K = 20_000, 30, 5
LABELS = rng.integers(0, 3, N)
EFFECTS = np.linspace(0.8, -0.6, 2 * K)
SCALES = 10.0 ** rng.integers(-2, 4, D)
X = rng.normal(size=(N, D)) + 2.0
X[:, : 2 * K] += (LABELS == 1)[:, None] * EFFECTS
X *= SCALES
BOUNDS = -8 * SCALES, 12 * SCALES
NUMBERS = X[:, :K] @ (np.arange(1, K + 1) / SCALES[:K]) + rng.normal(size=N)
COUNTS = rng.poisson(1.0, (N, D)) + rng.poisson(0.3, (N, D)) * (LABELS == 1)[:, None]
COUNTS[:, 10:] = rng.poisson(1.0, (N, D - 10))

CASES = {
    "f_classif": (X, LABELS, BOUNDS),
    "two classes": (X, LABELS == 1, BOUNDS),
    "chi2": (COUNTS.astype(float), LABELS, (0, 15)),
    "f_regression": (X, NUMBERS, BOUNDS),
    "r_regression": (X, NUMBERS, BOUNDS),
}
every_case = pytest.mark.parametrize("case", CASES)


def asked(case, **params):
    """A selector for a case, and its data."""
    features, target, bounds = CASES[case]
    name = "f_classif" if case == "two classes" else case
    if name not in ("f_regression", "r_regression"):
        params["classes"] = np.unique(target)
    model = DPSelectKBest(name, **{"k": K, "bounds": bounds, **params})
    return model, features, target


def twin(model, features, target):
    """scikit-learn's selector without privacy."""
    function = getattr(feature_selection, model.score_func)
    return SelectKBest(function, k=model.k).fit(features, target)


def recall(model, other):
    """Part of the features of another selector that a selector found."""
    both = model.get_support() & other.get_support()
    return both.sum() / other.get_support().sum()


@every_case
@pytest.mark.filterwarnings("ignore:epsilon=inf")
def test_without_noise_it_is_scikit_learns(case):
    model, features, target = asked(case, epsilon=np.inf)
    model.fit(features, target)
    other = twin(model, features, target)
    np.testing.assert_allclose(model.scores_, other.scores_, rtol=1e-3, atol=1e-4)
    if other.pvalues_ is None:
        assert model.pvalues_ is None
    else:
        np.testing.assert_allclose(model.pvalues_, other.pvalues_, atol=1e-3)
    np.testing.assert_array_equal(model.get_support(), other.get_support())
    np.testing.assert_array_equal(
        model.transform(features[:9]), other.transform(features[:9])
    )
    one_by_one = model.set_params(method="top_k").fit(features, target)
    if case not in ("chi2", "f_classif", "r_regression"):
        assert recall(one_by_one, other) == 1.0


@every_case
@pytest.mark.parametrize("delta", [1e-6, 0.0])
def test_at_epsilon_one_the_best_are_found(case, delta):
    model, features, target = asked(case, delta=delta)
    other = twin(model, features, target)
    best = np.nanmax(np.abs(other.scores_))
    found = []
    for seed in range(10):
        model.set_params(random_state=seed).fit(features, target)
        # Noise counts as variance, so that scores are not larger than they should be.
        assert np.nanmax(np.abs(model.scores_)) < 1.3 * best
        found.append(recall(model, other))
    assert np.mean(found) >= 0.55
    if model.pvalues_ is not None:
        assert np.nanmin(model.pvalues_) < 1e-4


def test_pvalues_of_features_that_tell_nothing_are_not_small():
    labels, numbers = rng.integers(0, 2, 2000), rng.normal(size=2000)
    Z = rng.normal(size=(2000, 200))
    for name, target in (("f_classif", labels), ("f_regression", numbers)):
        for epsilon in (0.1, 2.0):
            model = DPSelectKBest(
                name,
                epsilon=epsilon,
                bounds=(-6, 6),
                target_bounds=(-6, 6),
                random_state=0,
            ).fit(Z, target)
            below = np.mean(model.pvalues_ < 0.1)
            assert 0.0 <= below < 0.1 + 6 * np.sqrt(0.09 / 200)


@pytest.mark.parametrize("priors", [(0.5, 0.5), (0.9, 0.1), (0.9, 0.05, 0.05)])
@pytest.mark.parametrize("noise", [0.0, 10.0, 40.0, 400.0])
def test_chi2_keeps_its_level_whatever_the_noise(priors, noise):
    """Counts of 20,000 features that tell nothing, and Gaussian noise."""
    draws = np.random.default_rng(1)
    n, total, priors = 20_000, 2000, np.array(priors)
    contrasts = total * priors[:, None] - draws.multinomial(total, priors, n).T
    if len(priors) == 2:  # one number is released, the other is minus that
        error = noise * draws.normal(size=n)
        contrasts = contrasts + np.stack([error, -error])
    else:
        contrasts = contrasts + noise * draws.normal(size=contrasts.shape)
        contrasts -= contrasts.mean(axis=0)
    sums, noises = np.full(n, float(total)), np.full(n, noise)
    pvalues = chi2(contrasts, sums, priors, noises).pvalues
    for level in (0.1, 0.05, 0.01, 0.001):
        # Six standard deviations, and what counts that are no normal numbers add.
        room = 6 * np.sqrt(level / n) + 0.1 * level
        assert np.mean(pvalues < level) < level + room
        if len(priors) == 2:  # and not below it, either
            assert np.mean(pvalues < level) > level - room


@pytest.mark.parametrize("name", ["chi2", "f_classif", "f_regression"])
def test_there_are_no_pvalues_of_laplace_noise(name):
    model, features, target = asked(name, delta=0.0)
    assert model.fit(features, target).pvalues_ is None
    assert np.isfinite(model.scores_).any()


def test_of_many_features_few_are_chosen_one_by_one():
    n_features = 1500
    labels = rng.integers(0, 2, 5000)
    Z = rng.normal(size=(5000, n_features)).astype(np.float32)
    Z[:, :5] += labels[:, None] * 0.8
    options = {"k": 5, "bounds": (-8, 8), "classes": [0, 1], "random_state": 0}
    model = DPSelectKBest(**options).fit(Z, labels)
    assert model.method_ == "top_k"
    assert model.get_support()[:5].sum() >= 4
    assert np.isfinite(model.scores_).sum() == np.isfinite(model.pvalues_).sum() == 5
    assert model.pvalues_[:5][model.get_support()[:5]].max() < 0.01
    chosen = [r for r in model.privacy_.releases if r.query == "LargestContrast"]
    assert len(chosen) == 5
    assert model.privacy_.epsilon() <= 1.0 + 1e-9
    table = DPSelectKBest(**options, method="table").fit(Z, labels)
    assert table.get_support()[:5].sum() <= model.get_support()[:5].sum()


def test_what_promises_to_be_better_is_decided_by_public_numbers():
    gauss, pure = Budget(1.0, 1e-6), Budget(1.0, 0.0)
    assert not choosing_is_better(gauss, 100, 10, 1.0)
    assert choosing_is_better(gauss, 10_000, 10, 1.0)
    assert not choosing_is_better(gauss, 10_000, 1000, 1.0)
    assert choosing_is_better(pure, 200, 10, 1.0)
    assert not choosing_is_better(pure, 30, 10, 1.0)
    assert not choosing_is_better(Budget(np.inf, 1e-6), 10_000, 1, 1.0)
    assert not choosing_is_better(gauss, 10, 10, 1.0)
    assert not choosing_is_better(gauss, 10, 0, 1.0)


@pytest.mark.parametrize("percentile", [0, 1, 10, 33.3, 50, 99, 100])
@pytest.mark.parametrize("n_features", [1, 2, 7, 30])
@pytest.mark.filterwarnings("ignore:No features", "ignore:epsilon=inf")
def test_percentiles_are_scikit_learns(percentile, n_features):
    rows = slice(500)
    Z, y = X[rows, :n_features], LABELS[rows]
    model = DPSelectPercentile(
        percentile=percentile, epsilon=np.inf, bounds=(Z.min(axis=0), Z.max(axis=0))
    )
    other = SelectPercentile(percentile=percentile).fit(Z, y)
    np.testing.assert_array_equal(model.fit(Z, y).get_support(), other.get_support())


def test_sparse_rows_give_the_same_and_stay_sparse():
    Z = sparse.csr_array(COUNTS.astype(float))
    model, dense, y = asked("chi2", random_state=0)
    thin = model.fit(Z, y).scores_
    picked = model.transform(Z)
    assert sparse.issparse(picked)
    assert picked.shape == (N, K)
    np.testing.assert_array_equal(model.fit(dense, y).scores_, thin)
    back = model.inverse_transform(picked)
    assert back.shape == Z.shape


def test_functions_of_scikit_learn_are_known_by_name():
    model = DPSelectKBest(feature_selection.chi2, k=3, bounds=(0, 15))
    assert model.fit(COUNTS, LABELS).get_support().sum() == 3
    for other in (feature_selection.mutual_info_classif, lambda X, y: X.sum(axis=0)):
        with pytest.raises(ValueError, match="score_func"):
            DPSelectKBest(other).fit(X, LABELS)


def test_names_and_frames():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(X[:100, :3], columns=["a", "b", "c"])
    model = DPSelectKBest(k=2).set_output(transform="pandas")
    out = model.fit_transform(frame, LABELS[:100])
    assert list(out.columns) == list(model.get_feature_names_out())
    assert set(out.columns) < {"a", "b", "c"}


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="not negative"):
        DPSelectKBest("chi2", bounds=(-1, 1)).fit(COUNTS, LABELS)
    with pytest.raises(ValueError, match="Leave them out"):
        DPSelectKBest("f_regression", classes=[0, 1]).fit(X, NUMBERS)
    with pytest.raises(ValueError, match="one class"):
        DPSelectKBest().fit(X[:10], np.zeros(10))
    with pytest.raises(ValueError, match="'k'"):
        DPSelectKBest(k=-1).fit(X, LABELS)


@pytest.mark.parametrize("name", ["f_classif", "chi2", "f_regression", "r_regression"])
@pytest.mark.parametrize("delta", [0.0, 1e-6])
@pytest.mark.parametrize("method", ["table", "top_k"])
def test_degenerate_rows_give_finite_scores(name, delta, method):
    y = np.arange(6) % 2
    for data in (np.zeros((6, 3)), np.full((6, 3), 1e300), np.eye(6, 3) * 1e-300):
        for bounds in ("private", (0, 1), (2, 2), (0, 1e30)):
            for epsilon in (1e-3, 1.0):
                model = DPSelectKBest(
                    name,
                    k=2,
                    bounds=bounds,
                    target_bounds=(0, 1),
                    method=method,
                    delta=delta,
                    epsilon=epsilon,
                ).fit(data, y)
                assert np.isfinite(model.scores_[model.get_support()]).all()
                if model.pvalues_ is not None:
                    found = model.pvalues_[model.get_support()]
                    assert np.all((found >= 0) & (found <= 1))


def test_the_plan_is_what_the_fit_does():
    for method in ("table", "top_k"):
        for case in CASES:
            model, features, target = asked(case, method=method)
            classes = np.unique(target) if "classes" in model.get_params() else ()
            plan = model.plan(D, classes=classes)
            done = model.fit(features, target).privacy_
            assert [(r.query, r.size, r.share) for r in plan.releases] == [
                (r.query, r.size, r.share) for r in done.releases
            ]


def test_in_a_pipeline_bounds_are_handed_on_and_one_budget_is_charged():
    y = (LABELS == 1).astype(int)
    pipe = make_dp_pipeline(
        DPSelectKBest(k=3, classes=[0, 1]),
        DPLogisticRegression(classes=[0, 1]),
        epsilon=2.0,
        bounds=BOUNDS,
    )
    with PrivacyLedger(epsilon=2.0, delta=1e-6):
        pipe.fit(X, y)
    assert not [r for r in pipe.privacy_.releases if "ValueCells" in r.query]
    assert pipe.predict(X[:5]).shape == (5,)


@pytest.mark.parametrize(("n_classes", "epsilon"), [(2, 1.0), (3, 0.3), (5, 1.0)])
def test_chi2_of_sums_far_from_zero_keeps_its_level(n_classes, epsilon):
    """The noise of the counts moves what is expected of every class."""
    rng = np.random.default_rng(0)
    found = []
    for seed in range(40):
        X = rng.poisson(3, (1000, 8)).astype(float)
        y = rng.integers(0, n_classes, 1000)
        model = DPSelectKBest(
            "chi2", k=1, epsilon=epsilon, bounds=(0, 12), method="table",
            classes=range(n_classes), random_state=seed,
        ).fit(X, y)  # fmt: skip
        found.extend(model.pvalues_ < 0.05)
    assert sum(found) <= stats.binom.isf(1e-6, len(found), 0.05)


@pytest.mark.filterwarnings("ignore:epsilon=inf")
@pytest.mark.parametrize("value", [0.0, 1.0, 7.0])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_a_feature_that_is_declared_constant_tells_nothing(value, n_classes, rng):
    X, y = rng.poisson(3, (900, 3)).astype(float), rng.integers(0, n_classes, 900)
    X[:, 0] += y
    X[:, 2] = value
    ends = {"bounds": (X.min(axis=0), X.max(axis=0)), "classes": range(n_classes)}
    model = DPSelectKBest("chi2", k=1, epsilon=np.inf, **ends).fit(X, y)
    assert model.scores_[2] < 1e-6
    assert model.get_support().tolist() == [True, False, False]
    expected = feature_selection.chi2(X[:, :2], y)[0]
    np.testing.assert_allclose(model.scores_[:2], expected, rtol=0.05, atol=0.05)
