"""Without compilation kernels run in NumPy, whose scalars warn where numba does not."""

import numpy as np
import pytest

from skprivate.kernels import _plain


@pytest.fixture(autouse=True, scope="package")
def _no_floating_point_warnings():
    with np.errstate(all="ignore"):
        yield


@pytest.fixture(autouse=True)
def _kernels_themselves(monkeypatch):
    """Tests are about kernels, not about the twins that serve small tables."""
    monkeypatch.setattr(_plain, "_unused", True)
