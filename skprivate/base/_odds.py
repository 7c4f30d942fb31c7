"""Probabilities of classes from numbers that are their logarithms, but for a sum."""

from typing import Any

import numpy as np
from scipy.special import log_softmax, softmax

# Of a class that is far behind the probability is zero, and that is right: NumPy that
# was told to raise need not hear of it.


@np.errstate(under="ignore")
def probabilities(scores: Any) -> np.ndarray:
    """Probability of each class, a column each."""
    return softmax(scores, axis=1)


@np.errstate(under="ignore")
def log_probabilities(scores: Any) -> np.ndarray:
    """Logarithm of the probability of each class, a column each."""
    return log_softmax(scores, axis=1)
