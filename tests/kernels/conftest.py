"""Without compilation kernels run in NumPy, whose scalars warn where numba does not."""

import numpy as np
import pytest


@pytest.fixture(autouse=True, scope="package")
def _no_floating_point_warnings():
    with np.errstate(all="ignore"):
        yield
