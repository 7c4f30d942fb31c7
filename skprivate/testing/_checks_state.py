"""Checks of what a fit leaves behind: in the estimator, and in its arguments."""

import copy
import pickle
from itertools import product

import numpy as np
from sklearn.base import clone

from skprivate.testing._examples import configured, example_for, fit, quiet
from skprivate.testing._same import bits_of, differences, fitted_state
from skprivate.testing._shared import recording_of
from skprivate.testing._tape import Recorder, listening
from skprivate.testing._thrift import some_of

_METHODS = ("predict", "predict_proba", "decision_function", "transform")


def check_inputs_are_untouched(estimator):
    """Neither ``fit`` nor what follows changes its arguments."""
    estimator = configured(estimator)
    rows = example_for(estimator)
    weight = np.ones(len(rows))
    groups = np.arange(len(rows))
    for order in "CF":
        X = np.array(rows.X, order=order)
        given = {**rows.fit_args, "X": X, "sample_weight": weight, "groups": groups}
        before = {name: bits_of(value) for name, value in given.items()}
        with quiet():
            fitted = clone(estimator).fit(**given)
            for method in _METHODS:
                if hasattr(fitted, method):
                    getattr(fitted, method)(X)
        changed = [name for name in given if bits_of(given[name]) != before[name]]
        assert not changed, (
            f"{changed} are changed in place by fit or what follows. Copy what is to "
            "be overwritten."
        )


def check_predicting_changes_nothing(estimator):
    """What comes after ``fit`` leaves no trace in the estimator."""
    fitted = copy.deepcopy(recording_of(configured(estimator)).estimator)
    before = bits_of(fitted_state(fitted))
    X = example_for(estimator, 9, seed=4).X
    for method in _METHODS:
        if hasattr(fitted, method):
            with quiet():
                getattr(fitted, method)(X)
            assert bits_of(fitted_state(fitted)) == before, (
                f"{method} changes the estimator, so rows may stay in it. Keep nothing."
            )


def check_nothing_is_as_long_as_the_rows(estimator):
    """No fitted attribute has one entry per row, or is the number of rows."""
    for n_rows in (96, 97):
        fitted = fit(configured(estimator), example_for(estimator, n_rows))
        for name, value in fitted_state(fitted).items():
            for size in _sizes(value):
                assert size != n_rows, (
                    f"attribute {name} shows the number of rows, which is private. "
                    "Drop it, or release a noisy count."
                )


def check_failed_fit_changes_nothing(estimator):
    """An estimator whose refit fails is as it was before."""
    estimator = configured(estimator)
    rows = example_for(estimator)
    recording = recording_of(estimator)
    fitted = copy.deepcopy(recording.estimator)
    later = min(1, len(recording.tape.told) - 1)
    before = bits_of(fitted_state(fitted))
    wider = np.hstack([rows.X, rows.X])
    broken = rows.X.copy()
    broken[-1, -1] = np.inf  # which is refused even where values may be missing
    odd = [wider[:, :, None], "no rows"]
    if estimator._reads_features:
        odd += [broken, np.hstack([broken, broken])]
    for X in odd:
        with quiet():
            _must_fail(fitted, **(rows.fit_args | {"X": X}))
        _check_unchanged(before, fitted, "rows are refused")
    for answer, X in ((0, rows.X), (later, rows.X), (0, wider)):
        with quiet(), listening(_Breaker(answer)):
            _must_fail(fitted, **(rows.fit_args | {"X": X}))
        _check_unchanged(before, fitted, f"release {answer} fails")
    fresh = clone(fitted)
    with quiet(), listening(_Breaker(0)):
        _must_fail(fresh, **rows.fit_args)
    assert not hasattr(fresh, "privacy_")


def check_refit_forgets(estimator):
    """A second ``fit`` gives what it would have given without the first."""
    estimator = configured(estimator, random_state=0)
    first, second = example_for(estimator), example_for(estimator, 31, seed=1)
    with quiet():
        refitted = fit(estimator, first).fit(**second.fit_args)
    fresh = fit(estimator, second)
    different = differences(fitted_state(refitted), fitted_state(fresh))
    assert not different, (
        f"attributes {different} remember an earlier fit. Set all of them in _fit."
    )


def check_pickles_copies_and_clones(estimator):
    """Pickles and copies are equal to the last bit; clones are not fitted."""
    fitted = recording_of(configured(estimator)).estimator
    state = fitted_state(fitted)
    for other in (pickle.loads(pickle.dumps(fitted)), copy.deepcopy(fitted)):
        different = differences(state, fitted_state(other))
        assert not different, (
            f"attributes {different} change in a pickle or copy. Hold plain values."
        )
    kept = [name for name in fitted_state(clone(fitted)) if name.endswith("_")]
    assert not kept, f"a clone keeps {kept}. Set fitted attributes in _fit only."


def check_fitted_numbers_are_finite(estimator):
    """However little is known, what is learned is finite."""
    cases = [*product((1e-6, 1.0, np.inf), (0.0, 1.0, 1e6))]
    for epsilon, scale in some_of(cases, estimator, parts=3):
        rows = example_for(estimator, n_rows=12)
        X = rows.X * scale
        fitted = fit(configured(estimator, epsilon=epsilon), type(rows)(X, rows.y))
        for name, value in fitted_state(fitted).items():
            assert _is_finite(value), (
                f"attribute {name} holds NaN or infinity with epsilon={epsilon:g}. "
                "Guard divisions and roots of noisy numbers."
            )


class _Breaker(Recorder):
    """Lets a fit fail at one of its releases."""

    def __init__(self, answer):
        super().__init__()
        self._left = answer

    def mechanism(self, call, *parts):
        if self._left == 0:
            raise MemoryError("planned by a check")
        self._left -= 1
        return super().mechanism(call, *parts)


def _must_fail(estimator, **fit_args):
    """Call ``fit``, which must raise something."""
    try:
        estimator.fit(**fit_args)
    except (ValueError, TypeError, MemoryError):
        return
    raise AssertionError("fit accepts rows that are not finite or not two-dimensional.")


def _check_unchanged(before, estimator, when):
    assert bits_of(fitted_state(estimator)) == before, (
        f"the estimator is changed though {when}. Assign attributes once fit cannot "
        "fail any more, or restore them."
    )


def _sizes(value):
    """All dimensions of arrays and lengths of sequences, and all whole numbers."""
    if isinstance(value, np.ndarray) and value.dtype != object:
        yield from value.shape
        return
    if isinstance(value, (int, float, np.number)):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _sizes(item)
    elif isinstance(value, (list, tuple, np.ndarray)):
        yield len(value)
        for item in value:
            yield from _sizes(item)


def _is_finite(value):
    """Whether no number in ``value`` is NaN or infinite."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return bool(np.all(np.isfinite(value)))
    if isinstance(value, (list, tuple)):
        return all(map(_is_finite, value))
    return not isinstance(value, float) or bool(np.isfinite(value))
