"""How small private models of a table become, and what they lose.

Run as ``python -m benchmarks.compression [--task adult] [--splits 3] [--epsilon 1]``.
Default parameters on the raw table, split 80 / 20; then each way to make the model
smaller, which costs no budget. *Times smaller* is of the bytes that are stored; the
change is that of the score (AUROC of two classes) on rows set aside.
"""

import argparse
import warnings

import numpy as np
from sklearn.model_selection import train_test_split

from benchmarks._progress import Progress
from benchmarks._tasks import load_task
from benchmarks.any_estimator import readable
from skprivate import make_dp_pipeline
from skprivate.additive import DPAdditiveClassifier
from skprivate.compose import DPTableVectorizer
from skprivate.compression import prune, quantize
from skprivate.ensemble import (
    DPHistGradientBoostingClassifier,
    DPRandomForestClassifier,
)
from skprivate.linear_model import DPLogisticRegression
from skprivate.neural_network import DPMLPClassifier
from skprivate.tree import DPDecisionTreeClassifier

WAYS = {
    "8 bits": lambda model: quantize(model, bits=8),
    "pruned by 30 %, 8 bits": lambda model: quantize(prune(model, 0.3), bits=8),
    "pruned by 50 %, 6 bits": lambda model: quantize(prune(model, 0.5), bits=6),
}


def models(classes, epsilon, seed):
    """One of each kind, by name."""
    known = {"classes": classes, "epsilon": epsilon, "random_state": seed}
    for model in (
        DPHistGradientBoostingClassifier,
        DPRandomForestClassifier,
        DPDecisionTreeClassifier,
        DPAdditiveClassifier,
    ):
        yield model.__name__, model(**known)
    for head in (DPLogisticRegression, DPMLPClassifier):
        vectorizer = DPTableVectorizer(random_state=seed)
        head = head(classes=classes, random_state=seed)
        name = f"{type(head).__name__} behind DPTableVectorizer"
        yield name, make_dp_pipeline(vectorizer, head, epsilon=epsilon)


def measured(task, epsilon, seed):
    """For each model its score, its bytes, and each way's ratio and change of score."""
    X, X_test, y, y_test = train_test_split(
        readable(task.X), task.y, test_size=0.2, random_state=seed, stratify=task.y
    )
    for name, model in models(task.classes, epsilon, seed):
        model.fit(X, y)
        score, found = task.score(model, X_test, y_test), []
        for way in WAYS.values():
            small = way(model)
            change = task.score(small.model, X_test, y_test) - score
            found.append((small.ratio, change))
        yield name, (score, small.bytes_before, found)


def main(arguments=None):
    """Print a table of Markdown: means over splits."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--task", default="adult")
    parser.add_argument("--splits", type=int, default=3)
    parser.add_argument("--epsilon", type=float, default=1.0)
    chosen = parser.parse_args(arguments)
    task, found = load_task(chosen.task), {}
    progress = Progress(chosen.splits, "splits")
    for seed in range(chosen.splits):
        for name, facts in measured(task, chosen.epsilon, seed):
            found.setdefault(name, []).append(facts)
        progress.step()
    print(
        f"| model | bytes | {' | '.join(WAYS)} |\n|---" + "|---" * (1 + len(WAYS)) + "|"
    )
    for name, runs in found.items():
        score, size, ways = zip(*runs, strict=True)
        cells = [
            f"÷ {ratio:.1f}, {change:+.4f}" for ratio, change in np.mean(ways, axis=0)
        ]
        size = f"{np.mean(size):,.0f}"
        print(f"| `{name}`, {np.mean(score):.3f} | {size} | {' | '.join(cells)} |")


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of seeds: it is a benchmark
        main()
