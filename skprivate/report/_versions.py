"""The software that an audit would ask for."""

import sys
from importlib import metadata
from platform import python_version

_SOFTWARE = ("scikit-learn", "numpy", "numba", "dp-accounting")


def versions():
    """Pairs (name, version) of what computes the noise and the price."""
    own = sys.modules[__package__.partition(".")[0]].__version__
    others = [(name, metadata.version(name)) for name in _SOFTWARE]
    return (("skprivate", own), *others, ("python", python_version()))
