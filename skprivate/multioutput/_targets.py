"""A target with a column for each output, as it is given."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from skprivate._typing import TableLike
from skprivate.base import PrivacyReport
from skprivate.multioutput._per_output import DPPerOutput, Output
from skprivate.rows import Rows, refused
from skprivate.rows._emptied import emptied_column
from skprivate.rows._made_up import made_up_row
from skprivate.rows._target import checked_target
from skprivate.rows._target_columns import columns_of, n_columns

_ONE_COLUMN = (
    "y must have at least two dimensions for multi-output learning but has only one. "
    "Give a table with one column for each output; for a single one, of classes or "
    "numbers, use the estimator itself."
)
_SOURCE = (
    "A source of rows holds one target, and a table of targets is needed. Give X and y "
    "in memory, or as collections of Dask."
)


class DPMultiOutput(DPPerOutput):
    """Base of what fits one clone for each column of the target."""

    def _classes_of(self, number):
        """What the model of an output is told."""
        return None

    def _listed(self, number):
        """So many outputs."""
        return [Output(f"output {j}", self._classes_of(j)) for j in range(number)]

    def _given(self, rows):
        if isinstance(rows.X, Rows):
            raise refused(TypeError, _SOURCE)
        if rows.y is None:
            checked_target(None, "number", type(self).__name__)  # refuses it
        number = n_columns(rows.y)
        if number is None:
            checked_target(emptied_column(rows.y), "class")  # its type may be odd
            raise refused(ValueError, _ONE_COLUMN)
        self._check_number(number)
        return rows

    def _check_number(self, number):
        """Refuse a number of outputs that parameters contradict."""
        if number < 1:
            raise refused(ValueError, "y has no column. Give one for each output.")

    def _outputs(self, rows, paid):
        outputs = self._listed(n_columns(rows.y))
        return outputs, ({"y": column} for column in columns_of(rows.y)), ()

    def _public_outputs(self, given):
        if isinstance(given.X, Rows):
            raise refused(TypeError, _SOURCE)
        number = n_columns(given.y)
        if number is None:  # of a list, which has no type either
            return 1, [(self._listed(1)[0], given)]
        self._check_number(number)
        outputs = self._listed(number)
        columns = [emptied_column(column) for column in columns_of(given.y)]
        both = zip(outputs, columns, strict=True)
        return number, [(out, replace(given, y=column)) for out, column in both]

    def plan(
        self,
        n_features: TableLike,
        *,
        n_outputs: int = 1,
        classes: Sequence[Any] = (0, 1),
    ) -> PrivacyReport:
        """The same fit on no rows: what would be asked, and at what price.

        Parameters
        ----------
        n_features : int or table
            Number of features; or a table with names and types, of which no value is
            looked at.
        n_outputs : int, default=1
            Number of columns of the target.
        classes : sequence, default=(0, 1)
            Labels to plan for, if a model is not told its ``classes``.

        Returns
        -------
        PrivacyReport
        """
        row = made_up_row(n_features)
        return self._planned(row, classes=classes, n_outputs=n_outputs).privacy_

    def _planned_outputs(self, classes, n_outputs=1):
        self._check_number(n_outputs)
        return self._listed(n_outputs)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.single_output = False
        tags.target_tags.multi_output = True
        return tags
