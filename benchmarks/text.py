"""Classification of texts: hashed words, and a linear model or naive Bayes.

Run as ``python -m benchmarks.text [--noises 10] [--only NAME]``, beside the tables that
:mod:`benchmarks._data` knows: reviews (IMDB) in their official split, short messages
(SMS spam) and posts of 20 newsgroups in random splits of 80 to 20, with fresh noise.
Nothing is learned from texts but by the model, which has its default parameters.
``--only wide`` is the time and memory of a fit of 2**20 columns, on Linux.
"""

import argparse
from dataclasses import dataclass
from itertools import product
from time import process_time

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.kernel_approximation import AdditiveChi2Sampler
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import Normalizer, normalize

from benchmarks._data import data_folder
from benchmarks._progress import Progress
from benchmarks.resources import FORGET, in_a_process, peak_of
from skprivate.linear_model import DPLogisticRegression
from skprivate.naive_bayes import DPComplementNB, DPMultinomialNB
from skprivate.pipeline import make_dp_pipeline

EPSILONS, DELTA = (0.5, 1.0, 3.0), 1e-5
WORDS = {"analyzer": "word"}
LETTERS = {"analyzer": "char_wb", "ngram_range": (2, 4)}


@dataclass(frozen=True)
class Job:
    """A table of texts, what they are split into, and how predictions are scored."""

    table: str
    target: str
    parts: dict
    score: object


def f1_of_spam(y, predicted):
    return f1_score(y, predicted, pos_label="spam")


JOBS = {
    "reviews, words": Job("imdb_10k", "label", WORDS, accuracy_score),
    "messages, words": Job("sms_spam", "label", WORDS, f1_of_spam),
    "messages, letters": Job("sms_spam", "label", LETTERS, f1_of_spam),
    "newsgroups, words": Job("newsgroups20", "newsgroup", WORDS, accuracy_score),
}


def vectorizer(parts):
    """Counts of 2**14 hashed parts of a text; none of them is negative."""
    return HashingVectorizer(n_features=2**14, norm=None, alternate_sign=False, **parts)


def logistic(classes, epsilon):
    """Root of the counts, norm one, and the classifier, which is told of the norm.

    With ``sample_steps=1`` all that the sampler does is to take a root, of a multiple.
    """
    return make_dp_pipeline(
        AdditiveChi2Sampler(sample_steps=1),
        Normalizer(),
        DPLogisticRegression(classes=classes),
        epsilon=epsilon,
        delta=DELTA,
    )


def multinomial(classes, epsilon):
    """Naive Bayes of the counts as they are."""
    return DPMultinomialNB(classes=classes, epsilon=epsilon, delta=DELTA)


def complement(classes, epsilon):
    """The same, of what a class is not."""
    return DPComplementNB(classes=classes, epsilon=epsilon, delta=DELTA)


MODELS = {"logistic": logistic, "multinomial": multinomial, "complement": complement}


def split_of(frame, seed):
    """Which rows are to fit, which to score."""
    numbers = np.arange(len(frame))
    if "split" in frame:
        is_train = (frame["split"] == "train").to_numpy()
        return numbers[is_train], numbers[~is_train]
    return train_test_split(numbers, test_size=0.2, random_state=seed)


def scores_of(job, model_of, n_noises, progress):
    """One row for each noise, one column for each epsilon."""
    frame = pd.read_parquet(data_folder() / f"{job.table}.parquet")
    counts = vectorizer(job.parts).transform(frame["text"])  # once: it learns nothing
    y = frame[job.target].to_numpy(dtype=object)
    classes, scores = np.unique(y), np.empty((n_noises, len(EPSILONS)))
    for seed in range(n_noises):
        fit, test = split_of(frame, seed)
        for k, epsilon in enumerate(EPSILONS):
            model = model_of(classes, epsilon).fit(counts[fit], y[fit])
            scores[seed, k] = job.score(y[test], model.predict(counts[test]))
            progress.step()
    return scores


def wide_rows(n_rows=25_000, n_entries=100, n_columns=2**20):
    """Sparse rows of norm one; half of the classes is told by a few hundred columns."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, n_rows)
    places = rng.integers(0, n_columns, (n_rows, n_entries))
    places[:, :10] = rng.integers(0, 200, (n_rows, 10)) + 200 * y[:, None]
    ends = np.arange(0, places.size + 1, n_entries)
    shape = n_rows, n_columns
    X = sparse.csr_matrix((np.ones(places.size), places.ravel(), ends), shape)
    return normalize(X), y


def price_of_wide_rows():
    """Seconds of one thread and bytes, beyond the rows, of one fit."""
    X, y = wide_rows()
    model = DPLogisticRegression(row_norm=1.0, classes=[0, 1], delta=DELTA)
    model.fit(X[:1000], y[:1000])
    start = process_time()
    peak = peak_of(lambda: model.fit(X, y))
    return process_time() - start, peak, model.score(X, y)


def main(arguments=None):
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--noises", type=int, default=10)
    parser.add_argument("--only", choices=[*JOBS, "wide"], help="one instead of all")
    chosen = parser.parse_args(arguments)
    names = [name for name in JOBS if chosen.only in (None, name)]
    lines = []
    if names:
        total = len(names) * len(MODELS) * chosen.noises * len(EPSILONS)
        progress = Progress(total, "fitting")
        for name, (model, model_of) in product(names, MODELS.items()):
            scores = scores_of(JOBS[name], model_of, chosen.noises, progress)
            pairs = zip(scores.mean(0), scores.std(0), strict=True)
            cells = [f"{mean:.3f} ± {spread:.3f}" for mean, spread in pairs]
            line = f"{name}, {model}"
            lines.append(f"{line:<32}" + "".join(f"{cell:>18}" for cell in cells))
        print(
            f"\nmean ± standard deviation of {chosen.noises} noises, delta = {DELTA:g}"
        )
        print(" " * 32 + "".join(f"{f'epsilon {e:g}':>18}" for e in EPSILONS))
        print("\n".join(lines))
    if chosen.only in (None, "wide") and FORGET.exists():
        seconds, peak, score = in_a_process(price_of_wide_rows)
        print(
            f"\n25,000 rows of 100 entries in 2**20 columns: {seconds:.1f} s, ", end=""
        )
        print(f"{peak / 1e6:.0f} MB beyond the rows, accuracy {score:.3f}")


if __name__ == "__main__":
    main()
