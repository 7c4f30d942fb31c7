"""Words for identifiers: the same for the same, and for whom has no key nothing."""

import unicodedata

import numpy as np
import pandas as pd
import polars as pl
import pytest

from skprivate import check_private
from skprivate.composition import NotPrivateError
from skprivate.security import KeyRing, Pseudonymizer

pytest.importorskip("cryptography")


@pytest.fixture(scope="module")
def ring():
    return KeyRing.new()


def words(values, ring, scope="study", column="who"):
    frame = pd.DataFrame({column: pd.Series(values, dtype=object)})
    return list(Pseudonymizer([column], ring, scope=scope).fit_transform(frame)[column])


def test_equal_identifiers_get_equal_words(ring):
    a, b, c = words(["Ada", "Bob", "Ada"], ring)
    assert a == c != b
    assert len(a) == 32
    assert int(a, 16) >= 0


def test_texts_that_look_alike_are_one(ring):
    name = "Zoë"
    forms = [unicodedata.normalize(form, name) for form in ("NFC", "NFD")]
    assert forms[0] != forms[1]
    assert len({*words(forms, ring)}) == 1


def test_numbers_are_the_texts_that_they_are_written_as(ring):
    assert len({*words([17, np.int64(17), "17", b"17"], ring)}) == 1


def test_scopes_columns_and_keys_tell_apart(ring):
    ours = words(["Ada"], ring)
    assert ours != words(["Ada"], ring, scope="other")
    assert ours != words(["Ada"], ring, column="other")
    assert ours != words(["Ada"], KeyRing.new())
    assert words(["Ada"], ring, "a", "bc") != words(["Ada"], ring, "ab", "c")


def test_missing_ones_stay_missing(ring):
    assert words([None, float("nan"), pd.NA, pd.NaT], ring) == [None] * 4


@pytest.mark.parametrize("value", [1.5, True, (1, 2), {"a": 1}])
def test_what_identifies_nobody(ring, value):
    with pytest.raises(TypeError, match=r"Column 'who' holds .* convert them") as error:
        words([value], ring)
    assert "1.5" not in str(error.value)


def test_kinds_of_tables(ring):
    columns = {"who": ["Ada", None, "Bob"], "cost": [1, 2, 3]}
    frame = pd.DataFrame(columns, index=[7, 8, 9])
    new = Pseudonymizer(["who"], ring, scope="s").fit_transform(frame)
    assert list(new.index) == [7, 8, 9]
    assert new["cost"].equals(frame["cost"])
    assert frame["who"].iloc[0] == "Ada"
    polar = Pseudonymizer(["who"], ring, scope="s").fit_transform(pl.DataFrame(columns))
    assert polar["who"].to_list() == [None if pd.isna(w) else w for w in new["who"]]
    assert polar["cost"].to_list() == [1, 2, 3]
    array = Pseudonymizer([0], ring, scope="s").fit(frame.to_numpy(object))
    assert array.transform(frame.to_numpy(object)).shape == (3, 2)
    assert list(array.get_feature_names_out()) == ["x0", "x1"]


def test_categories_and_doubled_names(ring):
    frame = pd.DataFrame({"who": pd.Categorical(["Ada", "Bob", "Ada"])})
    new = Pseudonymizer(["who"], ring, scope="s").fit_transform(frame)["who"]
    assert new[0] == new[2] != new[1]
    twice = pd.DataFrame([[1, 2]], columns=["who", "who"])
    with pytest.raises(ValueError, match="more than once"):
        Pseudonymizer(["who"], ring, scope="s").fit(twice)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"key": b"0" * 32}, "must be a KeyRing"),
        ({"key": None}, "must be a KeyRing"),
        ({"scope": ""}, "what the words are for"),
        ({"columns": "who"}, "list of columns"),
        ({"columns": []}, "list of columns"),
        ({"columns": ["lost"]}, "'lost' is not in the table"),
    ],
)
def test_parameters(ring, change, match):
    asked = {"columns": ["who"], "key": ring, "scope": "s"} | change
    columns, key = asked.pop("columns"), asked.pop("key")
    with pytest.raises((TypeError, ValueError), match=match):
        Pseudonymizer(columns, key, **asked).fit(pd.DataFrame({"who": ["Ada"]}))


def test_it_is_not_private(ring):
    with pytest.raises(NotPrivateError, match="Pseudonymizer"):
        check_private(Pseudonymizer(["who"], ring, scope="s"))


def test_no_key_shows_in_its_repr(ring):
    words = Pseudonymizer(["who"], ring, scope="s")
    for text in (repr(words), words._repr_html_()):
        assert ring.key().hex() not in text
        assert repr(ring.key())[2:10] not in text
