"""What private tuning costs and brings, on six public tables.

Run as ``python -m benchmarks.tuning [--splits 20] [--only NAME]``. Every split is
random: 75% of the rows to fit, 25% to score; noise is fresh. Compared are, with
the same total budget,

* the estimator with its default parameters, fitted once;
* :class:`~skprivate.model_selection.DPGridSearchCV`;
* sequential composition: every candidate of the grid is fitted and scored with its
  share of ``mu ** 2``, on the same kind of division;

and, without privacy, scikit-learn's namesake, tuned by ``GridSearchCV``. Grids are what
a user would write down without a look at the data: powers of ten around defaults.
Bounds are the ranges of the columns in the full table, which stand for declared ones.
"""

import argparse
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, r2_score
from sklearn.model_selection import GridSearchCV, ParameterGrid, train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks._data import load_table
from benchmarks._progress import Progress
from benchmarks.utility import matrix_of
from skprivate.accounting import Budget
from skprivate.decomposition import DPPCA
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.mechanisms import Entropy, Gaussian
from skprivate.metrics import get_dp_scorer, make_dp_scorer
from skprivate.model_selection import DPGridSearchCV, dp_train_test_split
from skprivate.naive_bayes import DPGaussianNB
from skprivate.pipeline import make_dp_pipeline
from skprivate.preprocessing import DPStandardScaler

EPSILON, DELTA = 1.0, 1e-6
METHODS = "default", "DPGridSearchCV", "sequential", "not private"


@dataclass(frozen=True)
class Job:
    """An estimator and the grid to search; and scikit-learn's namesakes of both."""

    private: object
    grid: dict
    public: object
    public_grid: dict
    regression: bool = False

    def model(self, X, y):
        """The private estimator, told public facts and nothing else."""
        return self.private((X.min(axis=0), X.max(axis=0)), y)

    def scorer(self, y):
        """What the searches maximize."""
        if self.regression:
            ends = float(y.min()), float(y.max())
            return make_dp_scorer("neg_mean_absolute_error", target_bounds=ends)
        return get_dp_scorer("accuracy")

    def quality(self, model, X, y):
        """What the table shows."""
        measure = r2_score if self.regression else accuracy_score
        return measure(y, model.predict(X))


def bayes(bounds, y):
    return DPGaussianNB(bounds=bounds, classes=np.unique(y))


def logistic(bounds, y):
    return DPLogisticRegression(bounds=bounds, classes=np.unique(y))


def ridge(bounds, y):
    return DPRidge(bounds=bounds, target_bounds=(y.min(), y.max()))


def components(bounds, y):
    steps = DPStandardScaler(bounds=bounds), DPPCA(), DPGaussianNB(classes=np.unique(y))
    return make_dp_pipeline(*steps)


SMOOTHINGS, PENALTIES = np.logspace(-9, 0, 10), np.logspace(-3, 3, 7)
BAYES = Job(
    bayes,
    {"var_smoothing": SMOOTHINGS},
    GaussianNB(),
    {"var_smoothing": SMOOTHINGS},
)
RIDGE = Job(ridge, {"alpha": PENALTIES}, Ridge(), {"alpha": PENALTIES}, regression=True)
LOGISTIC = Job(
    logistic,
    {"C": PENALTIES},
    make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)),
    {"logisticregression__C": PENALTIES},
)
NUMBERS, SOME = [2, 4, 8, 16], [1e-9, 1e-3, 1e-2, 1e-1]
COMPONENTS = Job(
    components,
    {"dppca__n_components": NUMBERS, "dpgaussiannb__var_smoothing": SOME},
    make_pipeline(StandardScaler(), PCA(), GaussianNB()),
    {"pca__n_components": NUMBERS, "gaussiannb__var_smoothing": SOME},
)
JOBS = {
    "adult": BAYES,
    "telco_churn": BAYES,
    "bank_marketing": LOGISTIC,
    "credit_default": COMPONENTS,
    "california_housing": RIDGE,
    "elevators": RIDGE,
}


def untuned(job, model, X, y):
    return clone(model).set_params(epsilon=EPSILON, delta=DELTA).fit(X, y)


def searched(job, model, X, y, **options):
    search = DPGridSearchCV(
        model,
        job.grid,
        scoring=None if job.regression else job.scorer(y),
        epsilon=EPSILON,
        delta=DELTA,
        **options,
    )
    return search.fit(X, y)


def sequential(job, model, X, y):
    """Fit and score every candidate with its share, and keep the best."""
    X_fit, X_score, y_fit, y_score = dp_train_test_split(X, y, test_size=0.2)
    candidates = ParameterGrid(job.grid)
    share = Budget(EPSILON, DELTA).split(*[1.0] * len(candidates))[0]
    alone, scorer = share.alone(), job.scorer(y)
    best = None, -np.inf
    for params in candidates:
        candidate = clone(model).set_params(
            **params, epsilon=alone.epsilon, delta=alone.delta
        )
        candidate.fit(X_fit, y_fit)
        # In thousandths of a row, each of which is worth a half at most.
        rows = scorer.row_score(candidate, X_score, y_score) - 0.5
        total = np.array([np.rint(1000 * rows.sum())], dtype=np.int64)
        score = Gaussian(share.mu)(total, 500, Entropy())[0]
        best = max(best, (candidate, score), key=lambda pair: pair[1])
    return best[0]


def not_private(job, model, X, y):
    return GridSearchCV(job.public, job.public_grid).fit(X, y)


def scores_of(job, X, y, n_splits, progress):
    """Scores of all methods, one row for each split."""
    model, scores = job.model(X, y), []
    for seed in range(n_splits):
        X_fit, X_test, y_fit, y_test = train_test_split(
            X, y, test_size=0.25, random_state=seed
        )
        methods = untuned, searched, sequential, not_private
        fitted = [method(job, model, X_fit, y_fit) for method in methods]
        scores.append([job.quality(m, X_test, y_test) for m in fitted])
        progress.step()
    return np.array(scores)


def paired(first, second):
    """Mean of paired differences, and half the width of its 95% interval."""
    difference = first - second
    n = len(difference)
    half = student.ppf(0.975, n - 1) * difference.std(ddof=1) / np.sqrt(n)
    return difference.mean(), half


def line_of(name, job, X, scores):
    """A line of the table."""
    measure = "R2" if job.regression else "accuracy"
    cells = "".join(f"{mean:>16.4f}" for mean in scores.mean(axis=0))
    gains = "".join(
        "{:>+12.4f} ± {:.4f}".format(*paired(scores[:, 1], scores[:, other]))
        for other in (0, 2)
    )
    label = f"{name} {X.shape[0]} x {X.shape[1]}, {measure}"
    return f"{label:<36}{cells}{gains}"


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--splits", type=int, default=20)
    parser.add_argument("--only", choices=JOBS, help="one table instead of all")
    chosen = parser.parse_args(arguments)
    names = [chosen.only] if chosen.only else list(JOBS)
    progress = Progress(chosen.splits * len(names), "tuning")
    lines = []
    for name in names:
        table = load_table(name)
        X = matrix_of(table)
        scores = scores_of(JOBS[name], X, table.y, chosen.splits, progress)
        lines.append(line_of(name, JOBS[name], X, scores))
    print(f"\nmeans of {chosen.splits} splits at a total of epsilon = {EPSILON:g} and ")
    print(
        f"delta = {DELTA:g}; DPGridSearchCV minus another: mean of paired differences"
    )
    print("and 95% interval\n")
    heads = "".join(f"{head:>16}" for head in METHODS)
    heads += "".join(f"{head:>21}" for head in ("minus default", "minus sequential"))
    print(" " * 36 + heads)
    print("\n".join(lines))


if __name__ == "__main__":
    main()
