"""How fast tables become k-anonymous, and what is lost.

Run as ``python -m benchmarks.anonymity [--rows 1000000]``, with adult in the data
folder. Times are from data frame to data frame, the best of three. The peers run by
``make anonymity``, in an environment of their own.
"""

import argparse
import time

import numpy as np
import pandas as pd

from benchmarks._data import data_folder
from benchmarks.anonymity_peers import SIX, levels
from skprivate.anonymity import Hierarchy, HierarchyAnonymizer, MondrianAnonymizer

EIGHT = [*SIX, "workclass", "occupation"]


def measure(name, frame, make=MondrianAnonymizer, **options):
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        anonymizer = make(**options)
        anonymizer.fit_transform(frame)
        seconds.append(time.perf_counter() - start)
    print(
        f"| {name} | {len(frame):,} | {min(seconds):.2f} s | {anonymizer.loss_:.4f} | "
        f"{anonymizer.report_.k} |",
        flush=True,
    )


def hierarchies(frame):
    """Those that the peers get: from the second level on, a word for each value."""
    found = {}
    for name, steps in levels(frame).items():
        values, *above = [steps[i].tolist() for i in range(len(steps) - 1)]
        words = [dict(zip(map(str, values), step, strict=True)) for step in above]
        found[name] = Hierarchy([word.get for word in words], order=values)
    return found


def many(frame, n_rows):
    """Rows drawn anew, with ages in days."""
    rng = np.random.default_rng(0)
    rows = frame[EIGHT].sample(n_rows, replace=True, random_state=0)
    rows = rows.reset_index(drop=True)
    rows["age"] += rng.integers(0, 365, n_rows) / 365
    return rows


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    chosen = parser.parse_args(arguments)
    frame = pd.read_parquet(data_folder() / "adult.parquet")
    MondrianAnonymizer().fit_transform(frame[SIX][:1000])  # compiles
    print("| table | rows | time | NCP | k |\n|---|---|---|---|---|")
    for k in (5, 10):
        measure(f"adult, 6 columns, k={k}", frame[SIX], k=k)
        measure(f"adult, 8 columns, k={k}", frame[EIGHT], k=k)
    known = {"make": HierarchyAnonymizer, "hierarchies": hierarchies(frame)}
    measure("adult, 6 columns, hierarchies", frame[SIX], k=5, **known)
    with_job = frame[[*SIX, "occupation"]]
    secret = {"sensitive": ["occupation"]}
    measure("adult, 6 columns, l=3", with_job, l=3, **secret)
    measure("adult, 6 columns, t=0.3", with_job, t=0.3, **secret)
    measure("adult, 8 columns, drawn anew", many(frame, chosen.rows))


if __name__ == "__main__":
    main()
