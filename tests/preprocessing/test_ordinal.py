"""Ordinal encoding."""

import numpy as np
import pytest
from sklearn.preprocessing import OrdinalEncoder

from skprivate.preprocessing import DPOrdinalEncoder

pd = pytest.importorskip("pandas")

rng = np.random.default_rng(0)
X = pd.DataFrame(
    {"town": rng.choice(["Ulm", "Bonn", None], 3000), "rooms": rng.choice(3, 3000)}
)


def test_without_noise_it_agrees_with_its_namesake():
    theirs = OrdinalEncoder().fit(X)
    with pytest.warns(UserWarning, match="not private"):
        ours = DPOrdinalEncoder(epsilon=np.inf).fit(X)
    np.testing.assert_array_equal(ours.transform(X), theirs.transform(X))


def test_rare_and_unknown_values_have_the_last_number():
    encoder = DPOrdinalEncoder().fit(X)
    assert [c.tolist() for c in encoder.categories_] == [["Bonn", "Ulm"], [0, 1, 2]]
    assert encoder.transform(
        pd.DataFrame({"town": ["Kiel"], "rooms": [9]})
    ).tolist() == [[2, 3]]
    assert encoder.output_bounds_[1].tolist() == [2, 3]


def test_numbers_of_unknown_and_missing_values_may_be_given():
    given = [["Ulm", "Bonn"], [0, 1, 2]]
    encoder = DPOrdinalEncoder(
        categories=given, unknown_value=-1, encoded_missing_value=-2, dtype=np.int32
    ).fit(X)
    encoded = encoder.transform(
        pd.DataFrame({"town": ["Ulm", "Kiel", None], "rooms": 7})
    )
    assert encoded.tolist() == [[0, -1], [-1, -1], [-2, -1]]
    assert encoded.dtype == np.int32
    assert encoder.output_bounds_[0].tolist() == [-2, -2]
    back = encoder.inverse_transform(encoded)
    assert back.tolist() == [["Ulm", None], [None, None], [None, None]]


def test_rare_given_categories_share_a_number():
    given = [["Ulm", "Kiel", "Bonn"], [0, 1, 2]]
    encoder = DPOrdinalEncoder(categories=given, min_frequency=100).fit(X)
    assert encoder.infrequent_categories_[0].tolist() == ["Kiel"]
    rows = pd.DataFrame({"town": ["Ulm", "Kiel", "Bonn", "Bern"], "rooms": 0})
    assert encoder.transform(rows)[:, 0].tolist() == [0, 2, 1, 2]
    back = encoder.inverse_transform([[2, 0], [np.nan, 1]])
    assert back.tolist() == [["infrequent_sklearn", 0], [None, 1]]


def test_unknown_values_can_be_refused():
    encoder = DPOrdinalEncoder(categories=[["Ulm"], [0, 1, 2]], handle_unknown="error")
    encoder.fit(X)
    rows = pd.DataFrame({"town": ["Ulm", None], "rooms": 1})
    assert np.isnan(encoder.transform(rows)[1, 0])  # missing is not unknown
    with pytest.raises(ValueError, match="column 0"):
        encoder.transform(X)


def test_integers_hold_no_nan():
    with pytest.raises(ValueError, match="encoded_missing_value"):
        DPOrdinalEncoder(dtype=np.int64).fit(X)


@pytest.mark.parametrize("gap", [np.nan, None, pd.NA])
@pytest.mark.parametrize("number", [-2, 7, np.nan])
@pytest.mark.parametrize("place", [0, 2])
def test_what_is_missing_has_its_number_though_it_is_listed(gap, number, place):
    listed = ["b", "a"]
    listed.insert(place, gap)
    X = np.array([["a"], ["b"], [gap]], dtype=object)
    encoder = DPOrdinalEncoder(categories=[listed], encoded_missing_value=number).fit(X)
    np.testing.assert_array_equal(encoder.transform(X).ravel(), [1, 0, number])
    values = encoder.inverse_transform(encoder.transform(X)).ravel().tolist()
    assert values == ["a", "b", None]
