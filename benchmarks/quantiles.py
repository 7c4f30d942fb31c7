"""Rank errors of many private quantiles at once, and a plot over their number.

Run as ``python -m benchmarks.quantiles [--repeats 50] [--data adult] [--column age]``.

The setting is that of the published figures for `age` of Adult, twelve times over
(n = 586,104; Imola et al. 2025, "Differentially private quantiles with smaller error",
whose public code fixes the details): epsilon = 1, bounds (0, 100), one row added or
removed; m of the 250 quantiles i/251 are drawn at random each time; the error is the
largest of the m, and its mean over the repeats is reported.

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


def errors_of(rows, n_quantiles, delta, repeats, rng):
    """Largest errors of several runs."""
    source, errors = ArrayRows(rows[:, None]), []
    for _ in range(repeats):
        quantiles = np.sort(rng.choice(CANDIDATES, n_quantiles, replace=False))
        curator = Curator(source, Budget(1.0, delta), Entropy())
        (values,) = private_quantiles(curator, quantiles, LOW, HIGH, share=1.0)
        errors.append(largest_error(rows, quantiles, values))
    return errors


def plotted(means, column):
    """Errors over the number of quantiles, with the records, as a picture."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
    for color, name in zip(("C0", "C1"), DELTAS, strict=True):
        axes.plot(NUMBERS, means["spread", name], "o-", color=color, label=name)
        records = {m: error for (kind, m), error in RECORDS.items() if kind == name}
        label = f"published, {name}"
        axes.plot(*zip(*records.items(), strict=True), "x", color=color, label=label)
    axes.set(xscale="log", ylim=(0, None), xlabel="quantiles at once")
    axes.set(ylabel="largest rank error, mean", title=f"{column}, epsilon = 1")
    axes.legend()
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"quantiles_{column}.png"
    figure.savefig(path, dpi=150)
    plt.close(figure)
    return path


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=50)
    parser.add_argument("--data", default="adult")
    parser.add_argument("--column", default="age")
    chosen = parser.parse_args(arguments)
    rng = np.random.default_rng(0)
    tied = tied_rows(chosen.data, chosen.column)
    kinds = {"spread": spread_rows(tied, rng), "tied": tied}
    progress = Progress(len(kinds) * len(DELTAS) * len(NUMBERS), "quantiles")
    means, lines = {}, []
    for kind, rows in kinds.items():
        for name, delta in DELTAS.items():
            for m in NUMBERS:
                errors = errors_of(rows, m, delta, chosen.repeats, rng)
                means.setdefault((kind, name), []).append(np.mean(errors))
                record = RECORDS.get((name, m), "") if kind == "spread" else ""
                figures = f"{m:>10}{np.mean(errors):>10.1f}{np.max(errors):>10.0f}"
                lines.append(f"{kind:<10}{name:<14}{figures}{record:>12}")
                progress.step()
    print(f"{'rows':<24}{'quantiles':>10}{'mean':>10}{'worst':>10}{'published':>12}")
    print("\n".join(lines))
    print(plotted(means, chosen.column))


if __name__ == "__main__":
    main()
