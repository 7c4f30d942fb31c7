"""What leaks is found at its place, and the remedy that is named removes it."""

import numpy as np
import pytest
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.pipeline import make_pipeline as make_sampler_pipeline
from sklearn.base import BaseEstimator
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import BaggingClassifier, StackingClassifier, VotingClassifier
from sklearn.feature_selection import SelectFromModel
from sklearn.frozen import FrozenEstimator
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    KFold,
    LeaveOneOut,
    RandomizedSearchCV,
    StratifiedKFold,
)
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.semi_supervised import SelfTrainingClassifier

from skprivate import check_policy, check_private, privacy_cost, privacy_report
from skprivate.composition import NotPrivateError
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.metrics import get_dp_scorer, make_dp_scorer
from skprivate.model_selection import IndependentFolds
from skprivate.naive_bayes import DPGaussianNB
from skprivate.over_sampling import DPSyntheticOverSampler
from skprivate.preprocessing import DPStandardScaler

BAYES = DPGaussianNB()
GRID = {"var_smoothing": [1e-9, 1e-3]}
PRIVATE_SEARCH = {"cv": IndependentFolds(3), "scoring": get_dp_scorer("accuracy")}


def first_column(X):
    return [0]


# What leaks, a word of its description, and what its remedy makes of it.
REMEDIES = [
    (make_pipeline(StandardScaler(), BAYES), "without noise",
     make_pipeline(DPStandardScaler(), BAYES)),
    (DPRidge(epsilon=np.inf), "no noise", DPRidge()),
    (DPRidge(random_state=0), "seeded", DPRidge()),
    (DPRidge(random_state=np.random.RandomState(0)), "seeded", DPRidge()),
    (make_pipeline(DPStandardScaler(), memory="somewhere"), "disk",
     make_pipeline(DPStandardScaler())),
    (make_sampler_pipeline(SMOTE(), BAYES), "moves many others",
     make_sampler_pipeline(DPSyntheticOverSampler(), BAYES)),
    (make_sampler_pipeline(RandomOverSampler(), BAYES), "class counts",
     make_sampler_pipeline(DPSyntheticOverSampler(), BAYES)),
    (make_column_transformer((DPStandardScaler(), first_column)), "sees all rows",
     make_column_transformer((DPStandardScaler(), make_column_selector("a")))),
    (BaggingClassifier(BAYES, 2), "bootstrap",
     VotingClassifier([("a", BAYES), ("b", DPGaussianNB())])),
    (BaggingClassifier(BAYES, 2, bootstrap=False), "random_state",
     VotingClassifier([("a", BAYES), ("b", DPGaussianNB())])),
    (BaggingClassifier(BAYES, 2, bootstrap=False, max_samples=1), "by position",
     VotingClassifier([("a", BAYES), ("b", DPGaussianNB())])),
    (StackingClassifier([("a", BAYES)], cv=KFold(3)), "LogisticRegression",
     StackingClassifier([("a", FrozenEstimator(BAYES))], DPLogisticRegression(),
                        cv="prefit")),
    (ClassifierChain(BAYES, cv=3), "another fold",
     ClassifierChain(BAYES, cv=IndependentFolds(3))),
    (ClassifierChain(BAYES, cv=LeaveOneOut()), "number of folds",
     ClassifierChain(BAYES, cv=IndependentFolds(3))),
    (ClassifierChain(BAYES, cv=IndependentFolds(3, random_state=0)), "seeded",
     ClassifierChain(BAYES, cv=IndependentFolds(3))),
    (CalibratedClassifierCV(BAYES, cv=IndependentFolds(3)), "held-out labels", BAYES),
    (GridSearchCV(BAYES, GRID, **PRIVATE_SEARCH | {"cv": 3}), "another fold",
     GridSearchCV(BAYES, GRID, **PRIVATE_SEARCH)),
    (GridSearchCV(BAYES, GRID, **PRIVATE_SEARCH | {"cv": StratifiedKFold(3)}),
     "another fold", GridSearchCV(BAYES, GRID, **PRIVATE_SEARCH)),
    (GridSearchCV(BAYES, GRID, **PRIVATE_SEARCH | {"scoring": "accuracy"}), "scores",
     GridSearchCV(BAYES, GRID, **PRIVATE_SEARCH)),
    (GridSearchCV(BAYES, GRID, **PRIVATE_SEARCH | {
        "scoring": make_dp_scorer("accuracy", random_state=0)}), "seeded",
     GridSearchCV(BAYES, GRID, **PRIVATE_SEARCH)),
    (GridSearchCV(BAYES, {"epsilon": [1.0, np.inf]}, **PRIVATE_SEARCH), "no noise",
     GridSearchCV(BAYES, {"epsilon": [1.0, 2.0]}, **PRIVATE_SEARCH)),
    (SelectFromModel(DPRidge(), max_features=len), "sees all rows",
     SelectFromModel(DPRidge(), max_features=2)),
    (SimpleImputer(strategy="constant", fill_value=0.0), "left out",
     SimpleImputer(strategy="constant", fill_value=0.0, keep_empty_features=True)),
    (FrozenEstimator(StandardScaler()), "fitted before",
     FrozenEstimator(DPStandardScaler())),
    (SelfTrainingClassifier(BAYES), "one value for each row", BAYES),
]  # fmt: skip


@pytest.mark.parametrize(("leaky", "word", "remedied"), REMEDIES)
def test_the_remedy_removes_the_leak(leaky, word, remedied):
    with pytest.raises(NotPrivateError, match=word):
        check_private(leaky, n_outputs=2)
    assert check_private(remedied, n_outputs=2).private


def test_all_leaks_are_listed_with_place_and_remedy():
    inner = make_pipeline(StandardScaler(), LogisticRegression())
    outer = VotingClassifier([("one", inner), ("two", DPLogisticRegression())])
    with pytest.raises(NotPrivateError) as raised:
        check_private(outer)
    leaks = raised.value.leaks
    assert [leak.where for leak in leaks] == [
        "one > standardscaler",
        "one > logisticregression",
    ]
    for leak in leaks:
        assert str(leak) in str(raised.value)
    assert "skprivate.linear_model.DPLogisticRegression" in leaks[1].remedy
    assert raised.value.cost.fits == 1


def test_not_private_is_a_value_error():
    assert issubclass(NotPrivateError, ValueError)


def test_stacking_seeds_splitters_that_can_be_seeded():
    class Seedable(IndependentFolds):
        def __init__(self, n_splits=5, random_state=None):
            super().__init__(n_splits)
            self.random_state = random_state

    stack = StackingClassifier([("a", BAYES)], DPLogisticRegression(), cv=Seedable(2))
    assert any("stacking" in leak.what for leak in privacy_cost(stack).leaks)


def test_a_splitter_without_a_rule_leaks():
    class Mine(GroupKFold):
        pass

    chain = ClassifierChain(BAYES, cv=Mine(3))
    assert not privacy_cost(chain, n_outputs=2).private


def test_callbacks_that_are_shown_rows_leak():
    callback = pytest.importorskip("sklearn.callback", reason="scikit-learn < 1.9")
    plain, watched, private = (make_pipeline(DPRidge()) for _ in range(3))
    watched.set_callbacks(callback.ScoringMonitor(scoring="r2"))
    private[0].set_callbacks(callback.ScoringMonitor(scoring="r2"))  # sees no rows
    assert "ScoringMonitor" in privacy_cost(watched).leaks[0].what
    assert check_private(plain).events == check_private(private).events
    pytest.importorskip("rich", reason="ProgressBar draws with it")
    plain.set_callbacks(callback.ProgressBar())
    assert check_private(plain).private


def test_unknown_estimators_leak_with_all_their_parts():
    class Mystery(BaseEstimator):
        def __init__(self, model=None):
            self.model = model

        def fit(self, X, y=None):
            return self

    cost = privacy_cost(Mystery(DPRidge()))
    assert not cost.private
    assert "no privacy rule for Mystery" in cost.leaks[0].what
    assert "register_privacy_rule" in cost.leaks[0].remedy
    assert cost.spent() == np.inf  # nobody knows how often it fits its part


def test_seeded_forests_of_private_models_keep_their_seeds():
    """The leak that the rule is about: a seed stands in each fitted model."""
    X = np.random.default_rng(0).uniform(-1, 1, (60, 2))
    model = DPGaussianNB(bounds=(-1, 1))
    bagging = BaggingClassifier(model, 2, bootstrap=False).fit(X, X[:, 0] > 0)
    assert all(member.random_state is not None for member in bagging.estimators_)


@pytest.mark.parametrize("high", [2.0, np.inf])
def test_distributions_cost_what_their_dearest_value_costs(high):
    from scipy.stats import randint, uniform

    budgets = uniform(1.0, high - 1.0) if high < np.inf else Endless()
    search = RandomizedSearchCV(
        DPRidge(), {"epsilon": budgets, "alpha": randint(1, 9)}, n_iter=4,
        cv=IndependentFolds(3), scoring=make_dp_scorer("r2", epsilon=0.1),
    )  # fmt: skip
    cost = privacy_cost(search)
    if high == np.inf:
        assert "drawn from a distribution" in cost.leaks[0].what
        assert cost.spent() == np.inf
        return
    dearest = search.set_params(param_distributions={"epsilon": [high] * 9})
    assert cost.private
    assert cost.epsilon() == pytest.approx(privacy_cost(dearest).epsilon())


class Endless:
    """A distribution without an upper end."""

    def rvs(self, random_state=None):
        return 1.0

    def support(self):
        return 0.5, np.inf


@pytest.mark.filterwarnings("ignore:Label not 1 is present")
def test_one_model_for_each_label_tells_which_labels_occur():
    """A label that no row has gets a constant, and one more row a model."""
    several = OneVsRestClassifier(DPGaussianNB(bounds=(0, 1), classes=[0, 1]))
    rows, labels = np.zeros((20, 2)), np.zeros((20, 2), int)
    labels[:10, 0] = 1
    constant = several.fit(rows, labels).estimators_[1]
    assert type(constant).__name__ == "_ConstantPredictor"
    for facts in ({"n_outputs": 2}, {"n_outputs": 2, "n_classes": 2}):
        with pytest.raises(NotPrivateError, match="constant"):
            check_private(several, **facts)
    assert privacy_report(several).epsilon() == np.inf
    assert check_private(several, n_classes=3).private
    assert check_private(MultiOutputClassifier(several.estimator), n_outputs=2).private
    labels[0] = 1
    several.fit(rows, labels)
    assert not check_policy(several, {"max_epsilon": 9.0, "strict": True})
