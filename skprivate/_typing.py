"""Names for what parameters may be, where a class of Python does not say it."""

import os
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

# Whoever has these types is not imported for a hint: pandas, polars, SciPy, Dask.
TableLike: TypeAlias = Any  # rows: array, data frame, sparse matrix or `Rows`
Estimator: TypeAlias = Any  # whatever has `fit`

BoundsLike: TypeAlias = tuple[ArrayLike, ArrayLike]
Generator: TypeAlias = np.random.Generator
PathLike: TypeAlias = str | os.PathLike[str]
SeedLike: TypeAlias = int | np.random.RandomState | None

__all__ = [
    "BoundsLike",
    "Estimator",
    "Generator",
    "PathLike",
    "SeedLike",
    "TableLike",
]
