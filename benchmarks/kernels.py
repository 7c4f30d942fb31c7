"""Time of the kernels in passes over memory, beside NumPy.

Run as ``python benchmarks/kernels.py [--rows N] [--features D] [--rounds R]``. Every
round runs all kernels, their NumPy equivalents and a kernel that only sums the matrix,
in turn, so that a busy machine slows all of them; the table shows medians of process
CPU time. A *pass* is the time of that sum. Start it with ``OPENBLAS_NUM_THREADS=1``
for numbers of one thread.
"""

import argparse
import time
from statistics import median

import numpy as np
from scipy.special import expit, softmax

from skprivate import kernels
from skprivate.kernels import CHUNK_ROWS
from skprivate.kernels._jit import kernel

ONE = 2.0**17
NONE = np.empty(0)
NO_CODES = np.empty(0, dtype=np.int32)
N_CLASSES = N_CENTERS = 8
N_BINS = 32


@kernel(fastmath={"reassoc"})
def read_sum(values):
    """Sum of a flat array: as fast as memory can be read."""
    total = 0.0
    for k in range(values.size):
        total += values[k]
    return total


class Data:
    """A matrix, targets, and the public arguments of the kernels."""

    def __init__(self, n_rows, n_features):
        rng = np.random.default_rng(0)
        d = n_features
        self.X = rng.normal(size=(n_rows, d))
        self.y = (self.X[:, 0] > 0.3).astype(np.float64)
        self.codes = rng.integers(0, N_CLASSES, n_rows).astype(np.int32)
        self.box = np.array([[-3.0] * d, [3.0] * d, [0.0] * d, [ONE / 3.0] * d])
        self.target_box = np.array([0.0, 1.0, 0.5, 2.0 * ONE])
        self.clip = ONE * d**0.5 / 3.0  # about half of the rows are longer
        self.coef = rng.normal(size=d + 1)
        self.coefs = rng.normal(size=(N_CLASSES, d + 1))
        self.centers = np.rint(rng.uniform(-ONE, ONE, size=(N_CENTERS, d)))

    def over_chunks(self, function):
        """Total of ``function(X, y, codes)`` over the chunks the library would make."""
        parts = range(0, len(self.X), CHUNK_ROWS)
        chunks = [slice(first, first + CHUNK_ROWS) for first in parts]
        return sum(function(self.X[s], self.y[s], self.codes[s]) for s in chunks)


def private(data):
    """Name -> kernel on one chunk."""
    box, clip, coef, centers = data.box, data.clip, data.coef, data.centers
    edges = ONE * np.linspace(0.2, 4.0, 20)
    coarse = box / [[1.0], [1.0], [1.0], [4.0]]  # no row is longer than 2**18 steps
    return {
        "clipped_sum": lambda X, y, c: kernels.clipped_sum(X, box, NONE, 2, clip),
        "moments": lambda X, y, c: kernels.moments(X, box, NONE, NO_CODES, 1, ONE),
        "moments, grouped": lambda X, y, c: kernels.moments(
            X, box, NONE, c, N_CLASSES, ONE
        ),
        "second_moments": lambda X, y, c: kernels.second_moments(
            X, NONE, coarse, NONE, NONE, 2.0**18, ONE / 4
        ),
        "same, target and clipping": lambda X, y, c: kernels.second_moments(
            X, y, box, data.target_box, NONE, 2.0**18, ONE
        ),
        "gradient, logistic": lambda X, y, c: kernels.gradient(
            X, y, box, coef, ONE, kernels.LOGISTIC, 0.0, clip, NONE
        ),
        "gradient, squared": lambda X, y, c: kernels.gradient(
            X, y, box, coef, ONE, kernels.SQUARED, 0.0, clip, NONE
        ),
        "gradient_softmax": lambda X, y, c: kernels.gradient_softmax(
            X, c, box, data.coefs, ONE, clip, NONE
        ),
        "nearest_center_sums": lambda X, y, c: kernels.nearest_center_sums(
            X, box, centers, ONE, NONE
        ),
        "histogram": lambda X, y, c: kernels.histogram(X, box, N_BINS, NONE, 1.0),
        "magnitude_histogram": lambda X, y, c: kernels.magnitude_histogram(
            X, NONE, 1.0, range(-20, 21)
        ),
        "norm_histogram": lambda X, y, c: kernels.norm_histogram(
            X, box, edges, NONE, 1.0
        ),
        "class_counts": lambda X, y, c: kernels.class_counts(c, N_CLASSES, NONE, 1.0),
    }


def _clipped_sum(X, y, codes):
    factor = 1.0 / np.maximum(1.0, np.sqrt(np.einsum("ij,ij->i", X, X)))
    return factor @ X


def _moments(X, y, codes):
    return np.stack([X.sum(axis=0), (X * X).sum(axis=0)])


def _grouped(X, y, codes):
    members = np.equal.outer(np.arange(N_CLASSES), codes).astype(np.float64)
    return np.concatenate([members @ X, members @ (X * X)])


def _nearest(centers):
    def sums(X, y, codes):
        scores = 0.5 * (centers**2).sum(axis=1) - X @ centers.T
        nearest = scores.argmin(axis=1)
        return np.stack([X[nearest == k].sum(axis=0) for k in range(N_CENTERS)])

    return sums


def _histogram(X, y, codes):
    return np.stack([np.histogram(x, bins=N_BINS, range=(-3, 3))[0] for x in X.T])


def public(data):
    """Name -> the usual NumPy for the same sum, without clipping where it has none."""
    w, b = data.coef[:-1], data.coef[-1]
    W, B = data.coefs[:, :-1], data.coefs[:, -1]
    hot = np.eye(N_CLASSES)
    return {
        "clipped_sum": _clipped_sum,
        "moments": _moments,
        "moments, grouped": _grouped,
        "second_moments": lambda X, y, c: X.T @ X,
        "same, target and clipping": lambda X, y, c: X.T @ X,
        "gradient, logistic": lambda X, y, c: (expit(X @ w + b) - y) @ X,
        "gradient, squared": lambda X, y, c: (X @ w + b - y) @ X,
        "gradient_softmax": lambda X, y, c: (
            (softmax(X @ W.T + B, axis=1) - hot[c]).T @ X
        ),
        "nearest_center_sums": _nearest(data.centers / ONE),
        "histogram": _histogram,
        "norm_histogram": lambda X, y, c: np.histogram(
            np.sqrt(np.einsum("ij,ij->i", X, X)), bins=20
        )[0],
        "class_counts": lambda X, y, c: np.bincount(c, minlength=N_CLASSES),
    }


def measure(data, rounds):
    """Median CPU milliseconds of everything, by (kind, name)."""
    flat = data.X.reshape(-1)
    tasks = {("read", "sum"): lambda: read_sum(flat)}
    for kind, table in (("kernel", private(data)), ("numpy", public(data))):
        for name, function in table.items():
            tasks[kind, name] = lambda function=function: data.over_chunks(function)
    times = {key: [] for key in tasks}
    for task in tasks.values():
        task()  # compiles
    for _ in range(rounds):
        for key, task in tasks.items():
            start = time.process_time()
            task()
            times[key].append(1e3 * (time.process_time() - start))
    return {key: median(values) for key, values in times.items()}


def show(times):
    """Print one line for each kernel."""
    read = times["read", "sum"]
    print(f"one pass over the matrix: {read:.1f} ms\n")
    print(f"{'kernel':26}{'ms':>9}{'passes':>9}{'NumPy ms':>11}{'x NumPy':>9}")
    for (kind, name), ms in times.items():
        if kind == "kernel":
            numpy_ms = times.get(("numpy", name))
            beside = f"{numpy_ms:11.1f}{ms / numpy_ms:9.2f}" if numpy_ms else ""
            print(f"{name:26}{ms:9.1f}{ms / read:9.2f}{beside}")


def main():
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--features", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    with kernels.without_twins():
        show(measure(Data(arguments.rows, arguments.features), arguments.rounds))


if __name__ == "__main__":
    main()
