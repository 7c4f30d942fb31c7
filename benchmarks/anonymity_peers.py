"""anjana and anonypyx on the table of `benchmarks.anonymity`: time, and what is lost.

Both pin versions of numpy and pandas that skprivate does not, so it runs in an
environment of its own, which ``make anonymity`` makes, and imports nothing of ours. Run
as ``python benchmarks/anonymity_peers.py [--k 5]``, with adult in the data folder.
anonypyx takes minutes.

What is lost is the normalized certainty penalty, as `MondrianAnonymizer.loss_` has it:
the mean over cells of the width of a range as a part of its column's, of a set of
values the number of others as a part of all others; of a row that is left out one.
"""

import argparse
import os
import time
from pathlib import Path

import numpy as np
import pandas as pd

FOLDER = os.environ.get("SKPRIVATE_DATA", Path(__file__).parents[2] / "shared" / "data")
SIX = ["age", "education", "marital-status", "sex", "race", "native-country"]
SCHOOL = {
    "first years": "Preschool 1st-4th 5th-6th 7th-8th",
    "high school": "9th 10th 11th 12th HS-grad",
    "college": "Some-college Assoc-voc Assoc-acdm",
    "degree": "Bachelors Masters Prof-school Doctorate",
}
LANDS = {
    "America": "Canada Columbia Cuba Dominican-Republic Ecuador El-Salvador Guatemala "
    "Haiti Honduras Jamaica Mexico Nicaragua Outlying-US(Guam-USVI-etc) Peru "
    "Puerto-Rico Trinadad&Tobago",
    "Asia": "Cambodia China Hong India Iran Japan Laos Philippines Taiwan Thailand "
    "Vietnam",
    "Europe": "England France Germany Greece Holand-Netherlands Hungary Ireland Italy "
    "Poland Portugal Scotland Yugoslavia",
    "United States": "United-States",
    "unknown": "? South",
}
SCHOOL, LANDS = (
    {value: word for word, values in tree.items() for value in values.split()}
    for tree in (SCHOOL, LANDS)
)
HIGHER = dict.fromkeys(["college", "degree"], "higher")
ABROAD = {"United States": "United States"}


def levels(frame):
    """Words of each value, level by level, as anjana takes them."""
    found = {}
    for name in SIX:
        own = np.sort(frame[name].unique())
        if name == "age":
            steps = [
                [f"[{v // w * w}, {v // w * w + w})" for v in own] for w in (5, 10, 20)
            ]
        elif name == "education":
            steps = [[SCHOOL[v] for v in own]]
            steps.append([HIGHER.get(word, "school") for word in steps[0]])
        elif name == "marital-status":
            steps = [["married" if "Married" in v else "not married" for v in own]]
        elif name == "native-country":
            steps = [[LANDS[v] for v in own]]
            steps.append([ABROAD.get(word, "abroad") for word in steps[0]])
        elif name == "race":
            steps = [["White" if v == "White" else "not white" for v in own]]
        else:
            steps = []
        steps = [list(own), *steps, ["*"] * len(own)]
        found[name] = {i: pd.Series(step, dtype=object) for i, step in enumerate(steps)}
    return found


def width(own, chosen):
    """Of a set of values of a column."""
    if own.dtype.kind in "iu":
        return (chosen.max() - chosen.min()) / (own.max() - own.min())
    return (len(chosen) - 1) / (len(own) - 1)


def anjana(frame, k, suppressed):
    """Seconds, and what is lost."""
    from anjana.anonymity import k_anonymity

    steps = levels(frame)
    start = time.perf_counter()
    table = k_anonymity(frame.copy(), [], SIX, k, suppressed, steps)
    seconds = time.perf_counter() - start
    widths = []
    for name in SIX:
        own = steps[name][0].to_numpy()
        own = own.astype(frame[name].dtype) if name == "age" else own
        of_word = {}
        for step in steps[name].values():
            words = step.to_numpy()
            for word in set(words):
                of_word[word] = width(own, own[words == word])
        widths.append(table[name].map(of_word).astype(float).sum())
    sizes = table.groupby(SIX).size()
    left_out = len(frame) - len(table)
    return seconds, np.mean([w + left_out for w in widths]) / len(frame), sizes.min()


def anonypyx(frame, k):
    """Seconds, and what is lost."""
    from anonypyx import Anonymiser

    frame = frame.astype(dict.fromkeys(SIX[1:], "category"))
    start = time.perf_counter()
    table = Anonymiser(frame, k=k, feature_columns=SIX).anonymise()
    seconds = time.perf_counter() - start
    table = pd.DataFrame(table)
    times = table["count"]
    ages = frame["age"].max() - frame["age"].min()
    widths = [(table["age_max"] - table["age_min"]) / ages]
    for name in SIX[1:]:
        words = [f"{name}_{value}" for value in frame[name].unique()]
        held = table[words].astype(int).sum(axis=1)
        widths.append((held - 1) / (len(words) - 1))
    lost = (np.mean(widths, axis=0) * times).sum() / times.sum()
    boxes = [c for c in table.columns if c != "count"]
    return seconds, lost, int(times.groupby([table[c] for c in boxes]).sum().min())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--k", type=int, default=5)
    parser.add_argument("--rows", type=int, default=None)
    parser.add_argument("--only", default="")
    chosen = parser.parse_args()
    frame = pd.read_parquet(Path(FOLDER, "adult.parquet"))[SIX][: chosen.rows]
    frame = frame.astype(dict.fromkeys(SIX[1:], object))
    print("| peer, adult, 6 columns | time | NCP | k |\n|---|---|---|---|", flush=True)
    for name, found in (
        ("anjana, none left out", lambda: anjana(frame, chosen.k, 0)),
        ("anjana, up to 5 % left out", lambda: anjana(frame, chosen.k, 5)),
        ("anonypyx, Mondrian", lambda: anonypyx(frame, chosen.k)),
    ):
        if not name.startswith(chosen.only):
            continue
        seconds, lost, k = found()
        print(
            f"| {name}, k={chosen.k} | {seconds:.1f} s | {lost:.4f} | {k} |", flush=True
        )


if __name__ == "__main__":
    main()
