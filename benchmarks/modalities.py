"""Texts, images, sound and series behind public maps, with a private model.

Run as ``python -m benchmarks.modalities [--noises 10] [--only NAME ...]``, beside the
data that :mod:`benchmarks._data` knows. The model has default parameters, and is told
what the map announces of its rows. Scores are kept as they come, in
``docs/benchmarks/modalities.csv``, and a run goes on where it stopped; ``--page``
writes the page of them. Reviews by vectors are left out unless ``SKPRIVATE_VECTORS`` is
a folder where the wheel of wordllama is unpacked (and tokenizers is installed).
"""

import argparse
import warnings
from pathlib import Path
from time import process_time

import numpy as np

from benchmarks._modality_tasks import OF_VECTORS, TASKS, vectors_folder
from benchmarks._progress import Progress
from benchmarks._records import Record, Records
from skprivate.linear_model import DPLogisticRegression
from skprivate.rows import UnitClip

DELTA = 1e-5
FOLDER = Path(__file__).parents[1] / "docs" / "benchmarks"
MODEL = "logistic"
_TEXT = """# Texts, images, sound and series

`python -m benchmarks.modalities`: public maps, which cost nothing, and behind them
`DPLogisticRegression` with default parameters, which is told what the map announces;
delta = 1e-5. Means of the noises that the last column counts; scores are accuracies,
but for messages (spam or not), where it is F1. Splits are official ones, else one of
80 to 20. *Exact* is the same without noise (epsilon = inf). The CPU time of each fit
is in `modalities.csv`.

A row is the unit, but for *activity, a user is a unit*, where 20 windows of a user
count, clipped; the row below it protects a window, which is not what anybody wants.
The bounds that scattering, clips and parts of series announce were chosen with a look
at scores of this table.

```text
"""


def model_for(rows, epsilon, seed):
    """The head, told the norm or the bounds of its rows."""
    known = {}
    if isinstance(rows.geometry, tuple):
        known["bounds"] = rows.geometry
    elif rows.geometry.is_ball():
        known["row_norm"] = rows.geometry.norm
    else:
        known["bounds"] = rows.geometry.bounds
    if rows.groups is not None:
        known["max_rows_per_group"] = UnitClip(20)
    return DPLogisticRegression(
        classes=np.unique(rows.y),
        epsilon=epsilon,
        delta=DELTA,
        random_state=seed,
        **known,
    )


def measure(name, rows, epsilon, seed):
    """One fit with noise of its own, and its score."""
    fit, start = rows.is_train, process_time()
    given = {} if rows.groups is None else {"groups": rows.groups[fit]}
    model = model_for(rows, epsilon, seed).fit(rows.X[fit], rows.y[fit], **given)
    seconds = process_time() - start
    predicted = model.predict(rows.X[~fit])
    score = TASKS[name].score(rows.y[~fit], predicted)
    return Record(name, MODEL, epsilon, seed, score, seconds)


def page_of(records):
    """The table of all scores."""
    lines = [f"{'task':<38}" + "".join(f"{h:>9}" for h in _HEADS)]
    for name, task in TASKS.items():
        cells, most = [], 0
        for epsilon in _EPSILONS:
            found = [*records.scores(name, MODEL, epsilon).values()]
            most = max(most, len(found) if epsilon in task.epsilons else 0)
            cells.append(f"{np.mean(found):.3f}" if found else "")
        if most:
            cells.append(str(most))
            lines.append(f"{name:<38}" + "".join(f"{c:>9}" for c in cells))
    return _TEXT + "\n".join(lines) + "\n```\n"


_EPSILONS = (0.5, 1.0, 3.0, 8.0, float("inf"))
_HEADS = (*(f"{e:g}" for e in _EPSILONS[:-1]), "exact", "noises")


def main(arguments=None):
    """Measure what is missing, and print or write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--noises", type=int, default=10)
    parser.add_argument("--only", nargs="+", choices=TASKS, default=list(TASKS))
    parser.add_argument("--records", type=Path, default=FOLDER / "modalities.csv")
    parser.add_argument("--exact", action="store_true", help="no noise, too: slow")
    parser.add_argument("--page", action="store_true")
    chosen = parser.parse_args(arguments)
    if vectors_folder() is None:
        chosen.only = [name for name in chosen.only if name not in OF_VECTORS]
    records = Records(chosen.records)
    wanted = [
        (name, MODEL, epsilon, seed)
        for name in chosen.only
        for seed in range(chosen.noises)
        for epsilon in (*TASKS[name].epsilons, *[float("inf")] * chosen.exact)
    ]
    todo = [key for key in wanted if key not in records] * (not chosen.page)
    progress, loaded = Progress(len(todo), "fitting"), (None, None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of seeds, and of few rows: it is a benchmark
        for name, _, epsilon, seed in todo:
            if loaded[0] != name:
                loaded = name, TASKS[name].load()
            records.add(measure(name, loaded[1], epsilon, seed))
            progress.step()
    print(page_of(records))
    if chosen.page:
        (FOLDER / "modalities.md").write_text(page_of(records), encoding="utf-8")


if __name__ == "__main__":
    main()
