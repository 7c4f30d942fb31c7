"""Texts, images, clips and series that an attacker would send."""

from typing import Any

import numpy as np

UNREADABLE = (
    None,
    float("nan"),
    object(),
    {},
    [],
    np.array([]),
    np.array(["x", "y"], object),
    1 + 2j,
)


def hostile_items(seed: int = 0) -> list[Any]:
    """One list of items of all kinds, ordinary and odd.

    Whatever a map reads, some of them are for it; what it cannot read must become a row
    of zeros.

    Parameters
    ----------
    seed : int, default=0
        Of NumPy's generator: these are test data.

    Returns
    -------
    list

    Examples
    --------
    >>> from skprivate.testing import hostile_items
    >>> len(hostile_items()) > 50
    True
    """
    return [*_texts(), *_images(seed), *_series(seed), *UNREADABLE]


def _texts():
    """Texts and bytes."""
    return [
        "one two three two one",
        "word " * 3000,
        "x" * 10**6,
        "\ud800 half a character \udfff",
        "\x00\x01 control\r\n",
        "我爱北京天安门 mixed with words かな 한국어",
        "é e\u0301 \u202e ﬁ ①",
        b"bytes \xff\xfe of no encoding",
        b"",
        "",
        " \t\n",
        "1 2.5 -3",
        np.str_("numpy's text"),
    ]


def _images(seed):
    """Pixels of many shapes and types; clips with two channels are among them."""
    rng = np.random.default_rng(seed)
    special = rng.normal(size=(28, 28))
    special[3, :4] = np.nan, np.inf, -np.inf, 1e308
    return [
        rng.random((28, 28)),
        rng.integers(0, 256, (28, 28), dtype=np.uint8),
        rng.integers(0, 256, (28, 28, 4), dtype=np.uint8),
        rng.random((28, 28, 3)).astype(np.float32),
        rng.random((5, 61)),
        rng.random((100, 100)) > 0.5,
        np.ones((28, 28)),
        np.zeros((28, 28)),
        np.full((28, 28), 1e-300),
        np.full((1, 1), 7),
        special,
        1e300 * rng.normal(size=(28, 28)),
        rng.normal(size=(28, 28)).tolist(),
        rng.random((2, 2, 2, 2)),
        rng.random(784),
    ]


def _series(seed):
    """Clips and series, with gaps, with times, of one value and of many."""
    rng = np.random.default_rng(seed)
    wave = np.sin(np.arange(3000) / 7)
    return [
        wave,
        (20_000 * wave).astype(np.int16),
        np.append(np.zeros(500), wave[:400]).astype(np.float32),
        (8000, wave[:999]),
        (np.arange(40)[::-1], rng.normal(size=40)),
        (np.array([1.0, np.nan, 1.0]), [1.0, 2.0, 3.0]),
        rng.normal(size=50).tolist(),
        [1.0, None, 3.0],
        [np.nan] * 4,
        [np.inf, -np.inf, 1.0],
        [1e308, -1e308, 1e308],
        [5e-324, 0.0, -5e-324],
        [2.5],
        np.zeros(2000),
        np.full(300, -7.5),
        rng.normal(size=(1, 30)),
        rng.normal(size=(30, 1)),
        rng.normal(size=(3, 20)),
        np.array([True, False, True]),
        np.arange(20_000, dtype=np.int64),
    ]
