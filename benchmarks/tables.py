"""What it costs not to declare anything: raw data frames, with and without a schema.

Run as ``python -m benchmarks.tables [--splits 10] [--only NAME]``. On the one side, a
raw data frame goes into ``make_dp_pipeline(DPTableVectorizer(), model)`` at a total of
epsilon = 1, and nobody says what lies in it. On the other side somebody has declared
the bounds of all numbers by hand, and all categories (of columns with more than 40 the
40 most frequent, which nobody could know), and the model has all of epsilon = 1. Every
split is random, 80% of the rows to fit and 20% to score, the same for both, and has
fresh noise. The last column is the mean of the differences, with a 95% interval.
"""

import argparse
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student
from sklearn.metrics import r2_score, roc_auc_score
from sklearn.model_selection import train_test_split

from benchmarks._data import LEFT_OUT, TARGETS, data_folder
from benchmarks._progress import Progress
from skprivate import make_dp_pipeline
from skprivate.compose import DPTableVectorizer
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.schema import Field, Schema

EPSILON, DELTA = 1.0, 1e-6
MOST_CATEGORIES = 40

_BILL, _PAYMENT, _STATUS = (-400_000, 2_000_000), (0, 2_000_000), (-2, 9)
BOUNDS = {
    "adult": {
        "age": (0, 100),
        "fnlwgt": (0, 1_500_000),
        "education-num": (1, 16),
        "capital-gain": (0, 100_000),
        "capital-loss": (0, 5000),
        "hours-per-week": (0, 100),
    },
    "bank_marketing": {
        "age": (18, 100),
        "balance": (-10_000, 110_000),
        "day": (1, 31),
        "campaign": (1, 65),
        "pdays": (-1, 900),
        "previous": (0, 300),
    },
    "california_housing": {
        "longitude": (-125, -114),
        "latitude": (32, 42),
        "housing_median_age": (0, 52),
        "total_rooms": (0, 40_000),
        "total_bedrooms": (0, 6500),
        "population": (0, 36_000),
        "households": (0, 6500),
        "median_income": (0, 15),
    },
    "credit_default": {
        "LIMIT_BAL": (0, 1_000_000),
        "AGE": (18, 80),
        **{f"PAY_{i}": _STATUS for i in (0, 2, 3, 4, 5, 6)},
        **{f"BILL_AMT{i}": _BILL for i in range(1, 7)},
        **{f"PAY_AMT{i}": _PAYMENT for i in range(1, 7)},
    },
    "diabetes130": {
        "time_in_hospital": (1, 14),
        "num_lab_procedures": (0, 140),
        "num_procedures": (0, 6),
        "num_medications": (0, 80),
        "number_outpatient": (0, 45),
        "number_emergency": (0, 80),
        "number_inpatient": (0, 25),
        "number_diagnoses": (1, 16),
    },
    "telco_churn": {
        "SeniorCitizen": (0, 1),
        "tenure": (0, 72),
        "MonthlyCharges": (0, 120),
        "TotalCharges": (0, 9000),
    },
}
TARGET_BOUNDS = {"california_housing": (0, 500_001)}
POSITIVE = {"diabetes130": "<30"}


@dataclass(frozen=True)
class RawTable:
    """A data frame as it comes, and what somebody may declare about it."""

    name: str
    X: object
    y: np.ndarray
    schema: Schema

    @property
    def measure(self):
        """How a model of it is scored."""
        return "R2" if self.name in TARGET_BOUNDS else "AUROC"


def raw_table(name):
    """A table from the data folder, with text columns as they are."""
    import pandas as pd

    frame, target = pd.read_parquet(data_folder() / f"{name}.parquet"), TARGETS[name]
    X = frame.drop(columns=[target, *LEFT_OUT.get(name, ())])
    y = frame[target].to_numpy()
    if name in POSITIVE:
        y = (y == POSITIVE[name]).astype(int)
    elif name not in TARGET_BOUNDS:
        y = np.unique(y, return_inverse=True)[1]
    return RawTable(name, X, y.astype(float), _declared(X, BOUNDS[name]))


def _declared(X, bounds):
    """What a user would have to write down about all columns."""
    facts = {}
    for name in X:
        if name in bounds:
            facts[name] = bounds[name]
        else:
            most = X[name].value_counts().index[:MOST_CATEGORIES]
            facts[name] = Field("category", categories=sorted(most))
    return Schema(facts)


def model_for(table, **params):
    """The same model for both sides."""
    if table.name in TARGET_BOUNDS:
        return DPRidge(**params)
    return DPLogisticRegression(classes=[0, 1], **params)


def undeclared(table, X, y):
    """Nothing is known: one budget for all."""
    pipe = make_dp_pipeline(
        DPTableVectorizer(), model_for(table), epsilon=EPSILON, delta=DELTA
    )
    return pipe.fit(X, y)


class Declared:
    """All is known: the vectorizer learns nothing, the model has the whole budget."""

    def __init__(self, table, X, y):
        self._columns = DPTableVectorizer(schema=table.schema, numeric="minmax").fit(X)
        assert not self._columns.privacy_.releases
        params = {"bounds": self._columns.output_bounds_}
        if table.name in TARGET_BOUNDS:
            params["target_bounds"] = TARGET_BOUNDS[table.name]
        model = model_for(table, epsilon=EPSILON, delta=DELTA, **params)
        self._model = model.fit(self._columns.transform(X), y)

    def predict(self, X):
        return self._model.predict(self._columns.transform(X))

    def decision_function(self, X):
        return self._model.decision_function(self._columns.transform(X))


def score(table, model, X, y):
    """Area under the curve, or explained variance, of held-out rows."""
    if table.measure == "R2":
        return r2_score(y, model.predict(X))
    return roc_auc_score(y, model.decision_function(X))


def scores(table, n_splits, progress):
    """Scores of both sides on each split, as an array with two columns."""
    found = []
    for seed in range(n_splits):
        stratify = None if table.measure == "R2" else table.y
        X, X_test, y, y_test = train_test_split(
            table.X, table.y, test_size=0.2, random_state=seed, stratify=stratify
        )
        models = (side(table, X, y) for side in (undeclared, Declared))
        found.append([score(table, model, X_test, y_test) for model in models])
        progress.step()
    return np.array(found)


def interval(differences):
    """Mean, and half the width of its 95% interval."""
    n = len(differences)
    half = student.ppf(0.975, n - 1) * differences.std(ddof=1) / np.sqrt(n)
    return differences.mean(), half


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--splits", type=int, default=10)
    parser.add_argument("--only", choices=sorted(BOUNDS), default=None)
    args = parser.parse_args(arguments)
    names = [args.only] if args.only else sorted(BOUNDS)
    progress = Progress(len(names) * args.splits, "fitting")
    lines = []
    for name in names:
        table = raw_table(name)
        found = scores(table, args.splits, progress)
        mean, half = interval(found[:, 0] - found[:, 1])
        raw, told = found.mean(axis=0)
        lines.append(
            f"{name:20} {table.measure:6} {raw:9.4f} {told:9.4f} "
            f"{mean:+9.4f} +- {half:.4f}"
        )
    print(f"{'table':20} {'score':6} {'raw':>9} {'declared':>9} {'difference':>10}")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
