"""What all tests share."""

import os

# Workers share the cores, and threads of BLAS that wait for one another use them up.
# Read when NumPy is imported; tests that are about threads ask for more of them.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import hashlib
import itertools

import numpy as np
import pytest
from hypothesis import settings

# Examples are the same on every run: a red build must mean that the code changed.
settings.register_profile("skprivate", deadline=None, derandomize=True)
settings.load_profile("skprivate")

os.environ.setdefault("MPLBACKEND", "Agg")  # no test opens a window
# scikit-learn then checks array API input, too; scipy reads it when it is imported.
os.environ.setdefault("SCIPY_ARRAY_API", "1")


def pytest_addoption(parser):
    parser.addoption("--cpu", action="store_true", help="limit CPU by estimator")


def pytest_configure(config):
    """Measure estimators where that is asked for."""
    if config.option.cpu:
        from tests.cpu import Meter  # imports skprivate, after the variables above

        config.pluginmanager.register(Meter(), "cpu by estimator")


@pytest.fixture
def rng():
    """NumPy's generator with a fixed seed, for test data only: never for noise."""
    return np.random.default_rng(0)


@pytest.fixture(autouse=True)
def _same_noise_on_every_run(request, monkeypatch):
    """Let noise without a seed come from the name of the test.

    So a test of accuracy passes always or never: a red build must mean that the code
    changed. Slow tests, which measure privacy, keep the system's generator; so does
    whatever runs in another process.
    """
    if request.node.get_closest_marker("slow"):
        return
    from skprivate.mechanisms import _entropy

    name = os.environ.get("SKPRIVATE_TEST_NOISE", "") + request.node.nodeid
    numbers = itertools.count()  # next() of it is atomic: threads share no words

    def urandom(n):
        return hashlib.shake_256(f"{next(numbers)} {name}".encode()).digest(n)

    monkeypatch.setattr(_entropy, "urandom", urandom)
