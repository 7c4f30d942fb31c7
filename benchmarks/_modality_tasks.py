"""Texts, images, clips and series: rows after a public map, to fit and to score.

A map learns nothing, so it is applied once, to all rows. Parameters of maps are
defaults but for public facts (a rate, a shape, a number of channels), and for what a
page says to choose for such data (letters for short messages, common words for topics).
"""

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import train_test_split

from benchmarks._data import data_folder
from skprivate.compose import join_modalities
from skprivate.feature_extraction.audio import MelCepstrum
from skprivate.feature_extraction.image import RandomPatchFeatures, ScatteringTransform
from skprivate.feature_extraction.series import (
    CompetingKernels,
    Resample,
)
from skprivate.feature_extraction.text import HashedText, TextEmbedder

VECTORS_SHA256 = "64b47a2dc493cb8e85944076601189739852d7b64e0e1eedcb1937a251cd9fd5"
SMALL_EPSILONS, LARGE_EPSILONS = (0.5, 1.0, 3.0), (1.0, 3.0, 8.0)


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows after a map, which of them are to fit, and what is public about them."""

    X: object
    y: np.ndarray
    is_train: np.ndarray
    geometry: object
    groups: np.ndarray | None = None


@dataclass(frozen=True)
class Task:
    """What to load, at which epsilons, and how predictions are scored."""

    load: object
    epsilons: tuple = SMALL_EPSILONS
    score: object = accuracy_score


def _mapped(public_map, items, y, is_train):
    rows = public_map.fit_transform(items)
    return Rows(rows, np.asarray(y), is_train, public_map.output_geometry_)


def _texts(name, target, **maps):
    """Columns of texts, each behind maps that are named; all rows side by side."""

    def load():
        frame = pd.read_parquet(data_folder() / f"{name}.parquet")
        numbers = np.arange(len(frame))
        if "split" in frame:
            is_train = (frame["split"] == "train").to_numpy()
        else:
            is_train = np.isin(
                numbers, train_test_split(numbers, test_size=0.2, random_state=0)[0]
            )
        y = frame[target].to_numpy(dtype=object)
        blocks = [(_OF_TEXTS[of](), column) for column in maps for of in maps[column]]
        if len(blocks) == 1:
            return _mapped(blocks[0][0], frame[blocks[0][1]], y, is_train)
        return _mapped(join_modalities(*blocks), frame, y, is_train)

    return load


def vectors_folder():
    """Where the wheel of wordllama is unpacked, or None; its vectors are public."""
    folder = os.environ.get("SKPRIVATE_VECTORS")
    return Path(folder) / "wordllama" if folder else None


def _vectors():
    folder = vectors_folder()
    return TextEmbedder(
        folder / "weights" / "l2_supercat_256.safetensors",
        sha256=VECTORS_SHA256,
        tokenizer=folder / "tokenizers" / "l2_supercat_tokenizer_config.json",
    )


_OF_TEXTS = {
    "words": HashedText,
    "uncommon words": lambda: HashedText(idf="english"),
    "topics": lambda: HashedText(idf="english", idf_power=1.0),
    "letters": lambda: HashedText(analyzer="char_wb", ngram_range=(2, 4)),
    "vectors": _vectors,
}


def _spam(y, predicted):
    return f1_score(y, predicted, pos_label="spam")


def _handwriting():
    with np.load(data_folder() / "mnist.npz") as data:
        images = np.concatenate([data["X_train"], data["X_test"]])
        y = np.concatenate([data["y_train"], data["y_test"]]).astype(int)
    return _mapped(ScatteringTransform((28, 28)), images, y, np.arange(70_000) < 60_000)


def _spoken():
    with np.load(data_folder() / "spoken_digits.npz") as data:
        clips = np.split(data["audio"], np.cumsum(data["lengths"])[:-1])
        rate, y = int(data["rate"]), data["digit"].astype(int)
        is_train = data["index"] >= 5
    return _mapped(MelCepstrum(rate=rate), clips, y, is_train)


def _vowels(public_map):
    def load():
        with np.load(data_folder() / "japanese_vowels.npz") as data:
            series = np.split(data["X"], np.cumsum(data["lengths"])[:-1])
            series = [values.T for values in series]
            return _mapped(public_map, series, data["y"].astype(int), data["train"])

    return load


def _activity(by_user):
    """Windows of 36 users, of whom seven are held out; numbers between 0 and 1."""

    def load():
        frame = pd.read_parquet(data_folder() / "wisdm_activity.parquet")
        users = frame["user"].to_numpy()
        names = [c for c in frame if c not in ("unique_id", "user", "class")]
        X = frame[names].apply(pd.to_numeric, errors="coerce").fillna(0.0)
        X = np.clip(X.to_numpy(np.float64) / 20.0, -1.0, 1.0)
        held_out = np.random.default_rng(0).permutation(np.unique(users))[:7]
        y, groups = frame["class"].to_numpy(object), users if by_user else None
        return Rows(X, y, ~np.isin(users, held_out), (-1.0, 1.0), groups)

    return load


@lru_cache(maxsize=1)
def _people(n=4000):
    """Made-up people: a row of a table, a text, an image and a clip, some missing."""
    rng = np.random.default_rng(0)
    y, at = rng.integers(0, 2, n), np.arange(600)
    tells = rng.random((n, 4)) < 0.8  # whether a kind tells something
    said = np.where(tells, y[:, None], rng.integers(0, 2, (n, 4)))
    words = [f"w{i}" for i in range(300)]
    columns = {
        "table": [rng.normal(size=4) + 0.8 * v for v in said[:, 0]],
        "text": [
            " ".join([*rng.choice(words, 12), "pain" if v else "calm"])
            for v in said[:, 1]
        ],
        "image": [rng.random((8, 8)) + 0.7 * v * np.eye(8) for v in said[:, 2]],
        "clip": [np.sin(at / (2 + v)) + rng.normal(size=len(at)) for v in said[:, 3]],
    }
    table = pd.DataFrame({k: pd.Series(v, dtype=object) for k, v in columns.items()})
    lost = rng.integers(0, 4, n)
    for number, name in enumerate(columns):
        table.loc[lost == number, name] = None
    return table, y


BLOCKS = {
    "table": Resample(4, bounds=(-4, 4)),
    "text": HashedText(2**10),
    "image": RandomPatchFeatures((8, 8), size=3),
    "clip": MelCepstrum(rate=8000),
}


def _several(*names):
    def load():
        table, y = _people()
        joined = join_modalities(*((BLOCKS[name], name) for name in names))
        return _mapped(joined, table, y, np.arange(len(y)) < 3000)

    return load


_VOWELS = {
    "kernels": CompetingKernels(12),
    "parts": Resample(2, n_channels=12, bounds=(-2, 2), method="mean", norm="l2"),
}
_REVIEWS, _MESSAGES = ("imdb_10k", "label"), ("sms_spam", "label")
_POSTS = "newsgroups20", "newsgroup"
_BOTH = "topics", "vectors"
TASKS = {
    "reviews, words": Task(_texts(*_REVIEWS, text=["words"])),
    "reviews, common words less": Task(_texts(*_REVIEWS, text=["uncommon words"])),
    "reviews, vectors": Task(_texts(*_REVIEWS, text=["vectors"])),
    "reviews, vectors and words": Task(
        _texts(*_REVIEWS, text=["uncommon words", "vectors"])
    ),
    "messages, letters": Task(_texts(*_MESSAGES, text=["letters"]), score=_spam),
    "messages, vectors and letters": Task(
        _texts(*_MESSAGES, text=["letters", "vectors"]), score=_spam
    ),
    "newsgroups, common words less": Task(_texts(*_POSTS, text=["topics"])),
    "newsgroups, vectors and words": Task(_texts(*_POSTS, text=_BOTH)),
    "newsgroups, vectors, words, subjects": Task(
        _texts(*_POSTS, text=_BOTH, subject=_BOTH)
    ),
    "handwriting, scattering": Task(_handwriting),
    "spoken digits, cepstrum": Task(_spoken, LARGE_EPSILONS),
    **{
        f"vowels, {name}": Task(_vowels(public_map), LARGE_EPSILONS)
        for name, public_map in _VOWELS.items()
    },
    "activity, a user is a unit": Task(_activity(True), LARGE_EPSILONS),
    "activity, a window is a unit (wrong)": Task(_activity(False), LARGE_EPSILONS),
    **{f"several, {name} only": Task(_several(name), (1.0,)) for name in BLOCKS},
    "several, all": Task(_several(*BLOCKS), (1.0,)),
}
OF_VECTORS = [name for name in TASKS if "vectors" in name]
