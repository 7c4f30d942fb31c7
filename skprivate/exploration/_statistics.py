"""Counts, sums, means, variances, quantiles and histograms, for a price."""

from collections.abc import Sequence
from typing import Any, Literal

from numpy.typing import ArrayLike

from skprivate._typing import BoundsLike, TableLike
from skprivate.exploration._cell_counts import Counts, Histogram
from skprivate.exploration._group_quantiles import GroupQuantiles
from skprivate.exploration._histogram import DPHistogram
from skprivate.exploration._measured import statistic
from skprivate.exploration._moments import Means, Sums, Variances
from skprivate.exploration._rule_check import DPRuleCheck, RuleCheck
from skprivate.exploration._rules import parsed_rules
from skprivate.exploration._statistic import DPStatistic


@statistic
def dp_count(
    X: TableLike, *, columns: Any = None, by: Any = None, categories: Any = "private"
) -> DPStatistic:
    """Number of rows under differential privacy.

    Parameters
    ----------
    X : array-like, series, data frame, dask collection or Rows
        The rows. One column may be given as such.
    columns : name, number, or list of them, default=None
        None counts rows, whatever they hold. For each column that is named, rows are
        counted that have a value there: NaN and None are none.

    Returns
    -------
    DPStatistic
        No number is below zero.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.exploration import dp_count
    >>> plan = np.array(["free", "team"] * 500)
    >>> found = dp_count(plan, by=plan, categories=["free", "team"])
    >>> bool(480 < found["team"] < 520)
    True
    """
    return Counts(columns, by, categories)


@statistic
def dp_sum(
    X: TableLike,
    *,
    columns: Any = None,
    by: Any = None,
    categories: Any = "private",
    bounds: BoundsLike | Literal["private"] = "private",
) -> DPStatistic:
    """Sum of each column under differential privacy.

    A missing value (NaN, None) adds nothing.

    Parameters
    ----------
    X : array-like, series, data frame, dask collection or Rows
        Numbers, or dates: seconds since 1970. One column may be given as such.
    columns : name, number, or list of them, default=None
        What is summed up; None: all columns but those of ``by``.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the numbers: two numbers, or two arrays of one per column. What
        is outside is moved to the nearer end. ``"private"`` pays a tenth of the budget
        for a search; a column of booleans needs none.

    Returns
    -------
    DPStatistic

    Examples
    --------
    >>> from skprivate.exploration import dp_sum
    >>> total = dp_sum([0.0, 1.0, 2.0] * 1000, bounds=(0, 2))
    >>> bool(2900 < total < 3100)
    True
    """
    return Sums(columns, by, categories, bounds)


@statistic
def dp_mean(
    X: TableLike,
    *,
    columns: Any = None,
    by: Any = None,
    categories: Any = "private",
    bounds: BoundsLike | Literal["private"] = "private",
) -> DPStatistic:
    """Mean of each column under differential privacy.

    Missing values (NaN, None) are left out, column by column. How many values there
    are is private: it is measured, too. There are two intervals: for the mean of these
    very rows, and, as ``population``, for that of whatever the rows are a sample of.

    Parameters
    ----------
    X : array-like, series, data frame, dask collection or Rows
        Numbers, or dates: seconds since 1970. One column may be given as such.
    columns : name, number, or list of them, default=None
        What is averaged; None: all columns but those of ``by``.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the numbers: two numbers, or two arrays of one per column. What
        is outside is moved to the nearer end. ``"private"`` pays a tenth of the budget
        for a search; a column of booleans needs none.

    Returns
    -------
    DPStatistic

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.exploration import dp_mean
    >>> age, plan = np.array([30, 40, 50] * 500), np.array([1, 2, 3] * 500)
    >>> bool(38 < dp_mean(age, bounds=(18, 90)) < 42)
    True
    >>> by_plan = dp_mean(age, by=plan, categories=[1, 2, 3], bounds=(18, 90))
    >>> bool(28 < by_plan[1] < 32)
    True
    """
    return Means(columns, by, categories, bounds)


@statistic
def dp_var(
    X: TableLike,
    *,
    columns: Any = None,
    by: Any = None,
    categories: Any = "private",
    bounds: BoundsLike | Literal["private"] = "private",
) -> DPStatistic:
    """Variance of each column under differential privacy.

    Missing values (NaN, None) are left out, column by column. The sum of squares is
    divided by the number of values, as NumPy does, not by one less.

    Parameters
    ----------
    X : array-like, series, data frame, dask collection or Rows
        Numbers, or dates: seconds since 1970. One column may be given as such.
    columns : name, number, or list of them, default=None
        Of which columns; None: all but those of ``by``.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the numbers: two numbers, or two arrays of one per column. What
        is outside is moved to the nearer end. ``"private"`` pays a tenth of the budget
        for a search; a column of booleans needs none.

    Returns
    -------
    DPStatistic

    Examples
    --------
    >>> from skprivate.exploration import dp_var
    >>> variance = dp_var([0.0, 1.0] * 1000, bounds=(0, 1))
    >>> bool(0.2 < variance <= 0.25)
    True
    """
    return Variances(columns, by, categories, bounds)


@statistic
def dp_std(
    X: TableLike,
    *,
    columns: Any = None,
    by: Any = None,
    categories: Any = "private",
    bounds: BoundsLike | Literal["private"] = "private",
) -> DPStatistic:
    """Standard deviation of each column under differential privacy.

    It is the root of :func:`dp_var`, and so are the ends of its interval.

    Parameters
    ----------
    X : array-like, series, data frame, dask collection or Rows
        Numbers, or dates: seconds since 1970. One column may be given as such.
    columns : name, number, or list of them, default=None
        Of which columns; None: all but those of ``by``.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the numbers: two numbers, or two arrays of one per column. What
        is outside is moved to the nearer end. ``"private"`` pays a tenth of the budget
        for a search; a column of booleans needs none.

    Returns
    -------
    DPStatistic

    Examples
    --------
    >>> from skprivate.exploration import dp_std
    >>> deviation = dp_std([0.0, 1.0] * 1000, bounds=(0, 1))
    >>> bool(0.4 < deviation <= 0.5)
    True
    """
    return Variances(columns, by, categories, bounds, root=True)


@statistic
def dp_quantile(
    X: TableLike,
    q: float | Sequence[float] = 0.5,
    *,
    columns: Any = None,
    by: Any = None,
    categories: Any = "private",
    bounds: BoundsLike | Literal["private"] = "private",
) -> DPStatistic:
    """Quantiles of each column under differential privacy.

    Missing values (NaN, None) are left out, column by column. What is found is a value
    with about the rank that was asked for; an interval holds the smallest value up to
    which there are at least ``q`` of the rows, more often than it says.

    Parameters
    ----------
    X : array-like, series, data frame, dask collection or Rows
        Numbers, or dates: seconds since 1970. One column may be given as such.
    q : float or list of float, default=0.5
        Public numbers from 0 to 1; 0.5 is the median. One more costs nothing. The
        first and last few of the rows cannot be told from noise.
    columns : name, number, or list of them, default=None
        Of which columns; None: all but those of ``by``.
    bounds : tuple (low, high) or "private", default="private"
        Public range of the numbers: two numbers, or two arrays of one per column. What
        is outside is moved to the nearer end. ``"private"`` pays a tenth of the budget
        for a search; a column of booleans needs none.

    Returns
    -------
    DPStatistic

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.exploration import dp_quantile
    >>> age = np.arange(18, 91).repeat(50)
    >>> quartiles = dp_quantile(age, [0.25, 0.5, 0.75], bounds=(18, 90))
    >>> bool(52 < quartiles[0.5] < 56)
    True
    """
    return GroupQuantiles(columns, by, categories, bounds, q=q)


@statistic
def dp_histogram(
    X: TableLike, bins: int | Sequence[float] = 10,
    range: BoundsLike | Literal["private"] = "private", *, density: bool = False,
    columns: Any = None, by: Any = None, categories: Any = "private",
) -> DPHistogram:  # fmt: skip
    """Histogram of a column under differential privacy.

    Missing values (NaN, None), and values outside of the bins, count nowhere.

    Parameters
    ----------
    X : array-like, series, data frame, dask collection or Rows
        Numbers, or dates: seconds since 1970. One column may be given as such.
    bins : int or sequence of float, default=10
        Public: a number of bins of equal width, or their edges. The last one has both
        of its ends.
    range : tuple (low, high) or "private", default="private"
        Public ends of the first and last bin. ``"private"`` pays a tenth of the budget
        for a search; edges need none.
    density : bool, default=False
        Whether to divide by the number of rows that were counted, which is noisy, and
        by the width of the bins.
    columns : name or number, default=None
        Of which column; needed where there is more than one but those of ``by``.

    Returns
    -------
    DPHistogram
        It unpacks into ``counts, edges``.

    Examples
    --------
    >>> from skprivate.exploration import dp_histogram
    >>> counts, edges = dp_histogram([1, 2, 2, 3] * 500, bins=3, range=(0.5, 3.5))
    >>> edges.tolist()
    [0.5, 1.5, 2.5, 3.5]
    """
    question = {"bins": bins, "range": range, "density": density}
    return Histogram(columns, by, categories, **question)


@statistic
def dp_histogram2d(
    X: TableLike,
    y: ArrayLike | None = None,
    bins: int | Sequence[float] | tuple[Any, Any] = 10,
    range: Sequence[BoundsLike] | Literal["private"] = "private",
    *,
    density: bool = False,
    columns: Sequence[Any] | None = None,
    by: Any = None,
    categories: Any = "private",
) -> DPHistogram:
    """Histogram of two columns together, under differential privacy.

    Rows where a value is missing (NaN, None), or outside of the bins, count nowhere.

    Parameters
    ----------
    X : array-like, series, data frame, dask collection or Rows
        A column of numbers or dates, or a table of two columns.
    y : array-like of shape (n_samples,), default=None
        The second column, if ``X`` is the first.
    bins : int, sequence of float, or pair of these, default=10
        Public: a number of bins of equal width, or their edges, for both columns or
        for each.
    range : pair of tuples (low, high), or "private", default="private"
        Public ends of the bins of each column. ``"private"`` pays a tenth of the budget
        for a search; edges need none.
    density : bool, default=False
        Whether to divide by the number of rows that were counted, which is noisy, and
        by the area of the bins.
    columns : list of two names or numbers, default=None
        Which columns; needed where there are more than two but those of ``by``.

    Returns
    -------
    DPHistogram
        It unpacks into ``counts, x_edges, y_edges``.

    Examples
    --------
    >>> import numpy as np
    >>> from skprivate.exploration import dp_histogram2d
    >>> x, y = np.random.default_rng(0).random((2, 3000))
    >>> counts, x_edges, y_edges = dp_histogram2d(x, y, 2, range=[(0, 1), (0, 1)])
    >>> counts.shape
    (2, 2)
    """
    question = {"bins": bins, "range": range, "density": density, "n_columns": 2}
    return Histogram(columns, by, categories, **question)


@statistic
def dp_check_rules(
    X: TableLike,
    rules: dict[Any, Any],
    *,
    columns: Any = None,
    by: Any = None,
    categories: Any = "private",
) -> DPRuleCheck:
    """Number of rows that break each public rule, under differential privacy.

    A row counts for each rule that it does not satisfy. A value that is missing breaks
    a rule unless this says ``or missing``; so do a value of another type, and a
    function that raises: nothing is raised, as others could see that. All rules, and
    the number of rows, are one release, whose noise grows with the root of their
    number.

    **Guarantee.** What a row adds depends on this row alone, as long as functions that
    are rules do: they must keep nothing from one call to the next.

    Parameters
    ----------
    X : array-like, series, data frame, dask collection or Rows
        The rows. One column may be given as such.
    rules : dict
        Public. By the name of a column: a range ``"0..120"``, ``"0.."`` or
        ``"2020-01-01..2025-12-31"``, both ends included; ``"present"``; a list of
        values; or a compiled pattern, which matches whole texts. After a text,
        ``" or missing"`` lets values be missing; so does None in a list. By any other
        name: ``(column, rule)``, or a function of a row, which is a dict by the names
        of columns, and returns whether it is right.
    columns : name, number, or list of them, default=None
        Which columns functions see, beside those of ``by``; None: all.

    Returns
    -------
    DPRuleCheck
        With ``n_rows`` and ``shares``, which cost nothing more.

    Examples
    --------
    >>> import pandas as pd
    >>> from skprivate.exploration import dp_check_rules
    >>> table = pd.DataFrame({"age": [34, 151], "state": ["NY", "?"]})
    >>> table = pd.concat([table] * 500)
    >>> rules = {"age": "0..120", "state": ["NY", "CA"]}
    >>> rules["adult in NY"] = lambda row: row["state"] != "NY" or row["age"] >= 18
    >>> found = dp_check_rules(table, rules)
    >>> bool(460 < found["state"] < 540), bool(found["adult in NY"] < 40)
    (True, True)
    """
    return RuleCheck(columns, by, categories, rules=parsed_rules(rules))
