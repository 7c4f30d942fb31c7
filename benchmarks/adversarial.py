"""Accuracy under attack, with and without adversarial training, private or not.

Run as ``python -m benchmarks.adversarial [--splits 5]``, on tables bundled with
scikit-learn. Who attacks moves every value of a row by up to the radius, the worst way
for a linear model, which is known in closed form; neighbours differ by one row, delta =
1e-6. The radius is in units of the features: parts of the declared range of a column
(breast cancer), and levels of gray of 16 (digits, even against odd).
"""

import argparse
import warnings
from itertools import product

import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.model_selection import train_test_split

from benchmarks._data import NUCLEI_HIGH
from benchmarks._progress import Progress
from skprivate.linear_model import DPLinearSVC, DPLogisticRegression

MODELS = {"logistic": DPLogisticRegression, "SVC": DPLinearSVC}
EPSILONS = 1.0, 8.0, float("inf")


def nuclei():
    """Cells, in parts of declared ranges."""
    X, y = load_breast_cancer(return_X_y=True)
    return X / NUCLEI_HIGH, y, (0, 1), (0.02, 0.05)


def digits():
    """Even against odd digits, in levels of gray."""
    X, y = load_digits(return_X_y=True)
    return X, y % 2, (0, 16), (0.5, 1.0)


TABLES = {"breast cancer": nuclei, "digits": digits}


def attacked(model, X, y, radius):
    """Rows moved by the radius, against the margins of their classes."""
    side = 2 * y[:, np.newaxis] - 1
    return X - radius * side * np.sign(model.coef_)


def scores(model, X, y, radius):
    """Accuracy as rows are, and under attack."""
    moved = attacked(model, X, y, radius)
    return np.mean(model.predict(X) == y), np.mean(model.predict(moved) == y)


def measure(table, cls, radius, epsilon, split):
    """Scores of training as ever, and for the worst case."""
    X, y, bounds, _ = TABLES[table]()
    X, X_test, y, y_test = train_test_split(X, y, test_size=0.2, random_state=split)
    found = []
    for adversarial in (None, (np.inf, radius)):
        model = cls(
            C=100.0,
            bounds=bounds,
            classes=[0, 1],
            adversarial=adversarial,
            epsilon=epsilon,
        )
        found += scores(model.fit(X, y), X_test, y_test, radius)
    return found


def main(arguments=None):
    """Measure, and print a table of Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--splits", type=int, default=5)
    chosen = parser.parse_args(arguments)
    cases = [
        (table, name, radius, epsilon)
        for table, name in product(TABLES, MODELS)
        for radius, epsilon in product(TABLES[table]()[3], EPSILONS)
    ]
    progress, lines = Progress(len(cases) * chosen.splits, "fitting"), []
    for table, name, radius, epsilon in cases:
        found = []
        for split in range(chosen.splits):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of epsilon=inf, and of few rows
                found.append(measure(table, MODELS[name], radius, epsilon, split))
            progress.step()
        cells = [table, name, f"{radius:g}", f"{epsilon:g}"]
        cells += [f"{score:.3f}" for score in np.mean(found, axis=0)]
        lines.append("| " + " | ".join(cells) + " |")
    print("| table | model | radius | ε | as ever | attacked | trained | attacked |")
    print("|---" * 8 + "|")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
