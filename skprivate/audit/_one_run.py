"""A lower bound of epsilon from a single fit, by canaries that coins put in."""

import math
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.base import clone, is_classifier

from skprivate._card import Card
from skprivate._typing import Estimator, TableLike
from skprivate.audit._members import _joined
from skprivate.audit._scores import flat, row_scores
from skprivate.base._tables import take
from skprivate.report import privacy_report

_GUESSES = (0.05, 0.1, 0.25, 0.5, 1.0)  # of the canaries; the rest is left open
_ALARM = "NOT PRIVATE: made of rows as they are. For their holder only."


@dataclass(frozen=True, repr=False)
class OneRunAudit:
    """A lower bound of the epsilon of a fit. Not private.

    Made by :func:`audit_one_run`.

    Parameters
    ----------
    model : str
        Class of the estimator.
    n_canaries, n_guesses, n_right : int
        Canaries; those that were guessed; and of these the right ones, for the number
        of guesses that shows most.
    epsilon : float
        Below this epsilon is not, at ``delta``, but for a chance of ``1 - confidence``.
    delta, confidence : float
    claimed : float or None
        What the fit claims; None if it claims nothing.

    Examples
    --------
    See :func:`audit_one_run`.
    """

    model: str
    n_canaries: int
    n_guesses: int
    n_right: int
    epsilon: float
    delta: float
    confidence: float
    claimed: float | None

    @property
    def broken(self) -> bool:
        """Whether the claim is refuted."""
        return self.claimed is not None and self.epsilon > self.claimed

    def __repr__(self):
        return self._card().text()

    def _repr_html_(self):
        return self._card().html()

    def _card(self):
        claim = "nothing" if self.claimed is None else f"epsilon = {self.claimed:.4g}"
        verdict = "the claim is BROKEN" if self.broken else "nothing against it"
        said = (
            f"{self.n_right} of {self.n_guesses} guesses are right, of "
            f"{self.n_canaries} canaries",
            f"epsilon is at least {self.epsilon:.3g} at delta={self.delta:g} "
            f"(confidence {self.confidence:g})",
            f"it claims {claim}: {verdict}",
        )
        return Card(f"Audit of {self.model} in one run", (_ALARM,), said)


def audit_one_run(
    estimator: Estimator,
    X: TableLike,
    y: TableLike,
    *,
    canaries: tuple[Any, Any] | None = None,
    n_canaries: int = 1000,
    delta: float | None = None,
    confidence: float = 0.95,
    random_state: int | None = None,
) -> OneRunAudit:
    """Refute a claim of privacy by a single fit. Not private.

    Coins decide which canaries are added to the rows. After the fit the canaries that
    the model knows best are guessed to be in, those that it knows least to be out. If
    more guesses are right than privacy allows, the claim is wrong. It is valid for any
    estimator and any canaries, and weak: that nothing is found proves nothing.

    Parameters
    ----------
    estimator : estimator
        To be fitted once; an active ledger is charged for it.
    X, y : array-like or frame, array-like
        Rows to fit it on, beside canaries.
    canaries : tuple (X, y), default=None
        Rows that are unlike others. None: each column, and the target, of another row.
    n_canaries : int, default=1000
        How many to make, if none are given.
    delta : float, default=None
        At which epsilon is bounded; None: that of the claim, or 1e-6.
    confidence : float, default=0.95
        Of the bound.
    random_state : int, default=None
        Of coins and canaries. A coin that somebody knows proves nothing.

    Returns
    -------
    OneRunAudit

    References
    ----------
    Steinke, Nasr and Jagielski (2023). Privacy auditing with one (1) training run.
    NeurIPS, Theorem 5.2.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.tree import DecisionTreeRegressor
    >>> from skprivate.audit import audit_one_run
    >>> X = np.random.default_rng(0).normal(size=(500, 5))
    >>> audit = audit_one_run(
    ...     DecisionTreeRegressor(), X, X[:, 0], n_canaries=200, random_state=0
    ... )
    >>> audit.epsilon > 2
    True
    """
    _check(n_canaries, confidence, delta)
    draw = np.random.default_rng(random_state)
    y = flat(y)
    if canaries is None:
        canaries = _odd_rows(estimator, X, y, n_canaries, draw)
    rows, targets = canaries[0], flat(canaries[1])
    if len(targets) < 10:
        raise ValueError("canaries must hold at least 10 rows.")
    coins = draw.random(len(targets)) < 0.5
    chosen = np.flatnonzero(coins)
    model = clone(estimator).fit(
        _joined(X, take(rows, chosen)), np.concatenate([y, targets[chosen]])
    )
    claimed = _claimed(model, delta)
    delta = claimed[1] if delta is None else delta
    scores, _ = row_scores(model, rows, targets)
    order = np.lexsort((draw.random(len(scores)), scores))  # ties by coins
    m, best = len(scores), None
    for part in _GUESSES:
        half = max(1, int(part * m / 2))
        right = int((~coins[order[:half]]).sum() + coins[order[-half:]].sum())
        miss = (1 - confidence) / len(_GUESSES)
        found = least_epsilon(m, 2 * half, right, delta, miss)
        if best is None or found > best[0]:
            best = found, 2 * half, right
    return OneRunAudit(
        model=type(estimator).__name__,
        n_canaries=m,
        n_guesses=best[1],
        n_right=best[2],
        epsilon=best[0],
        delta=float(delta),
        confidence=float(confidence),
        claimed=claimed[0],
    )


def chance_of(m, guesses, right, epsilon, delta):
    """Chance of so many right guesses under (epsilon, delta), at most.

    Each guess is right with a chance of ``e^epsilon / (1 + e^epsilon)`` at most, given
    all others; delta adds ``2 m delta`` times the largest mean of the tail over a step
    (Steinke, Nasr and Jagielski 2023, Theorem 5.2).
    """
    from scipy.stats import binom

    share = 1 / (1 + math.exp(-epsilon))
    tail = float(binom.sf(right - 1, guesses, share))
    below = binom.pmf(np.arange(right - 1, -1, -1), guesses, share)
    steps = np.arange(1, right + 1)
    worst = float((np.cumsum(below) / steps).max(initial=0.0))
    return min(1.0, tail + 2 * m * delta * worst)


def least_epsilon(m, guesses, right, delta, miss):
    """The least epsilon that such a result does not refute."""
    if chance_of(m, guesses, right, 0.0, delta) >= miss:
        return 0.0
    low, high = 0.0, 50.0
    while high - low > 1e-4:
        middle = (low + high) / 2
        if chance_of(m, guesses, right, middle, delta) < miss:
            low = middle
        else:
            high = middle
    return low


def _claimed(model, delta):
    """Epsilon that the fit claims, and the delta."""
    try:
        report = privacy_report(model)
        at = report.delta if delta is None else delta
        epsilon = report.epsilon(at)
    except (TypeError, ValueError):
        return None, 1e-6
    return (epsilon if epsilon < math.inf else None), at


def _odd_rows(estimator, X, y, n_canaries, draw):
    """Rows whose columns, and targets, are those of other rows each."""
    places = draw.integers(0, len(y), (n_canaries, X.shape[1] + 1))
    targets = y[places[:, -1]]
    if is_classifier(estimator):
        kinds = np.unique(y)
        if len(kinds) < 2:
            raise ValueError("y has one class. Give canaries=(X, y).")
        targets = kinds[draw.integers(0, len(kinds), n_canaries)]
    if hasattr(X, "iloc"):
        import pandas as pd

        columns = [X.iloc[own, j].array for j, own in enumerate(places.T[:-1])]
        odd = pd.concat(map(pd.Series, columns), axis=1).set_axis(X.columns, axis=1)
        return odd, targets
    if isinstance(X, np.ndarray):
        return X[places[:, :-1], np.arange(X.shape[1])], targets
    return take(X, places[:, 0]), targets


def _check(n_canaries, confidence, delta):
    whole = isinstance(n_canaries, Integral) and not isinstance(n_canaries, bool)
    if not whole or n_canaries < 10:
        raise ValueError("n_canaries must be a whole number of at least 10.")
    if not isinstance(confidence, Real) or not 0 < confidence < 1:
        raise ValueError("confidence must lie between 0 and 1.")
    if delta is not None and not 0 <= delta < 1:
        raise ValueError("delta must be at least 0 and below 1.")
