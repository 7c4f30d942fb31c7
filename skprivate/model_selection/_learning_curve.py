"""A learning curve with one price for all of it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from skprivate._typing import Estimator, SeedLike, TableLike
from skprivate.metrics import DPScorer
from skprivate.model_selection._folds import check_fraction
from skprivate.model_selection._trial import DPScores, Trial
from skprivate.pipeline._shares import parts_of, whole_budget
from skprivate.pipeline._steps import discovers
from skprivate.rows._features import refuse_no_rows


def dp_learning_curve(
    estimator: Estimator,
    X: TableLike,
    y: ArrayLike | None = None,
    *,
    sample_weight: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    train_sizes: Sequence[float] = (0.1, 0.325, 0.55, 0.775, 1.0),
    scoring: str | DPScorer | None = None,
    validation_fraction: float = 0.2,
    n_jobs: int | None = None,
    epsilon: float = 1.0,
    delta: float = 1e-6,
    random_state: SeedLike = None,
    params: dict[Any, Any] | None = None,
) -> tuple[np.ndarray, DPScores]:
    """Scores of models fitted on growing parts of the rows.

    **Guarantee.** All scores together (and all models, which are dropped) are within
    ``(epsilon, delta)``. A coin decides whether a unit is fitted or scored. In the
    former case it is in at most ``m`` nested parts, each of whose fits gets
    ``mu ** 2 / m`` (with ``delta=0``, ``epsilon / m``); in the latter in ``m`` scores
    of the same price. So nobody pays for more than the whole.

    One division instead of ``k`` folds: with folds, a unit would be in ``k`` times as
    many fits and scores, each with a ``k``-th of this budget.

    Parameters
    ----------
    estimator : estimator
        Of skprivate, or a pipeline of such, with ``epsilon`` and ``delta`` at their
        defaults.
    X : array-like, data frame, sparse matrix, Dask collection or Rows
        The rows. Those of a source are told apart as in :func:`dp_cross_val_score`.
    y : array-like of shape (n_samples,), default=None
        The target; None where a source has it.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights, for fits and scores.
    groups : array-like of shape (n_samples,), default=None
        Rows with equal values belong to one privacy unit.
    train_sizes : sequence of float in (0, 1], default=(0.1, 0.325, 0.55, 0.775, 1.0)
        Fractions of the rows to fit. Their number is private: it cannot be asked for.
    scoring : str or DPScorer, default=None
        As in :class:`DPGridSearchCV`.
    validation_fraction : float in (0, 1), default=0.2
        Probability of a row (or unit) to be scored instead of fitted.
    n_jobs : int, default=None
        Number of fits at a time.
    epsilon : float, default=1.0
        Budget of everything.
    delta : float, default=1e-6
        Budget of everything.
    random_state : int, RandomState instance or None, default=None
        A seed makes all of it repeatable, and not private.
    params : dict, default=None
        For ``fit`` of the estimator: routed metadata; or, without routing, parameters
        of steps, as ``step__sample_weight``.

    Returns
    -------
    train_sizes : ndarray of shape (n_sizes,)
        The fractions, sorted.
    scores : DPScores
        A score for each of them, and their ``privacy``.

    Examples
    --------
    >>> from sklearn.datasets import make_blobs
    >>> from skprivate.model_selection import dp_learning_curve
    >>> from skprivate.naive_bayes import DPGaussianNB
    >>> X, y = make_blobs(3000, centers=2, random_state=0)
    >>> model = DPGaussianNB(bounds=(-5, 10), classes=[0, 1])
    >>> sizes, scores = dp_learning_curve(model, X, y, train_sizes=[0.3, 1.0])
    >>> sizes.tolist(), len(scores)
    ([0.3, 1.0], 2)
    """
    sizes = _checked_sizes(train_sizes)
    fraction = check_fraction(validation_fraction, "validation_fraction")
    finds = discovers(estimator)
    budget = whole_budget(epsilon, delta, finds)
    part, *_ = parts_of(budget, [1.0] * len(sizes), [finds] * len(sizes))
    trial = Trial(
        "dp_learning_curve", estimator, scoring, n_jobs, budget, part, random_state
    )
    rows = trial.rows(X, y, sample_weight, groups, params)
    paid = trial.pay(rows)
    note = (
        f"a unit is in at most {len(sizes)} fits or in {len(sizes)} scores, never in "
        f"both; each gets 1/{len(sizes)} of the budget"
    )
    with paid.kept():
        refuse_no_rows(X)
        jobs = rows.curve(fraction, sizes, trial.entropy)
        return sizes, trial.scores(jobs, rows, paid, note)


def _checked_sizes(train_sizes):
    """Fractions, sorted."""
    sizes = np.sort(np.ravel(np.asarray(train_sizes)))
    if len(sizes) == 0 or sizes.dtype.kind != "f":
        raise TypeError(
            "train_sizes must be fractions: numbers of rows would tell how many there "
            "are. Give floats in (0, 1]."
        )
    if not (np.all(sizes > 0) and np.all(sizes <= 1)):
        raise ValueError("train_sizes is outside (0, 1]. Give such fractions.")
    return sizes
