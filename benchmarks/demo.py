"""The main job on real data: a private pipeline, its price, and what privacy costs.

Run by ``make demo``; ``make demo DATA=table.parquet TARGET=column`` takes any table.
The scores printed here are exact, so they are releases too: fine for public data like
these, not for yours.
"""

import argparse
import sys
from itertools import product
from pathlib import Path
from time import monotonic

import numpy as np
from sklearn.compose import make_column_transformer
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder

from benchmarks._data import load_table
from benchmarks._progress import Progress
from skprivate import PrivacyLedger, make_dp_pipeline
from skprivate.compose import make_dp_column_transformer
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.preprocessing import DPMinMaxScaler

EPSILONS = (0.1, 0.3, 1.0, 3.0, 10.0)
REPORTED = 1.0
DELTA = 1e-6
REPEATS = 5
SECONDS = 15.0  # then comes one fit more, for the report
MOST_ROWS = 8_000  # what privacy costs shows in a sample, too
MOST_CELLS = 10**6
N_WORDS = 1024  # columns of hashed words
RESULTS = Path(__file__).with_name("results")


def private_pipeline(table, epsilon):
    """Scale numbers, encode categories, fit a linear model, for ``epsilon`` in all.

    Ranges that are not known are searched for by the scaler, at a price. Whatever the
    scaler does, its output lies in [0, 1]; the pipeline tells the model so.
    """
    public = {"bounds": (0.0, 1.0) if table.bounds is None else table.bounds}
    if table.texts:  # of which the step before says how long rows are
        public = {}
    if table.classes is None:
        learner = DPRidge(target_bounds=table.target_bounds, **public)
    else:
        learner = DPLogisticRegression(classes=table.classes, **public)
    scaler = DPMinMaxScaler() if table.bounds is None else "passthrough"
    numbers = make_dp_pipeline(*imputed(scaler))
    columns = make_dp_column_transformer(*parts_of(table, numbers))
    weights = [1, 4] if table.bounds is None and table.numbers else None
    return make_dp_pipeline(
        columns, learner, epsilon=epsilon, delta=DELTA, weights=weights
    )


def ordinary_pipeline(table):
    """The same without privacy."""
    model = Ridge() if table.classes is None else LogisticRegression(max_iter=1000)
    columns = parts_of(table, make_pipeline(*imputed(MinMaxScaler())))
    return make_pipeline(make_column_transformer(*columns), model)


def imputed(scaler):
    """The steps of a column of numbers."""
    # A constant in place of a missing value is private: it depends on no row.
    fill = {"strategy": "constant", "fill_value": 0.0, "keep_empty_features": True}
    return SimpleImputer(**fill), scaler


def parts_of(table, numbers):
    """Transformers of the columns of numbers and of categories."""
    values = [table.categories[name] for name in table.categories]
    one_hot = OneHotEncoder(
        categories=values, handle_unknown="ignore", sparse_output=False
    )
    parts = (numbers, table.numbers), (one_hot, list(table.categories))
    words = [(HashingVectorizer(n_features=N_WORDS), name) for name in table.texts]
    return [(transformer, columns) for transformer, columns in parts if columns] + words


def score_everything(table):
    """Test scores of a few splits: of the ordinary pipeline, and by epsilon.

    As many as can be had in time; where fits are slow, of some epsilons only.
    """
    start, bar = monotonic(), Progress(REPEATS * (1 + len(EPSILONS)), "fitting")
    ordinary, private = [], {epsilon: [] for epsilon in EPSILONS}
    jobs = [None, *sorted(EPSILONS, key=lambda epsilon: abs(np.log(epsilon)))]
    for seed, epsilon in product(range(REPEATS), jobs):
        if bar.done > 1 and monotonic() - start > SECONDS:
            bar.stop()
            break
        parts = train_test_split(table.X, table.y, test_size=0.25, random_state=seed)
        X_train, X_test, y_train, y_test = parts
        plain = epsilon is None
        model = ordinary_pipeline(table) if plain else private_pipeline(table, epsilon)
        score = model.fit(X_train, y_train).score(X_test, y_test)
        (ordinary if plain else private[epsilon]).append(score)
        bar.step()
    return np.array(ordinary), {e: np.array(s) for e, s in private.items() if s}


def baseline_of(table):
    """Score of a model that has seen no features."""
    if table.classes is None:
        return 0.0
    return np.unique(table.y, return_counts=True)[1].max() / len(table.y)


def rows_for(table):
    """Number of rows with which the demo ends within a minute."""
    width = len(table.numbers) + sum(map(len, table.categories.values()))
    width += N_WORDS * len(table.texts)
    return min(MOST_ROWS, MOST_CELLS // width)


def print_choices(table, given):
    """What is predicted, and from which part of the table."""
    how = "" if given else " (the usual one; another: TARGET=column)"
    print(f"{table.name}: predicts {table.target!r}{how}")
    if table.left_out:
        print(f"left out, as identifiers or free text: {', '.join(table.left_out)}")
    if len(table.X) > rows_for(table):
        print(f"takes {rows_for(table)} of {len(table.X)} rows, at random, for speed")


def print_scores(table, ordinary, private):
    measure = "R²" if table.classes is None else "accuracy"
    print(f"\n{table.name}: {len(table.X)} rows, {table.X.shape[1]} columns")
    print(f"median test {measure} of up to {len(ordinary)} splits (lowest, highest)\n")
    for epsilon, scores in private.items():
        print(line_of(f"private, epsilon = {epsilon:g}", scores))
    print(line_of("not private (scikit-learn)", ordinary))
    print(f"  {'no features at all':<28}{baseline_of(table):7.3f}")


def line_of(label, scores):
    spread = f"({scores.min():.3f}, {scores.max():.3f})"
    return f"  {label:<28}{np.median(scores):7.3f}   {spread}"


def print_report(table):
    """What one fit at ``REPORTED`` releases, step by step, and what a ledger keeps."""
    with PrivacyLedger(epsilon=REPORTED, delta=DELTA) as ledger:
        pipeline = private_pipeline(table, REPORTED).fit(table.X, table.y)
    print(f"\n{pipeline.privacy_}")
    print(
        "\nAssumed public besides: names and types of the columns, values of the "
        "categories, and the classes."
    )
    print(f"\n{ledger}")


def draw(table, ordinary, private):
    """Accuracy against epsilon, as a PNG."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    epsilons = [*private]
    middle, lowest, highest = np.array(
        [(np.median(found), found.min(), found.max()) for found in private.values()]
    ).T
    figure, axes = plt.subplots(figsize=(6.4, 4.0), layout="constrained")
    axes.fill_between(epsilons, lowest, highest, alpha=0.2, linewidth=0)
    (line,) = axes.plot(epsilons, middle, marker="o")
    axes.annotate(
        "private",
        (epsilons[-2:][0], middle[-2:][0]),
        xytext=(8, -16),
        textcoords="offset points",
        color=line.get_color(),
        annotation_clip=True,
    )
    for label, height, style in (
        ("not private", np.median(ordinary), "--"),
        ("no features at all", baseline_of(table), ":"),
    ):
        axes.axhline(height, color="gray", linestyle=style)
        place = axes.get_yaxis_transform()  # x from 0 to 1, y as the data
        axes.text(0.99, height, label, ha="right", va="bottom", transform=place)
    axes.set_xscale("log")
    axes.set_xticks(epsilons, [f"{epsilon:g}" for epsilon in epsilons])
    axes.minorticks_off()
    measure = "R²" if table.classes is None else "accuracy"
    axes.set_xlabel(f"epsilon (delta = {DELTA:g}); smaller is more private")
    axes.set_ylabel(f"test {measure}")
    axes.set_title(f"{table.name}: what privacy costs")
    axes.spines[["top", "right"]].set_visible(False)
    if table.classes is None:  # far below zero one negative R² is as bad as another
        axes.set_ylim(bottom=max(min(lowest.min(), 0.0), -1.0) - 0.05)
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"demo_{table.name}.png"
    figure.savefig(path, dpi=150)
    plt.close(figure)
    return path


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", default="breast_cancer", help="name or path")
    parser.add_argument("--target", default="", help="column to predict")
    chosen = parser.parse_args(arguments)
    table = load_table(chosen.data, chosen.target, dates=True)
    print_choices(table, chosen.target)
    table = table.sample(rows_for(table))
    ordinary, private = score_everything(table)
    print_scores(table, ordinary, private)
    print_report(table)
    print(f"\nPlot: {draw(table, ordinary, private)}")


if __name__ == "__main__":
    sys.exit(main())
