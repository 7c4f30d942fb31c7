"""What privacy of persons costs who have many rows: with and without a clip of sums.

Run as ``python -m benchmarks.units [--data FOLDER] [--splits 5] [--only NAME]
[--epsilon 1 8]``. The persons of a split are 80% to fit and 20% to score, of whom the
model has seen no row. Of each person at most so many rows count as the column says,
chosen at random: each with its own bound, so that noise is for all of them; or, with a
``UnitClip``, with one bound for what they add together, so that it is for the square
root of their number. Bounds are the ranges of the columns in the full table, which
stand for ranges that somebody declares. The first number is that of a fit in which each
row is a unit, which protects no person.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.model_selection import GroupShuffleSplit

from benchmarks._data import data_folder, load_table
from benchmarks._progress import Progress
from benchmarks.utility import matrix_of
from skprivate.linear_model import DPLogisticRegression
from skprivate.rows import UnitClip

CAPS = 1, 5, 20
EPSILONS = 1.0, 8.0


@dataclass(frozen=True)
class Job:
    """A table whose rows belong to persons."""

    person: str
    target: str
    positive: str = ""  # the class whose AUROC is told; empty: accuracy is
    left_out: tuple = ()

    def read(self, path):
        """Features, target and persons."""
        table = load_table(str(path), self.target)
        names = [c for c in table.numbers if c not in (self.person, *self.left_out)]
        X = matrix_of(_of(table, names))
        y = table.y == self.positive if self.positive else table.y
        groups = pd.read_parquet(path, columns=[self.person, self.target])
        groups = groups.dropna(subset=[self.target])[self.person].to_numpy()
        return X, y, groups

    def score(self, model, X, y):
        """AUROC, or accuracy."""
        if self.positive:
            return roc_auc_score(y, model.predict_proba(X)[:, 1])
        return accuracy_score(y, model.predict(X))


JOBS = {
    "diabetes130": Job("patient_nbr", "readmitted", "<30"),
    "wisdm_activity": Job("user", "class", left_out=("unique_id",)),
}


def _of(table, names):
    """The table, with these of its columns of numbers."""
    table.numbers[:] = names
    return table


def variants():
    """Name of each variant, and the rows of a person that count; None: rows count."""
    yield "rows", None
    for cap in CAPS:
        yield f"{cap}", cap
        if cap > 1:
            yield f"{cap}, clipped", UnitClip(cap)


def scores_of(job, X, y, groups, epsilon, n_splits, progress):
    """Scores of all variants, one row for each split."""
    public = {"bounds": (X.min(axis=0), X.max(axis=0)), "classes": np.unique(y)}
    splits = GroupShuffleSplit(n_splits, test_size=0.2, random_state=0)
    scores = []
    for fit, test in splits.split(X, y, groups):
        scores.append([])
        for _, most in variants():
            model = DPLogisticRegression(**public, epsilon=epsilon)
            persons = None if most is None else groups[fit]
            model.set_params(max_rows_per_group=most or 1)
            model.fit(X[fit], y[fit], groups=persons)
            scores[-1].append(job.score(model, X[test], y[test]))
            progress.step()
    return np.array(scores)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=data_folder())
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--only", choices=JOBS, help="one table instead of all")
    parser.add_argument("--epsilon", type=float, nargs="+", default=EPSILONS)
    chosen = parser.parse_args(arguments)
    names = [chosen.only] if chosen.only else list(JOBS)
    heads = [name for name, _ in variants()]
    n_fits = len(names) * len(chosen.epsilon) * len(heads) * chosen.splits
    progress, lines = Progress(n_fits, "fitting"), []
    for name in names:
        job = JOBS[name]
        X, y, groups = job.read(chosen.data / f"{name}.parquet")
        for epsilon in chosen.epsilon:
            scores = scores_of(job, X, y, groups, epsilon, chosen.splits, progress)
            label = f"{name} {X.shape[0]} x {X.shape[1]}, epsilon = {epsilon:g}"
            pairs = zip(scores.mean(0), scores.std(0), strict=True)
            cells = [f"{mean:.3f} ± {spread:.3f}" for mean, spread in pairs]
            lines.append(f"{label:<44}" + "".join(f"{cell:>16}" for cell in cells))
    print(f"\nmean ± standard deviation of {chosen.splits} splits by person: AUROC of ")
    print("diabetes130, accuracy of wisdm_activity; rows of a person that count:\n")
    print(" " * 44 + "".join(f"{head:>16}" for head in heads))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
