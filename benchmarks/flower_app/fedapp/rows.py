"""Rows of a party, made anew wherever they are needed."""

import numpy as np

N_FEATURES = 5


def rows(part):
    """300 rows of a party, and their target."""
    rng = np.random.default_rng(part)
    X = rng.uniform(-1, 1, size=(300, N_FEATURES))
    return X, (X.sum(axis=1) > 0).astype(int)
