"""What names a person by its form: found by check digits, and nothing is repeated."""

import numpy as np
import pandas as pd
import pytest

from skprivate.anonymity import TextRedactor, find_identifiers
from skprivate.anonymity._identifiers import is_card, is_chinese_id, is_phone

CARDS = ["4111 1111 1111 1111", "5500-0000-0000-0004", "340000000000009"]
CHINESE = "11010519491231002X"


@pytest.mark.parametrize("text", CARDS)
def test_cards(text):
    assert is_card(text)
    wrong = text[:-1] + str((int(text[-1]) + 1) % 10)
    assert not is_card(wrong)


def test_chinese_identity_numbers():
    assert is_chinese_id(CHINESE)
    assert is_chinese_id(CHINESE.lower())
    assert not is_chinese_id("110105194912310021")
    assert not is_chinese_id("11010519491331002X")


def test_phones():
    assert is_phone("+44 20 7946 0958")
    assert not is_phone("2024-01-31")
    assert not is_phone("123 45")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Mail ada.l@mail.example.org today", "Mail [EMAIL] today"),
        (f"pay with {CARDS[0]}, please", "pay with [CARD], please"),
        (f"id {CHINESE}.", "id [CHINESE_ID]."),
        ("call +86 138 0013 8000 or (030) 1234567", "call [PHONE] or [PHONE]"),
        ("on 2024-01-31 we paid 12 345", "on 2024-01-31 we paid 12 345"),
        ("nothing to see", "nothing to see"),
        ("", ""),
    ],
)
def test_texts(text, left):
    assert TextRedactor().fit_transform([text])[0] == left


def test_kinds_and_gaps():
    redactor = TextRedactor(["email"]).fit()
    texts = redactor.transform(["a@b.org 4111 1111 1111 1111", None])
    assert list(texts) == ["[EMAIL] 4111 1111 1111 1111", None]
    assert any("names of people" in what for what in redactor.cannot_find_)
    with pytest.raises(ValueError, match="kinds must"):
        TextRedactor(["face"]).fit()
    with pytest.raises(TypeError, match="sequence of texts"):
        TextRedactor().transform("a@b.org")
    with pytest.raises(TypeError, match="must hold texts"):
        TextRedactor().transform([3])


def test_tables(rng):
    n = 100
    frame = pd.DataFrame(
        {
            "first_name": ["Ada"] * n,
            "contact": [f"p{i}@x.org" for i in range(n)],
            "number": [f"+49 30 {1000000 + i}" for i in range(n)],
            "paid_by": CARDS[:1] * n,
            "身份证": [CHINESE] * n,
            "note": [f"note {i}" for i in range(n)],
            "age": rng.integers(18, 90, n),
            "town": rng.choice(["Ulm", "Kiel"], n),
        }
    )
    found = {(f.column, f.kind) for f in find_identifiers(frame)}
    assert found == {
        ("first_name", "name of the column"),
        ("contact", "email"),
        ("number", "phone"),
        ("paid_by", "card"),
        ("身份证", "name of the column"),
        ("身份证", "chinese_id"),
        ("note", "another text in each row"),
    }
    assert "Ada" not in repr(find_identifiers(frame))


def test_arrays():
    table = np.array([["a@b.org", "1"], ["c@d.org", "2"]], dtype=object)
    assert [(f.column, f.kind) for f in find_identifiers(table)] == [(0, "email")]
