"""Every statistic, as it is asked in tests, and as an estimator for privacy checks."""

import numpy as np

from skprivate import exploration
from skprivate.exploration._measured import STATISTICS, Statistic

BOUNDS = {"bounds": (-1.0, 1.0)}
KEYS = {"categories": [0, 1], "by": 0}


def ordered(row):
    """A rule of a row, which raises for some, and returns no truth for others."""
    first, second, *_ = row.values()
    if second > 0.9:
        raise ValueError("SECRET")
    return first < second if first else np.nan


# One entry a path through its code. A statistic that is not here fails a test.
PUBLIC = {
    "dp_check_rules": [
        {"rules": {1: "-0.5..0.5 or missing", 0: [0.0, 1], "order": ordered}},
        {"rules": {1: "present", "low": (1, "..0.5")}, **KEYS},
    ],
    "dp_count": [{}, {"columns": 0}, KEYS],
    "dp_sum": [BOUNDS, {}, {**BOUNDS, **KEYS}, {"bounds": (1.0, 3.0)}],
    "dp_mean": [BOUNDS, {}, {**BOUNDS, **KEYS}],
    "dp_var": [BOUNDS],
    "dp_std": [BOUNDS, {**BOUNDS, **KEYS}],
    "dp_quantile": [BOUNDS, {**BOUNDS, **KEYS, "q": [0.75, 0.25]}],
    "dp_histogram": [
        {"columns": 1, "range": (-1, 1)},
        {"columns": 1, "bins": [-1, 0, 2], **KEYS},
        {"columns": 1, "density": True},
    ],
    "dp_histogram2d": [
        {"columns": [0, 1], "bins": 3, "range": [(-1, 1), (0, 1)]},
        {"columns": [1, 2], "bins": 2, **KEYS},
    ],
}
CASES = [(name, public) for name, cases in PUBLIC.items() for public in cases]
IDS = [f"{name}-{number}" for name in PUBLIC for number in range(len(PUBLIC[name]))]


def probe(name, public, **params):
    """The question of a statistic, as an estimator."""
    ask = getattr(exploration, name).__wrapped__
    return Statistic(ask(None, **public).checked(), name, **params)


def table(n_rows=500, seed=0):
    """Three columns, of which the first holds few numbers."""
    rng = np.random.default_rng(seed)
    X = rng.uniform(-1, 1, (n_rows, 3))
    X[:, 0] = rng.integers(0, 3, n_rows)
    return X


def asked(name, public, X=None, **options):
    """The answer about a table."""
    return STATISTICS[name](table() if X is None else X, **{**public, **options})
