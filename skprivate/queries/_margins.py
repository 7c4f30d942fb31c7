"""Queries about the margins of rows: one number that a model makes of each row."""

from dataclasses import dataclass

import numpy as np

from skprivate.base import Query


@dataclass(frozen=True, eq=False)
class OnMargins(Query):
    """A query of one feature, asked about the margin ``x @ coef`` of each row.

    A margin is a function of the row and of what was released, each by a sum of its
    own, so a row adds what it adds to the query of its margin.

    Parameters
    ----------
    query : Query
        Of rows with one feature.
    coef : ndarray of shape (n_features,)
        Finite.
    """

    query: Query
    coef: np.ndarray

    @property
    def bound(self):
        """That of the query."""
        return self.query.bound

    @property
    def size(self):
        """That of the query."""
        return self.query.size

    @property
    def step(self):
        """That of the query."""
        return self.query.step

    @property
    def weights(self):
        """Those of the query."""
        return self.query.weights

    @property
    def l1_bound(self):
        """That of the query."""
        return self.query.l1_bound

    @property
    def name(self):
        """Says what is asked about margins."""
        return f"{self.query.name} of margins"

    def __call__(self, X, y, weight):
        from skprivate.kernels import row_products

        margins = row_products(X, self.coef.reshape(-1, 1))
        return self.query(margins, y, weight)
