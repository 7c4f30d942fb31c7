"""How many of the best features private selection finds.

Run as ``python -m benchmarks.selection [--repeats 5] [--epsilon 1.0]``; a few minutes.

Recall is the part of the k features with the best scores, as scikit-learn has them
without privacy, that are selected; quality is the sum of the (non-private) scores of
the selected features, relative to that of the best. Each is the mean over repeats,
once for each ``method`` of ``DPSelectKBest``; ``auto`` is marked by a star.

Real tables: no bounds are given for numbers, columns of categories are zero or one.
Made data: 20 of the features differ between two classes, by up to 0.6 standard
deviations, n = 5,000; this is where one method takes over from the other.
"""

import argparse
import warnings

import numpy as np
import pandas as pd
from sklearn import feature_selection
from sklearn.feature_extraction.text import HashingVectorizer

from benchmarks._data import data_folder, load_table
from skprivate.feature_selection import DPSelectKBest

DELTA = 1e-6


def table(name):
    """Numbers and indicators of a table, with bounds of the latter only."""
    data = load_table(name)
    numbers = data.X[data.numbers].fillna(0.0)
    names = list(data.categories)
    indicators = pd.get_dummies(data.X[names], dtype=float) if names else data.X[names]
    y = data.y if data.classes is None else np.searchsorted(data.classes, data.y)
    return np.hstack([numbers, indicators]), y


def reviews():
    """10,000 texts, hashed to 4,096 columns."""
    frame = pd.read_parquet(data_folder() / "imdb_10k.parquet")
    hashing = HashingVectorizer(n_features=2**12, alternate_sign=False)
    return hashing.transform(frame["text"]), (frame["label"] == "pos").to_numpy(int)


def made(n_features):
    """Normal features, of which the first 20 tell two classes apart, some hardly."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 5000)
    X = rng.normal(size=(5000, n_features))
    X[:, :20] += (y - 0.5)[:, None] * np.linspace(0.6, 0.0, 20)
    return X, y


CASES = {
    "adult": (lambda: table("adult"), "f_classif", 20, "private"),
    "credit_default": (lambda: table("credit_default"), "f_classif", 8, "private"),
    "pol": (lambda: table("pol"), "f_regression", 10, "private"),
    "reviews": (reviews, "chi2", 50, (0, 1)),
    **{
        f"made, {d} features": (lambda d=d: made(d), "f_classif", 10, (-10, 10))
        for d in (50, 200, 500, 1000, 3000)
    },
}


def measured(X, y, name, k, bounds, method, epsilon, delta):
    """Recall and quality of one fit, and the method it used."""
    scores = getattr(feature_selection, name)(X, y)[0]
    scores = np.nan_to_num(scores)
    best = np.argsort(scores)[-k:]
    model = DPSelectKBest(
        name, k=k, bounds=bounds, method=method, epsilon=epsilon, delta=delta
    )
    chosen = model.fit(X, y).get_support(indices=True)
    recall = len(np.intersect1d(best, chosen)) / k
    return recall, scores[chosen].sum() / scores[best].sum(), model.method_


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--epsilon", type=float, default=1.0)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    print(f"epsilon = {arguments.epsilon:g}; recall, quality")
    for title, (load, name, k, bounds) in CASES.items():
        X, y = load()
        shape = f"{X.shape[0]} x {X.shape[1]}, {name}, k = {k}"
        print(f"{title}: {shape}", flush=True)
        for delta in (DELTA, 0.0):
            auto = measured(X, y, name, k, bounds, "auto", arguments.epsilon, delta)
            line = f"    delta = {delta:<6g}"
            for method in ("table", "top_k"):
                runs = [
                    measured(X, y, name, k, bounds, method, arguments.epsilon, delta)
                    for _ in range(arguments.repeats)
                ]
                recall, quality = np.mean([run[:2] for run in runs], axis=0)
                star = "*" if auto[2] == method else " "
                line += f"  {method}{star} {recall:.2f} {quality:.2f}"
            print(line, flush=True)


if __name__ == "__main__":
    main()
