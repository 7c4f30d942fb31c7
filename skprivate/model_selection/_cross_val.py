"""Cross-validation with one price for all of it."""

from typing import Any

from numpy.typing import ArrayLike

from skprivate._typing import Estimator, SeedLike, TableLike
from skprivate.metrics import DPScorer
from skprivate.model_selection._folds import IndependentFolds
from skprivate.model_selection._trial import DPScores, Trial
from skprivate.pipeline._shares import parts_of, whole_budget
from skprivate.pipeline._steps import discovers
from skprivate.rows._features import refuse_no_rows


def dp_cross_val_score(
    estimator: Estimator,
    X: TableLike,
    y: ArrayLike | None = None,
    *,
    sample_weight: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    scoring: str | DPScorer | None = None,
    cv: int | IndependentFolds = 5,
    n_jobs: int | None = None,
    epsilon: float = 1.0,
    delta: float = 1e-6,
    random_state: SeedLike = None,
    params: dict[Any, Any] | None = None,
) -> DPScores:
    """Scores by cross-validation, under differential privacy.

    **Guarantee.** All scores together (and all models, which are dropped) are within
    ``(epsilon, delta)``. Coins send each unit to one of ``k`` folds. So it is fitted in
    ``k - 1`` folds and scored in one: ``k`` parts of the budget, each of
    ``mu ** 2 / k`` (with ``delta=0``, of ``epsilon / k``), which compose adaptively to
    the whole; fits and scores of other folds do not touch it.

    What is scored are therefore models with a ``k``-th of ``mu ** 2``: worse than one
    that is fitted with the whole budget. To know how good *that* one is, keep some rows
    (:func:`dp_train_test_split`) and score it there with a metric of
    :mod:`skprivate.metrics`: no row pays twice.

    Parameters
    ----------
    estimator : estimator
        Of skprivate, or a pipeline of such, with ``epsilon`` and ``delta`` at their
        defaults.
    X : array-like, data frame, sparse matrix, Dask collection or Rows
        The rows. Those of a source are told apart by a secret hash of their values,
        instead of a coin: rows that are equal are in one fold. A classifier needs
        ``classes`` then.
    y : array-like of shape (n_samples,), default=None
        The target; None where a source has it.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights, for fits and scores.
    groups : array-like of shape (n_samples,), default=None
        Rows with equal values belong to one privacy unit.
    scoring : str or DPScorer, default=None
        As in :class:`DPGridSearchCV`.
    cv : int or IndependentFolds, default=5
        Number of folds, at least 2. Other splitters move rows because of others.
    n_jobs : int, default=None
        Number of folds at a time.
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
    DPScores
        A score for each fold, and their ``privacy``.

    Examples
    --------
    >>> from sklearn.datasets import make_blobs
    >>> from skprivate.linear_model import DPLogisticRegression
    >>> from skprivate.model_selection import dp_cross_val_score
    >>> X, y = make_blobs(3000, centers=2, random_state=0)
    >>> model = DPLogisticRegression(bounds=(-5, 10), classes=[0, 1])
    >>> scores = dp_cross_val_score(model, X, y, cv=3)
    >>> len(scores), max(scores) > 0.8, round(scores.privacy.epsilon(), 6)
    (3, True, 1.0)
    """
    folds = _folds_of(cv)
    finds = discovers(estimator)
    budget = whole_budget(epsilon, delta, finds)
    part, *_ = parts_of(budget, [1.0] * folds.n_splits, [finds] * folds.n_splits)
    trial = Trial(
        "dp_cross_val_score", estimator, scoring, n_jobs, budget, part, random_state
    )
    rows = trial.rows(X, y, sample_weight, groups, params)
    if folds.random_state is None:
        folds = IndependentFolds(folds.n_splits, random_state=trial.coin_seed)
    else:  # coins that can be repeated by position move rows, if one is put between
        trial.seeded = True
    paid = trial.pay(rows)
    note = (
        f"a unit is in {folds.n_splits - 1} of the fits and in one of the scores; each "
        f"gets 1/{folds.n_splits} of the budget"
    )
    with paid.kept():
        refuse_no_rows(X)
        return trial.scores(rows.folds(folds), rows, paid, note)


def _folds_of(cv):
    """Independent folds, from their number or as given."""
    if isinstance(cv, IndependentFolds):
        folds = cv
    elif isinstance(cv, int) and not isinstance(cv, bool):
        folds = IndependentFolds(cv)
    else:
        raise TypeError(
            "cv must be a number of folds or IndependentFolds: other splitters move "
            "rows to another fold because of others. Use cv=IndependentFolds(5)."
        )
    if folds.get_n_splits() < 2:
        raise ValueError("cv must be at least 2. Use 5, for example.")
    return folds
