"""Parties behind Flower: an app for its clients, and a channel for its server.

Flower (`flwr` from 1.42, before 2) carries the bytes. What may be asked, what it costs
and what is told is decided by :class:`~skprivate.federated.Party`, as everywhere: of
Flower's own masks and noise nothing is used.
"""

from math import isinf
from time import monotonic, sleep

from skprivate.federated._codec import LIMIT
from skprivate.rows import refused

_ASK, _NAME = "query.skprivate", "query.skprivate_name"
_RECORD, _FIELD = "skprivate", "message"
_PAUSES = 0.02, 1.0  # seconds between looks for answers: the first, the longest


def client_app(make_party):
    """A ``ClientApp`` that answers for a party.

    Flower starts a process for each message, so what a party must not forget has to be
    in files: give its policy a ``ledger``. And whoever starts a run sends the code of
    the app: let a SuperNode run apps that you have signed only
    (``--trusted-entities``), and let the app import this from your own installation.

    Parameters
    ----------
    make_party : callable
        From Flower's ``Context`` to a :class:`Party`; it is called for each message.

    Returns
    -------
    flwr.clientapp.ClientApp

    Examples
    --------
    >>> from skprivate.federated import Party, Policy
    >>> def make_party(context):
    ...     X, y = read_rows()
    ...     return Party(X, y, policy=Policy(ledger="/var/lib/clinic/ledger.sqlite"))
    >>> # app = client_app(make_party)  # needs Flower
    """
    flwr_app, clientapp = _imported("flwr.app", "flwr.clientapp")
    app = clientapp.ClientApp()

    def reply(message, value):
        record = flwr_app.ConfigRecord({_FIELD: value})
        return flwr_app.Message(
            flwr_app.RecordDict({_RECORD: record}), reply_to=message
        )

    @app.query("skprivate")
    def ask(message, context):
        party = make_party(context)
        return reply(message, party.answer(_told(message, bytes)))

    @app.query("skprivate_name")
    def name(message, context):
        config = context.node_config
        return reply(message, str(config.get("name", config.get("partition-id", ""))))

    return app


class GridChannel:
    """Asks the nodes of a Flower grid, each of which answers for a party.

    To be made in a ``ServerApp``. Who does not answer in time is missing; messages
    expire then, and what comes later is not looked for any more.

    Parameters
    ----------
    grid : flwr.serverapp.Grid
    nodes : dict of str to int
        Numbers of the nodes by the names of the parties; see :meth:`of`.

    Attributes
    ----------
    names : tuple of str
        The parties that can be asked.

    Examples
    --------
    >>> from skprivate.federated import FederatedRows
    >>> from skprivate.federated.flower import GridChannel
    >>> from skprivate.preprocessing import DPStandardScaler
    >>> def main(grid, context):  # of a ServerApp
    ...     channel = GridChannel.of(grid, n_parties=3)
    ...     rows = FederatedRows(channel, n_features=20)
    ...     DPStandardScaler(bounds=(0, 2)).fit(rows)
    """

    def __init__(self, grid, nodes):
        self._grid, self._nodes = grid, dict(nodes)

    @classmethod
    def of(cls, grid, n_parties, *, timeout=60.0):
        """The channel to so many parties, as soon as their nodes are there.

        Parameters
        ----------
        grid : flwr.serverapp.Grid
        n_parties : int
            Number of parties to wait for.
        timeout : float, default=60.0
            Seconds to wait.

        Returns
        -------
        GridChannel
            Names are those that nodes were given: ``--node-config name="clinic-a"``;
            in simulations, "0", "1", ... Nothing rests on them: with
            ``noise="shares"`` a party with a wrong name spoils sums, and learns none.
        """
        end, names = monotonic() + timeout, {}
        while monotonic() < end:
            unknown = [n for n in grid.get_node_ids() if n not in names.values()]
            texts = dict.fromkeys(unknown, "")
            left = end - monotonic()
            for node, name in _asked(grid, _NAME, texts, left, str).items():
                names.setdefault(name, node)
            if len(names) >= n_parties:
                return cls(grid, names)
            sleep(0.2)
        raise refused(
            TimeoutError,
            f"{len(names)} of {n_parties} parties are there. Start the others, each "
            "with a name of its own, or wait longer.",
        )

    @property
    def names(self):
        """The parties that can be asked."""
        return tuple(self._nodes)

    def ask(self, messages, timeout):
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
        texts = {self._nodes[name]: text for name, text in messages.items()}
        answers = _asked(self._grid, _ASK, texts, timeout, bytes)
        names = {self._nodes[name]: name for name in messages}
        return {names[node]: text for node, text in answers.items()}


def _asked(grid, kind, texts, timeout, form):
    """What nodes answer, by their numbers; errors and strangers are left out."""
    (flwr_app,) = _imported("flwr.app")
    ttl = None if isinf(timeout) else max(timeout, 1e-3)
    messages = [
        flwr_app.Message(
            flwr_app.RecordDict({_RECORD: flwr_app.ConfigRecord({_FIELD: text})}),
            dst_node_id=node,
            message_type=kind,
            ttl=ttl,
        )
        for node, text in texts.items()
    ]
    answers, (pause, longest) = {}, _PAUSES
    waiting, end = {*grid.push_messages(messages)}, monotonic() + timeout
    # Not `send_and_receive`, which looks once in three seconds only.
    while waiting and monotonic() < end:
        for reply in grid.pull_messages(waiting):
            waiting.discard(reply.metadata.reply_to_message_id)
            text, node = _told(reply, form), reply.metadata.src_node_id
            if node in texts and text is not None:
                answers.setdefault(node, text)
        if waiting:
            sleep(min(pause, max(0.0, end - monotonic())))
            pause = min(1.5 * pause, longest)
    return answers


def _told(message, form):
    """What a message holds; None if it is none of ours."""
    if message.has_error():
        return None
    record = message.content.config_records.get(_RECORD, {})
    told = record.get(_FIELD)
    return told if type(told) is form and len(told) <= LIMIT else None


def _imported(*names):
    from importlib import import_module

    try:
        return [import_module(name) for name in names]
    except ImportError:
        raise ImportError(
            "This needs Flower. Install it: pip install 'skprivate[flower]'."
        ) from None
