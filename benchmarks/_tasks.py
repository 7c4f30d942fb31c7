"""The tables of the protocol: what is predicted, from what, and how it is scored.

Tables come raw, as a user has them: text columns with gaps, numbers with gaps, nothing
encoded. Public are the names and types of the columns, the classes, and, where a table
says so below, the range of a target.
"""

from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pandas as pd
from sklearn.metrics import (
    accuracy_score,
    d2_tweedie_score,
    f1_score,
    mean_squared_error,
    r2_score,
    roc_auc_score,
)

from benchmarks._data import BUNDLED, LEFT_OUT, TARGETS, data_folder


def _auroc(model, X, y):
    return roc_auc_score(y, model.predict_proba(X)[:, 1])


def _accuracy(model, X, y):
    return accuracy_score(y, model.predict(X))


def _r2(model, X, y):
    return r2_score(y, model.predict(X))


def _rmse(model, X, y):
    return np.sqrt(mean_squared_error(y, model.predict(X)))


def _d2(model, X, y):
    """Share of the Poisson deviance; a mean that is not positive explains nothing."""
    return d2_tweedie_score(y, np.maximum(model.predict(X), 1e-3), power=1)


def _f1(model, X, y):
    return f1_score(y, model.predict(X))


MEASURES = {
    "AUROC": _auroc,
    "accuracy": _accuracy,
    "F1": _f1,
    "R2": _r2,
    "RMSE": _rmse,
    "D2": _d2,
}
LOWER_IS_BETTER = {"RMSE"}
OF_NUMBERS = {"R2", "RMSE", "D2"}


@dataclass(frozen=True)
class Facts:
    """How a table is used."""

    measure: str = "AUROC"
    file: str = ""
    target: str = ""
    columns: tuple = ()
    left_out: tuple | None = None
    rows: int | None = None
    positive: str | None = None
    target_bounds: tuple | None = None
    delta: float = 1e-6


TASKS = {
    "breast_cancer": Facts("accuracy"),
    "adult": Facts(rows=32_561),
    "telco_churn": Facts(),
    "bank_marketing": Facts(left_out=()),
    "bank_before_call": Facts(file="bank_marketing", left_out=("duration",)),
    "credit_default": Facts(),
    "compas": Facts(
        # What ProPublica's analysis predicts from.
        columns=(
            *("sex", "age", "race", "juv_fel_count", "juv_misd_count"),
            *("juv_other_count", "priors_count", "c_charge_degree"),
        )
    ),
    "phoneme": Facts(),
    "diabetes130": Facts(positive="<30"),
    "covertype_20k": Facts("accuracy"),
    "kddcup99_10pct": Facts("accuracy", target="label"),
    "california_housing": Facts("R2", target_bounds=(0, 500_001)),
    "abalone": Facts("RMSE", target_bounds=(1, 29), delta=5e-8),
    "wine_quality": Facts("R2", target_bounds=(0, 10)),
    "elevators": Facts("R2", target_bounds=(0, 0.1)),
    "pol": Facts("R2", target_bounds=(0, 100)),
    "parkinsons": Facts("R2", file="parkinsons_telemonitoring", target_bounds=(0, 176)),
}
# What only some models of :mod:`benchmarks.linear` are for.
SPECIAL = {
    "counts_made": Facts("D2", target_bounds=(0, 100)),
    "sms_spam": Facts("F1", columns=("text",)),
    "newsgroups20": Facts("accuracy", columns=("text",)),
}


@dataclass(frozen=True)
class Task:
    """One table, ready to be split."""

    name: str
    X: pd.DataFrame = field(repr=False)
    y: np.ndarray = field(repr=False)
    facts: Facts = field(repr=False)

    @property
    def is_regression(self):
        """Whether the target is a number."""
        return self.facts.measure in OF_NUMBERS

    @property
    def classes(self):
        """Codes of the classes: they are public."""
        return list(range(int(self.y.max()) + 1))

    def score(self, model, X, y):
        """The measure of this table, on rows that no fit has seen."""
        return float(MEASURES[self.facts.measure](model, X, y))


@cache
def load_task(name):
    """The table called ``name``, raw."""
    facts = {**TASKS, **SPECIAL}[name]
    if name == "counts_made":
        return Task(name, *_counts(), facts)
    if name in BUNDLED:
        X, y = BUNDLED[name](return_X_y=True, as_frame=True)
        return Task(name, X, y.to_numpy(), facts)
    file = facts.file or name
    path = data_folder() / f"{file}.parquet"
    if not path.is_file():
        raise SystemExit(
            f"There is no {path}. Set SKPRIVATE_DATA to a folder of tables."
        )
    frame = pd.read_parquet(path)[: facts.rows]
    target = facts.target or TARGETS[file]
    X = frame.drop(columns=[target, *_left_out(file, facts)])
    return Task(
        name, X[list(facts.columns or X.columns)], _coded(frame[target], facts), facts
    )


def _counts(n_rows=20_000, n_columns=10):
    """Counts of which four columns tell, two of them skewed."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_rows, n_columns))
    X[:, :2] = rng.gamma(2.0, 0.5, (n_rows, 2))
    y = rng.poisson(np.exp(0.5 * X[:, 0] - 0.5 * X[:, 1] + X[:, 2:4] @ [0.4, -0.3]))
    names = [f"x{j}" for j in range(n_columns)]
    return pd.DataFrame(X, columns=names), y.astype(float)


def _left_out(file, facts):
    return LEFT_OUT.get(file, ()) if facts.left_out is None else facts.left_out


def _coded(target, facts):
    if facts.positive is not None:
        return (target == facts.positive).to_numpy(dtype=int)
    if facts.measure in OF_NUMBERS:
        return target.to_numpy(dtype=float)
    return np.unique(target.to_numpy(), return_inverse=True)[1]
