"""Output columns have different names, whatever columns and categories are called."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from skprivate import make_dp_pipeline
from skprivate.linear_model import DPLogisticRegression
from skprivate.preprocessing import DPOneHotEncoder
from skprivate.testing import all_estimators
from skprivate.testing._examples import CATEGORIES, configured, example_for, quiet

PRIVATE = [configured(cls()) for _, cls in all_estimators("private")]
NAMING = [e for e in PRIVATE if hasattr(e, "get_feature_names_out")]
OPTIONS = {"encode": "onehot", "add_indicator": True, "target_type": "multiclass"}
COUNTED = {"epsilon": 5.0, "random_state": 0}


def names_of(estimator, columns):
    """Names of the output, of a fit on columns of these names."""
    example = example_for(estimator)
    X = pd.DataFrame(example.X, columns=columns)
    with quiet():
        estimator = clone(estimator).fit(X, example.y)
    return estimator.get_feature_names_out().tolist()


@pytest.mark.parametrize("estimator", NAMING, ids=lambda e: type(e).__name__)
def test_columns_may_be_called_like_outputs(estimator):
    mine = estimator.get_params()
    estimator.set_params(**{k: v for k, v in OPTIONS.items() if k in mine})
    outputs = [n for n in names_of(estimator, [*"abcde"]) if n != "a" and "a" in n]
    columns = [*dict.fromkeys(["a", *outputs[:4], *"bcde"])][:5]
    names = names_of(estimator, columns)
    assert len({*names}) == len(names)


def test_a_hasher_names_buckets_of_two_columns_apart():
    from skprivate.preprocessing import CategoryHasher

    X = pd.DataFrame({"a": ["x"], "a_1": ["y"], "a_1_1": ["z"]})
    names = CategoryHasher(n_buckets=12).fit(X).get_feature_names_out()
    assert len({*names}) == len(names) == 36


@pytest.mark.parametrize("texts", [["nan", "move", None], ["infrequent_sklearn", "b"]])
def test_texts_that_are_called_like_what_is_missing_or_rare(texts, rng):
    X = pd.DataFrame({"why": rng.choice(texts, 600)})
    encoder = DPOneHotEncoder(**COUNTED).fit(X)
    names = encoder.get_feature_names_out()
    assert len({*names}) == len(names) == encoder.transform(X).shape[1]
    model = make_dp_pipeline(
        DPOneHotEncoder(sparse_output=False),
        DPLogisticRegression(classes=[0, 1]),
        epsilon=5.0,
    ).set_output(transform="pandas")
    model.fit(X, rng.integers(0, 2, 600)).predict(X)


def test_a_combiner_of_names_may_repeat_itself():
    encoder = DPOneHotEncoder(
        categories=[CATEGORIES], feature_name_combiner=lambda *_: "one", **COUNTED
    ).fit(np.zeros((9, 1)))
    names = encoder.get_feature_names_out()
    assert names[:2].tolist() == ["one", "one_"]
    assert len({*names}) == len(names)
