"""What privacy costs clusters, densities and outliers, on made and bundled rows.

Run as ``python -m benchmarks.clusters [--seeds 5]``. Made rows are drawn anew for the
test; the bundled ones are scikit-learn's digits, on eight random directions that are
public. ``--only stored`` runs k-means on tables in the folder that
:mod:`benchmarks._data` knows: MNIST in 40 public directions, and three columns of
telco_churn. Bounds are declared. Each number is a mean over seeds of the noise.
"""

import argparse
import warnings

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.covariance import EllipticEnvelope
from sklearn.datasets import load_digits
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KernelDensity

from benchmarks._data import data_folder
from skprivate.cluster import DPKMeans
from skprivate.covariance import DPEllipticEnvelope
from skprivate.mixture import DPGaussianMixture
from skprivate.model_selection import DPGridSearchCV, DPNoveltyThreshold
from skprivate.neighbors import DPHistogramDensity

EPSILONS = (0.3, 1.0, 3.0)
BOUNDS = (-14.0, 14.0)
BOX, WANTED = {"bounds": (-8.0, 8.0)}, {"contamination": 0.05}


def made(n, k=4, d=5, seed=0):
    """Rows of normal components that overlap a little."""
    rng = np.random.default_rng(0)
    means = rng.uniform(-4, 4, (k, d))
    shapes = rng.normal(size=(k, d, d)) / np.sqrt(d)
    rng = np.random.default_rng(seed)
    of = rng.integers(k, size=n)
    return means[of] + np.einsum("nij,nj->ni", shapes[of], rng.normal(size=(n, d)))


def digits():
    """Images of digits on eight directions, and which digits they are."""
    X, y = load_digits(return_X_y=True)
    directions = np.random.default_rng(0).normal(size=(64, 8)) / 64
    return (X - 8.0) @ directions, y


def lumps(n, d, seed):
    """One wide and one narrow lump; features depend on each other."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d))
    X[:, 1:] = 0.7 * X[:, :1] + 0.5 * X[:, 1:]
    narrow = rng.random(n) < 0.3
    X[narrow] = 0.3 * X[narrow] + 2
    return X


def spoiled(n, d, seed, part=0.05):
    """Normal rows, of which a part is replaced by others; and which."""
    shape = np.random.default_rng(0).normal(size=(d, d)) / np.sqrt(d)
    rng = np.random.default_rng(seed)
    X, strange = rng.normal(size=(n, d)) @ shape, rng.random(n) < part
    X[strange] = rng.uniform(-2, 3, (strange.sum(), d))
    return X, strange


def by_epsilon(score, make, seeds):
    """Mean score of models that ``make`` makes, for each epsilon."""
    return [
        np.mean([score(make(epsilon=e, random_state=s)) for s in range(seeds)])
        for e in EPSILONS
    ]


def row(name, without, found):
    """A line of a table."""
    print(f"| {name} | {without:.3f} | " + " | ".join(f"{v:.3f}" for v in found) + " |")


def clusters(seeds):
    """Loss of k-means over that without privacy; and the k that a search chooses."""
    for name, X, k, bounds in (
        ("made, 20,000 rows, k = 4", made(20_000), 4, BOUNDS),
        ("made, 2,000 rows, k = 4", made(2000), 4, BOUNDS),
        ("digits, 1,797 rows, k = 10", digits()[0], 10, (-8.0, 8.0)),
    ):
        best = KMeans(k, n_init=10, random_state=0).fit(X).inertia_
        found = by_epsilon(
            lambda m, X=X, best=best: -m.fit(X).score(X) / best,
            lambda k=k, bounds=bounds, **o: DPKMeans(k, bounds=bounds, **o),
            seeds,
        )
        row(name, 1.0, found)
    X = made(20_000)
    for epsilon in EPSILONS:
        chosen = [
            DPGridSearchCV(
                DPKMeans(bounds=BOUNDS),
                {"n_clusters": [2, 3, 4, 6, 8]},
                scoring="silhouette",
                epsilon=epsilon,
                random_state=s,
            )
            .fit(X)
            .best_params_["n_clusters"]
            for s in range(seeds)
        ]
        print(f"k chosen at epsilon {epsilon}: {chosen}")


def mixtures(seeds):
    """Mean log-density of new rows."""
    for n in (2000, 20_000):
        X, test = made(n), made(5000, seed=1)
        for kind in ("full", "tied", "diag", "spherical"):
            options = {"covariance_type": kind}
            twin = GaussianMixture(4, n_init=3, random_state=0, **options).fit(X)
            found = by_epsilon(
                lambda m, X=X, test=test: m.fit(X).score(test),
                lambda options=options, **o: DPGaussianMixture(
                    4, bounds=BOUNDS, **options, **o
                ),
                seeds,
            )
            row(f"{n:,} rows, {kind}", twin.score(test), found)


def densities(seeds):
    """Mean log-density of new rows."""
    for d in (1, 2, 3):
        for n in (2000, 20_000):
            X, test = lumps(n, d, 0), lumps(3000, d, 1)
            widths = (0.1, 0.2, 0.4)
            best = max(
                KernelDensity(bandwidth=b).fit(X[:5000]).score_samples(test).mean()
                for b in widths
            )
            found = by_epsilon(
                lambda m, X=X, test=test: m.fit(X).score_samples(test).mean(),
                lambda **o: DPHistogramDensity(bounds=(-6, 6), **o),
                seeds,
            )
            row(f"{d} features, {n:,} rows", best, found)


def outliers(seeds):
    """AUROC of scores of new rows, of which one in twenty is strange."""
    for d, n in ((3, 2000), (3, 20_000), (10, 2000), (10, 20_000)):
        X, _ = spoiled(n, d, 1)
        test, strange = spoiled(5000, d, 2)

        def auroc(model, test=test, strange=strange):
            return roc_auc_score(strange, -model.score_samples(test))

        for name, twin, make in (
            ("envelope", EllipticEnvelope(random_state=0), DPEllipticEnvelope),
            ("mixture of one", GaussianMixture(), DPGaussianMixture),
        ):
            found = by_epsilon(
                lambda m, X=X, auroc=auroc: auroc(m.fit(X)),
                lambda make=make, **o: make(**BOX, **o),
                seeds,
            )
            row(f"{d} features, {n:,} rows, {name}", auroc(twin.fit(X[:5000])), found)
        forest = auroc(IsolationForest(random_state=0).fit(X))
        print(f"| {d} features, {n:,} rows, isolation forest | {forest:.3f} | | | |")


def shares(seeds):
    """Share of new rows that are called outliers, where one in twenty was asked for."""
    for n in (2000, 20_000):
        X, _ = spoiled(n, 3, 1)
        test, _ = spoiled(5000, 3, 2)
        for name, make in (
            ("envelope", lambda **o: DPEllipticEnvelope(**WANTED, **BOX, **o)),
            (
                "threshold of a mixture",
                lambda **o: DPNoveltyThreshold(DPGaussianMixture(**BOX), **WANTED, **o),
            ),
        ):
            found = by_epsilon(
                lambda m, X=X, test=test: np.mean(m.fit(X).predict(test) < 0),
                make,
                seeds,
            )
            row(f"{n:,} rows, {name}", 0.05, found)


def stored(seeds):
    """Loss of k-means over the best of ten without privacy, epsilon = 1: each seed."""
    for name, X, bounds, sizes in (
        ("MNIST, 40 directions", handwriting(), (-8.0, 8.0), (8, 16, 64)),
        ("telco_churn, 3 columns", customers(), (-1.0, 1.0), (4,)),
    ):
        for k in sizes:
            best = KMeans(k, n_init=10, random_state=0).fit(X).inertia_
            found = [
                -DPKMeans(k, bounds=bounds, random_state=s).fit(X).score(X) / best
                for s in range(seeds)
            ]
            spread = np.std(found) / np.mean(found)
            print(
                f"| {name}, k = {k} | mean {np.mean(found):.3f} | most "
                f"{np.max(found):.3f} | spread {spread:.1%} |",
                flush=True,
            )


def handwriting():
    """Images of digits on 40 random directions, which are public."""
    with np.load(data_folder() / "mnist.npz") as data:
        pixels = data["X_train"].reshape(len(data["X_train"]), -1) / 255.0
    directions = np.random.default_rng(0).normal(size=(pixels.shape[1], 40))
    return pixels @ directions / np.sqrt(40)


def customers():
    """Months, monthly and total charges, from public ranges to -1 to 1."""
    table = pd.read_parquet(data_folder() / "telco_churn.parquet")
    X = table[["tenure", "MonthlyCharges", "TotalCharges"]].fillna(0.0).to_numpy()
    return np.clip(2 * X / [72.0, 120.0, 9000.0] - 1, -1, 1)


PARTS = {
    part.__name__: part
    for part in (clusters, mixtures, densities, outliers, shares, stored)
}


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=[*PARTS][:-1])
    chosen = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    for part in map(PARTS.get, chosen.only):
        print(f"\n{part.__doc__}\n\n| | without privacy | ε = 0.3 | ε = 1 | ε = 3 |")
        print("|---|---|---|---|---|")
        part(chosen.seeds)


if __name__ == "__main__":
    main()
