"""Rank errors of many private quantiles at once, and a plot over their number.

Run as ``python -m benchmarks.quantiles [--repeats 100] [--data adult] [--column age]``.
All seeds are fixed here, before anything is run.

The setting is that of the published figures for `age` of Adult, twelve times over
(n = 586,104; Imola et al. 2025, "Differentially private quantiles with smaller error",
whose public code fixes the details): epsilon = 1, bounds (0, 100), one row added or
removed; m of the 250 quantiles i/251 are drawn at random each time; the error is the
largest of the m, of which the mean over the repeats (as published), the median and the
95 % quantile are reported.

Rank error. Let F(z) be the number of rows below z, and G(z) that of rows up to z. The
quantile q asks for the rank floor(q n), and a value z has the ranks from F(z) to G(z):
its error is the distance of the rank to that interval. There are two kinds of rows:

spread    As in the published code, ties are broken: row i of the sorted ages is moved
          up by i/n and by normal noise of deviation 1e-6. So no two rows are equal, and
          an interval is a point. The records are of this kind: 55 and 93 for 50 and 200
          quantiles with delta > 0 (SliceQuantiles; theirs was 1e-16, here it is 1e-6),
          72 and 112 in pure DP (Kaplan, Schnapp and Stemmer 2022). They use n; this
          does not.
tied      The ages as they are. A value that is found exactly has no error.
"""

import argparse

import numpy as np

from benchmarks._data import load_table
from benchmarks._progress import Progress
from benchmarks.demo import RESULTS
from skprivate.accounting import Budget
from skprivate.base import Curator
from skprivate.mechanisms import Entropy
from skprivate.queries import private_quantiles
from skprivate.rows import ArrayRows

COPIES = 12
LOW, HIGH = np.array([0.0]), np.array([100.0])
CANDIDATES = np.linspace(0, 1, 252)[1:-1]
DELTAS = {"delta = 1e-6": 1e-6, "pure": 0.0}
RECORDS = {("delta = 1e-6", 50): 55, ("delta = 1e-6", 200): 93}
RECORDS |= {("pure", 50): 72, ("pure", 200): 112}
NUMBERS = (1, 3, 10, 20, 50, 100, 200)


def tied_rows(data, column):
    values = load_table(data).X[column].to_numpy(float)
    return np.sort(np.tile(values, COPIES))


def spread_rows(values, rng):
    n = len(values)
    return np.sort(values + rng.normal(0, 1e-6, n) + np.arange(1, n + 1) / n)


def largest_error(rows, quantiles, values):
    rank = np.floor(quantiles * len(rows))
    first, last = (np.searchsorted(rows, values, side) for side in ("left", "right"))
    return np.max(np.maximum(0, np.maximum(first - rank, rank - last)))


def errors_of(rows, n_quantiles, delta, repeats):
    """Largest errors of several runs, each with a seed of its own."""
    source, errors = ArrayRows(rows[:, None]), []
    for seed in range(repeats):
        rng = np.random.default_rng([n_quantiles, seed])
        quantiles = np.sort(rng.choice(CANDIDATES, n_quantiles, replace=False))
        curator = Curator(source, Budget(1.0, delta), Entropy(seed))
        (values,) = private_quantiles(curator, quantiles, LOW, HIGH, share=1.0)
        errors.append(largest_error(rows, quantiles, values))
    return errors


def plotted(found, column):
    """Errors over the number of quantiles, with the records, as a picture."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
    for color, name in zip(("C0", "C1"), DELTAS, strict=True):
        errors = np.array(found["spread", name])
        axes.plot(NUMBERS, errors.mean(axis=1), "o-", color=color, label=name)
        band = np.quantile(errors, [0.05, 0.95], axis=1)
        axes.fill_between(NUMBERS, *band, color=color, alpha=0.15, linewidth=0)
        records = {m: error for (kind, m), error in RECORDS.items() if kind == name}
        label = f"published, {name}"
        axes.plot(*zip(*records.items(), strict=True), "x", color=color, label=label)
    axes.set(xscale="log", ylim=(0, None), xlabel="quantiles at once")
    axes.set(
        ylabel="largest rank error: mean, 5 to 95 %", title=f"{column}, epsilon = 1"
    )
    axes.legend()
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"quantiles_{column}.png"
    figure.savefig(path, dpi=150)
    plt.close(figure)
    return path


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=100)
    parser.add_argument("--data", default="adult")
    parser.add_argument("--column", default="age")
    chosen = parser.parse_args(arguments)
    tied = tied_rows(chosen.data, chosen.column)
    kinds = {"spread": spread_rows(tied, np.random.default_rng(0)), "tied": tied}
    progress = Progress(len(kinds) * len(DELTAS) * len(NUMBERS), "quantiles")
    found, lines = {}, []
    for kind, rows in kinds.items():
        for name, delta in DELTAS.items():
            for m in NUMBERS:
                errors = errors_of(rows, m, delta, chosen.repeats)
                found.setdefault((kind, name), []).append(errors)
                record = RECORDS.get((name, m), "") if kind == "spread" else ""
                middle, most = np.quantile(errors, [0.5, 0.95])
                figures = f"{m:>10}{np.mean(errors):>8.1f}{middle:>8.0f}{most:>8.0f}"
                lines.append(f"{kind:<10}{name:<14}{figures}{record:>12}")
                progress.step()
    head = f"{'quantiles':>10}{'mean':>8}{'median':>8}{'95 %':>8}{'published':>12}"
    print(f"{'rows':<24}{head}")
    print("\n".join(lines))
    print(plotted(found, chosen.column))


if __name__ == "__main__":
    main()
