"""Every classifier whose priors or loss can weigh classes takes ``class_weight``."""

import numpy as np
import pytest
from sklearn.base import is_classifier

from skprivate import PrivacyLedger
from skprivate.base import DPEstimator
from skprivate.testing import all_estimators
from skprivate.testing._examples import small

# Where a weight of a class would change nothing.
WITHOUT = {
    "DPComplementNB",  # a class is told by the rows of all others; priors are unused
    "DPNearestCentroid",  # distances to centroids know no priors
}
CLASSIFIERS = {
    name: cls
    for name, cls in all_estimators("private")
    if is_classifier(cls()) and issubclass(cls, DPEstimator)
}
every_one = pytest.mark.parametrize("name", sorted({*CLASSIFIERS} - WITHOUT))
rng = np.random.default_rng(0)
X = np.r_[rng.integers(0, 4, (3000, 3)), rng.integers(2, 6, (150, 3))].astype(float)
Y = np.repeat([0, 1], [3000, 150])


def made(name, **params):
    model = small(CLASSIFIERS[name]())
    facts = {"bounds": (0, 6), "categories": [[*range(6)]] * 3, "max_ones": 3}
    facts |= {"classes": [0, 1], "binarize": 2.5, "row_norm": 11.0}
    facts |= {"epsilon": 30.0, "random_state": 0} | params
    known = model.get_params()
    return model.set_params(**{k: v for k, v in facts.items() if k in known})


def test_those_without_are_all_there_are():
    lacking = {
        n for n, c in CLASSIFIERS.items() if "class_weight" not in c().get_params()
    }
    assert lacking == WITHOUT


@every_one
@pytest.mark.filterwarnings("ignore:epsilon")
def test_balance_finds_more_of_the_rare_class(name):
    plain = made(name).fit(X, Y).predict(X)
    found = made(name, class_weight="balanced").fit(X, Y).predict(X)
    assert np.sum(found) >= np.sum(plain)
    assert np.mean(found[Y == 1]) > 0.4
    given = made(name, class_weight={1: 20.0}).fit(X, Y).predict(X)
    assert np.mean(given[Y == 1]) > 0.4


@every_one
@pytest.mark.parametrize("given", [{7: 1.0}, {0: -1.0}, {0: np.nan}, "even"])
def test_mistakes_are_free(name, given):
    model = made(name, class_weight=given, random_state=None, epsilon=1.0)
    with PrivacyLedger() as ledger, pytest.raises(ValueError, match="class_weight"):
        model.fit(X, Y)
    assert not ledger.records


@every_one
def test_priors_that_are_given_are_not_weighed(name):
    known = CLASSIFIERS[name]().get_params()
    prior = next((p for p in ("priors", "class_prior") if p in known), None)
    if prior is None:
        return
    model = made(name, class_weight="balanced", random_state=None, epsilon=1.0)
    with PrivacyLedger() as ledger, pytest.raises(ValueError, match="Give one of"):
        model.set_params(**{prior: [0.5, 0.5]}).fit(X, Y)
    assert not ledger.records
