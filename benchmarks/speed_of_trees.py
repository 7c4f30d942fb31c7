"""Time trees, forests, boosting and additive models against scikit-learn's.

``python -m benchmarks.speed_of_trees [--rows 1000000] [--features 20] [--repeats 3]
[--only NAME ...] [--threads N] [--memory]``

One thread each, in one process, ours and scikit-learn's in turn, the fastest of each in
seconds of the processor; bounds and classes are public, and private edges are part of
our fits. Boosting of scikit-learn has as many rounds as ours; additive models are
compared with that as well. Of a forest of scikit-learn, whose trees are grown one by
one, a twentieth is grown, and its seconds are multiplied.

``--threads`` compares ours with itself in place of that: one thread and so many, by the
clock, on a machine that has nothing else to do. ``--memory`` tells how many bytes a
row takes beside X, at most.
"""

import argparse
import time
import tracemalloc
import warnings

from joblib import parallel_config
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier
from threadpoolctl import threadpool_limits

from benchmarks.estimators import BOUNDS, made_rows
from skprivate.additive import DPAdditiveClassifier
from skprivate.ensemble import (
    DPHistGradientBoostingClassifier,
    DPRandomForestClassifier,
)
from skprivate.kernels import without_twins
from skprivate.tree import DPDecisionTreeClassifier

PUBLIC = {"bounds": BOUNDS, "classes": [0, 1]}
DEPTH = 10
N_TREES = 100
PART = 20  # of the trees of a forest of scikit-learn


def boosting_of(n_rounds):
    """Scikit-learn's, with so many rounds."""
    return HistGradientBoostingClassifier(max_iter=n_rounds, early_stopping=False)


def forest_of(n_trees):
    """Scikit-learn's, with so many trees."""
    return RandomForestClassifier(n_trees, max_depth=DEPTH, n_jobs=1)


# Ours; what it is compared with, and by what the seconds of that are multiplied.
PAIRS = {
    "boosting": (
        DPHistGradientBoostingClassifier(**PUBLIC),
        lambda model: boosting_of(model.n_iter_),
        1,
    ),
    "additive": (DPAdditiveClassifier(**PUBLIC), lambda model: boosting_of(100), 1),
    "tree": (
        DPDecisionTreeClassifier(max_depth=DEPTH, **PUBLIC),
        lambda model: DecisionTreeClassifier(max_depth=DEPTH),
        1,
    ),
    "forest": (
        DPRandomForestClassifier(N_TREES, max_depth=DEPTH, **PUBLIC),
        lambda model: forest_of(N_TREES // PART),
        PART,
    ),
}


def seconds_of(model, X, y, clock=time.process_time):
    """How long a fit takes."""
    start = clock()
    model.fit(X, y)
    return clock() - start


def against_other(name, X, y, repeats):
    """Ours and scikit-learn's in turn: a line of the table."""
    ours, other, factor = PAIRS[name]
    mine, his = [], []
    for _ in range(repeats):
        mine.append(seconds_of(ours, X, y))
        theirs = other(ours)
        his.append(factor * seconds_of(theirs, X, y))
    scores = [
        f"{roc_auc_score(y, model.predict_proba(X)[:, 1]):.4f}"
        for model in (ours, theirs)
    ]
    return min(mine), min(his), " / ".join(scores)


def with_threads(name, X, y, repeats, n_threads):
    """One thread and several in turn, by the clock: a line of the table."""
    ours, found = PAIRS[name][0], ([], [])
    for _ in range(repeats):
        for times, n in zip(found, (n_threads, 1), strict=True):
            with parallel_config("threading", n_jobs=n):
                times.append(seconds_of(ours, X, y, time.perf_counter))
    return min(found[0]), min(found[1]), f"{n_threads} threads and one"


def bytes_beside(model, X, y):
    """Most bytes a row that a fit has taken at once, beside X and y."""
    tracemalloc.start()
    model.fit(X, y)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / len(X)


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--features", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=PAIRS, default=list(PAIRS))
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--memory", action="store_true")
    options = parser.parse_args()
    X, _, y = made_rows(options.rows, options.features)
    line = "{:<10}{:>10}{:>16}{:>9}  {}"
    beside = "one thread's" if options.threads > 1 else "scikit-learn's"
    print(line.format("model", "seconds", beside, "faster", "AUROC of both"))
    with threadpool_limits(1), without_twins(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in options.only:
            ours = PAIRS[name][0]
            ours.fit(X[:20_000], y[:20_000])  # compiles
            if options.memory:
                print(f"{name:<10}{bytes_beside(ours, X, y):>10.1f} bytes a row")
                continue
            task = name, X, y, options.repeats
            if options.threads > 1:
                mine, his, note = with_threads(*task, options.threads)
            else:
                mine, his, note = against_other(*task)
            cells = f"{mine:.2f}", f"{his:.2f}", f"{his / mine:.2f}", note
            print(line.format(name, *cells), flush=True)


if __name__ == "__main__":
    main()
