"""A search over anything that decides about a price is priced at all of its points."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import uniform
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.pipeline import make_pipeline

from skprivate import PrivacyLedger, make_dp_pipeline, privacy_cost
from skprivate.compose import DPTableVectorizer
from skprivate.linear_model import DPLogisticRegression
from skprivate.metrics import make_dp_scorer
from skprivate.model_selection import IndependentFolds
from skprivate.preprocessing import DPOneHotEncoder, DPOrdinalEncoder

rng = np.random.default_rng(0)
TABLE = pd.DataFrame({"kind": rng.choice(["a", "b"], 400)})
Y = np.arange(400) % 2
GIVEN = [["a", "b"]]
PRIVATE = {"cv": IndependentFolds(2), "scoring": make_dp_scorer("accuracy")}


def model(encoder):
    return make_pipeline(encoder, DPLogisticRegression(bounds=(0, 1), classes=[0, 1]))


def encoder(**params):
    return DPOneHotEncoder(categories=GIVEN, min_frequency=2, **params)


SEARCHES = {
    "categories": (encoder(), {"dponehotencoder__categories": ["private"]}),
    "both": (encoder(), {"dponehotencoder__categories": [GIVEN, "private"]}),
    "step": (
        encoder(),
        {"dponehotencoder": [encoder(), DPOneHotEncoder(categories="private")]},
    ),
    "step and parameter": (
        encoder(),
        {
            "dponehotencoder": [encoder(drop=None), encoder()],
            "dponehotencoder__categories": [GIVEN, "private"],
        },
    ),
    "left out": (encoder(), {"dponehotencoder__min_frequency": [None, 2]}),
    "ordinal": (
        DPOrdinalEncoder(categories=GIVEN, min_frequency=2),
        {"dpordinalencoder__categories": ["private"]},
    ),
    "schema": (
        DPTableVectorizer(schema={"kind": GIVEN[0]}),
        {"dptablevectorizer__schema": [{"kind": "category"}, {"kind": GIVEN[0]}]},
    ),
    "epsilon": (
        encoder(),
        {
            "dponehotencoder__categories": ["private"],
            "dponehotencoder__epsilon": [0.1, 2.0],
            "dponehotencoder__delta": [1e-7, 1e-6],
        },
    ),
}


@pytest.mark.parametrize("name", SEARCHES)
def test_the_price_is_at_least_what_a_ledger_records(name):
    first, grid = SEARCHES[name]
    for search in (
        GridSearchCV(model(first), grid, **PRIVATE),
        RandomizedSearchCV(model(first), grid, n_iter=1, random_state=0, **PRIVATE),
    ):
        cost = privacy_cost(search)
        with PrivacyLedger() as ledger:
            search.fit(TABLE, Y)
        for delta in (1e-7, 1e-6, 1e-5):
            assert cost.spent(delta) >= ledger.spent(delta) * (1 - 1e-9)


def test_what_is_drawn_and_may_reserve_a_part_of_delta_has_no_price():
    space = {"dponehotencoder__min_frequency": uniform(1, 5)}
    search = RandomizedSearchCV(model(encoder()), space, **PRIVATE)
    assert not privacy_cost(search).private


def test_settings_that_cannot_change_a_price_do_not_multiply_it():
    grid = {"dplogisticregression__C": list(np.logspace(-3, 3, 5000))}
    assert privacy_cost(GridSearchCV(model(encoder()), grid, **PRIVATE)).private


def test_pipelines_with_one_budget_are_priced_at_each_point_too():
    whole = make_dp_pipeline(encoder(), DPLogisticRegression(classes=[0, 1]))
    grid = {"dponehotencoder__categories": ["private"]}
    search = GridSearchCV(whole, grid, **PRIVATE)
    cost = privacy_cost(search)
    with PrivacyLedger() as ledger:
        search.fit(TABLE, Y)
    assert cost.spent(1e-6) >= ledger.spent(1e-6)
