"""Fits on rows that several owners hold, who need not trust whoever fits."""

from skprivate.federated._channel import Channel, InProcess
from skprivate.federated._codec import dumps, loads
from skprivate.federated._http_channel import HTTPChannel
from skprivate.federated._http_server import PartyServer
from skprivate.federated._party import Party
from skprivate.federated._party_key import PartyKey
from skprivate.federated._policy import Policy
from skprivate.federated._rows import FederatedRows

__all__ = [
    "Channel",
    "FederatedRows",
    "HTTPChannel",
    "InProcess",
    "Party",
    "PartyKey",
    "PartyServer",
    "Policy",
    "dumps",
    "loads",
]
