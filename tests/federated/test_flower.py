"""Parties behind Flower, in this process: no server, no Ray."""

from itertools import count

import pytest

pytest.importorskip("flwr.app")

from flwr.app import ConfigRecord, Context, Error, Message, RecordDict, UserConfig
from flwr.serverapp import Grid
from flwr.supercore.task_identity import TaskIdentity

from skprivate.federated.flower import GridChannel, client_app


class LocalGrid(Grid):
    """Calls the client app when a message is pushed."""

    def __init__(self, app, names, spoil=None):
        self._app, self._spoil, self._numbers = app, spoil, count(1)
        self._names, self._replies = dict(enumerate(names, start=11)), {}

    def set_run(self, run):
        """There is one only."""

    @property
    def run(self):
        return None

    def create_message(self, *args, **kwargs):
        return Message(*args, **kwargs)

    def get_node_ids(self):
        return list(self._names)

    def push_messages(self, messages):
        numbers = []
        for message in messages:
            number = str(next(self._numbers))
            message.metadata.__dict__["_message_id"] = number
            node = message.metadata.dst_node_id
            config = UserConfig({"name": self._names[node]})
            context = Context(
                run_id=1,
                node_id=node,
                node_config=config,
                state=RecordDict(),
                run_config=UserConfig(),
            )
            reply = self._app(message, context)
            if self._spoil is not None:
                reply = self._spoil(self._names[node], message, reply)
            if reply is not None:
                self._replies[number] = reply
            numbers.append(number)
        return numbers

    def pull_messages(self, message_ids):
        found = [number for number in message_ids if number in self._replies]
        return [self._replies.pop(number) for number in found]

    def send_and_receive(self, messages, *, timeout=None):
        raise AssertionError("it looks once in three seconds")


class Echo:
    def __init__(self, name):
        self.name = name.encode()

    def answer(self, question):
        return self.name + question


@pytest.fixture(autouse=True)
def identity(monkeypatch):
    """What Flower sets in the process of a run."""
    for name in ("_task_id", "_run_id", "_node_id"):
        monkeypatch.setattr(TaskIdentity, name, 1)


def echo_app():
    return client_app(lambda context: Echo(context.node_config["name"]))


def test_parties_have_names_and_answer():
    channel = GridChannel.of(LocalGrid(echo_app(), ("a", "b", "c")), 3)
    assert set(channel.names) == {"a", "b", "c"}
    asked = {"c": b"1", "a": b""}
    assert channel.ask(asked, 5.0) == {"c": b"c1", "a": b"a"}
    assert channel.ask({"b": b"x"}, float("inf")) == {"b": b"bx"}


def test_who_fails_lies_or_is_silent_is_missing():
    def spoil(name, message, reply):
        if message.metadata.message_type.endswith("name") or name == "good":
            return reply
        if name == "error":
            return Message(Error(1, "secret row 12345"), reply_to=message)
        if name == "other":
            record = ConfigRecord({"message": "a text"})
            return Message(RecordDict({"skprivate": record}), reply_to=message)
        if name == "empty":
            return Message(RecordDict({}), reply_to=message)
        if name == "stranger":
            reply.metadata.__dict__["_src_node_id"] = 99
            return reply
        return None

    names = "good", "error", "other", "empty", "stranger", "silent"
    channel = GridChannel.of(LocalGrid(echo_app(), names, spoil), len(names))
    answers = channel.ask(dict.fromkeys(names, b"x"), 0.3)
    assert answers == {"good": b"goodx"}


def test_parties_that_do_not_come_are_told():
    grid = LocalGrid(echo_app(), ("a", "b", "b"))  # of one name
    with pytest.raises(TimeoutError, match=r"2 of 3 parties are there\. Start"):
        GridChannel.of(grid, 3, timeout=0.5)
