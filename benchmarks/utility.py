"""How much accuracy privacy costs: the protocol.

Run as ``python -m benchmarks.utility [--splits 25] [--only TABLE ...] [--with NAME ...]
[--epsilons E ...]``. Every split is random, 80 % of the rows to fit and 20 % to score,
and has fresh noise. Nothing is tuned: all models have their default parameters, get the
raw table, and pay for all that they learn of it; neighbours differ by one row that is
there or not. A run may be stopped at any time and goes on where it stopped. Scores are
kept by split in ``docs/benchmarks/utility.csv``; ``python -m benchmarks.utility_page``
makes the page and its plots of them.

Peers take part where they are installed: ``--with DP-EBM`` in the environment that
``make peers`` makes.
"""

import argparse
import warnings
from pathlib import Path
from time import perf_counter

from sklearn.model_selection import train_test_split

from benchmarks._contenders import CONTENDERS, OURS, PEERS, PUBLIC
from benchmarks._progress import Progress
from benchmarks._records import Record, Records
from benchmarks._tasks import TASKS, load_task

EPSILONS = (0.1, 0.5, 1.0, 2.0, 4.0, 8.0)
NO_PRIVACY = float("inf")
RECORDS = Path(__file__).parents[1] / "docs" / "benchmarks" / "utility.csv"


def wanted(chosen):
    """Every fit that was asked for, split by split: task, contender, epsilon, split."""
    for split in range(chosen.splits):
        for name in chosen.only:
            for contender in getattr(chosen, "with"):
                kind = CONTENDERS[contender]
                epsilons = [*chosen.epsilons] if kind.private else []
                if contender not in PEERS:
                    epsilons.append(NO_PRIVACY)
                for epsilon in epsilons:
                    yield name, contender, epsilon, split


def measure(name, contender, epsilon, split, make=None):
    """One fit on one split, and its score on the rest."""
    make = make or CONTENDERS[contender].make
    task = load_task(name)
    X, X_test, y, y_test = train_test_split(
        task.X, task.y, test_size=0.2, random_state=split
    )
    start = perf_counter()
    model = make(task, epsilon).fit(X, y)
    seconds = perf_counter() - start
    score = task.score(model, X_test, y_test)
    return Record(name, contender, epsilon, split, score, seconds)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--splits", type=int, default=25)
    parser.add_argument("--only", nargs="+", choices=TASKS, default=list(TASKS))
    parser.add_argument(
        "--with", nargs="+", choices=CONTENDERS, default=[*OURS, *PUBLIC]
    )
    parser.add_argument("--epsilons", nargs="+", type=float, default=EPSILONS)
    parser.add_argument("--records", type=Path, default=RECORDS)
    chosen = parser.parse_args(arguments)
    records = Records(chosen.records)
    todo = [key for key in wanted(chosen) if key not in records]
    todo = [key for key in todo if CONTENDERS[key[1]].takes(load_task(key[0]))]
    progress = Progress(len(todo), "fitting")
    with warnings.catch_warnings():
        # Ours warn where noise exceeds the signal, peers of what they read for free:
        # both are what the protocol measures.
        warnings.simplefilter("ignore")
        for key in todo:
            records.add(measure(*key))
            progress.step()


if __name__ == "__main__":
    main()
