"""Who takes part in the protocol: private models, their twins, peers, and a constant.

Everybody has default parameters. Ours get the raw table and pay for all that they learn
of it. Peers are given what they ask for, free of charge, read off the whole table: the
ranges of all numbers, the categories, and the classes; this is in their favour.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler


@dataclass(frozen=True)
class Contender:
    """A model that takes part.

    Attributes
    ----------
    make : callable (task, epsilon) -> estimator
    private : bool
        Whether it is fitted at each epsilon, or once a split.
    for_classes, for_numbers : bool
        What it can predict.
    """

    make: Callable
    private: bool = True
    for_classes: bool = True
    for_numbers: bool = True

    def takes(self, task):
        """Whether it can predict the target of ``task``."""
        return self.for_numbers if task.is_regression else self.for_classes


def _budget(task, epsilon):
    return {"epsilon": epsilon, "delta": task.facts.delta}


def _public(task):
    if task.is_regression:
        return {"target_bounds": task.facts.target_bounds}
    return {"classes": task.classes}


def linear(task, epsilon):
    """Ridge or logistic regression behind the vectorizer of raw tables."""
    from skprivate import make_dp_pipeline
    from skprivate.compose import DPTableVectorizer
    from skprivate.linear_model import DPLogisticRegression, DPRidge

    head = DPRidge if task.is_regression else DPLogisticRegression
    model = head(**_public(task))
    return make_dp_pipeline(DPTableVectorizer(), model, **_budget(task, epsilon))


def additive(task, epsilon):
    """One curve a column."""
    from skprivate.additive import DPAdditiveClassifier, DPAdditiveRegressor

    model = DPAdditiveRegressor if task.is_regression else DPAdditiveClassifier
    return model(**_public(task), **_budget(task, epsilon))


def forest(task, epsilon):
    """Many random trees."""
    from skprivate.ensemble import DPRandomForestClassifier, DPRandomForestRegressor

    model = DPRandomForestRegressor if task.is_regression else DPRandomForestClassifier
    return model(**_public(task), **_budget(task, epsilon))


def boosting(task, epsilon):
    """Gradient boosting."""
    from skprivate.ensemble import (
        DPHistGradientBoostingClassifier,
        DPHistGradientBoostingRegressor,
    )

    if task.is_regression:
        model = DPHistGradientBoostingRegressor
    else:
        model = DPHistGradientBoostingClassifier
    return model(**_public(task), **_budget(task, epsilon))


def constant(task, epsilon):
    """What needs no columns."""
    return DummyRegressor() if task.is_regression else DummyClassifier(strategy="prior")


def linear_twin(task, epsilon):
    """Scikit-learn's linear models on one-hot and standardised columns."""
    text = make_column_selector(dtype_exclude=np.number)
    columns = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore", min_frequency=5), text),
        remainder=make_pipeline(SimpleImputer(), StandardScaler()),
    )
    head = Ridge() if task.is_regression else LogisticRegression(max_iter=500)
    return make_pipeline(columns, head)


def boosting_twin(task, epsilon):
    """Scikit-learn's boosting, missing values and categories as they are."""
    text = make_column_selector(dtype_exclude=np.number)
    encoder = OrdinalEncoder(
        handle_unknown="use_encoded_value", unknown_value=-1, max_categories=200
    )
    columns = make_column_transformer((encoder, text), remainder="passthrough")
    boost = HistGradientBoostingClassifier
    if task.is_regression:
        boost = HistGradientBoostingRegressor
    return make_pipeline(columns, boost())


class Peer(BaseEstimator):
    """A peer's model on what it is told free of charge.

    Parameters
    ----------
    task : Task
    epsilon : float
    build : callable (task, epsilon, frame) -> estimator
        ``frame`` is the whole table as the peer sees it.
    one_hot : bool
        Whether text becomes columns of 0 and 1.
    """

    def __init__(self, task, epsilon, build, one_hot):
        self.task, self.epsilon, self.build, self.one_hot = (
            task,
            epsilon,
            build,
            one_hot,
        )

    def fit(self, X, y):
        whole = self._seen(self.task.X)
        self.columns_ = list(whole)
        self.model_ = self.build(self.task, self.epsilon, whole)
        self.model_.fit(self._seen(X), y)
        return self

    def predict(self, X):
        return self.model_.predict(self._seen(X))

    def predict_proba(self, X):
        return self.model_.predict_proba(self._seen(X))

    def _seen(self, X):
        text = X.select_dtypes(exclude="number").columns
        numbers = X.drop(columns=text).astype(float)
        gaps = {name: self.task.X[name].median() for name in numbers}
        words = X[text].astype(object).where(X[text].notna(), "missing").astype(str)
        if not self.one_hot:
            return pd.concat([numbers.fillna(gaps), words], axis=1)[list(X)]
        coded = pd.get_dummies(words, dtype=float) if len(text) else words
        frame = pd.concat([numbers.fillna(gaps), coded], axis=1)
        known = getattr(self, "columns_", list(frame))
        return frame.reindex(columns=known, fill_value=0.0)


def dp_ebm(task, epsilon):
    """DP-EBM of interpret, exact composition of Gaussian noise."""
    return Peer(task, epsilon, _build_ebm, one_hot=False)


def _build_ebm(task, epsilon, frame):
    from interpret import privacy

    bounds = {
        name: (float(frame[name].min()), float(frame[name].max()))
        for name in frame.select_dtypes("number")
    }
    budget = {"epsilon": epsilon, "delta": task.facts.delta, "composition": "gdp"}
    if not task.is_regression:
        return privacy.DPExplainableBoostingClassifier(privacy_bounds=bounds, **budget)
    low, high = task.facts.target_bounds
    return privacy.DPExplainableBoostingRegressor(
        privacy_bounds=bounds,
        privacy_target_min=low,
        privacy_target_max=high,
        **budget,
    )


def diffprivlib_forest(task, epsilon):
    """Diffprivlib's forest on one-hot columns, delta = 0."""
    return Peer(task, epsilon, _build_forest, one_hot=True)


def _build_forest(task, epsilon, frame):
    from diffprivlib.models import RandomForestClassifier

    bounds = (frame.min().to_numpy(), frame.max().to_numpy())
    return RandomForestClassifier(epsilon=epsilon, bounds=bounds, classes=task.classes)


def diffprivlib_linear(task, epsilon):
    """Diffprivlib's linear models on columns moved to [0, 1], delta = 0."""
    return Peer(task, epsilon, _build_linear, one_hot=True)


def _build_linear(task, epsilon, frame):
    from diffprivlib.models import LinearRegression
    from diffprivlib.models import LogisticRegression as PrivateLogistic
    from sklearn.preprocessing import MinMaxScaler

    if task.is_regression:
        low, high = task.facts.target_bounds
        head = LinearRegression(epsilon=epsilon, bounds_X=(0, 1), bounds_y=(low, high))
    else:
        norm = float(np.sqrt(frame.shape[1]))
        head = PrivateLogistic(epsilon=epsilon, data_norm=norm)
    return _Scaled(MinMaxScaler().fit(frame.to_numpy()), head)


class _Scaled:
    """A model behind a scaler that is already fitted."""

    def __init__(self, scaler, head):
        self.scaler, self.head = scaler, head

    def fit(self, X, y):
        self.head.fit(self.scaler.transform(X.to_numpy()), y)
        return self

    def predict(self, X):
        return self.head.predict(self.scaler.transform(X.to_numpy()))

    def predict_proba(self, X):
        return self.head.predict_proba(self.scaler.transform(X.to_numpy()))


OURS = {
    "linear": Contender(linear),
    "additive": Contender(additive),
    "forest": Contender(forest),
    "boosting": Contender(boosting),
}
PUBLIC = {
    "constant": Contender(constant, private=False),
    "scikit-learn linear": Contender(linear_twin, private=False),
    "scikit-learn boosting": Contender(boosting_twin, private=False),
}
PEERS = {
    "DP-EBM": Contender(dp_ebm),
    "diffprivlib forest": Contender(diffprivlib_forest, for_numbers=False),
    "diffprivlib linear": Contender(diffprivlib_linear),
}
CONTENDERS = {**OURS, **PUBLIC, **PEERS}
