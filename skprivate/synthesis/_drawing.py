"""Rows drawn from a model: by condition, and such as rules allow."""

from dataclasses import dataclass

import numpy as np

from skprivate.marginals import drawn_codes, drawn_given

_BLOCK = 2**20  # rows made at a time, so that memory is bounded
_RAREST = 1e-3  # part of the rows that rules must allow
_TRIED = 10_000  # rows after which this part is known well enough


@dataclass(frozen=True, eq=False)
class Drawing:
    """How rows are drawn.

    Parameters
    ----------
    table : TableModel
    columns : sequence of ColumnValues
        Of all columns, but for labels that are none.
    rules : list of dict of int to Condition
        No row may meet all conditions of one of them.
    """

    table: object
    columns: tuple
    rules: list

    def __call__(self, n, given, label, rng):
        """Values of each column, and codes of labels.

        Parameters
        ----------
        n : int
        given : dict of int to Condition
        label : ndarray or None
            How likely each label is to be meant.
        rng : numpy.random.Generator

        Returns
        -------
        list of ndarray, ndarray
        """
        model, kept = self._conditioned(given, label)
        rows, done, tried = None, 0, 0
        while done < n:
            size = min(_BLOCK, n - done)
            if self.rules:
                rate = max(done / tried if tried else 0.5, _RAREST)
                size = int(min(_BLOCK, 16 + 1.1 * (n - done) / rate))
            codes, *block = self._block(model, kept, given, size, rng)
            if self.rules:
                allowed = np.flatnonzero(self._allowed(codes, *block))[: n - done]
                block = [part[allowed] for part in block]
            if rows is None:
                rows = [np.empty(n, part.dtype) for part in block]
            more = len(block[-1])
            for whole, part in zip(rows, block, strict=True):
                whole[done : done + more] = part
            done, tried = done + more, tried + size
            if self.rules and tried > _TRIED and done < _RAREST * tried:
                asked = " and that given asks for" if given else ""
                raise ValueError(
                    f"The rules forbid nearly all rows that the model holds{asked}, or "
                    "contradict each other. Drop some of them, or a part of given."
                )
        return rows[:-1], rows[-1]

    def _conditioned(self, given, label):
        """The model under conditions, and which codes are left."""
        table, factors, kept = self.table, [], {}
        for j, condition in given.items():
            kept[j] = condition.likelihood
            if j == table.label:
                factors.append(((j,), condition.likelihood))
                continue
            odds = table.within[j] * condition.likelihood[:, None]
            of_groups = np.zeros((int(table.groups[j].max()) + 1, odds.shape[1]))
            np.add.at(of_groups, table.groups[j], odds)
            if table.label is None:
                factors.append(((j,), of_groups[:, 0]))
            else:
                flipped = j > table.label
                factors.append(
                    (
                        tuple(sorted((j, table.label))),
                        of_groups.T if flipped else of_groups,
                    )
                )
        if label is not None:
            factors.append(((table.label,), label))
        if not factors:
            return table.model, kept
        model, mass = table.model.given(factors)
        if not mass > 0:
            raise ValueError(
                "By the model such rows never occur. Ask for a condition that is less "
                "rare, or drop a part of it."
            )
        return model, kept

    def _block(self, model, kept, given, n, rng):
        """Codes of some rows; then the values of each column, and labels."""
        table = self.table
        groups = drawn_codes(model, n, rng)
        label = None if table.label is None else groups[table.label]
        n_labels = table.within[0].shape[1]
        codes, values = [], []
        for j, column in enumerate(self.columns):
            code = groups[j]
            if j != table.label:
                odds = table.within[j]
                if j in kept:
                    odds = odds * kept[j][:, None]
                code = _within(odds, table.groups[j], code, label, n_labels, rng)
            ends = given[j].ends if j in given else None
            codes.append(code)
            values.append(column.drawn(code, ends, rng))
        return codes, *values, np.zeros(n, np.uint8) if label is None else label

    def _allowed(self, codes, *values):
        """Rows that meet no rule."""
        allowed = np.ones(len(values[-1]), dtype=bool)
        for rule in self.rules:
            met = np.ones(len(allowed), dtype=bool)
            for j, condition in rule.items():
                met &= condition.holds(codes[j], values[j])
            allowed &= ~met
        return allowed


def _within(odds, group, drawn, label, n_labels, rng):
    """Codes of rows of which the groups are known."""
    n_groups = int(group.max()) + 1
    if n_groups == len(group):
        return np.argsort(group)[drawn].astype(np.uint16)
    table = np.zeros((n_groups, n_labels, len(group)))
    table[group, :, np.arange(len(group))] = odds
    lines = drawn.astype(np.int32) * n_labels
    if n_labels > 1:
        lines += label
    return drawn_given(table.reshape(-1, len(group)), lines, rng)
