"""Number of rows, sum and square of the target."""

from dataclasses import dataclass

import numpy as np

from skprivate.queries._moments import Moments


@dataclass(frozen=True, eq=False)
class TargetMoments(Moments):
    """:class:`Moments` of the target alone, as if it were the only feature."""

    width = None

    def problems(self):
        """There is one target."""
        yield from super().problems()
        if self.box.n_features != 1:
            yield "box is not of one column"

    def __call__(self, X, y, weight):
        column = np.ascontiguousarray(y, dtype=np.float64).reshape(-1, 1)
        return super().__call__(column, None, weight)
