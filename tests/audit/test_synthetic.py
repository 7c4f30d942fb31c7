"""The report on synthetic rows: distances, marks, and bad input."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from sklearn.tree import DecisionTreeClassifier

from skprivate.audit import SyntheticReport

RNG = np.random.default_rng(0)
N = 2000
REAL = pd.DataFrame({"a": RNG.normal(size=N), "b": RNG.integers(0, 2, N)}).assign(
    c=lambda t: np.where(t["a"] > 0, "x", "y"),
    d=pd.Timestamp("2020-01-01") + pd.to_timedelta(RNG.integers(0, 99, N), unit="D"),
)


def shuffled(table):
    """The same columns, each in an order of its own."""
    rng = np.random.default_rng(1)
    return pd.DataFrame({c: rng.permutation(table[c].to_numpy()) for c in table})


def test_a_table_is_at_no_distance_from_itself():
    report = SyntheticReport.of(REAL, REAL)
    assert report.mean_of_singles == report.mean_of_pairs == 0
    assert report.correlation == (0, 0)


def test_shuffled_columns_are_told_by_pairs_alone():
    report = SyntheticReport.of(REAL, shuffled(REAL))
    assert report.mean_of_singles == 0
    # Half of the rows have the wrong letter for their number.
    assert report.pairs["a", "c"] == pytest.approx(0.5, abs=0.05)
    assert report.pairs["a", "b"] < 0.1


def test_a_distance_is_the_part_of_the_rows_that_differ():
    other = REAL.assign(c=["z"] * (N // 4) + REAL["c"].tolist()[N // 4 :])
    report = SyntheticReport.of(REAL, other)
    assert report.single["c"] == pytest.approx(0.25)
    gaps = REAL.assign(a=np.where(np.arange(N) < N // 2, np.nan, REAL["a"]))
    assert SyntheticReport.of(REAL, gaps).single["a"] == pytest.approx(0.5, abs=0.05)


def test_utility_is_that_of_rows_held_back():
    table = REAL[["a", "c"]]
    report = SyntheticReport.of(
        table[:1000], shuffled(table[:1000]), target="c", test=table[1000:],
        estimator=DecisionTreeClassifier(random_state=0),
    )  # fmt: skip
    assert report.utility["real"] > 0.99
    assert report.utility["synthetic"] < 0.6


def test_it_says_that_it_is_not_private():
    report = SyntheticReport.of(REAL, shuffled(REAL))
    assert "NOT PRIVATE" in repr(report)
    assert "NOT PRIVATE" in report._repr_html_()
    ax = report.plot()
    assert "not private" in ax.get_title()
    plt.close(ax.figure)


def test_arrays_and_columns_without_values():
    X = np.c_[np.full(50, np.nan), np.arange(50.0)]
    report = SyntheticReport.of(X, X)
    assert report.single == {"x0": 0, "x1": 0}
    assert report.correlation == (0, 0)


@pytest.mark.parametrize(
    ("other", "options", "error"),
    [
        (REAL[["a", "b"]], {}, "same columns"),
        (REAL[["b", "a", "c", "d"]], {}, "another order"),
        (REAL[:0], {}, "no rows"),
        (REAL, {"n_bins": 1}, "n_bins"),
        (REAL, {"estimator": DecisionTreeClassifier()}, "needs target"),
    ],
)
def test_tables_that_cannot_be_compared_are_refused(other, options, error):
    with pytest.raises(ValueError, match=error):
        SyntheticReport.of(REAL, other, **options)
