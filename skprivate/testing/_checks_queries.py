"""Checks of what queries promise: bounded, whole, additive contributions."""

from fractions import Fraction

import numpy as np
from sklearn.utils import get_tags

from skprivate.testing._examples import (
    N_FEATURES,
    configured,
    example_for,
    target_kind,
    with_classes,
)
from skprivate.testing._hostile import hostile_rows
from skprivate.testing._shared import recording_of
from skprivate.testing._thrift import fewer, not_tried

_N_HOSTILE = 160, 600  # and ordinary rows
_NO_WEIGHTS = np.empty(0)


def check_hostile_rows_stay_within_bounds(estimator):
    """No row, whatever its bits, contributes more to a query than it declares."""
    for asked in _queries_of(estimator, "hostile rows"):
        query = asked.query
        X, y = _hostile_chunk(estimator, query)
        for i in range(len(X)):
            _check_row(query, X[i : i + 1], y[i : i + 1], _NO_WEIGHTS)


def check_hostile_weights_stay_within_bounds(estimator):
    """Nor does a row of any weight that kernels may meet."""
    special = [0.0, 1.0, 0.5, 1e-300, np.nextafter(1, 0), 1 / 3, np.nan, np.inf, -1.0]
    for asked in _queries_of(estimator, "hostile weights"):
        query = asked.query
        X, y = _hostile_chunk(estimator, query, seed=1)
        for i in range(0, len(X), 2):
            weight = np.array([special[i // 2 % len(special)]])
            if not 0 <= weight[0] <= 1:
                weight[0] = 0.25  # the door admits [0, 1] only
            _check_row(query, X[i : i + 1], y[i : i + 1], weight)


def check_rows_that_are_not_finite_contribute_nothing(estimator):
    """A row with NaN or infinity adds zero to every query.

    Where NaN stands for a value that is missing, that is a row that has no value; a
    query that counts these says so by ``counts_missing``.
    """
    may_lack_values = get_tags(estimator).input_tags.allow_nan
    for asked in _queries_of(estimator, "not finite"):
        for value in (np.nan, np.inf, -np.inf):
            X, y = _hostile_chunk(estimator, asked.query)
            X = np.full((1, X.shape[1]), 0.5)
            X[0, -1] = value
            if may_lack_values and np.isnan(value):
                if getattr(asked.query, "counts_missing", False):
                    continue
                X[:] = value
            total = np.asarray(asked.query(X, y[:1], _NO_WEIGHTS))
            assert not np.any(total) or _ignores_features(asked.query, y), (
                f"{asked.query.name} lets a row count that holds NaN or infinity. Let "
                "such a row contribute zero."
            )


def check_queries_add_up(estimator):
    """The query of a chunk is the exact sum of the queries of its rows."""
    for asked in _queries_of(estimator, "sums"):
        query = asked.query
        X, y = _hostile_chunk(estimator, query, seed=2)
        for weight in (_NO_WEIGHTS, np.linspace(0, 1, len(X))):
            whole = _total(query, X, y, weight)
            for cut in (1, 7, len(X) // 2, len(X) - 3):
                head = _total(query, X[:cut], y[:cut], weight[:cut])
                tail = _total(query, X[cut:], y[cut:], weight[cut:])
                assert np.array_equal(whole, head + tail), (
                    f"{query.name} of a chunk is not the sum over its parts. Round "
                    "each contribution to the grid, and add integers only."
                )
            order = np.random.default_rng(0).permutation(len(X))
            others = weight[order] if len(weight) else weight
            assert np.array_equal(whole, _total(query, X[order], y[order], others)), (
                f"{query.name} depends on the order of rows. Add integers only, small "
                "enough that float64 holds every partial sum exactly."
            )


def _queries_of(estimator, check):
    """First and last query of each kind, with or without declared bounds.

    In a thrifty suite, without those of classes that others have brought to this check.
    """
    chosen = []
    for variant in (configured(estimator), with_classes(estimator)):
        asked = recording_of(variant).tape.asked
        kinds = {}
        for item in asked:
            if not item.query.by_key:  # replaying measures how counts of keys move
                kinds.setdefault(item.query.name, []).append(item)
        for items in kinds.values():
            chosen += [items[0], items[-1]] if len(items) > 1 else items
    may_lack_values = get_tags(estimator).input_tags.allow_nan
    return not_tried(check, chosen, (target_kind(estimator), may_lack_values))


def _hostile_chunk(estimator, query, seed=0):
    """Features and targets as kernels get them: anything that is a float, any code."""
    rows = example_for(estimator)
    rng = np.random.default_rng(seed)
    X = hostile_rows(fewer(*_N_HOSTILE), rows.width, seed)
    X = np.ascontiguousarray(np.vstack([X, rows.X]))
    if target_kind(estimator) == "number":
        y = hostile_rows(len(X), 1, seed + 1)[:, 0]
        y[~np.isfinite(y)] = 1e308  # the door admits finite targets only
    else:
        y = rng.integers(0, 2 if rows.y is None else len(np.unique(rows.y)), len(X))
        y = y.astype(np.int32)
    return X, y


def _check_row(query, X, y, weight):
    """One contribution: whole, finite, and no longer than declared."""
    contribution = _total(query, X, y, weight)
    if query.norm == np.inf:
        return  # scores are functions of totals: replaying measures how they move
    weights = 1.0 if query.weights is None else np.asarray(query.weights)
    scaled = (contribution / weights).ravel()
    _check_length(query, scaled, query.levels, 2)
    if query.l1_bound is not None:
        _check_length(query, scaled, query.l1_bound / query.step, 1)


def _check_length(query, vector, levels, norm):
    """The norm, in rational arithmetic where rounding might decide."""
    vector = vector[vector != 0]
    length = np.linalg.norm(vector, norm)
    if length > levels * (1 - 1e-9):
        exact = sum(abs(Fraction(v)) ** norm for v in vector.tolist())
        limit = (Fraction(float(levels)) * (1 + Fraction(1, 10**12))) ** norm
        assert exact <= limit, (
            f"a row contributes {length / levels:.6g} times the bound of {query.name} "
            f"in the {norm}-norm. Clip each contribution, or declare a larger bound."
        )


def _total(query, X, y, weight):
    """Answer of a query, which must be whole numbers that float64 holds exactly."""
    total = np.asarray(query(X, y, weight))
    whole = np.isfinite(total) & (total == np.rint(total))
    assert np.all(whole), (
        f"{query.name} returns numbers that are not whole, or not finite. Round each "
        "contribution to the grid."
    )
    assert np.max(np.abs(total), initial=0) < 2**53, (
        f"{query.name} returns numbers that float64 does not hold exactly. Use fewer "
        "bits."
    )
    return total.astype(np.float64)


def _ignores_features(query, y):
    """Whether a query looks at targets or at nothing at all, not at features."""
    rows = [np.full((1, N_FEATURES), value) for value in (0.0, 0.7, -1.3)]
    answers = [np.asarray(query(X, y[:1], _NO_WEIGHTS)) for X in rows]
    return all(np.array_equal(answers[0], other) for other in answers[1:])
