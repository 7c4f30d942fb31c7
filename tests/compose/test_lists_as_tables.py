"""A list of rows has no types: a row more does not change what becomes of a column."""

import numpy as np
import pytest
from sklearn.preprocessing import OneHotEncoder

from skprivate.compose import DPTableVectorizer
from skprivate.exploration import DPDataProfile
from skprivate.naive_bayes import DPGaussianNB
from skprivate.pipeline import make_dp_pipeline
from skprivate.preprocessing import CategoryHasher, DPOneHotEncoder, DPOrdinalEncoder

BIG = 2**53 + 1
NUMBERS = [[float(v % 5)] for v in range(1000)]
ODD = [[[None]], [[float("nan")]], [[2**70]], [[True]], [[np.float32(0.1)]]]
MIXED = [["a", 1.5], ["b", 0.5]] * 500
SCHEMA = {"x0": ["a", "b"], "x1": (0, 2)}


@pytest.mark.parametrize("odd", ODD)
def test_columns_are_numbers_whoever_is_among_them(odd):
    vectorizer = DPTableVectorizer(epsilon=10).fit(NUMBERS + odd)
    assert vectorizer.kind_to_columns_ == {"number": ["x0"]}
    assert vectorizer.transform(odd + NUMBERS).shape == (len(NUMBERS) + 1, 1)
    profile = DPDataProfile(epsilon=10).fit(NUMBERS + odd).profile_
    assert profile.columns[0].kind == "number"


def test_text_in_a_list_needs_a_schema():
    for estimator in (DPTableVectorizer(), DPDataProfile()):
        with pytest.raises(ValueError, match="declare a schema"):
            estimator.fit(MIXED)
        for X in (MIXED, [*MIXED, [None, None]]):
            estimator.set_params(schema=SCHEMA).fit(X)


def test_a_list_is_read_as_a_schema_says():
    for X in (MIXED, [*MIXED, [None, None]]):
        vectorizer = DPTableVectorizer(schema=SCHEMA, numeric="minmax").fit(X)
        assert vectorizer.kind_to_columns_ == {"category": ["x0"], "number": ["x1"]}
        assert vectorizer.transform(X[:2]).tolist() == [[0.0, 0.5], [1.0, -0.5]]
        columns = DPDataProfile(schema=SCHEMA).fit(X).profile_.columns
        assert [column.kind for column in columns] == ["category", "number"]


@pytest.mark.parametrize("odd", [[[None]], [[0.5]], [[-1]], [[2**64]]])
def test_encoders_find_the_same_keys(odd):
    for value in (1, BIG):
        X = [[value]] * 500
        for rows in (X, X + odd):
            encoder = DPOneHotEncoder(epsilon=10).fit(rows)
            assert encoder.categories_[0].tolist() == [value]
            shown = "x0_1.0" if value == 1 else f"x0_{BIG}"
            assert encoder.get_feature_names_out()[0] == shown
            given = DPOrdinalEncoder(categories=[[5, value]], epsilon=10).fit(rows)
            assert given.transform(rows)[0, 0] == 1


@pytest.mark.parametrize("odd", [[[None]], [[0.5]], [[-1]], [["text"]]])
def test_a_hash_is_that_of_the_value(odd):
    hasher = CategoryHasher(1000).fit(NUMBERS)
    alone = hasher.transform([[BIG]])
    if odd == [["text"]]:
        with pytest.raises(TypeError, match="mixes text with numbers"):
            hasher.transform([[BIG]] + odd)
    else:
        assert np.array_equal(hasher.transform([[BIG]] + odd)[:1], alone)
    assert not np.array_equal(hasher.transform([[BIG - 1]]), alone)


@pytest.mark.parametrize("categories", [[0, 1], [BIG - 1, BIG]])
def test_steps_of_scikit_learn_get_each_value_on_its_own(categories):
    encoder = OneHotEncoder(
        categories=[categories], handle_unknown="ignore", sparse_output=False
    )
    shown = []
    for odd in ([], [[0.5]], [[None]]):
        X, y = [[categories[1]]] * 2000 + odd, [0, 1] * 1000 + [1] * len(odd)
        model = DPGaussianNB(bounds=(0, 1), classes=[0, 1])
        pipeline = make_dp_pipeline(encoder, model, epsilon=20.0).fit(X, y)
        np.testing.assert_allclose(pipeline[-1].theta_, [[0, 1]] * 2, atol=0.1)
        shown.append(repr(pipeline[0].categories_))
    assert len(set(shown)) == 1
