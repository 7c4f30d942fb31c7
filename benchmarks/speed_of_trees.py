"""Time trees, forests, boosting and additive models against scikit-learn's.

``python -m benchmarks.speed_of_trees [--rows 1000000] [--features 20] [--repeats 1]
[--only NAME ...]``

One thread each, in one process, one after another, in seconds of the processor; bounds
and classes are public, and private edges are part of our fits. Boosting of scikit-learn
has as many rounds as ours; additive models are compared with that as well. Of a forest
of scikit-learn, whose trees are grown one by one, a twentieth is grown, and its seconds
are multiplied.
"""

import argparse
import time
import warnings
from statistics import median

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


def seconds_of(model, X, y):
    """How long a fit takes."""
    start = time.process_time()
    model.fit(X, y)
    return time.process_time() - start


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--features", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--only", nargs="+", choices=PAIRS, default=list(PAIRS))
    options = parser.parse_args()
    X, _, y = made_rows(options.rows, options.features)
    line = "{:<10}{:>10}{:>16}{:>9}  {}"
    print(line.format("model", "seconds", "scikit-learn's", "faster", "AUROC of both"))
    with threadpool_limits(1), without_twins(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in options.only:
            ours, other, factor = PAIRS[name]
            ours.fit(X[:20_000], y[:20_000])  # compiles
            found = []
            for _ in range(options.repeats):
                mine = seconds_of(ours, X, y)
                theirs = other(ours)
                found.append((mine, factor * seconds_of(theirs, X, y)))
            mine, his = (median(times) for times in zip(*found, strict=True))
            scores = [
                f"{roc_auc_score(y, model.predict_proba(X)[:, 1]):.4f}"
                for model in (ours, theirs)
            ]
            cells = f"{mine:.2f}", f"{his:.2f}", f"{his / mine:.2f}", " / ".join(scores)
            print(line.format(name, *cells), flush=True)


if __name__ == "__main__":
    main()
