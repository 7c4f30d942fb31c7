"""Fits on rows that several owners hold, who need not trust whoever fits."""

from skprivate.federated._channel import Channel, InProcess
from skprivate.federated._codec import dumps, loads
from skprivate.federated._party import Party
from skprivate.federated._policy import Policy
from skprivate.federated._rows import FederatedRows

__all__ = [
    "Channel",
    "FederatedRows",
    "InProcess",
    "Party",
    "Policy",
    "dumps",
    "loads",
]
