"""What private bins cost a tree: accuracy on raw numbers, and on binned ones.

Run as ``python -m benchmarks.bins [--repeats 5] [names of tables]``.

PrivaTree (Vos et al. 2023) loses 8 to 16 points of accuracy to its own variant with
exact quantiles on tables with heavy tails: the step before the tree, not the tree. So
the tree is not private here, and the bins alone are: a tree of depth 4 is grown on raw
numbers, on as many exact quantile bins, and on private ones, by quantiles and by class,
at epsilon = 1 for all columns together, with no bounds given. Classes are weighted to
count alike, as in the published comparison, and accuracies are balanced. The numbers
are means over random halves of the rows; all seeds are fixed here.
"""

import argparse

import numpy as np
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, KBinsDiscretizer
from sklearn.tree import DecisionTreeClassifier

from benchmarks._data import load_table
from benchmarks._progress import Progress
from skprivate.preprocessing import DPKBinsDiscretizer

TABLES = ("adult", "bank_marketing", "credit_default", "phoneme", "california_housing")
N_BINS = 10


def binnings(seed):
    """The ways to bin, by name."""
    exact = {"subsample": None, "strategy": "quantile", "encode": "ordinal"}
    ways = {"raw": FunctionTransformer(), "exact": KBinsDiscretizer(N_BINS, **exact)}
    for name, delta in (("private", 1e-6), ("pure", 0.0)):
        for strategy in ("quantile", "supervised"):
            ways[f"{name} {strategy}"] = DPKBinsDiscretizer(
                N_BINS,
                strategy=strategy,
                encode="ordinal",
                classes=[0, 1] if strategy == "supervised" else None,
                delta=delta,
                random_state=seed,
            )
    return ways


def rows_of(name):
    """Numbers without gaps, and whether the target is the second class or above the
    median.
    """
    table = load_table(name)
    X = table.X[table.numbers].to_numpy(float)
    there = np.isfinite(X).all(axis=1)
    y = table.y
    y = y > np.median(y) if table.classes is None else y == table.classes[1]
    return X[there], y[there].astype(int)


def accuracies(name, seed):
    """Balanced accuracy of a tree after each way to bin."""
    halves = train_test_split(*rows_of(name), test_size=0.5, random_state=seed)
    X, X_test, y, y_test = halves
    found = {}
    for way, bins in binnings(seed).items():
        tree = DecisionTreeClassifier(
            max_depth=4, class_weight="balanced", random_state=seed
        )
        model = make_pipeline(bins, tree).fit(X, y)
        found[way] = balanced_accuracy_score(y_test, model.predict(X_test))
    return found


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("tables", nargs="*", default=TABLES)
    chosen = parser.parse_args(arguments)
    progress = Progress(len(chosen.tables) * chosen.repeats, "bins")
    table = {}
    for name in chosen.tables:
        runs = []
        for seed in range(chosen.repeats):
            runs.append(accuracies(name, seed))
            progress.step()
        table[name] = {way: np.mean([run[way] for run in runs]) for way in runs[0]}
    ways = list(table[name])
    table["mean"] = {way: np.mean([row[way] for row in table.values()]) for way in ways}
    print(f"{'table':<20}" + "".join(f"{way:>20}" for way in ways))
    for name, means in table.items():
        print(f"{name:<20}" + "".join(f"{means[way]:>20.3f}" for way in ways))


if __name__ == "__main__":
    main()
