"""Messages that nobody should send: no crash, and no row says more than it may."""

from dataclasses import replace

import msgpack
import numpy as np
import pytest

from skprivate.base import Count, Query
from skprivate.federated import Party, dumps, loads
from skprivate.rows import Door
from tests.federated.messages import ask, open_message, opening, trusting
from tests.queries.forged import MOST_VALUES, check_length, forged, of_others

# One hostile row each: so the exact answer is what that row contributes.
ROWS = [
    [[0.5, 0.25, 0.75]],
    [[1e300, -1e300, 5e-324]],
    [[np.nan, np.inf, 0.0]],
    [[-1.0, 2.0, -0.0]],
]


class Target:
    """Parties of one row that trust whoever asks, and count what they answered."""

    def __init__(self):
        self.parties = []
        for row in ROWS:
            party = Party(np.array(row), [1], policy=trusting())
            party.answer(open_message(opening(noise="server")))
            self.parties.append(party)
        self.number, self.answered, self.refused = 1, 0, 0

    def send(self, data, party=None):
        """An answer, read; whatever was sent."""
        party = self.parties[0] if party is None else party
        told = loads(party.answer(data))
        self.answered += told["kind"] == "answer"
        self.refused += told["kind"] == "refusal"
        assert told["kind"] in ("hello", "opened", "closed", "answer", "refusal")
        return told

    def ask(self, query, rng):
        """Ask all parties, and compare what a row adds with what is stated."""
        kinds = Door("class"), Door("number"), Door()
        door = kinds[rng.integers(3)]
        labels = np.arange(rng.choice([2, 3, 5]))
        steps = (("encoded", labels),) if door.target == "class" else ()
        door = replace(door, allow_nan=bool(rng.random() < 0.5))
        fields = {"mechanisms": None, "door": door, "steps": steps}
        try:
            data = ask(self.number, queries=[query], **fields)
        except Exception:  # a value that cannot even be sent
            return
        if n_totals(query) > MOST_VALUES:  # allowed, but slow
            return
        for party in self.parties:
            told = self.send(data, party)
            if told["kind"] == "answer":
                (total,) = told["value"]
                assert total.size == query.n_totals
                within(query, total)
            self.settle(party)
        self.number += 1

    def settle(self, party):
        """Let the place of a question be taken, where it was refused before."""
        party.answer(ask(self.number, queries=[Count()], mechanisms=None))


def n_totals(query):
    """How many integers are asked for; none where rows must refuse the query.

    Sizes of such queries are not asked for: ``2**depth`` may be beyond any memory.
    """
    try:
        query.check(len(ROWS[0][0]))
    except Exception:  # whatever a forged field leads to
        return 0
    return query.n_totals


def within(query, total):
    """Assert that a row, beside no other, moves an answer no farther than stated."""
    if query.norm == 2 and not query.scored:
        check_length(query, total)
        return
    scores = getattr(query, "scores", np.asarray)
    moved = np.ravel(scores(total) - scores(np.zeros_like(total)))
    moved = moved if query.weights is None else moved / np.ravel(query.weights)
    assert np.linalg.norm(moved, query.norm) <= max(query.levels, 1.0) * (1 + 1e-9)


def genuine_messages():
    yield dumps({"kind": "hello"})
    yield open_message(opening(noise="server"))
    yield open_message(opening(b"g" * 16))
    yield ask(mechanisms=None)
    yield dumps({"kind": "close", "fit": b"h" * 16})
    for query in of_others():
        yield ask(queries=[query], mechanisms=None)


def other_bytes(data, rng):
    """The message with a few bytes changed, or cut, or put twice."""
    data = bytearray(data)
    for _ in range(rng.integers(1, 4)):
        at = int(rng.integers(len(data)))
        way = rng.integers(4)
        if way == 0:
            data[at] = rng.integers(256)
        elif way == 1:
            del data[at : at + int(rng.integers(1, 9))]
        elif way == 2:
            data[at:at] = rng.bytes(int(rng.integers(1, 9)))
        else:
            data[at] ^= 1 << int(rng.integers(8))
        if not data:
            return b""
    return bytes(data)


def other_parts(value, rng, depth=0):
    """A decoded message of which one part, somewhere, is another one."""
    if isinstance(value, dict) and value and rng.random() < 0.9:
        key = list(value)[rng.integers(len(value))]
        if rng.random() < 0.05:
            return {k: v for k, v in value.items() if k != key}
        return value | {key: other_parts(value[key], rng, depth + 1)}
    if isinstance(value, list) and value and rng.random() < 0.9:
        at = int(rng.integers(len(value)))
        return [*value[:at], other_parts(value[at], rng, depth + 1), *value[at + 1 :]]
    if isinstance(value, bytes) and value and rng.random() < 0.7:
        return other_bytes(value, rng)
    odd = [None, True, -1, 0, 1, 2**31, 2**63, -(2**63), 1e308, float("nan"), "", "x"]
    odd += [b"", b"x" * 16, [], {}, {"t": []}, {"i": "9" * 50}, [[]], "<f8", "|O", 5]
    return odd[rng.integers(len(odd))]


def fuzz(n_messages, rng):
    """Three ways to make messages, by turns; returns how many were answered."""
    target, messages = Target(), list(genuine_messages())
    queries = [query for query in of_others() if isinstance(query, Query)]
    for i in range(n_messages):
        data = messages[rng.integers(len(messages))]
        if i % 3 == 0:
            target.send(other_bytes(data, rng))
        elif i % 3 == 1:
            whole = msgpack.unpackb(data)
            whole["message"] = other_parts(whole["message"], rng)
            target.send(msgpack.packb(whole))
        else:
            query = queries[rng.integers(len(queries))]
            target.ask(forged(query, rng, queries), rng)
    return target


def test_two_thousand_messages(rng):
    target = fuzz(2000, rng)
    assert target.refused > 1000
    assert target.answered > 100


@pytest.mark.slow
def test_a_hundred_thousand_messages(rng):
    target = fuzz(100_000, rng)
    assert target.answered > 5000
