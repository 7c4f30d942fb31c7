"""Models that are fitted again and again until something about the rows says stop."""

from skprivate.composition._cost import PrivacyCost
from skprivate.composition._registry import built_in
from skprivate.composition._rules._models import price_of_model


@built_in("sklearn", "SelfTrainingClassifier")
def _self_training(estimator, walk):
    """At most ``max_iter`` fits and a last one."""
    old = getattr(estimator, "base_estimator", "deprecated")
    model = estimator.estimator if old is None or isinstance(old, str) else old
    limit = estimator.max_iter
    part = price_of_model(model, walk).times(None if limit is None else limit + 1)
    labelled = walk.leak(
        "transduction_ and labeled_iter_ hold one value for each row",
        "Fit the model inside on the rows that have labels.",
    )
    parts = [("estimator", part)]
    return PrivacyCost.sum_of("SelfTrainingClassifier", parts, leaks=(labelled,))


@built_in("sklearn", "RANSACRegressor")
def _ransac(estimator, walk):
    """At most ``max_trials`` fits and a last one."""
    model = price_of_model(estimator.estimator, walk, default="LinearRegression")
    trials = estimator.max_trials
    number = int(trials) + 1 if trials < float("inf") else None
    drawn = walk.leak(
        "rows are chosen by exact residuals, inlier_mask_ holds one value for each "
        "row, and the model gets a seed",
        "Use skprivate.linear_model.DPRidge: long rows count less there.",
    )
    parts = [("estimator", model.times(number))]
    return PrivacyCost.sum_of("RANSACRegressor", parts, leaks=(drawn,))


@built_in("sklearn", "IterativeImputer")
def _iterative_imputer(estimator, walk):
    """At most one fit for each feature and round."""
    number = walk.need("n_features") * int(estimator.max_iter)
    model = price_of_model(
        estimator.estimator, walk, default="BayesianRidge", n_features=None
    )
    exact = walk.leak(
        "first guesses, the order of features and the stopping are exact statistics of "
        "the rows",
        "Use SimpleImputer(strategy='constant', keep_empty_features=True).",
    )
    parts = [("estimator", model.times(number))]
    return PrivacyCost.sum_of("IterativeImputer", parts, leaks=(exact,))
