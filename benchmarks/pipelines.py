"""What one budget for a pipeline saves, compared with splitting epsilon and delta.

``python -m benchmarks.pipelines [--epsilon 1.0] [--repeats 5] [TABLE ...]``: the noise
of each step of three as a ratio, which needs no data; then accuracy on tables.
"""

import argparse
import warnings

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline

from benchmarks._data import load_table
from skprivate.accounting import Budget
from skprivate.decomposition import DPPCA
from skprivate.linear_model import DPLogisticRegression
from skprivate.pipeline import make_dp_pipeline
from skprivate.preprocessing import DPStandardScaler

DELTA = 1e-6
TABLES = ("breast_cancer", "digits", "adult", "credit_default")
LINE = "{:20} {:>12} {:>12} {:>8}"


def steps(classes, n_components=5):
    return (
        DPStandardScaler(),
        DPPCA(n_components),
        DPLogisticRegression(classes=classes),
    )


def with_thirds(parts, epsilon):
    """The same steps, each with a third of epsilon and delta."""
    return [
        clone(step).set_params(epsilon=epsilon / len(parts), delta=DELTA / len(parts))
        for step in parts
    ]


def print_noise(epsilon):
    """Noise multiplier of a release of all that a step has, by step."""
    print(f"noise of each step at epsilon={epsilon:g}, relative to its sensitivity")
    print(LINE.format("step", "thirds", "one budget", "ratio"))
    pipe = make_dp_pipeline(*steps([0, 1]), epsilon=epsilon, delta=DELTA)
    parts = pipe._shared_out(Budget(epsilon, DELTA))
    for child, alone in zip(parts, with_thirds(steps([0, 1]), epsilon), strict=True):
        one, third = (1 / Budget(s.epsilon, s.delta).mu for s in (child.step, alone))
        row = child.name, f"{third:.2f}", f"{one:.2f}", f"{third / one:.2f}"
        print(LINE.format(*row))


def print_accuracy(tables, epsilon, repeats):
    print(f"\naccuracy at epsilon={epsilon:g}, mean of {repeats} splits")
    print(LINE.format("table", "thirds", "one budget", "gain"))
    for name in tables:
        table = load_table(name)
        X, y = table.X[table.numbers].to_numpy(), np.asarray(table.y)
        finite = np.isfinite(X).all(axis=1)
        X, y = X[finite], y[finite]
        parts = steps(table.classes, min(5, X.shape[1]))
        thirds = make_pipeline(*with_thirds(parts, epsilon))
        models = thirds, make_dp_pipeline(*parts, epsilon=epsilon, delta=DELTA)
        scores = []
        for seed in range(repeats):
            X_fit, X_test, y_fit, y_test = train_test_split(X, y, random_state=seed)
            fitted = [clone(model).fit(X_fit, y_fit) for model in models]
            scores.append([model.score(X_test, y_test) for model in fitted])
        split, joint = np.mean(scores, axis=0)
        row = name, f"{split:.3f}", f"{joint:.3f}", f"{joint - split:+.3f}"
        print(LINE.format(*row), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", nargs="*", default=TABLES)
    parser.add_argument("--epsilon", type=float, default=1.0)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    print_noise(options.epsilon)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        print_accuracy(options.tables, options.epsilon, options.repeats)


if __name__ == "__main__":
    main()
