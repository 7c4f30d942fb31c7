"""Time whole fits against scikit-learn's, interleaved in one process, as ratios.

``python -m benchmarks.estimators [--rows 1000000] [--features 20] [--rounds 7]``;
with ``--diffprivlib``, in the environment of ``make peers``, against that.

Threads of BLAS and OpenMP are limited to one. Bounds are public. Every round fits each
estimator and its namesake once; the ratio is that of the medians. A "pass" is the time
of a kernel that only adds up the same matrix.
"""

import argparse
import time
import warnings

import numpy as np
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from threadpoolctl import threadpool_limits

from skprivate.cluster import DPKMeans
from skprivate.decomposition import DPPCA
from skprivate.kernels._jit import kernel
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.naive_bayes import DPGaussianNB
from skprivate.preprocessing import DPMinMaxScaler, DPStandardScaler

BOUNDS = (-6.0, 6.0)
TARGET_BOUNDS = (-30.0, 30.0)


@kernel(fastmath={"reassoc"})
def read(values):
    """Sum of the values: what it takes to read them."""
    total = 0.0
    for i in range(values.size):
        total += values[i]
    return total


def made_rows(n_rows, n_features, seed=0):
    """Rows around eight centers, a linear target, and classes that follow it."""
    rng = np.random.default_rng(seed)
    centers = rng.normal(size=(8, n_features))
    X = rng.normal(scale=0.6, size=(n_rows, n_features))
    X += centers[rng.integers(8, size=n_rows)]
    target = X @ rng.normal(size=n_features) + rng.normal(size=n_rows)
    return X, target, (target > 0).astype(int)


def pairs():
    """Estimator, its namesake, and which target they take."""
    public = {"bounds": BOUNDS}
    return [
        (DPStandardScaler(**public), StandardScaler(), None),
        (DPMinMaxScaler(**public), MinMaxScaler(), None),
        (DPPCA(5, **public), PCA(5, svd_solver="covariance_eigh"), None),
        (DPRidge(**public, target_bounds=TARGET_BOUNDS), Ridge(), "number"),
        (DPGaussianNB(**public, classes=[0, 1]), GaussianNB(), "class"),
        (
            DPLogisticRegression(**public, classes=[0, 1]),
            LogisticRegression(max_iter=1000),
            "class",
        ),
        (DPKMeans(8, **public), KMeans(8, n_init=1), None),
    ]


def others(n_features):
    """The estimators of diffprivlib, which needs an environment of its own."""
    from diffprivlib import models

    ends = np.full(n_features, BOUNDS[0]), np.full(n_features, BOUNDS[1])
    norm = float(np.linalg.norm(ends[1]))
    return {
        "DPStandardScaler": models.StandardScaler(bounds=ends),
        "DPRidge": models.LinearRegression(bounds_X=ends, bounds_y=TARGET_BOUNDS),
        "DPGaussianNB": models.GaussianNB(bounds=ends),
        "DPLogisticRegression": models.LogisticRegression(data_norm=norm),
        "DPKMeans": models.KMeans(8, bounds=ends),
    }


def interleaved(tasks, rounds):
    """Median seconds of each task; every round runs all of them once."""
    seconds = {name: [] for name in tasks}
    for round_ in range(rounds + 1):
        for name, task in tasks.items():
            start = time.perf_counter()
            task()
            if round_:  # the first round compiles and warms up
                seconds[name].append(time.perf_counter() - start)
    return {name: float(np.median(values)) for name, values in seconds.items()}


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--features", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument(
        "--diffprivlib", action="store_true", help="beside it, not scikit-learn"
    )
    options = parser.parse_args()
    X, number, label = made_rows(options.rows, options.features)
    targets = {None: None, "number": number, "class": label}
    tasks = {"read": lambda: read(X.reshape(-1))}
    fitted = []
    other = others(options.features) if options.diffprivlib else {}
    for private, public, target in pairs():
        if options.diffprivlib:
            public = other.get(type(private).__name__)  # its PCA does not end
        if public is None:
            continue
        y = targets[target]
        tasks[private] = lambda private=private, y=y: private.fit(X, y)
        tasks[public] = lambda public=public, y=y: public.fit(X, y)
        fitted.append((private, public, y))
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        seconds = interleaved(tasks, options.rounds)
    one_pass = seconds["read"]
    print(f"{options.rows} x {options.features}, one pass {one_pass * 1e3:.2f} ms")
    line = "{:<22}{:>9}{:>8}{:>13}{:>8}  {}"
    print(line.format("estimator", "ms", "passes", "namesake ms", "faster", "scores"))
    for private, public, y in fitted:
        mine, theirs = seconds[private], seconds[public]
        cells = mine * 1e3, mine / one_pass, theirs * 1e3, theirs / mine
        numbers = (f"{cell:.2f}" for cell in cells)
        scores = _scores(private, public, X, y)
        print(line.format(type(private).__name__, *numbers, scores))


def _scores(private, public, X, y):
    """How well both do on the rows, where that says something."""
    if not (hasattr(private, "score") and hasattr(public, "score")):
        return ""
    return f"{private.score(X, y):.4f} / {public.score(X, y):.4f}"


if __name__ == "__main__":
    main()
