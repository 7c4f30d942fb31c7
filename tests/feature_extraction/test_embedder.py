"""Vectors from files: checked by their hash, and never fetched."""

import json
import socket
from hashlib import sha256

import numpy as np
import pytest

from skprivate.feature_extraction.text import TextEmbedder

WORDS = ["good", "bad", "film"]
VECTORS = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0]])


def saved(path, content):
    path.write_bytes(content)
    return {"model": str(path), "sha256": sha256(content).hexdigest(), "n_features": 2}


def of_numpy(tmp_path):
    np.savez(tmp_path / "v.npz", words=WORDS, vectors=VECTORS)
    return saved(tmp_path / "v.npz", (tmp_path / "v.npz").read_bytes())


def of_text(tmp_path):
    lines = [f"{w} {a} {b}" for w, (a, b) in zip(WORDS, VECTORS, strict=True)]
    return saved(tmp_path / "v.txt", "\n".join(["3 2", *lines]).encode())


def of_safetensors(tmp_path):
    entry = {"dtype": "F16", "shape": [3, 2], "data_offsets": [0, 12]}
    header = json.dumps({"weights": entry, "__metadata__": {"a": "b"}}).encode()
    numbers = VECTORS.astype(np.float16).tobytes()
    content = len(header).to_bytes(8, "little") + header + numbers
    numbered = {"tokenizer": lambda text: [WORDS.index(w) for w in text.split()]}
    return saved(tmp_path / "v.safetensors", content) | numbered


FILES = [of_numpy, of_text, of_safetensors]


@pytest.mark.parametrize("made", FILES)
def test_a_text_is_the_mean_of_its_words(made, tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("the network is asked")

    monkeypatch.setattr(socket, "socket", refuse)
    embedder = TextEmbedder(**made(tmp_path))
    rows = embedder.fit_transform(["good film", "bad", None])
    root = np.sqrt(0.5)
    np.testing.assert_allclose(rows, [[root, root], [-1, 0], [0, 0]], atol=1e-9)
    assert embedder.output_norm_ == 1.0


def test_another_file_is_refused(tmp_path):
    params = of_numpy(tmp_path)
    with open(params["model"], "ab") as file:
        file.write(b"!")
    with pytest.raises(ValueError, match="SHA-256"):
        TextEmbedder(**params).fit([])


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"sha256": None}, "sha256"),
        ({"n_features": 3}, "n_features must be 2"),
        ({"model": "nowhere.npz"}, "no file"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, changes, word):
    with pytest.raises(ValueError, match=word):
        TextEmbedder(**(of_text(tmp_path) | changes)).fit([])


def test_numbers_need_a_tokenizer(tmp_path):
    params = of_safetensors(tmp_path)
    del params["tokenizer"]
    with pytest.raises(ValueError, match="tokenizer must be given"):
        TextEmbedder(**params).fit([])


def test_an_encoder_that_fails_on_one_text_says_nothing_to_others():
    def encoder(text):
        if "secret" in text:
            raise ValueError(text)
        return [1.0, len(text)]

    rows = TextEmbedder(encoder, n_features=2).fit_transform(["my secret", "open"])
    assert not rows[0].any()
    assert rows[1].any()
