"""A query in plain NumPy: what any source must be able to add."""

from dataclasses import dataclass

import numpy as np
import pytest


@dataclass(frozen=True)
class Sums:
    """Per code, the sums of (1, x, x * y) on a grid of 1/1024."""

    n_codes: int = 1
    max_rows: int = 2**40
    levels: float = 2.0**20
    n_features: int | None = None
    target: bool = True
    largest_entry = 2.0**30

    @property
    def n_totals(self):
        """As many columns as there are, once more for a target that is a number."""
        if self.n_features is None:
            raise AttributeError("Sums is not told the number of features.")
        n_features = self.n_features * (1 + (self.target and self.n_codes == 1))
        return self.n_codes * (1 + n_features)

    def __call__(self, X, y, weight):
        """Exact sums over the rows of a chunk, in float64."""
        values = dense(X)
        ones = np.ones((len(values), 1))
        columns = [ones, np.rint(values.astype(float) * 1024)]
        coded = y is not None and y.dtype == np.int32
        if y is not None and not coded:
            columns.append(np.rint(values * y[:, None] * 1024))
        contribution = np.hstack(columns)
        if len(weight):
            contribution = np.rint(contribution * weight[:, None])
        total = np.zeros((self.n_codes, contribution.shape[1]))
        codes = y if coded else np.zeros(len(values), int)
        np.add.at(total, codes[codes >= 0], contribution[codes >= 0])
        return total


@dataclass(frozen=True)
class Spy:
    """A query that notes the chunks it gets."""

    seen: list
    max_rows: int = 2**40
    n_totals = 1
    largest_entry = 0.0

    def __call__(self, X, y, weight):
        self.seen.append((X, y, weight))
        return np.zeros(1)


def dense(X):
    """A chunk as a dense array, be it one or a CSR tuple."""
    if not isinstance(X, tuple):
        return X
    data, indices, indptr, n_features = X
    out = np.zeros((len(indptr) - 1, n_features))
    rows = np.repeat(np.arange(len(out)), np.diff(indptr))
    out[rows, indices] = data  # assigned, not added: indices must be unique
    return out


@pytest.fixture
def sums():
    """The class of the query."""
    return Sums


@pytest.fixture
def spy():
    """A query that notes the chunks it gets."""
    return Spy([])


@pytest.fixture
def table():
    """Rows: X with many zeros, y numbers, labels and weights."""
    rng = np.random.default_rng(0)
    X = np.where(rng.random((5000, 4)) < 0.5, 0, rng.normal(size=(5000, 4)))
    labels = np.array(["no", "perhaps", "yes"])[rng.integers(0, 3, 5000)]
    return X, rng.normal(size=5000), labels, rng.random(5000)
