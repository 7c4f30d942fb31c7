"""What is made of private models, and spends one budget: what all of them must do."""

import pickle
from contextlib import suppress

import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.utils.estimator_checks import parametrize_with_checks

from skprivate import (
    PrivacyLedger,
    check_private,
    make_dp_pipeline,
    privacy_cost,
    privacy_report,
)
from skprivate.calibration import DPCalibratedClassifier
from skprivate.composition import NotPrivateError
from skprivate.ensemble import (
    DPBalancedBaggingClassifier,
    DPStackingClassifier,
    DPStackingRegressor,
    DPVotingClassifier,
    DPVotingRegressor,
)
from skprivate.ledger import StrictLedgerError
from skprivate.linear_model import DPHuberRegressor, DPLogisticRegression, DPRidge
from skprivate.metrics import make_dp_scorer
from skprivate.model_selection import DPGridSearchCV
from skprivate.multiclass import DPOneVsRestClassifier
from skprivate.multioutput import DPMultiOutputClassifier, DPMultiOutputRegressor
from skprivate.naive_bayes import DPGaussianNB
from skprivate.preprocessing import DPStandardScaler
from skprivate.testing import record, replay
from skprivate.testing._examples import example_for, quiet
from skprivate.testing._neighbours import neighbours_of
from tests.pipeline.test_conformance import EXPECTED, listed
from tests.pipeline.test_replay import (
    REFUSED_WHILE_ADDED,
    CoinPlayer,
    Whole,
    play,
)

BOX = {"bounds": (-2, 2)}
THREE = [0, 1, 2]


def logistic(**params):
    return DPLogisticRegression(**{**BOX, **params})


def bayes(**params):
    return DPGaussianNB(**{**BOX, **params})


def ridge(**params):
    return DPRidge(**{**BOX, "target_bounds": (-1, 1), **params})


def huber(**params):
    return DPHuberRegressor(**{**BOX, "target_bounds": (-1, 1), **params})


def pair(**params):
    return [("linear", logistic(**params)), ("bayes", bayes(**params))]


def numbers(**params):
    return [("ridge", ridge(**params)), ("huber", huber(**params))]


def last(name, **params):
    """A model that a stack ends with."""
    return ridge(**params) if "numbers" in name else bayes(**params)


def told(**params):
    return {"classes": THREE, **params}


WRAPPERS = {
    "one vs rest": lambda: DPOneVsRestClassifier(bayes(), **told()),
    "outputs": lambda: DPMultiOutputClassifier(bayes(classes=[0, 1])),
    "outputs of numbers": lambda: DPMultiOutputRegressor(ridge()),
    "calibrated": lambda: DPCalibratedClassifier(bayes(**told())),
    "calibrated by bins": lambda: DPCalibratedClassifier(
        bayes(**told()), method="isotonic", ensemble=True, cv=3
    ),
    "votes": lambda: DPVotingClassifier(pair(), voting="soft", **told()),
    "votes of each": lambda: DPVotingClassifier(pair(), **told()),
    "mean": lambda: DPVotingRegressor(numbers()),
    "stack": lambda: DPStackingClassifier(pair(), **told()),
    "stack and features": lambda: DPStackingClassifier(
        pair(), bayes(), passthrough=True, **told()
    ),
    "stack of numbers": lambda: DPStackingRegressor(numbers()),
    "stack of numbers and features": lambda: DPStackingRegressor(
        numbers(), ridge(), passthrough=True
    ),
    "bagging": lambda: DPBalancedBaggingClassifier(bayes(), n_estimators=2, **told()),
}
OF_ONE = [name for name in WRAPPERS if hasattr(WRAPPERS[name](), "estimator")]
TABLES = [name for name in WRAPPERS if name.startswith("outputs")]
SINGLE = [name for name in WRAPPERS if name not in TABLES]
OF_NUMBERS = [name for name in SINGLE if name == "mean" or "numbers" in name]
every_wrapper = pytest.mark.parametrize("name", WRAPPERS)


@pytest.fixture
def X(rng):
    return rng.uniform(-1, 1, (900, 3))


def target(name, X):
    """Labels, numbers, or a table of them."""
    if name in (*OF_NUMBERS, "outputs of numbers"):
        y = np.clip(X[:, 0] - X[:, 1], -1, 1)
        return np.c_[y, X[:, 2]] if name in TABLES else y
    if name == "outputs":
        return (X[:, :2] > 0).astype(int)
    return np.digitize(X[:, 0], [-0.3, 0.3])


@every_wrapper
def test_one_price_for_the_whole(name, X):
    model = WRAPPERS[name]().set_params(epsilon=0.8)
    with PrivacyLedger(epsilon=0.8, delta=1e-6, strict=True) as ledger:
        model.fit(X, target(name, X))
    assert [record.name for record in ledger.records] == [type(model).__name__]
    assert 0.79 < model.privacy_.epsilon() <= 0.8 + 1e-9
    cost = privacy_cost(model)
    assert cost.fits == 1
    assert cost.epsilon() == pytest.approx(0.8)
    report = privacy_report(model)
    assert report.private
    assert report.epsilon() <= 0.8 + 1e-9
    assert not model.privacy_.assumed
    assert "assumed" not in repr(cost)


@every_wrapper
def test_parts_compose_into_the_whole(name, X):
    """Where all rows are in all parts: the price that the releases add up to."""
    if "calibrated" in name:
        return  # its parts are about disjoint rows
    model = WRAPPERS[name]().fit(X, target(name, X))
    mus = [release.mechanism.event.noise_multiplier for release in _releases(model)]
    whole = model.privacy_.budget.mu
    assert sum(mu**-2.0 for mu in mus) <= whole**2 * (1 + 1e-9)
    assert sum(mu**-2.0 for mu in mus) >= 0.95 * whole**2


def _releases(model):
    return model.privacy_.releases


@every_wrapper
def test_a_plan_asks_what_a_fit_asks_at_most(name, X):
    model = WRAPPERS[name]()
    plan = model.plan(3, n_outputs=2) if name in TABLES else model.plan(3)
    fitted = model.fit(X, target(name, X))
    assert plan.epsilon() == pytest.approx(fitted.privacy_.epsilon(), rel=1e-6)
    asked = {release.query for release in plan.releases}
    assert {release.query for release in _releases(fitted)} == asked
    assert not hasattr(WRAPPERS[name](), "privacy_")


@every_wrapper
def test_sealed_parameters_clones_seeds_and_pickles(name, X):
    model, y = WRAPPERS[name](), target(name, X)
    assert repr(clone(model)) == repr(model)
    if "random_state" in model.get_params(deep=False):
        model.set_params(random_state=3)
    else:
        seeds = {key: 3 for key in model.get_params() if key.endswith("__random_state")}
        model.set_params(**seeds)
        if "stack" in name:
            model.set_params(final_estimator=last(name, random_state=3))
    first, second = (clone(model).fit(X, y) for _ in range(2))
    np.testing.assert_array_equal(first.predict(X), second.predict(X))
    again = pickle.loads(pickle.dumps(first))
    np.testing.assert_array_equal(again.predict(X), first.predict(X))
    assert first.privacy_.seeded
    assert not check_is_private(first)
    with pytest.raises(StrictLedgerError), PrivacyLedger(strict=True):
        clone(model).fit(X, y)


def check_is_private(model):
    with suppress(NotPrivateError):
        check_private(model)
        return True
    return False


@every_wrapper
def test_groups_and_weights(name, X):
    model, y = WRAPPERS[name](), target(name, X)
    settings = {
        key: 3 if key.endswith("group") else 2.0
        for key in model.get_params()
        if key.endswith(("__max_rows_per_group", "__max_weight"))
    }
    model.set_params(**settings, epsilon=9.0)
    groups = np.arange(len(X)) // 3
    if "stack" in name:
        units = {"max_rows_per_group": 3, "max_weight": 2.0}
        model.set_params(final_estimator=last(name, **units))
    model.fit(X, y, sample_weight=np.full(len(X), 2.0), groups=groups)
    assert "group" in model.privacy_.unit
    assert all(release.sensitivity >= 6.0 for release in _counted(model))


def _counted(model):
    wanted = "Moments", "ScoreBins"
    return [r for r in _releases(model) if r.query.endswith(wanted)]


@every_wrapper
def test_weights_are_refused_where_nobody_takes_any(name, X):
    model = WRAPPERS[name]()
    with config_context(enable_metadata_routing=True):
        asked = model.get_metadata_routing()
        assert "sample_weight" not in asked.consumes("fit", ["sample_weight"])
    errors = (TypeError, ValueError)
    with PrivacyLedger() as ledger, pytest.raises(errors, match="nothing"):
        model.fit(X, target(name, X), nothing=1)
    assert not ledger.records


@every_wrapper
def test_weights_are_routed(name, X):
    with config_context(enable_metadata_routing=True):
        model = WRAPPERS[name]()
        if "stack" in name:
            model.set_params(final_estimator=last(name))
        for part in _models_in(model):
            part.set_fit_request(sample_weight=True)
        weight = np.append(np.zeros(300), np.ones(len(X) - 300))
        model.fit(X, target(name, X), sample_weight=weight)
    assert model.privacy_.epsilon() <= 1.0 + 1e-9


def _models_in(model):
    parts = model.get_params().values()
    return [part for part in parts if hasattr(part, "set_fit_request")]


@pytest.mark.parametrize("name", SINGLE)
def test_last_of_a_pipeline(name, X):
    """Which hands it bounds, and a share of its own budget."""
    model = WRAPPERS[name]()
    open_bounds = {k: "private" for k in model.get_params() if k.endswith("bounds")}
    open_bounds = {k: v for k, v in open_bounds.items() if "target" not in k}
    pipe = make_dp_pipeline(DPStandardScaler(**BOX), model.set_params(**open_bounds))
    with PrivacyLedger(epsilon=1.0, delta=1e-6, strict=True) as ledger:
        pipe.fit(X, target(name, X))
    assert len(ledger.records) == 1
    assert pipe.privacy_.epsilon() <= 1.0 + 1e-9
    assert not any("Dyadic" in release.query for release in _releases(pipe))
    assert pipe[-1].get_params().items() >= open_bounds.items()
    assert check_private(pipe).private


@pytest.mark.parametrize("name", SINGLE)
def test_in_a_search(name, X):
    model = WRAPPERS[name]()
    path = "estimator__var_smoothing" if name in OF_ONE else "bayes__var_smoothing"
    path = "ridge__alpha" if name in OF_NUMBERS else path
    scoring = None
    if name in OF_NUMBERS:
        scoring = make_dp_scorer("neg_mean_absolute_error", target_bounds=(-1, 1))
    search = DPGridSearchCV(model, {path: [1e-9, 1e-2]}, epsilon=2.0, scoring=scoring)
    search.fit(X, target(name, X))
    assert search.privacy_.epsilon() <= 2.0 + 1e-9
    assert search.best_params_[path] in (1e-9, 1e-2)


@pytest.mark.parametrize("name", [n for n in WRAPPERS if n != "bagging"])
def test_workers(name, X):
    model = WRAPPERS[name]().set_params(n_jobs=2)
    with PrivacyLedger(epsilon=1.0, delta=1e-6, strict=True) as ledger:
        model.fit(X, target(name, X))
    assert len(ledger.records) == 1


@every_wrapper
def test_answers_do_not_depend_on_company(name, X):
    model = WRAPPERS[name]().fit(X, target(name, X))
    methods = "predict", "predict_proba", "decision_function", "transform"
    for method in [method for method in methods if hasattr(model, method)]:
        ask, all_rows = getattr(model, method), _first_of(getattr(model, method)(X))
        for size in (1, 2, 3, 7, 64, 257):
            some = _first_of(ask(X[:size]))
            np.testing.assert_array_equal(some, all_rows[:size], err_msg=method)


def _first_of(answer):
    """Of a list, as of several outputs, the first."""
    return answer[0] if isinstance(answer, list) else answer


FOREIGN = {
    "one vs rest": lambda: DPOneVsRestClassifier(LogisticRegression()),
    "a regressor": lambda: DPOneVsRestClassifier(ridge()),
    "outputs": lambda: DPMultiOutputClassifier(LogisticRegression()),
    "outputs of numbers": lambda: DPMultiOutputRegressor(Ridge()),
    "a classifier": lambda: DPMultiOutputRegressor(bayes()),
    "calibrated": lambda: DPCalibratedClassifier(LogisticRegression()),
    "calibrated numbers": lambda: DPCalibratedClassifier(ridge()),
    "votes": lambda: DPVotingClassifier([*pair(), ("raw", LogisticRegression())]),
    "votes of a regressor": lambda: DPVotingClassifier([("a", ridge())]),
    "mean": lambda: DPVotingRegressor([*numbers(), ("raw", Ridge())]),
    "stack": lambda: DPStackingClassifier([*pair(), ("raw", LogisticRegression())]),
    "mean of a stack": lambda: DPStackingRegressor([*numbers(), ("raw", Ridge())]),
    "last of a stack of numbers": lambda: DPStackingRegressor(numbers(), Ridge()),
    "last of a stack": lambda: DPStackingClassifier(pair(), LogisticRegression()),
    "a budget inside": lambda: DPOneVsRestClassifier(bayes(epsilon=3.0)),
    "a budget in votes": lambda: DPVotingClassifier(pair(epsilon=3.0)),
    "a class": lambda: DPVotingClassifier([("a", DPGaussianNB)]),
    "no list": lambda: DPVotingClassifier(bayes()),
    "all dropped": lambda: DPVotingClassifier([("a", "drop")]),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_what_is_not_private_is_refused_for_free(name, X):
    kind = "mean" if "numbers" in name or "mean" in name else "votes"
    errors, advice = (TypeError, ValueError), r"skprivate|Leave|string|drop"
    with PrivacyLedger() as ledger, pytest.raises(errors, match=advice):
        FOREIGN[name]().fit(X, target(kind, X))
    assert not ledger.records
    if "budget" not in name:
        assert not check_is_private_or_refused(FOREIGN[name]())


def check_is_private_or_refused(model):
    with suppress(TypeError, ValueError):
        return check_is_private(model)
    return False


@every_wrapper
def test_unknown_labels_and_odd_rows_are_charged(name, X):
    """They show in the rows only; nothing of the failed fit is kept."""
    y = target(name, X).astype(float)
    y[3] = 7 if is_classifier(WRAPPERS[name]()) else np.nan
    model = WRAPPERS[name]()
    charged = "has been charged"
    with PrivacyLedger() as ledger, pytest.raises(ValueError, match=charged) as error:
        model.fit(X, y)
    assert len(ledger.records) == 1
    assert "7" not in str(error.value)
    assert not hasattr(model, "privacy_")
    assert not [key for key in vars(model) if key.endswith("_")]


# --- scikit-learn's own checks ----------------------------------------------------


def seeded(name):
    """Seeded, since the checks compare fits; they set seeds of the whole only."""
    seed = {"random_state": 0}
    models = {
        "votes": DPVotingClassifier(pair(**seed), voting="soft"),
        "mean": DPVotingRegressor(numbers(**seed)),
        "stack": DPStackingClassifier(pair(**seed), bayes(**seed)),
        "stack of numbers": DPStackingRegressor(numbers(**seed), ridge(**seed)),
        "one vs rest": DPOneVsRestClassifier(bayes()),
        "outputs": DPMultiOutputClassifier(bayes()),
        "calibrated": DPCalibratedClassifier(bayes()),
        "bagging": DPBalancedBaggingClassifier(bayes(), n_estimators=2),
    }
    return models.get(name) or WRAPPERS[name]()


TWINS = (  # of others
    "calibrated by bins",
    "votes of each",
    "stack and features",
    "stack of numbers and features",
)
CHECKED = [seeded(name) for name in WRAPPERS if name not in TWINS]


SKIPPED = "scikit-learn runs none of its checks on the namesake"
TOO_FEW = "ten rows or less, of which a fold may have none"
OF_OUTPUTS = EXPECTED | dict.fromkeys(
    (
        "check_classifiers_classes",
        "check_classifiers_one_label",
        "check_classifiers_regression_target",
        "check_classifiers_one_label_sample_weights",
        "check_classifiers_train",
        "check_methods_sample_order_invariance",
        "check_methods_subset_invariance",
        "check_regressors_train",
    ),
    SKIPPED,
)
OF_CALIBRATED = EXPECTED | dict.fromkeys(
    ("check_classifiers_one_label_sample_weights", "check_fit2d_1sample"), TOO_FEW
)


def expected(estimator):
    """Checks that fail, and why."""
    if hasattr(estimator, "cv"):
        return OF_CALIBRATED
    several = type(estimator).__name__.startswith("DPMultiOutput")
    return OF_OUTPUTS if several else EXPECTED


@listed(parametrize_with_checks(CHECKED, expected_failed_checks=expected))
def test_scikit_learn_agrees(estimator, check):
    with quiet():
        check(estimator)


# --- replay ------------------------------------------------------------------------


class OfOutputs(BaseEstimator):
    """Two outputs, of one column of labels or numbers; replay knows one."""

    def __init__(self, whole):
        self.whole = whole

    def fit(self, X, y=None, **params):
        y = np.asarray(y)
        if is_classifier(self.whole):
            y = (y > 0).astype(int)
        self.fitted_ = clone(self.whole).fit(X, np.c_[y, y], **params)
        return self


BY_COINS = "calibrated", "calibrated by bins", "bagging"


@pytest.mark.parametrize("name", [n for n in WRAPPERS if n not in BY_COINS])
def test_only_declared_moves_on_neighbours(name):
    whole = WRAPPERS[name]()
    rows = example_for(bayes() if is_classifier(whole) else ridge())
    whole = OfOutputs(whole) if name in TABLES else Whole(whole)
    recording, n_played = record(whole, **rows.fit_args), 0
    for neighbour in neighbours_of(rows):
        if neighbour.name in REFUSED_WHILE_ADDED:
            continue
        playback = replay(recording, units=neighbour.units, **neighbour.rows.fit_args)
        assert playback.findings == [], neighbour.name
        n_played += not playback.refused
    assert n_played >= 15


@pytest.mark.parametrize("method", ["sigmoid", "isotonic"])
@pytest.mark.parametrize("ensemble", [False, True])
def test_only_declared_moves_where_coins_decide(method, ensemble):
    """The last row is left out, or is another; the others keep their coins."""
    model = DPCalibratedClassifier(
        bayes(**told()), method=method, ensemble=ensemble, cv=3, random_state=0
    )
    rows = example_for(bayes(), n_rows=80)
    recording = record(Whole(model), **rows.fit_args)
    assert len(recording.tape.told) == (9 if ensemble else 3)
    _play_without_the_last(recording, rows)


def test_only_declared_moves_where_coins_choose_rows():
    model = WRAPPERS["bagging"]().set_params(random_state=0)
    rows = example_for(bayes(), n_rows=80)
    recording = record(Whole(model), **rows.fit_args)
    assert recording.tape.told
    _play_without_the_last(recording, rows)


def _play_without_the_last(recording, rows):
    for others, units in (
        (rows.rows(slice(79)), 1),
        (rows.rows(slice(79)).with_row(1e6, 0), 2),
        (rows.rows(slice(79)).with_row(0.0, 2), 2),
    ):
        player = CoinPlayer(recording.tape, units)
        play(player, recording.estimator, others)
        assert player.result().findings == []
