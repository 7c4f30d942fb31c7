"""Checks of estimators that say they learn nothing: they need no budget."""

import pickle

import numpy as np
from scipy import sparse
from sklearn.base import clone
from sklearn.utils import get_tags

from skprivate.testing._examples import quiet
from skprivate.testing._hostile import hostile_rows
from skprivate.testing._same import bits_of, differences, fitted_state


def check_learns_nothing(estimator):
    """What ``fit`` leaves behind is the same for all rows of the same width."""
    states = [fitted_state(_fitted(estimator, rows)) for rows in _several_rows()]
    for state in states[1:]:
        different = differences(states[0], state)
        assert not different, (
            f"attributes {different} depend on the rows. Compute them from parameters "
            "only, or make this a DPEstimator."
        )
    assert not get_tags(estimator).requires_fit, "the tag requires_fit must be False."


def check_rows_are_transformed_one_by_one(estimator):
    """The output of a row depends on that row alone, to the last bit."""
    for X in _several_rows():
        fitted = _fitted(estimator, X)
        whole = np.asarray(_output(fitted, X))
        alone = np.vstack([_output(fitted, X[i : i + 1]) for i in range(len(X))])
        assert bits_of(whole) == bits_of(alone), (
            "a row is transformed otherwise in other company. Compute each row in a "
            "fixed order, by no product of matrices."
        )


def check_announced_output_holds_for_hostile_rows(estimator):
    """Bounds and norm of the output, where they are announced, hold for any row."""
    X = hostile_rows(400, 4)
    X = X[np.isfinite(X).all(axis=1)]
    fitted = _fitted(estimator, X)
    if hasattr(fitted, "fit_resample") or not hasattr(fitted, "output_bounds_"):
        return
    output = _dense(_output(fitted, X))
    low, high = fitted.output_bounds_
    assert np.all((low <= output) & (output <= high)), (
        "a row is beyond output_bounds_, on which the next step relies. Clip to them "
        "after all arithmetic, or announce wider ones."
    )
    longest = np.max(np.linalg.norm(output, axis=1), initial=0.0)
    assert longest <= fitted.output_norm_ * (1 + 1e-9), (
        "a row is beyond output_norm_, on which the next step relies. Scale rows down "
        "to it, whatever their size, or announce a larger one."
    )


def check_inputs_are_untouched(estimator):
    """Neither ``fit`` nor ``transform`` changes its argument."""
    for X in _several_rows():
        before = bits_of(X)
        _output(_fitted(estimator, X), X)
        assert bits_of(X) == before, "X is changed in place. Copy it first."


def check_pickle_holds_no_row(estimator):
    """A pickle of the estimator holds no value of the rows."""
    for X in _several_rows():
        stored = pickle.dumps(_fitted(estimator, X))
        assert X[0].tobytes() not in stored, "a pickle holds rows. Keep none of them."


def _several_rows():
    """Rows of one width, and of various numbers and scales."""
    rng = np.random.default_rng(0)
    for n_rows, scale in ((1, 1.0), (2, 1e6), (40, 1.0), (97, 1e-6)):
        yield scale * rng.uniform(0.1, 1.0, (n_rows, 4))


def _output(fitted, X):
    """Rows after a transformer, or the rows that a sampler keeps."""
    if hasattr(fitted, "fit_resample"):
        return fitted.fit_resample(X, np.zeros(len(X)))[0]
    return fitted.transform(X)


def _dense(X):
    return X.toarray() if sparse.issparse(X) else np.asarray(X)


def _fitted(estimator, X):
    with quiet():
        return clone(estimator).fit(X)
