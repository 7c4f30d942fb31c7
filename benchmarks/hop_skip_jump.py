"""HopSkipJump: how near a row is another answer, of a model that gives labels only.

After Chen, Jordan and Wainwright (2020), HopSkipJumpAttack: A query-efficient
decision-based attack, section 3 (Euclidean distance), from the paper. Run as
``python -m benchmarks.hop_skip_jump [--rows 40] [--steps 12]``: it attacks a linear
model, whose radius is known exactly, and the same model smoothed, whose radius holds
but for a chance of ``alpha``.
"""

import argparse
import time

import numpy as np
from scipy.stats import binom
from sklearn.datasets import load_digits

from skprivate.linear_model import DPLogisticRegression
from skprivate.robustness import SmoothedClassifier, certified_radius

FIRST = 100  # questions of the first estimate of a direction


class HopSkipJump:
    """The attack on one row.

    Parameters
    ----------
    says : callable
        Labels of rows.
    row : ndarray of shape (n_features,)
        To be moved as little as possible.
    rng : numpy.random.Generator
    low, high : float
        Range of the features.
    """

    def __init__(self, says, row, rng, low=0.0, high=1.0):
        self.says, self.row, self.rng = says, row, rng
        self.low, self.high = low, high
        self.label = says(row[None])[0]
        self.width = len(row)
        self.near = self.width**-1.5  # of a bisection, as a part of the distance

    def crossed(self, points):
        """Whether points get another answer than the row."""
        return self.says(np.clip(points, self.low, self.high)) != self.label

    def run(self, start, steps):
        """The nearest point of another answer that is found from a first one."""
        at = self.at_boundary(start)
        best = at
        for step in range(1, steps + 1):
            distance = np.linalg.norm(at - self.row)
            way = self.direction(at, distance / self.width, int(FIRST * step**0.5))
            length = distance / np.sqrt(step)
            while length > 1e-6 and not self.crossed((at + length * way)[None])[0]:
                length /= 2
            if length <= 1e-6:
                break
            at = self.at_boundary(np.clip(at + length * way, self.low, self.high))
            if np.linalg.norm(at - self.row) < np.linalg.norm(best - self.row):
                best = at
        return best

    def at_boundary(self, far):
        """The point on the way to one beyond, where the answer has just changed."""
        low, high = 0.0, 1.0
        while high - low > self.near:
            middle = (low + high) / 2
            beyond = self.crossed((self.row + middle * (far - self.row))[None])[0]
            low, high = (low, middle) if beyond else (middle, high)
        return self.row + high * (far - self.row)

    def direction(self, at, reach, n_questions):
        """Where to go from a point at the boundary: a gradient, of answers alone.

        The mean of the answers is taken off, which makes it less noisy (equation 16).
        """
        moves = self.rng.normal(size=(n_questions, self.width))
        moves /= np.linalg.norm(moves, axis=1, keepdims=True)
        points = np.clip(at + reach * moves, self.low, self.high)
        moves = (points - at) / max(reach, 1e-300)
        answers = np.where(self.crossed(points), 1.0, -1.0)
        mean = answers.mean()
        weight = answers - mean if abs(mean) < 1 else answers
        way = weight @ moves
        return way / max(np.linalg.norm(way), 1e-300)


def attacked(says, rows, others, steps, seed=0):
    """Distance of the nearest other answer that is found, of each row."""
    rng, found = np.random.default_rng(seed), []
    labels = says(others)
    for row in rows:
        attack = HopSkipJump(says, row, rng)
        far = others[labels != attack.label]
        start = far[np.argmin(np.linalg.norm(far - row, axis=1))]
        found.append(np.linalg.norm(attack.run(start, steps) - row))
    return np.array(found)


def told(name, distance, radius, alpha, seconds):
    """A line of what was found: how near it came, and how often too near."""
    some = radius > 0
    inside = int(np.sum(distance[some] < radius[some] * (1 - 1e-9)))
    ratio = np.median(distance[some] / radius[some])
    # Of so many rows, what would still be no surprise if each had a chance of alpha.
    most = int(binom.ppf(1 - 1e-6, int(some.sum()), alpha)) if alpha else 0
    print(
        f"{name}: within the radius {inside} of {int(some.sum())} (at most {most}); "
        f"nearest by radius, median {ratio:.2f}; {seconds:.1f} s a row",
        flush=True,
    )
    return inside


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rows", type=int, default=40)
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--samples", type=int, default=1000)
    chosen = parser.parse_args(arguments)
    X, y = load_digits(return_X_y=True)
    X = X / 16
    model = DPLogisticRegression(bounds=(0, 1), classes=range(10), epsilon=3.0)
    model.fit(X[:1400], y[:1400])
    rows, others = X[1400 : 1400 + chosen.rows], X[:1400]
    smoothed = SmoothedClassifier(model, n_samples=chosen.samples)
    kinds = {
        "exact radius": (model.predict, certified_radius(model, rows), 0.0),
        "smoothed": (smoothed.predict, smoothed.certify(rows)[1], smoothed.alpha),
    }
    for name, (says, radius, alpha) in kinds.items():
        start = time.perf_counter()
        distance = attacked(says, rows, others[:200], chosen.steps)
        told(name, distance, radius, alpha, (time.perf_counter() - start) / len(rows))


if __name__ == "__main__":
    main()
