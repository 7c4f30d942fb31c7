"""``n_jobs`` means what it means to joblib, wherever there is one."""

import importlib
import inspect
import pkgutil

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression, Ridge

import skprivate
from skprivate import PrivacyLedger
from skprivate.calibration import DPCalibratedClassifier
from skprivate.compose import DPColumnTransformer
from skprivate.ensemble import (
    DPBaggingClassifier,
    DPBaggingRegressor,
    DPStackingClassifier,
    DPStackingRegressor,
    DPVotingClassifier,
    DPVotingRegressor,
)
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.model_selection import (
    DPGridSearchCV,
    DPRandomizedSearchCV,
    dp_cross_val_score,
    dp_learning_curve,
)
from skprivate.multiclass import DPOneVsRestClassifier
from skprivate.multioutput import DPMultiOutputClassifier, DPMultiOutputRegressor
from skprivate.pipeline import DPFeatureUnion
from skprivate.preprocessing import DPStandardScaler
from skprivate.shift import DPDomainClassifier

X = np.random.default_rng(0).uniform(-1, 1, (60, 2))
LABELS, NUMBERS = (X[:, 0] > 0).astype(int), X[:, 1]
SORT = DPLogisticRegression(bounds=(-1, 1), classes=[0, 1])
RIDGE = DPRidge(bounds=(-1, 1), target_bounds=(-1, 1))
SCALE = DPStandardScaler(bounds=(-1, 1))


def two(model):
    return [("one", model), ("two", clone(model))]


def curve(n_jobs):
    return dp_learning_curve(SORT, X, LABELS, train_sizes=[0.5, 1.0], n_jobs=n_jobs)


MODELS = {
    DPCalibratedClassifier: (DPCalibratedClassifier(SORT), LABELS),
    DPDomainClassifier: (DPDomainClassifier(SORT), LABELS),
    DPBaggingClassifier: (
        DPBaggingClassifier(SORT, n_estimators=4, student=LogisticRegression()),
        LABELS,
    ),
    DPBaggingRegressor: (
        DPBaggingRegressor(RIDGE, n_estimators=4, student=Ridge()),
        NUMBERS,
    ),
    DPStackingClassifier: (DPStackingClassifier(two(SORT)), LABELS),
    DPStackingRegressor: (DPStackingRegressor(two(RIDGE)), NUMBERS),
    DPVotingClassifier: (DPVotingClassifier(two(SORT)), LABELS),
    DPVotingRegressor: (DPVotingRegressor(two(RIDGE)), NUMBERS),
    DPGridSearchCV: (DPGridSearchCV(SORT, {"C": [0.5, 1.0]}), LABELS),
    DPRandomizedSearchCV: (
        DPRandomizedSearchCV(SORT, {"C": [0.5, 1.0]}, n_iter=2),
        LABELS,
    ),
    DPOneVsRestClassifier: (DPOneVsRestClassifier(SORT), LABELS),
    DPMultiOutputClassifier: (
        DPMultiOutputClassifier(SORT),
        np.column_stack([LABELS, LABELS]),
    ),
    DPMultiOutputRegressor: (
        DPMultiOutputRegressor(RIDGE),
        np.column_stack([NUMBERS, NUMBERS]),
    ),
}
WORKS = {
    model.__name__: lambda n_jobs, given=given: (
        clone(given[0]).set_params(n_jobs=n_jobs).fit(X, given[1])
    )
    for model, given in MODELS.items()
} | {
    "dp_cross_val_score": lambda n: dp_cross_val_score(SORT, X, LABELS, n_jobs=n, cv=2),
    "dp_learning_curve": curve,
}
OF_TRANSFORM = {
    "DPColumnTransformer": DPColumnTransformer,
    "DPFeatureUnion": DPFeatureUnion,
}
OTHERS = {"TeacherVotes", "make_dp_column_transformer", "make_dp_union"}  # hand it on


def parameters_of(thing):
    try:
        return inspect.signature(thing).parameters
    except (TypeError, ValueError):  # an exception, or no callable
        return ()


def with_workers():
    """Names of what has the parameter, of all that is public."""
    for module in pkgutil.iter_modules(skprivate.__path__):
        if module.name.startswith("_") or module.name == "testing":
            continue
        public = importlib.import_module(f"skprivate.{module.name}")
        for name in getattr(public, "__all__", ()):
            thing = getattr(public, name)
            if "n_jobs" in parameters_of(thing):
                yield name


@pytest.fixture
def workers(monkeypatch):
    """Numbers of workers that there are, as each call of joblib says."""
    seen, original = [], joblib.Parallel.__call__

    def call(self, *args):
        seen.append(joblib.effective_n_jobs(self.n_jobs))
        self.n_jobs = 1
        return original(self, *args)

    monkeypatch.setattr(joblib.Parallel, "__call__", call)
    return seen


def test_all_of_them_are_here():
    assert {*with_workers()} == {*WORKS, *OF_TRANSFORM, *OTHERS}


@pytest.mark.parametrize("name", WORKS)
def test_workers_are_those_of_joblib(name, workers):
    with joblib.parallel_config("threading", n_jobs=3):
        for n_jobs, expected in ((None, 3), (2, 2), (-1, joblib.cpu_count())):
            workers.clear()
            WORKS[name](n_jobs)
            assert workers[0] == expected  # what is inside has its own


@pytest.mark.parametrize("name", WORKS)
def test_no_workers_are_refused_before_it_costs_anything(name):
    with PrivacyLedger() as ledger, pytest.raises(ValueError, match="n_jobs"):
        WORKS[name](0)
    assert ledger.records == ()


@pytest.mark.parametrize("name", OF_TRANSFORM)
def test_workers_that_transform_are_those_of_joblib(name, workers):
    parts = [(n, s, [0]) if "Column" in name else (n, s) for n, s in two(SCALE)]
    fitted = OF_TRANSFORM[name](parts).fit(X)
    workers.clear()
    with joblib.parallel_config("threading", n_jobs=3):
        fitted.transform(X)
    assert workers == [3]
