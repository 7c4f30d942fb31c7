"""Columns in coarse groups of codes: what tables of several columns are about."""

from dataclasses import dataclass

import numpy as np

from skprivate.marginals import JunctionTree, Measured, pair_tables
from skprivate.queries import GroupCells, OfView


@dataclass(frozen=True, eq=False)
class Grouped:
    """How columns are counted together, with the label if there is one.

    Parameters
    ----------
    layout : Layout
    groups : tuple of ndarray of int
        The group of each code of each column.
    """

    layout: object
    groups: tuple

    def tree(self, pairs):
        """Junction tree of pairs and the label."""
        layout = self.layout
        sizes = [int(group.max()) + 1 for group in self.groups]
        if layout.n_classes is not None:
            sizes.append(layout.n_classes)
        terms = [*((j,) for j in layout.features), *pairs]
        return JunctionTree.around(sizes, [(*t, *self.label) for t in terms])

    @property
    def label(self):
        """The variable that is the label, as a tuple; empty if there is none."""
        return () if self.layout.label is None else (self.layout.label,)

    def shape(self, pair):
        """Number of groups of two columns."""
        return tuple(int(self.groups[j].max()) + 1 for j in pair)

    def cells(self, pair):
        """Number of cells of the table of a pair."""
        return int(np.prod(self.shape(pair))) * self.layout.n_labels

    def counts(self, pairs):
        """Query of rows in the cells of pairs."""
        return self.layout.counts(lambda terms: GroupCells(self.groups, terms), pairs)

    def counted(self, curator, pairs, shares):
        """What is released of pairs, each for a share."""
        queries = [self.counts([pair]) for pair in pairs]
        answers = curator.release(
            *(OfView(query, self.layout.view) for query in queries), share=shares
        )
        answers = answers if isinstance(answers, tuple) else (answers,)
        found = []
        for pair, answer, query, share in zip(
            pairs, answers, queries, shares, strict=True
        ):
            (table,) = self.layout.as_tables(answer, [self.shape(pair)])
            noise = max(curator.noise_of(query, share=share), 1e-9)
            found.append(self.measured(pair, table, noise))
        return found

    def measured(self, columns, table, noise):
        """A table by columns and label, with its axes in the order of variables."""
        noise = np.broadcast_to(noise, table.shape)
        if not self.label:
            return Measured(columns, table[..., 0], noise[..., 0])
        variables = (*columns, *self.label)
        order = np.argsort(variables)
        return Measured(
            tuple(variables[k] for k in order),
            np.transpose(table, order),
            np.transpose(noise, order),
        )

    def of_singles(self, singles):
        """Rows of each group, by label."""
        for j, table in zip(self.layout.features, singles.counts, strict=True):
            group = self.groups[j]
            n_codes = np.bincount(group).astype(float)[:, None]
            noise = np.broadcast_to(
                singles.noise * np.sqrt(n_codes), (len(n_codes), table.shape[1])
            )
            yield self.measured((j,), summed(table, group), noise)

    def held(self, model, pairs):
        """Probabilities of the cells of pairs, part by part, by a model."""
        tables = pair_tables(model, pairs, self.label)
        return np.concatenate([table.ravel() for table in tables])


def summed(table, group):
    """Rows of groups of codes."""
    found = np.zeros((int(group.max()) + 1, table.shape[1]))
    np.add.at(found, group, table)
    return found
