"""Small tables of which nothing is declared, beside what a constant is worth.

Run as ``python -m benchmarks.small_tables [--fits 200] [--only NAME] [--write]``. Every
transformer stands in front of logistic regression at a total of epsilon = 1, on n rows
drawn at random; nobody says where values lie. Beside it: the private constant, which
spends the same epsilon on counts of the classes and predicts the most frequent; and
logistic regression alone with all of epsilon and with bounds that somebody declared.
Each fit has other rows and fresh noise, and is scored on rows that it has not seen.

``--write`` makes the page and the plot in ``docs/benchmarks`` anew. Six tables are
bundled or made; with the parquet file of adult in the data folder it takes the place of
a made table of its kind.
"""

import argparse
import json
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import ClassifierMixin, clone

from benchmarks._data import PUBLIC_BOUNDS, data_folder, load_table
from benchmarks._progress import Progress
from skprivate import make_dp_pipeline
from skprivate.base import DPEstimator
from skprivate.compose import DPTableVectorizer
from skprivate.linear_model import DPLogisticRegression
from skprivate.preprocessing import (
    DPKBinsDiscretizer,
    DPMinMaxScaler,
    DPOutlierClipper,
    DPPowerTransformer,
    DPQuantileTransformer,
    DPRobustScaler,
    DPSplineTransformer,
    DPStandardScaler,
)
from skprivate.queries import ClassCounts

EPSILON, DELTA = 1.0, 1e-6
SIZES = (100, 200, 500, 1000, 2000, 4000, 8000)
MOST_TESTED = 2000
FOLDER = Path(__file__).parents[1] / "docs" / "benchmarks"
CONSTANT, DECLARED = "private constant", "declared bounds"
STEPS = {
    "nothing": [],
    "DPTableVectorizer": [DPTableVectorizer()],
    "DPStandardScaler": [DPStandardScaler()],
    "DPMinMaxScaler": [DPMinMaxScaler()],
    "DPRobustScaler": [DPRobustScaler()],
    "DPQuantileTransformer": [DPQuantileTransformer()],
    "DPPowerTransformer": [DPPowerTransformer()],
    "DPSplineTransformer": [DPSplineTransformer()],
    "DPKBinsDiscretizer": [DPKBinsDiscretizer()],
    "DPOutlierClipper": [DPOutlierClipper()],
}


@dataclass(frozen=True)
class Small:
    """Rows to draw from: as they are, the numbers alone, and what may be declared."""

    frame: pd.DataFrame
    numbers: np.ndarray
    y: np.ndarray
    bounds: tuple


class PrivateConstant(ClassifierMixin, DPEstimator):
    """The class that is most frequent by noisy counts."""

    def __init__(self, *, classes=None, epsilon=EPSILON, delta=DELTA):
        super().__init__(epsilon=epsilon, delta=delta)
        self.classes = classes

    def _fit(self, curator):
        self.classes_ = curator.classes(self.classes)
        self.counts_ = curator.release(ClassCounts(len(self.classes_)), share=1.0)

    def predict(self, X):
        return np.full(len(X), self.classes_[self.counts_.argmax()])


def normal(rng, n):
    """Five columns, of which one decides."""
    X = rng.normal(size=(n, 5))
    return X, X[:, 0] > 0


def skewed(rng, n):
    """Incomes, times in milliseconds, small concentrations, years, ages, shares."""
    Z = rng.normal(size=(n, 6))
    X = np.column_stack(
        [
            np.exp(10 + Z[:, 0]),
            1.6e12 + 1e10 * Z[:, 1],
            1e-9 * np.exp(Z[:, 2]),
            np.rint(2000 + 10 * Z[:, 3]),
            np.clip(np.rint(45 + 15 * Z[:, 4]), 0, 110),
            1 / (1 + np.exp(-Z[:, 5])),
        ]
    )
    return X, Z @ [1.5, 1, -1, 0.5, 1, -0.5] + rng.logistic(size=n) > 0.7


def counts(rng, n):
    """Eight columns of counts, most of which are zero."""
    X = rng.poisson(rng.gamma(0.5, 4.0, (n, 8))).astype(float)
    return X, np.log1p(X) @ [1, 1, 1, -1, -1, 0.5, 0, 0] + rng.logistic(size=n) > 1


def purchases(rng, n):
    """A mixed table, as in the README."""
    frame = pd.DataFrame(
        {
            "age": rng.integers(18, 90, n),
            "income": rng.lognormal(10, 1, n),
            "visits": rng.poisson(3, n),
            "plan": rng.choice(["free", "team", "firm"], n),
        }
    )
    odd = rng.random(n) < 0.1
    return frame, ((frame["plan"] == "firm") & (frame["age"] > 40)).to_numpy() ^ odd


MADE = {"normal": normal, "skewed": skewed, "counts": counts, "purchases": purchases}


def small_tables():
    """Names of the six tables."""
    adult = (data_folder() / "adult.parquet").is_file()
    last = "adult" if adult else "purchases"
    return ["breast_cancer", "digits", "normal", "skewed", "counts", last]


def load(name):
    if name in MADE:
        X, y = MADE[name](np.random.default_rng(0), max(SIZES) + MOST_TESTED)
        frame = pd.DataFrame(X)
        frame.columns = frame.columns.map(str)
    else:
        table = load_table(name)
        frame, y = table.X, table.y
    numbers = frame.select_dtypes("number").fillna(0.0).to_numpy(float)
    ends = numbers.min(axis=0), numbers.max(axis=0)
    return Small(frame, numbers, np.asarray(y), PUBLIC_BOUNDS.get(name, ends))


def models_of(table):
    """Name, model, and whether it reads the table as it is."""
    model = DPLogisticRegression(classes=np.unique(table.y))
    budget = {"epsilon": EPSILON, "delta": DELTA}
    yield CONSTANT, PrivateConstant(classes=model.classes), False
    declared = clone(model).set_params(bounds=table.bounds, **budget)
    yield DECLARED, declared, False
    for name, steps in STEPS.items():
        parts = [clone(step) for step in (*steps, model)]
        yield name, make_dp_pipeline(*parts, **budget), name == "DPTableVectorizer"


def accuracies(table, n_rows, n_fits, found, progress):
    """Accuracy of each fit, by model; those that were ``found`` are not made again."""
    found = {name: list(found.get(name, ())) for name, _, _ in models_of(table)}
    for seed in range(len(found[CONSTANT]), n_fits):
        order = np.random.default_rng([n_rows, seed]).permutation(len(table.y))
        fit, test = order[:n_rows], order[n_rows:][:MOST_TESTED]
        for name, model, whole in models_of(table):
            X = table.frame if whole else table.numbers
            take = X.iloc.__getitem__ if whole else X.__getitem__
            model.fit(take(fit), table.y[fit])
            right = model.predict(take(test)) == table.y[test]
            found[name].append(float(right.mean()))
        progress.step()
    return found


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fits", type=int, default=200)
    parser.add_argument("--only", choices=[*small_tables(), *MADE])
    parser.add_argument("--write", action="store_true", help="the page and the plot")
    parser.add_argument("--results", type=Path, help="keep, or go on with, a JSON file")
    chosen = parser.parse_args(arguments)
    names = [chosen.only] if chosen.only else small_tables()
    results = {}
    if chosen.results and chosen.results.is_file():
        results = json.loads(chosen.results.read_text())
    for name in names:
        table = load(name)
        most = min(SIZES[-1], int(0.8 * len(table.y)))
        sizes = [n for n in SIZES if n < 0.9 * most] + [most]
        progress = Progress(chosen.fits * len(sizes), name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of little data: that is what is measured
            known = results.get(name, {})
            results[name] = {
                str(n): accuracies(
                    table, n, chosen.fits, known.get(str(n), {}), progress
                )
                for n in sizes
            }
        print(text_of(name, results[name]), flush=True)
        if chosen.results:
            chosen.results.write_text(json.dumps(results))
    if chosen.write:
        write(results)


def text_of(name, by_size):
    """A Markdown table: a row for each model, a column for each number of rows."""
    sizes = list(by_size)
    fits = min(len(scores) for n in sizes for scores in by_size[n].values())
    lines = [f"| {name}, {fits} fits |" + "".join(f" {n} rows |" for n in sizes)]
    lines.append("|---|" + "---|" * len(sizes))
    for model in by_size[sizes[0]]:
        cells = (cell_of(by_size[n][model], by_size[n][CONSTANT]) for n in sizes)
        lines.append(f"| {model} |" + "".join(f" {cell} |" for cell in cells))
    return "\n".join(lines) + "\n"


def cell_of(scores, constant):
    """Mean, and a mark where it is surely below the private constant."""
    mean, error = np.mean(scores), np.std(scores) / np.sqrt(len(scores))
    below = np.mean(constant) - mean
    return f"{mean:.3f}" + (" ▼" if below > max(0.03, 4 * error) else "")


def write(results):
    """The page, from its head and the results, and the plot."""
    FOLDER.mkdir(exist_ok=True)
    page = FOLDER / "small_tables.md"
    head = page.read_text().split("<!-- results -->")[0]
    tables = "\n".join(text_of(*pair) for pair in results.items())
    page.write_text(f"{head}<!-- results -->\n\n{tables}")
    plot(results, FOLDER / "small_tables.svg")


def plot(results, path):
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.rcParams["svg.hashsalt"] = "small_tables"  # the same results, the same file
    figure = Figure(figsize=(10, 6), layout="constrained")
    for axes, (name, by_size) in zip(
        figure.subplots(2, 3).flat, results.items(), strict=False
    ):
        sizes = [int(n) for n in by_size]
        for model in by_size[str(sizes[0])]:
            means = [np.mean(by_size[str(n)][model]) for n in sizes]
            style = {CONSTANT: "k:", DECLARED: "k--"}.get(model, "-")
            axes.plot(sizes, means, style, label=model, lw=1.3)
        axes.set(title=name, xscale="log", xlabel="rows")
    handles = figure.axes[0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside lower center", ncols=4, fontsize=8)
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
