"""Make the page about rare classes of the scores that are kept.

Run as ``python -m benchmarks.imbalance_page`` after ``python -m benchmarks.imbalance``.
"""

from pathlib import Path

import numpy as np

from benchmarks._imbalance_methods import METHODS, NOT_PRIVATE, RARE
from benchmarks._records import Records
from benchmarks.imbalance import DELTA, EPSILONS, MEASURES, RECORDS, key_of
from skprivate.accounting import Budget

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
Rows of the rare class, of which four fifths are there to fit: mammography 260 of
11,183; abalone 32 of 4,177; bank_marketing 4,686, fraud_simulated_30d 207,
kddcup99_10pct 72 and diabetes130 4,457 of 40,000.
`python -m benchmarks.imbalance` fits, `python -m benchmarks.imbalance_page` writes this
page; all scores, with the number of the split, are in [imbalance.csv](imbalance.csv).
"""

ABOUT_AUPRC = """No threshold changes AUPRC. It differs since a twentieth of the budget
finds the threshold, which leaves the model 2.5 % less signal, and since each fit has
noise of its own, which moves it far more where few rows are rare: on kddcup99_10pct at
epsilon = 5 the AUPRC of *plain* has a standard deviation of 0.14. There, over 66 fits
on nine splits, a model with the budget that is left beside the threshold differs from
one with the whole by +0.015 ± 0.021.
"""

# Rows of the rare class that there are to fit, of 40,000 rows at most.
TO_FIT = {
    "mammography": 208,
    "abalone": 26,
    "bank_marketing": 3749,
    "fraud_simulated_30d": 166,
    "kddcup99_10pct": 58,
    "diabetes130": 3566,
}
ENOUGH = 20.0  # rows of the rare class, times mu, that noise does not hide


def cell(scores, sign=""):
    """Mean, and its standard error if there are several scores."""
    if not scores:
        return "–"
    values = np.array([*scores.values()])
    text = f"{values.mean():{sign}.3f}"
    if len(values) > 1:
        text += f" ± {values.std(ddof=1) / np.sqrt(len(values)):.3f}"
    return text


def splits(records):
    """How many splits there are, in words: few of them tell little."""
    methods = {}
    for method in METHODS:
        epsilon = float("inf") if method == NOT_PRIVATE else 1.0
        keys = [key_of(name, MEASURES[0]) for name in RARE]
        number = max(len(records.scores(key, method, epsilon)) for key in keys)
        methods.setdefault(number, []).append(f"*{method}*")
    yield "**Number of splits,** at epsilon = 1 and where there are most:"
    for number in sorted(methods, reverse=True):
        yield f"{number} of {', '.join(methods[number])};"
    yield "boosting and bagging on five tables, not on diabetes130. Where there are few"
    yield "splits, differences below a few hundredths say nothing."
    yield ""


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


def where_enough(records):
    """The moved threshold against the plain model, where noise hides no class."""
    yield "## Where noise does not hide the class"
    yield ""
    yield "*Threshold* less *plain* on the same splits, and its standard error, where"
    yield f"rows of the rare class times mu are at least {ENOUGH:g}. *Spread* is the"
    yield "standard deviation of the difference between splits; *F1* is that of"
    yield "*threshold for F1*."
    yield ""
    yield ABOUT_AUPRC
    yield "| table | ε | rows × mu | splits | balanced accuracy | spread | AUPRC | F1 |"
    yield "|---|---|---|---|---|---|---|---|"
    for name, n_rows in TO_FIT.items():
        for epsilon in EPSILONS:
            signal = n_rows * Budget(epsilon, DELTA).mu
            gains = {
                measure: gains_on(records, name, method, measure, epsilon)
                for method, measure in (
                    ("threshold", "balanced accuracy"),
                    ("threshold", "AUPRC"),
                    ("threshold for F1", "F1"),
                )
            }
            balanced = [*gains["balanced accuracy"].values()]
            if signal < ENOUGH or len(balanced) < 2:
                continue
            cells = [cell(of, sign="+") for of in gains.values()]
            cells.insert(1, f"{np.std(balanced, ddof=1):.3f}")
            yield (
                f"| {name} | {epsilon:g} | {signal:.0f} | {len(balanced)} | "
                + " | ".join(cells)
                + " |"
            )
    yield ""


def gains_on(records, name, method, measure, epsilon):
    """Gain over the plain model by split, where both have a score."""
    key = key_of(name, measure)
    ours = records.scores(key, method, epsilon)
    plain = records.scores(key, "plain", epsilon)
    return {split: ours[split] - plain[split] for split in ours.keys() & plain.keys()}


def gains_of(records, method, measure, epsilon):
    """Mean gain over the plain model on the same splits, for each data set."""
    found = []
    for name in RARE:
        gains = gains_on(records, name, method, measure, epsilon)
        if gains:
            found.append(np.mean([*gains.values()]))
    return found


def page(records):
    """The page, line by line."""
    yield HEAD
    yield from splits(records)
    yield "## Against the plain model\n"
    yield "Means over data sets of differences on the same splits.\n"
    for epsilon in EPSILONS:
        yield from summary(records, epsilon)
    yield from where_enough(records)
    for name, (target, value) in RARE.items():
        if not records.scores(key_of(name, MEASURES[0]), "plain", 1.0):
            continue
        yield f"## {name}, `{target}` = {value}\n"
        for measure in MEASURES:
            yield f"### {measure}\n"
            yield from table(records, name, measure)


if __name__ == "__main__":
    PAGE.write_text("\n".join(page(Records(RECORDS))), encoding="utf-8")
