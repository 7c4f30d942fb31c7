"""Checks that a model is the same, to the last bit, from rows behind messages."""

import math
from itertools import pairwise

from skprivate.federated import FederatedRows, InProcess, Party, Policy
from skprivate.testing._examples import configured, example_for
from skprivate.testing._replay import replay
from skprivate.testing._shared import recording_of
from skprivate.testing._thrift import fewer


def check_same_bits_from_federated_parties(estimator):
    """Parties that are asked by bytes, one of them without rows, change nothing.

    Not tried where msgpack, which messages need, is not installed.
    """
    try:
        import msgpack  # noqa: F401
    except ImportError:
        return
    estimator = configured(estimator)
    rows = example_for(estimator)
    recording = recording_of(estimator)
    for n_parties in fewer([3], [1, 3, 10]):
        playback = replay(recording, units=0, X=federated_rows(rows, n_parties))
        assert not playback.refused, (
            "rows of federated parties are refused. Ask queries whose fields are "
            "numbers, texts, arrays or values that messages may hold."
        )
        assert not playback.findings, (
            f"from {n_parties} parties the same rows give another result. "
            + "\n".join(playback.findings)
        )


def federated_rows(rows, n_parties):
    """Rows of an example, cut among parties in this process; the first has none.

    Parameters
    ----------
    rows : Example
    n_parties : int
        One has all of them.

    Returns
    -------
    Rows
    """
    n, within = len(rows), max(1, n_parties - 1)
    cuts = [round(n * i / within) for i in range(within + 1)]
    parts = [slice(*pair) for pair in pairwise(cuts)]
    parts = parts if n_parties == 1 else [slice(0, 0), *parts]
    policy = Policy(max_epsilon=math.inf, noise="server")
    parties = {
        f"party {i}": Party(
            rows.X[part], None if rows.y is None else rows.y[part], policy=policy
        )
        for i, part in enumerate(parts)
    }
    return Unreported(InProcess(parties), rows.X.shape[1], noise="server")


class Unreported(FederatedRows):
    """Federated rows that leave a report as it is, to compare it."""

    def reported(self, report):
        """The report."""
        return report
