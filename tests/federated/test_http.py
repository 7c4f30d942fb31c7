"""A party behind HTTPS: who gets in, what is refused, and what an answer costs."""

import socket
import ssl
import time
from contextlib import contextmanager
from threading import Event

import pytest

from benchmarks.certificates import Authority
from skprivate.federated import HTTPChannel, PartyServer
from skprivate.federated._codec import QUESTION


class Echo:
    """A party that says the question backwards, or fails, or takes its time."""

    def __init__(self):
        self.heard, self.go = [], Event()

    def answer(self, question):
        self.heard.append(bytes(question))
        if question == b"fail":
            raise ValueError("secret row 12345.678")
        if question == b"wait":
            self.go.wait(10)
        return bytes(question[::-1])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(scope="module")
def files(folder):
    """Certificates of an authority: for parties and analysts, as keywords."""
    authority = Authority(folder)
    certificate, key = authority.sign("clinic", server=True)
    server = {"certificate": certificate, "key": key, "clients": authority.path}
    certificate, key = authority.sign("analyst", server=False)
    client = {"certificate": certificate, "key": key, "authority": authority.path}
    return authority, server, client


def serve(party, files, **limits):
    return PartyServer(party, ("127.0.0.1", 0), **files[1], **limits)


def url_of(server):
    return "https://{}:{}".format(*server.address)


@contextmanager
def served(files, party=None, **limits):
    """A party, its server and a channel to it."""
    party = Echo() if party is None else party
    with serve(party, files, **limits) as server:
        with HTTPChannel({"a": url_of(server)}, **files[2]) as channel:
            yield party, server, channel
        if isinstance(party, Echo):
            party.go.set()


def test_answers_come_back_and_connections_stay(files):
    with served(files) as (party, _, channel):
        assert channel.names == ("a",)
        for text in (b"abc", b"", b"x" * 3_000_000 + b"y"):
            assert channel.ask({"a": text}, 10.0) == {"a": text[::-1]}
        assert len(channel._open["a"]) == 1
        assert party.heard[:2] == [b"abc", b""]
        assert channel.ask({"a": b"abc"}, float("inf")) == {"a": b"cba"}


def test_parties_are_asked_at_the_same_time(files):
    first, second = Echo(), Echo()
    with serve(first, files) as a, serve(second, files) as b:
        urls = {"a": url_of(a), "b": url_of(b)}
        with HTTPChannel(urls, **files[2]) as channel:
            answers = channel.ask({"a": b"wait", "b": b"xy"}, 1.0)
            assert answers == {"b": b"yx"}
            assert channel.failures == {"a": "it has not answered in time"}
            first.go.set()
            # What comes late is gone: the next answer is that of the next question.
            assert channel.ask({"a": b"next", "b": b"z"}, 10.0) == {
                "a": b"txen",
                "b": b"z",
            }
            assert channel.failures == {}


def test_a_party_that_fails_says_nothing_of_why(files, caplog):
    with served(files) as (party, _, channel):
        assert channel.ask({"a": b"fail"}, 10.0) == {}
        assert channel.failures == {"a": "it refused the question: status 500"}
        assert party.heard == [b"fail"]  # and was not asked again
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text


def test_a_party_that_starts_again_is_asked_again(files):
    party = Echo()
    with serve(party, files) as server:
        address = server.address
        channel = HTTPChannel({"a": url_of(server)}, **files[2])
        channel.ask({"a": b"one"}, 10.0)
    assert channel.ask({"a": b"two"}, 5.0) == {}
    assert "connection failed" in channel.failures["a"]
    with PartyServer(party, address, **files[1]):
        assert channel.ask({"a": b"three"}, 10.0) == {"a": b"eerht"}
        channel.close()
    assert party.heard == [b"one", b"three"]


def test_who_has_no_certificate_of_the_authority_is_refused(files, tmp_path):
    authority, _, client = files
    stranger = Authority(tmp_path, "stranger")
    wrong = {
        "of another authority": stranger.sign("other", server=False),
        "of a server": authority.sign("not-a-client", server=True),
        "of last year": authority.sign("old", server=False, starts=-60),
    }
    with served(files) as (party, server, _):
        for certificate, key in wrong.values():
            own = {**client, "certificate": certificate, "key": key}
            with HTTPChannel({"a": url_of(server)}, **own) as channel:
                assert channel.ask({"a": b"x"}, 10.0) == {}
                assert "connection failed" in channel.failures["a"]
        # Without a certificate, and without TLS.
        context = ssl.create_default_context(cafile=client["authority"])
        with (
            socket.create_connection(server.address) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as secure,
        ):
            assert status_of(secure, b"GET / HTTP/1.1\r\n\r\n") == b""
        with socket.create_connection(server.address) as plain:
            request = b"POST /answer HTTP/1.1\r\nContent-Length: 1\r\n\r\nx"
            assert status_of(plain, request) == b""
        assert party.heard == []


def test_a_channel_asks_no_server_that_it_does_not_know(files, tmp_path):
    """Of another authority, under another name, or of a client."""
    authority, server, client = files
    stranger = Authority(tmp_path, "stranger")
    own = dict(
        zip(("certificate", "key"), stranger.sign("x", server=True), strict=True)
    )
    not_a_server = authority.sign("no-server", server=False)
    swapped = dict(zip(("certificate", "key"), not_a_server, strict=True))
    for change in (own, swapped):
        party = Echo()
        with (
            PartyServer(party, ("127.0.0.1", 0), **{**server, **change}) as wrong,
            HTTPChannel({"a": url_of(wrong)}, **client) as channel,
        ):
            assert channel.ask({"a": b"x"}, 10.0) == {}
            assert "SSLCertVerificationError" in channel.failures["a"]
            assert party.heard == []
    with serve(Echo(), files) as right:
        port = right.address[1]
        with HTTPChannel({"a": f"https://127.0.0.2:{port}"}, **client) as channel:
            assert channel.ask({"a": b"x"}, 10.0) == {}


def test_only_some_of_the_authority_s_clients_may_ask(files):
    with served(files, analysts=["analyst"]) as (_, _, channel):
        assert channel.ask({"a": b"ab"}, 10.0) == {"a": b"ba"}
    with served(files, analysts=["somebody"]) as (party, _, channel):
        assert channel.ask({"a": b"ab"}, 10.0) == {}
        assert channel.failures == {"a": "it refused the question: status 403"}
        assert party.heard == []


@contextmanager
def raw(files, server):
    """A connection of a client that the server lets in."""
    client = files[2]
    context = ssl.create_default_context(cafile=client["authority"])
    context.load_cert_chain(client["certificate"], client["key"])
    with (
        socket.create_connection(server.address, timeout=10) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as secure,
    ):
        yield secure


def status_of(secure, request):
    """Status of the response, and whether the server closes the connection then."""
    whole = b""
    try:
        secure.sendall(request)
        while part := secure.recv(1 << 16):
            whole += part
    except OSError:
        pass
    return whole.split(b" ")[1] if whole.startswith(b"HTTP") else b""


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /answer HTTP/1.1\r\n\r\n", b"404"),
        (b"POST /other HTTP/1.1\r\nContent-Length: 1\r\n\r\nx", b"404"),
        (b"POST /answer HTTP/1.1\r\n\r\n", b"411"),
        (b"POST /answer HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"411"),
        (b"POST /answer HTTP/1.1\r\nContent-Length: 1e3\r\n\r\n", b"411"),
        (b"POST /answer HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % 10**30, b"411"),
        (
            b"POST /answer HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (QUESTION + 1),
            b"413",
        ),
        (
            b"POST /answer HTTP/1.1\r\nContent-Length: 5\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"411",
        ),
        (b"nonsense\r\n\r\n", b"400"),
        (b"POST /answer HTTP/9.9\r\n\r\n", b"505"),
        (b"POST /answer HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", b"431"),
        (b"\x00" * 5000, b""),
        (b"POST /" + b"x" * 5000 + b" HTTP/1.1\r\n\r\n", b""),
    ],
)
def test_what_is_no_question_is_refused_and_the_connection_closed(
    files, request_, status
):
    with served(files) as (party, server, channel):
        with raw(files, server) as secure:
            assert status_of(secure, request_) == status
        assert party.heard == []
        assert channel.ask({"a": b"ab"}, 10.0) == {"a": b"ba"}


def test_a_refusal_echoes_nothing(files):
    with served(files) as (_, server, _), raw(files, server) as secure:
        secure.sendall(b"GET /secret12345 HTTP/1.1\r\nX-Secret: 12345\r\n\r\n")
        whole = b""
        while part := secure.recv(1 << 16):
            whole += part
        assert b"12345" not in whole
        assert b"Python" not in whole


def test_slow_clients_are_broken_off_and_others_are_not(files):
    """One byte at a time is within every timeout of a socket."""
    with served(files, patience=0.6) as (party, server, channel):
        head = b"POST /answer HTTP/1.1\r\nContent-Length: 100\r\n\r\n"
        with (
            socket.create_connection(server.address, timeout=10) as silent,
            raw(files, server) as header,
            raw(files, server) as body,
        ):
            body.sendall(head)
            start, open_ = time.monotonic(), {header, body}
            while open_ and time.monotonic() < start + 8:
                for connection in [*open_]:
                    try:
                        connection.sendall(b"a")
                    except OSError:
                        open_.discard(connection)
                assert channel.ask({"a": b"ab"}, 10.0) == {"a": b"ba"}
                time.sleep(0.05)
            assert not open_
            assert silent.recv(10) == b""
        assert set(party.heard) == {b"ab"}


def test_a_party_may_take_longer_than_a_client(files):
    with served(files, patience=0.3) as (party, _, channel):
        party.go.clear()
        from threading import Timer

        Timer(0.9, party.go.set).start()
        assert channel.ask({"a": b"wait"}, 10.0) == {"a": b"tiaw"}


def test_connections_are_limited_in_number(files):
    with served(files, max_connections=3) as (_, server, channel):
        held = [socket.create_connection(server.address, timeout=10) for _ in range(3)]
        time.sleep(0.2)
        assert channel.ask({"a": b"ab"}, 5.0) == {}
        for connection in held:
            connection.close()
        time.sleep(0.3)
        assert channel.ask({"a": b"ab"}, 5.0) == {"a": b"ba"}


def test_idle_connections_are_closed(files):
    with served(files, idle=0.2) as (_, server, channel):
        with raw(files, server) as secure:
            assert secure.recv(10) == b""
        channel.ask({"a": b"ab"}, 5.0)
        time.sleep(0.5)
        assert channel.ask({"a": b"abc"}, 5.0) == {"a": b"cba"}


def test_a_server_that_never_served_stops(files):
    serve(Echo(), files).stop()


@pytest.mark.parametrize(
    "url", ["http://a:1", "a:1", "https://", "https://a:b", "https://a:1/x", None, 3]
)
def test_addresses_are_checked(files, url):
    with pytest.raises(ValueError, match=r"address of party 'a' is none\. Give https"):
        HTTPChannel({"a": url}, **files[2])


def test_certificates_are_checked(files, tmp_path):
    _, server, client = files
    lost = tmp_path / "lost.pem"
    for name in ("certificate", "key", "authority"):
        with pytest.raises(ValueError, match=r"Pass (a )?PEM file"):
            HTTPChannel({"a": "https://a"}, **{**client, name: lost})
    with pytest.raises(ValueError, match="cannot be read together"):
        HTTPChannel({"a": "https://a"}, **{**client, "key": server["key"]})
    with pytest.raises(ValueError, match="clients cannot be read"):
        PartyServer(Echo(), ("127.0.0.1", 0), **{**server, "clients": lost})


class Drip:
    """A party whose answer is longer than anybody will read."""

    def answer(self, question):
        return b"x" * 100_000


def test_an_answer_that_is_too_long_is_not_read(files, monkeypatch):
    from skprivate.federated import _http_channel

    monkeypatch.setattr(_http_channel, "LIMIT", 50_000)
    with served(files, Drip()) as (_, _, channel):
        assert channel.ask({"a": b"x"}, 5.0) == {}
        assert "too long" in channel.failures["a"]


def test_analysts_are_a_list():
    """Of a name alone each letter would be one who may ask."""
    nowhere = {"certificate": "", "key": "", "clients": ""}
    with pytest.raises(TypeError, match="analysts must be a list"):
        PartyServer(None, ("127.0.0.1", 0), analysts="ann", **nowhere)
