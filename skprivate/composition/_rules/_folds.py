"""Splitters: the number of folds, and whether one row moves others."""

from numbers import Integral

from sklearn.base import is_classifier

from skprivate.composition._cost import PrivacyCost
from skprivate.composition._registry import built_in

_REMEDY = "Use cv=skprivate.model_selection.IndependentFolds(n_splits)."
_MOVES = (
    "rows are dealt out by position, so that one row more or less moves others to "
    "another fold: the fits in folds see more than one row change"
)
_COUNTS = "the number of folds is read from the rows"


@built_in(
    "sklearn",
    "GroupKFold",
    "GroupShuffleSplit",
    "KFold",
    "PredefinedSplit",
    "RepeatedKFold",
    "RepeatedStratifiedKFold",
    "ShuffleSplit",
    "StratifiedGroupKFold",
    "StratifiedKFold",
    "StratifiedShuffleSplit",
    "TimeSeriesSplit",
)
def _positional(splitter, walk):
    return _leaking(type(splitter).__name__, _MOVES, walk)


@built_in("sklearn", "LeaveOneGroupOut", "LeaveOneOut", "LeavePGroupsOut", "LeavePOut")
def _counting(splitter, walk):
    return _leaking(type(splitter).__name__, _COUNTS, walk)


@built_in("skprivate", "IndependentFolds")
def _independent(splitter, walk):
    """Each row has a coin of its own, so it moves no other row."""
    if splitter.random_state is None:
        return PrivacyCost("IndependentFolds", note="each row has a coin of its own")
    seeded = walk.leak(
        "the folds are seeded: to who knows the coins, one row less moves others",
        "Set random_state=None.",
    )
    return PrivacyCost("IndependentFolds", leaks=(seeded,))


def price_of_folds(cv, walk, *, classifier):
    """What a splitter reveals, and its number of folds.

    Parameters
    ----------
    cv : int, None, splitter or iterable
        As scikit-learn takes it. A splitter without a privacy rule leaks.
    walk : Walk
        At the estimator that has it.
    classifier : bool
        Whether an integer means stratified folds.

    Returns
    -------
    cost : PrivacyCost
    n_folds : int or None
        None if it cannot be known in advance.
    """
    if cv is None or isinstance(cv, Integral):
        name = "StratifiedKFold" if classifier else "KFold"
        return _leaking(name, _MOVES, walk), 5 if cv is None else int(cv)
    if not hasattr(cv, "split"):
        number = len(cv) if hasattr(cv, "__len__") else None
        return _leaking("listed folds", _MOVES, walk), number
    return walk(cv, "cv"), _number_of(cv)


def _leaking(name, what, walk):
    return PrivacyCost(name, leaks=(walk.leak(f"{name}: {what}", _REMEDY),))


def _number_of(splitter):
    try:
        return int(splitter.get_n_splits())
    except (AttributeError, TypeError, ValueError):  # asks for rows, or for groups
        return None


def classifies(estimator):
    """Whether scikit-learn would stratify folds for the model inside."""
    try:
        return is_classifier(estimator.estimator)
    except (
        Exception
    ):  # the model is strange, and a leak for that; folds only need a name
        return False
