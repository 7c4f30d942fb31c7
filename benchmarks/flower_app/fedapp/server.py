"""What the analyst runs: fits, each compared with the one on all rows together."""

import time
import warnings

import numpy as np
from flwr.serverapp import ServerApp

from skprivate.federated import FederatedRows
from skprivate.federated.flower import GridChannel
from skprivate.linear_model import DPLogisticRegression
from skprivate.preprocessing import DPStandardScaler

from .rows import N_FEATURES, rows

app = ServerApp()


def fits():
    """Name, estimator, what it learns, and who adds noise."""
    scaler = {"bounds": (-1, 1)}
    logistic = {"bounds": (-1, 1), "classes": [0, 1]}
    yield DPStandardScaler(epsilon=np.inf, **scaler), "mean_", {"noise": "server"}
    yield (
        DPStandardScaler(epsilon=1.0, random_state=0, **scaler),
        "mean_",
        {"noise": "server"},
    )
    shares = {"noise": "shares", "honest": 2}
    yield DPStandardScaler(epsilon=np.inf, **scaler), "mean_", shares
    yield DPLogisticRegression(epsilon=np.inf, **logistic), "coef_", {"noise": "server"}


@app.main()
def main(grid, context):
    """Fit, and say whether the bits are those of the pool."""
    parties = int(context.run_config["parties"])
    channel = GridChannel.of(grid, parties, timeout=300)
    X, y = map(np.concatenate, zip(*map(rows, range(parties)), strict=True))
    for estimator, attribute, how in fits():
        start = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            held = FederatedRows(channel, N_FEATURES, timeout=300, **how)
            found = getattr(estimator.fit(held), attribute)
            expected = getattr(estimator.fit(X, y), attribute)
        word = "same" if np.array_equal(found, expected) else "OTHER"
        print(
            f"RESULT {type(estimator).__name__} epsilon={estimator.epsilon} "
            f"noise={how['noise']}: {word} bits, {time.perf_counter() - start:.0f} s",
            flush=True,
        )
    print("RESULT end", flush=True)
