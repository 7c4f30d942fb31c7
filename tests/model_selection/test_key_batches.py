"""Batches by a key: a unit stays where it is, whatever the others do."""

import numpy as np
import pandas as pd
import pytest

from skprivate.model_selection import key_batches


def batch_of(keys, n_batches, **params):
    """The batch of each row."""
    batch = np.full(len(keys), -1)
    for number, rows in enumerate(key_batches(keys, n_batches, **params)):
        assert np.all(batch[rows] == -1)
        batch[rows] = number
    assert np.all(batch >= 0)
    return batch


def test_units_stay_together_and_where_they_are(rng):
    keys = rng.integers(0, 500, 3000)
    batch = batch_of(keys, 5)
    for unit in np.unique(keys)[:50]:
        assert len(np.unique(batch[keys == unit])) == 1
    np.testing.assert_array_equal(batch_of(keys[1:], 5), batch[1:])
    order = rng.permutation(len(keys))
    np.testing.assert_array_equal(batch_of(keys[order], 5), batch[order])
    assert np.any(batch_of(keys, 5, salt=1) != batch)


def test_sizes_are_alike():
    sizes = np.bincount(batch_of(np.arange(10_000), 10))
    assert np.all(np.abs(sizes - 1000) < 6 * np.sqrt(900))


def test_types_do_not_matter():
    numbers = batch_of([1, 2, 3, 2**60 + 1], 1000)
    mixed = batch_of([1, 2, 3, 2**60 + 1, "1"], 1000)
    np.testing.assert_array_equal(mixed[:4], numbers)  # one text makes them no texts
    assert mixed[4] != mixed[0]
    for other in (np.array([1.0, 2.0, 3.0]), pd.Series([1, 2, 3]), [True, 2.0, 3]):
        np.testing.assert_array_equal(batch_of(other, 1000), numbers[:3])
    texts = batch_of(np.array(["a", "b"]), 1000)
    np.testing.assert_array_equal(
        batch_of(pd.Series(["a", "b", "ccc"]), 1000)[:2], texts
    )


@pytest.mark.parametrize(
    ("keys", "n_batches", "salt", "error"),
    [
        ([1, None], 2, 0, TypeError),
        ([1, np.nan], 2, 0, TypeError),
        ([1, np.inf], 2, 0, TypeError),
        ([1, 2], 0, 0, ValueError),
        ([1, 2], True, 0, TypeError),
        ([1, 2], 2.5, 0, TypeError),
        ([1, 2], 2, -1, ValueError),
        ([[1, 2], [3, 4]], 2, 0, ValueError),
    ],
)
def test_mistakes_are_refused(keys, n_batches, salt, error):
    with pytest.raises(error, match=r"keys|n_batches|salt"):
        key_batches(keys, n_batches, salt=salt)


def test_messages_hold_no_key():
    with pytest.raises(TypeError) as caught:
        key_batches(["SECRET77", b"SECRET77"], 2)
    assert "SECRET77" not in str(caught.value)
