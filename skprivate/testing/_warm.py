"""Run whatever is compiled, so that no first fit has to wait for it."""

import numpy as np
from scipy.sparse import csr_array
from sklearn.utils import get_tags

from skprivate.mechanisms import (
    DiscreteGaussian,
    Entropy,
    Exponential,
    Gaussian,
    PermuteAndFlip,
)
from skprivate.testing._discovery import all_estimators
from skprivate.testing._examples import example_for, quiet, with_classes

WIDE = 40  # times as many columns as an example has: other kernels serve wide rows


def warm_up(every_type=False):
    """Fit every estimator on a few rows, and draw some noise.

    Parameters
    ----------
    every_type : bool, default=False
        Fit on float32 rows and on sparse ones, too, for which kernels are compiled
        anew.

    Yields
    ------
    str
        What was done last.
    """
    total, entropy = np.arange(5), Entropy()
    for mechanism in (Gaussian(1.0), DiscreteGaussian(1.0)):
        mechanism(total, 1.0, entropy)
    for mechanism in (Exponential(1.0), PermuteAndFlip(1.0)):
        mechanism(total, 1.0, entropy)
    Entropy(0).words(1)
    yield "mechanisms"
    for name, cls in all_estimators():
        _fit_all(with_classes(cls()), every_type)
        yield name


def _fit_all(estimator, every_type):
    """Fit on narrow and on wide rows of one type or of all."""
    example = example_for(estimator)
    fit = getattr(estimator, "fit_resample", None) or estimator.fit
    for X in (example.X, np.tile(example.X, WIDE)):
        kinds = [X]
        if every_type:
            kinds.append(X.astype(np.float32))
            if get_tags(estimator).input_tags.sparse:
                kinds += [csr_array(X), csr_array(X.astype(np.float32))]
        for rows in kinds:
            with quiet():
                fit(**(example.fit_args | {"X": rows}))
