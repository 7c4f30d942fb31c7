"""Models that follow the exact errors of the ones before."""

from skprivate.composition._cost import PrivacyCost
from skprivate.composition._registry import built_in
from skprivate.composition._rules._bagging import price_of_members, seeding


@built_in("imblearn", "RUSBoostClassifier")
@built_in("sklearn", "AdaBoostClassifier", "AdaBoostRegressor")
def _boosting(estimator, walk):
    """At most ``n_estimators`` fits: it may stop early, at a perfect fit."""
    name = type(estimator).__name__
    default = "DecisionTreeRegressor" if name.endswith("or") else "decision stumps"
    model = price_of_members(estimator, walk, default)
    weighted = walk.leak(
        "rows are weighted by exact errors of the models before, and so are the models",
        "Use a single estimator of skprivate, or a Voting estimator.",
    )
    return PrivacyCost.sum_of(
        name,
        [("estimator", model)],
        leaks=(weighted, *seeding(estimator.estimator, walk)),
    )
