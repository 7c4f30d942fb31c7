"""The report on synthetic rows: distances, marks, and bad input."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from scipy.stats import binomtest
from sklearn.tree import DecisionTreeClassifier

from skprivate.audit import SyntheticReport
from skprivate.audit._rates import Rate

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


HELD = pd.DataFrame({"a": RNG.normal(size=N), "b": RNG.integers(0, 2, N)}).assign(
    c=lambda t: np.where(t["a"] > 0, "x", "y"),
    d=pd.Timestamp("2020-01-01") + pd.to_timedelta(RNG.integers(0, 99, N), unit="D"),
)
FRESH = pd.DataFrame({"a": RNG.normal(size=N), "b": RNG.integers(0, 2, N)}).assign(
    c=lambda t: np.where(t["a"] > 0, "x", "y"),
    d=pd.Timestamp("2020-01-01") + pd.to_timedelta(RNG.integers(0, 99, N), unit="D"),
)


def test_copies_are_found_out_by_every_attack():
    copied = REAL.sample(frac=1, random_state=0)
    report = SyntheticReport.of(REAL, copied, control=HELD, n_attacks=200)
    assert len(report.attacks) == 3
    for attack in report.attacks:
        assert attack.gain[1] > 0.2
        assert "at risk" in attack.verdict
    assert report.attacks[0].seen.value > 0.95  # a member is at no distance of itself


def test_fresh_rows_of_the_same_law_tell_nothing_of_members():
    report = SyntheticReport.of(REAL, FRESH, control=HELD, confidence=0.999)
    for attack in report.attacks:
        assert attack.gain[1] <= 0 <= attack.gain[2]
        assert "no trace" in attack.verdict


def test_the_parts_of_a_report_with_attacks():
    report = SyntheticReport.of(REAL, FRESH, control=HELD, n_attacks=50)
    for text in (repr(report), report._repr_html_()):
        assert "singling out, by one column" in text
        assert "membership" in text
        assert "NOT PRIVATE" in text
    ax = report.plot_attacks()
    assert "not private" in ax.get_title()
    plt.close(ax.figure)
    again = SyntheticReport.of(REAL, FRESH, control=HELD, n_attacks=50)
    assert again.attacks == report.attacks
    with pytest.raises(ValueError, match="Give control"):
        SyntheticReport.of(REAL, FRESH).plot_attacks()


def test_tables_that_attacks_can_hardly_use():
    X = np.c_[np.full(50, np.nan), np.repeat(1.0, 50)]
    report = SyntheticReport.of(X, X, control=X)
    assert report.attacks[0].seen.n == 50
    one = SyntheticReport.of(X[:, :1], X[:, :1], control=X[:, :1])
    assert one.attacks  # of membership


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"control": HELD[["a", "b"]]}, "other columns"),
        ({"control": HELD[:5]}, "fewer than"),
        ({"control": HELD, "n_attacks": 0}, "n_attacks"),
        ({"control": HELD, "confidence": 1.5}, "confidence"),
    ],
)
def test_controls_that_make_no_sense_are_refused(options, error):
    with pytest.raises(ValueError, match=error):
        SyntheticReport.of(REAL, FRESH, **options)


def test_intervals_are_those_of_the_books():
    # Clopper and Pearson's, and Wilson's, of 3 successes in 20 (Brown, Cai and DasGupta
    # 2001 give the formulas; values by scipy and by hand).
    exact = Rate.exact(3, 20, 0.95)
    wanted = binomtest(3, 20).proportion_ci(0.95, "exact")
    assert (exact.low, exact.high) == pytest.approx(wanted)
    wilson = Rate.wilson(3, 20, 0.95)
    wanted = binomtest(3, 20).proportion_ci(0.95, "wilson")
    assert (wilson.low, wilson.high) == pytest.approx(wanted)
    assert (Rate.exact(0, 9, 0.9).low, Rate.exact(9, 9, 0.9).high) == (0, 1)
