"""Boxes: k, l and t hold by a check that shares no code with the anonymizer."""

import itertools
import math
import time
from collections import Counter, defaultdict

import numpy as np
import pandas as pd
import polars as pl
import pytest

from skprivate import check_private
from skprivate.anonymity import Hierarchy, MondrianAnonymizer
from skprivate.kernels import split_boxes

N_TABLES = 200


def groups_of(table, public):
    """Rows of each group, by plain dictionaries: missing is a value."""
    groups = defaultdict(list)
    for place, row in enumerate(table[public].to_numpy(object)):
        groups[tuple("gap" if v is None or v != v else v for v in row)].append(place)
    return list(groups.values())


def random_table(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(30, 300))
    age = rng.integers(0, rng.integers(2, 90), n).astype(float)
    age[rng.random(n) < 0.1 * (seed % 3)] = np.nan
    town = rng.choice([*"abcdefgh"], n, p=rng.dirichlet(np.ones(8))).astype(object)
    town[rng.random(n) < 0.1 * (seed % 2)] = None
    frame = pd.DataFrame(
        {
            "age": age,
            "town": town,
            "since": pd.to_datetime("2020-01-01")
            + pd.to_timedelta(rng.integers(0, 900, n), "D"),
            "ill": rng.choice([*"xyz"], n, p=[0.6, 0.3, 0.1]),
            "cost": rng.integers(0, 5, n),
        }
    )
    return frame, rng


def distance(part, whole, ordered):
    """Total variation, or earth mover's distance of ranks."""
    kinds = sorted(set(whole))
    p = [part.count(v) / len(part) - whole.count(v) / len(whole) for v in kinds]
    if ordered:
        run, far = 0.0, 0.0
        for gap in p:
            run += gap
            far += abs(run)
        return far / max(1, len(kinds) - 1)
    return sum(map(abs, p)) / 2


def test_rules_hold_on_random_tables():
    """Each of 200 tables with other rules; what cannot be had is refused."""
    done = 0
    for seed in range(N_TABLES):
        frame, rng = random_table(seed)
        k, secret = int(rng.integers(2, 9)), str(rng.choice(["ill", "cost"]))
        kind = str(rng.choice(["distinct", "entropy"]))
        least = [None, 2, 1.5][seed % 3] if secret == "ill" else None
        most = [None, 0.4][seed % 2]
        public = ["age", "town", "since"]
        anonymizer = MondrianAnonymizer(
            k, quasi_identifiers=public, sensitive=[secret], l=least, diversity=kind,
            t=most,
        )  # fmt: skip
        try:
            table = anonymizer.fit_transform(frame)
        except ValueError as error:
            assert "too few values" in str(error)  # noqa: PT017
            continue
        done += 1
        whole = list(frame[secret])
        for rows in groups_of(table, public):
            part = [whole[i] for i in rows]
            assert len(rows) >= k
            if least is not None:
                shares = [c / len(part) for c in Counter(part).values()]
                kinds = len(shares)
                if kind == "entropy":
                    kinds = math.exp(-sum(s * math.log(s) for s in shares))
                assert kinds >= least - 1e-6
            if most is not None:
                assert distance(part, whole, secret == "cost") <= most + 1e-9
    assert done > N_TABLES * 0.8


def test_every_row_lies_in_what_is_said_of_it():
    frame, _ = random_table(3)
    public = ["age", "town"]
    table = MondrianAnonymizer(4, quasi_identifiers=public).fit_transform(frame)
    for before, after in zip(frame.itertuples(), table.itertuples(), strict=True):
        words = "" if after.age is None or after.age != after.age else str(after.age)
        if before.age != before.age:
            assert words == "" or words.endswith("missing")
        else:
            ends = words.split(" or ")[0].strip("[]").split(", ")
            assert float(ends[0]) <= before.age <= float(ends[-1])
        if before.town is None or before.town != before.town:
            assert (
                after.town != after.town
                or after.town is None
                or ("missing" in after.town)
            )
        else:
            assert before.town in str(after.town).strip("{}").split(", ")


def naive_boxes(codes, widths, k):
    """The same cuts, by trying all."""
    stack, boxes = [np.arange(codes.shape[1])], []
    while stack:
        rows = stack.pop()
        best = None
        for j, own in enumerate(codes[:, rows]):
            there = np.unique(own)
            width = widths[j][there[-1]] - widths[j][there[0]]
            for cut in there[:-1]:
                left = own <= cut
                if min(left.sum(), (~left).sum()) < k:
                    continue
                ours = widths[j][own[left].max()] - widths[j][there[0]]
                theirs = widths[j][there[-1]] - widths[j][own[~left].min()]
                gain = len(rows) * width - left.sum() * ours - (~left).sum() * theirs
                if best is None or gain > best[0]:
                    best = gain, rows[left], rows[~left]
        if best is None:
            boxes.append(rows)
        else:
            stack += [best[2], best[1]]
    return boxes


@pytest.mark.parametrize("spread", [5, 40, 5000])
def test_the_kernel_cuts_as_its_naive_twin(rng, spread):
    codes = np.array(
        [np.unique(rng.integers(0, spread, 120), return_inverse=True)[1]] * 1
        + [rng.integers(0, 7, 120)]
    ).astype(np.int32)
    widths = np.zeros((2, max(codes.max() + 1, 8)))
    for j in range(2):
        top = codes[j].max()
        widths[j, : top + 1] = np.sort(rng.random(top + 1))
    none = np.empty((0, 120), np.int32)
    order, starts, _ = split_boxes(
        codes, widths, np.array([True, True]), 4, none, np.empty((0, 1)),
        np.empty((0, 2), np.int64), (1.0, False, 1.0),
    )  # fmt: skip
    ours = [set(order[a:b]) for a, b in itertools.pairwise(starts)]
    assert ours == [set(rows) for rows in naive_boxes(codes, widths, 4)]


def test_transform_says_the_same_as_the_fit():
    frame, _ = random_table(7)
    for output in ("interval", "midpoint", "codes"):
        anonymizer = MondrianAnonymizer(
            3, quasi_identifiers=["age", "town", "since"], output=output
        )
        first = anonymizer.fit_transform(frame)
        pd.testing.assert_frame_equal(first, anonymizer.transform(frame))
        assert list(first.columns) == list(anonymizer.get_feature_names_out())


def test_middles_and_shares():
    frame = pd.DataFrame({"age": [1, 3, 8, 9] * 2, "town": ["a", "b", "c", "c"] * 2})
    table = MondrianAnonymizer(4, output="midpoint").fit_transform(frame)
    shares = table[["town_a", "town_b", "town_c"]].to_numpy()
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert set(table["age"]) == {2.0, 8.5}


def test_kinds_of_tables():
    frame, _ = random_table(2)
    frame = frame[["age", "town", "cost"]]
    frame["town"] = frame["town"].astype(object)
    frame.index = range(100, 100 + len(frame))
    table = MondrianAnonymizer(5, sensitive=["cost"]).fit_transform(frame)
    assert table.index.equals(frame.index)
    polar = pl.DataFrame(
        {
            "age": frame["age"].to_list(),
            "town": [None if pd.isna(v) else v for v in frame["town"]],
            "cost": frame["cost"].to_list(),
        }
    )
    again = MondrianAnonymizer(5, sensitive=["cost"]).fit_transform(polar)
    assert isinstance(again, pl.DataFrame)
    assert [str(v) for v in again["town"]] == [
        "None" if v is None or v != v else str(v) for v in table["town"]
    ]
    array = MondrianAnonymizer(5, sensitive=[1]).fit(frame[["age", "cost"]].to_numpy())
    assert array.transform(frame[["age", "cost"]].to_numpy()).shape == (len(frame), 2)


def test_shuffled_rows_are_the_same_rows():
    frame, _ = random_table(5)
    plain, mixed = (
        MondrianAnonymizer(5, quasi_identifiers=["age"], shuffle=shuffle).fit_transform(
            frame[["age", "cost"]]
        )
        for shuffle in (False, True)
    )
    assert not plain.equals(mixed)
    ordered = [table.sort_values(["age", "cost"]) for table in (plain, mixed)]
    pd.testing.assert_frame_equal(*(one.reset_index(drop=True) for one in ordered))


def test_a_hierarchy_says_what_is_near():
    towns = {"north": ["Kiel", "Bremen"], "south": ["Ulm", "Aalen"]}
    frame = pd.DataFrame({"town": ["Kiel", "Bremen", "Ulm", "Aalen"] * 2})
    known = {"town": Hierarchy.from_tree(towns)}
    table = MondrianAnonymizer(4, hierarchies=known).fit_transform(frame)
    assert set(table["town"]) == {"{Kiel, Bremen}", "{Ulm, Aalen}"}
    frame.loc[0, "town"] = "Rome"
    with pytest.raises(ValueError, match="column 'town' misses a value") as error:
        MondrianAnonymizer(4, hierarchies=known).fit(frame)
    assert "Rome" not in str(error.value)


def test_many_numbers_share_codes(rng):
    frame = pd.DataFrame({"cost": rng.normal(size=100_000)})
    anonymizer = MondrianAnonymizer(10)
    table = anonymizer.fit_transform(frame)
    assert table.groupby("cost").size().min() >= 10
    low, high = table["cost"].str.strip("[]").str.split(", ", expand=True).T.to_numpy()
    inside = (low.astype(float) <= frame["cost"] + 1e-6) & (
        frame["cost"] <= high.astype(float) + 1e-6
    )
    assert inside.all()


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"k": 1}, "k must"),
        ({"k": 3.0}, "k must"),
        ({"k": 10**6}, "fewer rows than k"),
        ({"l": 2}, "no column is sensitive"),
        ({"l": 4, "sensitive": ["ill"]}, "too few values of 'ill'"),
        ({"t": 1.5, "sensitive": ["ill"]}, "t must"),
        ({"l": 1, "sensitive": ["ill"]}, "l must"),
        ({"diversity": "odd"}, "diversity must"),
        ({"output": "odd"}, "output must"),
        ({"quasi_identifiers": ["lost"]}, "'lost' is not in the table"),
        ({"quasi_identifiers": "age"}, "list of columns"),
        ({"quasi_identifiers": []}, "no quasi-identifier"),
        ({"quasi_identifiers": ["age", "age"]}, "twice"),
        ({"sensitive": ["age"], "quasi_identifiers": ["age"]}, "is sensitive and"),
        ({"hierarchies": {"ill": None}, "sensitive": ["ill"]}, "no quasi-identifier"),
    ],
)
def test_parameters(change, match):
    frame, _ = random_table(0)
    with pytest.raises((TypeError, ValueError), match=match):
        MondrianAnonymizer().set_params(**change).fit(frame)


def test_what_names_people_is_refused():
    frame = pd.DataFrame({"mail": [f"p{i}@x.org" for i in range(30)]})
    with pytest.raises(ValueError, match=r"'mail' holds another text .*Pseudonymizer"):
        MondrianAnonymizer().fit(frame)


def test_new_values_have_no_box():
    frame = pd.DataFrame({"town": ["a", "b"] * 10, "age": [1.0, 2.0] * 10})
    anonymizer = MondrianAnonymizer(5).fit(frame)
    for column, value, match in (
        ("town", "z", "not in the table"),
        ("age", None, "gap"),
    ):
        other = frame.copy()
        other.loc[0, column] = value
        with pytest.raises(ValueError, match=match):
            anonymizer.transform(other)


def test_it_is_not_private():
    with pytest.raises(Exception, match="MondrianAnonymizer"):
        check_private(MondrianAnonymizer())


def test_many_categories_end():
    frame = pd.DataFrame({"code": np.arange(100_000) // 2})
    frame["code"] = frame["code"].astype(str)
    table = MondrianAnonymizer(2).fit_transform(frame)
    assert table.groupby("code").size().min() >= 2


def test_boxes_are_those_of_a_search_of_all_cuts():
    """The best allowed cut is taken, though the best are tried first."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {"a": rng.integers(0, 12, 60), "s": rng.choice([*"xy"], 60, p=[0.8, 0.2])}
    )
    boxes = MondrianAnonymizer(3, sensitive=["s"], l=2).fit(table)
    first = boxes._nodes[0]
    gains = {}
    for cut in range(11):
        left, right = (table[side] for side in (table.a <= cut, table.a > cut))
        if (
            min(len(left), len(right)) < 3
            or min(left.s.nunique(), right.s.nunique()) < 2
        ):
            continue
        gains[cut] = 60 * 11 - sum(len(p) * np.ptp(p.a) for p in (left, right))
    assert first[1] == max(gains, key=gains.get)


def test_sensitive_numbers_take_no_quadratic_time():
    """Twelve thousand different ones: it was ten seconds."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"a": rng.normal(size=12_000), "s": rng.normal(size=12_000)})
    MondrianAnonymizer(5, sensitive=["s"], l=2).fit(table[:100])  # compiles
    start = time.process_time()
    report = MondrianAnonymizer(5, sensitive=["s"], l=3).fit(table).report_
    assert time.process_time() - start < 3
    assert report.secrets["s"].distinct >= 3


def naive_fair_boxes(codes, k, secret, t):
    """Boxes by all cuts, of columns that hold each code, both parts near the table."""
    stack, boxes, whole = [np.arange(codes.shape[1])], [], list(secret)
    while stack:
        rows = stack.pop()
        cuts = []
        for own in codes[:, rows]:
            there = np.unique(own)
            for cut, after in itertools.pairwise(there):
                left = own <= cut
                gain = len(rows) * np.ptp(there) - left.sum() * (cut - there[0])
                gain -= (~left).sum() * (there[-1] - after)
                cuts.append((gain, left))
        for _, left in sorted(cuts, key=lambda one: -one[0]):  # of equal ones the first
            sides = rows[left], rows[~left]
            if min(map(len, sides)) >= k and all(
                distance(list(secret[side]), whole, True) <= t for side in sides
            ):
                stack += [sides[1], sides[0]]
                break
        else:
            boxes.append(rows)
    return boxes


@pytest.mark.parametrize("t", [0.03, 0.1, 0.3])
def test_cuts_that_are_passed_over_would_not_be_allowed(rng, t):
    """A part that is too far is so with some rows more: the naive twin tries them."""
    places = rng.permuted(np.tile(np.arange(150), (2, 1)), axis=1)
    secret = places[0] // 3 + rng.integers(0, 20, 150)
    frame = pd.DataFrame({"a": places[0], "b": places[1], "s": secret})
    found = MondrianAnonymizer(3, sensitive=["s"], t=t).fit(frame).boxes_
    ours = {frozenset(np.flatnonzero(found == box)) for box in np.unique(found)}
    expected = naive_fair_boxes(places, 3, secret, t)
    assert ours == {frozenset(rows) for rows in expected}
    assert len(ours) > 1


@pytest.mark.parametrize("words", [False, True])
def test_a_tight_t_takes_no_quadratic_time(words):
    """Of values that go with the boxes, where few cuts are allowed: it was minutes."""
    rng = np.random.default_rng(0)
    a = rng.normal(size=30_000)
    table = pd.DataFrame({"a": a, "s": 3 * a + rng.normal(size=len(a))})
    if words:
        table["s"] = table["s"].round(2).astype(str)
    options = {"sensitive": ["s"], "t": 0.1}
    MondrianAnonymizer(5, **options).fit(table[:100])  # compiles
    start = time.process_time()
    report = MondrianAnonymizer(5, **options).fit(table).report_.secrets["s"]
    assert time.process_time() - start < 3
    assert (report.t if words else report.t_ordered) <= 0.1


def test_a_column_for_each_of_very_many_values():
    table = pd.DataFrame({"a": np.arange(5000).astype(str).repeat(2)})
    with pytest.raises(ValueError, match="'a' has more than 1,000 values"):
        MondrianAnonymizer(2, output="midpoint").fit(table)
