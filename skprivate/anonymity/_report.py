"""What can be said of a table that is given away: sizes of groups, risks, secrets."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from skprivate._card import Card, Section, Table
from skprivate._typing import TableLike
from skprivate.anonymity._columns import coded, plain
from skprivate.anonymity._frames import chosen, column_of, names_of

_ALARM = "NOT PRIVATE: exact numbers of the rows, and no bound on what anybody learns."
_HIGH_RISK = 0.2


@dataclass(frozen=True)
class SecretReport:
    """What groups tell of a sensitive column.

    Parameters
    ----------
    distinct : int
        Least number of values in a group (distinct l-diversity).
    entropy : float
        Least exponential of the entropy of a group (entropy l-diversity).
    largest_share : float
        Largest share of a value in a group: alpha of (alpha, k)-anonymity.
    recursive_c : float
        Largest ratio of the most frequent value of a group to all but it, infinite if
        there is no other (recursive (c, 2)-diversity holds for a larger c).
    t : float
        Largest distance of a group from the table: half the sum of differences.
    t_ordered : float or None
        The same by the earth mover's distance of ranks, of numbers.
    beta : float
        Largest relative gain of the share of a value: basic beta-likeness.
    delta_disclosure : float
        Largest logarithm of a ratio of shares, either way; infinite if a value of the
        table is absent from a group.

    Examples
    --------
    See :func:`anonymity_report`.
    """

    distinct: int
    entropy: float
    largest_share: float
    recursive_c: float
    t: float
    t_ordered: float | None
    beta: float
    delta_disclosure: float


@dataclass(frozen=True, repr=False)
class AnonymityReport:
    """Sizes of the groups of a table, and the risks that follow. Not private.

    Made by :func:`anonymity_report`.

    Parameters
    ----------
    quasi_identifiers : tuple
        Columns in which rows of a group agree.
    n_rows, n_classes : int
        Rows, and groups of rows that are alike.
    k : int
        Rows of the smallest group.
    n_unique : int
        Rows that are alone.
    risk : float
        Of the worst row: one over the size of its group (prosecutor risk).
    mean_risk : float
        Mean over rows.
    at_high_risk : float
        Share of rows with a risk above one fifth.
    mean_size : float
        Rows by groups.
    discernibility : int
        Sum of squared sizes of groups.
    secrets : dict of column to SecretReport
        Of sensitive columns.
    population_k : int or None
        Least number of people in the population who are like a row (k-map).
    journalist_risk : float or None
        One over it.
    presence : tuple (low, high) or None
        Of all groups of the population: how likely a member is in the table
        (delta-presence).

    Examples
    --------
    See :func:`anonymity_report`.
    """

    quasi_identifiers: tuple
    n_rows: int
    n_classes: int
    k: int
    n_unique: int
    risk: float
    mean_risk: float
    at_high_risk: float
    mean_size: float
    discernibility: int
    secrets: dict = field(default_factory=dict)
    population_k: int | None = None
    journalist_risk: float | None = None
    presence: tuple | None = None

    def plot(self, ax: Any = None) -> Any:
        """Draw what is said of the rows as bars.

        Parameters
        ----------
        ax : matplotlib Axes, default=None

        Returns
        -------
        matplotlib Axes
        """
        if ax is None:
            from matplotlib import pyplot as plt

            _, ax = plt.subplots(layout="constrained")
        names = ["worst row", "mean of rows", "share above 1/5", "share alone"]
        shares = [self.risk, self.mean_risk, self.at_high_risk]
        ax.barh(names, [*shares, self.n_unique / self.n_rows])
        ax.set(
            xlim=(0, 1), xlabel="risk that a row is told apart", title=f"k = {self.k}"
        )
        return ax

    def __repr__(self):
        return self._card().text()

    def _repr_html_(self):
        return self._card().html()

    def _card(self):
        said = [
            f"k = {self.k}: the smallest of {self.n_classes:,} groups of rows",
            f"{self.n_unique:,} of {self.n_rows:,} rows are alone",
            f"risk to be told apart: {self.risk:.3g} at most, {self.mean_risk:.3g} on "
            f"average; {self.at_high_risk:.1%} of the rows above {_HIGH_RISK:g}",
        ]
        if self.population_k is not None:
            low, high = self.presence
            said.append(f"in the population at least {self.population_k} are alike")
            said.append(f"who is in a group is in the table by {low:.3g} to {high:.3g}")
        head = ("sensitive", "l", "entropy l", "largest share", "t", "beta")
        rows = tuple(
            (
                str(name),
                str(one.distinct),
                f"{one.entropy:.3g}",
                f"{one.largest_share:.3g}",
                f"{one.t if one.t_ordered is None else one.t_ordered:.3g}",
                f"{one.beta:.3g}",
            )
            for name, one in self.secrets.items()
        )
        sections = ()
        if rows:
            sections = (Section("Secrets", (Table(head, rows, numbers=head[1:]),)),)
        return Card("Groups of rows that are alike", (_ALARM,), tuple(said), sections)


def anonymity_report(
    X: TableLike,
    *,
    quasi_identifiers: list[Any],
    sensitive: list[Any] | None = None,
    population: TableLike = None,
    classes: ArrayLike | None = None,
) -> AnonymityReport:
    """How many rows are alike, and what groups tell. Not private.

    Parameters
    ----------
    X : frame or array of shape (n_rows, n_columns)
        A table, as it is to be given away. A missing value is a value.
    quasi_identifiers : list
        Columns by which people could be found.
    sensitive : list, default=None
        Columns that people should not be linked with.
    population : frame or array, default=None
        Of all people who could be in the table, with its quasi-identifiers, written
        alike.
    classes : array-like of int of shape (n_rows,), default=None
        Number of the group of each row, if it is known already.

    Returns
    -------
    AnonymityReport

    References
    ----------
    Machanavajjhala et al. (2007), l-diversity. Li, Li and Venkatasubramanian (2007),
    t-closeness. Cao and Karras (2012), beta-likeness. Brickell and Shmatikov (2008),
    delta-disclosure. Nergiz, Atzori and Clifton (2007), delta-presence.

    Examples
    --------
    >>> import pandas as pd
    >>> from skprivate.anonymity import anonymity_report
    >>> table = pd.DataFrame(
    ...     {
    ...         "age": ["20-29", "20-29", "30-39", "30-39", "30-39"],
    ...         "ill": ["yes", "no", "no", "no", "no"],
    ...     }
    ... )
    >>> report = anonymity_report(table, quasi_identifiers=["age"], sensitive=["ill"])
    >>> report.k, report.secrets["ill"].distinct, round(report.mean_risk, 3)
    (2, 1, 0.4)
    """
    public = chosen(X, quasi_identifiers, "quasi_identifiers")
    secret = chosen(X, sensitive or [], "sensitive")
    if not public:
        raise ValueError("quasi_identifiers is empty. Name at least one column.")
    n_rows = len(X)
    if n_rows == 0:
        raise ValueError("The table has no rows. Pass one that has some.")
    if classes is None:
        classes = _classes({name: column_of(X, name) for name in public})
    classes = np.unique(np.asarray(classes), return_inverse=True)[1].reshape(-1)
    if len(classes) != n_rows:
        raise ValueError("classes must hold a number for each row of X. Give as many.")
    sizes = np.bincount(np.asarray(classes))
    own = sizes[classes]
    sizes = sizes[sizes > 0]
    report = {
        "quasi_identifiers": tuple(public),
        "n_rows": n_rows,
        "n_classes": len(sizes),
        "k": int(sizes.min()),
        "n_unique": int((sizes == 1).sum()),
        "risk": float(1 / sizes.min()),
        "mean_risk": len(sizes) / n_rows,
        "at_high_risk": float((1 / own > _HIGH_RISK).mean()),
        "mean_size": n_rows / len(sizes),
        "discernibility": int((sizes.astype(np.int64) ** 2).sum()),
        "secrets": {name: _secret(name, X, classes) for name in secret},
    }
    if population is not None:
        report.update(_in_population(X, population, public))
    return AnonymityReport(**report)


def _classes(columns):
    """Number of the group of each row: rows that agree in all columns."""
    classes = np.int64(0)
    for name, column in columns.items():
        one = coded(name, column)
        classes = classes * one.n_codes + one.codes
        _, classes = np.unique(classes, return_inverse=True)  # so that none overflows
        classes = classes.reshape(-1)
    return classes


def _secret(name, X, classes):
    """What groups tell of a column."""
    column = coded(name, column_of(X, name))
    n = column.n_codes
    cells = np.unique(classes * np.int64(n) + column.codes, return_counts=True)
    groups, values = np.divmod(cells[0], n)
    groups = np.unique(groups, return_inverse=True)[1].reshape(-1)
    sizes = np.bincount(groups, weights=cells[1])
    whole = np.bincount(column.codes, minlength=n) / len(column.codes)
    shares = cells[1] / sizes[groups]
    distinct = np.bincount(groups)
    entropy = np.exp(-np.bincount(groups, weights=shares * np.log(shares)))
    largest = np.zeros(len(sizes))
    np.maximum.at(largest, groups, shares)
    with np.errstate(divide="ignore"):
        c = np.where(largest < 1, largest / (1 - largest), np.inf)
    # Values that a group lacks count as well: all of the table less those it has.
    apart = np.bincount(groups, weights=np.abs(shares - whole[values]) - whole[values])
    log = np.abs(np.log(shares / whole[values])).max()
    lacks = (distinct < (whole > 0).sum()).any()
    ordered = None
    if column.is_number:
        ordered = _ordered(groups, values, cells[1], sizes, whole)
    return SecretReport(
        distinct=int(distinct.min()),
        entropy=float(entropy.min()),
        largest_share=float(largest.max()),
        recursive_c=float(c.max()),
        t=float((0.5 * (apart + 1)).max()),
        t_ordered=ordered,
        beta=float((shares / whole[values] - 1).max()),
        delta_disclosure=float(np.inf if lacks else log),
    )


def _ordered(groups, values, counts, sizes, whole):
    """Largest earth mover's distance of ranks, group by group.

    Between two values that a group holds its cumulative share is constant, so that sums
    over the table's values follow from cumulative sums of the table, cut where the
    difference changes its sign.
    """
    n = len(whole)
    if n == 1:
        return 0.0
    total = np.cumsum(whole)
    sums = np.concatenate([[0.0], np.cumsum(total)])
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    # From each value of a group to its next one, or to the end of the table.
    seen = np.cumsum(counts)
    level = (seen - (seen - counts)[starts][groups]) / sizes[groups]
    right = np.append(values[1:], n)
    right[starts[1:] - 1] = n
    cross = np.clip(np.searchsorted(total, level), values, right)
    below = level * (cross - values) - (sums[cross] - sums[values])
    above = (sums[right] - sums[cross]) - level * (right - cross)
    apart = np.bincount(groups, weights=below + above) + sums[values[starts]]
    return float(apart.max()) / (n - 1)


def _in_population(X, population, public):
    """Risks of who knows all people, but not who is in the table."""
    lost = [name for name in public if name not in names_of(population)]
    if lost:
        raise ValueError(f"population has no column {lost[0]!r}. Add it.")
    both = {}
    for name in public:
        parts = [coded(name, column_of(table, name)) for table in (X, population)]
        both[name] = np.concatenate(
            [
                np.array([*map(plain, one.values), None], dtype=object)[one.codes]
                for one in parts
            ]
        )
    classes = _classes(both)
    n_classes = classes.max() + 1
    in_table = np.bincount(classes[: len(X)], minlength=n_classes)
    among_all = np.bincount(classes[len(X) :], minlength=n_classes)
    if (among_all < in_table).any():
        raise ValueError(
            "population holds fewer people of a group than the table. It must hold all "
            "who are in the table, with values written alike."
        )
    there = in_table > 0
    presence = in_table[among_all > 0] / among_all[among_all > 0]
    least = int(among_all[there].min())
    return {
        "population_k": least,
        "journalist_risk": 1 / least,
        "presence": (float(presence.min()), float(presence.max())),
    }
