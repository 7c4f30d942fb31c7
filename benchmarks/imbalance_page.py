"""Make the page about rare classes of the scores that are kept.

Run as ``python -m benchmarks.imbalance_page`` after ``python -m benchmarks.imbalance``.
"""

from pathlib import Path

import numpy as np

from benchmarks._imbalance_methods import METHODS, NOT_PRIVATE, RARE
from benchmarks._records import Records
from benchmarks.imbalance import EPSILONS, MEASURES, RECORDS, key_of

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks" / "imbalance.md"
HEAD = """# Rare classes: what helps a private model to find them

Means over random 80/20 splits, with the standard error of a mean where there are
several; raw tables, default parameters, all that a fit learns is paid for; neighbours
differ by one row, delta = 1e-6. But for boosting, everybody is logistic regression
behind `DPTableVectorizer`; so what differs is what is done about the imbalance:

- *plain*: nothing; *class weights*: `class_weight="balanced"`;
- *threshold*: `DPTunedThresholdClassifier`, for balanced accuracy or for F1;
- *under-sampling*: `DPRandomUnderSampler`; *copies*: `DPRandomOverSampler`, at most 3;
- *Gaussian*, *mixture*, *marginals*: `DPSyntheticOverSampler` by its `method`;
- *SMOTE*: `DPSMOTE`; *SMOTENC*: `DPSMOTENC`; *combine*: `DPCombine`;
- *bagging*: `DPBalancedBaggingClassifier`, ten members;
- *boosting*: `DPHistGradientBoostingClassifier`, by itself, with weights, and with
  `loss="focal"`;
- *not private, SMOTE*: scikit-learn's logistic regression behind imbalanced-learn's
  SMOTE, the twin without privacy.

Of tables with more than 40,000 rows a random part of as many is taken (`--rows 40000`).
`python -m benchmarks.imbalance` fits, `python -m benchmarks.imbalance_page` writes this
page; all scores, with the number of the split, are in [imbalance.csv](imbalance.csv).
"""


def cell(scores):
    """Mean, and its standard error if there are several scores."""
    if not scores:
        return "–"
    values = np.array([*scores.values()])
    text = f"{values.mean():.3f}"
    if len(values) > 1:
        text += f" ± {values.std(ddof=1) / np.sqrt(len(values)):.3f}"
    return text


def table(records, name, measure):
    """Lines of the table of one measure of one data set."""
    key = key_of(name, measure)
    yield "| method | " + " | ".join(f"ε = {e:g}" for e in EPSILONS) + " |"
    yield "|---" * (len(EPSILONS) + 1) + "|"
    for method in METHODS:
        if method == NOT_PRIVATE:
            continue
        scores = [records.scores(key, method, e) for e in EPSILONS]
        if any(scores):
            yield f"| {method} | " + " | ".join(map(cell, scores)) + " |"
    yield ""
    twin = records.scores(key, NOT_PRIVATE, float("inf"))
    yield f"Without privacy, with SMOTE: {cell(twin)}."
    yield ""


def summary(records, epsilon):
    """How often each method beats the plain model in balanced accuracy, and by what."""
    yield f"| method, at ε = {epsilon:g} | tables | balanced accuracy | AUPRC | F1 |"
    yield "|---|---|---|---|---|"
    for method in METHODS:
        if method in ("plain", NOT_PRIVATE) or method.startswith("boosting"):
            continue
        gains = {
            measure: gains_of(records, method, measure, epsilon) for measure in MEASURES
        }
        if not gains["AUPRC"]:
            continue
        means = [np.mean(gains[m]) for m in ("balanced accuracy", "AUPRC", "F1")]
        cells = " | ".join(f"{mean:+.3f}" for mean in means)
        yield f"| {method} | {len(gains['AUPRC'])} | {cells} |"
    yield ""


def gains_of(records, method, measure, epsilon):
    """Mean gain over the plain model on the same splits, for each data set."""
    found = []
    for name in RARE:
        key = key_of(name, measure)
        ours = records.scores(key, method, epsilon)
        plain = records.scores(key, "plain", epsilon)
        common = ours.keys() & plain.keys()
        if common:
            found.append(np.mean([ours[s] - plain[s] for s in common]))
    return found


def page(records):
    """The page, line by line."""
    yield HEAD
    yield "## Against the plain model\n"
    yield "Means over data sets of differences on the same splits.\n"
    for epsilon in EPSILONS:
        yield from summary(records, epsilon)
    for name, (target, value) in RARE.items():
        if not records.scores(key_of(name, MEASURES[0]), "plain", 1.0):
            continue
        yield f"## {name}, `{target}` = {value}\n"
        for measure in MEASURES:
            yield f"### {measure}\n"
            yield from table(records, name, measure)


if __name__ == "__main__":
    PAGE.write_text("\n".join(page(Records(RECORDS))), encoding="utf-8")
