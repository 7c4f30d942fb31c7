"""Scorers of a search: private, and fit to be sent to workers."""

import pickle

from joblib import effective_n_jobs, wrap_non_picklable_objects
from sklearn.base import is_classifier, is_regressor

from skprivate.metrics import DPScorer, get_dp_scorer, make_dp_scorer
from skprivate.model_selection._groups import last_step


def scorer_for(scoring, estimator):
    """The private scorer that ``scoring`` names.

    Parameters
    ----------
    scoring : str, DPScorer or None
        None is the accuracy of a classifier, and the mean absolute error of a regressor
        that was told the bounds of its target.
    estimator : estimator

    Returns
    -------
    DPScorer
    """
    if isinstance(scoring, DPScorer):
        return scoring
    if isinstance(scoring, str):
        return get_dp_scorer(scoring)
    if scoring is None and is_classifier(estimator):
        return get_dp_scorer("accuracy")
    if scoring is None and is_regressor(estimator):
        return _error_of(estimator)
    if scoring is None:
        raise ValueError(
            f"{type(estimator).__name__} neither classifies nor predicts numbers, so "
            "there is no usual score. Give scoring=make_dp_scorer(...)."
        )
    raise TypeError(
        "scoring must be a private scorer: an ordinary one would release exact scores "
        "of private rows. Use its name, such as 'accuracy', or make_dp_scorer(...)."
    )


def _error_of(estimator):
    """Mean absolute error within the bounds that the regressor was told."""
    bounds = getattr(last_step(estimator), "target_bounds", "private")
    if isinstance(bounds, str):
        raise ValueError(
            "The errors of a regressor need a range that is known in advance. Give the "
            "estimator target_bounds=(low, high), or give "
            "scoring=make_dp_scorer('r2', target_bounds=(low, high))."
        )
    return make_dp_scorer("neg_mean_absolute_error", target_bounds=bounds)


def check_scorer(scorer, model, given):
    """Refuse a scorer that cannot score the classes of a model, if it was told them.

    Parameters
    ----------
    scorer : DPScorer
    model : estimator
        Not fitted.
    given : Given
        What is public about the rows.
    """
    classes = getattr(last_step(model), "classes", None)
    if classes is not None or not is_classifier(model):
        scorer.rehearse(classes, given)


def check_picklable(n_jobs, *parts):
    """Refuse what cannot be sent to workers, before it costs anything."""
    if effective_n_jobs(n_jobs) == 1:
        return
    try:
        pickle.dumps(wrap_non_picklable_objects(parts))
    except Exception:
        failed = True
    else:
        failed = False
    if failed:  # raised out here, without the original error, which may quote anything
        raise TypeError(
            "estimator or scoring cannot be sent to other processes. Define functions "
            "at the top of a module, or use n_jobs=None."
        )
