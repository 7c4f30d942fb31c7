"""Networks: what they learn, what they refuse, and that nothing diverges."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier, MLPRegressor

from skprivate import make_dp_pipeline
from skprivate.base import UtilityWarning
from skprivate.ledger import PrivacyLedger
from skprivate.linear_model import DPLogisticRegression
from skprivate.neural_network import DPMLPClassifier, DPMLPRegressor
from skprivate.preprocessing import DPStandardScaler
from skprivate.rows import ArrayRows, ChunkRows, Parties, UnitClip

rng = np.random.default_rng(0)
N = 2000
X = rng.uniform(-1, 1, (N, 3))
PRODUCT = X[:, 0] * X[:, 1]
TWO = (PRODUCT + 0.05 * rng.normal(size=N) > 0).astype(int)
THREE = np.digitize(PRODUCT, [-0.15, 0.15])
LINEAR = (X @ [1.0, -0.5, 0.0] + 0.5 * rng.normal(size=N) > 0).astype(int)
FACTS = {"bounds": (-1, 1), "random_state": 0}
no_noise = pytest.mark.filterwarnings("ignore:epsilon=inf")
few = pytest.mark.filterwarnings("ignore::skprivate.base.UtilityWarning")
OPTIONS = [
    {"solver": "sgd"},
    {"solver": "rmsprop"},
    {"activation": "tanh"},
    {"activation": "logistic"},
    {"activation": "identity"},
    {"hidden_layer_sizes": 12},
    {"hidden_layer_sizes": (8, 4)},
    {"learning_rate": "invscaling"},
    {"learning_rate": "warmup"},
    {"learning_rate": "cosine"},
    {"rate": 0.3},
    {"momentum": 0.0},
    {"dropout": 0.3},
    {"dropout": 1e-20},
    {"init": "glorot"},
    {"max_norm": 1.0},
    {"average": False},
    {"average": np.True_},
    {"average": 0.8},
    {"skip": False},
    {"adversarial": (2, 0.1)},
    {"adversarial": (np.inf, 0.05)},
    {"early_stopping": True},
    {"delta": 0.0},
    {"alpha": 10.0},
]
each_option = pytest.mark.parametrize("options", OPTIONS, ids=repr)


def classifier(**params):
    return DPMLPClassifier(**(FACTS | {"classes": [0, 1]} | params))


def regressor(**params):
    return DPMLPRegressor(**(FACTS | {"target_bounds": (-1, 1)} | params))


def of_both(**params):
    return (classifier(**params), TWO), (regressor(**params), PRODUCT)


def test_what_is_not_additive_is_learned_and_linear_models_do_not():
    linear = DPLogisticRegression(classes=[0, 1], epsilon=2.0, **FACTS).fit(X, TWO)
    assert linear.score(X, TWO) < 0.6
    steps = {"epsilon": 2.0, "max_iter": 80}
    assert classifier(**steps).fit(X, TWO).score(X, TWO) > 0.8
    assert regressor(**steps).fit(X, PRODUCT).score(X, PRODUCT) > 0.8
    several = classifier(classes=[0, 1, 2], **steps).fit(X, THREE)
    assert several.score(X, THREE) > 0.65


@pytest.mark.parametrize("epsilon", [0.1, 0.5])
@few
def test_with_little_budget_they_are_linear_models(epsilon):
    best = LogisticRegression().fit(X, LINEAR).score(X, LINEAR)
    found = [
        classifier(epsilon=epsilon, random_state=seed).fit(X, LINEAR).score(X, LINEAR)
        for seed in range(3)
    ]
    assert np.median(found) > best - (0.06 if epsilon < 0.2 else 0.02)


@no_noise
def test_without_noise_they_are_about_as_good_as_scikit_learns():
    theirs = MLPClassifier((32,), random_state=0, max_iter=1000)
    ours = classifier(epsilon=np.inf).fit(X, TWO)
    assert ours.score(X, TWO) > theirs.fit(X, TWO).score(X, TWO) - 0.01
    theirs = MLPRegressor(hidden_layer_sizes=(32,), random_state=0, max_iter=1000)
    ours = regressor(epsilon=np.inf).fit(X, PRODUCT)
    best = theirs.fit(X, PRODUCT).score(X, PRODUCT)
    assert ours.score(X, PRODUCT) > best - 0.02


@each_option
def test_every_option_learns_something(options):
    """Of plain gradient steps, little in so few."""
    options = {"epsilon": 8.0, "max_iter": 40} | options
    if "delta" in options or options.get("activation") == "identity":
        y = LINEAR
    else:
        y = TWO
    least = 0.7 if y is LINEAR else 0.55
    model = classifier(**options).fit(X, y)
    assert model.score(X, y) > least
    if "early_stopping" not in options:
        assert model.n_iter_ == (134 if "rate" in options else 40)


@each_option
@few
def test_nothing_diverges(options):
    hostile = np.where(rng.random((60, 3)) < 0.5, 1e300, -1e300)
    options = {"max_iter": 5} | options
    for model, y in of_both(epsilon=0.01, **options):
        for rows in (hostile, X[:1]):
            model.fit(rows, y[: len(rows)])
            assert all(np.isfinite(coef).all() for coef in model.coefs_)
            assert np.isfinite(model.predict(hostile)).all()


@pytest.mark.parametrize("length", [1e-300, 1e3, 1e300])
@pytest.mark.parametrize("solver", ["sgd", "adam", "rmsprop"])
@few
def test_steps_of_any_length_leave_a_finite_model(length, solver):
    for model, y in of_both(learning_rate_init=length, solver=solver, max_iter=5):
        model.fit(X, y)
        assert np.isfinite(model.predict(X)).all()
    p = classifier(learning_rate_init=length, max_iter=5).fit(X, TWO).predict_proba(X)
    assert_allclose(p.sum(axis=1), 1.0)


@pytest.mark.parametrize(
    ("params", "match"),
    [
        ({"hidden_layer_sizes": 0}, "hidden_layer_sizes"),
        ({"hidden_layer_sizes": (32, 0)}, "hidden_layer_sizes"),
        ({"hidden_layer_sizes": ()}, "hidden_layer_sizes"),
        ({"hidden_layer_sizes": (4,) * 9}, "hidden_layer_sizes"),
        ({"hidden_layer_sizes": 10**6}, "hidden_layer_sizes"),
        ({"hidden_layer_sizes": (60_000, 60_000)}, "hidden_layer_sizes"),
        ({"hidden_layer_sizes": (10**6, 10**6)}, "hidden_layer_sizes"),
        ({"hidden_layer_sizes": (8.5,)}, "hidden_layer_sizes"),
        ({"hidden_layer_sizes": "wide"}, "hidden_layer_sizes"),
        ({"hidden_layer_sizes": True}, "hidden_layer_sizes"),
        ({"activation": "swish"}, "activation"),
        ({"solver": "lbfgs"}, "solver"),
        ({"learning_rate": "adaptive"}, "learning_rate"),
        ({"learning_rate_init": 0.0}, "learning_rate_init"),
        ({"learning_rate_init": np.nan}, "learning_rate_init"),
        ({"max_iter": 0}, "max_iter"),
        ({"rate": 0.0}, "rate"),
        ({"momentum": 1.0}, "momentum"),
        ({"dropout": 1.0}, "dropout"),
        ({"average": 1.5}, "average"),
        ({"adversarial": 0.1}, "adversarial"),
        ({"adversarial": (1, 0.1)}, "adversarial"),
        ({"adversarial": (2, -0.1)}, "adversarial"),
        ({"adversarial": (2, 0.1), "dropout": 0.5}, "adversarial"),
    ],
    ids=repr,
)
def test_bad_parameters_are_refused_before_anything_is_paid(params, match):
    for model, y in of_both():
        with PrivacyLedger(epsilon=1.0, delta=1e-6) as ledger:
            with pytest.raises((ValueError, TypeError), match=match):
                model.set_params(**params).fit(X, y)
            assert ledger.spent() == 0


def test_bad_rows_are_refused():
    for model, y in of_both(max_iter=2):
        odd = X.copy()
        odd[3, 1] = np.nan
        with pytest.raises(ValueError, match="NaN"):
            model.fit(odd, y)
        with pytest.raises(ValueError, match="NaN"):
            model.fit(X, y).predict(odd)
    with pytest.raises(ValueError, match="one class"):
        classifier(classes=None).fit(X, np.zeros(N))


@pytest.mark.parametrize("rate", [1.0, 0.2])
def test_a_fit_spends_its_budget(rate):
    for model, y in of_both(max_iter=4, rate=rate):
        model.fit(X, y)
        spent = model.privacy_.epsilon()  # of samples, no more than what was paid
        assert (0.8 if rate < 1 else 0.999) < spent <= 1.0 + 1e-9
        asked = [r.query for r in model.privacy_.releases]
        assert asked.count("NetworkGradient") == model.n_iter_ == 4 / rate


def test_early_stopping_saves_time_where_nothing_is_learned():
    coins = rng.integers(0, 2, N)
    patient, hasty = (
        classifier(epsilon=0.5, early_stopping=early, max_iter=60).fit(X, coins)
        for early in (False, True)
    )
    assert patient.n_iter_ == 60
    assert 10 <= hasty.n_iter_ < 60
    seen = classifier(epsilon=8.0, early_stopping=True, max_iter=60).fit(X, LINEAR)
    assert seen.n_iter_ > hasty.n_iter_
    assert seen.score(X, LINEAR) > 0.75


@pytest.mark.parametrize("average", [True, False])
def test_weights_stay_within_their_constraint(average):
    model = classifier(max_norm=0.5, average=average, hidden_layer_sizes=(8, 4))
    model.set_params(max_iter=10, epsilon=4.0).fit(X, TWO)
    for coef in model.coefs_[:-1]:
        assert np.linalg.norm(coef, axis=0).max() <= 0.5 + 1e-9


def test_shapes_are_scikit_learns_but_for_what_skips():
    model = classifier(hidden_layer_sizes=(8, 4), max_iter=2, skip=False).fit(X, TWO)
    theirs = MLPClassifier((8, 4), max_iter=1, random_state=0)
    with pytest.warns(match="iterations"):
        theirs.fit(X, TWO)
    assert [c.shape for c in model.coefs_] == [c.shape for c in theirs.coefs_]
    assert [c.shape for c in model.intercepts_] == [c.shape for c in theirs.intercepts_]
    assert (model.n_layers_, model.n_outputs_) == (theirs.n_layers_, theirs.n_outputs_)
    skipping = clone(model).set_params(skip=True).fit(X, TWO)
    assert skipping.coefs_[-1].shape == (4 + 3, 1)


def test_outputs_are_what_coefficients_say():
    model = classifier(epsilon=4.0, max_iter=20, activation="tanh").fit(X, TWO)
    z = (X - model.mean_) / model.scale_
    hidden = np.tanh(z @ model.coefs_[0] + model.intercepts_[0])
    margins = np.hstack([hidden, z]) @ model.coefs_[1] + model.intercepts_[1]
    assert_allclose(
        model.predict_proba(X)[:, 1], 1 / (1 + np.exp(-margins[:, 0])), atol=2e-3
    )
    with np.errstate(divide="ignore"):
        assert_allclose(model.predict_log_proba(X), np.log(model.predict_proba(X)))
    edited = clone(model).fit(X, TWO)
    edited.coefs_[1][:] = 0.0
    assert len(np.unique(edited.predict_proba(X))) <= 2  # who edits, is obeyed


def test_batches_go_on_from_where_the_last_one_ended():
    for model, y in of_both(epsilon=8.0, max_iter=20):
        known = {"classes": [0, 1]} if isinstance(model, DPMLPClassifier) else {}
        for batch in range(3):
            model.partial_fit(X[batch::3], y[batch::3], batch=batch, **known)
        assert model.privacy_.epsilon() <= 8.0 + 1e-9
        alone = clone(model).fit(X[2::3], y[2::3])
        assert model.score(X, y) > alone.score(X, y) - 0.05


def test_a_warm_start_is_where_the_last_fit_ended():
    model = classifier(warm_start=True, max_iter=20, epsilon=4.0).fit(X, TWO)
    before = [coef.copy() for coef in model.coefs_]
    model.set_params(max_iter=1, learning_rate_init=1e-9).fit(X, TWO)
    for coef, known in zip(model.coefs_, before, strict=True):
        assert_allclose(coef, known, atol=1e-6)
    model.set_params(hidden_layer_sizes=(5,))
    with pytest.raises(ValueError, match="another shape"):
        model.fit(X, TWO)


def test_all_sources_of_rows_give_the_same_model():
    sources = [
        (X, TWO),
        (pd.DataFrame(X, columns=list("abc")), TWO),
        (sparse.csr_array(X), TWO),
        (ChunkRows(lambda: iter([(X[:999], TWO[:999]), (X[999:], TWO[999:])])), None),
        (Parties(ArrayRows(X[:99], TWO[:99]), ArrayRows(X[99:], TWO[99:])), None),
    ]
    models = [classifier(max_iter=3, dropout=0.2).fit(*pair) for pair in sources]
    for model in models[1:]:
        for ours, first in zip(model.coefs_, models[0].coefs_, strict=True):
            assert_array_equal(ours, first)
    whole = models[0].predict_proba(X)
    assert_array_equal(models[2].predict_proba(sparse.csr_array(X)), whole)
    assert_array_equal(models[0].predict_proba(X[7:8]), whole[7:8])


def test_groups_weights_and_pipelines():
    groups = np.arange(N) // 2
    for unit in (2, UnitClip(2)):
        model = classifier(max_rows_per_group=unit, epsilon=8.0, max_iter=20)
        model.fit(X, LINEAR, groups=groups)
        assert model.score(X, LINEAR) > 0.72
    weight = np.where(X[:, 2] > 0, 1.0, 0.0)  # turned labels count for nothing
    y = np.where(weight > 0, LINEAR, 1 - LINEAR)
    model = classifier(epsilon=8.0, max_iter=30).fit(X, y, sample_weight=weight)
    assert model.score(X, LINEAR) > 0.72
    steps = DPStandardScaler(bounds=(-1, 1)), DPMLPClassifier(classes=[0, 1])
    pipeline = make_dp_pipeline(*steps, epsilon=8.0)
    pipeline.set_params(dpmlpclassifier__random_state=0)
    assert pipeline.fit(X, TWO).score(X, TWO) > 0.75


@few
def test_wide_layers_take_little_memory():
    model = classifier(hidden_layer_sizes=2**16, max_iter=1).fit(X[:64], TWO[:64])
    assert np.isfinite(model.predict_proba(X[:50])).all()


def test_noise_that_buries_a_network_is_said():
    model = classifier(epsilon=0.1, hidden_layer_sizes=(200,), max_iter=3)
    with pytest.warns(UtilityWarning, match="noise exceeds the signal"):
        model.fit(X, TWO)


def test_training_against_an_adversary_makes_networks_robust():
    """The second feature tells more than the first, but rows can be moved along it."""
    y = rng.integers(0, 2, N)
    side = 2.0 * y - 1
    two = np.column_stack([side * (rng.random(N) < 0.85) * 0.8, side * 0.05])
    two += 0.02 * rng.normal(size=two.shape)
    facts = {"bounds": (-1, 1), "epsilon": 8.0, "max_iter": 30}
    plain = classifier(**facts).fit(two, y)
    robust = classifier(**facts, adversarial=(np.inf, 0.15)).fit(two, y)
    moved = two - 0.15 * side[:, None]
    assert plain.score(two, y) > 0.97
    assert robust.score(moved, y) > plain.score(moved, y) + 0.2
