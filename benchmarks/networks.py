"""Networks beside private linear models, by epsilon; and what denoising is worth.

Run as ``SKPRIVATE_DATA=folder python -m benchmarks.networks [--splits 10] [tables]``.
Ranges are found at a price, by all models; neighbours differ by one row, delta = 1e-6,
and scores are of random splits of which a fifth is tested on. A difference is given
with its standard error over the splits.
"""

import argparse
import time
import warnings

import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks._data import load_table
from benchmarks._progress import Progress
from skprivate.linear_model import DPLogisticRegression
from skprivate.neural_network import DPAutoencoder, DPMLPClassifier

EPSILONS = 0.1, 0.5, 1.0, 2.0, 4.0
TABLES = "made", "phoneme", "covertype_20k"
BLOTS = 8.0  # levels of gray of 16 that are added to digits


def rows_of(table):
    """Features and classes; the made ones are a product of two features, and more."""
    if table != "made":
        found = load_table(table)
        return found.X.to_numpy(float), found.y
    rng = np.random.default_rng(0)
    X = rng.normal(size=(10_000, 6))
    score = np.sign(X[:, 0] * X[:, 1]) + X[:, 2] * X[:, 3] / 2
    return X, (score + 0.3 * rng.logistic(size=len(X)) > 0).astype(int)


def scores(X, y, epsilon, split):
    """Accuracy of a linear model and of a network, and the time of the network."""
    X, X_test, y, y_test = train_test_split(X, y, test_size=0.2, random_state=split)
    known = {"classes": np.unique(y), "epsilon": epsilon, "random_state": split}
    linear = DPLogisticRegression(**known).fit(X, y)
    start = time.process_time()
    network = DPMLPClassifier(**known).fit(X, y)
    seconds = time.process_time() - start
    return *(model.score(X_test, y_test) for model in (linear, network)), seconds


def without_privacy(X, y):
    """Accuracy of scikit-learn's network on one split."""
    X, X_test, y, y_test = train_test_split(X, y, test_size=0.2, random_state=0)
    theirs = MLPClassifier((32,), random_state=0)
    return make_pipeline(StandardScaler(), theirs).fit(X, y).score(X_test, y_test)


def of_tables(tables, splits, epsilons=EPSILONS):
    """Print a table of Markdown, line by line."""
    print("| table | ε | linear | network | apart | no privacy | seconds |")
    print("|---" * 7 + "|", flush=True)
    progress = Progress(len(tables) * len(epsilons) * splits, "fitting")
    for table in tables:
        X, y = rows_of(table)
        best = without_privacy(X, y)
        for epsilon in epsilons:
            found = []
            for split in range(splits):
                found.append(scores(X, y, epsilon, split))
                progress.step()
            linear, network, seconds = np.mean(found, axis=0)
            apart = np.subtract(*np.transpose(found)[1::-1])
            error = apart.std(ddof=1) / np.sqrt(splits)
            cells = f"{table} | {epsilon:g} | {linear:.4f} | {network:.4f}"
            apart = f"{apart.mean():+.4f} ± {error:.4f} | {best:.3f} | {seconds:.1f}"
            print(f"| {cells} | {apart} |", flush=True)


def of_digits(splits, epsilon=3.0, noises=(0.0, 0.5, 1.0)):
    """Print what a public head makes of codes of digits, clean and with blots on them.

    The autoencoder is private, and learned from one half of the clean digits. Heads are
    scikit-learn's, of codes of the other half, of which a quarter is tested on.
    """
    X, y = load_digits(return_X_y=True)
    print(f"\nDigits, epsilon={epsilon:g}: accuracy of a head, by `noise`\n")
    print("| noise | clean rows | rows with blots |\n|---|---|---|")
    for noise in noises:
        found = []
        for split in range(splits):
            rng = np.random.default_rng(split)
            blotted = np.clip(X + BLOTS * rng.normal(size=X.shape), 0, 16)
            parts = train_test_split(X, blotted, y, test_size=0.5, random_state=split)
            facts = {"bounds": (0, 16), "epsilon": epsilon, "random_state": split}
            coder = DPAutoencoder(noise=noise, **facts).fit(parts[0])
            codes = (coder.transform(rows) for rows in (parts[1], parts[3]))
            found.append([of_head(rows, parts[5], split) for rows in codes])
        error = np.std(found, axis=0, ddof=1) / np.sqrt(splits)
        pairs = zip(np.mean(found, axis=0), error, strict=True)
        cells = [f"{noise:g}", *(f"{mean:.3f} ± {off:.3f}" for mean, off in pairs)]
        print(f"| {' | '.join(cells)} |")


def of_head(codes, y, split):
    """Accuracy of a linear model of codes."""
    codes, others, y, y_test = train_test_split(codes, y, random_state=split)
    head = LogisticRegression(max_iter=2000).fit(codes, y)
    return head.score(others, y_test)


def main(arguments=None):
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tables", nargs="*", default=[*TABLES, "digits"])
    parser.add_argument("--splits", type=int, default=10)
    parser.add_argument("--epsilons", type=float, nargs="+", default=EPSILONS)
    chosen = parser.parse_args(arguments)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of few rows for the noise
        tables = [table for table in chosen.tables if table != "digits"]
        if tables:
            of_tables(tables, chosen.splits, chosen.epsilons)
        if "digits" in chosen.tables:
            of_digits(chosen.splits)


if __name__ == "__main__":
    main()
