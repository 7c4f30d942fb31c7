"""Hashing, which learns nothing."""

import numpy as np
import pytest

from skprivate.composition import privacy_cost
from skprivate.preprocessing import CategoryHasher

pd = pytest.importorskip("pandas")


def test_equal_values_share_a_bucket_whatever_their_type():
    hasher = CategoryHasher(1000)
    frames = [
        pd.DataFrame({"a": column})
        for column in ([1, 1], [1.0, 1.0], [True, True], pd.array([1, 1], "Int64"))
    ]
    encoded = [hasher.fit_transform(frame) for frame in frames]
    assert all(np.array_equal(encoded[0], other) for other in encoded)
    text = hasher.fit_transform(pd.DataFrame({"a": ["1", "1"]}))
    assert not np.array_equal(encoded[0], text)


def test_buckets_are_the_same_everywhere_and_even():
    X = np.arange(20000).astype(str)[:, None]
    encoded = CategoryHasher(8).fit_transform(X)
    assert np.array_equal(encoded[:50], CategoryHasher(8).fit_transform(X[:50]))
    assert np.abs(encoded.sum(axis=0) - 2500).max() < 300
    other = CategoryHasher(8, salt=1).fit_transform(X)
    assert 0.05 < np.mean(np.all(encoded == other, axis=1)) < 0.2


def test_the_same_value_falls_elsewhere_in_another_column():
    X = np.array([[str(i)] * 2 for i in range(1000)], object)
    encoded = CategoryHasher(8, sparse_output=True).fit_transform(X)
    assert encoded.shape == (1000, 16)
    first, second = encoded[:, :8].argmax(axis=1), encoded[:, 8:].argmax(axis=1)
    assert np.mean(first == second) < 0.3


def test_missing_values_fall_into_no_bucket():
    X = pd.DataFrame({"a": [None, "x"], "b": [np.nan, 1.0]})
    assert CategoryHasher(3).fit_transform(X).sum(axis=1).tolist() == [0, 2]


def test_it_is_free():
    cost = privacy_cost(CategoryHasher())
    assert cost.private
    assert cost.events == ()
    names = CategoryHasher(2).fit(pd.DataFrame({"a": ["x"]})).get_feature_names_out()
    assert names.tolist() == ["a_0", "a_1"]
