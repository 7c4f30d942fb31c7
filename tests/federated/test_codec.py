"""Messages: what goes in comes out, and nothing else comes out."""

import pickle
from dataclasses import dataclass

import msgpack
import numpy as np
import pytest

import skprivate
from skprivate.base import Box, Query
from skprivate.federated import dumps, loads
from skprivate.losses import Huber
from skprivate.queries import Moments
from skprivate.rows import Column, Door
from skprivate.testing._same import bits_of
from tests.queries.forged import genuine, of_others

ENDS = np.zeros(3), np.ones(3)


def roundtrip(value):
    return loads(dumps({"value": value}))["value"]


@pytest.mark.parametrize(
    "value",
    [
        None, True, False, 0, -1, 2**63, 2**64 - 1, -(2**63), 2**100, -(2**90), 0.1,
        float("inf"), "text", b"bytes", (1, (2, "x")), [1, [2.0]], {"a": (1,)},
        frozenset({"a", "b"}), np.float32(1.5), np.int8(-3), np.str_("ä"),
        np.datetime64("2024-02-29"), np.zeros((2, 0, 3)), np.arange(6).reshape(2, 3).T,
        np.array(["ä", "long"]), np.array([1, None, "x", 2**80], object),
        np.array(["2024-01-01"], "M8[ns]"), np.array([True, False]),
        np.arange(3, dtype=">i4"), np.broadcast_to(np.float64(2.0), 1000),
        Column("x", "category", ("a", "b")), Door(columns=(Column(None, "x"),)),
        Box.between(*ENDS, 17), Huber(1.5),
    ],
    ids=repr,
)  # fmt: skip
def test_what_goes_in_comes_out(value):
    back = roundtrip(value)
    assert type(back) is type(value)
    assert bits_of(back) == bits_of(value)


def test_nan_keeps_its_bits():
    assert np.isnan(roundtrip(float("nan")))
    assert np.isnan(roundtrip(np.float64("nan")))


def test_a_box_of_millions_is_small_and_stays_uniform():
    box = Box.around_ball(2**20, 1.0, 1.0, 17)
    assert len(dumps({"box": box})) < 1000
    assert roundtrip(box).uniform


def test_arrays_may_be_written_to_as_before():
    locked = np.zeros(3)
    locked.flags.writeable = False
    assert not roundtrip(locked).flags.writeable
    assert roundtrip(np.zeros(3)).flags.writeable


@pytest.mark.parametrize("query", [*of_others()], ids=lambda q: type(q).__name__)
def test_queries_come_back(query):
    check(query)


@pytest.mark.slow
def test_queries_of_all_estimators_come_back():
    for query in genuine().values():
        check(query)


def check(query):
    data = dumps({"value": query})
    back = loads(data)["value"]
    assert type(back) is type(query)
    assert dumps({"value": back}) == data
    assert (back.levels, back.size) == (query.levels, query.size)


@dataclass(frozen=True)
class Foreign(Query):
    """A query of a user."""

    bound = 1.0
    size = 1


@pytest.mark.parametrize(
    "value", [Foreign(), object(), len, Query, 1j, np.zeros(2, complex), {1: 2}, {1}]
)
def test_what_is_not_listed_is_not_sent(value):
    with pytest.raises(TypeError, match="cannot be sent"):
        dumps({"value": value})


def raw(message, **changes):
    whole = {"protocol": 1, "version": skprivate.__version__, "message": message}
    return msgpack.packb(whole | changes)


FLOATS = {"a": "<f8", "s": [2], "b": bytes(16), "w": True}


@pytest.mark.parametrize(
    "value",
    [
        {"q": "os:system", "f": {}},
        {"q": "base._query:Query", "f": {}},
        {"q": "base._curator:Curator", "f": {}},
        {"q": "rows._array:ArrayRows", "f": {"X": 1}},
        {"q": "testing._runner:check_dp_estimator", "f": {}},
        {"q": "__main__:main", "f": {}},
        {"q": "queries._moments:np", "f": {}},
        {"q": "queries._moments:Moments", "f": {}},
        {"q": "queries._moments:Moments", "f": {"box": 1, "n_classes": 0, "x": 1}},
        {"q": "queries.._moments:Moments", "f": {}},
        {"q": "queries._nothing:Moments", "f": {}},
        {"q": 5, "f": {}},
        FLOATS | {"a": "|O"}, FLOATS | {"a": "<c16", "s": [1]}, FLOATS | {"a": "|V8"},
        FLOATS | {"s": [3]}, FLOATS | {"s": [-1]}, FLOATS | {"s": [2**50, 0]},
        FLOATS | {"s": [1] * 40}, FLOATS | {"b": bytes(15)}, FLOATS | {"b": "text"},
        {"a": "<f8", "s": [2**30], "b": bytes(8), "r": True},
        {"a": "|U0", "s": [2**30], "b": b""},
        {"i": "1" * 200}, {"i": "x"}, {"z": [1]}, {}, {"unknown": 1},
        msgpack.ExtType(5, b"x"), msgpack.Timestamp(1),
    ],
    ids=lambda value: str(value)[:50],
)  # fmt: skip
def test_what_is_not_listed_is_not_read(value):
    with pytest.raises(ValueError, match="A message was refused"):
        loads(raw({"m": {"value": value}}))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        pickle.dumps({"a": 1}),
        dumps({"a": 1})[:-1],
        dumps({"a": 1}) + b"x",
        raw({"m": {}}, protocol=2),
        raw({"m": {}}, version="0.1"),
        raw([1]),
        msgpack.packb([1]),
        msgpack.packb({"message": {}}),
        "text",
        None,
        b"\xdd\xff\xff\xff\xff",  # an array of four thousand million
        b"\x91" * 5000,
        raw({"m": {"a": [[]] * (2**20)}}),
    ],
    ids=range(15),
)
def test_what_is_no_message_is_refused(data):
    with pytest.raises(ValueError, match="A message was refused"):
        loads(data)


def test_long_messages_are_refused_before_they_are_read():
    data = dumps({"a": bytes(100)})
    with pytest.raises(ValueError, match="too long"):
        loads(data, limit=100)
    with pytest.raises(ValueError, match="longer than 50 bytes"):
        dumps({"a": bytes(100)}, limit=50)


def test_values_without_end_are_refused():
    deep = []
    for _ in range(100):
        deep = [deep]
    with pytest.raises(ValueError, match="without end"):
        dumps({"a": deep})
    deep = 0
    for _ in range(100):
        deep = {"t": [deep]}
    with pytest.raises(ValueError, match="A message was refused"):
        loads(raw({"m": {"a": deep}}))


def test_another_version_is_named():
    with pytest.raises(ValueError, match="another version"):
        loads(raw({"m": {}}, version="99.0"))


def test_no_value_of_a_message_is_in_an_error():
    with pytest.raises(ValueError) as info:
        loads(raw({"m": {"secret": {"q": "secret:Secret", "f": {}}}}))
    assert "secret" not in str(info.value).lower()
    assert info.value.__cause__ is None


def test_of_a_listed_class_only_fields_travel():
    box = Box.between(*ENDS, 17)
    box.array  # noqa: B018  # which is kept in the box
    assert set(vars(roundtrip(box))) == {"low", "high", "center", "half", "bits"}


def test_a_size_that_is_stated_is_not_believed():
    forged = {"box": BOX, "n_classes": 0, "size": 3}
    data = {"q": "queries._moments:Moments", "f": forged}
    with pytest.raises(ValueError, match="A message was refused"):
        loads(raw({"m": {"value": data}}))
    assert roundtrip(Moments(Box.between(*ENDS, 17))).size == 7


BOX = msgpack.unpackb(dumps({"b": Box.between(*ENDS, 17)}))["message"]["m"]["b"]
