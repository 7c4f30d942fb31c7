"""Progress of searches: how many fits are done, where their number is public."""

import numpy as np
import pytest

from skprivate.linear_model import DPLogisticRegression
from skprivate.model_selection import DPGridSearchCV, DPRandomizedSearchCV

pytest.importorskip("sklearn.callback", reason="scikit-learn < 1.9")

X = np.random.default_rng(0).uniform(-1, 1, (400, 2))
y = (X[:, 0] > 0).astype(int)
MODEL = DPLogisticRegression(classes=[0, 1])
BOUNDS = {"bounds": [(-1, 1), (-2, 2)]}  # two fits


class Spy:
    def __init__(self):
        self.seen = []

    def setup(self, estimator, context):
        self.seen.append("setup")

    def teardown(self, estimator, context):
        self.seen.append("teardown")

    def on_fit_task_begin(self, estimator, context, **data):
        assert not any(value is not None for value in data.values())
        self.seen.append(context.task_name)

    def on_fit_task_end(self, estimator, context, **data):
        assert not any(value is not None for value in data.values())


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_each_fit_is_told(n_jobs):
    spy = Spy()
    search = DPGridSearchCV(MODEL, BOUNDS, n_jobs=n_jobs, epsilon=9.0)
    assert search.set_callbacks(spy).fit(X, y).score(X, y) > 0.5
    assert spy.seen == ["setup", "fit", *["candidates"] * 2, "teardown"]


def test_a_secret_number_of_runs_is_not_told():
    spy = Spy()
    search = DPRandomizedSearchCV(MODEL, BOUNDS, n_iter=2, mean_runs=2.0, epsilon=9.0)
    search.set_callbacks(spy).fit(X, y)
    assert spy.seen == ["setup", "fit", "teardown"]
