"""Rows at several parties, each of which answers for its own."""

from skprivate.federated._party_key import PartyKey

__all__ = ["PartyKey"]
