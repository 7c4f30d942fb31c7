"""Time the linear and the Bayes family against their namesakes, as ratios.

``python -m benchmarks.linear_speed [--rows 1000000] [--features 20] [--rounds 3]
[--only NAME ...]``. One thread, public bounds, default parameters. Every round fits an
estimator and then its namesake; the ratio is that of the medians of their CPU times. A
namesake that takes minutes on few rows is not waited for on more than ``--patience`` of
them.
"""

import argparse
import time
import warnings
from dataclasses import dataclass

import numpy as np
from sklearn import decomposition, discriminant_analysis, linear_model, naive_bayes
from sklearn.neighbors import NearestCentroid
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits

from benchmarks.estimators import made_rows
from skprivate import decomposition as dp_decomposition
from skprivate import discriminant_analysis as dp_discriminants
from skprivate import linear_model as dp_linear
from skprivate import naive_bayes as dp_bayes
from skprivate import neighbors as dp_neighbors

BOUNDS, ENDS = (-6.0, 6.0), (-30.0, 30.0)
MOST_WORDS = 20.0
SLOW = "QuantileRegressor"  # a linear program, of as many columns as rows
OF_NUMBERS = {
    "LinearRegression": {},
    "Ridge": {},
    "RidgeCV": {},
    "Lasso": {},
    "ElasticNet": {},
    "LassoCV": {},
    "ElasticNetCV": {},
    "HuberRegressor": {},
    "QuantileRegressor": {},
    "SGDRegressor": {},
}
OF_COUNTS = {"PoissonRegressor": {}, "GammaRegressor": {}, "TweedieRegressor": {}}
OF_CLASSES = {"LogisticRegression": {"max_iter": 1000}, "SGDClassifier": {}}


@dataclass(frozen=True)
class Pair:
    """An estimator, its namesake, and what both are fitted to."""

    private: object
    public: object
    X: np.ndarray
    y: np.ndarray | None = None

    @property
    def name(self):
        return type(self.private).__name__


def pairs(n_rows, n_features):
    """Everything that is measured, one after another."""
    X, number, label = made_rows(n_rows, n_features)
    counts = np.exp(np.clip(number, -20, 20) / 10).round() + 1.0
    facts = {"bounds": BOUNDS}
    for name, more in OF_NUMBERS.items():
        ours = getattr(dp_linear, f"DP{name}")(target_bounds=ENDS, **facts)
        yield Pair(ours, getattr(linear_model, name)(**more), X, number)
    for name, more in OF_COUNTS.items():
        ours = getattr(dp_linear, f"DP{name}")(target_bounds=(0, 9), **facts)
        theirs = getattr(linear_model, name)(max_iter=1000, **more)
        yield Pair(ours, theirs, X, counts)
    facts["classes"] = [0, 1]
    for name, more in OF_CLASSES.items():
        ours = getattr(dp_linear, f"DP{name}")(**facts)
        yield Pair(ours, getattr(linear_model, name)(**more), X, label)
    yield Pair(dp_linear.DPLinearSVC(**facts), LinearSVC(), X, label)
    for name in ("LinearDiscriminantAnalysis", "QuadraticDiscriminantAnalysis"):
        ours = getattr(dp_discriminants, f"DP{name}")(**facts)
        yield Pair(ours, getattr(discriminant_analysis, name)(), X, label)
    yield Pair(dp_neighbors.DPNearestCentroid(**facts), NearestCentroid(), X, label)
    yield Pair(dp_bayes.DPGaussianNB(**facts), naive_bayes.GaussianNB(), X, label)
    theirs = decomposition.PCA(5, svd_solver="covariance_eigh")
    yield Pair(dp_decomposition.DPPCA(5, bounds=BOUNDS), theirs, X)
    del X
    yield from of_words(n_rows, n_features, label)


def of_words(n_rows, n_features, label):
    """Bayes of counts, of ones and of codes."""
    rng = np.random.default_rng(0)
    words = rng.poisson(1.0 + 0.5 * label[:, None], (n_rows, n_features)).astype(float)
    for name in ("MultinomialNB", "ComplementNB"):
        ours = getattr(dp_bayes, f"DP{name}")(classes=[0, 1], row_norm=MOST_WORDS)
        yield Pair(ours, getattr(naive_bayes, name)(), words, label)
    ours = dp_bayes.DPBernoulliNB(classes=[0, 1], max_ones=n_features)
    yield Pair(ours, naive_bayes.BernoulliNB(), words, label)
    known = [np.arange(10.0)] * n_features
    words = np.minimum(words, 9.0)
    ours = dp_bayes.DPCategoricalNB(classes=[0, 1], categories=known)
    yield Pair(ours, naive_bayes.CategoricalNB(), words, label)


def seconds_of(model, X, y):
    """CPU of one fit, which other work on the machine does not change much."""
    start = time.process_time()
    model.fit(X, y)
    return time.process_time() - start


def measured(pair, rounds, patience):
    """Median seconds of both; of the namesake none where nobody would wait for it."""
    waits = type(pair.public).__name__ != SLOW or len(pair.X) <= patience
    models = [pair.private, *([pair.public] if waits else [])]
    seconds_of(pair.private, pair.X, pair.y)  # compiles
    found = [[seconds_of(m, pair.X, pair.y) for m in models] for _ in range(rounds)]
    medians = np.median(found, axis=0).tolist()
    return (*medians, np.nan)[:2]


def main(arguments=None):
    """Print a line for each pair as it is measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--features", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--patience", type=int, default=10_000)
    parser.add_argument("--only", nargs="+", default=None)
    chosen = parser.parse_args(arguments)
    line = "{:<32}{:>10}{:>12}{:>9}"
    print(f"{chosen.rows} x {chosen.features}, one thread")
    print(line.format("estimator", "ms", "namesake ms", "ratio"))
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for pair in pairs(chosen.rows, chosen.features):
            if chosen.only and pair.name not in chosen.only:
                continue
            mine, theirs = measured(pair, chosen.rounds, chosen.patience)
            cells = f"{1e3 * mine:.0f}", f"{1e3 * theirs:.0f}", f"{mine / theirs:.2f}"
            print(line.format(pair.name, *cells), flush=True)


if __name__ == "__main__":
    main()
