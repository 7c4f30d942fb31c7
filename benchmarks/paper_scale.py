"""Cost of a fit over many parties, on paper, and the paper checked on small sizes.

``python -m benchmarks.paper_scale``: half a minute, one thread, nothing is written.

The model: a fit of R releases takes R + 4 round trips (hello, two to open, one to
close). A question names all parties, so its bytes grow by a name for each; an answer
does not. At a party a release costs a constant, so much for each of its rows, and under
masks so much for each other party. At the analyst it costs so much for each party.
These constants are measured on the small sizes of ``MEASURED``, then held against
``CHECKED``, at the number of releases that these took (which depends on the noise), and
then used for sizes that are not here: rows in memory; what reading files adds is in
``benchmarks.sources``.
"""

import os
import warnings
from time import process_time

import numpy as np

from skprivate.federated import FederatedRows, Party, PartyKey, Policy
from skprivate.linear_model import DPLogisticRegression
from skprivate.preprocessing import DPStandardScaler

D = 20
_AROUND = 4  # round trips around the releases
# (number of parties, rows of each): all that is needed for the constants ...
MEASURED = [(4, 2_000), (4, 400_000), (40, 2_000)]
# ... two sizes that they are held against ...
CHECKED = [(10, 100_000), (60, 10_000)]
# ... and the sizes of interest.
WANTED = [(100, 100_000_000), (1_000, 10_000), (1_000, 10_000_000)]


class Counted:
    """Asks parties in turn; counts round trips, bytes and seconds of CPU."""

    def __init__(self, parties):
        self.parties, self.names = parties, tuple(parties)
        self.trips = self.down = self.up = 0
        self.seconds = 0.0

    def ask(self, messages, timeout):
        self.trips += 1
        start, answers = process_time(), {}
        for name, data in messages.items():
            answers[name] = self.parties[name].answer(data)
        self.seconds += process_time() - start
        self.down += sum(map(len, messages.values()))
        self.up += sum(map(len, answers.values()))
        return answers


def parties_of(k, n, noise):
    """Parties of equal rows; one array serves all, and the ledgers are their own."""
    rng = np.random.default_rng(0)
    keys = {f"party-{i:04d}": PartyKey(rng.bytes(32)) for i in range(k)}
    roster = {name: key.public for name, key in keys.items()}
    policy = Policy(
        max_epsilon=np.inf,
        noise=noise,
        honest=k - 1 if noise == "shares" else None,
        roster=roster if noise == "shares" else None,
    )
    X = rng.uniform(-1, 1, (n, D))
    y = (X[:, 0] > 0).astype(int)
    return {name: Party(X.copy(), y, policy=policy, key=keys[name]) for name in keys}


def measured(make, k, n, noise):
    """Round trips, and means of a party and release: bytes, and CPU of both ends."""
    channel = Counted(parties_of(k, n, noise))
    honest = k - 1 if noise == "shares" else None
    start = process_time()
    rows = FederatedRows(channel, D, noise=noise, honest=honest, timeout=1e6)
    make().fit(rows)
    own = process_time() - start - channel.seconds
    each = (channel.trips - _AROUND) * k
    return {
        "trips": channel.trips,
        "down": channel.down / each,
        "up": channel.up / each,
        "party": channel.seconds / each,
        "analyst": own / each,
    }


def constants(small, large, many):
    """The model, from three runs: few rows, many rows, many parties."""
    (k, n), (_, m), (q, _) = MEASURED
    per_row = (large["party"] - small["party"]) / (m - n)
    per_party = max(0.0, (many["party"] - small["party"]) / (q - k))
    per_name = (many["down"] - small["down"]) / (q - k)
    return {
        "row": per_row,
        "pair": per_party,
        "fixed": small["party"] - per_row * n - per_party * k,
        "name": per_name,
        "question": small["down"] - per_name * k,
        "answer": small["up"],
        "sum": many["analyst"],
    }


def predicted(c, k, n, trips):
    """What a fit takes of k parties of n rows."""
    return {
        "trips": trips,
        "down": c["question"] + c["name"] * k,
        "up": c["answer"],
        "party": c["fixed"] + c["row"] * n + c["pair"] * k,
        "analyst": c["sum"],
    }


def line(title, found, k):
    n = found["trips"] - _AROUND
    print(
        f"  {title:40} {found['trips']:3d} round trips; a party: "
        f"{found['down'] * n / 1e3:6.1f} kB down, {found['up'] * n / 1e3:5.1f} kB up, "
        f"{found['party'] * n:8.3f} s; the analyst: {found['analyst'] * n * k:6.3f} s",
        flush=True,
    )


def study(make, noise):
    """Constants, checks and predictions for one estimator."""
    print(f"{type(make()).__name__}, noise={noise!r}")
    runs = [measured(make, k, n, noise) for k, n in MEASURED]
    c = constants(*runs)
    for k, n in CHECKED:
        found = measured(make, k, n, noise)
        line(f"{k} parties of {n:,}: measured", found, k)
        line("    on paper", predicted(c, k, n, found["trips"]), k)
    trips = max(run["trips"] for run in runs)
    for k, n in WANTED:
        line(f"{k:,} parties of {n:,}: on paper", predicted(c, k, n, trips), k)


def scaler():
    return DPStandardScaler(epsilon=1.0, bounds=(-1, 1))


def logistic():
    return DPLogisticRegression(epsilon=1.0, bounds=(-1, 1), classes=[0, 1])


def main():
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    warnings.simplefilter("ignore")
    for make in (scaler, logistic):
        for noise in ("party", "shares"):
            measured(make, 3, 70_000, noise)  # compiles
            study(make, noise)


if __name__ == "__main__":
    main()
