"""Tests and priors between two tables, beside what they are without noise.

Run as ``python -m benchmarks.shift [--runs 2000] [--write]``. It may stop at any time:
what was done is kept, and a second run does the rest. With adult in the data folder the
column is its age, rows are drawn at random from it, and all of its columns are
compared; else the column is a made one.

- *level*: two tables of one law, one column, 15 public bins, epsilon = 1 for each; how
  often a shift is found at 5 %.
- *power*: the second table is shifted. Beside it the same test without noise, and
  chi-squared of scipy on the exact counts.
- *priors*: the share of a class among rows without labels, by `DPLabelShift`.
- *intervals*: how often those of the stability index hold the index of the laws.
- *columns*: all columns of adult at once: halves at random, then men and women.
"""

import argparse
import csv
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import chi2_contingency, ks_2samp

from benchmarks._data import data_folder
from benchmarks._progress import Progress
from skprivate.accounting import Budget
from skprivate.shift import DPLabelShift, dp_two_sample_test
from skprivate.shift._null import Noise, p_value
from skprivate.shift._priors import priors_of
from skprivate.shift._stability import stability

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks" / "shift.md"
RECORDS = Path(__file__).parent / "results" / "shift.csv"
ALPHA, N_BINS, SIZES, DRAWS = 0.05, 15, (200, 2_000, 20_000), 1999
SHIFTS = (0.5, 1.0, 2.0)  # years of age
PURE, NONE = Noise(2.0**0.5, pure=True), Noise(0.0)  # of one column at epsilon = 1
BLOCK = 50  # runs that are kept together
EDGES = np.linspace(17, 90, N_BINS + 1)[1:-1]


def ages():
    """Ages to draw from: those of adult, or made ones."""
    path = data_folder() / "adult.parquet"
    if path.is_file():
        return pd.read_parquet(path)["age"].to_numpy(dtype=float)
    rng = np.random.default_rng(0)
    return np.clip(17 + rng.gamma(2.5, 9.0, 40_000), 17, 90).round()


def counts_of(values, noise, rng):
    """Noisy counts of the bins, and of missing values."""
    codes = np.searchsorted(EDGES, values, side="right")
    counts = np.bincount(codes, minlength=N_BINS + 1).astype(float)
    return counts + np.rint(noise.drawn(rng, len(counts)))


def test_once(values, n, shift, noise, rng):
    """Whether a shift is found: with noise, without, and by two tests of scipy."""
    first, second = rng.choice(values, n), rng.choice(values, n) + shift
    state = rng.bit_generator.state
    found = []
    for of_one in (noise, NONE):
        rng.bit_generator.state = state
        pair = [counts_of(sample, of_one, rng) for sample in (first, second)]
        p = p_value(*pair, (of_one, of_one), ordered=True, n_draws=DRAWS)[1]
        found.append(p <= ALPHA)
    exact = np.array([counts_of(sample, NONE, rng) for sample in (first, second)])
    table = exact[:, exact.sum(axis=0) > 0]
    found.append(chi2_contingency(table, correction=False)[1] <= ALPHA)
    found.append(ks_2samp(first, second, method="asymp")[1] <= ALPHA)
    return found


def cover_once(values, n, shift, noise, rng):
    """Whether the interval of the index holds it; and how far the estimate is off."""
    p = counts_of(values, NONE, rng)
    p /= p.sum()
    q = p * np.exp(shift * np.arange(len(p)))
    q /= q.sum()
    there = p > 0
    true = float(((p - q)[there] * np.log(p[there] / q[there])).sum())
    pair = [rng.multinomial(n, law) for law in (p, q)]
    pair = [c + np.rint(noise.drawn(rng, len(c))) for c in pair]
    value, low, high = stability(*pair, (noise, noise), 0.95)
    return [low <= true <= high, value - true, true, high - low]


def prior_once(_, n, shift, noise, rng):
    """How far a prior is off: 24 % before, 60 % now; the model errs as adult's do."""
    given = np.array([[0.93, 0.07], [0.40, 0.60]])
    joint = rng.multinomial(n, (np.array([0.76, 0.24])[:, None] * given).ravel())
    now = rng.multinomial(n, np.array([0.4, 0.6]) @ given)
    noisy = [c + np.rint(noise.drawn(rng, c.shape)) for c in (joint, now)]
    found = priors_of(noisy[0].reshape(2, 2), noisy[1], (noise.deviation,) * 2)
    off = found.target[1] - 0.6
    return [abs(off) <= 0.02, abs(off) <= 1.96 * found.deviation[1], off, abs(off)]


JOBS = {
    **{f"level {n}": (test_once, n, 0.0) for n in SIZES},
    **{f"level {n} Gaussian": (test_once, n, 0.0) for n in SIZES},
    **{f"power {n} {by}": (test_once, n, by) for n in (500, 2_000) for by in SHIFTS},
    **{f"power 2000 {by} Gaussian": (test_once, 2_000, by) for by in SHIFTS},
    **{f"index {n} {by}": (cover_once, n, by) for n in SIZES for by in (0.0, 0.1, 0.3)},
    **{f"prior {n} Gaussian": (prior_once, n, 0.0) for n in (2_000, 10_000, 20_000)},
}


def runs_of(name, runs):
    """Levels are known to one in a hundred; the others need a fifth of that."""
    return runs if name.startswith("level") else -(-runs // 5)


def run(runs, path):
    """All jobs, block by block; what is known is left out."""
    known = set()
    if path.is_file():
        with path.open(newline="") as file:
            known = {(row[0], int(row[1])) for row in csv.reader(file)}
    values, noises = ages(), {True: PURE, False: Noise(1 / Budget(1.0, 1e-6).mu)}
    todo = [
        (name, start)
        for name in JOBS
        for start in range(0, runs_of(name, runs), BLOCK)
        if (name, start) not in known
    ]
    progress = Progress(len(todo), "shift")
    path.parent.mkdir(parents=True, exist_ok=True)
    for name, start in todo:
        once, n, shift = JOBS[name]
        noise = noises[not name.endswith("Gaussian")]
        rng = np.random.default_rng([*name.encode(), start])
        count = min(BLOCK, runs_of(name, runs) - start)
        found = [once(values, n, shift, noise, rng) for _ in range(count)]
        sums = np.sum(found, axis=0, dtype=float)
        squares = np.sum(np.square(found, dtype=float), axis=0)
        with path.open("a", newline="") as file:
            csv.writer(file).writerow([name, start, count, *sums, *squares])
        progress.step()


def means(path):
    """Means and root mean squares of each job."""
    with path.open(newline="") as file:
        rows = [(row[0], np.array(row[2:], dtype=float)) for row in csv.reader(file)]
    found = {}
    for name in JOBS:
        total = np.sum([numbers for of, numbers in rows if of == name], axis=0)
        if np.ndim(total):
            half = (len(total) - 1) // 2
            mean, square = total[1 : half + 1], total[half + 1 :]
            found[name] = int(total[0]), mean / total[0], np.sqrt(square / total[0])
    return found


def columns_of_adult():
    """What the report says of all columns of adult, and the time it takes."""
    from time import perf_counter

    path = data_folder() / "adult.parquet"
    if not path.is_file():
        return []
    table = pd.read_parquet(path)
    half = np.random.default_rng(0).random(len(table)) < 0.5
    woman = table["sex"].astype(str).str.strip() == "Female"
    lines = []
    for name, mask in (("halves at random", half), ("men, women", woman)):
        start = perf_counter()
        report = dp_two_sample_test(table[~mask], table[mask], epsilon=1.0)
        seconds = perf_counter() - start
        lines += [f"{name}, {seconds:.1f} s", "", str(report), ""]
    return lines


def prior_of_adult():
    """`DPLabelShift` end to end on adult: error of the prior over fresh rows."""
    from skprivate import make_dp_pipeline
    from skprivate.compose import DPTableVectorizer
    from skprivate.linear_model import DPLogisticRegression

    path = data_folder() / "adult.parquet"
    if not path.is_file():
        return []
    table = pd.read_parquet(path)
    target = table.columns[-1]
    y = (table[target].astype(str).str.contains(">50K")).astype(int).to_numpy()
    X, rng, off = table.drop(columns=target), np.random.default_rng(0), []
    exact = []
    order = rng.permutation(len(y))
    fit, held, rest = np.split(order, [10_000, 30_000])
    model = make_dp_pipeline(
        DPTableVectorizer(), DPLogisticRegression(classes=[0, 1]), epsilon=1.0
    ).fit(X.iloc[fit], y[fit])
    for _ in range(20):
        parts = [
            rng.permutation(rest[y[rest] == k])[:n] for k, n in ((0, 2000), (1, 3000))
        ]
        now = np.concatenate(parts)
        fits = X.iloc[held], y[held], X.iloc[now]
        for found, eps in ((off, 1.0), (exact, 1e6)):
            found.append(DPLabelShift(model, epsilon=eps).fit(*fits).prior_[1] - 0.6)
    return [
        "Adult, 20,000 labelled rows, 6,000 without, prior .24 to .60, 20 fits:",
        *(
            f"{name}: mean error {np.mean(of):+.4f}, largest {np.max(np.abs(of)):.4f}"
            for name, of in (("epsilon = 1", off), ("next to no noise", exact))
        ),
    ]


def lines_of(found):
    """The page."""
    yield from ("# Shift", "", "Made by `python -m benchmarks.shift --write`.", "")
    head = "| | runs | with noise | without | chi-squared | Kolmogorov-Smirnov |"
    yield from (
        "How often a shift is found, at 5 %:",
        "",
        head,
        "|---|---|---|---|---|---|",
    )
    for name, (runs, mean, _) in found.items():
        if name.startswith(("level", "power")):
            cells = " | ".join(f"{m:.3f}" for m in mean)
            yield f"| {name} | {runs} | {cells} |"
    yield from ("", "Stability index:", "")
    yield "| | runs | interval holds it | bias | index | mean width |"
    yield "|---|---|---|---|---|---|"
    for name, (runs, mean, _) in found.items():
        if name.startswith("index"):
            cells = " | ".join(f"{m:.4f}" for m in mean)
            yield f"| {name} | {runs} | {cells} |"
    yield from ("", "Priors, .24 before and .60 now:", "")
    yield "| rows of each | runs | within .02 | interval holds it | bias | deviation |"
    yield "|---|---|---|---|---|---|"
    for name, (runs, mean, root) in found.items():
        if name.startswith("prior"):
            cells = " | ".join(f"{m:.4f}" for m in (*mean[:3], root[2]))
            yield f"| {name.split()[1]} | {runs} | {cells} |"
    for title, lines in (
        ("", prior_of_adult()),
        ("All columns of adult:", columns_of_adult()),
    ):
        if lines:
            yield from ("", title, "", "```text", *lines, "```")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--records", type=Path, default=RECORDS)
    parser.add_argument("--write", action="store_true", help="write the page")
    args = parser.parse_args()
    run(args.runs, args.records)
    text = "\n".join(lines_of(means(args.records))) + "\n"
    print(text)
    if args.write:
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
