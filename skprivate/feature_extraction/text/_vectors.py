"""Vectors of words from a file: checked by its hash, and never from a network."""

import json
from hashlib import sha256
from pathlib import Path

import numpy as np

from skprivate.rows._refusal import refused

_KINDS = {"F16": np.float16, "F32": np.float32, "F64": np.float64}


def read_vectors(path, digest):
    """Words and their vectors, or vectors alone if the file names no words.

    Parameters
    ----------
    path : str or Path
        A file of NumPy (``.npz`` with ``words`` and ``vectors``), of safetensors with
        one matrix, or of text, with a word and its numbers in each line.
    digest : str
        The SHA-256 of the file, which is compared before anything is read.

    Returns
    -------
    words : list of str or None
    vectors : float64 ndarray of shape (n_words, n_features)
    """
    path = Path(path)
    if not path.is_file():
        raise refused(
            ValueError,
            "model is no file. Give the path of vectors that are on this machine; none "
            "are fetched.",
        )
    content = path.read_bytes()
    if sha256(content).hexdigest() != str(digest).lower():
        raise refused(
            ValueError,
            "The file of model has another SHA-256 than sha256 says, so it is not what "
            "was checked. Use the right file, or the digest of this one if you trust "
            "it.",
        )
    words, vectors = _READERS.get(path.suffix, _of_text)(path, content)
    vectors = np.asarray(vectors, np.float64)
    listed = words is None or len(words) == len(vectors)
    if vectors.ndim != 2 or not listed or not np.isfinite(vectors).all():
        raise refused(
            ValueError,
            "model must hold a matrix of finite numbers with a row for each word. Use "
            "another file.",
        )
    return words, vectors


def _of_numpy(path, content):
    with np.load(path, allow_pickle=False) as arrays:
        return [str(word) for word in arrays["words"]], arrays["vectors"]


def _of_safetensors(path, content):
    """The only matrix in a file of safetensors: a length, a header, and numbers."""
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    matrices = [
        entry
        for name, entry in header.items()
        if name != "__metadata__" and len(entry["shape"]) == 2
    ]
    if len(matrices) != 1 or matrices[0]["dtype"] not in _KINDS:
        return None, np.zeros(0)
    start, stop = matrices[0]["data_offsets"]
    numbers = content[8 + length + start : 8 + length + stop]
    return None, np.frombuffer(numbers, _KINDS[matrices[0]["dtype"]]).reshape(
        matrices[0]["shape"]
    )


def _of_text(path, content):
    words, vectors = [], []
    for line in content.decode("utf-8", "replace").splitlines():
        word, *numbers = line.rstrip().split(" ")
        if len(numbers) > 1:  # the first line may hold the size of the matrix
            words.append(word)
            vectors.append([float(number) for number in numbers])
    return words, np.array(vectors)


_READERS = {".npz": _of_numpy, ".safetensors": _of_safetensors}
