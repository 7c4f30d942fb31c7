"""Any estimator made private: a vote of teachers, synthetic rows, or a private model.

Run as ``python -m benchmarks.any_estimator [--tasks adult ...] [--splits 1]
[--epsilons 1 4 8]``; scores are kept in a file, and what is in it is not run again. A
table is split 80 / 20; of the first part every tenth row is public where a contender
says so, and private for others. Contenders, at the same epsilon and delta:

- *boosting*, *additive*: private models of this library, on raw tables;
- *synthetic*: boosting of scikit-learn on rows of ``DPTabularSynthesizer``;
- *vote*: ``DPBaggingClassifier`` with boosted teachers that vote on made-up rows;
  *vote, linear*: the same with its default teachers;
- *vote, public*: on public rows, whose labels nobody knows;
- *vote, labelled*: on public rows with labels;
- *public alone*: boosting of scikit-learn on public rows with labels.
"""

import argparse
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder

from benchmarks._progress import Progress
from benchmarks._records import Record, Records
from benchmarks._tasks import load_task
from skprivate.additive import DPAdditiveClassifier
from skprivate.ensemble import DPBaggingClassifier, DPHistGradientBoostingClassifier
from skprivate.synthesis import DPTabularSynthesizer

TASKS = "adult", "credit_default", "covertype_20k"
EPSILONS = 1.0, 4.0, 8.0
FILE = Path(__file__).parents[1] / "docs" / "benchmarks" / "any_estimator.csv"
# Public: the larger the noise, the more teachers it takes.
TEACHERS = {1.0: 400, 4.0: 150, 8.0: 100}


def boosted(**params):
    """Boosting of scikit-learn, behind codes of text."""
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    words = make_column_selector(dtype_exclude=np.number)
    return make_pipeline(
        make_column_transformer((codes, words), remainder="passthrough"),
        HistGradientBoostingClassifier(random_state=0, **params),
    )


def teacher():
    """Boosting for parts of a hundred rows."""
    return boosted(
        max_iter=30, learning_rate=0.15, max_leaf_nodes=8, min_samples_leaf=5
    )


def readable(X):
    """Text with words for gaps, which encoders of scikit-learn want."""
    X = X.copy()
    for name in X.columns[[not pd.api.types.is_numeric_dtype(t) for t in X.dtypes]]:
        words = X[name].astype(object)
        X[name] = words.where(words.notna(), "missing").astype(str)
    return X


def vote(estimator, budget, **params):
    """A student of so many teachers as suit the budget."""
    n_estimators = TEACHERS.get(budget["epsilon"], 200)
    return DPBaggingClassifier(estimator, n_estimators, **budget, **params)


class Split:
    """A table cut into public, private and test rows."""

    def __init__(self, task, seed):
        X, y = readable(task.X), task.y
        self.classes = task.classes
        train, test = train_test_split(
            np.arange(len(y)), test_size=0.2, random_state=seed, stratify=y
        )
        public, private = train[::10], np.delete(train, np.s_[::10])
        self.train, self.test = (X.iloc[train], y[train]), (X.iloc[test], y[test])
        self.public = X.iloc[public].reset_index(drop=True), y[public]
        self.private = X.iloc[private], y[private]


def _native(model):
    def fit(split, budget):
        return model(classes=split.classes, **budget).fit(*split.train)

    return fit


def _synthetic(split, budget):
    model = DPTabularSynthesizer(classes=split.classes, **budget)
    X, y = model.fit(*split.train).sample(len(split.train[1]))
    return boosted().fit(X, y)


def _vote(estimator):
    def fit(split, budget):
        model = vote(estimator and estimator(), budget, classes=split.classes)
        return model.fit(*split.train)

    return fit


def _vote_public(labelled):
    def fit(split, budget):
        X, y = split.public
        known = {"public": X, "public_target": y} if labelled else {}
        known = known or {"public": X}
        model = vote(teacher(), budget, classes=split.classes, **known)
        return model.fit(*split.private)

    return fit


def _public_alone(split, budget):
    return boosted(max_leaf_nodes=8, max_iter=60).fit(*split.public)


CONTENDERS = {
    "boosting": _native(DPHistGradientBoostingClassifier),
    "additive": _native(DPAdditiveClassifier),
    "synthetic": _synthetic,
    "vote": _vote(teacher),
    "vote, linear": _vote(None),
    "vote, public": _vote_public(labelled=False),
    "vote, labelled": _vote_public(labelled=True),
    "public alone": _public_alone,
}


def main(arguments=None):
    """Run what is missing, and print a table of Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", nargs="+", default=TASKS)
    parser.add_argument("--epsilons", nargs="+", type=float, default=EPSILONS)
    parser.add_argument("--contenders", nargs="+", default=[*CONTENDERS])
    parser.add_argument("--splits", type=int, default=1)
    parser.add_argument("--file", type=Path, default=FILE)
    chosen = parser.parse_args(arguments)
    records = Records(chosen.file)
    runs = [
        (task, name, epsilon, split)
        for split in range(chosen.splits)
        for task in chosen.tasks
        for epsilon in chosen.epsilons
        for name in chosen.contenders
    ]
    missing = [run for run in runs if run not in records]
    progress = Progress(len(missing), "fitting")
    for run in missing:
        records.add(_record(*run))
        progress.step()
    _print(records, chosen)


def _record(name, contender, epsilon, number):
    task, start = load_task(name), time.process_time()
    split = Split(task, number)
    budget = {"epsilon": epsilon, "delta": task.facts.delta, "random_state": number}
    model = CONTENDERS[contender](split, budget)
    score = task.score(model, *split.test)
    return Record(name, contender, epsilon, number, score, time.process_time() - start)


def _print(records, chosen):
    print("| table | epsilon | " + " | ".join(chosen.contenders) + " |")
    print("|---" * (2 + len(chosen.contenders)) + "|")
    for task in chosen.tasks:
        for epsilon in chosen.epsilons:
            found = [records.scores(task, n, epsilon) for n in chosen.contenders]
            cells = [f"{np.mean([*s.values()]):.3f}" if s else "" for s in found]
            print(f"| {task} | {epsilon:g} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of seeds, and of few rows
        main()
