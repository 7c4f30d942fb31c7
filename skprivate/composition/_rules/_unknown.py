"""What has no rule is not private."""

from importlib import import_module

from skprivate.composition._cost import PrivacyCost
from skprivate.composition._rules._of_items import read_by

_TREES = "it grows trees on exact sums over rows"
_NEIGHBOURS = (
    "it decides about rows by other rows near them, so one row moves many others"
)
_REPEATS = "it draws rows by position, and as many as the exact class counts say"

# Estimators that hold others and yet have no rule -> why: no price of their parts says
# what they cost.
WHY_UNKNOWN = {
    "BalancedRandomForestClassifier": _TREES,
    "ClusterCentroids": "it replaces rows by centres of as many rows as a class lacks",
    "ExtraTreesClassifier": _TREES,
    "ExtraTreesRegressor": _TREES,
    "GradientBoostingClassifier": _TREES,
    "GradientBoostingRegressor": _TREES,
    "InstanceHardnessThreshold": "it keeps rows by raw cross-validated scores",
    "IsolationForest": _TREES,
    "KMeansSMOTE": _NEIGHBOURS,
    "LinearDiscriminantAnalysis": "its class means are exact",
    "QuadraticDiscriminantAnalysis": "its class means are exact",
    "RandomForestClassifier": _TREES,
    "RandomForestRegressor": _TREES,
    "RandomTreesEmbedding": _TREES,
    "SVMSMOTE": _NEIGHBOURS,
    **dict.fromkeys(
        (
            "ADASYN",
            "AllKNN",
            "BorderlineSMOTE",
            "CondensedNearestNeighbour",
            "EditedNearestNeighbours",
            "NearMiss",
            "NeighbourhoodCleaningRule",
            "OneSidedSelection",
            "RepeatedEditedNearestNeighbours",
            "SMOTE",
            "SMOTEENN",
            "SMOTEN",
            "SMOTENC",
            "SMOTETomek",
            "TomekLinks",
        ),
        _NEIGHBOURS,
    ),
    "FunctionSampler": "its function may mix rows",
    "RandomOverSampler": _REPEATS,
    "RandomUnderSampler": _REPEATS,
}
_REGISTER = (
    "Use an estimator of skprivate; or, if you know that it learns nothing exact from "
    "rows, say so with register_privacy_rule."
)
# Where a private counterpart has another name.
_COUNTERPARTS = {
    **dict.fromkeys(
        ("ADASYN", "BorderlineSMOTE", "KMeansSMOTE", "SMOTE", "SVMSMOTE"),
        "over_sampling.DPSMOTE",
    ),
    **dict.fromkeys(("SMOTEN", "SMOTENC"), "over_sampling.DPSMOTENC"),
    **dict.fromkeys(("SMOTEENN", "SMOTETomek"), "combine.DPCombine"),
    **dict.fromkeys(
        (
            "AllKNN",
            "ClusterCentroids",
            "CondensedNearestNeighbour",
            "EditedNearestNeighbours",
            "InstanceHardnessThreshold",
            "NearMiss",
            "NeighbourhoodCleaningRule",
            "OneSidedSelection",
            "RandomUnderSampler",
            "RepeatedEditedNearestNeighbours",
            "TomekLinks",
        ),
        "under_sampling.DPRandomUnderSampler",
    ),
    "BalancedRandomForestClassifier": "ensemble.DPRandomForestClassifier",
    "FunctionSampler": "under_sampling.RowFilter",
    **dict.fromkeys(
        ("EmpiricalCovariance", "LedoitWolf", "OAS", "ShrunkCovariance"),
        "covariance.DPCovariance",
    ),
    **dict.fromkeys(
        ("GenericUnivariateSelect", "SelectFdr", "SelectFpr", "SelectFwe"),
        "feature_selection.DPSelectKBest",
    ),
    "MiniBatchKMeans": "cluster.DPKMeans",
    "MaxAbsScaler": "preprocessing.DPMinMaxScaler",
    "RandomOverSampler": "over_sampling.DPRandomOverSampler",
    "LogisticRegressionCV": "linear_model.DPLogisticRegression",
}


def price_of_unknown(estimator, walk):
    """A leak, whatever it is; and what it does with parts is not known, either."""
    parts = [
        (label, walk(part, label).times(None))
        for label, part in _parts_of(estimator)
        if hasattr(part, "fit") and not isinstance(part, type)
    ]
    leak = walk.leak(_what(estimator), remedy_for(estimator))
    return PrivacyCost.sum_of(type(estimator).__name__, parts, leaks=(leak,))


def remedy_for(estimator):
    """The private counterpart of an estimator, if there is one."""
    known = read_by(estimator)
    if known is not None:
        return known[1]
    name = type(estimator).__name__
    package, _, module = type(estimator).__module__.partition(".")
    if package not in ("sklearn", "imblearn"):
        return _REGISTER
    if name in _COUNTERPARTS:
        return f"Use skprivate.{_COUNTERPARTS[name]}."
    home = f"skprivate.{module.partition('.')[0]}"
    try:
        found = hasattr(import_module(home), f"DP{name}")
    except ModuleNotFoundError:
        found = False
    return f"Use {home}.DP{name}." if found else _REGISTER


def _what(estimator):
    name = type(estimator).__name__
    known = read_by(estimator)
    if known is not None:
        return f"{name} is not private: {known[0]}"
    if type(estimator).__module__.partition(".")[0] in ("sklearn", "imblearn"):
        if name in WHY_UNKNOWN:
            return f"{name} is not private: {WHY_UNKNOWN[name]}"
        return f"{name} is fitted on the rows, without noise"
    if hasattr(estimator, "fit"):
        return f"there is no privacy rule for {name}"
    return f"{name} is no estimator"


def _parts_of(estimator):
    """Parameters that may be estimators; none if it cannot list its parameters."""
    try:
        return sorted(estimator.get_params(deep=False).items())
    except Exception:  # whatever is wrong with it, it is a leak already
        return []
