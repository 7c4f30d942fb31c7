"""Time fit and transform of the transformers against scikit-learn's, as ratios.

``python -m benchmarks.transformers [--rows 1000000] [--rounds 3] [--only NAME]``.
Threads of BLAS and OpenMP are limited to one; bounds and categories are not given, so
finding them is part of the fit. A ratio above one means that the namesake is faster.
Namesakes that look at a sample of the rows are timed with ``subsample=None``, too.
``table`` is ``DPTableVectorizer`` on 8 numbers and 8 columns of text: seconds only.
"""

import argparse
import warnings

import numpy as np
import pandas as pd
from sklearn import covariance, decomposition, feature_selection, impute, preprocessing
from threadpoolctl import threadpool_limits

from benchmarks.estimators import interleaved, made_rows
from skprivate import covariance as private_covariance
from skprivate import decomposition as private_decomposition
from skprivate import feature_selection as private_selection
from skprivate import impute as private_impute
from skprivate import preprocessing as private
from skprivate.compose import DPTableVectorizer

WORDS = np.array([f"word {i}" for i in range(30)], dtype=object)


def with_gaps(X):
    gaps = X.copy()
    gaps[::7, ::3] = np.nan
    return gaps


def pairs(X, y):
    """Name to a private transformer, its namesake, and the rows of both."""
    codes = np.floor(3 * X).astype(np.int64) % 30
    gaps = with_gaps(X)
    kbins = {"n_bins": 10, "encode": "ordinal", "strategy": "quantile"}
    select = private_selection, feature_selection
    return {
        "StandardScaler": (private, preprocessing, {}, X),
        "RobustScaler": (private, preprocessing, {}, X),
        "QuantileTransformer": (private, preprocessing, {"n_quantiles": 100}, X),
        "QuantileTransformer, all rows": (
            private,
            preprocessing,
            {"n_quantiles": 100},
            X,
        ),
        "KBinsDiscretizer": (private, preprocessing, kbins, X),
        "KBinsDiscretizer, all rows": (private, preprocessing, kbins, X),
        "PowerTransformer": (private, preprocessing, {}, X),
        "SplineTransformer": (private, preprocessing, {"knots": "quantile"}, X),
        "OneHotEncoder": (private, preprocessing, {}, codes),
        "OrdinalEncoder": (private, preprocessing, {}, codes),
        "TargetEncoder": (
            private,
            preprocessing,
            {"target_type": "binary", "classes": [0, 1]},
            codes,
        ),
        "SimpleImputer mean": (private_impute, impute, {}, gaps),
        "SimpleImputer median": (private_impute, impute, {"strategy": "median"}, gaps),
        "SelectKBest": (*select, {}, X),
        "VarianceThreshold": (*select, {}, X),
        "PCA": (private_decomposition, decomposition, {"n_components": 5}, X),
        "TruncatedSVD": (private_decomposition, decomposition, {"n_components": 5}, X),
        "EmpiricalCovariance": (private_covariance, covariance, {}, X),
    }


def both_of(name, modules, params):
    """The private class and its namesake, with parameters that both have."""
    word = name.split()[0].rstrip(",")
    ours = "DPCovariance" if word == "EmpiricalCovariance" else f"DP{word}"
    private_one, public = getattr(modules[0], ours), getattr(modules[1], word)
    shared = {k: v for k, v in params.items() if k != "classes"}
    namesake = public(**shared)
    if "all rows" in name:
        namesake.set_params(subsample=None)
    return private_one(**params), namesake


def row_of(name, case, y, rounds):
    """Ratios of fit and of transform."""
    *modules, params, X = case
    ours, theirs = both_of(name, modules, params)
    tasks = {"fit": lambda: ours.fit(X, y), "their fit": lambda: theirs.fit(X, y)}
    found = interleaved(tasks, rounds)
    line = f"{name:<30}{found['fit']:>9.3f}{found['fit'] / found['their fit']:>8.2f}"
    if not hasattr(theirs, "transform"):
        return line
    tasks = {"ours": lambda: ours.transform(X), "theirs": lambda: theirs.transform(X)}
    found = interleaved(tasks, rounds)
    return line + f"{found['ours']:>11.3f}{found['ours'] / found['theirs']:>8.2f}"


def table_of(n_rows, rng):
    """A mixed table."""
    numbers = {f"x{i}": rng.lognormal(i, 1, n_rows) for i in range(8)}
    words = {f"c{i}": WORDS[rng.integers(30, size=n_rows)] for i in range(8)}
    return pd.DataFrame({**numbers, **words})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="part of a name")
    chosen = parser.parse_args()
    X, _, y = made_rows(chosen.rows, 20)
    print("transformer                    fit (s)   ratio  transform   ratio")
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, case in pairs(X, y).items():
            if chosen.only in name:
                print(row_of(name, case, y, chosen.rounds), flush=True)
        if chosen.only in "table":
            table = table_of(chosen.rows, np.random.default_rng(0))
            model = DPTableVectorizer()
            found = interleaved({"fit": lambda: model.fit(table)}, 1)["fit"]
            told = interleaved({"transform": lambda: model.transform(table)}, 1)
            print(f"{'table':<30}{found:>9.3f}{'':>8}{told['transform']:>11.3f}")


if __name__ == "__main__":
    main()
