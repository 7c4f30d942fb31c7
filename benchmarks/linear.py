"""What privacy costs the linear family: one table.

Run as ``python -m benchmarks.linear [--splits 25] [--epsilons 1]``: the protocol of
:mod:`benchmarks.utility`, for linear models beside their twins in scikit-learn, on
tables of numbers, on made counts, and on texts of hashed words. A run may be stopped at
any time and goes on where it stopped; scores are kept by split in
``docs/benchmarks/linear.csv``.
"""

import argparse
import warnings
from pathlib import Path

import numpy as np

from benchmarks._linear_models import CONTESTS, MODELS
from benchmarks._progress import Progress
from benchmarks._records import Records
from benchmarks._tasks import SPECIAL, TASKS, load_task
from benchmarks.utility import NO_PRIVACY, measure

RECORDS = Path(__file__).parents[1] / "docs" / "benchmarks" / "linear.csv"


def wanted(chosen):
    """Every fit, split by split: task, contender, epsilon, split."""
    for split in range(chosen.splits):
        for task in chosen.only:
            for name, twin in CONTESTS[task].items():
                yield task, twin, NO_PRIVACY, split
                for epsilon in chosen.epsilons:
                    yield task, name, epsilon, split


def table(records, chosen):
    """A table of Markdown: scores of a model, of its twin, and their ratio."""
    lines = ["| table | rows | score | model | ε | private | twin | ratio |"]
    lines.append("|---" * 8 + "|")
    for task in chosen.only:
        facts = {**TASKS, **SPECIAL}[task]
        for name, twin in CONTESTS[task].items():
            theirs = records.scores(task, twin, NO_PRIVACY)
            for epsilon in chosen.epsilons:
                ours = records.scores(task, name, epsilon)
                both = sorted(ours.keys() & theirs.keys())
                private = np.mean([ours[split] for split in both])
                public = np.mean([theirs[split] for split in both])
                spread = np.std([ours[split] for split in both])
                cells = [task, f"{len(load_task(task).y):,}", facts.measure, name]
                cells += [f"{epsilon:g}", f"{private:.3f} ± {spread:.3f}"]
                cells += [f"{public:.3f}", f"{private / public:.2f}"]
                lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--splits", type=int, default=25)
    parser.add_argument("--only", nargs="+", choices=CONTESTS, default=[*CONTESTS])
    parser.add_argument("--epsilons", nargs="+", type=float, default=[1.0])
    parser.add_argument("--records", type=Path, default=RECORDS)
    chosen = parser.parse_args(arguments)
    records = Records(chosen.records)
    todo = [key for key in dict.fromkeys(wanted(chosen)) if key not in records]
    progress = Progress(len(todo), "fitting")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where noise exceeds the signal, scores tell
        for key in todo:
            records.add(measure(*key, MODELS[key[1]]))
            progress.step()
    print(table(records, chosen))


if __name__ == "__main__":
    main()
