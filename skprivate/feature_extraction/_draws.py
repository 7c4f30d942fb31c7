"""Numbers for random maps: drawn by a public seed, which is no noise."""

import numpy as np


def normal_numbers(seed, *shape):
    """Normal numbers that are a function of a public seed and of their shape.

    Parameters
    ----------
    seed : int
    *shape : int
    """
    return np.random.default_rng(int(seed)).normal(size=shape)
