"""How often intervals of metrics by group hold together, and what thresholds mend.

Run as ``python -m benchmarks.fairness [--repetitions 1000]``, with adult in the data
folder (see :mod:`benchmarks._data`). A private logistic regression is fitted to a third
of the rows; the rest is the population. Every repetition draws rows of it, with
replacement, and new noise. A run is right if *all* intervals hold what is true of the
population: of each metric, in each group, and overall. With 1,000 repetitions the share
has a standard error of 0.7 points. Of small groups "of 20" just so many rows are drawn:
of the two smallest, or of the smaller one of two.

``--thresholds`` instead fits thresholds by group to half of the rows, and says how far
apart groups are in the rest, at one threshold and at those of groups.
"""

import argparse

import numpy as np
import pandas as pd
from sklearn.metrics import balanced_accuracy_score

from benchmarks._data import load_table
from benchmarks._progress import Progress
from skprivate.compose import DPTableVectorizer
from skprivate.linear_model import DPLogisticRegression
from skprivate.metrics import dp_metric_by_group
from skprivate.model_selection import DPGroupThresholdClassifier
from skprivate.pipeline import make_dp_pipeline

RATES = ("selection_rate", "tpr", "fpr")
METRICS = ("selection_rate", "tpr", "fpr", "accuracy")
FEW = 20
KEYS = {"sex": ["sex"], "race": ["race"], "sex and race": ["sex", "race"]}


def adult(epsilon=1.0):
    """Rows that no model has seen, their income, and a private model."""
    table = load_table("adult")
    rng = np.random.default_rng(0)
    known = rng.random(len(table.X)) < 1 / 3
    X, y = table.X, (table.y == ">50K").astype(int)
    model = unfitted(table).set_params(epsilon=epsilon).fit(X[known], y[known])
    rest = X[~known].reset_index(drop=True)
    return rest, y[~known], model


def unfitted(table):
    """A linear model on a table with public categories."""
    return make_dp_pipeline(
        DPTableVectorizer(schema=table.categories), DPLogisticRegression(classes=[0, 1])
    )


def groups_of(frame, columns):
    """Number of the group of each row."""
    keys = frame[columns].agg(" ".join, axis=1)
    return pd.factorize(keys, sort=True)[0]


def drawn(places, sizes, rng):
    """Rows of each group, with replacement."""
    parts = [rng.choice(p, n) for p, n in zip(places, sizes, strict=True)]
    return np.concatenate(parts)


def coverage(y, said, groups, sizes, repetitions, epsilon, delta, bar):
    """Shares of runs where all intervals hold, and of groups with too few rows."""
    rng = np.random.default_rng(0)
    n_groups = len(sizes)
    places = [np.flatnonzero(groups == g) for g in range(n_groups)]
    rates = [[rate_of(y[p], said[p], m) for p in places] for m in METRICS]
    whole = overall_of(rates, y, places, sizes)
    right, few = 0, 0
    for _ in range(repetitions):
        rows = drawn(places, sizes, rng)
        found = dp_metric_by_group(
            y[rows],
            said[rows],
            by=groups[rows],
            categories=list(range(n_groups)),
            classes=[0, 1],
            metrics=METRICS,
            epsilon=epsilon,
            delta=delta,
        )
        holds = (found.low <= rates) & (rates <= found.high)
        all_hold = (found.overall_low <= whole) & (whole <= found.overall_high)
        right += holds.all() and all_hold.all()
        few += np.isnan(found.values).mean()
        bar.step()
    return right / repetitions, few / repetitions


def rate_of(y, said, metric):
    """One metric of some rows, counted anew here."""
    kept = {"tpr": y == 1, "fpr": y == 0}.get(metric, np.ones(len(y), bool))
    good = said == y if metric == "accuracy" else said == 1
    return float(good[kept].mean())


def overall_of(rates, y, places, sizes):
    """The same of all groups, of which so many rows are drawn."""
    shares = np.array([y[p].mean() for p in places])
    of_each = {"tpr": sizes * shares, "fpr": sizes * (1 - shares)}
    return np.array(
        [
            np.average(rates[m], weights=of_each.get(name, sizes))
            for m, name in enumerate(METRICS)
        ]
    )


def table_of_coverage(repetitions, epsilon):
    rest, y, model = adult()
    said = model.predict(rest)
    cases = []
    for name, columns in KEYS.items():
        groups = groups_of(rest, columns)
        sizes = np.bincount(groups)
        cases.append((name, groups, sizes))
        few, n_few = sizes.copy(), min(2, len(sizes) - 1)
        few[np.argsort(sizes)[:n_few]] = FEW
        cases.append((f"{name}, {n_few} of {FEW} rows", groups, few))
    bar = Progress(2 * len(cases) * repetitions, "coverage")
    print("| groups | number | rows | delta | all intervals hold | too few |")
    print("|---|---|---|---|---|---|")
    for name, groups, sizes in cases:
        for delta in (1e-6, 0.0):
            held, few = coverage(
                y, said, groups, sizes, repetitions, epsilon, delta, bar
            )
            row = f"{len(sizes)} | {sizes.sum()} | {delta:g} | {100 * held:.1f} %"
            print(f"| {name} | {row} | {100 * few:.0f} % |", flush=True)


def thresholds(seed, epsilon):
    """Largest less smallest rate of groups, by one threshold and by those of groups."""
    table = load_table("adult")
    rng = np.random.default_rng(seed)
    known = rng.random(len(table.X)) < 1 / 2
    X, y = table.X, (table.y == ">50K").astype(int)
    found = {}
    for name, (column,) in (("sex", KEYS["sex"]), ("race", KEYS["race"])):
        public = {"by": column, "categories": table.categories[column]}
        keys = X[column].to_numpy()[~known]
        for rate in RATES:
            model = DPGroupThresholdClassifier(
                unfitted(table), rate=rate, epsilon=epsilon, **public
            ).fit(X[known], y[known])
            scores = model.decision_function(X[~known])
            at_one = (scores >= model.best_threshold_).astype(int)
            said = (at_one, model.predict(X[~known]))
            for number, one in enumerate(said):
                rates = [
                    rate_of(y[~known][keys == key], one[keys == key], rate)
                    for key in public["categories"]
                    if key not in model.too_few_
                ]
                balanced = balanced_accuracy_score(y[~known], one)
                gap = np.ptp(rates) if rates else np.nan
                found[name, rate, number] = gap, balanced, len(model.too_few_)
    return found


def table_of_thresholds(repetitions, epsilon):
    bar = Progress(repetitions, "thresholds")
    runs = []
    for seed in range(repetitions):
        runs.append(thresholds(seed, epsilon))
        bar.step()
    print("| groups | rate | gap | balanced accuracy | with thresholds by group |")
    print("|---|---|---|---|---|")
    for name, rate, number in runs[0]:
        if number == 0:
            one, own = (
                np.nanmean([run[name, rate, k] for run in runs], axis=0) for k in (0, 1)
            )
            row = f"{one[0]:.3f} | {one[1]:.3f} | {own[0]:.3f}, {own[1]:.3f}"
            print(f"| {name} | {rate} | {row}; too few: {own[2]:.1f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=None)
    parser.add_argument("--epsilon", type=float, default=1.0)
    parser.add_argument("--thresholds", action="store_true", help="gaps instead")
    chosen = parser.parse_args()
    if chosen.thresholds:
        return table_of_thresholds(chosen.repetitions or 5, chosen.epsilon)
    return table_of_coverage(chosen.repetitions or 1000, chosen.epsilon)


if __name__ == "__main__":
    main()
