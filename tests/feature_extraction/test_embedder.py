"""Vectors from files: checked by their hash, and never fetched."""

import json
import socket
from hashlib import sha256

import numpy as np
import pytest

from skprivate import PrivacyLedger, make_dp_pipeline
from skprivate.feature_extraction.text import TextEmbedder
from skprivate.linear_model import DPLogisticRegression

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


@pytest.mark.parametrize("n_features", [256, 1])
def test_a_length_that_is_not_that_of_the_encoder_is_refused_for_free(n_features):
    """All rows would be zeros, and the model behind would know nothing."""
    embedder = TextEmbedder(len_and_words, n_features=n_features)
    model = make_dp_pipeline(embedder, DPLogisticRegression(classes=[0, 1]))
    with (
        PrivacyLedger() as ledger,
        pytest.raises(ValueError, match="Set n_features=2"),
    ):
        model.fit(["one", "two words"] * 9, [0, 1] * 9)
    assert not ledger.records
    assert embedder.set_params(n_features=2).fit_transform(["one"]).all()


def test_an_encoder_may_fail_on_the_made_up_text():
    known = {"one": [1.0, 2.0]}
    embedder = TextEmbedder(known.__getitem__, n_features=2)
    assert embedder.fit_transform(["one", "two"]).any(axis=1).tolist() == [True, False]


def len_and_words(text):
    return [len(text), len(text.split())]
