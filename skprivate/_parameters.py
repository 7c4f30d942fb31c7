"""What a constructor says to a parameter of the namesake that it does not have."""

from difflib import get_close_matches
from functools import wraps
from inspect import Parameter, signature

_BY_RULE = "How many steps there are follows by rule: leave it out."
_NO_FOLDS = (
    "Folds would divide the budget: rows are set aside by secret coins, where a fit "
    "needs some. Leave it out."
)
_ONE_WAY = "There is one way of fitting, and nothing to choose: leave it out."
_NOISY_SPLITS = "Splits are drawn at random, or chosen by noisy counts: leave it out."

# Parameters of scikit-learn and imbalanced-learn that people bring along.
_WHAT_TO_DO = {
    "penalty": "The penalty is l1_ratio (1.0 is 'l1') and C, where there are such.",
    "solver": _ONE_WAY,
    "dual": _ONE_WAY,
    "multi_class": _ONE_WAY,
    "intercept_scaling": _ONE_WAY,
    "precompute": _ONE_WAY,
    "selection": _ONE_WAY,
    "algorithm": _ONE_WAY,
    "svd_solver": _ONE_WAY,
    "max_iter": _BY_RULE,
    "tol": "A fit is paid for ahead, and does not end early: leave it out.",
    "loss": "DPSGDClassifier and DPSGDRegressor have losses to choose from.",
    "n_jobs": "Rows are added up in compiled code, by one thread: leave it out.",
    "verbose": "Leave it out; privacy_ tells what a fit has done.",
    "copy": "Rows are never changed: leave it out.",
    "copy_X": "Rows are never changed: leave it out.",
    "cv": _NO_FOLDS,
    "refit": "The winner is a model that was fitted already: leave it out.",
    "return_train_score": "Scores are not released: leave it out.",
    "oob_score": "It would be exact. Score rows that were set aside, with "
    "skprivate.metrics.",
    "validation_fraction": "No row is held out: leave it out.",
    "criterion": _NOISY_SPLITS,
    "splitter": _NOISY_SPLITS,
    "max_features": _NOISY_SPLITS,
    "min_samples_split": "min_samples_leaf says where a tree ends.",
    "min_impurity_decrease": "min_samples_leaf says where a tree ends.",
    "ccp_alpha": "min_samples_leaf says where a tree ends.",
    "n_init": "Restarts would divide the budget: there is one start, from many public "
    "points. Leave it out.",
    "support_fraction": "Which rows lie closest together is a question about all of "
    "them: leave it out.",
    "bandwidth": "Cells are as fine as noise permits: leave it out.",
    "weights_init": "A fit begins with means_init alone: leave it out.",
    "precisions_init": "A fit begins with means_init alone: leave it out.",
    "bounds": "Give it to the models inside.",
    "target_bounds": "Give it to the models inside.",
}

# What to write for parameters of diffprivlib, or of other estimators here, by the first
# parameter that is there.
_ONE_A_COLUMN = {"columns": "The result is one number for each column: leave it out."}
_MOVED = {
    "data_norm": {
        "row_norm": "It is called row_norm here.",
        "bounds": "A row is bounded by the bounds of its columns: give bounds.",
    },
    "bounds": {"row_norm": "What bounds a row is row_norm here."},
    "bounds_X": {"bounds": "It is called bounds here."},
    "bounds_y": {"target_bounds": "It is called target_bounds here."},
    "weights": {"sample_weight": "It is called sample_weight here."},
    "quant": {"q": "It is called q here."},
    "percent": {"q": "Give q, between 0 and 1: q=0.9 for 90 percent."},
    "accountant": {
        "epsilon": "Budgets are counted by skprivate.PrivacyLedger: leave it out, and "
        "write `with PrivacyLedger(epsilon=1.0, delta=1e-6):` around the call."
    },
    "centered": {"whiten": "Columns are centered by noisy means: leave it out."},
    "shuffle": {"n_estimators": "The order of rows changes nothing: leave it out."},
    "categories": {
        "schema": "Categories of a table are listed in a schema, as in "
        "schema={'plan': ['free', 'firm']}."
    },
    "axis": _ONE_A_COLUMN,
    "keepdims": _ONE_A_COLUMN,
}


class ExplainsParameters:
    """Mixin of estimators that say what to do about a parameter they do not have.

    scikit-learn and its tools read the signature of ``__init__``, which stays as it is.

    Examples
    --------
    >>> from skprivate.linear_model import DPLinearSVC
    >>> try:
    ...     DPLinearSVC(solver="saga")
    ... except TypeError as error:
    ...     print(str(error)[:78])
    DPLinearSVC got an unexpected keyword argument 'solver'. There is one way of f
    """

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "__init__" in vars(cls):
            cls.__init__ = _explaining(cls.__init__)


def _explaining(init):
    known = signature(init).parameters
    if any(p.kind is Parameter.VAR_KEYWORD for p in known.values()):
        return init

    @wraps(init)
    def __init__(self, *args, **params):
        refuse_unknown(type(self).__name__, params, [*known][1:])
        init(self, *args, **params)

    return __init__


def refuse_unknown(owner, params, known):
    """Raise ``TypeError`` for the first of ``params`` that is not among ``known``."""
    for name in params:
        if name not in known:
            raise TypeError(_refusal(owner, name, known))


def _refusal(owner, name, known):
    """What to do about a parameter that is not there."""
    alike = get_close_matches(name, known, n=1, cutoff=0.7)
    meant = f"Did you mean {alike[0]}?" if alike else ""
    what_to_do = _moved(name, known) or _WHAT_TO_DO.get(name, meant)
    words = (
        f"{owner} got an unexpected keyword argument {name!r}.",
        what_to_do,
        f"The parameters are {', '.join(known)}.",
    )
    return " ".join(filter(None, words))


def _moved(name, known):
    """Where a parameter went that is elsewhere; the empty string if none is known."""
    places = _MOVED.get(name, {})
    return next((words for there, words in places.items() if there in known), "")
