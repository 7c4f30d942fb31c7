"""Groups of candidates that one private fit serves.

What a fit releases depends on what it asks. Candidates that differ in post-processing
alone (the penalty of a ridge, the smoothing of naive Bayes) ask the same
questions; told the same answers, each learns its own model, at the price of one fit.
"""

from collections import defaultdict

import numpy as np
from sklearn.base import clone, is_regressor

from skprivate.base import DPEstimator, Tape
from skprivate.base._bits import bits_of
from skprivate.base._coins import WORD
from skprivate.mechanisms import Entropy
from skprivate.model_selection._candidates import configured
from skprivate.rows import ArrayRows
from skprivate.rows._labels import sorted_classes

_N_ROWS = 4096
_WIDTH = 8  # of rows that are made up for an estimator without bounds for each feature


def groups_of(estimator, candidates, budget):
    """Indices of the candidates, those that are expected to ask the same together.

    They are tried on rows made up here, so this is a function of parameters alone, as a
    price that is named in advance must be. It decides how the budget is divided, not
    what is private: on the rows of the user, :class:`~skprivate.base.Tape` refuses
    every question that is not word for word the one that was answered.

    Candidates for a pipeline can share a fit only if they differ in the last step
    alone: a step before it would change the rows on which the same words are asked.

    Parameters
    ----------
    estimator : estimator
    candidates : sequence of dict
    budget : Budget

    Returns
    -------
    tuple of tuple of int
    """
    similar = defaultdict(list)
    for index, params in enumerate(candidates):
        similar[_upstream(estimator, params)].append(index)
    groups = []
    for indices in similar.values():
        tapes = []
        for index in indices:
            step = last_step(configured(estimator, candidates[index]))
            _join(tapes, step, index, budget)
        groups += [tuple(members) for _, members in tapes]
    return tuple(groups)


def last_step(estimator):
    """The step of a pipeline that comes last, or the estimator itself."""
    return estimator.steps[-1][1] if hasattr(estimator, "steps") else estimator


def _upstream(estimator, params):
    """What a candidate says about anything but the last step of a pipeline."""
    if not hasattr(estimator, "steps"):
        return ()
    last = estimator.steps[-1][0]
    return tuple(
        (name, bits_of(value))
        for name, value in sorted(params.items())
        if name != last and not name.startswith(f"{last}__")
    )


def _join(tapes, step, index, budget):
    """Put a candidate to those whose tape answers all its questions, or open a tape."""
    tape = None
    if isinstance(step, DPEstimator):  # else nothing is known of how it asks
        step._validate_params()
        for known, members in tapes:
            if known is not None and _asks_the_same(step, known, budget):
                members.append(index)
                return
        tape = _rehearsed(step, budget)
    tapes.append((tape, [index]))


def _asks_the_same(step, tape, budget):
    try:
        with tape.replaying():
            _rehearse(step, budget)
    except Exception:
        return False
    return True


def _rehearsed(step, budget):
    """A tape of the step, or None where rows that are made up do not suit it."""
    tape = Tape()
    try:
        with tape.recording():
            _rehearse(step, budget)
    except Exception:  # the fit on the rows of the user raises it, if it is in earnest
        return None
    return tape


def _rehearse(step, budget):
    """Fit to rows that are made up, with noise that is no secret."""
    X, y = _made_up_rows(step)
    rehearsed = clone(step)
    rehearsed.n_features_in_ = X.shape[1]
    rehearsed._fit_rows(ArrayRows(X, y), budget, Entropy(0))


def _made_up_rows(step):
    """Random rows in [0, 1], of the width and with the labels that parameters name."""
    width = _width_of(getattr(step, "bounds", None))
    words = Entropy(0).words(_N_ROWS * (width + 1), b"made-up rows")
    values = (words / WORD).reshape(_N_ROWS, width + 1)
    X, last = np.ascontiguousarray(values[:, :-1]), values[:, -1]
    if is_regressor(step):
        return X, (X[:, 0] + last) / 2
    classes = getattr(step, "classes", None)
    classes = sorted_classes([0, 1] if classes is None else classes)
    return X, classes[((X[:, 0] + last) / 2 * len(classes)).astype(int)]


def _width_of(bounds):
    """Number of features that bounds speak of, or a small number where they do not."""
    if not isinstance(bounds, tuple | list):
        return _WIDTH
    widest = max((np.size(end) for end in bounds), default=1)
    return widest if widest > 1 else _WIDTH
