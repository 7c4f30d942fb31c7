"""What a user may write, for mypy to read: nothing of it is run."""

from typing import assert_type

import numpy as np
from sklearn.pipeline import make_pipeline

import skprivate
from skprivate import PrivacyLedger, Schema, make_dp_pipeline, privacy_report
from skprivate.accounting import Budget
from skprivate.base import PrivacyReport
from skprivate.cluster import DPKMeans
from skprivate.compose import DPTableVectorizer
from skprivate.decomposition import DPPCA
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.metrics import DPScore, dp_accuracy_score, make_dp_scorer
from skprivate.model_selection import DPGridSearchCV
from skprivate.preprocessing import DPOneHotEncoder, DPStandardScaler

X = np.zeros((200, 3))
y = np.arange(200) % 2

model = DPLogisticRegression(C=0.5, bounds=(-1, 1), classes=[0, 1], epsilon=2)
assert_type(model, DPLogisticRegression)
fitted = model.fit(X, y, sample_weight=np.ones(200), groups=None)
assert_type(fitted, DPLogisticRegression)
labels = fitted.predict(X)
largest: float = fitted.predict_proba(X).max()
bounded = DPRidge(bounds=([-1, -1, -1], [1, 1, 1]), target_bounds=(0, 1))
slopes: np.ndarray = bounded.fit(X.tolist(), y.tolist()).predict(X)
told = DPRidge(random_state=np.random.RandomState(0), max_weight=2.0)
assert_type(told.plan(3), PrivacyReport)
cost: float = told.plan(3).epsilon(1e-6, relation="replace_one")

scaled = DPStandardScaler(bounds=(0, 1)).fit(X).transform(X)
reduced = DPPCA(n_components=2).fit(scaled).transform(scaled)
DPKMeans(n_clusters=3, random_state=0).fit(reduced).predict(reduced)
codes = DPOneHotEncoder().fit(X).get_feature_names_out()
DPTableVectorizer(schema=Schema({"age": (0, 100)})).fit(X)

private = make_dp_pipeline(DPStandardScaler(), DPRidge(), epsilon=1.0).fit(X, y)
forecast: np.ndarray = private.predict(X)
make_pipeline(DPStandardScaler(), DPRidge()).fit(X, y)

with PrivacyLedger(epsilon=2.0, delta=1e-6, path="ledger.db") as ledger:
    search = DPGridSearchCV(DPRidge(), {"alpha": [0.1, 1.0]}, scoring="r2")
    search.fit(X, y).predict(X)
    score = dp_accuracy_score(y, labels, epsilon=0.5)
    assert_type(score, DPScore)
    left: float = ledger.remaining()
    scorer = make_dp_scorer("dp_accuracy_score", epsilon=0.5)
    scorer.with_budget(Budget(1.0, 1e-6))(fitted, X, y)

print(privacy_report(private), skprivate.__version__)
