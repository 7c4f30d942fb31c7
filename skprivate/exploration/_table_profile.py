"""What is known of a table: numbers with intervals, as text, HTML, frame and plot."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from skprivate.exploration._estimate import Estimate
from skprivate.exploration._show import card_of


@dataclass(frozen=True)
class ColumnProfile:
    """What is known of a column.

    Parameters
    ----------
    name : str
        Its name, or ``x0``, ``x1``, ... if it has none.
    kind : {"number", "date", "category"}
        Dates are seconds since 1970; booleans are categories.
    missing : Estimate
        Number of rows without a value.
    quantiles : dict of float to Estimate
        Of numbers and dates.
    categories : dict of object to Estimate
        Number of rows of each, the most frequent first.
    others : Estimate or None
        Number of rows of all other categories together.
    """

    name: str
    kind: str
    missing: Estimate
    quantiles: dict
    categories: dict
    others: Estimate | None


@dataclass(frozen=True)
class TableProfile:
    """A private description of a table; `DPDataProfile` makes it.

    All of it was released, so it may be shown to anybody, any number of times.

    Parameters
    ----------
    n_rows : Estimate
        Number of rows.
    columns : tuple of ColumnProfile
        In the order of the table.
    correlations : dict of (str, str) to Estimate
        Rank correlation of each pair of columns of numbers. NaN, between -1 and 1,
        where a column does not vary as far as noise allows to say.
    confidence : float
        Probability, over the noise, with which an interval holds the exact number of
        this very table. That rows are a sample of others is not in it.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.exploration import DPDataProfile
    >>> X = np.random.default_rng(0).normal(size=(5000, 2))
    >>> profile = DPDataProfile(epsilon=1.0).fit(X).profile_
    >>> profile.to_frame().columns.tolist()
    ['column', 'statistic', 'value', 'low', 'high']
    """

    n_rows: Estimate
    columns: tuple
    correlations: dict
    confidence: float

    def records(self) -> list[dict[Any, Any]]:
        """All numbers, one dict each.

        Returns
        -------
        list of dict
            With the keys ``column``, ``statistic``, ``value``, ``low`` and ``high``.
        """
        lines = [("", "rows", self.n_rows)]
        for column in self.columns:
            lines.append((column.name, "missing", column.missing))
            for quantile, found in column.quantiles.items():
                lines.append((column.name, f"{100 * quantile:g}%", found))
            for category, found in column.categories.items():
                lines.append((column.name, f"rows of {category}", found))
            if column.others is not None:
                lines.append((column.name, "rows of others", column.others))
        for (first, second), found in self.correlations.items():
            lines.append((first, f"rank correlation with {second}", found))
        return [
            {"column": name, "statistic": statistic, **vars(found)}
            for name, statistic, found in lines
        ]

    def to_frame(self) -> Any:
        """All numbers as a data frame of pandas, one a row."""
        import pandas as pd

        return pd.DataFrame(self.records())

    def correlation_matrix(self) -> tuple[list[str], np.ndarray]:
        """Rank correlations as a square array, in the order of the columns of numbers.

        Returns
        -------
        names : list of str
        matrix : ndarray of shape (n_numbers, n_numbers)
        """
        names = [column.name for column in self.columns if column.kind != "category"]
        matrix = np.eye(len(names))
        pairs = zip(*np.triu_indices(len(names), 1), strict=True)
        if not self.correlations:
            return names, np.full(matrix.shape, np.nan)
        for (i, j), found in zip(pairs, self.correlations.values(), strict=True):
            matrix[i, j] = matrix[j, i] = found.value
        return names, matrix

    def plot(self, axes: Any = None) -> np.ndarray:
        """Draw every column, and the correlations; needs matplotlib.

        Parameters
        ----------
        axes : array of matplotlib axes, default=None
            One for each column, and one more if there are correlations; None makes a
            figure.

        Returns
        -------
        ndarray of matplotlib axes
        """
        from skprivate.exploration._plot import plotted

        return plotted(self, axes)

    def __getstate__(self):
        # What stores models without pickle has no pairs as keys.
        pairs = [(*names, found) for names, found in self.correlations.items()]
        return {**vars(self), "correlations": pairs}

    def __setstate__(self, state):
        pairs = {(a, b): found for a, b, found in state["correlations"]}
        vars(self).update(state | {"correlations": pairs})

    def __repr__(self):
        return card_of(self).text()

    def _repr_html_(self):
        return card_of(self).html()
