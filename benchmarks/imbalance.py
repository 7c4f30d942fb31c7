"""What helps a private model to find a rare class: the protocol.

Run as ``python -m benchmarks.imbalance [--splits 25] [--only TABLE ...] [--with METHOD
...] [--epsilons E ...] [--rows N]``. Every split is random, 80 % of the rows to fit and
20 % to score, alike in both classes, and has fresh noise. A run may be stopped at any
time and goes on where it stopped. Scores are kept by split in
``docs/benchmarks/imbalance.csv``; ``python -m benchmarks.imbalance_page`` makes the
page of them.
"""

import argparse
import warnings
from pathlib import Path
from time import perf_counter

from sklearn.metrics import average_precision_score, balanced_accuracy_score, f1_score
from sklearn.model_selection import train_test_split

from benchmarks._imbalance_methods import METHODS, NOT_PRIVATE, RARE, rare_table
from benchmarks._progress import Progress
from benchmarks._records import Record, Records

EPSILONS = (0.1, 0.5, 1.0, 5.0)
RECORDS = Path(__file__).parents[1] / "docs" / "benchmarks" / "imbalance.csv"
MEASURES = "AUPRC", "balanced accuracy", "F1"
DELTA = 1e-6


def key_of(name, measure):
    """A table and a measure, as records call them."""
    return f"{name}, {measure}"


def wanted(chosen):
    """Every fit that was asked for: table, method, epsilon, split."""
    for split in range(chosen.splits):
        for name in chosen.only:
            for method in getattr(chosen, "with"):
                private = method != NOT_PRIVATE
                for epsilon in chosen.epsilons if private else [float("inf")]:
                    yield name, method, epsilon, split


def measure(name, method, epsilon, split, most_rows):
    """One fit on one split, and its scores on the rest."""
    X, X_test, y, y_test = train_test_split(
        *rare_table(name, most_rows),
        test_size=0.2,
        random_state=split,
        stratify=rare_table(name, most_rows)[1],
    )
    start = perf_counter()
    model = METHODS[method]({"epsilon": epsilon, "delta": DELTA}).fit(X, y)
    seconds = perf_counter() - start
    said = model.predict(X_test)
    scores = (
        average_precision_score(y_test, model.predict_proba(X_test)[:, 1]),
        balanced_accuracy_score(y_test, said),
        f1_score(y_test, said, zero_division=0),
    )
    for what, score in zip(MEASURES, scores, strict=True):
        yield Record(key_of(name, what), method, epsilon, split, score, seconds)


def main(arguments=None):
    """Fit what is missing, and keep the scores."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--splits", type=int, default=25)
    parser.add_argument("--only", nargs="+", choices=RARE, default=[*RARE])
    parser.add_argument("--with", nargs="+", choices=METHODS, default=[*METHODS])
    parser.add_argument("--epsilons", nargs="+", type=float, default=EPSILONS)
    parser.add_argument("--rows", type=int, default=10**6)
    chosen = parser.parse_args(arguments)
    records = Records(RECORDS)
    missing = [
        fit
        for fit in wanted(chosen)
        if (key_of(fit[0], MEASURES[0]), *fit[1:]) not in records
    ]
    progress = Progress(len(missing), "fits")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of noise that hides a rare class
        for fit in missing:
            for record in measure(*fit, chosen.rows):
                records.add(record)
            progress.step()


if __name__ == "__main__":
    main()
