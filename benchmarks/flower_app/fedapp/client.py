"""What runs at a party: nothing but the party's own code, and the party's own files."""

import json
import math
from pathlib import Path

from skprivate.federated import Party, PartyKey, Policy
from skprivate.federated.flower import client_app

from .rows import rows

PASSWORD = "of a trial, and not a secret"


def make_party(context):
    """The party of this node; it has a folder, which Flower tells it."""
    name, folder = context.node_config["name"], Path(context.node_config["folder"])
    roster = json.loads((folder.parent / "roster.json").read_text())
    policy = Policy(
        max_epsilon=math.inf,
        noise="server",
        honest=2,
        roster={other: bytes.fromhex(key) for other, key in roster.items()},
        ledger=folder / "ledger.sqlite",
    )
    key = PartyKey.load(folder / "party.pem", password=PASSWORD)
    return Party(*rows(int(name.removeprefix("clinic-"))), policy=policy, key=key)


app = client_app(make_party)
