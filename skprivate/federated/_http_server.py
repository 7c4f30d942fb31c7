"""A party behind HTTPS: one address to ask, for those with a certificate."""

import logging
import socket
from collections.abc import Sequence
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from math import inf
from socketserver import TCPServer, ThreadingMixIn
from threading import BoundedSemaphore, Event, Lock, Thread
from time import monotonic
from typing import Any

from skprivate._typing import PathLike
from skprivate.federated._codec import QUESTION
from skprivate.federated._tls import server_context

PATH = "/answer"
_LOG = logging.getLogger("skprivate.federated")


class PartyServer:
    """Serves the answers of a party over HTTP, with TLS and client certificates.

    Only who shows a certificate that the party's own authority has signed gets as far
    as HTTP; and every message goes to ``party.answer``, which checks it. All else is
    there so that nobody stops the party for others: connections are limited in
    number, and each step of a request in length and time.

    It is made of Python's own ``http.server`` and ``ssl``: enough for the few clients
    that a party knows. Towards the open internet put a proxy or a firewall before it.

    Parameters
    ----------
    party : Party
        Or whatever has ``answer(bytes) -> bytes``.
    address : tuple of (str, int)
        Host and port; port 0 takes a free one.
    certificate : str or path
        PEM file of this server's certificate, which names its host.
    key : str or path
        PEM file of the certificate's secret key.
    clients : str or path
        PEM file of the authority that signs certificates of clients: not one of the
        web, but your own.
    analysts : sequence of str or None, default=None
        Common names, in the certificates of clients, of those who may ask. None:
        everybody whose certificate the authority has signed.
    password : str or None, default=None
        Of the key file, if it is encrypted.
    patience : float, default=60.0
        Seconds in which a client must have shaken hands, in which it must have sent a
        request, and in which it must have taken an answer.
    idle : float, default=600.0
        Seconds after which a connection without requests is closed.
    max_connections : int, default=32
        More at a time are closed unheard.

    Examples
    --------
    In a process beside the rows; ``with server:`` serves in a thread instead:

    >>> from skprivate.federated import Party, PartyServer
    >>> def main():
    ...     party = Party(X, y)
    ...     server = PartyServer(
    ...         party,
    ...         ("0.0.0.0", 8443),
    ...         certificate="clinic-a.pem",
    ...         key="clinic-a.key",
    ...         clients="authority.pem",
    ...     )
    ...     server.serve()
    """

    def __init__(
        self,
        party: Any,
        address: tuple[Any, ...],
        *,
        certificate: PathLike,
        key: PathLike,
        clients: PathLike,
        analysts: Sequence[str] | None = None,
        password: str | None = None,
        patience: float = 60.0,
        idle: float = 600.0,
        max_connections: int = 32,
    ) -> None:
        if isinstance(analysts, str):
            raise TypeError("analysts must be a list of names, or None.")
        self.party = party
        self.analysts = None if analysts is None else frozenset(analysts)
        self.patience, self.idle = patience, idle
        self._context = server_context(certificate, key, password, clients)
        self._server = _Server(address, self, max_connections)
        self._lock, self._serves = Lock(), False

    @property
    def address(self) -> Any:
        """Host and port that it listens at."""
        return self._server.server_address[:2]

    def serve(self) -> None:
        """Answer until :meth:`stop` is called, or the process ends."""
        self._serves = True
        with self._server.watch:
            self._server.serve_forever(poll_interval=0.1)

    def stop(self) -> None:
        """Stop listening, and close all connections."""
        if self._serves:
            self._server.shutdown()
        self._server.server_close()
        self._server.watch.close_all()

    def __enter__(self):
        self._serves = True
        self._thread = Thread(target=self.serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.stop()
        self._thread.join()

    def secured(self, connection: Any) -> Any:
        """The connection after the handshake; OSError if the client is refused."""
        connection.settimeout(self.patience)
        secure = self._context.wrap_socket(
            connection, server_side=True, do_handshake_on_connect=False
        )
        try:
            with self.within(secure):
                secure.do_handshake()
        except BaseException:
            self.closed(secure)
            raise
        secure.settimeout(self.idle)
        return secure

    def closed(self, connection: Any) -> None:
        """Close a connection."""
        self._server.watch.forget(connection)
        connection.close()

    def may_ask(self, certificate: Any) -> bool:
        """Whether a client of this certificate is among those who may ask."""
        names = {
            value
            for part in certificate.get("subject", ())
            for name, value in part
            if name == "commonName"
        }
        return self.analysts is None or bool(names & self.analysts)

    def within(self, connection: Any) -> Any:
        """A client must be done within its time; see :class:`_Watch`."""
        return self._server.watch.within(connection, self.patience)

    def answer(self, question: Any) -> bytes | None:
        """What the party says, one question at a time; None if it fails."""
        try:
            with self._lock:
                return bytes(self.party.answer(question))
        except Exception as error:  # whose message may hold data
            _LOG.warning("a question failed: %s", type(error).__name__)
            return None


class _Server(ThreadingMixIn, TCPServer):
    """A thread for each connection, of which there are so many and no more."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, address, owner, max_connections):
        self.owner, self.watch = owner, _Watch()
        self._places = BoundedSemaphore(max_connections)
        super().__init__(address, _Handler)

    def process_request(self, request, client_address):
        if not self._places.acquire(blocking=False):
            _LOG.warning("a connection was refused: there are too many")
            self.close_request(request)
            return
        try:
            super().process_request(request, client_address)
        except BaseException:  # no thread
            self._places.release()
            raise

    def process_request_thread(self, request, client_address):
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request, client_address):
        """A connection that breaks is no news, and its error may hold a message."""
        _LOG.info("a connection broke")


class _Watch:
    """Breaks off connections whose time is over, whatever they are waiting for.

    Timeouts of sockets are about single packets: who sends a byte a minute is within
    all of them.
    """

    def __init__(self):
        self._ends, self._lock, self._stopped = {}, Lock(), Event()

    def within(self, connection, seconds):
        """For a ``with`` in which the connection has so many seconds."""
        return _Limit(self, connection, seconds)

    def set(self, connection, end):
        """Break the connection off at a time, which may be infinity."""
        with self._lock:
            self._ends[connection] = end

    def forget(self, connection):
        """It is closed."""
        with self._lock:
            self._ends.pop(connection, None)

    def close_all(self):
        """Break off everything."""
        self._close_before(inf)

    def _close_before(self, time):
        with self._lock:
            over = [c for c, end in self._ends.items() if end <= time]
        for connection in over:
            with suppress(OSError):
                # Not that of SSLSocket, which would go on in plain text.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def _run(self):
        while not self._stopped.wait(0.1):
            self._close_before(monotonic())

    def __enter__(self):
        self._stopped.clear()
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def __exit__(self, *_):
        self._stopped.set()
        self._thread.join()


class _Limit:
    """A stretch of time for one connection."""

    def __init__(self, watch, connection, seconds):
        self._watch, self._connection, self._seconds = watch, connection, seconds

    def __enter__(self):
        self._watch.set(self._connection, monotonic() + self._seconds)

    def __exit__(self, *_):
        self._watch.set(self._connection, inf)


class _Handler(BaseHTTPRequestHandler):
    """One connection: POST to one path, with a length, and nothing else."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16  # headers and body leave together

    def setup(self):
        self._owner = self.server.owner
        self.request = self._owner.secured(self.request)
        super().setup()

    def finish(self):
        with suppress(OSError):
            super().finish()
        self._owner.closed(self.request)  # the server knows another one

    def handle_one_request(self):
        """Wait for a first byte; from then on the client must hurry."""
        self.close_connection = True
        with suppress(OSError):
            if self.rfile.peek(1):
                with self._owner.within(self.connection):
                    question = self._question()
                if question is not None:
                    self._reply(self._owner.answer(question))

    def _question(self):
        """The body of a request; None, after a refusal, if it is no question."""
        self.raw_requestline = self.rfile.readline(1 << 12)
        if not self.raw_requestline.endswith(b"\n") or not self.parse_request():
            return None
        length = self.headers.get("Content-Length", "")
        if self.command != "POST" or self.path != PATH:
            return self._refuse(HTTPStatus.NOT_FOUND)
        if not self._owner.may_ask(self.connection.getpeercert()):
            return self._refuse(HTTPStatus.FORBIDDEN)
        if "Transfer-Encoding" in self.headers or not (
            length.isascii() and length.isdecimal() and len(length) < 20
        ):
            return self._refuse(HTTPStatus.LENGTH_REQUIRED)
        if int(length) > QUESTION:
            return self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        question = self.rfile.read(int(length))
        if len(question) < int(length):
            self.close_connection = True
            return None
        return question

    def _reply(self, answer):
        if answer is None:
            with self._owner.within(self.connection):
                self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR)
            return
        with self._owner.within(self.connection):
            self._send(HTTPStatus.OK, answer)

    def _refuse(self, status):
        self.close_connection = True
        self._send(status, b"")

    def send_error(self, code, message=None, explain=None):
        """A refusal without words: what http.server says would echo the request."""
        self.request_version = self.protocol_version  # which may be damaged
        self._refuse(HTTPStatus(code))

    def _send(self, status, body):
        self.send_response_only(status)
        self.send_header("Content-Type", "application/vnd.msgpack")
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def handle_expect_100(self):
        """Nobody needs to be told to go on; a body that is too long is refused."""
        return True

    def log_message(self, format, *args):
        """Nothing to standard error: who asked is in the party's ledger."""
