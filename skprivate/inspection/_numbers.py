"""Rows as numbers, for explainers that know of nothing else, and back again."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from skprivate.inspection._columns import column_of, names_of
from skprivate.rows._kinds import is_pandas, is_polars


@dataclass(frozen=True, eq=False)
class Coding:
    """Which columns of a background are texts, and the codes of these.

    Parameters
    ----------
    rows : table
        Of a background: its columns, types and texts are public.
    texts : dict of int to list
        The values of each column that holds no numbers, in order.
    """

    rows: object
    texts: dict

    @classmethod
    def of(cls, rows):
        """From the rows of a background."""
        texts = {}
        for j in range(rows.shape[1]):
            column = column_of(rows, j)
            if column.dtype.kind in "biuf" or _all_numbers(column):
                continue
            texts[j] = sorted({*column.tolist()}, key=str)
        return cls(rows, texts)

    def numbers(self, rows):
        """A table as float64; a text that the background lacks is -1."""
        columns = []
        for j in range(rows.shape[1]):
            values = column_of(rows, j)
            if j in self.texts:
                code = {text: number for number, text in enumerate(self.texts[j])}
                values = [code.get(value, -1) for value in values.tolist()]
            columns.append(np.asarray(values, dtype=np.float64))
        return np.column_stack(columns)

    def table(self, numbers):
        """Numbers as the kind of table that the background is."""
        numbers = np.atleast_2d(np.asarray(numbers, dtype=np.float64))
        if not self.texts and not is_pandas(self.rows) and not is_polars(self.rows):
            return numbers
        columns = [numbers[:, j] for j in range(numbers.shape[1])]
        for j, texts in self.texts.items():
            place = np.clip(np.rint(columns[j]), 0, len(texts) - 1).astype(int)
            columns[j] = np.array(texts, dtype=object)[place]
        names = names_of(self.rows)
        if is_pandas(self.rows):
            return _pandas(self.rows, dict(zip(names, columns, strict=True)))
        if is_polars(self.rows):
            return _polars(self.rows, dict(zip(names, columns, strict=True)))
        table = np.empty(numbers.shape, dtype=object)
        for j, column in enumerate(columns):
            table[:, j] = column
        return table

    def asked(self, ask):
        """A function of numbers from one of tables."""
        return partial(_ask, self, ask)


def _ask(coding, ask, numbers):
    return ask(coding.table(numbers))


def _all_numbers(column):
    return column.dtype.kind == "O" and all(
        isinstance(value, (int, float)) for value in column.tolist()
    )


def _pandas(rows, columns):
    """A frame of the types of the rows, where numbers allow it."""
    import pandas as pd

    frame = pd.DataFrame(columns)
    for name, dtype in rows.dtypes.items():
        whole = getattr(dtype, "kind", "O") in "iub"
        if whole or not hasattr(dtype, "kind") or dtype.kind not in "f":
            column = frame[name].round() if whole else frame[name]
            frame[name] = column.astype(dtype)
    return frame


def _polars(rows, columns):
    import polars as pl

    frame = pl.DataFrame({name: column.tolist() for name, column in columns.items()})
    return frame.cast(dict(rows.schema), strict=False)
