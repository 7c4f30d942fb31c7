"""Boosting starts from an additive model: trees are left what columns tell together."""

import numpy as np

from skprivate.additive._look import TargetLook
from skprivate.additive._steps import learn_shapes
from skprivate.base._tiles import _one_thread
from skprivate.ensemble._boosting import Start
from skprivate.queries import AddCellTerms

LOOK_SHARE = 0.05
_HALF = 15.0  # columns that make shapes worth half of what is left after the look
_MOST_CODES = 3000  # a matrix of all pairs of codes is solved
_SIGNAL = 1.5e3  # rows times mu from which shapes tell more than they cost
_COUNT_SHARE = 0.005


def starts_from_shapes(curator, bins):
    """Whether shapes are learned: where they can be, by a noisy number of rows.

    Noise must be Gaussian, and codes not too many.

    **Guarantee.** What is asked is a count; whether it is, is public or was released.
    """
    budget = curator.budget
    if not budget.private or budget.pure or bins.n_codes.sum() > _MOST_CODES:
        return False
    return curator.count(share=_COUNT_SHARE) * budget.mu >= _SIGNAL


def look_at(curator, view, bins, n_parts, bounds=None):
    """The target in each cell of each column."""
    return TargetLook.of(curator, view, bins, n_parts, bounds, share=LOOK_SHARE)


def start_of(curator, view, bins, look, task, signs):
    """Shapes of all columns as a start of rounds.

    **Guarantee.** What is asked are the queries of :func:`learn_shapes`; all else
    follows from the answers.

    Parameters
    ----------
    curator : Curator
    view : Derived
    bins : Bins
    look : TargetLook
    task : Task
    signs : ndarray of shape (n_features,)

    Returns
    -------
    Start
    """
    share = bins.n_features / (bins.n_features + _HALF) * curator.remaining
    with _one_thread:  # matrices are small: threads would wait for each other
        shapes = learn_shapes(curator, view, bins, look, task, signs, share=share)
    values = np.split(shapes.values, bins.offsets[1:])
    masses = np.split(shapes.masses, bins.offsets[1:])
    gains = [
        float(mass @ (value**2).sum(axis=1)) * shapes.curvature
        for value, mass in zip(values, masses, strict=True)
    ]
    loudest = int(np.abs(shapes.values).sum(axis=0).argmax())
    orders = {
        int(j): np.argsort(values[j][:-1, loudest], kind="stable")
        for j in np.flatnonzero(bins.categorical)
    }
    terms = AddCellTerms(look.tables, shapes.values)
    return Start(shapes.view, shapes.intercept, terms, np.array(gains), orders)
