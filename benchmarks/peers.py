"""Same data, same public bounds, same epsilon: skprivate beside diffprivlib.

Run by ``make peers``, in an environment of its own: diffprivlib 0.6.6 fails from
scikit-learn 1.8 on. Both libraries get features scaled to [0, 1] by fixed numbers, and
are told that range, the classes, and the largest norm of a row that follows from it.

skprivate spends (epsilon, 1e-6) in the sense of one row added or removed. diffprivlib
states no neighbours; its models are used as documented, at (epsilon, 0), which is all
that they offer.
"""

import warnings
from pathlib import Path
from time import perf_counter

import numpy as np
from diffprivlib import models as peer
from sklearn import __version__ as sklearn_version
from sklearn import datasets
from sklearn.model_selection import train_test_split

from benchmarks._progress import Progress
from skprivate.cluster import DPKMeans
from skprivate.linear_model import DPLogisticRegression, DPRidge
from skprivate.naive_bayes import DPGaussianNB

EPSILONS = (0.5, 1.0, 3.0, 10.0)
REPEATS = 9
RESULTS = Path(__file__).with_name("results")


def unit_box(X):
    """``X`` with every column in [0, 1]; the range is taken as public here."""
    low, high = X.min(axis=0), X.max(axis=0)
    return (X - low) / np.where(high > low, high - low, 1.0)


def breast_cancer():
    X, y = datasets.load_breast_cancer(return_X_y=True)
    return unit_box(X), y


def digits():
    X, y = datasets.load_digits(return_X_y=True)
    return X / 16.0, y


def diabetes():
    X, y = datasets.load_diabetes(return_X_y=True)
    return unit_box(X), unit_box(y[:, np.newaxis])[:, 0]


def logistic(epsilon, X, y):
    ours = DPLogisticRegression(epsilon=epsilon, bounds=(0, 1), classes=np.unique(y))
    norm = float(np.sqrt(X.shape[1]))
    return ours, peer.LogisticRegression(epsilon=epsilon, data_norm=norm)


def bayes(epsilon, X, y):
    ours = DPGaussianNB(epsilon=epsilon, bounds=(0, 1), classes=np.unique(y))
    return ours, peer.GaussianNB(epsilon=epsilon, bounds=(0, 1))


def ridge(epsilon, X, y):
    ours = DPRidge(epsilon=epsilon, bounds=(0, 1), target_bounds=(0, 1))
    theirs = peer.LinearRegression(epsilon=epsilon, bounds_X=(0, 1), bounds_y=(0, 1))
    return ours, theirs


def kmeans(epsilon, X, y):
    n_clusters = len(np.unique(y))
    ours = DPKMeans(n_clusters, epsilon=epsilon, bounds=(0, 1))
    return ours, peer.KMeans(n_clusters, epsilon=epsilon, bounds=(0, 1))


def inertia(model, X, y):
    """Mean squared distance to the nearest centre: lower is better."""
    distances = ((X[:, np.newaxis] - model.cluster_centers_) ** 2).sum(axis=2)
    return distances.min(axis=1).mean()


def score(model, X, y):
    """Accuracy, or R²: higher is better."""
    return model.score(X, y)


CASES = [
    ("logistic regression", "breast_cancer accuracy", breast_cancer, logistic, score),
    ("logistic regression", "digits accuracy", digits, logistic, score),
    ("Gaussian naive Bayes", "breast_cancer accuracy", breast_cancer, bayes, score),
    ("Gaussian naive Bayes", "digits accuracy", digits, bayes, score),
    ("linear regression", "diabetes R²", diabetes, ridge, score),
    ("k-means", "digits mean squared distance", digits, kmeans, inertia),
]


def compare(load, make, measure, epsilon, bar):
    """Median measure, and median seconds of a fit, of either library."""
    X, y = load()
    measures, seconds = np.zeros((2, REPEATS, 2))
    for seed in range(REPEATS):
        parts = train_test_split(X, y, test_size=0.25, random_state=seed)
        X_train, X_test, y_train, y_test = parts
        for side, model in enumerate(make(epsilon, X_train, y_train)):
            start = perf_counter()
            model.fit(X_train, y_train)
            seconds[seed, side] = perf_counter() - start
            measures[seed, side] = measure(model, X_test, y_test)
        bar.step()
    return np.median(measures, axis=0), np.median(seconds, axis=0)


def main():
    bar = Progress(len(CASES) * len(EPSILONS) * REPEATS, "comparing")
    head = ("model", "data and measure", "epsilon", "skprivate", "diffprivlib")
    head += ("skprivate ms", "diffprivlib ms")
    lines = [",".join(head)]
    with warnings.catch_warnings():
        # diffprivlib warns of what it reads off the data; that is known, see README.
        warnings.simplefilter("ignore")
        for model, label, load, make, measure in CASES:
            for epsilon in EPSILONS:
                measures, seconds = compare(load, make, measure, epsilon, bar)
                cells = [f"{m:.3g}" for m in measures]
                cells += [f"{1e3 * s:.1f}" for s in seconds]
                lines.append(",".join([model, label, f"{epsilon:g}", *cells]))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "peers.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"\nscikit-learn {sklearn_version}, medians of {REPEATS} splits\n")
    for line in lines:
        cells = zip((22, 30, 9, 11, 13, 14, 15), line.split(","), strict=True)
        print("".join(f"{cell:<{width}}" for width, cell in cells))


if __name__ == "__main__":
    main()
