"""Synthetic tables: how far they are from real ones, and what a model learns of them.

Run as ``python -m benchmarks.synthesis [--tables adult ...] [--seeds 3]
[--methods swift mst aim independent]
[--targets label none] [--epsilon 1]``. A table is split; a synthesizer is
fitted on the first part, with the label as ``target`` and without one; gradient
boosting is trained on as many synthetic rows and scored on the second part (AUROC).
Distances are total variations of single columns and of pairs, in ten bins of numbers,
means over all. Categories are declared, as a data dictionary would; ranges are not.
Adult is split where UCI did, others at random.
"""

import argparse
import resource
import time
import warnings
from itertools import combinations

import numpy as np
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder

from benchmarks._data import load_table
from skprivate.synthesis import DPTabularSynthesizer

TABLES = (
    "compas", "german_credit", "telco_churn", "bank_marketing", "credit_default",
    "adult",
)  # fmt: skip
METHODS = "swift", "mst", "aim", "independent"
N_BINS = 10
UCI_SPLIT = 32_561


def parts_of(name):
    """Rows to learn from and rows to score on, with the label as their last column."""
    table = load_table(name)
    frame = table.X.dropna(axis="columns", how="all")
    for column, values in table.categories.items():
        frame[column] = pd.Categorical(frame[column], values)
    labels = [str(label) for label in table.classes]
    frame[table.target] = pd.Categorical(table.y.astype(str), labels)
    if name == "adult":
        return frame.iloc[:UCI_SPLIT], frame.iloc[UCI_SPLIT:], table.target
    order = np.random.default_rng(0).permutation(len(frame))
    n = int(0.75 * len(frame))
    return frame.iloc[order[:n]], frame.iloc[order[n:]], table.target


def auroc(train, test, target):
    """Of gradient boosting that is trained on one table, on another."""
    second = test[target].cat.categories[1]
    train = train.dropna(axis="columns", how="all")
    test = test[[*train]]
    y = (train[target] == second).to_numpy()
    if y.all() or not y.any():
        return 0.5
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    words = make_column_selector(dtype_include="category")
    model = make_pipeline(
        make_column_transformer((codes, words), remainder="passthrough"),
        HistGradientBoostingClassifier(random_state=0),
    ).fit(train.drop(columns=target), y)
    odds = model.predict_proba(test.drop(columns=target))[:, 1]
    return roc_auc_score(test[target] == second, odds)


def distances(real, other):
    """Mean total variation of single columns, and of pairs."""
    first, second = [], []
    for name in real:
        for codes, table in ((first, real), (second, other)):
            codes.append(_codes(real[name], table[name]))
    sizes = [1 + max(a.max(), b.max()) for a, b in zip(first, second, strict=True)]
    one = [_variation(*of) for of in zip(first, second, sizes, strict=True)]
    two = [
        _variation(
            first[i] * sizes[j] + first[j],
            second[i] * sizes[j] + second[j],
            sizes[i] * sizes[j],
        )
        for i, j in combinations(range(len(sizes)), 2)
    ]
    return np.mean(one), np.mean(two)


def _codes(real, column):
    if real.dtype == "category":
        return real.cat.categories.get_indexer(column) + 1
    edges = np.unique(np.nanquantile(real, np.linspace(0, 1, N_BINS + 1)[1:-1]))
    return np.searchsorted(edges, column.to_numpy(float), side="right")


def _variation(first, second, size):
    shares = [np.bincount(c, minlength=size) / len(c) for c in (first, second)]
    return np.abs(shares[0] - shares[1]).sum() / 2


def main(args):
    """Print a line of means for each table, method and kind of target."""
    head = f"{'table':<16}{'method':<13}{'target':<8}{'AUROC':>7}{'one':>7}{'two':>7}"
    print(f"{head}{'pairs':>7}{'fit s':>8}{'CPU s':>7}")
    for name in args.tables:
        train, test, target = parts_of(name)
        print(f"{name:<16}{'(real rows)':<21}{auroc(train, test, target):7.3f}")
        for method in args.methods:
            for wanted in [{"label": target, "none": None}[t] for t in args.targets]:
                runs = [
                    _run(train, test, target, wanted, method, args.epsilon, seed)
                    for seed in range(args.seeds)
                ]
                a, one, two, pairs, wall, cpu = np.mean(runs, axis=0)
                kind = "none" if wanted is None else "label"
                print(
                    f"{name:<16}{method:<13}{kind:<8}{a:7.3f}{one:7.3f}{two:7.3f}"
                    f"{pairs:7.1f}{wall:8.1f}{cpu:7.1f}",
                    flush=True,
                )
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"largest memory: {largest:.2f} GB")


def _run(train, test, target, wanted, method, epsilon, seed):
    model = DPTabularSynthesizer(
        wanted, method=method, epsilon=epsilon, random_state=seed
    )
    wall, cpu = time.perf_counter(), time.process_time()
    rows = model.fit(train).sample(len(train))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    pairs = len(model.pairs_)
    return auroc(rows, test, target), *distances(train, rows), pairs, wall, cpu


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", nargs="+", default=TABLES)
    parser.add_argument("--methods", nargs="+", default=METHODS)
    parser.add_argument("--targets", nargs="+", default=("label", "none"))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epsilon", type=float, default=1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of seeds, and of few rows
        main(parser.parse_args())
