"""Fits on rows that several owners hold, who need not trust whoever fits."""

from skprivate.federated._channel import Channel, InProcess
from skprivate.federated._codec import dumps, loads
from skprivate.federated._party_key import PartyKey

__all__ = ["Channel", "InProcess", "PartyKey", "dumps", "loads"]
