"""Mixed tables that tests of shift compare."""

import numpy as np
import pandas as pd

PLANS = ["free", "team", "firm"]
SCHEMA = {"age": (18, 90), "plan": PLANS, "member": "boolean"}


def mixed_table(n_rows=3000, seed=0, older=0.0, firm=1 / 3, missing=0.1):
    """Ages, some of which are missing, plans and truth values."""
    rng = np.random.default_rng(seed)
    age = np.clip(rng.normal(45 + older, 12, n_rows), 18, 90)
    age[rng.random(n_rows) < missing] = np.nan
    rest = (1 - firm) / 2
    return pd.DataFrame(
        {
            "age": age,
            "plan": rng.choice(PLANS, n_rows, p=[rest, rest, firm]).astype(object),
            "member": rng.random(n_rows) < 0.5,
        }
    )
