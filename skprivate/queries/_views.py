"""Queries about a view of the rows: some columns of a table, or norms of rows."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from skprivate._typing import TableLike
from skprivate.base import Query
from skprivate.base._class_weights import factors_of
from skprivate.base._query_check import are_columns
from skprivate.queries._derived import Derived
from skprivate.queries._places import Distances, GridCells
from skprivate.rows import refused


@dataclass(frozen=True, eq=False)
class OfOther(Query):
    """A query that hands each row on to another, in another form.

    What a row becomes depends on no other row. So what it can add is what ``query``
    says, whatever the row: bounds, steps and weights are its own.

    Parameters
    ----------
    query : Query
        What is asked.
    """

    query: Query

    @property
    def n_totals(self) -> int:
        """Those of the query."""
        return self.query.n_totals

    @property
    def bound(self) -> Any:
        """That of the query."""
        return self.query.bound

    @property
    def norm(self) -> Any:
        """That of the query."""
        return self.query.norm

    @property
    def scored(self) -> Any:
        """That of the query."""
        return self.query.scored

    def scores(self, total: Any) -> Any:
        """Those of the query; the total itself where that is of scores."""
        inner = getattr(self.query, "scores", None)
        return total if inner is None else inner(total)

    @property
    def l1_bound(self) -> Any:
        """That of the query."""
        return self.query.l1_bound

    @property
    def size(self) -> int:
        """That of the query."""
        return self.query.size

    @property
    def step(self) -> Any:
        """That of the query."""
        return self.query.step

    @property
    def weights(self) -> Any:
        """Those of the query."""
        return self.query.weights

    @property
    def name(self) -> Any:
        """That of the query."""
        return self.query.name


@dataclass(frozen=True, eq=False)
class OfView(OfOther):
    """A query that is asked about a view of the rows.

    Parameters
    ----------
    query : Query
        What is asked.
    view : callable
        From a chunk of rows to as many rows: `Columns`, `Norms`, `Margins`, `Ones`,
        `Squares`, `Scaled`, `Distances`, `GridCells` or `Derived`.
    """

    view: object

    def check(self, n_features: int) -> None:
        """Check the query for as many columns as the view leaves."""
        if not isinstance(self.query, Query) or not isinstance(self.view, _VIEWS):
            raise refused(TypeError, "OfView takes a query, and a view of rows.")
        self.query.check(self.view.width_of(n_features))

    def __call__(
        self, X: TableLike, y: np.ndarray | None, weight: np.ndarray
    ) -> np.ndarray:
        return self.query(self.view(X), y, weight)

    @property
    def by_unit(self) -> Any:
        """That of the query, of rows in the view; an AttributeError if it has none."""
        inner = self.query.by_unit
        return lambda X, *rest: inner(self.view(X), *rest)


@dataclass(frozen=True, eq=False)
class ByClass(OfOther):
    """A query that is asked about rows whose weights are multiplied by class.

    Parameters
    ----------
    query : Query
        What is asked.
    factors : ndarray of shape (n_classes,)
        In [0, 1], so that weights stay there.
    """

    factors: np.ndarray

    def check(self, n_features):
        """Check the query, and that no weight becomes larger."""
        super().check(n_features)
        if not isinstance(self.query, Query):
            raise refused(TypeError, "ByClass takes a query, and factors.")
        self.query.check(n_features)

    def problems(self):
        """Factors must be such that no weight becomes larger."""
        if self.factors.ndim != 1 or not self.factors.size:
            yield "factors are not one of each class"
        elif not ((self.factors >= 0) & (self.factors <= 1)).all():
            yield "factors are outside of [0, 1]"

    def __call__(self, X, y, weight):
        factor = factors_of(self.factors, y)
        return self.query(X, y, factor * weight if len(weight) else factor)


@dataclass(frozen=True)
class Columns:
    """Some columns of a dense table.

    Parameters
    ----------
    numbers : tuple of int
        Public.
    """

    numbers: tuple

    def width_of(self, n_features):
        """Number of columns that are left; refused if there are no such columns."""
        if not are_columns(self.numbers, n_features):
            raise refused(ValueError, "Columns names columns that X does not have.")
        return len(self.numbers)

    def __call__(self, X):
        if len(self.numbers) == X.shape[1]:
            return X
        return np.ascontiguousarray(X[:, list(self.numbers)])


@dataclass(frozen=True)
class Norms:
    """The norm of each row, dense or CSR, as a single column.

    Parameters
    ----------
    norm : int
        1, 2, or 0 for the largest absolute value.
    """

    norm: int

    def width_of(self, n_features):
        """One column, however many there are."""
        if self.norm not in (0, 1, 2):
            raise refused(ValueError, "Norms knows the norms 0 (largest), 1 and 2.")
        return 1

    def __call__(self, X):
        from skprivate.kernels import row_norms

        return row_norms(X, self.norm).reshape(-1, 1)


@dataclass(frozen=True, eq=False)
class Margins:
    """What a linear model makes of each row, dense or CSR, as a single column.

    A margin is a sum of its own, in the order of columns: a function of the row and of
    coefficients that were released.

    Parameters
    ----------
    coef : ndarray of shape (n_features,)
        Finite.
    """

    coef: np.ndarray

    def width_of(self, n_features):
        """One column; refused unless there is a coefficient for each feature."""
        if self.coef.shape != (n_features,) or not np.isfinite(self.coef).all():
            raise refused(
                ValueError, "Margins needs one finite coefficient for each column of X."
            )
        return 1

    def __call__(self, X):
        from skprivate.kernels import row_products

        return row_products(X, self.coef.reshape(-1, 1))


@dataclass(frozen=True)
class Ones:
    """Ones for values above a threshold, zeros for others; dense or CSR.

    A value that is no finite number stays as it is, so that its row adds nothing.

    Parameters
    ----------
    threshold : float
        Not negative, as values that are not stored stay zeros.
    """

    threshold: float

    def width_of(self, n_features):
        """As many columns."""
        if not 0 <= self.threshold < np.inf:
            raise refused(ValueError, "Ones needs a finite threshold from zero on.")
        return n_features

    def __call__(self, X):
        if isinstance(X, tuple):
            data, *rest = X
            return self(data), *rest
        return np.where(np.isfinite(X), self.threshold < X, X).astype(X.dtype)


@dataclass(frozen=True)
class Squares:
    """Squares of values, dense or CSR.

    One that overflows is no number, so that its row adds nothing.
    """

    def width_of(self, n_features):
        """As many columns."""
        return n_features

    def __call__(self, X):
        if isinstance(X, tuple):
            data, *rest = X
            return self(data), *rest
        with np.errstate(over="ignore"):
            return np.square(X)


@dataclass(frozen=True, eq=False)
class Scaled:
    """Values times a factor of their column, dense or CSR; so no row becomes longer.

    Parameters
    ----------
    factors : ndarray of shape (n_features,)
        In [0, 1]: public, or of what was released.
    """

    factors: np.ndarray

    def width_of(self, n_features):
        """As many columns; refused unless there is a factor for each."""
        factors = self.factors
        if (
            factors.shape != (n_features,)
            or not ((factors >= 0) & (factors <= 1)).all()
        ):
            raise refused(
                ValueError, "Scaled needs a factor in [0, 1] for each column of X."
            )
        return n_features

    def __call__(self, X):
        if isinstance(X, tuple):
            data, columns, *rest = X
            scaled = (data * self.factors[columns]).astype(data.dtype, copy=False)
            return scaled, columns, *rest
        return (X * self.factors).astype(X.dtype, copy=False)


_VIEWS = (
    Columns,
    Norms,
    Margins,
    Ones,
    Squares,
    Scaled,
    Distances,
    GridCells,
    Derived,
)
