"""Everything in scikit-learn that fits others, with the number of fits it makes."""

import numpy as np
from imblearn.pipeline import Pipeline as SamplingPipeline
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    BaggingClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.feature_selection import SequentialFeatureSelector
from sklearn.model_selection import (
    GridSearchCV,
    RandomizedSearchCV,
    TunedThresholdClassifierCV,
    cross_val_predict,
    cross_val_score,
    cross_validate,
    learning_curve,
    permutation_test_score,
    validation_curve,
)
from sklearn.multiclass import (
    OneVsOneClassifier,
    OneVsRestClassifier,
    OutputCodeClassifier,
)
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.pipeline import FeatureUnion, Pipeline

from tests.ledger.spies import SpyClassifier, SpyScaler, X, y

GRID = {"epsilon": [0.5, 1.0, 2.0]}
TWO = y < 1
BOTH = np.column_stack([y < 1, y < 2]).astype(int)


def scaler(tally):
    return SpyScaler(tally=tally)


def model(tally):
    return SpyClassifier(tally=tally)


def pair(make, tally):
    return [("first", make(tally)), ("second", make(tally))]


def pipeline(tally):
    return Pipeline([("scale", scaler(tally)), ("model", model(tally))])


def sampling_pipeline(tally):
    return SamplingPipeline([("scale", scaler(tally)), ("model", model(tally))])


def columns(tally):
    parts = [("a", scaler(tally), [0, 1]), ("b", scaler(tally), [2, 3])]
    steps = [("columns", ColumnTransformer(parts)), ("model", model(tally))]
    return Pipeline(steps)


def union(tally):
    features = FeatureUnion(pair(scaler, tally))
    return Pipeline([("union", features), ("model", model(tally))])


def stacking(tally):
    return StackingClassifier(pair(model, tally), model(tally), cv=5)


def chain(tally, **options):
    return ClassifierChain(model(tally), **options)


def fit(make, target=y):
    """A construct that is an estimator, to be fitted."""
    return lambda tally: make(tally).fit(X, target)


def call(function, *args, target=y, **options):
    """A construct that is a function of an estimator and rows."""
    return lambda tally: function(model(tally), X, target, *args, **options)


# Name -> (what to do with a tally, number of fits; None where only the spy knows it).
CONSTRUCTS = {
    "Pipeline": (fit(pipeline), 2),
    "imblearn.Pipeline": (fit(sampling_pipeline), 2),
    "ColumnTransformer": (fit(columns), 3),
    "FeatureUnion": (fit(union), 3),
    "Voting": (fit(lambda t: VotingClassifier(pair(model, t))), 2),
    "Stacking": (fit(stacking), 13),
    "Bagging": (fit(lambda t: BaggingClassifier(model(t), 5)), 5),
    "OneVsRest": (fit(lambda t: OneVsRestClassifier(model(t))), 3),
    "OneVsOne": (fit(lambda t: OneVsOneClassifier(model(t))), 3),
    "OutputCode": (
        fit(lambda t: OutputCodeClassifier(model(t), random_state=0)),
        None,
    ),
    "MultiOutput": (fit(lambda t: MultiOutputClassifier(model(t)), BOTH), 2),
    "Chain": (fit(chain, BOTH), 2),
    "Chain, cv": (fit(lambda t: chain(t, cv=3), BOTH), 5),
    "Calibrated": (fit(lambda t: CalibratedClassifierCV(model(t), cv=5)), 5),
    "Calibrated, one": (
        fit(lambda t: CalibratedClassifierCV(model(t), cv=5, ensemble=False)),
        6,
    ),
    "GridSearch": (fit(lambda t: GridSearchCV(model(t), GRID, cv=5)), 16),
    "GridSearch, Pipeline": (
        fit(lambda t: GridSearchCV(pipeline(t), {"scale__epsilon": [1, 2]}, cv=3)),
        14,
    ),
    "RandomizedSearch": (
        fit(lambda t: RandomizedSearchCV(model(t), GRID, n_iter=2, cv=3)),
        7,
    ),
    "TunedThreshold": (
        fit(lambda t: TunedThresholdClassifierCV(model(t), cv=5), TWO),
        6,
    ),
    "SequentialFeatureSelector": (
        fit(lambda t: SequentialFeatureSelector(model(t), n_features_to_select=1)),
        20,
    ),
    "cross_val_score": (call(cross_val_score, cv=5), 5),
    "cross_validate": (call(cross_validate, cv=5, return_estimator=True), 5),
    "cross_val_predict": (call(cross_val_predict, cv=5), 5),
    "learning_curve": (call(learning_curve, cv=3, train_sizes=[0.5, 0.8, 1.0]), 9),
    "validation_curve": (
        call(validation_curve, param_name="epsilon", param_range=[1, 2], cv=3),
        6,
    ),
    "permutation_test_score": (
        call(permutation_test_score, cv=3, n_permutations=4),
        15,
    ),
}
