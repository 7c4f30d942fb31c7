"""The linear family and its twins: who is measured on which table.

All have their default parameters but where a twin would not converge, or a penalty is
of a scale that no default can know (counts: ``alpha=1e-3`` for both).
"""

from functools import partial

from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.kernel_approximation import AdditiveChi2Sampler
from sklearn.linear_model import LogisticRegression, PoissonRegressor
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer, StandardScaler
from sklearn.svm import LinearSVC

from benchmarks._contenders import linear_twin
from skprivate import make_dp_pipeline
from skprivate.compose import DPTableVectorizer
from skprivate.linear_model import (
    DPHuberRegressor,
    DPLassoCV,
    DPLinearSVC,
    DPLogisticRegression,
    DPPoissonRegressor,
    DPRidge,
    DPRidgeCV,
)
from skprivate.naive_bayes import DPMultinomialNB


class Words:
    """A model of the counts of 2**14 hashed words of the column ``text``.

    Stop words are a list that comes with scikit-learn: a public fact.
    """

    def __init__(self, model, stop_words=None):
        self.model = model
        self.counts = HashingVectorizer(
            n_features=2**14, norm=None, alternate_sign=False, stop_words=stop_words
        )

    def fit(self, X, y):
        """Fit the model; hashing learns nothing."""
        self.model.fit(self.counts.transform(X["text"]), y)
        return self

    def predict(self, X):
        """Classes of texts."""
        return self.model.predict(self.counts.transform(X["text"]))


def _budget(task, epsilon):
    return {"epsilon": epsilon, "delta": task.facts.delta}


def _of_table(head, task, epsilon):
    model = head(target_bounds=task.facts.target_bounds)
    return make_dp_pipeline(DPTableVectorizer(), model, **_budget(task, epsilon))


def _of_counts(task, epsilon):
    ends = task.facts.target_bounds
    return DPPoissonRegressor(1e-3, target_bounds=ends, **_budget(task, epsilon))


def _of_words(head, task, epsilon, stop_words=None):
    """Roots of counts, as unit rows, which announce their norm."""
    model = head(classes=task.classes)
    steps = AdditiveChi2Sampler(sample_steps=1), Normalizer(), model
    return Words(make_dp_pipeline(*steps, **_budget(task, epsilon)), stop_words)


def _bayes(task, epsilon):
    return Words(DPMultinomialNB(classes=task.classes, **_budget(task, epsilon)))


def _twin_of_counts(task, epsilon):
    head = PoissonRegressor(alpha=1e-3, max_iter=1000)
    return make_pipeline(StandardScaler(), head)


def _twin_of_words(head, task, epsilon):
    steps = AdditiveChi2Sampler(sample_steps=1), Normalizer(), head()
    return Words(make_pipeline(*steps))


def _twin_of_bayes(task, epsilon):
    return Words(MultinomialNB())


MODELS = {
    "DPRidge": partial(_of_table, DPRidge),
    "DPRidgeCV": partial(_of_table, DPRidgeCV),
    "DPLassoCV": partial(_of_table, DPLassoCV),
    "DPHuberRegressor": partial(_of_table, DPHuberRegressor),
    "DPPoissonRegressor": _of_counts,
    "DPMultinomialNB": _bayes,
    "DPMultinomialNB, unit rows": partial(_of_words, DPMultinomialNB),
    "DPMultinomialNB, no stop words": partial(
        _of_words, DPMultinomialNB, stop_words="english"
    ),
    "DPLogisticRegression, no stop words": partial(
        _of_words, DPLogisticRegression, stop_words="english"
    ),
    "DPLinearSVC": partial(_of_words, DPLinearSVC),
    "DPLogisticRegression": partial(_of_words, DPLogisticRegression),
    "Ridge": linear_twin,
    "PoissonRegressor": _twin_of_counts,
    "MultinomialNB": _twin_of_bayes,
    "LinearSVC": partial(_twin_of_words, LinearSVC),
    "LogisticRegression": partial(
        _twin_of_words, partial(LogisticRegression, max_iter=500)
    ),
}
_NUMBERS = dict.fromkeys(
    ["DPRidge", "DPRidgeCV", "DPLassoCV", "DPHuberRegressor"], "Ridge"
)
_OF_TEXTS = {
    "DPMultinomialNB": "MultinomialNB",
    "DPLogisticRegression": "LogisticRegression",
    "DPLinearSVC": "LinearSVC",
}
CONTESTS = {  # of each table: a model, and its twin
    **dict.fromkeys(
        ["california_housing", "elevators", "pol", "wine_quality", "parkinsons"],
        _NUMBERS,
    ),
    "counts_made": {"DPPoissonRegressor": "PoissonRegressor"},
    "sms_spam": _OF_TEXTS,
    "newsgroups20": {
        **_OF_TEXTS,
        "DPMultinomialNB, unit rows": "MultinomialNB",
        "DPMultinomialNB, no stop words": "MultinomialNB",
        "DPLogisticRegression, no stop words": "LogisticRegression",
    },
}
