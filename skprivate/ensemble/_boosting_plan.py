"""How rounds of boosting go: parameters, and rules for those that were not given."""

from collections.abc import Iterable
from dataclasses import replace
from numbers import Integral, Real

import numpy as np

from skprivate._sklearn import Interval, StrOptions
from skprivate.ensemble._boosting import Plan
from skprivate.rows._columns import names_of

COUNT_SHARE = 0.02  # for the target of all rows together
_FINEST = 255  # bins where there is no noise
_MOST_TREES = 1000  # of all rounds: more of them only take time
_FEWEST_ROUNDS, _MOST_ROUNDS = 4, 10  # on trees that are kept
_SIGNAL_OF_ROUND = 100.0  # rows times mu
_KEPT_DEPTH = 4
_FEWEST_KEPT = 4  # fewer tell little, however many rounds they have
_KEPT_TREES = 2  # for one of a round of its own
_MOST_LEAVES = 1600  # of trees that are kept: as many values are found at once
CUT = 0.5  # to which part of the longest one gradients of classes are cut

PARAMETERS = {
    "learning_rate": [Interval(Real, 0, None, closed="neither"), None],
    "max_iter": [Interval(Integral, 1, 10_000, closed="both")],
    "trees_per_iter": [Interval(Integral, 1, 1000, closed="both"), None],
    "max_leaf_nodes": [Interval(Integral, 2, None, closed="left"), None],
    "max_depth": [Interval(Integral, 1, 20, closed="both"), None],
    "min_samples_leaf": [Interval(Real, 1, None, closed="left")],
    "early_stopping": ["boolean"],
    "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
    "l2_regularization": [Interval(Real, 0, None, closed="left")],
    "splits": [StrOptions({"auto", "random", "learned"})],
    "max_bins": [Interval(Integral, 2, _FINEST, closed="both"), None],
    "monotonic_cst": ["array-like", dict, None],
    "interaction_cst": [
        list,
        tuple,
        StrOptions({"pairwise", "no_interactions"}),
        None,
    ],
}


def bins_wanted(model, budget):
    """Number of bins of a number."""
    return model.max_bins or (32 if budget.private else _FINEST)


def trees_wanted(model, budget, n_rows=0.0, mu=0.0):
    """Number of trees of a round: with Laplace noise each has its price."""
    if _learns(model, budget):
        return 1
    wanted = 4
    if not budget.pure:
        wanted = int(np.clip(n_rows * min(mu, 1.0) / 8.0, 4, 50))
        most = max(_MOST_TREES // rounds_wanted(model, n_rows, mu), 1)
        wanted = min(wanted, most)
    return model.trees_per_iter or wanted


def rounds_wanted(model, n_rows, mu):
    """Number of rounds, where there is noise."""
    rounds = round(0.22 * (n_rows * mu) ** 0.55)
    return min(max(rounds, 2), model.max_iter)


def plan_of(model, columns, budget, n_rows, mu, largest, haste=1.0, several=False):
    """How rounds go.

    Of several classes, steps of all margins are taken at once, each by its own
    curvature; together they are up to twice as long as they should be. Proof. The
    Hessian of a row of probabilities ``p`` is ``diag(p) - p p'``: the Laplacian of a
    graph with weights ``p_i p_j``, whose degrees are ``p_i (1 - p_i)``, the curvatures.
    A Laplacian is at most twice its degrees, since ``(a - b)**2 <= 2 a**2 + 2 b**2``;
    sums over rows keep that, and two classes that share all rows reach it. So a rate
    of ``r`` is one of up to ``2 r``, and beyond one margins may swing ever wider.

    Parameters
    ----------
    model : estimator
        With the `PARAMETERS`.
    columns : tuple of Column
    budget : Budget
    n_rows, mu : float
        Noisy number of rows; see :func:`signal_of`.
    largest : float
        Of a Newton step.
    haste : float, default=1.0
        By which the rate is multiplied: rows stand for curvatures that are smaller.
    several : bool, default=False
        Whether each of several classes has a margin.

    Returns
    -------
    Plan
    """
    learned = _learns(model, budget)
    rounds = rounds_wanted(model, n_rows, mu)
    # Beyond 2, steps would only turn residuals over.
    rate = 0.1 if learned else 0.75 if several else 1.5
    depth = 4 if learned else 3
    if learned and not budget.private:
        rounds, depth = min(max(round(n_rows / 10.0), 2), model.max_iter), 8
    stops = model.early_stopping and budget.private
    return Plan(
        n_rounds=rounds,
        n_trees=trees_wanted(model, budget, n_rows, mu),
        depth=model.max_depth or depth,
        learned=learned,
        most_leaves=model.max_leaf_nodes or 2**20,
        rate=haste * (model.learning_rate or rate),
        ridge=float(model.l2_regularization),
        largest=largest,
        least=1e-3,
        signs=signs_of(model.monotonic_cst, columns),
        groups=groups_of(model.interaction_cst, len(columns)),
        n_rows=max(n_rows, 1.0),
        fewest=float(model.min_samples_leaf),
        patience=model.n_iter_no_change if stops else None,
    )


def _learns(model, budget):
    """Whether splits are learned."""
    if model.splits == "auto":
        return not budget.private
    return model.splits == "learned"


def keeps_trees(model, budget, columns):
    """Whether rounds have the same trees: where these are random, and the loss knows.

    With Laplace noise, each tree has its price; and what constrains trees, or the rate,
    is about rounds that have their own. So are groups of columns, if there are more of
    them than trees: some would be in none.
    """
    plain = model.monotonic_cst is None and model.learning_rate is None
    plain = plain and model.min_samples_leaf <= 1 and not model.early_stopping
    most = _MOST_LEAVES >> min(model.max_depth or _KEPT_DEPTH, 30)
    most = min(model.trees_per_iter or most, most)
    few = most >= max(_FEWEST_KEPT, len(groups_of(model.interaction_cst, len(columns))))
    noisy = budget.private and not budget.pure and not _learns(model, budget)
    return plain and few and noisy


def plan_of_kept(plan, model, mu):
    """The plan of rounds on the same trees: fewer of them, and deeper trees."""
    depth = model.max_depth or _KEPT_DEPTH
    most = _MOST_LEAVES >> depth
    n_trees = max(_KEPT_TREES * plan.n_trees, len(plan.groups))
    n_trees = model.trees_per_iter or n_trees
    signal = plan.n_rows * mu / _SIGNAL_OF_ROUND
    rounds = int(np.clip(signal, _FEWEST_ROUNDS, _MOST_ROUNDS))
    return replace(
        plan,
        n_rounds=min(rounds, model.max_iter),
        n_trees=min(n_trees, most),
        depth=depth,
    )


def check_constraints(model, columns):
    """Refuse constraints that make no sense for these columns, before any answer."""
    signs_of(model.monotonic_cst, columns)
    groups_of(model.interaction_cst, len(columns))


def signs_of(monotonic_cst, columns):
    """Which way predictions may go along each column."""
    signs = np.zeros(len(columns), dtype=np.int64)
    names = names_of(columns)
    if isinstance(monotonic_cst, dict):
        if unknown := [name for name in monotonic_cst if name not in names]:
            raise ValueError(
                f"monotonic_cst names a column that there is not, {unknown[0]!r}. Use "
                "names of columns."
            )
        for name, sign in monotonic_cst.items():
            signs[names.index(name)] = _sign(sign)
    elif monotonic_cst is not None:
        given = np.asarray(monotonic_cst)
        if given.shape != signs.shape:
            raise ValueError(
                "monotonic_cst must have one number for each column of X. Give as "
                "many, or a dict by names."
            )
        signs[:] = [_sign(sign) for sign in given.tolist()]
    if any(signs[j] and c.kind == "category" for j, c in enumerate(columns)):
        raise ValueError(
            "monotonic_cst names a column of categories, which have no order. Set it "
            "to 0."
        )
    return signs


def _sign(sign):
    if sign not in (-1, 0, 1):
        raise ValueError("monotonic_cst must hold 1, 0 and -1 only. Use these.")
    return int(sign)


def groups_of(interaction_cst, n_features):
    """Groups of columns, of which each tree takes one."""
    every = tuple(range(n_features))
    if interaction_cst is None:
        return (every,)
    if isinstance(interaction_cst, str):
        if interaction_cst == "no_interactions" or n_features == 1:
            return tuple((j,) for j in every)
        return tuple((i, j) for j in every for i in range(j))
    groups = [_group(group, n_features) for group in interaction_cst]
    if not groups or not all(groups):
        raise ValueError(
            "interaction_cst must hold groups of numbers of columns, none of them "
            "empty. Count columns from 0."
        )
    rest = tuple(j for j in every if not any(j in group for group in groups))
    return tuple(groups) + ((rest,) if rest else ())


def _group(numbers, n_features):
    """Numbers of columns, each once, in order; none if they are something else."""
    if isinstance(numbers, str) or not isinstance(numbers, Iterable):
        return ()
    given = [*numbers]
    whole = all(isinstance(j, Integral) and not isinstance(j, bool) for j in given)
    if not whole or not all(0 <= j < n_features for j in given):
        return ()
    return tuple(sorted({int(j) for j in given}))
