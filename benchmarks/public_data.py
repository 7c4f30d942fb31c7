"""What public rows are worth: accuracy of few private ones with and without them.

Run as ``python -m benchmarks.public_data [--splits 5]``, on tables bundled with
scikit-learn and on made ones, of which public rows follow another law than private
ones. Epsilon is 1, delta = 1e-6; all models have their default parameters.
"""

import argparse
import warnings
from dataclasses import dataclass

import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits

from benchmarks._data import NUCLEI_HIGH
from benchmarks._progress import Progress
from skprivate.linear_model import (
    DPHuberRegressor,
    DPLogisticRegression,
    DPPoissonRegressor,
    DPRidge,
    PublicRows,
)


@dataclass(frozen=True)
class Job:
    """Public rows, how many private ones to learn from, and rows to score on."""

    model: object
    bounds: dict
    public: tuple
    private: tuple
    test: tuple
    sizes: tuple


def bundled(load, scale, bounds, n_public, sizes, seed):
    """A table in random order: the first rows are public, the last are to score."""
    X, y = load(return_X_y=True)
    order = np.random.default_rng(seed).permutation(len(X))
    X, y = X[order] / scale, y[order]
    rest = slice(n_public, n_public + sizes[-1])
    public, private = (X[:n_public], y[:n_public]), (X[rest], y[rest])
    test = X[rest.stop :], y[rest.stop :]
    model = DPLogisticRegression(classes=np.unique(y))
    return Job(model, {"bounds": bounds}, public, private, test, sizes)


def made(model, kind, shift, seed, n_columns=10):
    """Rows of one law, public ones of another whose coefficients differ by so much."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(size=n_columns) * 0.4
    other = truth + shift * 0.4 * rng.normal(size=n_columns)

    def rows(n, coef):
        X = rng.normal(size=(n, n_columns))
        mean = X @ coef
        if kind == "counts":
            return X, rng.poisson(np.exp(0.6 * mean)).astype(float)
        return X, mean + rng.normal(size=n)

    bounds = {"bounds": (-4, 4), "target_bounds": (-6, 6)}
    if kind == "counts":
        bounds["target_bounds"] = 0, 30
    sizes = 300, 1000, 3000
    parts = rows(300, other), rows(3000, truth), rows(20_000, truth)
    return Job(model, bounds, *parts, sizes)


JOBS = {
    "digits, 10 classes, 50 public rows": lambda seed: bundled(
        load_digits, 1.0, (0, 16), 50, (300, 1000), seed
    ),
    "breast cancer, 50 public rows": lambda seed: bundled(
        load_breast_cancer, NUCLEI_HIGH, (0, 1), 50, (100, 300), seed
    ),
    "ridge, the same law": lambda seed: made(DPRidge(), "numbers", 0.0, seed),
    "ridge, another law": lambda seed: made(DPRidge(), "numbers", 0.5, seed),
    "Huber, another law": lambda seed: made(DPHuberRegressor(), "numbers", 0.5, seed),
    "counts, another law": lambda seed: made(
        DPPoissonRegressor(1e-3), "counts", 0.5, seed
    ),
}


def measure(job):
    """For each size: scores of public rows alone, private ones alone, and both."""
    bounds, found = job.bounds, []
    alone = _fitted(job.model, job.public, epsilon=np.inf, **bounds)
    for size in job.sizes:
        private = tuple(part[:size] for part in job.private)
        models = (
            alone,
            _fitted(job.model, private, **bounds),
            _fitted(job.model, private, public=PublicRows(*job.public)),
            _fitted(job.model, private, epsilon=np.inf, **bounds),
        )
        found.append([model.score(*job.test) for model in models])
    return found


def _fitted(model, rows, **params):
    model = type(model)(**{**model.get_params(), **params})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # noise exceeds the signal: scores tell
        return model.fit(*rows)


def main(arguments=None):
    """Measure, and print a table of Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--splits", type=int, default=5)
    chosen = parser.parse_args(arguments)
    progress, lines = Progress(len(JOBS) * chosen.splits, "fitting"), []
    for name, make in JOBS.items():
        found = []
        for seed in range(chosen.splits):
            found.append(measure(make(seed)))
            progress.step()
        for size, scores in zip(make(0).sizes, np.mean(found, axis=0), strict=True):
            cells = [name, f"{size:,}", *(f"{score:.3f}" for score in scores)]
            lines.append("| " + " | ".join(cells) + " |")
    print("| task | private rows | public alone | private alone | both | no noise |")
    print("|---" * 6 + "|")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
