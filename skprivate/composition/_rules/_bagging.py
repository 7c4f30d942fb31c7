"""Many fits of one model on samples of the rows."""

from numbers import Integral, Real

from skprivate.composition._cost import PrivacyCost
from skprivate.composition._registry import built_in
from skprivate.composition._rules._models import price_of_model

_INSTEAD = "Use a Voting estimator with several copies of the model"


@built_in("sklearn", "BaggingClassifier", "BaggingRegressor")
def _bagging(estimator, walk):
    name = type(estimator).__name__
    default = name.replace("Bagging", "DecisionTree")
    model = price_of_members(estimator, walk, default)
    return PrivacyCost.sum_of(
        name, [("estimator", model)], leaks=tuple(_leaks(estimator, walk))
    )


@built_in("imblearn", "BalancedBaggingClassifier")
def _balanced_bagging(estimator, walk):
    model = price_of_members(estimator, walk, "DecisionTreeClassifier")
    sampler = price_of_model(estimator.sampler, walk, "sampler", "RandomUnderSampler")
    return PrivacyCost.sum_of(
        "BalancedBaggingClassifier",
        [("sampler", sampler.times(estimator.n_estimators)), ("estimator", model)],
        leaks=tuple(_leaks(estimator, walk)),
    )


@built_in("imblearn", "EasyEnsembleClassifier")
def _easy_ensemble(estimator, walk):
    model = price_of_members(estimator, walk, "AdaBoostClassifier")
    sampled = walk.leak(
        "each model is fitted on as many rows as the exact class counts say, drawn by "
        "position",
        "Use skprivate.ensemble.DPBalancedBaggingClassifier.",
    )
    return PrivacyCost.sum_of(
        "EasyEnsembleClassifier",
        [("estimator", model)],
        leaks=(sampled, *seeding(estimator.estimator, walk)),
    )


def price_of_members(estimator, walk, default):
    """The price of ``n_estimators`` fits of the model inside."""
    n_features = walk.known("n_features")
    drawn = getattr(estimator, "max_features", 1.0)
    if isinstance(drawn, Integral):
        n_features = int(drawn)
    elif n_features is not None:
        n_features = max(1, int(drawn * n_features))
    model = price_of_model(
        estimator.estimator, walk, default=default, n_features=n_features
    )
    return model.times(estimator.n_estimators)


def seeding(model, walk):
    """The leak of ensembles that give each member a seed, and keep it."""
    try:
        names = model.get_params(deep=True)
    except (AttributeError, TypeError):
        names = ()
    if any(name.split("__")[-1] == "random_state" for name in names):
        yield walk.leak(
            "each model gets a random_state, which is kept with it, so that its noise "
            "can be removed",
            f"{_INSTEAD}: it sets no seeds.",
        )


def _leaks(estimator, walk):
    if estimator.bootstrap:
        yield walk.leak(
            "bootstrap=True repeats rows, so that one row counts several times",
            "Set bootstrap=False.",
        )
    drawn = estimator.max_samples
    if not (drawn is None or (isinstance(drawn, Real) and _is_one(drawn))):
        yield walk.leak(
            "samples of the rows are drawn by position: one row more or less moves "
            "others",
            "Set max_samples=1.0.",
        )
    yield from seeding(estimator.estimator, walk)


def _is_one(number):
    """Whether this is all rows: the integer 1 is one row."""
    return not isinstance(number, Integral) and number == 1.0
