"""Weights of words: a unit adds a vector of length one, whatever it holds."""

import numpy as np
import pytest

from skprivate.base import Words
from skprivate.base._words import words_of
from skprivate.feature_extraction.text._tokens import Tokens
from skprivate.rows import Column, Door

COLUMN = (Column(None, "category"),)


def tally_of(texts, units=None, most=300, known=None):
    rows = Door(columns=COLUMN).admit([[text] for text in texts])
    if units is not None:
        rows = rows.grouped(np.asarray(units))
    words = Words(Tokens(), most, known)
    found = rows.tally([0], words=words)
    return {word: count * words.step for (_, word), count in found.items()}


def test_a_row_spreads_one_over_its_words():
    assert tally_of(["aa bb cc dd aa"]) == pytest.approx(
        dict.fromkeys(["aa", "bb", "cc", "dd"], 0.5)
    )
    both = tally_of(["aa", "aa bb cc dd"])
    assert both["aa"] == pytest.approx(1.5)


@pytest.mark.parametrize("most", [1, 2, 5, 300])
def test_a_unit_is_no_longer_than_one(most):
    rng = np.random.default_rng(0)
    for n_rows in (1, 3, 9):
        texts = [
            " ".join(f"w{rng.integers(40)}" for _ in range(rng.integers(60)))
            for _ in range(n_rows)
        ]
        alone = tally_of(texts, np.zeros(n_rows, int), most)
        assert len(alone) <= most
        assert sum(weight**2 for weight in alone.values()) <= 1.0


def test_the_union_of_documents_counts_however_many():
    one = tally_of(["aa bb", "bb cc", "cc dd"], [7, 7, 7])
    assert one == tally_of(["aa bb cc dd"])
    assert tally_of(["dd cc", "aa bb"], [0, 0]) == one


def test_what_a_unit_adds_depends_on_no_other():
    others = ["xx yy", "aa zz", "bb " * 9, "qq rr ss tt"]
    for most in (2, 3):
        alone = tally_of(["aa bb cc dd ee"], None, most)
        without = tally_of(others, None, most)
        together = tally_of([*others[:2], "aa bb cc dd ee", *others[2:]], None, most)
        for word in together:
            moved = together[word] - without.get(word, 0.0)
            assert moved == pytest.approx(alone.get(word, 0.0), abs=1e-12)


def test_listed_words_are_all_that_counts():
    found = tally_of(["aa bb cc", "aa"], None, 300, ("aa", "zz"))
    assert found == {"aa": 2.0}
    query = Words(Tokens(), 300, ("aa", "zz"))
    assert (query.size, query.by_key) == (2, False)


def test_rows_of_weight_zero_and_gaps_add_nothing():
    rows = Door(columns=COLUMN).admit([["aa"], [None], ["bb"]], sample_weight=[1, 1, 0])
    found = rows.tally([0], words=Words(Tokens(), 9))
    assert [word for _, word in found] == ["aa"]


def test_equal_numbers_are_one_word():
    assert words_of(1, Tokens()) == words_of(1.0, Tokens()) == words_of(True, Tokens())
    assert words_of(0.5, Tokens()) == {"0.5": 1}
