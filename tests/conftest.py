"""What all tests share."""

import os

import numpy as np
import pytest
from hypothesis import settings

# Examples are the same on every run: a red build must mean that the code changed.
settings.register_profile("skprivate", deadline=None, derandomize=True)
settings.load_profile("skprivate")

os.environ.setdefault("MPLBACKEND", "Agg")  # no test opens a window
# scikit-learn then checks array API input, too; scipy reads it when it is imported.
os.environ.setdefault("SCIPY_ARRAY_API", "1")


@pytest.fixture
def rng():
    """NumPy's generator with a fixed seed, for test data only: never for noise."""
    return np.random.default_rng(0)
