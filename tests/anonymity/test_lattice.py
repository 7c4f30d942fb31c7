"""Levels of hierarchies: the best there are, by trying all."""

import itertools

import numpy as np
import pandas as pd
import pytest

from skprivate.anonymity import Hierarchy, HierarchyAnonymizer

AGES = Hierarchy.from_bins([[0, 10, 20, 30, 40, 50], [0, 20, 40, 60], [0, 60]])
TOWNS = Hierarchy.from_tree(
    {"all": {"north": ["a", "b"], "south": ["c", "d"], "west": ["e"]}}
)
CODES = Hierarchy.from_prefix(3)


@pytest.fixture
def frame(rng):
    return pd.DataFrame(
        {
            "age": rng.integers(0, 50, 150),
            "town": rng.choice([*"abcde"], 150, p=[0.4, 0.3, 0.1, 0.1, 0.1]),
            "code": [f"{a}{b}0" for a, b in rng.integers(0, 3, (150, 2))],
            "cost": rng.normal(size=150),
        }
    )


KNOWN = {"age": AGES, "town": TOWNS, "code": CODES}


def loss_of(column, word):
    """Mean over rows of the part of a column that a word stands for."""
    kinds = {w: [v for v in word if word[v] == w] for w in set(word.values())}
    if column.name == "age":
        span = column.max() - column.min()
        parts = {w: (max(own) - min(own)) / span for w, own in kinds.items()}
    else:
        parts = {w: (len(own) - 1) / max(1, len(word) - 1) for w, own in kinds.items()}
    return np.mean([parts[word[v]] for v in column])


def naive_best(frame, k, most):
    """All combinations of levels, with pandas."""
    words = {
        name: [
            dict(zip(sorted(frame[name].unique()), level, strict=True))
            for level in one.levels_of(sorted(frame[name].unique()), name)
        ]
        for name, one in KNOWN.items()
    }
    best = np.inf
    for levels in itertools.product(*(range(len(w)) for w in words.values())):
        table = pd.DataFrame(
            {
                name: frame[name].map(words[name][level])
                for name, level in zip(words, levels, strict=True)
            }
        )
        sizes = table.groupby([*words])["age"].transform("size")
        out = (sizes < k).mean()
        if out > most:
            continue
        losses = [
            loss_of(frame[name], words[name][level])
            for name, level in zip(words, levels, strict=True)
        ]
        best = min(best, np.mean(losses) * (1 - out) + out)
    return best


@pytest.mark.parametrize(("k", "most"), [(3, 0.0), (3, 0.1), (8, 0.05)])
def test_the_best_levels_are_found(frame, k, most):
    anonymizer = HierarchyAnonymizer(k, hierarchies=KNOWN, max_suppression=most)
    table = anonymizer.fit_transform(frame)
    assert anonymizer.loss_ == pytest.approx(naive_best(frame, k, most))
    sizes = table.groupby([*KNOWN], dropna=False).size()
    assert sizes.min() >= k
    assert anonymizer.report_.k == sizes.min()
    assert len(table) >= (1 - most) * len(frame)
    assert table["cost"].equals(frame["cost"][anonymizer.kept_])


def test_one_word_for_a_value_wherever_it_stands(frame):
    table = HierarchyAnonymizer(5, hierarchies=KNOWN).fit_transform(frame)
    both = pd.DataFrame(
        {"before": frame["town"].loc[table.index], "after": table["town"]}
    )
    assert both.groupby("before")["after"].nunique().max() == 1


def test_gaps_are_values(frame):
    frame.loc[:20, "town"] = None
    anonymizer = HierarchyAnonymizer(5, hierarchies=KNOWN)
    table = anonymizer.fit_transform(frame)
    assert table.groupby([*KNOWN], dropna=False).size().min() >= 5
    assert table["town"].isna().any()


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"hierarchies": None}, "must be a dict"),
        ({"hierarchies": {"age": 3}}, "Hierarchy objects"),
        ({"quasi_identifiers": ["cost"]}, "none for column 'cost'"),
        ({"max_suppression": 1}, "max_suppression must"),
        ({"k": 151}, "fewer rows than k"),
        ({"hierarchies": {"town": CODES}}, "column 'town' misses a value"),
    ],
)
def test_parameters(frame, change, match):
    with pytest.raises((TypeError, ValueError), match=match):
        HierarchyAnonymizer(hierarchies=KNOWN).set_params(**change).fit(frame)


def test_k_that_cannot_be_reached(frame):
    short = Hierarchy([{"a": "A", "b": "B"}.get])
    frame["town"] = np.where(frame["age"] > 45, "a", "b")
    n = int((frame["town"] == "a").sum())
    levels = short.levels_of(["a", "b"], "town")
    assert levels[-1] == ["*", "*"]  # a hierarchy always ends in one word
    anonymizer = HierarchyAnonymizer(n + 1, hierarchies={"town": short})
    assert set(
        anonymizer.set_params(max_suppression=0).fit_transform(frame)["town"]
    ) == {"*"}


def test_other_rows_are_refused(frame):
    anonymizer = HierarchyAnonymizer(5, hierarchies=KNOWN).fit(frame)
    with pytest.raises(ValueError, match="that table only"):
        anonymizer.transform(frame[:10])


def test_hierarchies(tmp_path):
    (tmp_path / "h.csv").write_text("a;north;*\nb;north;*\nc;south;*\n")
    known = Hierarchy.from_csv(tmp_path / "h.csv")
    assert known.words("b") == ["b", "north", "*"]
    assert repr(known) == "Hierarchy(2 levels above the values)"
    (tmp_path / "h.csv").write_text("a;north\nb\n")
    with pytest.raises(ValueError, match="unequal length"):
        Hierarchy.from_csv(tmp_path / "h.csv")
    with pytest.raises(ValueError, match="equally deep"):
        Hierarchy.from_tree({"a": ["b"], "c": {"d": ["e"]}})
    with pytest.raises(ValueError, match="rising"):
        Hierarchy.from_bins([[3, 1]])
    with pytest.raises(ValueError, match="length must"):
        Hierarchy.from_prefix(0)
    with pytest.raises(TypeError, match="lists of values"):
        Hierarchy.from_tree({"a": "b"})
