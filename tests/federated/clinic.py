"""A party in a process of its own, served over HTTPS: what a clinic would run."""

import json
import sys

import numpy as np

from skprivate.federated import Party, PartyServer, Policy


def rows(part):
    """The rows of a party, 200 of two hundred times as many parties."""
    rng = np.random.default_rng(part)
    X = rng.uniform(-1, 1, size=(200, 3))
    return X, (X.sum(axis=1) > 0).astype(int)


def main(part, ledger, port, files):
    policy = Policy(max_epsilon=np.inf, noise="server", ledger=ledger)
    party = Party(*rows(part), policy=policy)
    server = PartyServer(party, ("127.0.0.1", port), **files)
    print(server.address[1], flush=True)
    server.serve()


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
