"""Unfitted trees of private estimators, and rows to fit them on."""

from dataclasses import dataclass, field

import numpy as np
from imblearn.ensemble import (
    BalancedBaggingClassifier,
    EasyEnsembleClassifier,
    RUSBoostClassifier,
)
from imblearn.pipeline import make_pipeline as make_sampler_pipeline
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import (
    ColumnTransformer,
    TransformedTargetRegressor,
    make_column_transformer,
)
from sklearn.ensemble import (
    AdaBoostRegressor,
    BaggingClassifier,
    BaggingRegressor,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.experimental import (  # noqa: F401
    enable_halving_search_cv,
    enable_iterative_imputer,
)
from sklearn.feature_selection import (
    RFE,
    RFECV,
    SelectFromModel,
    SequentialFeatureSelector,
)
from sklearn.frozen import FrozenEstimator
from sklearn.impute import IterativeImputer
from sklearn.linear_model import RANSACRegressor
from sklearn.model_selection import (
    FixedThresholdClassifier,
    GridSearchCV,
    HalvingGridSearchCV,
    HalvingRandomSearchCV,
    KFold,
    RandomizedSearchCV,
    ShuffleSplit,
    TunedThresholdClassifierCV,
)
from sklearn.multiclass import (
    OneVsOneClassifier,
    OneVsRestClassifier,
    OutputCodeClassifier,
)
from sklearn.multioutput import (
    ClassifierChain,
    MultiOutputClassifier,
    MultiOutputRegressor,
    RegressorChain,
)
from sklearn.pipeline import FeatureUnion, make_pipeline, make_union
from sklearn.preprocessing import Normalizer, PolynomialFeatures, StandardScaler
from sklearn.semi_supervised import SelfTrainingClassifier

from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.metrics import get_dp_scorer, make_dp_scorer
from skprivate.model_selection import IndependentFolds
from skprivate.naive_bayes import DPGaussianNB
from skprivate.preprocessing import DPMinMaxScaler, DPStandardScaler
from skprivate.under_sampling import DPRandomUnderSampler

N_FEATURES = 4


@dataclass(frozen=True)
class Tree:
    """An estimator, what it is fitted on, and what is known about its price.

    ``tight`` is False where the rows decide how many fits there are, or which candidate
    is fitted again: then the price is a bound.
    """

    estimator: object
    target: str = "binary"
    tight: bool = True
    facts: dict = field(default_factory=dict)

    @property
    def name(self):
        return f"{type(self.estimator).__name__}-{self.target}"


def rows_for(target, seed=0):
    """Features and target of 120 rows."""
    rng = np.random.default_rng(seed)
    X = rng.uniform(-1, 1, (120, N_FEATURES))
    signal = X @ [3.0, 1.0, 0.0, 0.0]
    both = np.column_stack([signal > 0, X[:, 1] > 0]).astype(int)
    targets = {
        "binary": both[:, 0],
        "three": np.digitize(signal, [-0.8, 0.8]),
        "four": np.digitize(signal, [-1.0, 0.0, 1.0]),
        "number": signal,
        "labels": both,
        "numbers": X[:, :2] * 2,
        "some": np.where(np.arange(120) % 3, both[:, 0], -1),
    }
    return X, targets[target]


def ridge(**params):
    params = {"bounds": (-1, 1), "target_bounds": (-4, 4), **params}
    return DPRidge(**params)


def logistic(**params):
    return DPLogisticRegression(**{"bounds": (-1, 1), **params})


def bayes(**params):
    return DPGaussianNB(**{"bounds": (-1, 1), **params})


def scaler(**params):
    return DPStandardScaler(**{"bounds": (-1, 1), **params})


def minmax(**params):
    return DPMinMaxScaler(**params)


def two(model, **params):
    """Two named copies of a model with different budgets."""
    return [("a", model(**params)), ("b", model(epsilon=0.5, **params))]


def frozen():
    X, y = rows_for("binary", seed=1)
    return FrozenEstimator(bayes().fit(X, y))


THREE = {"n_classes": 3}
TWO_CLASSES = {"n_classes": 2}
OUTPUTS = {"n_outputs": 2}
WIDTH = {"n_features": N_FEATURES}
EPSILONS = {"epsilon": [0.5, 1.0, 2.0]}
SMOOTHING = {"var_smoothing": [1e-9, 1e-3]}
ALPHAS = {"alpha": [0.1, 1.0]}

LEAVES = [
    Tree(bayes()),
    Tree(bayes(epsilon=0.3, delta=0)),
    Tree(ridge(epsilon=2.0), "number"),
    Tree(Normalizer()),
]
PIPELINES = [
    Tree(make_pipeline(scaler(), logistic())),
    Tree(make_pipeline(Normalizer(), scaler(epsilon=0.5), "passthrough", bayes())),
    Tree(make_sampler_pipeline(DPRandomUnderSampler(), bayes(epsilon=2.0))),
    Tree(make_pipeline(make_pipeline(scaler()), make_pipeline(minmax(), ridge())),
         "number"),
    Tree(make_pipeline(scaler(), make_union(scaler(), minmax()), bayes())),
    Tree(FeatureUnion([("a", scaler()), ("b", "drop"), ("c", "passthrough")])),
    Tree(make_pipeline(
        make_column_transformer((scaler(), [0, 1]), (minmax(), [2]), (scaler(), [])),
        ridge(bounds=(-9, 9))), "number"),
    Tree(ColumnTransformer([("a", scaler(), slice(2))], remainder=minmax())),
    Tree(TransformedTargetRegressor(ridge(), func=np.arcsinh, inverse_func=np.sinh),
         "number"),
    Tree(TransformedTargetRegressor(
        ridge(), transformer=DPStandardScaler(bounds=(-4, 4))), "number"),
    Tree(make_pipeline(StandardScaler(), bayes(bounds=(-9, 9)))),
]  # fmt: skip
SIDE_BY_SIDE = [
    Tree(VotingClassifier(two(bayes), voting="soft")),
    Tree(VotingClassifier([*two(bayes), ("c", "drop")])),
    Tree(VotingRegressor(two(ridge)), "number"),
    Tree(StackingClassifier(two(bayes), bayes(bounds=(0, 1)), cv=3)),
    Tree(StackingClassifier(two(bayes), bayes(bounds=(0, 1)))),
    Tree(StackingRegressor(two(ridge), ridge(), cv=IndependentFolds(4)), "number"),
    Tree(StackingRegressor(two(ridge), ridge(), cv=KFold(3)), "number"),
    Tree(StackingClassifier([("a", frozen())], bayes(bounds=(0, 1)), cv=3)),
    Tree(StackingClassifier([("a", frozen())], bayes(bounds=(0, 1)), cv="prefit")),
    Tree(BaggingClassifier(bayes(), 4, bootstrap=False, random_state=0)),
    Tree(BaggingRegressor(ridge(), 3, max_features=2), "number"),
    Tree(AdaBoostRegressor(ridge(epsilon=15), random_state=0), "number", tight=False),
    Tree(BalancedBaggingClassifier(bayes(), 3)),
    Tree(EasyEnsembleClassifier(3, bayes())),
    Tree(
        RUSBoostClassifier(bayes(epsilon=15), n_estimators=3, random_state=0),
        tight=False,
    ),
    Tree(frozen()),
    Tree(make_pipeline(scaler(), frozen())),
]
PER_CLASS = [
    Tree(OneVsRestClassifier(bayes()), "three", facts=THREE),
    Tree(OneVsRestClassifier(bayes()), facts=TWO_CLASSES),
    Tree(OneVsRestClassifier(bayes()), "labels", facts=OUTPUTS),
    Tree(OneVsOneClassifier(bayes()), "three", facts=THREE),
    Tree(OneVsOneClassifier(bayes()), "four", facts={"n_classes": 4}),
    Tree(OutputCodeClassifier(bayes(), code_size=2, random_state=2), "three",
         facts=THREE, tight=False),
    Tree(MultiOutputClassifier(bayes()), "labels", facts=OUTPUTS),
    Tree(MultiOutputClassifier(OneVsRestClassifier(bayes())), "labels",
         facts=OUTPUTS | TWO_CLASSES),
    Tree(MultiOutputRegressor(ridge()), "numbers", facts=OUTPUTS),
    Tree(ClassifierChain(bayes()), "labels", facts=OUTPUTS),
    Tree(ClassifierChain(bayes(), cv=3), "labels", facts=OUTPUTS),
    Tree(RegressorChain(ridge()), "numbers", facts=OUTPUTS),
    Tree(RegressorChain(ridge(), cv=IndependentFolds(3)), "numbers", facts=OUTPUTS),
]  # fmt: skip
ADJUSTED = [
    Tree(CalibratedClassifierCV(bayes(), cv=3, ensemble=True)),
    Tree(CalibratedClassifierCV(bayes(), cv=3, ensemble=False)),
    Tree(CalibratedClassifierCV(bayes(), cv=3)),
    Tree(FixedThresholdClassifier(bayes(), threshold=0.3)),
    Tree(TunedThresholdClassifierCV(bayes(), cv=3)),
    Tree(TunedThresholdClassifierCV(bayes(), cv=0.5)),
    Tree(TunedThresholdClassifierCV(bayes(), cv=0.5, refit=False)),
    Tree(SelfTrainingClassifier(bayes(), max_iter=3), "some", tight=False),
    Tree(RANSACRegressor(ridge(), min_samples=60, max_trials=4, random_state=0),
         "number", tight=False),
    Tree(IterativeImputer(ridge(target_bounds=(-1, 1)), max_iter=2), facts=WIDTH,
         tight=False),
]  # fmt: skip
SELECTIONS = [
    Tree(SelectFromModel(logistic())),
    Tree(SelectFromModel(ridge(), threshold=-np.inf, max_features=2), "number"),
    Tree(RFE(ridge()), "number", facts=WIDTH),
    Tree(RFE(ridge(), n_features_to_select=1, step=2), "number", facts=WIDTH),
    Tree(RFE(ridge(), n_features_to_select=0.6, step=0.3), "number", facts=WIDTH),
    Tree(make_pipeline(scaler(), RFE(ridge()), ridge()), "number", facts=WIDTH),
    Tree(RFECV(ridge(), cv=3), "number", facts=WIDTH, tight=False),
    Tree(SequentialFeatureSelector(ridge(), n_features_to_select=2, cv=3), "number",
         facts=WIDTH),
    Tree(SequentialFeatureSelector(
        ridge(), n_features_to_select=3, direction="backward", cv=2), "number",
         facts=WIDTH),
]  # fmt: skip
SEARCHES = [
    Tree(GridSearchCV(bayes(), SMOOTHING, cv=3)),
    Tree(GridSearchCV(bayes(), SMOOTHING, cv=IndependentFolds(3), refit=False)),
    Tree(GridSearchCV(bayes(), SMOOTHING, cv=IndependentFolds(3),
                      scoring=get_dp_scorer("accuracy"), return_train_score=True)),
    Tree(GridSearchCV(bayes(), SMOOTHING, cv=IndependentFolds(2), refit="loss",
                      scoring={"loss": make_dp_scorer("neg_brier_score", epsilon=0.2),
                               "hits": get_dp_scorer("accuracy")})),
    Tree(RFECV(ridge(), cv=IndependentFolds(2), scoring=make_dp_scorer(
        "r2", target_bounds=(-4, 4))), "number", facts=WIDTH, tight=False),
    Tree(GridSearchCV(bayes(), EPSILONS, cv=2), tight=False),
    Tree(GridSearchCV(bayes(), {"epsilon": [1.0], "delta": [0.0, 1e-6]}, cv=2),
         tight=False),
    Tree(GridSearchCV(make_pipeline(scaler(), bayes()), {
        "dpstandardscaler": ["passthrough", scaler(epsilon=2.0), minmax()],
        "dpgaussiannb": [bayes(), logistic(epsilon=0.5)],
    }, cv=2), tight=False),
    Tree(GridSearchCV(make_pipeline(scaler(), ridge()),
                      [{"dpridge__alpha": [0.1, 1.0]}, {"dpridge__epsilon": [1.0]}],
                      cv=ShuffleSplit(2)), "number"),
    Tree(GridSearchCV(BaggingClassifier(bayes(), bootstrap=False),
                      {"n_estimators": [2, 3]}, cv=2), tight=False),
    Tree(RandomizedSearchCV(bayes(), SMOOTHING, n_iter=2, cv=2)),
    Tree(RandomizedSearchCV(ridge(), ALPHAS | EPSILONS, n_iter=3, cv=2), "number",
         tight=False),
    Tree(OneVsRestClassifier(GridSearchCV(bayes(), SMOOTHING, cv=2)), "three",
         facts=THREE),
    Tree(HalvingGridSearchCV(bayes(), {"var_smoothing": [1e-9, 1e-6, 1e-3]}, cv=2,
                             factor=2, min_resources=40), tight=False),
    Tree(HalvingRandomSearchCV(bayes(), {"var_smoothing": [1e-9, 1e-6, 1e-3]}, cv=2,
                               n_candidates=3, factor=3), tight=False),
    Tree(GridSearchCV(make_pipeline(PolynomialFeatures(), ridge()), {
        "polynomialfeatures__degree": [1, 2]}, cv=2), "number"),
]  # fmt: skip

TREES = [
    *LEAVES,
    *PIPELINES,
    *SIDE_BY_SIDE,
    *PER_CLASS,
    *ADJUSTED,
    *SELECTIONS,
    *SEARCHES,
]
