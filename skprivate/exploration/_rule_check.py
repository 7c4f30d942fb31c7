"""How many rows break each public rule: a count for each, by group."""

from dataclasses import dataclass, field, replace
from functools import partial
from numbers import Integral

import numpy as np

from skprivate.exploration._cell_counts import cell_counts
from skprivate.exploration._layout import Layout, packed_table
from skprivate.exploration._ratios import quotient
from skprivate.exploration._rules import place_of, satisfied
from skprivate.exploration._statistic import DPStatistic
from skprivate.exploration._table_question import TableQuestion
from skprivate.rows import NoRows, Rows, refused, schema_of
from skprivate.rows._arrow import framed
from skprivate.rows._emptied import emptied
from skprivate.rows._kinds import feature_names, is_dask, is_pandas, is_polars
from skprivate.rows._refusal import sealed
from skprivate.rows._table_map import TableMap


@dataclass(frozen=True, eq=False, repr=False)
class DPRuleCheck(DPStatistic):
    """Numbers of rows that break rules, with intervals, by group if there are any.

    Parameters
    ----------
    name, axes, values, low, high, population, confidence, privacy
        As of :class:`DPStatistic`: one number for each rule. ``population`` is None.
    n_rows : DPStatistic
        The number of rows, by group.
    shares : DPStatistic
        The share of rows that break each rule.

    Examples
    --------
    >>> from skprivate.exploration import dp_check_rules
    >>> ages = [[34.0], [151.0]] * 500
    >>> found = dp_check_rules(ages, {0: "0..120"})
    >>> bool(470 < found["0"] < 530), bool(0.45 < found.shares["0"] < 0.55)
    (True, True)
    """

    n_rows: DPStatistic
    shares: DPStatistic

    def __getitem__(self, label):
        """What was found of a group; without groups, of a rule."""
        found = super().__getitem__(label)
        by_group = len(self.axes) > 1
        rows = self.n_rows[label] if by_group else self.n_rows
        return replace(found, n_rows=rows, shares=self.shares[label])


@dataclass(frozen=True, eq=False)
class RuleCheck(TableQuestion):
    """A question about rules: rows become flags before they pass the door.

    **Guarantee.** A flag depends on its row alone, see ``_rules``. A row adds one, or
    its weight, to the number of rows of one group, and to that of each rule which it
    breaks: these are counts, of sensitivity one each, that share the budget. With r
    rules the noise of each is that of a vector of norm ``sqrt(r + 1)``.

    Parameters
    ----------
    columns, by, categories, bounds, beside, layout, single
        As of :class:`TableQuestion`; ``columns`` are those that rules see, beside keys.
    rules : tuple of Rule
    named : tuple of Rule, default=None
        The same by names of columns, once the table is known.
    """

    rules: tuple = ()
    named: tuple | None = field(default=None, repr=False)

    def of_table(self, X, beside):
        """The same, of which results name the rules."""
        X = framed(X)
        labels = () if isinstance(X, Rows) else list(getattr(X, "columns", ()))
        if len(set(labels)) < len(labels):
            raise refused(
                ValueError, "Columns of X have equal names. Rename some of them."
            )
        found, table = super().of_table(X, beside)
        if not (table is None or isinstance(table, Rows)):
            schema_of(table)  # which refuses types of which nothing can be said
        return replace(found, single=False, named=self._by_names(X)), table

    def _by_names(self, X):
        """Rules by names of columns, in place of their numbers in a table."""
        if X is None or isinstance(X, Rows) or hasattr(X, "to_frame"):
            return self.rules  # what is named later, or a single column
        labels, names = list(getattr(X, "columns", ())), feature_names(X)

        def renamed(rule):
            place = rule.column
            if labels:
                place = place_of(rule.column, labels)
            if isinstance(place, Integral):
                return replace(rule, column=names[place] if names else f"x{place}")
            return rule

        return tuple(map(renamed, self.rules))

    def layout_for(self, columns):
        """Flags come first, and then keys."""
        r, k = len(self.rules), self.n_keys
        if self.layout is not None:
            names = self.layout.key_names
        else:
            names = [n if isinstance(n, str) else f"x{n}" for n in self.by or ()]
        rules = tuple(rule.name for rule in self.rules)
        return Layout(tuple(range(r)), tuple(range(r, r + k)), rules, tuple(names))

    def read_as(self, columns):
        """Flags are numbers."""
        r = len(self.rules)
        return tuple(
            replace(c, kind="number" if j < r else "category")
            for j, c in enumerate(columns)
        )

    def refuse_source(self, X):
        """Rules see tables as they are, which not every source holds."""
        if isinstance(X, Rows) and not X.holds_tables:
            raise refused(
                TypeError,
                f"{type(X).__name__} holds no tables, of which rules could be "
                "checked. Pass a table, ChunkRows or DaskRows.",
            )

    def read(self, X):
        """Flags and keys of rows, wherever they are."""
        if isinstance(X, NoRows):
            return X
        if isinstance(X, Rows):
            row = X.first_row()
            none = np.zeros((0, len(self.rules) + self.n_keys))
            made = none if row is None else emptied(self._flagged(row))
            return X.mapped(TableMap(self._flagged, made))
        return self._of_dask(X) if is_dask(X) else self._flagged(X)

    def _of_dask(self, X):
        if hasattr(X, "columns"):
            meta = self._flagged(X._meta)
            return X.map_partitions(self._flagged, meta=meta)
        X = X.rechunk({1: -1})
        made = self._flagged(np.zeros((0, X.shape[1]), X.dtype))
        chunks = (X.chunks[0], (made.shape[1],))
        return X.map_blocks(self._flagged, dtype=made.dtype, chunks=chunks, meta=made)

    def _flagged(self, X):
        """Flags and keys of a table; its errors hold no data."""
        return sealed(partial(self._flags_and_keys, X))

    def _flags_and_keys(self, X):
        """NaN for each rule that a row satisfies, else zero: what is there counts."""
        layout, rules = self.layout, self.named
        if layout is None:
            rules = self._by_names(X)
            X, layout, _ = packed_table(X, self.columns, self.by, {})
        labels = [*layout.names, *layout.key_names]
        for rule in rules:
            if rule.column is not None and place_of(rule.column, labels) is None:
                raise refused(
                    ValueError,
                    f"The rule {rule.name!r} is about a column that X does not have, "
                    "or that columns=... leaves out. Name one: (column, rule).",
                )
        flags = np.where(satisfied(rules, X, labels), np.nan, 0.0)
        return _beside(flags, X, len(layout.values))

    def ask(self, curator, z):
        """One count of each group, of all rows and of each rule."""
        opened = self.opened(curator, bounds=False)
        counts, noise = cell_counts(curator, opened.cells, (None, *opened.values))
        counts, reach = np.maximum(counts, 0.0), z * noise
        ends = counts, np.maximum(counts - reach, 0.0), counts + reach
        rows = self._by_group(opened, *(part[:1] for part in ends))
        broken = self.shaped(opened, *(part[1:] for part in ends))
        of_noise = noise**2, noise**2, 0.0
        shares = quotient(counts[1:], counts[:1], of_noise, z)
        return self.axes_of(opened), broken, rows, self.shaped(opened, *shares)

    def _by_group(self, opened, *parts):
        return replace(self, single=True).shaped(opened, *parts)

    def axes_of(self, opened):
        """Axes of the values: groups, and rules."""
        return (*opened.axes, ("rule", opened.names))

    def result(self, answer, name, confidence, privacy):
        """What the user gets."""
        axes, broken, rows, shares = answer
        known = None, confidence, privacy
        return DPRuleCheck(
            "rows that break the rule",
            axes,
            *broken,
            *known,
            n_rows=DPStatistic("rows", axes[:-1], *rows, *known),
            shares=DPStatistic("share that breaks the rule", axes, *shares, *known),
        )


def _beside(flags, table, first_key):
    """Flags as a table, with the columns of keys at its end, of the types they have."""
    if first_key == table.shape[1]:
        keys = None
    else:
        keys = list(range(first_key, table.shape[1]))
    names = [f"rule {j}" for j in range(flags.shape[1])]
    if is_pandas(table):
        import pandas as pd

        made = pd.DataFrame(flags, columns=names, index=table.index)
        return made if keys is None else pd.concat([made, table.iloc[:, keys]], axis=1)
    if is_polars(table):
        import polars as pl

        made = pl.DataFrame(dict(zip(names, flags.T, strict=True)))
        return made if keys is None else made.hstack(table[:, keys])
    if keys is None:
        return flags
    if table.dtype.kind in "biuf":
        return np.column_stack([flags, table[:, keys]])
    made = np.empty((len(flags), flags.shape[1] + len(keys)), dtype=object)
    made[:, : flags.shape[1]] = flags
    made[:, flags.shape[1] :] = table[:, keys]
    return made
