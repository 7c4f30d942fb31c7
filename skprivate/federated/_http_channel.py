"""The analyst's end of HTTPS: one connection to each party, which stays open."""

import os
import socket
from contextlib import suppress
from http.client import HTTPException, HTTPSConnection
from threading import TIMEOUT_MAX, Thread
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from skprivate._typing import PathLike
from skprivate.federated._codec import LIMIT
from skprivate.federated._http_server import PATH
from skprivate.federated._tls import client_context
from skprivate.rows import refused


class HTTPChannel:
    """Asks parties that :class:`PartyServer` serves, all at the same time.

    Who does not answer in time is missing, and the connection is closed: what comes
    later is destroyed unread. A question that broke off with an old connection is
    sent once more: parties never count one question twice.

    Parameters
    ----------
    parties : dict of str to str
        Addresses by name: ``{"clinic-a": "https://clinic-a.example:8443"}``.
    certificate : str or path
        PEM file of the analyst's certificate.
    key : str or path
        PEM file of its secret key.
    authority : str or path
        PEM file of the authority that signs certificates of parties.
    password : str or None, default=None
        Of the key file, if it is encrypted.

    Attributes
    ----------
    names : tuple of str
        The parties that can be asked.
    failures : dict of str to str
        Why parties were missing when they were asked last.

    Examples
    --------
    >>> from skprivate.federated import FederatedRows, HTTPChannel
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> def main():
    ...     channel = HTTPChannel(
    ...         {"clinic-a": "https://clinic-a.example:8443"},
    ...         certificate="analyst.pem",
    ...         key="analyst.key",
    ...         authority="authority.pem",
    ...     )
    ...     rows = FederatedRows(channel, n_features=20)
    ...     return DPStandardScaler(bounds=(0, 2)).fit(rows)
    """

    def __init__(
        self,
        parties: dict[str, Any],
        *,
        certificate: PathLike,
        key: PathLike,
        authority: PathLike,
        password: str | None = None,
    ) -> None:
        if not isinstance(parties, dict) or not parties:
            raise refused(
                TypeError,
                "parties must be a dict of names to addresses: "
                "{'a': 'https://a.example:8443'}.",
            )
        self._places = {name: _place(name, url) for name, url in parties.items()}
        self._context = client_context(certificate, key, password, authority)
        self._open = {name: [] for name in parties}
        self.failures = {}

    @property
    def names(self) -> tuple[Any, ...]:
        """The parties that can be asked."""
        return tuple(self._places)

    def ask(self, messages: dict[str, Any], timeout: float) -> dict[str, bytes]:
        """Send a message to each of some parties, and wait for their answers.

        Parameters
        ----------
        messages : dict of str to bytes
            By party.
        timeout : float
            Seconds until all must have answered; infinity waits.

        Returns
        -------
        dict of str to bytes
            Who is missing has not answered in time.
        """
        end = monotonic() + min(timeout, TIMEOUT_MAX / 2)
        calls = {
            name: _Call(self._places[name], self._open[name], self._context, text, end)
            for name, text in messages.items()
        }
        for call in calls.values():
            call.start()
        for call in calls.values():
            call.join(max(0.0, end - monotonic()))
        answers = {name: call.hang_up() for name, call in calls.items()}
        for name, call in calls.items():
            self.failures.pop(name, None)
            if answers[name] is None:
                self.failures[name] = call.failure
        return {name: text for name, text in answers.items() if text is not None}

    def close(self) -> None:
        """Close all connections; a later question opens new ones."""
        for connections in self._open.values():
            while connections:
                connections.pop()[1].close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def _place(name, url):
    """Host and port of an address."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        whole = parts.scheme == "https" and host and parts.path in ("", "/")
    except (AttributeError, TypeError, ValueError):
        whole = False
    if not isinstance(name, str) or not whole or parts.query or parts.username:
        raise refused(
            ValueError,
            f"The address of party {name!r} is none. Give https://, a host and a port.",
        )
    return host, port or 443


class _Call(Thread):
    """One question to one party, in a thread that ends with the answer."""

    def __init__(self, place, idle, context, message, end):
        super().__init__(daemon=True)
        self._place, self._idle, self._context = place, idle, context
        self._message, self._end = message, end
        self._connection = self._answer = None
        self.failure = "it has not answered in time"

    def run(self):
        """Ask, over an open connection if there is one, else over a new one."""
        is_new = False
        while not is_new and self._left() > 0:
            connection, is_new = self._connected()
            try:
                answer = self._asked(connection)
            except _RefusedError as error:
                self.failure = f"it refused the question: {error}"
                is_new = True  # once more would not help
            except (OSError, HTTPException) as error:
                if self._left() > 0:
                    self.failure = f"the connection failed: {type(error).__name__}"
            else:
                if self._left() > 0:
                    self._idle.append((os.getpid(), connection))
                    self._answer = answer
                    return
            connection.close()

    def hang_up(self):
        """The answer, if there is one by now; if not, none will be read any more."""
        answer = self._answer
        if answer is None:
            self._end = 0.0
            sock = getattr(self._connection, "sock", None)
            if sock is not None:
                with suppress(OSError):
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)
        return answer

    def _left(self):
        return self._end - monotonic()

    def _connected(self):
        while self._idle:
            process, self._connection = self._idle.pop()
            if process == os.getpid():  # those of a parent are the parent's
                return self._connection, False
        self._connection = HTTPSConnection(*self._place, context=self._context)
        return self._connection, True

    def _asked(self, connection):
        """The answer over a connection; raises if there is none."""
        connection.timeout = max(self._left(), 1e-3)
        if connection.sock is None:
            connection.connect()
        left = self._left()
        if left <= 0:
            raise TimeoutError
        connection.sock.settimeout(left)
        connection.request("POST", PATH, self._message)
        with connection.getresponse() as response:
            if response.status != 200:
                raise _RefusedError(f"status {response.status}")
            answer = response.read(LIMIT + 1)
            if len(answer) > LIMIT:
                raise _RefusedError("its answer is too long")
            if not response.isclosed():
                raise ConnectionError  # it ended too early
        return answer


class _RefusedError(Exception):
    """A party that answers, but not the question."""
