"""How often 95 % intervals of linear models hold what they are to hold.

Run as ``python -m benchmarks.coverage [--fits 1000] [--columns 5] [--signals S ...]
[--epsilons E ...]``. Made data with known coefficients: correlated normal features
(``.5 ** |i - j|``), every fit with fresh rows. ``signal`` is rows times mu for each
column, the intercept included. A run may be stopped at any time and goes on where it
stopped: counts are kept by batches of 50 fits in ``docs/benchmarks/coverage.csv``, of
which the page beside it is made. Everything is seeded.
"""

import argparse
import csv
import warnings
from dataclasses import astuple, dataclass, fields
from functools import cache
from pathlib import Path

import numpy as np
from scipy.special import expit

from benchmarks._progress import Progress
from skprivate.accounting import Budget
from skprivate.base._utility import UtilityWarning
from skprivate.linear_model import (
    DPLinearRegression,
    DPLogisticRegression,
    DPPoissonRegressor,
    DPRidge,
)

EPSILONS = (0.5, 1.0, 4.0)
SIGNALS = (50, 500, 10)
DELTA = 1e-6
BATCH = 50
N_NEW = 20
RECORDS = Path(__file__).parents[1] / "docs" / "benchmarks" / "coverage.csv"

HEAD = """# How often intervals hold

95 % intervals of linear models, made data: {columns} correlated normal features, fresh
rows and fresh noise for every fit, delta = 1e-6, public bounds. *Signal* is rows times
mu for each column, the intercept included. *Coefficients*: how often the interval of a
coefficient holds the true one, mean over coefficients. *Rows*: the same of intervals of
20 new rows for each fit: targets of `DPLinearRegression` and `DPRidge`, probabilities
of `DPLogisticRegression`, mean counts of `DPPoissonRegressor`. *Dominated*: share of
the fits that say "noise dominates"; they are not among the others.

`python -m benchmarks.coverage` fits and writes this page.

| model | epsilon | signal | fits | coefficients | rows | dominated |
|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Made:
    """A model and the data that are made for it."""

    name: str
    model: object
    scale: float

    def targets(self, margins, rng):
        """Targets, and what is to be in the intervals of rows."""
        if self.name == "DPLogisticRegression":
            chances = expit(margins)
            return (rng.random(len(margins)) < chances).astype(int), chances
        if self.name == "DPPoissonRegressor":
            return rng.poisson(np.exp(margins)).astype(float), np.exp(margins)
        targets = margins + rng.normal(size=len(margins))
        return targets, targets


LINEAR = {"bounds": (-5.0, 5.0), "target_bounds": (-8.0, 8.0)}
MADE = {
    made.name: made
    for made in (
        Made("DPLinearRegression", DPLinearRegression(**LINEAR), 1.0),
        Made("DPRidge", DPRidge(1.0, **LINEAR), 1.0),
        Made(
            "DPLogisticRegression",
            DPLogisticRegression(1e6, bounds=(-5.0, 5.0), classes=[0, 1]),
            1.0,
        ),
        Made(
            "DPPoissonRegressor",
            DPPoissonRegressor(0.0, bounds=(-5.0, 5.0), target_bounds=(0.0, 20.0)),
            0.5,
        ),
    )
}


@dataclass(frozen=True)
class Batch:
    """What some fits found: sums over those of which noise does not dominate."""

    model: str
    columns: int
    signal: int
    epsilon: float
    number: int
    fits: int
    told: int
    held: float
    held_rows: float


@cache
def mu_of(epsilon):
    """The budget as that of a Gaussian mechanism."""
    return Budget(epsilon, DELTA).mu


def one_fit(made, columns, signal, epsilon, seed):
    """Shares of coefficients and of new rows that intervals hold, or None."""
    rng = np.random.default_rng(seed)
    n_rows = int(np.ceil(signal * (columns + 1) / mu_of(epsilon)))
    steps = np.arange(columns)
    correlations = 0.5 ** np.abs(steps[:, None] - steps)
    coef = np.where(steps % 2, 1.0, -0.5)
    coef *= made.scale / np.sqrt(coef @ correlations @ coef)
    X = rng.multivariate_normal(np.zeros(columns), correlations, n_rows + N_NEW)
    targets, truth = made.targets(X @ coef + 0.25, rng)
    model = made.model.set_params(epsilon=epsilon, random_state=int(seed[-1]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UtilityWarning)
        model.fit(X[:-N_NEW], targets[:-N_NEW])
    low, high = (np.ravel(end) for end in model.coef_interval())
    if np.isinf(low).any():
        return None
    held = np.mean((low <= coef) & (coef <= high))
    options = {"of": "mean"} if made.name == "DPPoissonRegressor" else {}
    low, high = model.predict_interval(X[-N_NEW:], **options)
    return held, np.mean((low <= truth[-N_NEW:]) & (truth[-N_NEW:] <= high))


def batch_of(name, columns, signal, epsilon, number):
    """Some fits of a cell of the table."""
    place = sorted(MADE).index(name), columns, signal, int(10 * epsilon)
    first = number * BATCH
    found = [
        one_fit(MADE[name], columns, signal, epsilon, [*place, fit])
        for fit in range(first, first + BATCH)
    ]
    told = [pair for pair in found if pair is not None]
    sums = np.sum(told, axis=0) if told else (0.0, 0.0)
    return Batch(
        name, columns, signal, epsilon, number, BATCH, len(told), *map(float, sums)
    )


def read(path):
    """Batches of a file, by what they are of."""
    if not path.is_file():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        rows = [
            Batch(*(part.type(row[part.name]) for part in fields(Batch)))
            for row in csv.DictReader(file)
        ]
    return {astuple(batch)[:5]: batch for batch in rows}


def add(path, batch):
    """Keep a batch, at once."""
    is_new = not path.is_file()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        if is_new:
            writer.writerow([part.name for part in fields(Batch)])
        writer.writerow([x if isinstance(x, str) else f"{x:g}" for x in astuple(batch)])


def page(batches):
    """The table of all that is known."""
    cells = {}
    for key, batch in batches.items():
        cells.setdefault(key[:4], []).append(batch)
    columns = sorted({key[1] for key in cells})
    text = HEAD.format(columns=" or ".join(map(str, columns)))
    for key in sorted(cells, key=lambda k: ([*MADE].index(k[0]), k[1], k[3], k[2])):
        name, _, signal, epsilon = key
        fits, told, held, rows = np.sum(
            [astuple(batch)[5:] for batch in cells[key]], axis=0
        )
        shares = f"{held / told:.3f} | {rows / told:.3f}" if told else "– | –"
        dominated = f"{100 * (1 - told / fits):.0f} %"
        text += (
            f"| `{name}` | {epsilon:g} | {signal} | {fits:.0f} | {shares} "
            f"| {dominated} |\n"
        )
    return text


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--fits", type=int, default=1000)
    parser.add_argument("--columns", type=int, default=5)
    parser.add_argument("--only", nargs="+", default=[*MADE], choices=MADE)
    parser.add_argument("--signals", type=int, nargs="+", default=SIGNALS)
    parser.add_argument("--epsilons", type=float, nargs="+", default=EPSILONS)
    parser.add_argument("--records", type=Path, default=RECORDS)
    chosen = parser.parse_args(arguments)
    known = read(chosen.records)
    wanted = [
        (name, chosen.columns, signal, epsilon, number)
        for number in range(-(-chosen.fits // BATCH))
        for signal in chosen.signals
        for epsilon in chosen.epsilons
        for name in chosen.only
    ]
    missing = [key for key in wanted if key not in known]
    progress = Progress(len(missing), "coverage") if missing else None
    for key in missing:
        known[key] = batch_of(*key)
        add(chosen.records, known[key])
        progress.step()
    text = page(known)
    chosen.records.with_suffix(".md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
