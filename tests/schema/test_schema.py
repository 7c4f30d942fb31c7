"""Schema: written by hand, read, saved, compared."""

import copy
import pickle

import numpy as np
import pandas as pd
import pytest

from skprivate.schema import Field, Schema

HAND = {
    "age": (0, 120),
    "income": Field("number", unit="EUR"),
    "plan": ["free", "team"],
    "rooms": [1, 2, 3],
    "member": "boolean",
    "since": ("2015-01-01", "2030-01-01"),
    "town": "category",
}


def test_short_forms():
    schema = Schema(HAND)
    kinds = [field.kind for field in schema.values()]
    assert kinds == [
        "number", "number", "category", "category", "boolean", "date", "category",
    ]  # fmt: skip
    assert schema["age"].bounds == (0.0, 120.0)
    assert schema["plan"].categories == ("free", "team")
    assert schema["since"].bounds == ("2015-01-01", "2030-01-01")


def test_saved_and_read(tmp_path):
    schema = Schema(HAND)
    assert Schema.from_json(schema.to_json()) == schema
    path = tmp_path / "table.json"
    schema.to_json(path)
    assert Schema.from_json(path) == Schema.from_json(str(path)) == schema
    for other in (pickle.loads(pickle.dumps(schema)), copy.deepcopy(schema)):
        assert other == schema
        assert hash(other) == hash(schema)


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"format": 1}',
        '{"format": "skprivate.schema", "version": 2, "columns": []}',
        '{"format": "skprivate.schema", "version": 1, "columns": 3}',
        '{"format": "skprivate.schema", "version": 1,'
        ' "columns": [{"name": "a", "kind": "number", "secret": 1}]}',
        "{",
    ],
)
def test_damaged_json(text):
    with pytest.raises(ValueError, match="to_json"):
        Schema.from_json(text)


def test_from_pandas():
    frame = pd.DataFrame(
        {
            "n": [1.5],
            "i": pd.array([None], dtype="Int64"),
            "b": [True],
            "s": ["secret"],
            "c": pd.Categorical(["S"], categories=["S", "M"]),
            "d": pd.to_datetime(["2020-01-01"]).tz_localize("UTC"),
        }
    )
    schema = Schema.from_frame(frame)
    kinds = [field.kind for field in schema.values()]
    assert kinds == ["number", "number", "boolean", "category", "category", "date"]
    assert schema["c"].categories == ("S", "M")
    assert "secret" not in schema.to_json() + repr(schema) + schema._repr_html_()
    with pytest.raises(ValueError, match="different names"):
        Schema.from_frame(pd.DataFrame([[1, 2]], columns=["a", "a"]))


def test_from_polars():
    pl = pytest.importorskip("polars")
    frame = pl.DataFrame(
        {
            "n": [1],
            "e": pl.Series(["S"], dtype=pl.Enum(["S", "M"])),
            "c": pl.Series(["S"], dtype=pl.Categorical),
        }
    )
    schema = Schema.from_frame(frame)
    assert schema["e"].categories == ("S", "M")
    assert schema["c"].categories is None


def test_compared():
    schema = Schema(HAND)
    assert schema.differences(Schema(dict(reversed(HAND.items())))) == []
    other = schema.updated({"age": (0, 99), "income": Field("number", unit="USD")})
    assert len(schema.differences(other)) == 2
    assert "unit" in schema.differences(other)[1]
    assert len(schema.differences(schema.updated({"new": "number"}))) == 1
    assert schema != other
    assert schema != 3


@pytest.mark.parametrize(
    ("fact", "error"),
    [
        ("text", ValueError),
        ((1, 0), ValueError),
        ((0, np.inf), ValueError),
        ((0, np.nan), ValueError),
        ((-1e308, 1e308), ValueError),
        ((0, 1, 2), ValueError),
        (("2020", "never"), ValueError),
        (("2021", "2020"), ValueError),
        (("2020-01-01T00:00+09:00", "2021-01-01"), ValueError),
        (["a", "a"], ValueError),
        ([None], TypeError),
        ([np.nan], TypeError),
        (3, TypeError),
        (None, TypeError),
    ],
)
def test_facts_that_make_no_sense(fact, error):
    with pytest.raises(error):
        Schema({"x": fact})


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "boolean", "bounds": (0, 1)},
        {"kind": "number", "categories": [1]},
        {"kind": "category", "bounds": (0, 1)},
    ],
)
def test_parts_that_do_not_fit_the_kind(given):
    with pytest.raises(ValueError, match="Leave"):
        Field(**given)


def test_names_are_texts():
    with pytest.raises(TypeError):
        Schema({1: "number"})
    with pytest.raises(TypeError):
        Schema(["a"])


def test_page_is_escaped():
    html = Schema({"<script>": ["<b>"]})._repr_html_()
    assert "<script>" not in html
    assert "<b>" not in html


def test_long_lists_are_short_in_print():
    text = repr(Schema({"n": list(range(1000))}))
    assert "996 more" in text
    assert len(text) < 200


@pytest.mark.parametrize(
    "fact", [(9, 1), (1, np.nan), (1,), "numbr", ["a", "a"], 3, ("2030", "2020")]
)
def test_a_refusal_names_the_column_and_says_what_to_do(fact):
    with pytest.raises((TypeError, ValueError), match=r"^Column 'age': .*\. \w.*\.$"):
        Schema({"plan": "category", "age": fact})
