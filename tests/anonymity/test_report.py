"""Reports of tables, by hand and by a naive twin, where others are wrong."""

import math
from collections import Counter, defaultdict

import numpy as np
import pandas as pd
import pytest

from skprivate.anonymity import anonymity_report


def test_a_row_with_a_gap_is_alone():
    """Where gaps are dropped, k would be three."""
    frame = pd.DataFrame({"age": [30, 30, 30, np.nan], "town": ["a"] * 4})
    assert anonymity_report(frame, quasi_identifiers=["age", "town"]).k == 1


def test_any_index_and_unused_categories():
    frame = pd.DataFrame(
        {"age": [1, 1, 2, 2, 9], "ill": ["x", "y", "x", "x", "z"]},
        index=[4, 3, 9, 9, 0],
    )
    report = anonymity_report(frame[:4], quasi_identifiers=["age"], sensitive=["ill"])
    assert (report.k, report.secrets["ill"].distinct) == (2, 1)
    frame["age"] = pd.Categorical(frame["age"], categories=[1, 2, 9, 77])
    assert anonymity_report(frame[:4], quasi_identifiers=["age"]).k == 2


def test_mean_risk_is_of_rows():
    frame = pd.DataFrame({"age": [1] + [2] * 99})
    report = anonymity_report(frame, quasi_identifiers=["age"])
    assert report.mean_risk == pytest.approx(0.02)
    assert report.at_high_risk == pytest.approx(0.01)
    assert (report.risk, report.n_unique, report.discernibility) == (1.0, 1, 1 + 99**2)


@pytest.mark.parametrize("seed", range(20))
def test_secrets_against_a_naive_twin(seed):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "age": rng.integers(0, 5, 80),
            "town": rng.choice([*"ab"], 80),
            "ill": rng.choice([*"xyz"], 80, p=[0.7, 0.2, 0.1]),
            "cost": rng.integers(0, 6, 80) * 10,
        }
    )
    report = anonymity_report(
        frame, quasi_identifiers=["age", "town"], sensitive=["ill", "cost"]
    )
    for name in ("ill", "cost"):
        groups = defaultdict(list)
        for a, t, v in frame[["age", "town", name]].itertuples(index=False):
            groups[a, t].append(v)
        whole = Counter(frame[name])
        kinds = sorted(whole)
        base = np.array([whole[v] / 80 for v in kinds])
        found = defaultdict(list)
        for part in groups.values():
            p = np.array([part.count(v) / len(part) for v in kinds])
            some = p[p > 0]
            found["l"].append(len(some))
            found["entropy"].append(math.exp(-(some * np.log(some)).sum()))
            found["share"].append(p.max())
            found["t"].append(np.abs(p - base).sum() / 2)
            run = np.abs(np.cumsum(p - base)).sum()
            found["ordered"].append(run / (len(kinds) - 1))
            found["beta"].append((p / base - 1).max())
        one = report.secrets[name]
        assert one.distinct == min(found["l"])
        assert one.entropy == pytest.approx(min(found["entropy"]))
        assert one.largest_share == pytest.approx(max(found["share"]))
        assert one.t == pytest.approx(max(found["t"]))
        assert one.beta == pytest.approx(max(found["beta"]))
        if name == "cost":
            assert one.t_ordered == pytest.approx(max(found["ordered"]))


def test_a_population():
    people = pd.DataFrame({"age": [1] * 10 + [2] * 4})
    report = anonymity_report(
        people[[True, False] * 7], quasi_identifiers=["age"], population=people
    )
    assert (report.k, report.population_k, report.journalist_risk) == (2, 4, 0.25)
    assert report.presence == (0.5, 0.5)
    with pytest.raises(ValueError, match="fewer people"):
        anonymity_report(people, quasi_identifiers=["age"], population=people[:5])
    with pytest.raises(ValueError, match="no column 'age'"):
        anonymity_report(
            people, quasi_identifiers=["age"], population=pd.DataFrame({"x": [1]})
        )


def test_it_shows_itself_and_says_what_it_is():
    frame = pd.DataFrame({"age": [1, 1, 2, 2], "ill": [*"xyxx"]})
    report = anonymity_report(frame, quasi_identifiers=["age"], sensitive=["ill"])
    assert "NOT PRIVATE" in repr(report)
    assert "ill" in report._repr_html_()
    pytest.importorskip("matplotlib")
    assert report.plot().get_title() == "k = 2"


def test_parameters():
    frame = pd.DataFrame({"age": [1, 1]})
    with pytest.raises(ValueError, match="'lost' is not in the table"):
        anonymity_report(frame, quasi_identifiers=["lost"])
    with pytest.raises(ValueError, match="at least one"):
        anonymity_report(frame, quasi_identifiers=[])
    with pytest.raises(ValueError, match="no rows"):
        anonymity_report(frame[:0], quasi_identifiers=["age"])
