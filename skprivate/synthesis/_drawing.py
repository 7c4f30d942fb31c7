"""Rows drawn from a model: by condition, and such as rules allow."""

from dataclasses import dataclass

import numpy as np

from skprivate.marginals import drawn_codes, drawn_given

_BLOCK = 2**20  # rows made at a time, so that memory is bounded
_MOST_ROUNDS = 200
_RAREST = 1e-3  # part of the rows that rules must allow


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
        parts, missing, tried, found = [], n, 0, 0
        for _ in range(_MOST_ROUNDS):
            size = min(_BLOCK, missing)
            if self.rules:
                rate = max(found / tried if tried else 0.5, _RAREST)
                size = int(min(_BLOCK, 16 + 1.1 * missing / rate))
            block = self._block(model, kept, given, size, rng)
            if self.rules:
                tried += size
                block = _taken(block, self._allowed(*block), missing)
                found += len(block[1])
                if found < _RAREST * tried and tried > 10_000:
                    break
            parts.append(block)
            missing -= len(block[1])
            if not missing:
                return _joined(parts)
        raise ValueError(
            "The rules forbid nearly all rows that the model holds, or contradict each "
            "other. Drop some of them."
        )

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
        """Values and labels of some rows."""
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
        return (codes, values), (np.zeros(n, np.uint8) if label is None else label)

    def _allowed(self, columns, label):
        """Rows that meet no rule."""
        allowed = np.ones(len(label), dtype=bool)
        codes, values = columns
        for rule in self.rules:
            met = np.ones(len(label), dtype=bool)
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
    lines = drawn.astype(np.int64) * n_labels
    if n_labels > 1:
        lines += label
    return drawn_given(table.reshape(-1, len(group)), lines, rng)


def _taken(block, allowed, most):
    (codes, values), label = block
    rows = np.flatnonzero(allowed)[:most]
    pick = [[column[rows] for column in part] for part in (codes, values)]
    return tuple(pick), label[rows]


def _joined(parts):
    """Values and labels of all blocks."""
    values = [
        np.concatenate(column) for column in zip(*(p[0][1] for p in parts), strict=True)
    ]
    return values, np.concatenate([p[1] for p in parts])
