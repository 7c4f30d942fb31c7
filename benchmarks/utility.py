"""How much accuracy privacy costs, on three public tables, beside scikit-learn.

Run as ``python -m benchmarks.utility [--splits 25] [--only NAME]``. Every split is
random, 80% of the rows to fit and 20% to score, and has fresh noise. Nothing is tuned:
the private models have their default parameters, and their bounds are the ranges of
the columns in the full table, which stand for ranges that somebody declares.
"""

import argparse
from dataclasses import dataclass

import numpy as np
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, r2_score, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from benchmarks._data import load_table
from benchmarks._progress import Progress
from skprivate.linear_model import DPLogisticRegression, DPRidge

EPSILON, DELTA = 1.0, 1e-6


@dataclass(frozen=True)
class Job:
    """A table, how it is scored, and the models to compare on it."""

    measure: str
    score: object
    private: object
    public: object
    constant: object


def accuracy(model, X, y):
    return accuracy_score(y, model.predict(X))


def auroc(model, X, y):
    return roc_auc_score(y, model.predict_proba(X)[:, 1])


def r2(model, X, y):
    return r2_score(y, model.predict(X))


def private_classifier(X, y):
    return DPLogisticRegression(
        bounds=(X.min(axis=0), X.max(axis=0)),
        classes=np.unique(y),
        epsilon=EPSILON,
        delta=DELTA,
    )


def private_regressor(X, y):
    return DPRidge(
        bounds=(X.min(axis=0), X.max(axis=0)),
        target_bounds=(y.min(), y.max()),
        epsilon=EPSILON,
        delta=DELTA,
    )


def public_classifier():
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))


def public_regressor():
    return make_pipeline(StandardScaler(), Ridge())


CLASSIFIERS = (private_classifier, public_classifier, DummyClassifier)
REGRESSORS = (private_regressor, public_regressor, DummyRegressor)
JOBS = {
    "breast_cancer": Job("accuracy", accuracy, *CLASSIFIERS),
    "adult": Job("AUROC", auroc, *CLASSIFIERS),
    "california_housing": Job("R2", r2, *REGRESSORS),
}


def matrix_of(table):
    """Columns of numbers, missing ones zero, and one for each value of a category."""
    values = list(table.categories.values())
    encoder = OneHotEncoder(categories=values or "auto", sparse_output=False)
    numbers = np.nan_to_num(table.X[table.numbers].to_numpy())
    if not values:
        return numbers
    columns = encoder.fit_transform(table.X[list(table.categories)])
    return np.column_stack([numbers, columns])


def scores_of(job, X, y, n_splits, progress):
    """Scores of the three models, one row for each split."""
    scores = []
    for seed in range(n_splits):
        X_fit, X_test, y_fit, y_test = train_test_split(
            X, y, test_size=0.2, random_state=seed
        )
        models = job.private(X, y), job.public(), job.constant()
        fitted = [model.fit(X_fit, y_fit) for model in models]
        scores.append([job.score(model, X_test, y_test) for model in fitted])
        progress.step()
    return np.array(scores)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--splits", type=int, default=25)
    parser.add_argument("--only", choices=JOBS, help="one table instead of all")
    chosen = parser.parse_args(arguments)
    names = [chosen.only] if chosen.only else list(JOBS)
    progress = Progress(chosen.splits * len(names), "fitting")
    lines = []
    for name in names:
        job, table = JOBS[name], load_table(name)
        X = matrix_of(table)
        scores = scores_of(job, X, table.y, chosen.splits, progress)
        cells = [
            f"{mean:.4f} ± {spread:.4f}"
            for mean, spread in zip(scores.mean(0), scores.std(0), strict=True)
        ]
        label = f"{name} {X.shape[0]} x {X.shape[1]}, {job.measure}"
        lines.append(f"{label:<38}" + "".join(f"{cell:>20}" for cell in cells))
    print(f"\nmean ± standard deviation of {chosen.splits} splits, ", end="")
    print(f"epsilon = {EPSILON:g}, delta = {DELTA:g}\n")
    heads = "private", "scikit-learn", "constant"
    print(" " * 38 + "".join(f"{head:>20}" for head in heads))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
