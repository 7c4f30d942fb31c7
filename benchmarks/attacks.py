"""What attacks find, in models that are private and in others; and who asks oddly.

Run as ``python -m benchmarks.attacks [--models 100] [--clients 1000]``, with location30
in the data folder. The verdict on private models is at alpha = 1e-4 for each.
"""

import argparse
import time

import numpy as np
import pandas as pd
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from benchmarks._data import data_folder
from benchmarks.hop_skip_jump import attacked, told
from skprivate.audit import membership_inference_report
from skprivate.linear_model import DPLogisticRegression
from skprivate.robustness import QueryMonitor, SmoothedClassifier, certified_radius


def halves(seed):
    """Rows of location30, half of them for a model."""
    frame = pd.read_parquet(data_folder() / "location30.parquet")
    target = frame.columns[-1] if "label" not in frame else "label"
    y = frame[target].to_numpy()
    X = frame.drop(columns=target).to_numpy(float)
    order = np.random.default_rng(seed).permutation(len(y))
    cut = len(y) // 2
    return X[order[:cut]], y[order[:cut]], X[order[cut:]], y[order[cut:]]


def forest():
    X, y, X_test, y_test = halves(0)
    model = RandomForestClassifier(50, random_state=0).fit(X, y)
    rates = (0.01, 0.1)
    print(
        membership_inference_report(
            model, X, y, X_test, y_test, false_alarms=rates, random_state=0
        ),
        flush=True,
    )


def private_models(n_models):
    """How many of them are said to break their claim; none should be."""
    above = 0
    for seed in range(n_models):
        X, y, X_test, y_test = halves(seed)
        keep = np.isin(y, np.unique(y)[:5]), np.isin(y_test, np.unique(y)[:5])
        X, y, X_test, y_test = X[keep[0]], y[keep[0]], X_test[keep[1]], y_test[keep[1]]
        model = DPLogisticRegression(bounds=(0, 1), classes=np.unique(y), epsilon=1.0)
        report = membership_inference_report(
            model.fit(X, y), X, y, X_test, y_test, n_references=2,
            false_alarms=(0.05, 0.2), random_state=seed,
        )  # fmt: skip
        above += report.verdict.startswith("above")
    print(f"private models above their bound: {above} of {n_models}", flush=True)


def radii():
    """Exact and smoothed radii on digits, and the time of a row."""
    X, y = load_digits(return_X_y=True)
    X = X / 16
    model = DPLogisticRegression(bounds=(0, 1), classes=range(10), epsilon=3.0)
    model.fit(X[:1400], y[:1400])
    rows, right = X[1400:1600], y[1400:1600]
    exact = certified_radius(model, rows)
    start = time.perf_counter()
    labels, smoothed = SmoothedClassifier(model).certify(rows)
    spent = 1000 * (time.perf_counter() - start) / len(rows)
    for r in (0.0, 0.25, 0.5):
        both = [
            np.mean((said == right) & (radius >= r))
            for said, radius in ((model.predict(rows), exact), (labels, smoothed))
        ]
        print(f"certified at {r}: exact {both[0]:.3f}, smoothed {both[1]:.3f}")
    distance = attacked(model.predict, rows[:50], X[:200], steps=12)
    told("HopSkipJump, exact", distance, exact[:50], 0.0, spent / 1000)
    print(f"smoothing: {spent:.1f} ms a row at 1,000 copies", flush=True)


def monitor(n_clients):
    """Share of clients that raise an alarm, by what they do."""
    rng, d, window = np.random.default_rng(0), 8, 1000
    mix = rng.normal(size=(d, d))
    rows = rng.normal(size=(20_000, d)) @ mix
    model = LogisticRegression().fit(rows, rows[:, 0] + rows[:, 1] > 0)
    says = model.decision_function
    watch = QueryMonitor(rows, says(rows), window=window, random_state=0)

    def honest(n=window):
        return rng.normal(size=(n, d)) @ mix

    def extraction():
        ends = np.abs(rows).max(axis=0)
        return rng.uniform(-ends, ends, (window, d))

    def blended():
        """Extraction that hides behind as many honest questions."""
        both = np.vstack([extraction()[: window // 2], honest(window // 2)])
        return rng.permutation(both)

    def walk():
        asked = []
        while len(asked) < window:
            a, b = honest(2)
            if says([a]) * says([b]) > 0:
                continue
            for _ in range(12):
                middle = (a + b) / 2
                asked.append(middle)
                a, b = (middle, b) if says([middle]) * says([a]) > 0 else (a, middle)
            asked += list(a + 0.01 * rng.normal(size=(20, d)))
        return np.array(asked[:window])

    def membership():
        people = np.repeat(honest(20), window // 20, axis=0)
        return people + 0.05 * rng.normal(size=people.shape)

    def differences():
        people = np.repeat(honest(window // (d + 1) + 1), d + 1, axis=0)[:window]
        return people + np.resize(
            np.vstack([np.zeros(d), 0.01 * np.eye(d)]), people.shape
        )

    kinds = {
        "honest": (honest, n_clients), "extraction": (extraction, 50),
        "extraction, half hidden": (blended, 50), "boundary walk": (walk, 50),
        "label-only membership": (membership, 50),
        "finite differences": (differences, 50),
    }  # fmt: skip
    for name, (asked, n) in kinds.items():
        before = len(watch.alarms_)
        for number in range(n):
            questions = asked()
            watch.partial_fit(questions, says(questions), (name, number))
        print(
            f"{name}: {len(watch.alarms_) - before} of {n} raise an alarm", flush=True
        )


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--models", type=int, default=100)
    parser.add_argument("--clients", type=int, default=1000)
    chosen = parser.parse_args(arguments)
    forest()
    radii()
    monitor(chosen.clients)
    private_models(chosen.models)


if __name__ == "__main__":
    main()
